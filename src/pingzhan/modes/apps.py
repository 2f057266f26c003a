from django.apps import AppConfig


class ModesConfig(AppConfig):
    name = "pingzhan.modes"
    label = "modes"

    def ready(self) -> None:
        from pingzhan.modes import following  # noqa: F401 (the ground holds still under a response)
