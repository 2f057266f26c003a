"""Reads of check-ins: the ledger, one sheet, who may take which step, what is one's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import IContains

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, scope
from pingzhan.core.db import is_so, under_by_size
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.people.choices import CheckInState, CheckInStep
from pingzhan.people.models import CheckIn, CheckInNote, PersonSkill, Roster, RosterLine
from pingzhan.people.queries.skills import kinds_of
from pingzhan.people.workflow import ACTIVE, ENDED, TABLE
from pingzhan.places.queries import get_places

S = CheckInState
_LAST = "\U0010ffff"
NEWEST_FIRST = ("-id",)
DUE_FIRST = ("due_at", "id")


@dataclass(frozen=True, slots=True)
class MemberFilters:
    """What the ledger and the API offer; empty means any. `state` also takes "active" and "overdue"."""

    place: str = ""
    state: str = ""
    kind: str = ""
    skill: str = ""  # a skill or a group of them
    slot: str = ""
    q: str = ""  # a phone in full, or how a name begins


def ledger(actor: Actor, filters: MemberFilters) -> QuerySet[CheckIn]:
    """The check-ins of the actor's area, narrowed by everything but the state. Place and skill ask one statement each.

    Somebody looked for by phone or name is found first; otherwise a large area is walked in the order of the list.
    """
    rows = CheckIn.objects.filter(scope(actor, Permission.MEMBER_VIEW, within=under_by_size))
    if filters.place:
        found = get_places([filters.place]).get(filters.place)
        rows = rows.filter(under_by_size("path", found.path)) if found else rows.none()
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.skill:
        having = PersonSkill.objects.filter(person=OuterRef("person"), until__isnull=True)
        rows = rows.filter(Exists(having.filter(skill__in=[one.code for one in kinds_of(filters.skill)])))
    if filters.slot:
        # A list of a few known words: its text holds each in quotes, on both engines. Most members have several.
        rows = rows.filter(is_so(IContains(F("slots"), f'"{filters.slot}"')))
    if filters.q.strip():
        rows = rows.filter(_named(filters.q.strip()))
    return rows


def _named(q: str) -> Q:
    plain = normalise_phone(q)
    if plain.lstrip("+").isdigit() and plain.isascii() and len(plain) >= 7:
        return Q(phone_index=blind_index(plain, purpose="person.phone"))
    name = q[:20]
    return Q(name__gte=name, name__lt=name + _LAST)


def in_state(rows: QuerySet[CheckIn], state: str, *, at: datetime) -> QuerySet[CheckIn]:
    """Those in a state, those that are "active", or whose call is "overdue"."""
    if state == "overdue":
        return rows.filter(due_at__lt=at)
    if state == "active":
        return rows.filter(state__in=sorted(ACTIVE))
    return rows.filter(state=state) if state else rows


def members_page(
    actor: Actor,
    filters: MemberFilters,
    *,
    at: datetime,
    after: str | None = None,
    limit: int = 20,
    rows: QuerySet[CheckIn] | None = None,
) -> Page[CheckIn]:
    """One page of the ledger, newest first; by the due time where only overdue calls are asked for. One statement."""
    rows = in_state(ledger(actor, filters) if rows is None else rows, filters.state, at=at)
    order = DUE_FIRST if filters.state == "overdue" else NEWEST_FIRST
    return page(rows.select_related("unit", "person"), order=order, after=after, limit=limit)


def counts(rows: QuerySet[CheckIn], *, at: datetime) -> dict[str, int]:
    """How many are in each state, and how many calls are overdue; two statements, each from an index alone."""
    found = dict.fromkeys([*S.values, "overdue", "all"], 0)
    for row in rows.order_by("state").values("state").annotate(n=Count("*")):
        found[row["state"]] = row["n"]
        found["all"] += row["n"]
    found["overdue"] = in_state(rows, "overdue", at=at).count()
    found["active"] = sum(found[state] for state in ACTIVE)
    return found


def to_contact(actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[CheckIn]:
    """Whom the actor is to call, the most pressing first; then come those who were called and are on no team yet."""
    rows = CheckIn.objects.filter(scope(actor, Permission.MEMBER_CONTACT), state=S.APPROVED, due_at__isnull=False)
    return page(rows.select_related("unit", "person"), order=DUE_FIRST, after=after, limit=limit)


def to_join(actor: Actor, *, limit: int = 50) -> list[CheckIn]:
    """Who was called and is to be put on a team; one statement."""
    rows = CheckIn.objects.filter(scope(actor, Permission.MEMBER_CONTACT), state=S.CONTACTED)
    return list(rows.select_related("unit", "person").order_by("state_at", "id")[:limit])


def check_in_for(actor: Actor, check_in_id: UUID) -> CheckIn:
    """The check-in within the actor's area, or their own; raises NotFound otherwise."""
    found = CheckIn.objects.filter(pk=check_in_id).select_related("person", "unit", "place").first()
    if found is None or not (may_see(actor, found) or _own(actor, found)):
        raise NotFound
    return found


