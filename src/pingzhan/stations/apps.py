from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "pingzhan.stations"
    label = "stations"
