"""What conditions have proposed, and the figures from outside, for those who decide."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.errors import NotFound
from pingzhan.modes.queries import real_in_force
from pingzhan.response.choices import ProposalState
from pingzhan.response.models import Activation, Plan, Proposal, Signal


def proposals_for(actor: Actor, permission: Permission = Permission.RESPONSE_ACTIVATE) -> QuerySet[Proposal]:
    """What was proposed for places of the actor's area."""
    return Proposal.objects.filter(scope(actor, permission)).select_related("plan", "plan__place")


def open_proposals(actor: Actor, *, most: int = 20) -> list[Proposal]:
    """What waits for the actor's decision, the highest level first; one statement."""
    rows = proposals_for(actor).filter(state=ProposalState.OPEN, cleared_at__isnull=True)
    return list(rows.order_by("level", "at", "id")[:most])


def proposal_for(actor: Actor, proposal_id: UUID) -> Proposal:
    """One of those that the actor may decide; raises NotFound outside of their area."""
    found = proposals_for(actor).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound(_("没有找到这条启动建议"))
    return found


def proposals_of(plan: Plan, *, most: int = 20) -> list[Proposal]:
    """What a plan has proposed, the newest first; one statement."""
    return list(Proposal.objects.filter(plan=plan).order_by("-at", "-id")[:most])


def responses_of(plan: Plan, *, at: datetime) -> dict[UUID, int]:
    """The real responses by this plan that are in force, with their levels; one statement when there is any at all."""
    running = {response: mode.level for response, (mode, _paths) in real_in_force(at=at).items()}
    if not running:
        return {}
    mine = Activation.objects.filter(plan=plan, response_id__in=list(running)).order_by("at")
    return {one: running[one] or 0 for one in mine.values_list("response_id", flat=True)}


def signals_for(actor: Actor) -> QuerySet[Signal]:
    """The figures from outside of places of the actor's area."""
    return Signal.objects.filter(scope(actor, Permission.PLAN_VIEW)).select_related("place")
