"""Plans, their versions, and what holds at a place."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import paths_above
from pingzhan.matters.choices import ClockKind
from pingzhan.people.queries.skills import catalogue
from pingzhan.people.queries.trainings import trainings
from pingzhan.response.choices import VersionState
from pingzhan.response.models import Plan, PlanVersion
from pingzhan.response.queries.conditions import FIGURES
from pingzhan.response.rules.adapt import Conflict, Difference, conflicts, differences, effective
from pingzhan.response.rules.document import Finding, check, read
from pingzhan.stations.queries import functions


def plans_for(actor: Actor, permission: Permission = Permission.PLAN_VIEW) -> QuerySet[Plan]:
    """Plans that hold in the actor's area: those of places above it, of its own and below."""
    if actor.kind == "system":
        return Plan.objects.order_by("path", "code")
    reach = Q(pk__in=[])
    for root in roots(actor, permission):
        above = paths_above(root)
        reach |= Q(path__in=above) | under("path", root)
    return Plan.objects.filter(reach).order_by("path", "code")


def plan_for(actor: Actor, code: str) -> Plan:
    """The plan with this code; raises NotFound outside of the actor's area."""
    found = plans_for(actor).select_related("parent", "place").filter(code=code).first()
    if found is None:
        raise NotFound(_("没有找到这个预案"))
    return found


def published(plan: Plan) -> PlanVersion | None:
    """The version in use."""
    return plan.versions.filter(state=VersionState.PUBLISHED).first()


def in_use(plans: Iterable[Plan]) -> dict[UUID, PlanVersion]:
    """The versions in use of these plans, by the plans' ids; one statement."""
    rows = PlanVersion.objects.filter(plan__in=[plan.pk for plan in plans], state=VersionState.PUBLISHED)
    return {version.plan_id: version for version in rows.order_by("plan", "number")}


def newest(plan: Plan) -> PlanVersion | None:
    """The version that was written last, in use or not."""
    return plan.versions.order_by("-number").first()


def wrote(actor: Actor, version: PlanVersion) -> bool:
    """Whether the actor wrote this version, who then cannot review it; by name only where nothing else was kept."""
    if actor.kind == "system":
        return False
    return actor.user_id == version.author_id if version.author_id else actor.name == version.author_name


def version_of(plan: Plan, version_id: UUID) -> PlanVersion:
    found = plan.versions.filter(pk=version_id).first()
    if found is None:
        raise NotFound(_("没有找到这个版本"))
    return found


def get_version(version_id: UUID) -> PlanVersion:
    """The version with this id, which came from a manifest or an activation; one statement."""
    return PlanVersion.objects.get(pk=version_id)


def data_of(version: PlanVersion) -> dict[str, Any]:
    """The document of a version, to be read and not changed; {} for a draft that cannot be read."""
    return _data(version.source)


@lru_cache(maxsize=64)
def _data(source: str) -> dict[str, Any]:
    document, _findings = read(source)
    return document.data if document is not None and isinstance(document.data, dict) else {}


def check_here(
    source: str, *, above: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any] | None, list[Finding]]:  # fmt: skip
    """Check a document against the codes of this installation, an adaptation against what it adapts; three statements.

    Before a catalogue of skills or of trainings was loaded any of them may be named.
    """
    return check(
        source, functions=list(functions()), clocks=list(ClockKind.values), figures=FIGURES,
        skills=[skill.code for skill in catalogue()] or None,
        trainings=[training.code for training in trainings()] or None, above=above,
    )  # fmt: skip


def adaptations_in_use(plan: Plan) -> list[tuple[str, PlanVersion]]:
    """(path, version) of every published adaptation of a plan, the widest area first; one statement."""
    rows = PlanVersion.objects.filter(plan__parent=plan, state=VersionState.PUBLISHED).select_related("plan")
    return [(version.plan.path, version) for version in rows.order_by("plan__path", "id")]


def what_is_above(parent: Plan, path: str) -> Mapping[str, Any]:
    """What an adaptation for `path` is laid over: the plan, and what places between have adapted; two statements."""
    version = published(parent) or newest(parent)
    data: Mapping[str, Any] = data_of(version) if version else {}
    for own, one in adaptations_in_use(parent):
        if path != own and path.startswith(own):
            data = effective(data, data_of(one).get("changes", {}))
    return data


def adapted(plan: Plan, version: PlanVersion) -> tuple[dict[str, Any], list[Difference], list[Conflict]]:
    """What an adaptation comes to on its parent as it is now: the whole plan, what differs, and what conflicts."""
    assert plan.parent is not None
    above = published(plan.parent) or newest(plan.parent)
    now = data_of(above) if above else {}
    seen = data_of(version.against) if version.against else now
    changes: Mapping[str, Any] = data_of(version).get("changes", {})
    return effective(now, changes), differences(now, changes), conflicts(seen, now, changes)
