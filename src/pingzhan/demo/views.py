"""Doors of the demo. None of them exists in a real installation."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pingzhan.access.models import User
from pingzhan.access.roles import ROLES
from pingzhan.core.outbox import recent
from pingzhan.demo.accounts import ACCOUNTS, demo_accounts, enter_token, entering
from pingzhan.places.queries import get_places

# Role -> icon, what to try with it.
TRY: dict[str, tuple[str, Any]] = {
    "resident": ("user", _("上报、在“我的事项”里看进度和评价，查看谁看过自己的联系方式")),
    "building_leader": ("building", _("巡楼时上报，看本楼的事项办到哪一步")),
    "grid_worker": ("route", _("今天要办的一张单：签收、拍照、写进展、办结")),
    "team_captain": ("flag", _("联系报到的人，让他们入队，看本队的小组")),
    "mobile_worker": ("map-pin", _("在自己跑的片区随手拍、随手报")),
    "community_secretary": ("building-community", _("队列里受理、转办，核实答复，审定公示，归档")),
    "community_staff": ("clipboard-check", _("受理、转办、核实、答复，替来电居民登记")),
    "unit_staff": ("tool", _("只看到交给本单位的：签收、写进展、办结、退回")),
    "street_staff": ("list-check", _("看全街道的队列，批量受理转办，催办、督办")),
    "street_secretary": ("flag", _("看全街道，督办逾期事项，审定公示")),
    "district_command": ("map-2", _("看全区，协调部门，处理搁置的后台任务")),
    "inspector": ("eye", _("看事项全过程，督办，校验日志有没有被改过")),
    "administrator": ("settings", _("登记单位和人员、开通账号、改组织链；看不到事项内容")),
}
WHO: dict[str, Any] = {
    "resident": _("居民"),
    "grid": _("网格员"),
    "leader": _("楼组长"),
    "captain": _("队长"),
    "member": _("队员"),
    "rider": _("流动网格员"),
    "secretary": _("居委书记"),
    "staff": _("居委工作人员"),
    "street": _("街道书记"),
    "streetstaff": _("街道城运中心"),
    "housing": _("区房管局经办"),
    "enforcement": _("街道综合行政执法队"),
    "command": _("区城运中心"),
    "inspector": _("督查员"),
    "admin": _("系统管理员"),
}

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@demo_only
def index(request: HttpRequest) -> HttpResponse:
    """One sign-in link a role, with what to try there."""
    accounts = demo_accounts()
    places = get_places(row.place for row in accounts)
    rows = [
        {
            "label": ROLES[row.role].label,
            "who": WHO.get(row.username, ACCOUNTS[row.username][1]),
            "place": places[row.place].name if row.place in places else "",
            "icon": TRY[row.role][0],
            "try": TRY[row.role][1],
            "token": enter_token(row.username),
        }
        for row in accounts
    ]
    return render(request, "demo/index.html", {"rows": rows})


@require_safe
@demo_only
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in as a demo account."""
    username = entering(token)
    user = User.objects.filter(username=username, is_active=True).first() if username else None
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if Authenticator.objects.filter(user=user).exists():
        # The demo's link stands in for password and code of roles that need a second factor.
        request.session["account_authentication_methods"] = [{"method": "mfa", "at": request.at.timestamp()}]  # type: ignore[attr-defined]
    return redirect("home")


@require_safe
@demo_only
def messages(request: HttpRequest) -> HttpResponse:
    """The last messages that a gateway would have sent: the one-time codes are read here."""
    return render(request, "demo/messages.html", {"rows": recent(limit=30, channel="sms")})