def may_see(actor: Actor, check_in: CheckIn) -> bool:
    """By area; a captain sees whom they are to call and who is on the team."""
    if can(actor, Permission.MEMBER_VIEW, check_in.path):
        return True
    return check_in.state not in ENDED | {S.SUBMITTED} and can(actor, Permission.MEMBER_CONTACT, check_in.path)


def _own(actor: Actor, check_in: CheckIn) -> bool:
    person = check_in.person
    return person is not None and actor.user_id is not None and person.user_id == actor.user_id


def own_check_ins(actor: Actor, *, phone: str = "") -> list[CheckIn]:
    """What the signed-in actor has told at check-ins, newest first; one statement.

    `phone`: the number that they have proved to hold, if any; by it those are found that nobody has vetted yet.
    """
    if actor.user_id is None:
        return []
    mine = Q(person__user_id=actor.user_id)
    if phone:
        mine |= Q(person__isnull=True, phone_index=blind_index(normalise_phone(phone), purpose="person.phone"))
    return list(CheckIn.objects.filter(mine).select_related("person", "unit", "place").order_by("-id")[:20])


def has_right(actor: Actor, step: CheckInStep, check_in: CheckIn) -> bool:
    """Whether `actor` may take `step` here at all, whatever the state."""
    row = TABLE[step]
    return (row.by_member and _own(actor, check_in)) or can(actor, row.permission, check_in.path)


def next_steps(actor: Actor, check_in: CheckIn) -> list[CheckInStep]:
    """The steps that `actor` may take now, in the table's order."""
    return [step for step, row in TABLE.items() if check_in.state in row.sources and has_right(actor, step, check_in)]


def may_open(actor: Actor, check_in: CheckIn) -> bool:
    """Whether `actor` may see phone and home in the clear: those who call, and those who answer for the area."""
    return any(
        can(actor, permission, check_in.path) for permission in (Permission.MEMBER_CONTACT, Permission.PERSON_OPEN)
    )


def notes_of(entries: Iterable[UUID], *, shown_only: bool = False) -> dict[UUID, str]:
    """What was said with these entries of the journal; one statement."""
    rows = CheckInNote.objects.filter(entry__in=list(entries))
    if shown_only:
        rows = rows.filter(shown=True)
    return dict(rows.order_by("pk").values_list("entry", "text"))


# --- rosters --------------------------------------------------------------------------------------------------------


def _checked_in() -> Exists:
    known = CheckIn.objects.filter(phone_index=OuterRef("phone_index"), state__in=[S.SUBMITTED, *sorted(ACTIVE)])
    return Exists(known)


def rosters_for(actor: Actor) -> QuerySet[Roster]:
    """The open rosters of the actor's area with how many lines they have; one statement."""
    rows = Roster.objects.filter(scope(actor, Permission.MEMBER_VET), until__isnull=True)
    return rows.annotate(count=Count("lines")).order_by("-at", "-id")


def roster_for(actor: Actor, roster_id: UUID) -> Roster:
    """The open roster within the actor's area; raises NotFound otherwise."""
    found = Roster.objects.filter(scope(actor, Permission.MEMBER_VET), pk=roster_id, until__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def missing(roster: Roster) -> QuerySet[RosterLine]:
    """Who on the roster has not checked in anywhere; matched by the blind index, nothing is opened."""
    return roster.lines.filter(~_checked_in())
