"""Searching the talent pool, and reading what was asked and answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.people.choices import AskState, CheckInKind, CheckInState
from pingzhan.people.models import CheckIn, PersonSkill, TalentAsk, TalentRequest
from pingzhan.people.rules.talent import Candidate, Match, Need, rank

if TYPE_CHECKING:
    from pingzhan.places.models import Place

MOST = 50
# Who was vetted and has not paused may be asked.
ASKABLE = (CheckInState.APPROVED, CheckInState.CONTACTED, CheckInState.JOINED)


@dataclass(frozen=True, slots=True)
class TalentFilters:
    """What is looked for: a skill or a group of them; when; in which language; `within` a place's path."""

    skill: str
    slot: str = ""
    language: str = ""
    within: str = ""
    only_in_time: bool = False
    only_proved: bool = False


def search_talents(
    actor: Actor, filters: TalentFilters, *, near: "Place", at: datetime, limit: int = MOST
) -> tuple[list[Match], int]:
    """Those of the actor's area who have the skill, best first, at most `limit`; and how many there are.

    Two statements, however many they are: candidates with their proofs, and what is asked of them already.
    """
    rows = _rows(actor, filters)
    today = at.date()
    busy = _open_asks()
    found = [
        one
        for one in _candidates(rows, busy)
        if (not filters.only_in_time or not filters.slot or filters.slot in one.slots)
        and (not filters.only_proved or _proved(one, today))
    ]
    need = Need(near.path, near.lon, near.lat, filters.slot, filters.language)
    return rank(found, need, today=today)[:limit], len(found)


def _rows(actor: Actor, filters: TalentFilters) -> QuerySet[Any]:
    reach = CheckIn.objects.filter(
        scope(actor, Permission.TALENT_ASK), kind=CheckInKind.MEMBER, state__in=ASKABLE, person=OuterRef("person")
    )
    if filters.within:
        reach = reach.filter(under("path", filters.within))
    rows = PersonSkill.objects.filter(
        Q(skill=filters.skill) | Q(skill__parent=filters.skill), Exists(reach), until__isnull=True
    )
    speaking = PersonSkill.objects.filter(person=OuterRef("person"), until__isnull=True, skill=filters.language or None)
    return rows.annotate(speaks=Exists(speaking))


def _candidates(rows: QuerySet[Any], busy: dict[UUID, int]) -> Iterator[Candidate]:
    """One a person: with several skills of a group, the one that is proved best."""
    active = Q(person__check_ins__kind=CheckInKind.MEMBER, person__check_ins__state__in=ASKABLE)
    values = rows.filter(active).order_by("person", "-proved_at", "skill").values_list(
        "person__check_ins", "person", "person__check_ins__name", "person__check_ins__path",
        "person__check_ins__place__lon", "person__check_ins__place__lat", "person__check_ins__slots", "skill",
        "skill__wants_proof", "proof", "proof_until", "speaks",
    )  # fmt: skip
    best: dict[UUID, Candidate] = {}
    for check_in, person, name, path, lon, lat, slots, skill, wants_proof, proof, proof_until, speaks in values:
        one = Candidate(
            check_in, person, name, path, lon, lat, tuple(slots), skill, wants_proof, proof, proof_until, bool(speaks),
            busy.get(person, 0),
        )  # fmt: skip
        if person not in best or (proof and not best[person].proof):
            best[person] = one
    return iter(best.values())


def _proved(one: Candidate, today: date) -> bool:
    return bool(one.proof) and (one.proof_until is None or one.proof_until >= today)


def _open_asks() -> dict[UUID, int]:
    rows = TalentAsk.objects.filter(state=AskState.ASKED).order_by("person").values("person")
    return {row["person"]: row["n"] for row in rows.annotate(n=Count("id"))}


def requests_for(actor: Actor) -> QuerySet[TalentRequest]:
    """What was asked for in the actor's area, with how many answered what."""

    def answered(state: str) -> Count:
        return Count("asks", filter=Q(asks__state=state))

    return (
        TalentRequest.objects.filter(scope(actor, Permission.TALENT_ASK))
        .select_related("skill", "place")
        .annotate(
            asked=Count("asks"), accepted=answered(AskState.ACCEPTED), declined=answered(AskState.DECLINED),
            waiting=answered(AskState.ASKED),
        )
    )  # fmt: skip


def request_for(actor: Actor, request_id: UUID) -> TalentRequest:
    """The request within the actor's area; raises NotFound otherwise."""
    found = requests_for(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def answers_of(request: TalentRequest) -> list[TalentAsk]:
    """Who was asked and what they answered; who accepted first."""
    rows = request.asks.select_related("person").order_by("state", "answered_at", "pk")
    return list(rows)


def asks_of(actor: Actor, *, limit: int = 30) -> list[TalentAsk]:
    """What the signed-in actor was asked for, newest first; one statement."""
    if actor.user_id is None:
        return []
    rows = TalentAsk.objects.filter(person__user_id=actor.user_id).select_related("request__place", "person")
    return list(rows.order_by("-request__at", "-pk")[:limit])


def ask_for(actor: Actor, ask_id: UUID) -> TalentAsk:
    """One's own; raises NotFound otherwise."""
    found = TalentAsk.objects.filter(pk=ask_id).select_related("request__place", "person").first()
    if found is None or actor.user_id is None or found.person.user_id != actor.user_id:
        raise NotFound
    return found
