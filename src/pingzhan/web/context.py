"""What every page knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.clock import now
from pingzhan.core.paths import code_of
from pingzhan.matters.queries.reference import reference
from pingzhan.modes.queries import PEACETIME, Mode, drills_of, highest_under, mode_at
from pingzhan.places.names import named
from pingzhan.places.queries import names_along, tops
from pingzhan.response.queries.my_work import my_work
from pingzhan.web.inbox import unread_shown
from pingzhan.web.words import plan_name

MOST_NAMED = 3  # places that the bar names


@dataclass(frozen=True, slots=True)
class ShownMode:
    kind: str
    label: str
    level: int | None
    plan: str
    since: Any
    until: Any
    where: Sequence[str] = ()  # where only parts of the area are in this mode


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None
    group: str = ""  # under which heading of the desk's side it stands


def page(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "mode": SimpleLazyObject(lambda: shown_mode(request, actor)),
        "my_work": SimpleLazyObject(lambda: my_work(actor, at=getattr(request, "at", None) or now())),
        "demo": settings.DEMO,
        "elder": request.COOKIES.get("elder") == "1",
        "lang": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "actor": actor,
        "home_url": reverse("home"),
        "home_label": SimpleLazyObject(lambda: unit_name(actor)),
        "other_face": SimpleLazyObject(lambda: other_face(request, actor)),
        "can_search": bool(actor.holding(P.MATTER_VIEW)),
        "roles": SimpleLazyObject(lambda: [str(held.definition.label) for held in actor.held]),
        "unread": SimpleLazyObject(lambda: unread_shown(request)),
        "nav": SimpleLazyObject(lambda: navigation(request, actor)),
        "here": request.get_full_path(),
    }


def shown_mode(request: HttpRequest, actor: Actor) -> ShownMode:
    """The mode where the actor works; for residents that of the whole area. Exercises: for who takes part."""
    at = getattr(request, "at", None) or now()
    path = actor.held[0].path if actor.held else tops().values_list("path", flat=True).first() or ""
    drills = drills_of(actor.user_id, at=at)
    mode: Mode = mode_at(path, at=at, drills=drills) if path else PEACETIME
    where: tuple[str, ...] = ()
    if mode.kind == "peacetime" and path:  # a part of the area may be in another mode than the whole
        mode, where = highest_under(path, at=at, drills=drills)
    label = {"peacetime": _("平时"), "emergency": _("战时"), "exercise": _("演练")}[mode.kind]
    return ShownMode(mode.kind, label, mode.level, plan_name(mode), mode.since, mode.until, _named(where))


def _named(paths: tuple[str, ...]) -> list[str]:
    """The names of some of these places, and how many there are."""
    if not paths:
        return []
    known = names_along(paths[:MOST_NAMED])
    names = [known.get(code_of(one), "") for one in paths[:MOST_NAMED]]
    return names if len(paths) <= MOST_NAMED else [*names, _("等 %(n)s 处") % {"n": len(paths)}]


def unit_name(actor: Actor) -> str:
    """The unit on whose behalf the actor works, "" for none; from memory."""
    units = reference().units
    return next((named(units[held.unit_id]) for held in actor.held if held.unit_id in units), "")


def other_face(request: HttpRequest, actor: Actor) -> NavItem | None:
    """From the desk the way to the pages for the phone, and back for whoever has a role at the desk."""
    if not actor.holding(P.MATTER_VIEW):
        return None
    if request.path.startswith(("/desk/", "/command/")):
        return NavItem(_("手机上的现场页面"), reverse("field:today"), "device-mobile", current=False)
    if any(held.definition.home == "desk" for held in actor.held):
        return NavItem(_("电脑上的工作页面"), reverse("desk:queue"), "list-check", current=False)
    return None


def navigation(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """The doors of the face that the page belongs to."""
    path = request.path

    def item(label: str, name: str, icon: str, *, exact: bool = False, also: str = "", group: str = "") -> NavItem:
        url = reverse(name)
        current = path == url if exact else path.startswith(url)
        return NavItem(label, url, icon, current or bool(also and path.startswith(also)), group=group)

    if path.startswith(("/desk/", "/command/")):
        groups = (
            (
                _("事项办理"),
                (
                    (P.MATTER_VIEW, _("事项"), "desk:queue", "list-check"),
                    (P.MATTER_VIEW, _("吹哨报到"), "desk:whistles", "bell-ringing"),
                    (P.MATTER_HANDLE, _("本单位派单"), "desk:team", "hand-click"),
                    (P.MATTER_ACCEPT, _("四个第一"), "desk:firsts", "clock"),
                    (P.MATTER_REPORT, _("代为上报"), "desk:report", "plus"),
                    (P.MATTER_ACCEPT, _("热点"), "desk:clusters", "flame"),
                    (P.MATTER_VIEW, _("督办"), "desk:supervision", "bell-ringing"),
                    (P.MATTER_VIEW, _("检查"), "desk:inspections", "search"),
                    (P.MATTER_REPORT, _("走访"), "desk:visits", "map-pin"),
                    (P.MATTER_VIEW, _("办理规则"), "desk:rules", "clipboard-check"),
                    (P.MATTER_VIEW, pgettext("list", "公示"), "desk:notices", "speakerphone"),
                    (P.MATTER_VERIFY, _("回访"), "desk:call_backs", "phone-call"),
                    (P.MATTER_VERIFY, _("答复模板"), "desk:templates", "message-2"),
                    (P.MATTER_VIEW, _("台账"), "desk:ledgers", "books"),
                    (P.MATTER_EXPORT, _("导出"), "desk:exports", "download"),
                ),
            ),
            (
                _("区域与人员"),
                (
                    (P.PERSON_VIEW, pgettext("list", "单位"), "desk:units", "building-community"),
                    (P.PERSON_VIEW, pgettext("list", "人员"), "desk:persons", "users"),
                    (P.COVERAGE_VIEW, _("覆盖"), "desk:coverage", "target"),
                    (P.MEMBER_VIEW, _("队员台账"), "desk:members", "heart-handshake"),
                    (P.MATTER_VIEW, _("阵地"), "desk:stations", "flag"),
                    (P.PLACE_VIEW, _("区域"), "desk:places", "map-2"),
                    (P.PLACE_EDIT, _("批量登记"), "desk:place_imports", "file-text"),
                    (P.PLACE_DRAW, _("区域体检"), "desk:place_checks", "stethoscope"),
                    (P.ACCESS_GRANT, _("组织链"), "desk:organisation", "route"),
                    (P.PLACE_IMPORT, _("居村合并与改码"), "desk:place_mergers", "git-merge"),
                    (P.MEMBER_VIEW, _("队伍"), "desk:teams", "user-circle"),
                    (P.TALENT_ASK, _("能人库"), "desk:talents", "bulb"),
                    (P.LIST_KEEP, _("清单"), "desk:lists", "books"),
                ),
            ),
            (
                _("平战切换"),
                (
                    (P.RESPONSE_VIEW, _("响应"), "command:home", "shield"),
                    (P.RESPONSE_ACTIVATE, _("启动响应"), "command:switch", "alarm"),
                    (P.PLAN_VIEW, _("预案"), "command:plans", "file-text"),
                ),
            ),
            (
                _("系统"),
                (
                    (P.JOURNAL_VIEW, _("日志校验"), "desk:journal", "shield-check"),
                    (P.JOBS_VIEW, _("后台任务"), "desk:jobs", "settings"),
                    (P.MATTER_LEARN, _("智能建议"), "desk:suggestions", "bulb"),
                ),
            ),
        )
        items = [
            # The queue's address is the beginning of all others; the sheets belong to it.
            item(
                label,
                name,
                icon,
                exact=name in {"desk:queue", "command:home"},
                also={"desk:queue": "/desk/matters/", "command:home": "/command/responses/"}.get(name, ""),
                group=group,
            )
            for group, doors in groups
            for permission, label, name, icon in doors
            if actor.holding(permission)
        ]
        # Of doors whose addresses begin alike the one that says more is open.
        here = max((one.url for one in items if one.current), key=len, default="")
        return [replace(one, current=one.current and one.url == here) for one in items]
    if path.startswith("/field/"):
        tabs = (
            ((P.MATTER_VIEW,), item(_("今日"), "field:today", "list-check", exact=True)),
            ((P.MATTER_REPORT,), item(_("上报"), "field:report", "camera")),
            ((P.MATTER_VIEW,), item(_("已办"), "field:done", "circle-check")),
            ((P.MEMBER_CONTACT,), item(_("队伍"), "field:team", "users")),
            ((P.MATTER_VIEW, P.MATTER_REPORT, P.MEMBER_CONTACT), item(_("我的"), "field:me", "user")),
        )
        return [tab for wanted, tab in tabs if any(actor.holding(permission) for permission in wanted)]
    return [
        item(_("首页"), "portal:home", "home", exact=True),
        item(_("上报"), "portal:report", "message-plus"),
        item(_("查进度"), "portal:track", "search"),
        item(pgettext("list", "公示"), "portal:notices", "speakerphone"),
    ]
