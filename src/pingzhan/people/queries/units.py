"""Reads of units."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots, scope
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.paging import Page, page
from pingzhan.core.paths import paths_above
from pingzhan.core.search import matching
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Appointment, Unit

UNIT_ORDER = ("path", "code")


def unit(code: str) -> Unit:
    """The unit with this code, still existing; raises NotFound."""
    found = Unit.objects.filter(code=code, until__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def chosen_unit(code: str) -> Unit | None:
    """The unit that a form or a call names, None where it names none. Raises Invalid by field."""
    if not code:
        return None
    try:
        return unit(code)
    except NotFound as error:
        message = _("没有这个编码的单位")
        raise Invalid(message, errors=[{"loc": ["unit"], "msg": message}]) from error


def units_for_dispatch(by: Actor, path: str) -> QuerySet[Unit]:
    """The units to which a matter at `path` may be given: those on its way up, from near to far."""
    above = paths_above(path)
    return Unit.objects.filter(path__in=above, until__isnull=True).order_by("-path", "kind", "name", "id")


def units_in_scope(by: Actor) -> QuerySet[Unit]:
    """Units that may handle matters of the actor's area: its own, those below and those on the way up."""
    reach = Q(pk__in=[])
    for root in roots(by, Permission.MATTER_VIEW):
        above = paths_above(root)
        reach |= Q(path__startswith=root) | Q(path__in=above)
    return Unit.objects.filter(reach, until__isnull=True).order_by("path", "name", "id")


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Unit.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "name"))


def current_units() -> QuerySet[Unit]:
    """All units that exist, by code."""
    return Unit.objects.filter(until__isnull=True).order_by("code")


@dataclass(frozen=True, slots=True)
class UnitFilters:
    """What a list of units is narrowed by; `place` is a path, empty for the whole area."""

    q: str = ""
    kind: str = ""
    place: str = ""
    ended: bool = False


def units_page(by: Actor, filters: UnitFilters, *, after: str | None, limit: int = 20) -> Page[Unit]:
    """The units of the actor's area, by place and code; two statements at most."""
    rows = Unit.objects.filter(scope(by, Permission.PERSON_VIEW), until__isnull=not filters.ended)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.place:
        rows = rows.filter(under("path", filters.place))
    if filters.q:
        found = Q(code=filters.q)
        rows = rows.filter(found | matching("unit", filters.q))
    return page(rows, order=UNIT_ORDER, after=after, limit=limit)


def unit_for(by: Actor, unit_id: UUID) -> Unit:
    """A unit of the actor's area, also one that has ended. Raises NotFound."""
    return _one(by, pk=unit_id)


def unit_by_code(by: Actor, code: str) -> Unit:
    """The same by its code."""
    return _one(by, code=code)


def _one(by: Actor, **which: Any) -> Unit:
    rows = Unit.objects.filter(scope(by, Permission.PERSON_VIEW)).select_related("place", "superior")
    found = rows.filter(**which).first()
    if found is None:
        raise NotFound
    return found


def staff_of(unit: Unit, *, after: str | None = None, limit: int = 50) -> Page[Appointment]:
    """Those who serve in the unit now, in the order in which they came."""
    rows = Appointment.objects.filter(unit=unit, until__isnull=True).select_related("person", "place")
    return page(rows, order=("since", "id"), after=after, limit=limit)


def staff_counts(ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many serve in each of the units; one statement."""
    rows = Appointment.objects.filter(unit__in=list(ids), until__isnull=True).values("unit").order_by("unit")
    return {row["unit"]: row["n"] for row in rows.annotate(n=Count("person", distinct=True))}


def superiors_for(by: Actor) -> list[tuple[str, str]]:
    """Units that may be named as a superior: those of the actor's area and on the way up, as (code, name)."""
    return list(_superiors(by).values_list("code", "name")[:300])


def chosen_superior(by: Actor, code: str) -> Unit | None:
    """The superior that a form or a call names, None where it names none. Raises Invalid by field."""
    found = _superiors(by).filter(code=code).first() if code else None
    if code and found is None:
        message = _("请从列表里选择上级单位")
        raise Invalid(message, errors=[{"loc": ["superior"], "msg": message}])
    return found


def _superiors(by: Actor) -> QuerySet[Unit]:
    reach = Q(pk__in=[])
    for root in roots(by, Permission.APPOINT):
        above = paths_above(root)
        reach |= Q(path__in=above) | Q(path__startswith=root, subordinates__isnull=False)
    return Unit.objects.filter(reach, until__isnull=True).order_by("path", "code").distinct()


def search_texts(ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """What units are found by: (id, words)."""
    rows = Unit.objects.filter(pk__in=list(ids)).order_by("pk")
    return [(row.pk, " ".join((row.name, row.name_en, row.address, row.code))) for row in rows]


def unit_named(name: str) -> Unit | None:
    """The one unit of this name, None where there is none or several."""
    found = list(Unit.objects.filter(name=name, until__isnull=True).order_by("code")[:2]) if name else []
    return found[0] if len(found) == 1 else None


def workplaces(*, limit: int = 100) -> list[str]:
    """Names of units where people work, to propose while somebody types; one statement."""
    kinds = (UnitKind.DEPARTMENT, UnitKind.ENTERPRISE, UnitKind.SOCIAL)
    rows = Unit.objects.filter(kind__in=kinds, until__isnull=True).order_by("name", "code")
    return list(dict.fromkeys(rows.values_list("name", flat=True)[: limit * 4]))[:limit]
