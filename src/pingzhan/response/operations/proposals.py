"""Conditions that are met propose; a person decides. Only a watch at level Ⅳ may start by itself, where a plan says so.

A condition proposes once while it holds: what was proposed is over only when the condition has not held for
REST, so that a figure that goes up and down around its limit does not propose again and again.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.holders import holding
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.outbox import queue, queue_many
from pingzhan.core.wording import for_others
from pingzhan.response.choices import ProposalState, VersionState
from pingzhan.response.models import PlanVersion, Proposal
from pingzhan.response.operations.activation import Outdated, activate
from pingzhan.response.operations.deciding import decide, note
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.conditions import Known, Standing, standings
from pingzhan.response.queries.plans import data_of
from pingzhan.response.queries.proposals import responses_of

log = logging.getLogger(__name__)

REST = timedelta(minutes=30)
ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


def consider(*, at: datetime, around: str = "") -> int:
    """Look at the conditions of all plans in use, or of those that hold at or around a path; how many were proposed."""
    rows = PlanVersion.objects.filter(state=VersionState.PUBLISHED, plan__parent__isnull=True)
    live: dict[UUID, dict[str, Proposal]] = defaultdict(dict)
    for row in Proposal.objects.filter(cleared_at__isnull=True).order_by("id"):
        live[row.plan_id][row.code] = row
    known: Known = {}
    made = 0
    for version in rows.select_related("plan", "plan__place").order_by("plan__path", "id"):
        path, own = version.plan.path, live.pop(version.plan_id, {})
        if path.startswith(around) or around.startswith(path):
            made += _consider(version, own, known, at=at)
    for own in live.values():  # no longer in use
        for row in own.values():
            _clear(row, at=at)
    return made


def _consider(version: PlanVersion, live: dict[str, Proposal], known: Known, *, at: datetime) -> int:
    data = data_of(version)
    made = 0
    for one in standings(data, version.plan.path, at=at, known=known):
        row = live.pop(one.code, None)
        if row is not None:
            _go_on(row, one, at=at)
        elif one.holds and not any(level <= one.level for level in responses_of(version.plan, at=at).values()):
            made += _propose(version, one, data, at=at)
    for row in live.values():  # the plan no longer has this condition
        _clear(row, at=at)
    return made


def _propose(version: PlanVersion, one: Standing, data: dict[str, Any], *, at: datetime) -> int:
    """Put it down once, and tell those who may decide."""
    plan = version.plan
    try:
        with transaction.atomic():
            row = Proposal.objects.create(
                plan=plan, version=version, path=plan.path, code=one.code, title=one.title, level=one.level,
                when=one.when, figures=one.figures, at=at,
            )  # fmt: skip
            note(row, "propose", by=SYSTEM, at=at)
            if not one.start:
                _tell(row, data, at=at)
    except IntegrityError:  # another process has put it down in the same moment
        return 0
    return 1


def _tell(row: Proposal, data: dict[str, Any], *, at: datetime) -> None:
    roles = data["levels"][str(row.level)]["activate"]
    text = for_others(
        "“%(plan)s”的条件“%(title)s”已达到，建议启动%(level)s级响应。请登录查看预览后决定。",
        plan=row.plan.title,
        title=row.title,
        level=ROMAN[row.level],
    )
    users = holding(roles, row.path, at=at)
    queue_many([(user.pk, text) for user in users], at=at, template="plan_proposed")
    for user in users:
        if user.phone:
            queue(channel="sms", to=user.phone.open(), text=text, at=at, to_user=user.pk, template="plan_proposed")


def _go_on(row: Proposal, one: Standing, *, at: datetime) -> None:
    """Since when the condition has not held; after REST it is over."""
    if not one.over:
        if row.quiet_since is not None:
            Proposal.objects.filter(pk=row.pk, cleared_at__isnull=True).update(quiet_since=None)
    elif row.quiet_since is None:
        Proposal.objects.filter(pk=row.pk, quiet_since__isnull=True).update(quiet_since=at)
    elif at - row.quiet_since >= REST:
        _clear(row, at=at)


@transaction.atomic
def _clear(row: Proposal, *, at: datetime) -> None:
    """The condition is over; what nobody has decided is no longer to be decided."""
    if not Proposal.objects.filter(pk=row.pk, cleared_at__isnull=True).update(cleared_at=at):
        return
    if Proposal.objects.filter(pk=row.pk, state=ProposalState.OPEN).update(state=ProposalState.PASSED, decided_at=at):
        row.state = ProposalState.PASSED
        note(row, "pass", by=SYSTEM, at=at)


def start_watches(*, at: datetime) -> int:
    """Activate at level Ⅳ what a plan lets start by itself; how many. Any number of workers may do so at once."""
    rows = Proposal.objects.filter(
        state=ProposalState.OPEN, cleared_at__isnull=True, start_failed_at__isnull=True, level=4
    )
    rows = rows.select_related("plan", "plan__place", "version").order_by("at", "id")
    return sum(_start(row, at=at) for row in [row for row in rows if _starts(row)][:20])


def _starts(row: Proposal) -> bool:
    """Whether the plan lets this condition start it."""
    return any(one["code"] == row.code and one.get("start") for one in data_of(row.version).get("conditions", []))


def _start(row: Proposal, *, at: datetime) -> bool:
    plan = row.plan
    try:
        manifest = compile_plan(plan, level=row.level, codes=[plan.place.code], at=at)
        made = activate(
            plan=plan, level=row.level, codes=[plan.place.code], digest=manifest.digest, by=SYSTEM, at=at
        )  # fmt: skip
    except Outdated:  # the ground has changed meanwhile: once more with the next pass
        return False
    except DomainError as problem:
        _give_up(row, problem, at=at)
        return False
    return not made.again


@transaction.atomic
def _give_up(row: Proposal, problem: DomainError, *, at: datetime) -> None:
    """It cannot start by itself: whoever may decide is told once, and why goes on record."""
    open_ones = Proposal.objects.filter(pk=row.pk, state=ProposalState.OPEN, start_failed_at__isnull=True)
    if not open_ones.update(start_failed_at=at):
        return  # started or decided by somebody else
    log.warning("proposal %s did not start: %s", row.pk, problem.detail)
    note(row, "fail", by=SYSTEM, at=at, problem=type(problem).__name__)
    _tell(row, data_of(row.version), at=at)


@transaction.atomic
def accept(*, proposal: Proposal, by: Actor, at: datetime) -> Proposal:
    """Somebody follows the proposal: the preview comes next, and nothing is activated yet."""
    access.require(by, Permission.RESPONSE_ACTIVATE, proposal.path)
    return decide(proposal, ProposalState.ACCEPTED, by=by, at=at)


@transaction.atomic
def dismiss(*, proposal: Proposal, by: Actor, at: datetime, reason: str) -> Proposal:
    """Somebody decides against it and says why; it does not come again while the condition goes on holding."""
    access.require(by, Permission.RESPONSE_ACTIVATE, proposal.path)
    if not reason.strip():
        message = _("请写明不启动的理由")
        raise Invalid(message, errors=[{"loc": ["reason"], "msg": message}])
    return decide(proposal, ProposalState.DISMISSED, by=by, at=at, reason=reason.strip()[:400])
