from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "pingzhan.access"
    label = "access"
