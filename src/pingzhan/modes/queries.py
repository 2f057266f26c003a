"""What is in force, by one rule: a real emergency before an exercise, the higher level first, then the later response.

Responses are few, change rarely, and every page and every report asks for the mode; so those in force are kept in
memory for two seconds. Whoever changes a response calls `forget` on commit: then this process knows at once, others
within those two seconds. Overlays are many and stay in the database: asking for those of a whole list is one
statement, and none where no response is in force.

Exercises are seen by those who take part only: `drills` are the ids of a viewer's own ones, as `drills_of` tells.
"""

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import paths_above
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.models import Change, Overlay, Participant, Response, ResponsePlace
from pingzhan.modes.rules import NOTHING, SHAPES

KEPT_SECONDS = 2.0

NO_DRILLS: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Mode:
    """kind: peacetime, emergency or exercise; the rest is empty in peacetime."""

    kind: str
    level: int | None = None
    plan: str = ""
    since: datetime | None = None
    until: datetime | None = None
    response_id: UUID | None = None
    plan_en: str = ""


PEACETIME = Mode("peacetime")


@dataclass(frozen=True, slots=True)
class InForce:
    """What an overlay in force says, and by which response."""

    payload: dict[str, Any]
    mode: Mode
    person_id: UUID | None = None
    key: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class _Covered:
    """One subtree that a response covers."""

    path: str
    mode: Mode
    response_id: UUID
    since: datetime
    until: datetime

    def holds(self, at: datetime, drills: Collection[UUID]) -> bool:
        return self.since <= at < self.until and (self.mode.kind != "exercise" or self.response_id in drills)


_lock = threading.Lock()
_kept: tuple[float, tuple[_Covered, ...]] | None = None  # monotonic seconds, in the order of the rule


# --- the mode of a place --------------------------------------------------------------------------------------------


def mode_at(path: str, *, at: datetime, drills: Collection[UUID] = NO_DRILLS) -> Mode:
    """The mode in force at `path`. A response covers a place when it covers the place itself or one above it."""
    return next(
        (
            covered.mode
            for covered in _in_force()
            if path.startswith(covered.path) and covered.holds(at, drills)
        ),
        PEACETIME,
    )  # fmt: skip


def modes_at(
    paths: Collection[str], *, at: datetime, drills: Collection[UUID] = NO_DRILLS
) -> dict[str, Mode]:  # fmt: skip
    """The mode in force at each of `paths`."""
    return {path: mode_at(path, at=at, drills=drills) for path in paths}


def drills_of(user_id: UUID | None, *, at: datetime) -> frozenset[UUID]:
    """The exercises in force in which this user takes part; no statement where there is no exercise, else one."""
    running = {row.response_id for row in _in_force() if row.mode.kind == "exercise" and row.since <= at < row.until}
    if user_id is None or not running:
        return NO_DRILLS
    mine = Participant.objects.filter(user_id=user_id, response_id__in=running).order_by("response_id")
    return frozenset(mine.values_list("response_id", flat=True))


def modes_in_force_at(path: str, *, at: datetime, drills: Collection[UUID] = NO_DRILLS) -> list[Mode]:
    """Every response in force at `path`, the one that counts first."""
    return [covered.mode for covered in _in_force() if path.startswith(covered.path) and covered.holds(at, drills)]


def highest_under(path: str, *, at: datetime, drills: Collection[UUID] = NO_DRILLS) -> tuple[Mode, tuple[str, ...]]:
    """The response that counts most among those for parts of `path`, and for which parts; from memory."""
    found = [covered for covered in _in_force() if covered.path.startswith(path) and covered.holds(at, drills)]
    if not found:
        return PEACETIME, ()
    first = found[0]
    return first.mode, tuple(sorted(one.path for one in found if one.response_id == first.response_id))


def real_in_force(*, at: datetime) -> dict[UUID, tuple[Mode, tuple[str, ...]]]:
    """Every real response in force with its paths, the one that counts first; from memory."""
    found: dict[UUID, tuple[Mode, tuple[str, ...]]] = {}
    for covered in _in_force():
        if covered.holds(at, NO_DRILLS):
            paths = found.get(covered.response_id, (covered.mode, ()))[1]
            found[covered.response_id] = (covered.mode, (*paths, covered.path))
    return found


def anything_in_force(*, at: datetime, drills: Collection[UUID] = NO_DRILLS) -> bool:
    """Whether there is any response at all; from memory."""
    return any(covered.holds(at, drills) for covered in _in_force())


# --- overlays -------------------------------------------------------------------------------------------------------


def in_force(
    kind: str, targets: Collection[Any], *, at: datetime, drills: Collection[UUID] = NO_DRILLS, key: str | None = None
) -> dict[str, InForce]:
    """The change of `kind` in force for each of `targets`, by the target as text; those without one are left out.

    One statement for a whole list. `key` None takes whichever key comes first by the rule.
    """
    rows = _ranked(kind, [str(target) for target in targets], at=at, drills=drills, key=key)
    found: dict[str, InForce] = {}
    for row in rows:
        found.setdefault(row.target, row)
    return found


