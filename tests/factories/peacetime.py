"""Everything that belongs to peacetime, to the byte: what no emergency may touch."""

from typing import Any

from django.apps import apps
from django.db import connection

from pingzhan.access.models import Grant

# Tables that an emergency may write: its own. Everything else is peacetime's.
OWN = {"modes", "response", "journal", "core", "django_tasks_db", "sessions", "django_tasks_database"}
SIGNING_IN = {"last_login"}  # is written whenever somebody comes, emergency or not


def peacetime() -> dict[str, list[Any]]:
    """Every row of every peacetime table as the database holds it; of grants those that no response gave."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in OWN:
            continue
        table, key = model._meta.db_table, model._meta.pk.column
        columns = ", ".join(
            f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in SIGNING_IN
        )
        where = "WHERE response_id IS NULL" if model is Grant else ""
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{table}" {where} ORDER BY "{key}"')
            found[table] = cursor.fetchall()
    return found
