from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "pingzhan.journal"
    label = "journal"

    def ready(self) -> None:
        from pingzhan.journal import tasks  # noqa: F401
