"""Reads of the four firsts: of one matter, and per community as median and share within target."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.db import under
from pingzhan.matters.firsts import TIMED, First, median, targets
from pingzhan.matters.models import FirstTimes, Matter
from pingzhan.matters.queries.reference import reference
from pingzhan.places.queries import names_along


@dataclass(frozen=True, slots=True)
class FirstTime:
    """One of the firsts of a matter: seconds from when it was raised, None where it is not reached yet."""

    first: First
    seconds: int | None
    target: int | None  # seconds
    by_staff: bool = False  # of FOUND: seen on a round

    @property
    def within(self) -> bool | None:
        if self.first is First.FOUND:
            return self.by_staff
        return None if self.seconds is None or self.target is None else self.seconds <= self.target


@dataclass(frozen=True, slots=True)
class FirstFigure:
    """Of one of the three timed firsts: how many reached it, the median in seconds, how many within the target."""

    reached: int
    median: int | None
    within: int


@dataclass(frozen=True, slots=True)
class CommunityFirsts:
    """`community` is "" for matters above communities; shares are of `matters` raised in the period."""

    community: str
    name: str
    matters: int
    by_staff: int
    figures: dict[First, FirstFigure]


def firsts_of(matter: Matter) -> list[FirstTime]:
    """The four firsts of one matter; one statement. Empty until the journal was read, a second or two later."""
    row = FirstTimes.objects.filter(pk=matter.pk).first()
    if row is None:
        return []
    aims = targets(reference().allowances)
    timed = [FirstTime(first, getattr(row, column), aims[first]) for first, column in TIMED.items()]
    return [FirstTime(First.FOUND, 0, None, row.by_staff), *timed]


def firsts_by_community(actor: Actor, *, since: datetime, until: datetime) -> list[CommunityFirsts]:
    """Of each community of the actor's area, by its code; five statements.

    For those who accept or supervise there; a unit that handles matters of others has no figures of theirs.
    """
    rows = FirstTimes.objects.filter(_area(actor), found_at__gte=since, found_at__lt=until)
    aims = targets(reference().allowances)
    counts: dict[str, Any] = {"matters": Count("pk"), "staff": Count("pk", filter=Q(by_staff=True))}
    for first, column in TIMED.items():
        counts[f"{column}_n"] = Count(column)
        counts[f"{column}_within"] = Count("pk", filter=Q(**{f"{column}__lte": aims[first]}))
    found: list[dict[str, Any]] = list(rows.order_by("community").values("community").annotate(**counts))  # type: ignore[arg-type]
    medians = {first: _medians(rows, column) for first, column in TIMED.items()}
    names = names_along([f"{row['community']}/" for row in found if row["community"]])
    return [
        CommunityFirsts(
            community=row["community"],
            name=names.get(row["community"], ""),
            matters=row["matters"],
            by_staff=row["staff"],
            figures={
                first: FirstFigure(row[f"{column}_n"], medians[first].get(row["community"]), row[f"{column}_within"])
                for first, column in TIMED.items()
            },
        )
        for row in found
    ]


def _area(actor: Actor) -> Q:
    reach = Q(pk__in=[])
    for permission in (Permission.MATTER_ACCEPT, Permission.MATTER_SUPERVISE):
        for held in actor.holding(permission):
            if not held.definition.by_unit:
                reach |= under("path", held.path)
    return reach


def _medians(rows: QuerySet[FirstTimes], column: str) -> dict[str, int | None]:
    """The median of `column` in each community, by the database's own order: only the middle rows are read."""
    ordered = rows.filter(**{f"{column}__isnull": False}).annotate(
        place_twice=Window(RowNumber(), partition_by=[F("community")], order_by=[column, "pk"]) * 2,
        count=Window(Count("pk"), partition_by=[F("community")]),
    )  # fmt: skip
    middle = ordered.filter(place_twice__gte=F("count"), place_twice__lte=F("count") + 2)
    values: dict[str, list[int]] = {}
    for community, value in middle.order_by("community", column).values_list("community", column):
        values.setdefault(community, []).append(value)
    return {community: median(found) for community, found in values.items()}
