"""Switching: activate what was previewed, change the level, renew, stand down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.operations import EmergencyGrant
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import DomainError, Invalid, NotAllowed, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.memory import no_collecting
from pingzhan.journal.operations import record
from pingzhan.modes import operations as modes
from pingzhan.modes.operations import NewOverlay
from pingzhan.modes.queries import due_to_lapse, get_response
from pingzhan.response.models import Activation, CheckItem, Plan
from pingzhan.response.operations.deciding import settle
from pingzhan.response.operations.tidying import add_to_list, begin_list, close_list, more_to_tidy
from pingzhan.response.operations.warnings import let_last, prepare, prepare_again
from pingzhan.response.queries.another_level import compile_level
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.leading import require_lead, require_roles
from pingzhan.response.queries.plans import data_of, get_version
from pingzhan.response.rules.levels import may_activate, may_renew
from pingzhan.response.rules.manifest import Manifest

if TYPE_CHECKING:
    from pingzhan.modes.models import Response

LONGEST = timedelta(days=90)


class Outdated(DomainError):
    """What was previewed is no longer what would happen; `manifest` is what would now."""

    status = 409
    title = _("预览之后数据有变化")

    def __init__(self, manifest: Manifest) -> None:
        super().__init__(_("预览之后人员、用房或预案有了变化。请看新的预览，确认后再启动；什么都还没有改变。"))
        self.manifest = manifest

    def extra(self) -> dict[str, Any]:
        return {"allowed": ["in_force"], "current": "outdated", "digest": self.manifest.digest}


@dataclass(frozen=True, slots=True)
class Activated:
    """The response, and whether it was there already."""

    response: "Response"
    again: bool


@no_collecting()
def activate(
    *, plan: Plan, level: int, codes: Sequence[str], digest: str, by: Actor, at: datetime, exercise: bool = False,
    until: datetime | None = None,
) -> Activated:  # fmt: skip
    """Do exactly what was previewed under `digest`, all of it or nothing.

    The same digest again answers with the response that is there. Everything is computed before the one short
    transaction that writes. Raises Outdated when today's data would give another manifest.
    """
    if (already := _activated(digest, by)) is not None:
        return Activated(already, again=True)
    manifest = compile_plan(plan, level=level, codes=codes, at=at, exercise=exercise)
    _may_begin(data_of(get_version(manifest.version)), manifest.level, manifest.paths, by)
    if manifest.digest != digest:
        if (already := _activated(digest, by)) is not None:  # somebody was quicker while this was compiling
            return Activated(already, again=True)
        raise Outdated(manifest)
    response_id = uuid7()
    laid = modes.prepare_overlays(_overlays(manifest), response_id=response_id, at=at)
    try:
        return Activated(_write(plan, manifest, laid, by=by, at=at, until=until), again=False)
    except IntegrityError:
        # The primary key of Activation: of ten who press at once, one writes and the others find it here.
        if (already := _activated(digest, by)) is not None:
            return Activated(already, again=True)
        raise


def _activated(digest: str, by: Actor) -> "Response | None":
    row = Activation.objects.select_related("plan").filter(pk=digest).first()
    if row is None:
        return None
    access.require(by, Permission.RESPONSE_VIEW, row.plan.path if by.kind == "system" else _some_path(row, by))
    return get_response(row.response_id)


def _some_path(row: Activation, by: Actor) -> str:
    """A path of the response that the actor reaches; the plan's own when there is none, which they do not."""
    response = get_response(row.response_id)
    paths = _paths(response)
    reached = [path for path in paths if any(path.startswith(held.path) for held in by.held)]
    return reached[0] if reached else row.plan.path


@transaction.atomic
def _write(
    plan: Plan, manifest: Manifest, laid: modes.Laid, *, by: Actor, at: datetime, until: datetime | None
) -> "Response":
    data = data_of(get_version(manifest.version))
    until = until or at + timedelta(days=data["sunset_days"])
    if until > at + LONGEST:
        message = _("一次最长 90 天；到期前可以说明理由延长")
        raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])
    response_id = laid.response_id
    # First, so that whoever comes second waits for this row and not behind all the others.
    Activation.objects.create(
        digest=manifest.digest, response_id=response_id, plan=plan, version_id=manifest.version,
        places=list(manifest.places), exercise=manifest.exercise, counts=manifest.counts,
        gaps=[[gap.kind, gap.place, gap.subject, gap.reason] for gap in manifest.gaps[:2000]], at=at,
        actor_id=by.user_id, actor_name=by.name,
    )  # fmt: skip
    response = modes.begin(
        plan=manifest.title, plan_en=plan.title_en, level=manifest.level, paths=manifest.paths, until=until, by=by,
        at=at, exercise=manifest.exercise, overlays=laid, grants=_grants(manifest),
        participants=manifest.participants, digest=manifest.digest, response_id=response_id,
    )  # fmt: skip
    begin_list(response_id, manifest)
    if not manifest.exercise:
        settle(plan, level=manifest.level, paths=manifest.paths, response_id=response_id, by=by, at=at)
        prepare(response=response, plan=plan, data=data, names=_names(manifest), by=by, at=at)
    return response


