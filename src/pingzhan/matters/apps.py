from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "pingzhan.matters"
    label = "matters"

    def ready(self) -> None:
        from pingzhan.matters import firsts_tasks, following, listening, taking_tasks, tasks, whistle_tasks  # noqa: F401 (registers the background work)
