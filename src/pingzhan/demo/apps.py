from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "pingzhan.demo"
    label = "demo"
