"""A matter on paper: its sheet as PDF or Word document, and the chain of responsibility; made when asked for."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import NotFound
from pingzhan.core.files import open_file
from pingzhan.core.papers import (
    DOCX_TYPE,
    PDF_TYPE,
    Block,
    Facts,
    Heading,
    Paper,
    Picture,
    Table,
    Text,
    to_docx,
    to_pdf,
)
from pingzhan.matters.choices import Status
from pingzhan.matters.queries.chain import chain_for
from pingzhan.matters.queries.inspections import inspections_of, may_inspect
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.sheet import Sheet
from pingzhan.matters.queries.sheet import sheet as sheet_of
from pingzhan.places.names import named, place_lines
from pingzhan.web.desk.verbs import kind_label, state_label
from pingzhan.web.guards import needs
from pingzhan.web.templatetags.ui import duration_words

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter
else:
    Matter = Any

MOST_PICTURES = 6  # of a paper, the first ones
WRITERS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {"pdf": (PDF_TYPE, to_pdf), "docx": (DOCX_TYPE, to_docx)}


def minute(at: datetime | None) -> str:
    """A time on paper, "" for none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


@require_safe
@needs(P.MATTER_VIEW)
def sheet_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The sheet (事项单) as `kind`: pdf or docx; with ?pictures=1 also the pictures."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    if not sees_as_staff(actor, matter):  # who only reported it has the tracking page
        raise NotFound
    paper = _sheet(matter, actor, at=request.at, pictures=request.GET.get("pictures") == "1")  # type: ignore[attr-defined]
    return _file(paper, kind, f"{matter.number}.{kind}")


