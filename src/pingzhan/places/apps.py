from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "pingzhan.places"
    label = "places"
