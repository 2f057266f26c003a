from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "pingzhan.people"
    label = "people"
