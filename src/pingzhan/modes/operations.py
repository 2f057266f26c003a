"""Beginning, changing and ending a response together with all that it lays over peacetime.

Nothing here touches a peacetime row: what a response changes are overlays and grants of its own, which end with it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.operations import EmergencyGrant
from pingzhan.access.permissions import Permission
from pingzhan.core.db import Prepared, insert_prepared, prepare_many
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.memory import no_collecting
from pingzhan.journal.operations import digest_of, record
from pingzhan.modes import queries
from pingzhan.modes.models import Change, Overlay, Participant, Response, ResponsePlace
from pingzhan.modes.rules import check_payload


@dataclass(frozen=True, slots=True)
class NewOverlay:
    """An overlay to be written; fields as those of the row."""

    kind: str
    target: str
    path: str
    payload: dict[str, Any]
    key: str = ""
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """Overlays of one response that are ready to be written: see `prepare_overlays`."""

    response_id: UUID
    rows: Prepared


_FIELDS = ("id", "response_id", "kind", "target", "key", "path", "person_id", "payload", "since", "until")


@no_collecting()
def prepare_overlays(overlays: Iterable[NewOverlay], *, response_id: UUID, at: datetime) -> Laid:
    """Check and convert what a response lays down, before the transaction that writes it; writes nothing.

    Raises ValueError for a payload that its kind does not hold.
    """

    def rows() -> Iterable[Sequence[Any]]:
        for one in overlays:
            check_payload(one.kind, one.payload)
            yield (
                uuid7(), response_id, one.kind, one.target, one.key, one.path, one.person_id, one.payload, at, None,
            )  # fmt: skip

    return Laid(response_id, prepare_many(Overlay, _FIELDS, rows()))


@transaction.atomic
def begin(
    *,
    plan: str,
    level: int,
    paths: Collection[str],
    until: datetime,
    by: Actor,
    at: datetime,
    exercise: bool = False,
    overlays: Sequence[NewOverlay] | Laid = (),
    grants: Sequence[EmergencyGrant] = (),
    participants: Collection[UUID] = (),
    digest: str = "",
    response_id: UUID | None = None,
    plan_en: str = "",
) -> Response:
    """A response from `at` until `until` with its overlays and grants, written in bulk; `digest` goes on record.

    Of many overlays whoever begins prepares them beforehand, for `response_id`. An exercise widens no right: grants
    given with it are refused. Raises NotAllowed, Invalid.
    """
    if not paths:
        raise Invalid(_("请选择响应的区域"), errors=[{"loc": ["places"], "msg": _("请选择响应的区域")}])
    for path in paths:
        access.require(by, Permission.RESPONSE_ACTIVATE, path)
    _must_end_later(until, at)
    if exercise and grants:
        raise ValueError("an exercise widens no right")
    response = Response.objects.create(
        # An id in the order of making: of two at the same moment the later one counts.
        id=response_id or uuid7(),
        plan=plan,
        plan_en=plan_en,
        level=level,
        exercise=exercise,
        since=at,
        until=until,
    )
    ResponsePlace.objects.bulk_create(ResponsePlace(response=response, path=path) for path in sorted(set(paths)))
    if not isinstance(overlays, Laid):
        overlays = prepare_overlays(overlays, response_id=response.pk, at=at)
    if overlays.response_id != response.pk:
        raise ValueError("overlays of another response")
    count = insert_prepared(overlays.rows)
    access.grant_for_response(grants, response_id=response.pk, until=until, by=by, at=at)
    users = {*participants, *([by.user_id] if by.user_id else [])} if exercise else set()
    Participant.objects.bulk_create(Participant(response=response, user_id=one) for one in sorted(users))
    _note(response, "begin", by=by, at=at, path=min(paths), overlays=count, digest=digest)
    transaction.on_commit(queries.forget)
    return response


@transaction.atomic
def change_level(
    *,
    response: Response,
    level: int,
    by: Actor,
    at: datetime,
    reason: str,
    overlays: Sequence[NewOverlay] = (),
    grants: Sequence[EmergencyGrant] = (),
    participants: Collection[UUID] = (),
) -> Response:
    """Take the response to another level, with all that holds there: what it lays down no longer ends at `at`.

    `overlays` and `grants` are everything of the new level. What stays as it was is left alone.
    """
    _may(response, by)
    if not 1 <= level <= 4 or level == response.level:
        raise Invalid(_("请选择另一个级别"), errors=[{"loc": ["level"], "msg": _("请选择另一个级别")}])
    _needs_reason(reason)
    if response.exercise and grants:
        raise ValueError("an exercise widens no right")
    before = response.level
    _still_in_force(
        Response.objects.filter(pk=response.pk, level=before, ended_at__isnull=True, until__gt=at).update(level=level)
    )
    response.level = level
    _replace(response, overlays, at=at)
    if response.exercise:
        Participant.objects.bulk_create(
            [Participant(response=response, user_id=one) for one in sorted(participants)], ignore_conflicts=True
        )
    access.replace_for_response(grants, response_id=response.pk, until=response.until, by=by, at=at)
    _note(response, "change_level", by=by, at=at, reason=reason, before=before, count=len(overlays))
    transaction.on_commit(queries.forget)
    return response


@transaction.atomic
def renew(*, response: Response, until: datetime, by: Actor, at: datetime, reason: str) -> Response:
    """Let the response last until `until` instead; rights that it widened last as long, and no longer."""
    _may(response, by)
    _must_end_later(until, max(at, response.until))
    _needs_reason(reason)
    before = response.until
    _still_in_force(
        Response.objects.filter(pk=response.pk, until=before, ended_at__isnull=True, until__gt=at).update(until=until)
    )
    response.until = until
    access.extend_for_response(response_id=response.pk, before=before, until=until)
    _note(response, "renew", by=by, at=at, reason=reason)
    transaction.on_commit(queries.forget)
    return response


@transaction.atomic
def end(*, response: Response, by: Actor, at: datetime) -> Response:
    """End the response now, and with it every overlay and every right that it widened."""
    _may(response, by)
    # One that has passed its date is over already; the tick puts that on record.
    _still_in_force(Response.objects.filter(pk=response.pk, ended_at__isnull=True, until__gt=at).update(ended_at=at))
    _ended(response, "end", by=by, at=at)
    return response


@transaction.atomic
def lapse(*, response: Response, at: datetime) -> bool:
    """Put on record that the response ended by its date; False when somebody else did or renewed it meanwhile.

    It has been out of force since that moment in any case.
    """
    if not Response.objects.filter(pk=response.pk, ended_at__isnull=True, until__lte=at).update(
        ended_at=response.until
    ):
        return False
    _ended(response, "lapse", by=SYSTEM, at=at)
    return True


def _ended(response: Response, verb: str, *, by: Actor, at: datetime) -> None:
    response.ended_at = min(at, response.until)
    access.end_for_response(response_id=response.pk, at=response.ended_at)
    _note(response, verb, by=by, at=at)
    transaction.on_commit(queries.forget)


def lay_on_another(*, gone: UUID, kept: UUID, at: datetime) -> list[str]:
    """What is laid on the person `gone` is laid on `kept`, who turned out to be the same; the ids of the rows.

    Part of the caller's operation. Where one response has laid the same on both, that of `gone` ends and stays theirs.
    """
    twice = Overlay.objects.filter(
        response=OuterRef("response"), kind=OuterRef("kind"), target=str(kept), key=OuterRef("key"), until__isnull=True
    )
    rows = Overlay.objects.filter(person_id=gone)
    rows.filter(Exists(twice), target=str(gone), until__isnull=True).update(until=Greatest(F("since"), at))
    moved = [
        str(pk) for pk in rows.exclude(Exists(twice), target=str(gone)).order_by("pk").values_list("pk", flat=True)
    ]
    lay_back(ids=moved, whose=kept, known_as=gone)
    return moved


def lay_back(*, ids: Iterable[str], whose: UUID, known_as: UUID) -> None:
    """Lay these rows on `whose`, who was `known_as` in them. Part of the caller's operation."""
    rows = Overlay.objects.filter(pk__in=list(ids))
    rows.filter(target=str(known_as)).update(target=str(whose))
    rows.update(person_id=whose)
    transaction.on_commit(queries.forget)


