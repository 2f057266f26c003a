"""The talent pool (能人库): search, ask, answer; and the catalogue of skills."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PLACE_CODE, PageOut
from pingzhan.api.schemas.talents import (
    AnswerOut,
    AskAnswerIn,
    ReasonOut,
    SkillOut,
    TalentOut,
    TalentRequestIn,
    TalentRequestOut,
    TalentRequestRow,
    TalentsOut,
)
from pingzhan.api.writing import write
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.people import operations, queries
from pingzhan.people.choices import AskState, Slot
from pingzhan.people.queries import TalentFilters
from pingzhan.places.names import named
from pingzhan.places.queries import get_place

if TYPE_CHECKING:
    from pingzhan.people.models import TalentAsk

router = Router(tags=["talents"], auth=SIGNED_IN)
RequestId = Annotated[UUID, Path(..., description="`id` of a request.")]
AskId = Annotated[UUID, Path(..., description="`id` of one's own ask.")]


@router.get(
    "/skills",
    auth=PUBLIC,
    response=answers({200: list[SkillOut]}),
    operation_id="list_skills",
    summary="The catalogue of skills",
)
def list_skills(request: ApiRequest) -> list[SkillOut]:
    """Groups, and the skills of each."""
    return [
        SkillOut(code=one.code, name=named(one), group=one.parent_id, wants_proof=one.wants_proof)
        for one in queries.catalogue()
    ]


@router.get(
    "/talents",
    response=answers({200: TalentsOut}, *READ),
    operation_id="search_talents",
    summary="Who can help (能人库)",
)
def search_talents(
    request: ApiRequest,
    limit: Limit,
    place: Annotated[str, Query(..., pattern=PLACE_CODE, description="Code of the place where help is wanted.")],
    skill: Annotated[str, Query(..., min_length=1, max_length=60, description="Code of a skill or a group.")],
    slot: Annotated[Slot | None, Query(None, description="When.")],
    language: Annotated[str, Query("", max_length=60, description="Code of a language of the catalogue.")],
    near: Annotated[bool, Query(False, description="Only those who live in the place.")],
    in_time: Annotated[bool, Query(False, description="Only those who said that they have time then.")],
    proved: Annotated[bool, Query(False, description="Only those whose proof was seen and holds.")],
) -> TalentsOut:
    """Members of the caller's area, best first: by proof, distance from home, time, language, open asks."""
    spot = get_place(place, within=roots(request.actor, Permission.TALENT_ASK))
    filters = TalentFilters(
        skill=skill, slot=slot or "", language=language, within=spot.path if near else "", only_in_time=in_time,
        only_proved=proved,
    )  # fmt: skip
    found, total = queries.search_talents(request.actor, filters, near=spot, at=request.at, limit=limit)
    return TalentsOut(
        items=[
            TalentOut(
                check_in=one.candidate.check_in, name=one.candidate.name, place=code_of(one.candidate.path),
                skill=one.candidate.skill, metres=one.metres,
                reasons=[ReasonOut(kind=kind, value=value) for kind, value in one.reasons],
            )
            for one in found
        ],
        total=total,
    )  # fmt: skip


@router.post(
    "/talent-requests",
    response=answers({201: TalentRequestOut}, *STAFF, *WRITE),
    operation_id="ask_talents",
    summary="Ask some of them",
)
def ask_talents(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: TalentRequestIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Each is told by a message and answers by `due_at`, or not at all."""
    spot = get_place(data.place, within=roots(request.actor, Permission.TALENT_ASK))

    def work() -> tuple[int, TalentRequestOut]:
        made = operations.ask_talents(
            text=data.text, place=spot, check_ins=data.check_ins, due_at=data.due_at, skill=data.skill,
            slot=data.slot or "", by=request.actor, at=request.at,
        )  # fmt: skip
        return 201, _whole(queries.request_for(request.actor, made.pk))

    return write(request, route="talent-requests", work=work)


@router.get(
    "/talent-requests",
    response=answers({200: PageOut[TalentRequestRow]}, 401),
    operation_id="list_talent_requests",
    summary="What was asked for",
)
def list_requests(request: ApiRequest, limit: Limit, after: After) -> PageOut[TalentRequestRow]:
    """In the caller's area, newest first."""
    found = page(queries.requests_for(request.actor), order=("-id",), after=after, limit=limit)
    return PageOut[TalentRequestRow](items=[TalentRequestRow(**_facts(row)) for row in found.items], next=found.next)


@router.get(
    "/talent-requests/{uuid:request_id}",
    response=answers({200: TalentRequestOut}, *READ),
    operation_id="get_talent_request",
    summary="A request with its answers",
)
def get_request(request: ApiRequest, request_id: RequestId) -> TalentRequestOut:
    """Who was asked and what each has answered."""
    return _whole(queries.request_for(request.actor, request_id))


@router.post(
    "/talent-asks/{uuid:ask_id}/answer",
    response=answers({200: AnswerOut}, *STAFF, *WRITE),
    operation_id="answer_ask",
    summary="Accept or decline (答复)",
)
def answer_ask(
    request: ApiRequest,
    ask_id: AskId,
    idempotency_key: IdempotencyKey,
    data: AskAnswerIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """By the person who was asked, until the answer is due; a changed mind counts until then."""
    found = queries.ask_for(request.actor, ask_id)

    def work() -> tuple[int, AnswerOut]:
        answered = operations.answer_ask(
            ask=found, accept=data.accept, note=data.note, by=request.actor, at=request.at
        )  # fmt: skip
        return 200, _answer(answered)

    return write(request, route=f"talent-asks:{found.pk}:answer", work=work)


def _facts(row: Any) -> dict[str, Any]:
    """A request with the counts that the query adds."""
    return {
        "id": row.pk,
        "text": row.text,
        "place": code_of(row.path),
        "skill": row.skill_id,
        "slot": Slot(row.slot) if row.slot else None,
        "by": row.by_name,
        "at": row.at,
        "due_at": row.due_at,
        "asked": row.asked,
        "accepted": row.accepted,
        "declined": row.declined,
        "waiting": row.waiting,
    }


def _whole(row: Any) -> TalentRequestOut:
    return TalentRequestOut(**_facts(row), answers=[_answer(ask) for ask in queries.answers_of(row)])


def _answer(ask: "TalentAsk") -> AnswerOut:
    return AnswerOut(
        id=ask.pk, name=ask.person.name, state=AskState(ask.state), note=ask.note, answered_at=ask.answered_at
    )
