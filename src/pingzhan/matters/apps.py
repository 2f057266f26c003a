from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "pingzhan.matters"
    label = "matters"

    def ready(self) -> None:
        from pingzhan.matters import listening, tasks  # noqa: F401 (registers what listens and the background work)
