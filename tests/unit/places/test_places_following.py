"""Every table with a path says what becomes of it when places move."""

from django.apps import apps

from pingzhan.access.models import Grant
from pingzhan.core.db import PathField
from pingzhan.journal.models import Entry
from pingzhan.places.events import FOLLOWING, STAYING

# Below the room of places: told by places itself, or never changed.
BELOW = {Grant, Entry}


def test_every_path_follows_or_stays() -> None:
    undecided = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, PathField)
        and "path" in field.name
        and model._meta.app_label != "places"
        and model not in BELOW | set(FOLLOWING) | set(STAYING)
    ]
    assert not undecided, (
        f"{undecided}: what becomes of these when grids are redrawn or communities merged? Say follows(…) or stays(…) "
        "of pingzhan.places.events in a module that the room's AppConfig.ready imports."
    )
