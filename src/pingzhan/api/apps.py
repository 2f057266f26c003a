from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "pingzhan.api"
    label = "api"
