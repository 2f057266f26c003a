"""Live figures of matters under a place, as conditions of plans ask for them."""

from datetime import datetime, timedelta

from django.db.models import Count, Q

from pingzhan.matters.models import Matter
from pingzhan.matters.queries.areas import in_area
from pingzhan.matters.queries.lists import first_id

NAMES = ("matters.open", "matters.overdue", "matters.today", "matters.hour")


def open_since(path: str, *, since: datetime, at: datetime) -> int:
    """How many matters reported from `since` to `at` at or below `path` are still open; one statement."""
    rows = Matter.objects.filter(in_area(path), is_open=True, id__gte=first_id(since))  # ids sort by time
    return rows.filter(reported_at__gte=since, reported_at__lte=at).count()


def figures_under(path: str, *, at: datetime) -> dict[str, float]:
    """Open and overdue matters, those reported in the last 24 hours and in the last hour; two statements.

    Each also by group of categories, e.g. "matters.today.health".
    """
    found = dict.fromkeys(NAMES, 0.0)
    rows = Matter.objects.filter(in_area(path))
    day, hour = at - timedelta(days=1), at - timedelta(hours=1)
    recent = rows.filter(id__gte=first_id(day), reported_at__gt=day, reported_at__lte=at)  # ids sort by time
    for category, today, this_hour in (
        recent.order_by("category").values_list("category").annotate(
            today=Count("id"), hour=Count("id", filter=Q(reported_at__gt=hour))
        )
    ):  # fmt: skip
        _add(found, "matters.today", category, today)
        _add(found, "matters.hour", category, this_hour)
    for category, open_, late in (
        rows.filter(is_open=True).order_by("category").values_list("category").annotate(
            open=Count("id"), late=Count("id", filter=Q(next_due_at__lt=at))
        )
    ):  # fmt: skip
        _add(found, "matters.open", category, open_)
        _add(found, "matters.overdue", category, late)
    return found


def _add(found: dict[str, float], name: str, category: str, count: int) -> None:
    found[name] += count
    group = f"{name}.{category.partition('.')[0]}"
    found[group] = found.get(group, 0.0) + count
