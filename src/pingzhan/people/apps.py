from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "pingzhan.people"
    label = "people"

    def ready(self) -> None:
        from pingzhan.people import tasks  # noqa: F401 (registers the background work)
        from pingzhan.people.operations import following_merges  # noqa: F401 (listens to merged persons)
