from django.apps import AppConfig


class ModesConfig(AppConfig):
    name = "pingzhan.modes"
    label = "modes"
