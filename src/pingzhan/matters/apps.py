from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "pingzhan.matters"
    label = "matters"