def in_force_along(
    kind: str, path: str, *, at: datetime, drills: Collection[UUID] = NO_DRILLS
) -> dict[str, InForce]:  # fmt: skip
    """The changes of a `kind` that reaches down, in force at `path`, by their keys; one statement.

    Of one response the nearest place speaks, be it to say that there is none of it here; then the next response counts.
    """
    if not SHAPES[kind].reaches_down:
        raise ValueError(f"{kind} holds for its target only")
    above = paths_above(path)
    nearest: dict[tuple[UUID | None, str], InForce] = {}
    for row in _ranked(kind, above, at=at, drills=drills, key=None):
        nearest.setdefault((row.mode.response_id, row.key), row)
    found: dict[str, InForce] = {}
    for row in nearest.values():
        if row.payload != NOTHING:
            found.setdefault(row.key, row)
    return found


def of_person(person_id: UUID, *, at: datetime, drills: Collection[UUID] = NO_DRILLS) -> list[Overlay]:
    """Everything in force that is laid on this person, by the rule; one statement."""
    order = _order(at=at, drills=drills)
    rows = _current(order, at=at).filter(person_id=person_id).order_by("kind", "target", "key", "id")
    return sorted(rows, key=lambda row: order[row.response_id])


def reaching(
    kinds: Collection[str], paths: Collection[str], *, at: datetime, drills: Collection[UUID] = NO_DRILLS
) -> list[Overlay]:
    """Everything of these kinds in force at places above, at or below `paths`, by the rule; one statement."""
    order = _order(at=at, drills=drills)
    if not order or not paths:
        return []
    reach = Q(target__in={above for path in paths for above in paths_above(path)})
    for path in set(paths):
        reach |= under("path", path)
    rows = _current(order, at=at).filter(reach, kind__in=kinds).order_by("target", "key", "id")
    return sorted(rows, key=lambda row: order[row.response_id])


def modes_by_response() -> dict[UUID, Mode]:
    """What is told of each response that has not ended, by its id; from memory."""
    return {covered.response_id: covered.mode for covered in _in_force()}


def what_duties_are(rows: Iterable[Overlay]) -> dict[UUID, dict[str, Any]]:
    """What the duties among these rows are about, by the ids of the rows: title, tasks, whom to report to.

    One statement. Of one response the nearest place speaks; of what it said there before, the last.
    """
    laid = [row for row in rows if row.kind == OverlayKind.PERSON_DUTY]
    found = Overlay.objects.filter(
        response_id__in={row.response_id for row in laid}, kind=OverlayKind.DUTY,
        key__in={row.payload["duty"] for row in laid},
    )  # fmt: skip
    said = list(found.order_by("-target", "-since", "-id"))  # of the places on one path the nearest comes first

    def about(row: Overlay) -> dict[str, Any]:
        own = (one for one in said if (one.response_id, one.key) == (row.response_id, row.payload["duty"]))
        return next((one.payload for one in own if row.path.startswith(one.target)), {})

    return {row.pk: about(row) for row in laid}


def _ranked(
    kind: str, targets: list[str], *, at: datetime, drills: Collection[UUID], key: str | None
) -> list[InForce]:  # fmt: skip
    order = _order(at=at, drills=drills)
    if not order or not targets:
        return []
    rows = _current(order, at=at).filter(kind=kind, target__in=targets)
    if key is not None:
        rows = rows.filter(key=key)
    modes = modes_by_response()
    # Within one response the nearer place speaks before the one above it; ties go by the later row.
    ranked = sorted(rows.order_by("-id"), key=lambda row: (order[row.response_id], -len(row.target)))
    return [InForce(row.payload, modes[row.response_id], row.person_id, row.key, row.target) for row in ranked]


def _order(*, at: datetime, drills: Collection[UUID]) -> dict[UUID, int]:
    """The responses in force by their rank, the first being the one that counts."""
    found: dict[UUID, int] = {}
    for covered in _in_force():
        if covered.holds(at, drills):
            found.setdefault(covered.response_id, len(found))
    return found


def _current(order: dict[UUID, int], *, at: datetime) -> QuerySet[Overlay]:
    if not order:
        return Overlay.objects.none()
    return Overlay.objects.filter(Q(until__isnull=True) | Q(until__gt=at), response_id__in=list(order), since__lte=at)


# --- responses ------------------------------------------------------------------------------------------------------


def responses_for(actor: Actor, *, permission: Permission = Permission.RESPONSE_VIEW) -> QuerySet[Response]:
    """Responses that touch the actor's area: at a place of it, above it or below; exercises only for who takes part."""
    reach = Q(pk__in=[])
    for root in roots(actor, permission):
        above = paths_above(root)
        reach |= Q(pk__in=ResponsePlace.objects.filter(Q(path__in=above) | under("path", root)).values("response_id"))
    mine = Participant.objects.filter(user_id__in=[actor.user_id] if actor.user_id else []).values("response_id")
    return Response.objects.filter(reach).filter(Q(exercise=False) | Q(pk__in=mine))


