from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "pingzhan.stations"
    label = "stations"

    def ready(self) -> None:
        from pingzhan.stations import following  # noqa: F401 (stations follow their places)
