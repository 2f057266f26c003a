"""Matters follow the places that they are at; what is closed stays where it was closed.

A matter at a building goes with it. A matter at a grid that was redrawn, as long as it is open, goes to the grid in
which its point now lies, or else to the one that took over. The entries of its timeline stay as they were written.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from pingzhan.core.db import under
from pingzhan.core.paths import code_on
from pingzhan.journal.operations import draft, record_many
from pingzhan.matters.findable import make_findable
from pingzhan.matters.models import (
    AnswerTemplate,
    Cluster,
    DispatchRule,
    FirstTimes,
    Inspection,
    Matter,
    Notice,
    Power,
    Supervision,
    Visit,
    Whistle,
)
from pingzhan.matters.queries.reference import forget
from pingzhan.places.events import FOLLOWING, PlacesMoved, follows, places_moved, stays

BATCH = 500  # matters at once

FOLLOWING |= dict.fromkeys((Matter, Supervision, FirstTimes, DispatchRule, Power), "path")
follows(Notice)
follows(Cluster)
stays(Whistle)
follows(Inspection)
follows(Visit)
follows(AnswerTemplate)


@places_moved.listen
def move_matters(event: PlacesMoved) -> None:
    """Give matters their new place and path, an entry each for those that are open."""
    entries, moved = [], []
    here = Matter.objects.filter(under("path", event.root))
    paths = [
        path
        for path in here.order_by("path").values_list("path", flat=True).distinct()
        if path in event.redrawn or event.after(path) != path
    ]
    if not paths:
        return
    rows = here.filter(Q(is_open=True) | ~Q(path__in=list(event.redrawn)), path__in=paths)
    for matter in rows.only("id", "path", "place_id", "lon", "lat", "is_open", "category_id").order_by("id"):
        place, path = _after(event, matter)
        if path == matter.path:
            continue
        changes: dict[str, object] = {"path": path, "place_id": place, "version": F("version") + 1}
        for field, length in (("street", 9), ("community", 12)):
            changes[field] = code_on(path, length)
        Matter.objects.filter(pk=matter.pk).update(**changes)
        Supervision.objects.filter(matter=matter.pk).update(path=path)
        FirstTimes.objects.filter(matter=matter.pk).update(path=path)
        moved.append(matter.pk)
        if matter.is_open:
            entries.append(
                draft(
                    verb="matter.relocate", by=event.by, at=event.at, subject_type="matter", subject_id=matter.pk,
                    place_path=path, before=matter.path,
                )
            )  # fmt: skip
    for start in range(0, len(moved), BATCH):
        make_findable(moved[start : start + BATCH])
    record_many(entries)


def _after(event: PlacesMoved, matter: Matter) -> tuple[UUID, str]:
    """The place and path of a matter after the change."""
    if matter.path in event.redrawn and matter.lon is not None and matter.lat is not None:
        spot = event.spot(matter.lon, matter.lat)
        if spot is not None:
            return spot.place_id, spot.path
    move = event.ended().get(matter.place_id)
    into = move.into if move is not None and move.into is not None else matter.place_id
    return into, event.after(matter.path)


@places_moved.listen
def move_rules(event: PlacesMoved) -> None:
    """A rule at a place that has moved, or whose grid has ended, holds at the new path unless one is there already."""
    tables: tuple[Any, ...] = (DispatchRule, Power)
    for table in tables:
        rules = list(table.objects.filter(under("path", event.root)).order_by("id"))
        taken = {(rule.path, rule.category_id) for rule in rules}
        for rule in rules:
            path = event.after(rule.path)
            if path != rule.path and (path, rule.category_id) not in taken:
                table.objects.filter(pk=rule.pk).update(path=path)
                taken.add((path, rule.category_id))
    transaction.on_commit(forget)
