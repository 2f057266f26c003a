"""The steps of a matter: one address each, all by one way in."""

# untranslated throughout: the names of steps for readers of the API document

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from pingzhan.access.actors import Actor
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest
from pingzhan.api.doors import Door, through
from pingzhan.api.matter_access import matter_of
from pingzhan.api.parameters import IdempotencyKey, IfMatch, MatterNumber, QueryCode
from pingzhan.api.presenting import matter_answer
from pingzhan.api.responses import STAFF, WRITE, answers
from pingzhan.api.schemas import steps as schemas
from pingzhan.api.schemas.common import In
from pingzhan.api.schemas.matters import MatterOut
from pingzhan.api.writing import PUBLIC_OWNER, version_wanted
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.matters import operations
from pingzhan.matters.choices import Step
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.rules import allowed_sources
from pingzhan.matters.workflow import TABLE

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter

router = Router(tags=["steps"])

DOORS = (
    Door(
        Step.ACCEPT, schemas.AcceptIn, operations.accept, "Accept it (受理)",
        "Take the matter on. Category, urgency and place may be set right.",
    ),
    Door(
        Step.REJECT, schemas.RejectIn, operations.reject, "Reject it (不予受理)",
        "Not taken on; the reason goes to the reporter.",
    ),
    Door(
        Step.DISPATCH, schemas.DispatchIn, operations.dispatch, "Hand it to a unit (转办)",
        "To the unit that the rules name, or to another on the way up from its place.",
    ),
    Door(
        Step.SIGN, schemas.NoteIn, operations.sign, "Sign for it (签收)",
        "The unit takes it over; until then the receiver stays responsible.",
    ),
    Door(
        Step.RETURN, schemas.ReasonIn, operations.return_matter, "Return it (退回)",
        "Not ours: back to who handed it on. No clock is set back. After some returns a superior decides.",
    ),
    Door(
        Step.PROGRESS, schemas.ProgressIn, operations.progress, "Say how far it is (跟踪)",
        "Words among staff, words to the reporter, pictures: at least one.",
    ),
    Door(
        Step.REFER, schemas.ReferIn, operations.refer, "Refer it up (上呈)",
        "Beyond this level's powers: to the superior, or to a unit further up.",
    ),
    Door(
        Step.HOLD, schemas.HoldIn, operations.hold, "Put it on hold (暂缓)",
        "Waiting for something outside. The finish clock stands still once the receiver or a superior approves.",
    ),
    Door(
        Step.DECIDE_PAUSE, schemas.DecidePauseIn, operations.decide_pause, "Decide on a pause (审批暂缓)",
        "Approve it, for as long as was asked or less; with `ok: false` handling goes on. Not by the unit in charge.",
    ),
    Door(
        Step.ASK, schemas.AskIn, operations.ask, "Ask the reporter (请居民补充)",
        "By who was asked first, or the unit in charge. The finish clock and that of the step stand still until the "
        "answer, or until the days are over.",
    ),
    Door(
        Step.ANSWER, schemas.AnswerIn, operations.answer, "Answer the question (居民补充)",
        "By the reporter, also with the query code alone; or by who has the matter and was told by phone.",
    ),
    Door(
        Step.RESUME, schemas.NoteIn, operations.resume, "Go on with it (恢复办理)",
        "What stood still runs on with the time that was left; it also does by itself when the pause is over.",
    ),
    Door(
        Step.COMPLETE, schemas.CompleteIn, operations.complete, "Finish it (办结)",
        "What was done goes to the receiver, who tells the reporter.",
    ),
    Door(
        Step.VERIFY, schemas.VerifyIn, operations.verify, "Check the result (核实)",
        "Done indeed, or, with `ok: false`, back to the unit in charge. What was referred up is confirmed so by each "
        "level that it passed (双向闭合).",
    ),
    Door(
        Step.FEED_BACK, schemas.FeedBackIn, operations.feed_back, "Tell the reporter (反馈)",
        "The result in words meant for the reporter.",
    ),
    Door(
        Step.RATE, schemas.RateIn, operations.rate, "Rate it (评价)",
        "By the reporter; or by staff who were told by phone or at the door.",
    ),
    Door(
        Step.PUBLISH, schemas.PublishIn, operations.publish, "Publish the notice (公示)",
        "In the words that a person has read and approved.",
    ),
    Door(
        Step.ARCHIVE, schemas.ArchiveIn, operations.archive, "Archive it (归档)",
        "The last step closes the number (销号).",
    ),
    Door(
        Step.REOPEN, schemas.ReopenIn, operations.reopen, "Reopen it (重新办理)",
        "Not settled after all: back to dispatching, with new clocks.",
    ),
    Door(
        Step.URGE, schemas.UrgeIn, operations.urge, "Urge (催办)",
        "Ask for haste; the reporter once a day.",
    ),
    Door(
        Step.SUPERVISE, schemas.SuperviseIn, operations.supervise, "Supervise (督办)",
        "The unit that has it is asked for an answer; the matter is marked until it is released or closed.",
    ),
    Door(
        Step.REPORT_BACK, schemas.ReportBackIn, operations.report_back, "Answer a supervised case (督办回复)",
        "By the unit in charge; before there is one, by the unit that was asked first.",
    ),
    Door(
        Step.RELEASE, schemas.NoteIn, operations.release, "Release a supervised case (解除督办)",
        "The demand is met, or given up.",
    ),
    Door(
        Step.MERGE, schemas.MergeIn, operations.merge, "Merge it (合并)",
        "The same trouble was reported before: this sheet ends, its reporter follows the other one. The earlier "
        "deadlines count.",
    ),
    Door(
        Step.UNMERGE, schemas.NoteIn, operations.unmerge, "Undo a merger (撤销合并)",
        "Within a week, where nothing else is set: the sheet goes on where it was, with the deadlines that it had.",
    ),
    Door(
        Step.SPLIT, schemas.SplitIn, operations.split, "Split it (拆分)",
        "A further matter for each part; their numbers stand in `parts`.",
    ),
    Door(
        Step.WITHDRAW, schemas.WithdrawIn, operations.withdraw, "Withdraw it (撤回)",
        "The reporter no longer wants it, while nobody has begun.",
    ),
)  # fmt: skip


