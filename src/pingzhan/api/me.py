"""The caller: who they are, what there is to do, what they reported, who looked at what of theirs."""

from django.utils import timezone
from ninja import Router

from pingzhan.access.roles import ROLES
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, Limit
from pingzhan.api.people import appointment_rows
from pingzhan.api.presenting import matter_rows
from pingzhan.api.responses import answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.matters import MatterRow
from pingzhan.api.schemas.me import HeldOut, MeOut, OpeningOut, TodayOut
from pingzhan.core.paging import page
from pingzhan.journal.queries import openings_of_person
from pingzhan.matters.queries.lists import field_matters, numbers_by_id, reported_by
from pingzhan.matters.queries.reference import reference
from pingzhan.people.queries import offices_of_user, person_of_user
from pingzhan.places.names import named
from pingzhan.places.queries import names_along

router = Router(tags=["me"], auth=SIGNED_IN)


@router.get("", response=answers({200: MeOut}, 401), operation_id="get_me", summary="Who I am")
def get_me(request: ApiRequest) -> MeOut:
    """The caller's name, and the roles in force now."""
    actor = request.actor
    assert actor.user_id is not None
    known = reference()
    names = names_along([held.path for held in actor.held])
    roles = []
    for held in actor.held:
        code = held.path.rstrip("/").rpartition("/")[2]
        unit = known.units.get(held.unit_id) if held.unit_id else None
        roles.append(
            HeldOut(
                role=held.role,
                label=str(held.definition.label),
                place=code,
                place_name=names.get(code, ""),
                path=held.path,
                unit=unit.code if unit else None,
                unit_name=named(unit) or None,
            )
        )
    permissions = {permission for held in actor.held for permission in held.definition.permissions}
    homes = [held.definition.home for held in actor.held]
    home = next((face for face in ("desk", "field") if face in homes), ROLES["resident"].home)
    return MeOut(
        id=actor.user_id,
        name=actor.name,
        roles=roles,
        permissions=sorted(permissions),
        home=home,
        appointments=appointment_rows(offices_of_user(actor.user_id)),
    )


@router.get("/today", response=answers({200: TodayOut}, 401), operation_id="get_today", summary="My matters today")
def get_today(request: ApiRequest, limit: Limit, after: After) -> TodayOut:
    """What the caller's unit is to sign for or is handling within the caller's area, the most pressing first."""
    found = field_matters(request.actor, after=after, limit=limit)
    matters = PageOut[MatterRow](items=matter_rows(found.items, at=request.at), next=found.next)
    return TodayOut(date=timezone.localtime(request.at).date(), matters=matters)


@router.get(
    "/matters",
    response=answers({200: PageOut[MatterRow]}, 401),
    operation_id="list_my_matters",
    summary="What I reported",
)
def list_my_matters(request: ApiRequest, limit: Limit, after: After) -> PageOut[MatterRow]:
    """Newest first. Anonymous reports are not among them: nobody can tell whose they are."""
    found = reported_by(request.actor, after=after, limit=limit)
    return PageOut[MatterRow](items=matter_rows(found.items, at=request.at), next=found.next)


@router.get(
    "/openings",
    response=answers({200: PageOut[OpeningOut]}, 401),
    operation_id="list_openings",
    summary="Who looked at what of mine",
)
def list_openings(request: ApiRequest, limit: Limit, after: After) -> PageOut[OpeningOut]:
    """Who was shown my name or phone in the clear, when and for what purpose, newest first."""
    assert request.actor.user_id is not None
    person = person_of_user(request.actor.user_id)
    owners = [request.actor.user_id, *([person.pk] if person else [])]
    found = page(openings_of_person(*owners), order=("-entry_id",), after=after, limit=limit)
    numbers = numbers_by_id([row.entry.subject_id for row in found.items if row.entry.subject_type == "matter"])
    items = [
        OpeningOut(
            at=row.entry.at,
            who=row.entry.actor_name,
            field=row.field,
            purpose=row.purpose,
            matter=numbers.get(row.entry.subject_id),
        )
        for row in found.items
    ]
    return PageOut[OpeningOut](items=items, next=found.next)
