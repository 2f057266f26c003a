from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "pingzhan.people"
    label = "people"

    def ready(self) -> None:
        from pingzhan.people import following, tasks  # noqa: F401 (offices follow their places; background work)
        from pingzhan.people.operations import following_merges  # noqa: F401 (listens to merged persons)
