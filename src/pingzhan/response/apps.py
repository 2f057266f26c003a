from django.apps import AppConfig


class ResponseConfig(AppConfig):
    name = "pingzhan.response"
    label = "response"

    def ready(self) -> None:
        from pingzhan.response import following  # noqa: F401 (plans follow their places, duties their people)
