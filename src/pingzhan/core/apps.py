from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "pingzhan.core"
    label = "core"