def _open(door: Door) -> None:
    """Register the address of a step."""
    step = Step(door.name)
    by_reporter = TABLE[step].by_reporter

    def take(
        request: ApiRequest,
        number: MatterNumber,
        idempotency_key: IdempotencyKey,
        if_match: IfMatch,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        return _take(request, door, number, data, None)

    def take_by_reporter(
        request: ApiRequest,
        number: MatterNumber,
        idempotency_key: IdempotencyKey,
        if_match: IfMatch,
        query_code: QueryCode,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        return _take(request, door, number, data, query_code or data.query_code)

    router.post(
        f"/{{number}}/{door.name}",
        auth=PUBLIC if by_reporter else SIGNED_IN,
        response=answers({200: MatterOut}, *STAFF, *WRITE, 412, *((429,) if by_reporter else ())),
        operation_id=f"{door.name}_matter",
        summary=door.summary,
        description=f"{door.description} From: {', '.join(allowed_sources(step))}.",
        openapi_extra=door.extra,
        url_name=f"step-{door.name}",
    )(take_by_reporter if by_reporter else take)


for _door in DOORS:
    _open(_door)


def _take(request: ApiRequest, door: Door, number: str, data: In, query_code: str | None) -> HttpResponse:
    """Take the step, as whoever the caller is to this matter."""
    matter, actor = matter_of(request, number, query_code)

    def work(given: dict[str, Any]) -> tuple[int, MatterOut]:
        version = version_wanted(request, matter.version)
        taken = door.take(matter=matter, by=actor, at=request.at, version=version, **_arguments(door, given, actor))
        parts = [part.number for part in taken] if door.name == Step.SPLIT else []
        return 200, matter_answer(matter, by=actor, at=request.at, parts=parts)

    # Whoever shows a code may have wanted to stay unknown, also when they are signed in.
    owner = PUBLIC_OWNER if query_code else None
    return through(request, door, data, thing=matter.number, owner=owner, work=work)


def _arguments(door: Door, said: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """What goes into the operation: the fields by their names, "" for what was left out."""
    given = {name: "" if value is None else value for name, value in said.items() if name != "query_code"}
    for name in ("until", "due"):
        if given.get(name) == "":
            given[name] = None
    if door.name == Step.MERGE:
        given["into"] = _other(actor, given["into"])
    return given


def _other(actor: Actor, number: str) -> "Matter":
    try:
        return matter_for(actor, number)
    except NotFound:
        message = _("没有这件事项")
        raise Invalid(message, errors=[{"loc": ["body", "into"], "msg": message}]) from None