@no_collecting()
def change_level(
    *, response: "Response", level: int, by: Actor, at: datetime, reason: str, digest: str = ""
) -> "Response":  # fmt: skip
    """Take the response to another level of its plan version, with today's people and rooms.

    With `digest` only if that is still what was previewed; raises Outdated otherwise.
    """
    require_lead(response, by)
    row = activation_of(response)
    manifest = compile_level(response, row, level=level, at=at)
    _may_begin(data_of(row.version), level, manifest.paths, by)
    if digest and manifest.digest != digest:
        raise Outdated(manifest)
    with transaction.atomic():
        more = more_to_tidy(response, manifest)
        modes.change_level(
            response=response, level=level, by=by, at=at, reason=reason, overlays=_overlays(manifest),
            grants=_grants(manifest), participants=manifest.participants,
        )  # fmt: skip
        add_to_list(response, more)
        Activation.objects.filter(pk=row.pk).update(
            counts=manifest.counts,
            gaps=[[gap.kind, gap.place, gap.subject, gap.reason] for gap in manifest.gaps[:2000]],
        )
        if not response.exercise:
            prepare_again(
                response=response, plan=row.plan, data=data_of(row.version), names=_names(manifest), by=by, at=at
            )
    return response


def renew(*, response: "Response", until: datetime, by: Actor, at: datetime, reason: str) -> "Response":
    """Let the response last until `until`; at most 90 days from now."""
    require_lead(response, by)
    row = activation_of(response)
    require_roles(may_renew(data_of(row.version), response.level), _paths(response), by)
    if until > at + LONGEST:
        message = _("一次最长 90 天；到期前可以说明理由延长")
        raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])
    before = response.until
    with transaction.atomic():
        modes.renew(response=response, until=until, by=by, at=at, reason=reason)
        Activation.objects.filter(pk=row.pk).update(warned_at=None)
        let_last(response, before=before)
    return response


@transaction.atomic
def stand_down(*, response: "Response", by: Actor, at: datetime, done: Sequence[int] = ()) -> "Response":
    """End the response; what is in force is peacetime's again at once.

    `done` are numbers of the check list that are done. What is not stays on the list to be done afterwards: rights
    that were widened must not wait for a room to be cleaned.
    """
    require_lead(response, by)
    for number in done:
        tick_item(response=response, number=number, by=by, at=at)
    modes.end(response=response, by=by, at=at)
    close_list(response, at=at)
    return response


@transaction.atomic
def tick_item(*, response: "Response", number: int, by: Actor, at: datetime) -> None:
    """One line of the stand-down list is done."""
    for path in _paths(response):
        if not any(
            path.startswith(held.path) or held.path.startswith(path) for held in by.holding(Permission.RESPONSE_VIEW)
        ):
            raise NotAllowed(_("您在这里没有进行此操作的权限；如有需要，请联系所在单位的管理员。"))
    rows = CheckItem.objects.filter(response_id=response.pk, number=number)
    if rows.filter(done_at__isnull=True).update(done_at=at, done_by=by.name):
        record(
            verb="response.check", by=by, at=at, subject_type="response", subject_id=response.pk,
            place_path=_paths(response)[0], number=number,
        )  # fmt: skip
    elif not rows.exists():
        raise Invalid(_("清单里没有这一项"), errors=[{"loc": ["done"], "msg": _("清单里没有这一项")}])


def lapse_due(*, at: datetime) -> int:
    """Put on record which responses ended by their date; returns how many. Any number of workers may do so at once."""
    return sum(_lapse(response, at=at) for response in due_to_lapse(at=at)[:100])


@transaction.atomic
def _lapse(response: "Response", *, at: datetime) -> bool:
    if not modes.lapse(response=response, at=at):
        return False
    close_list(response, at=at)
    return True


def activation_of(response: "Response") -> Activation:
    """Where the response came from; raises StateConflict for one that came from no plan."""
    row = Activation.objects.select_related("plan", "version").filter(response_id=response.pk).first()
    if row is None:
        raise StateConflict(_("这次响应不是按预案启动的"), allowed=[], current="unplanned")
    return row


def _may_begin(data: dict[str, Any], level: int, paths: Sequence[str], by: Actor) -> None:
    require_roles(may_activate(data, level), paths, by)


def _paths(response: "Response") -> list[str]:
    return list(response.places.order_by("path").values_list("path", flat=True))


def _names(manifest: Manifest) -> list[tuple[str, str]]:
    return [(code, manifest.names.get(code, code)) for code in manifest.places]


def _overlays(manifest: Manifest) -> list[NewOverlay]:
    return [
        NewOverlay(item.kind, item.target, item.path, item.payload, item.key, item.person_id) for item in manifest.items
    ]


def _grants(manifest: Manifest) -> list[EmergencyGrant]:
    return [EmergencyGrant(one.user_id, one.role, one.path, one.unit_id) for one in manifest.rights]