def _replace(response: Response, overlays: Sequence[NewOverlay], *, at: datetime) -> None:
    """End what is no longer wanted, write what is new; rows that say the same stay."""
    wanted = {(one.kind, one.target, one.key): one for one in overlays}
    over = []
    rows = Overlay.objects.filter(response=response, until__isnull=True).order_by("id")
    for row in rows.values_list("id", "kind", "target", "key", "person_id", "payload"):
        same = wanted.get(row[1:4])
        if same is not None and (same.person_id, same.payload) == row[4:6]:
            del wanted[row[1:4]]
        else:
            over.append(row[0])
    for start in range(0, len(over), 500):
        Overlay.objects.filter(pk__in=over[start : start + 500]).update(until=at)
    insert_prepared(prepare_overlays(wanted.values(), response_id=response.pk, at=at).rows)


def _may(response: Response, by: Actor) -> None:
    for path in response.places.order_by("path").values_list("path", flat=True):
        access.require(by, Permission.RESPONSE_ACTIVATE, path)


def _must_end_later(until: datetime, than: datetime) -> None:
    if until <= than:
        raise Invalid(_("结束时间须晚于现在"), errors=[{"loc": ["until"], "msg": _("请填写更晚的结束时间")}])


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("请写明理由"), errors=[{"loc": ["reason"], "msg": _("请写明理由")}])


def _still_in_force(changed: int) -> None:
    if not changed:
        raise StateConflict(
            _("这次响应已经结束，或刚被他人更改；请重新打开后再操作。"), allowed=["in_force"], current="changed"
        )


def _note(
    response: Response, verb: str, *, by: Actor, at: datetime, path: str = "", reason: str = "", **data: Any
) -> None:
    Change.objects.create(
        response=response, verb=verb, at=at, actor_name=by.name, level=response.level, until=response.until,
        reason=reason.strip()[:400],
    )  # fmt: skip
    if reason:
        data["reason_digest"] = digest_of(reason)
    path = path or response.places.order_by("path").values_list("path", flat=True).first() or ""
    record(
        verb=f"response.{verb}", by=by, at=at, subject_type="response", subject_id=response.pk, place_path=path,
        to_state="ended" if response.ended_at else "in_force", level=response.level,
        exercise=int(response.exercise), **data,
    )  # fmt: skip