def _file(paper: Paper, kind: str, name: str) -> HttpResponse:
    if kind not in WRITERS:
        raise Http404
    content_type, write = WRITERS[kind]
    response = HttpResponse(write(paper), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _foot(actor: Actor, at: datetime) -> str:
    return _("%(name)s 于 %(at)s 生成。联系方式按规定隐去。") % {"name": actor.name, "at": minute(at)}


def _sheet(matter: Matter, actor: Actor, *, at: datetime, pictures: bool) -> Paper:
    found = sheet_of(matter, public=False)
    blocks: list[Block] = [Facts(_facts(matter, found)), Heading(_("反映的情况")), Text(matter.text)]
    blocks += [Heading(_("办理经过")), _steps(found)]
    if found.clocks:
        blocks += [Heading(_("时限")), _clocks(found)]
    if pictures:
        blocks += _pictures(found)
    return Paper(_("事项单"), _("编号 %(number)s") % {"number": matter.number}, blocks, _foot(actor, at))


def _facts(matter: Matter, found: Sheet) -> list[tuple[str, str]]:
    known = reference()
    category = known.categories.get(matter.category_id)
    reporter = _("匿名") if matter.anonymous else f"{matter.contact_name} {matter.contact_phone}".strip() or _("未留")
    rows = [
        (_("标题"), matter.title),
        (_("位置"), " ".join(filter(None, (place_lines([matter.path])[matter.path], matter.address)))),
        (_("类别"), named(category)),
        (_("紧急程度"), str(matter.get_urgency_display())),
        (_("来源"), f"{matter.get_source_display()} {minute(matter.reported_at)}"),
        (_("反映人"), reporter),
        (_("受理单位"), named(known.units.get(matter.receiver_id))),
        (_("承办单位"), named(known.units.get(matter.handler_id)) if matter.handler_id else ""),
        (_("状态"), str(Status(matter.status).label)),
    ]
    if found.rating and found.rating.stars:
        rows.append((_("居民评价"), f"{found.rating.stars} / 5 {found.rating.comment}".strip()))
    return rows


def _steps(found: Sheet) -> Table:
    rows = []
    for item in found.items:
        words = [*item.replies, *(_("（内部）%(words)s") % {"words": note} for note in item.notes)]
        said = "\n".join(filter(None, (f"→ {item.unit}" if item.unit else "", *words)))
        rows.append((minute(item.at), item.label, item.who or _("居民"), said))
    return Table((_("时间"), _("步骤"), _("经办"), _("内容")), rows, (19, 12, 17, 52))


def _clocks(found: Sheet) -> Table:
    rows = [
        (
            str(clock.get_kind_display()),
            minute(clock.started_at),
            minute(clock.due_at),
            minute(clock.stopped_at),
            str(clock.get_state_display()),
        )
        for clock in found.clocks
    ]
    return Table((_("时限"), _("开始"), _("到期"), _("完成"), _("结果")), rows, (22, 20, 20, 20, 18))


def _pictures(found: Sheet) -> list[Block]:
    blocks: list[Block] = []
    for picture in found.pictures[:MOST_PICTURES]:
        with open_file(picture.name) as file:
            blocks.append(Picture(file.read(), minute(picture.at)))
    return [Heading(_("照片")), *blocks] if blocks else []


# --- who knew, decided, did ----------------------------------------------------------------------------------------


def parts() -> dict[str, str]:
    """The parts that somebody can have in a chain, in words."""
    return {"knew": _("知悉"), "decided": _("决定"), "did": _("办理")}


def proofs() -> dict[str, str]:
    return {"holds": _("已核验"), "unsealed": _("待封存"), "broken": _("核验不符")}


@require_safe
@needs(P.JOURNAL_VIEW)
def chain(request: HttpRequest, number: str) -> HttpResponse:
    """The chain of responsibility of a matter, for those who answer for the record."""
    matter, found = chain_for(request.actor, number, at=request.at)  # type: ignore[attr-defined]
    context = {
        "matter": matter,
        "chain": found,
        "links": [_shown(link) for link in found.links],
        "gaps": [_gap(gap, at=request.at) for gap in found.gaps],  # type: ignore[attr-defined]
        "place": place_lines([matter.path])[matter.path],
        "inspections": inspections_of(matter),
        "may_inspect": may_inspect(request.actor, matter.path),  # type: ignore[attr-defined]
    }
    return render(request, "desk/chain.html", context)


@require_safe
@needs(P.JOURNAL_VIEW)
def chain_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The same to file and sign."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    matter, found = chain_for(actor, number, at=at)
    rows = []
    for link in found.links:
        shown = _shown(link)
        said = "\n".join(filter(None, (f"→ {link.unit}" if link.unit else "", *link.words)))
        proof = f"#{link.position} {shown['proof']}" if link.position is not None else shown["proof"]
        rows.append((minute(link.at), shown["part"], f"{shown['who']}\n{link.label}", said, proof))
    gaps = [_gap(gap, at=at)["words"] for gap in found.gaps] or [_("没有超过时限的环节。")]
    state = _("全部核验相符") if found.whole else _("有记录核验不符，请立即校验日志")
    blocks: list[Block] = [
        Facts([(_("标题"), matter.title), (_("位置"), place_lines([matter.path])[matter.path]), (_("核验"), state)]),
        Heading(_("谁知悉、谁决定、谁办理")),
        Table((_("时间"), _("环节"), _("谁"), _("内容"), _("证明")), rows, (17, 9, 17, 40, 17)),
        Heading(_("应办未办、逾期")),
        *(Text(words) for words in gaps),
        Heading(_("日志证明")),
        Text(_("树根 %(root)s，共 %(size)s 条。") % {"root": found.root, "size": found.size}, small=True),
    ]
    title = _("责任链条")
    paper = Paper(title, _("编号 %(number)s") % {"number": matter.number}, blocks, _foot(actor, at))
    return _file(paper, kind, f"{matter.number}-chain.{kind}")


def _shown(link: Any) -> dict[str, Any]:
    return {
        "link": link,
        "part": parts()[link.part],
        "who": link.who or kind_label(link.kind),
        "from": state_label(link.from_status, link.subject),
        "to": state_label(link.to_status, link.subject),
        "proof": proofs()[link.proof],
    }


def _gap(gap: Any, *, at: datetime) -> dict[str, Any]:
    """Who should have acted and did not, in one sentence."""
    late = duration_words((gap.acted_at or at) - gap.due_at)
    said = {"unit": gap.unit, "clock": gap.label, "due": minute(gap.due_at), "late": late, "at": minute(gap.acted_at)}
    if gap.acted_at:
        words = _("%(unit)s：%(clock)s %(due)s 到期，%(at)s 才办，逾期 %(late)s。") % said
    else:
        words = _("%(unit)s：%(clock)s %(due)s 到期，至今未办，已逾期 %(late)s。") % said
    return {"gap": gap, "words": words}
