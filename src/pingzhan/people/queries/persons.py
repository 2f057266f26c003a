"""Reads of persons: who may be seen, found and told apart.

A person is seen where their file is kept and where they hold an office now; one merged into another is in no list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots, scope
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.people.models import Appointment, Person, PersonMerge
from pingzhan.people.queries.trained import has_training
from pingzhan.people.rules.names import clean_name, is_letters

ORDER = ("pinyin", "id")
BY_CONFIRMED = ("contact_confirmed_at", "id")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PersonFilters:
    """`q`: a name or its beginning, letters of its sound ("zs", "zhangs"), or a whole phone; `place` is a path.

    `unconfirmed`: only those whose phone was last confirmed before then. `trained`: only those who have, or have not,
    a training on a day: its code, the day, and which of the two.
    """

    q: str = ""
    role: str = ""
    place: str = ""
    unconfirmed: datetime | None = None
    trained: tuple[str, date, bool] | None = None


# Paths with no more codes than that are those of a whole installation or a large part of it; see `_known_under`.
_WIDE = 2


def persons_in_scope(by: Actor, *, permission: Permission = Permission.PERSON_VIEW) -> QuerySet[Person]:
    """The persons whom the actor may see, in no order."""
    rows = Person.objects.filter(merged_into__isnull=True)
    return rows if by.kind == "system" else rows.filter(_known_under(roots(by, permission)))


def _known_under(paths: Sequence[str]) -> Q:
    """Persons whose file is kept under one of the paths, or who hold an office there now.

    Two ways to ask the same. Of a large area nearly everybody is in it, so that each row of a list in its order is
    asked; of a small one its few persons are collected first. Either way round would read everything for the other.
    """
    reach = Q(pk__in=[])
    for path in paths:
        if path.count("/") <= _WIDE:
            held = Appointment.objects.filter(under("path", path), person=OuterRef("pk"), until__isnull=True)
            reach |= under("path", path) | Q(Exists(held))
        else:
            filed = Person.objects.filter(under("path", path)).order_by().values("pk")
            in_office = Appointment.objects.filter(under("path", path), until__isnull=True).order_by().values("person")
            reach |= Q(pk__in=filed.union(in_office, all=True))
    return reach


def persons_page(by: Actor, filters: PersonFilters, *, after: str | None, limit: int = 20) -> Page[Person]:
    """One page of the ledger of persons, by the sound of their names; one statement.

    Of those with an old phone, whose is the oldest comes first.
    """
    rows = persons_in_scope(by)
    if filters.place:
        inside = can(by, Permission.PERSON_VIEW, filters.place)
        rows = Person.objects.filter(_known_under([filters.place] if inside else []), merged_into__isnull=True)
    if filters.q:
        rows = rows.filter(named_like(filters.q))
    if filters.role:
        held = Appointment.objects.filter(person=OuterRef("pk"), role=filters.role, until__isnull=True)
        rows = rows.filter(Exists(held.filter(scope(by, Permission.PERSON_VIEW, unit="unit_id"))))
    if filters.trained is not None:
        code, today, wanted = filters.trained
        rows = rows.filter(has_training(code, today=today) if wanted else ~has_training(code, today=today))
    if filters.unconfirmed is not None:
        rows = rows.filter(contact_confirmed_at__lt=filters.unconfirmed)
        return page(rows, order=BY_CONFIRMED, after=after, limit=limit)
    return page(rows, order=ORDER, after=after, limit=limit)


def named_like(text: str) -> Q:
    """Persons found by what somebody typed: a whole phone, letters of the sound, or the beginning of the name."""
    number = normalise_phone(text)
    if number.lstrip("+").isdigit():
        return Q(phone_index=blind_index(number, purpose="person.phone"))
    if is_letters(text):
        sound = text.casefold().replace(" ", "")
        # Two indexes, each asked for itself: an OR over both is answered by reading everybody.
        known = Person.objects.filter(merged_into__isnull=True).order_by()
        by_sound = known.filter(pinyin__gte=sound, pinyin__lt=sound + _LAST).values("pk")
        by_letters = known.filter(initials__gte=sound, initials__lt=sound + _LAST).values("pk")
        return Q(pk__in=by_sound.union(by_letters))
    name = clean_name(text)
    return Q(name__gte=name, name__lt=name + _LAST) if name else Q(pk__in=[])


def person_for(by: Actor, person_id: UUID, *, permission: Permission = Permission.PERSON_VIEW) -> Person:
    """A person whom the actor may see. Raises NotFound."""
    found = persons_in_scope(by, permission=permission).select_related("place").filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


def persons_chosen(by: Actor, ids: Iterable[UUID]) -> list[Person]:
    """Those of the persons named whom the actor may see, by name. Raises NotFound where one is not; one statement."""
    wanted = set(ids)
    found = list(persons_in_scope(by).select_related("place").filter(pk__in=wanted).order_by(*ORDER))
    if len(found) != len(wanted):
        raise NotFound
    return found


def person_of_user(user_id: UUID | None) -> Person | None:
    """Whose account it is; None for residents."""
    return Person.objects.filter(user_id=user_id).select_related("place").first() if user_id else None


def offices_of(ids: Iterable[UUID]) -> dict[UUID, list[Appointment]]:
    """The offices that persons hold now, by person; one statement for a whole page."""
    found: dict[UUID, list[Appointment]] = {}
    rows = Appointment.objects.filter(person__in=list(ids), until__isnull=True).select_related("unit")
    for row in rows.order_by("person", "path", "role", "id"):
        found.setdefault(row.person_id, []).append(row)
    return found


def history_of(person: Person) -> list[Appointment]:
    """All offices of a person, the present ones first, then from the last to the first."""
    rows = person.appointments.select_related("unit", "place").order_by("-since", "-id")
    return sorted(rows, key=lambda row: row.until is not None)


def paths_of(person: Person, offices: Iterable[Appointment]) -> list[str]:
    """Where the person is: the place of the file and those of their present offices."""
    return [person.path, *(office.path for office in offices if office.until is None)]


def may_open_phone(by: Actor, paths: Iterable[str]) -> bool:
    """Whether the actor may be shown the phone in the clear."""
    return any(can(by, Permission.PERSON_OPEN, path) for path in paths)


def doubles_page(by: Actor, *, after: str | None, limit: int = 20) -> Page[Person]:
    """Persons of the actor's area who have a namesake or share a phone with somebody there, by the sound of the name.

    Two of one name who both have a phone, and not the same, are two: they are not named.
    """
    others = persons_in_scope(by).exclude(pk=OuterRef("pk"))
    namesakes = others.filter(name=OuterRef("name"))
    alike = (
        Q(Exists(namesakes.filter(phone_index__isnull=True)))
        | (Q(phone_index__isnull=True) & Q(Exists(namesakes)))
        | (Q(phone_index__isnull=False) & Q(Exists(others.filter(phone_index=OuterRef("phone_index")))))
    )
    return page(persons_in_scope(by).filter(alike), order=ORDER, after=after, limit=limit)


def doubles_of(by: Actor, person: Person) -> list[Person]:
    """Who may be the same person: of the same name or the same phone, within the actor's area; at most ten."""
    alike = Q(name=person.name)
    if person.phone_index:
        alike |= Q(phone_index=person.phone_index)
    rows = persons_in_scope(by).filter(alike).exclude(pk=person.pk).select_related("place").order_by(*ORDER)[:20]
    return [row for row in rows if row.phone_index in (None, person.phone_index) or person.phone_index is None][:10]


def merges_of(person: Person) -> list[PersonMerge]:
    """What was merged into this person, newest first."""
    return list(person.merges.select_related("gone").order_by("-at", "-id"))


def merge_for(by: Actor, merge_id: UUID) -> PersonMerge:
    """A merge into a person whom the actor may see. Raises NotFound."""
    found = PersonMerge.objects.select_related("kept", "gone").filter(pk=merge_id).first()
    if found is None or not persons_in_scope(by).filter(pk=found.kept_id).exists():
        raise NotFound
    return found
