"""Compiling: plan version × level × places × today's data → manifest. Deterministic, and writes nothing.

Rooms first, then what holds for areas, then people: duties on the spot need to know which rooms serve as what.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.memory import no_collecting
from pingzhan.modes.queries import over_among
from pingzhan.places.choices import Level
from pingzhan.places.queries import get_places, names_along
from pingzhan.response.models import Activation, Plan, PlanVersion
from pingzhan.response.queries.compile.duties import share_out_duties
from pingzhan.response.queries.compile.people import address, holders_for, widen_roles
from pingzhan.response.queries.compile.reaching import reach_down, share_tasks, take_out
from pingzhan.response.queries.compile.rooms import furnish
from pingzhan.response.queries.compile.work import Tree, Work, Zone, trainings_asked
from pingzhan.response.queries.plans import adaptations_in_use, data_of, published
from pingzhan.response.rules.adapt import effective
from pingzhan.response.rules.manifest import Manifest, digest_of

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@no_collecting()
def compile_plan(
    plan: Plan, *, level: int, codes: Sequence[str], at: datetime, exercise: bool = False,
    version: PlanVersion | None = None, after: str | None = None,
    on_duty: Mapping[tuple[str, str], UUID] | None = None,
) -> Manifest:  # fmt: skip
    """What activating `plan` at `level` for the places `codes` would do. Raises Invalid and StateConflict.

    `version` is the published one unless given. `after`: see `manifest.digest_of`; looked up unless given. `on_duty`:
    who has a duty already, by target and key; they keep it where they still fit. A number of statements that depends
    neither on the size of the area nor, but for a few, on the plan's length.
    """
    version = version or published(plan)
    if version is None:
        raise StateConflict(
            _("这个预案还没有发布的版本；先审核、发布，再启动。"), allowed=["published"], current="draft"
        )
    places = _places(plan, codes)
    paths = [place.path for place in places]
    base = data_of(version)
    if str(level) not in base.get("levels", {}):
        message = _("这个预案没有这一级")
        raise Invalid(message, errors=[{"loc": ["level"], "msg": message}])
    zones, digests = _zones(plan, version, base, paths)
    work, tree = Work(at, level, paths, on_duty or {}), Tree(places)
    furnish(work, zones, tree)
    holders = holders_for(zones, paths)
    for zone in zones:
        reach_down(work, zone)
        if (around := _around(zone, zones)) is not None:
            take_out(work, zone, around)
        share_tasks(work, zone, tree)
        widen_roles(work, zone, holders)
        address(work, zone, holders)
    share_out_duties(work, zones, tree, holders)
    items = sorted(work.items.values(), key=lambda one: (one.kind, one.path, one.target, one.key))
    rights = [] if exercise else sorted(work.rights, key=lambda one: (one.path, one.role, str(one.user_id)))
    gaps = sorted(work.gaps, key=lambda one: (one.path, one.kind, one.subject, one.reason))
    users = sorted((user for user in work.users if user), key=attrgetter("int"))
    digest = digest_of(
        version_digests=digests, level=level, places=tuple(place.code for place in places), exercise=exercise,
        after=last_over(plan, at=at) if after is None else after, items=items, rights=rights, gaps=gaps,
    )  # fmt: skip
    return Manifest(
        plan=plan.code, title=plan.title, version=version.pk, level=level,
        places=tuple(place.code for place in places), paths=tuple(paths), exercise=exercise, items=tuple(items),
        rights=tuple(rights), participants=tuple(users),
        gaps=tuple(gaps), asked=work.asked, checklist=tuple(base.get("stand_down", {}).get("checklist", [])),
        digest=digest, names=names_along(paths), title_en=plan.title_en,
        trainings={zone.path: trainings_asked(zone, level) for zone in zones},
    )  # fmt: skip


def _around(zone: Zone, zones: Sequence[Zone]) -> Zone | None:
    """The nearest zone of the same response in which this one lies."""
    found = [one for one in zones if one is not zone and zone.path.startswith(one.path)]
    return max(found, key=lambda one: len(one.path), default=None)


def last_over(plan: Plan, *, at: datetime) -> str:
    """The newest response of this plan that is over, "" when there is none; two statements."""
    rows = Activation.objects.filter(plan=plan).order_by("-at", "-response_id")  # ids are in the order of making
    ids = list(rows.values_list("response_id", flat=True)[:50])
    over = over_among(ids, at=at)
    return next((str(one) for one in ids if one in over), "")


def _places(plan: Plan, codes: Sequence[str]) -> "list[Place]":
    """The places by path, none inside another; all of the plan's own area."""
    known = get_places(codes)
    unknown = [code for code in codes if code not in known or not known[code].path.startswith(plan.path)]
    if unknown or not codes:
        message = _("预案不适用于这些区域：%(codes)s") % {"codes": ", ".join(unknown)} if codes else _("请选择区域")
        raise Invalid(message, errors=[{"loc": ["places"], "msg": message}])
    found: list[Place] = []
    for place in sorted(known.values(), key=lambda one: one.path):
        if place.level in (Level.BUILDING, Level.HOUSEHOLD):
            message = _("响应区域最小到网格")
            raise Invalid(message, errors=[{"loc": ["places"], "msg": message}])
        if not found or not place.path.startswith(found[-1].path):
            found.append(place)
    return found


def _zones(
    plan: Plan, version: PlanVersion, base: dict[str, Any], paths: Sequence[str]
) -> tuple[list[Zone], list[str]]:
    """Where the plan itself holds and where an adaptation does; and the digests of all versions that count."""
    inside = [
        (path, one)
        for path, one in adaptations_in_use(plan)
        if any(path.startswith(own) or own.startswith(path) for own in paths)
    ]
    zones = []
    data_at: dict[str, dict[str, Any]] = {"": base}
    for path, one in inside:  # the widest first: a community adapts what its street has adapted
        above = max((known for known in data_at if path.startswith(known)), key=len)
        data_at[path] = effective(data_at[above], data_of(one).get("changes", {}))
    starts = {*paths, *(path for path, _one in inside if any(path.startswith(own) for own in paths))}
    for start in sorted(starts):
        nearest = max((known for known in data_at if start.startswith(known)), key=len)
        but = tuple(other for other in sorted(starts) if other != start and other.startswith(start))
        zones.append(Zone(start, data_at[nearest], but))
    return zones, [version.digest, *(one.digest for _path, one in inside)]