def response_for(actor: Actor, response_id: UUID) -> Response:
    """One of them; raises NotFound outside of the actor's area."""
    found = responses_for(actor).filter(pk=response_id).first()
    if found is None:
        raise NotFound
    return found


def is_in_force(response: Response, *, at: datetime) -> bool:
    return response.ended_at is None and response.since <= at < response.until


def paths_of(responses: Iterable[Response]) -> dict[UUID, list[str]]:
    """The paths that each response covers; one statement."""
    found: dict[UUID, list[str]] = {}
    rows = ResponsePlace.objects.filter(response__in=[one.pk for one in responses]).order_by("path", "id")
    for response_id, path in rows.values_list("response_id", "path"):
        found.setdefault(response_id, []).append(path)
    return found


def overlays_of(
    response: Response, *, at: datetime | None = None, within: Collection[str] | None = None
) -> QuerySet[Overlay]:
    """What a response laid down; with `at` only what had not been taken back by then, `within` only under these."""
    rows = Overlay.objects.filter(response=response)
    if within is not None:
        reach = Q(pk__in=[])
        for path in within:
            reach |= under("path", path)
        rows = rows.filter(reach)
    return rows if at is None else rows.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


def count_overlays(
    responses: Iterable[Response], *, within: Collection[str]
) -> dict[UUID, dict[str, int]]:  # fmt: skip
    """How many changes of each kind each response lays, or laid at its end, under `within`; one statement."""
    reach = Q(pk__in=[])
    for path in within:
        reach |= under("path", path)
    rows = Overlay.objects.filter(reach, response__in=[one.pk for one in responses], until__isnull=True)
    found: dict[UUID, dict[str, int]] = {}
    for response_id, kind, count in (
        rows.order_by("response_id", "kind").values_list("response_id", "kind").annotate(count=Count("id"))
    ):
        found.setdefault(response_id, {})[kind] = count
    return found


def get_response(response_id: UUID) -> Response:
    """The response with this id; raises NotFound."""
    found = Response.objects.filter(pk=response_id).first()
    if found is None:
        raise NotFound
    return found


def over_among(ids: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of these responses that have ended, by somebody or by their date; one statement."""
    rows = Response.objects.filter(Q(ended_at__isnull=False) | Q(until__lte=at), pk__in=list(ids))
    return set(rows.order_by("pk").values_list("pk", flat=True))


def ending_within(span: timedelta, *, at: datetime) -> list[Response]:
    """Responses in force that end by their date within `span`, the next first."""
    rows = Response.objects.filter(ended_at__isnull=True, since__lte=at, until__gt=at, until__lte=at + span)
    return list(rows.order_by("until", "id"))


def changes_of(response: Response) -> list[Change]:
    """What was done to a response, in order."""
    return list(Change.objects.filter(response=response).order_by("at", "id"))


def payloads_of(kind: str, response_ids: Collection[UUID], *, at: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """What overlays of a kind say, by response, the widest place first; one statement."""
    rows = Overlay.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), response_id__in=list(response_ids), kind=kind, since__lte=at
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for response_id, payload in rows.order_by("path", "key", "id").values_list("response_id", "payload"):
        if payload != NOTHING:
            found.setdefault(response_id, []).append(payload)
    return found


def due_to_lapse(*, at: datetime) -> QuerySet[Response]:
    """Responses whose end date has passed and that nobody has ended yet, the oldest first."""
    return Response.objects.filter(ended_at__isnull=True, until__lte=at).order_by("until", "id")


# --- memory ---------------------------------------------------------------------------------------------------------


def forget() -> None:
    """Look again at the next question: after a response began, changed or ended."""
    global _kept  # one snapshot a process is the point
    _kept = None


def _in_force() -> tuple[_Covered, ...]:
    """What responses that have not ended cover, those of the future included; one statement every two seconds."""
    global _kept  # one snapshot a process is the point
    kept = _kept
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    with _lock:
        if _kept is None or _kept is kept:
            _kept = (time.monotonic(), _load())
        return _kept[1]


def _load() -> tuple[_Covered, ...]:
    rows = (
        ResponsePlace.objects.filter(response__ended_at__isnull=True)
        .order_by("response__exercise", "response__level", "-response__since", "-response_id", "-id")
        .select_related("response")
    )
    return tuple(
        _Covered(
            row.path,
            Mode(
                "exercise" if row.response.exercise else "emergency",
                row.response.level,
                row.response.plan,
                row.response.since,
                row.response.until,
                row.response_id,
                row.response.plan_en,
            ),
            row.response_id,
            row.response.since,
            row.response.until,
        )
        for row in rows
    )
