"""The steps that the desk offers on a matter: in which order, in what words, and what each reads from its form."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.idempotency import once
from pingzhan.matters import operations
from pingzhan.matters.choices import Step
from pingzhan.matters.queries.lists import matter_for
from pingzhan.web.forms.steps import workday_end
from pingzhan.web.uploads import pictures_of

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter
else:
    Matter = Any

# The step that one expects next comes first and opened; the others wait behind their names.
PRIMARY = (
    Step.DECIDE_PAUSE, Step.ACCEPT, Step.DISPATCH, Step.SIGN, Step.COMPLETE, Step.RESUME, Step.FEED_BACK, Step.RATE,
    Step.PUBLISH, Step.ARCHIVE,
)  # fmt: skip
# Steps that end a matter or undo somebody's work stand last.
LAST = (Step.REJECT, Step.WITHDRAW, Step.RETURN, Step.REOPEN)

# What each step does, in a line below its name.
HINTS: dict[str, Any] = {
    Step.ACCEPT: gettext_lazy("接下这件事项，可同时订正类别、紧急程度和位置"),
    Step.REJECT: gettext_lazy("不属于受理范围，理由会告诉居民"),
    Step.DISPATCH: gettext_lazy("交给承办单位，办结时限开始计算"),
    Step.SIGN: gettext_lazy("确认由本单位承办"),
    Step.RETURN: gettext_lazy("不归本单位办，退回受理单位重新转办"),
    Step.PROGRESS: gettext_lazy("记下进展，可给居民留言、上传照片"),
    Step.REFER: gettext_lazy("超出本级权限，请上级或其他单位承办"),
    Step.HOLD: gettext_lazy("等待外部条件；受理单位或上级批准后，办结时限暂停"),
    Step.DECIDE_PAUSE: gettext_lazy("批准后办结时限暂停；不批准的，继续办理"),
    Step.ASK: gettext_lazy("缺少情况时问居民；答复前时限暂停"),
    Step.ANSWER: gettext_lazy("代为记下居民在电话里的补充"),
    Step.RESUME: gettext_lazy("不用再等了，时限接着计算"),
    Step.COMPLETE: gettext_lazy("事情办好了，把结果交给受理单位核实"),
    Step.VERIFY: gettext_lazy("到场或去电核实，没办好的退回继续办；上呈过的逐级确认"),
    Step.FEED_BACK: gettext_lazy("把结果答复居民，请居民评价"),
    Step.RATE: gettext_lazy("代为登记居民在电话里或当面给出的评价"),
    Step.PUBLISH: gettext_lazy("读一遍，确认没有个人信息再公示"),
    Step.ARCHIVE: gettext_lazy("编号关闭，全过程留存可查"),
    Step.REOPEN: gettext_lazy("没有真正解决，重新转办，时限重新计算"),
    Step.URGE: gettext_lazy("提醒承办单位抓紧"),
    Step.SUPERVISE: gettext_lazy("提出要求和期限，请责任单位回复；解除或办结前一直标出"),
    Step.REPORT_BACK: gettext_lazy("对照督办要求写明办了什么"),
    Step.RELEASE: gettext_lazy("要求已落实或不再需要"),
    Step.UNMERGE: gettext_lazy("不是同一问题，恢复单独办理，时限照旧"),
    Step.MERGE: gettext_lazy("同一问题已有人反映，并入那一件"),
    Step.SPLIT: gettext_lazy("一次反映了几件事，拆开分别办理"),
    Step.WITHDRAW: gettext_lazy("反映人不再需要办理"),
}


def text_of(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()


def day_of(request: HttpRequest, name: str) -> datetime:
    """The end of the working day given as YYYY-MM-DD."""
    try:
        return workday_end(text_of(request, name))
    except (ValueError, OverflowError) as error:
        message = _("请选择日期")
        raise Invalid(message, errors=[{"loc": [name], "msg": message}]) from error


def day_or_none(request: HttpRequest, name: str) -> datetime | None:
    return day_of(request, name) if text_of(request, name) else None


def _into(request: HttpRequest) -> Matter:
    """The matter to merge into, of those that the actor may see."""
    number = text_of(request, "into").upper()
    try:
        return matter_for(request.actor, number)  # type: ignore[attr-defined]
    except NotFound as error:
        message = _("没有找到这个编号的事项") if number else _("请填写要并入的事项编号")
        raise Invalid(message, errors=[{"loc": ["into"], "msg": message}]) from error


def _approved(request: HttpRequest) -> dict[str, str]:
    """The words of a notice, once somebody says that they have read them."""
    if text_of(request, "approved") != "1":
        message = _("请通读一遍，确认没有个人信息后勾选")
        raise Invalid(message, errors=[{"loc": ["approved"], "msg": message}])
    return {name: text_of(request, name) for name in ("title", "text", "result")}


def _count(request: HttpRequest, name: str) -> int:
    """A small whole number; 0 for anything else, which no step takes."""
    said = text_of(request, name)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0


def _step(operation: Callable[..., Any], *words: str, **read: Callable[[HttpRequest], Any]) -> Callable[..., Any]:
    """A step that takes the fields `words` as they were typed, and others as their function reads them."""

    def taken(request: HttpRequest, common: dict[str, Any]) -> Any:
        said = {name: text_of(request, name) for name in words}
        return operation(**common, **said, **{name: get(request) for name, get in read.items()})

    return taken


def _publish(request: HttpRequest, common: dict[str, Any]) -> Any:
    approved: dict[str, Any] = _approved(request)
    return operations.publish(**common, **approved)


def _decide_pause(request: HttpRequest, common: dict[str, Any]) -> Any:
    """Approved as it was asked for, or until another day; or refused."""
    ok = text_of(request, "ok") != "0"
    until = day_or_none(request, "until") if ok else None
    return operations.decide_pause(**common, ok=ok, until=until, note=text_of(request, "note"))


STEPS: dict[str, Callable[[HttpRequest, dict[str, Any]], Any]] = {
    Step.ACCEPT: _step(operations.accept, "category", "urgency", "place", "note"),
    Step.REJECT: _step(operations.reject, "reason"),
    Step.DISPATCH: _step(operations.dispatch, "unit", "note"),
    Step.SIGN: _step(operations.sign, "note"),
    Step.RETURN: _step(operations.return_matter, "reason"),
    Step.PROGRESS: _step(operations.progress, "note", "reply", pictures=pictures_of),
    Step.REFER: _step(operations.refer, "reason", "unit"),
    Step.HOLD: _step(operations.hold, "reason", until=lambda request: day_of(request, "until")),
    Step.DECIDE_PAUSE: _decide_pause,
    Step.ASK: _step(operations.ask, "text", days=lambda request: _count(request, "days")),
    Step.ANSWER: _step(operations.answer, "text"),
    Step.RESUME: _step(operations.resume, "note"),
    Step.COMPLETE: _step(operations.complete, "result", pictures=pictures_of),
    Step.VERIFY: _step(operations.verify, "note", ok=lambda request: text_of(request, "ok") != "0"),
    Step.FEED_BACK: _step(operations.feed_back, "reply"),
    Step.RATE: _step(
        operations.rate,
        "comment",
        stars=lambda request: _count(request, "stars"),
        reasons=lambda request: [code.replace("\x00", "") for code in request.POST.getlist("reasons")],
    ),
    Step.PUBLISH: _publish,
    Step.ARCHIVE: _step(operations.archive, "reason"),
    Step.REOPEN: _step(operations.reopen, "reason"),
    Step.URGE: _step(operations.urge, "note"),
    Step.SUPERVISE: _step(operations.supervise, "note", due=lambda request: day_or_none(request, "due")),
    Step.REPORT_BACK: _step(operations.report_back, "reply"),
    Step.RELEASE: _step(operations.release, "note"),
    Step.UNMERGE: _step(operations.unmerge, "note"),
    Step.MERGE: _step(operations.merge, "note", into=_into),
    Step.SPLIT: _step(operations.split, "note", parts=lambda request: text_of(request, "parts").splitlines()),
    Step.WITHDRAW: _step(operations.withdraw, "reason"),
}


def take(request: HttpRequest, step: str, matter: Matter) -> None:
    """The step, once for each form that was shown, however often it is sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    seen = text_of(request, "version")
    common = {
        "matter": matter,
        "by": actor,
        "at": request.at,  # type: ignore[attr-defined]
        "version": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
    }

    def work() -> tuple[int, Any]:
        STEPS[step](request, common)
        return 200, matter.number

    unsaid = {"csrfmiddlewaretoken", "key", "version", "list", "then"}
    said = sorted((name, value) for name, value in request.POST.items() if name not in unsaid)
    files = [(upload.name, upload.size) for upload in request.FILES.getlist("pictures")]
    once(
        key=text_of(request, "key")[:64],
        owner=str(actor.user_id),
        route=f"desk.{step}:{matter.pk}",
        body=json.dumps([said, files]).encode(),
        at=request.at,  # type: ignore[attr-defined]
        work=work,
    )
