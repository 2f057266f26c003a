from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "pingzhan.matters"
    label = "matters"

    def ready(self) -> None:
        from pingzhan.matters import following, listening, tasks  # noqa: F401 (what listens; the background work)
