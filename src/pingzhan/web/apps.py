from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "pingzhan.web"
    label = "web"
