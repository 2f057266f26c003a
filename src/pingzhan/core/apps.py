from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "pingzhan.core"
    label = "core"

    def ready(self) -> None:
        from pingzhan.core import tasks  # noqa: F401 (registers the background work)
