from django.apps import AppConfig


class ResponseConfig(AppConfig):
    name = "pingzhan.response"
    label = "response"
