"""Roles: named sets of permissions. Who holds which, where and until when, is a Grant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from pingzhan.access.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    label: Any
    permissions: frozenset[P]
    home: str  # the face that opens after sign-in: portal, field, desk
    mfa_required: bool = False
    by_unit: bool = False  # sees only what its own unit handles, not all that lies under the path


def _role(
    code: str, label: Any, home: str, permissions: Iterable[P], *, mfa_required: bool = False, by_unit: bool = False
) -> Role:
    return Role(code, label, frozenset(permissions), home, mfa_required, by_unit)


_SEE = {P.PLACE_VIEW, P.MATTER_VIEW}
_HANDLE = {P.MATTER_HANDLE, P.MATTER_OPEN_CONTACT}
_RUN = {
    P.COVERAGE_VIEW,
    P.MATTER_REPORT,
    P.MATTER_ACCEPT,
    P.MATTER_DISPATCH,
    P.MATTER_WHISTLE,
    P.MATTER_ASSIGN,
    P.MATTER_VERIFY,
    P.MATTER_RATE,
    P.MATTER_REOPEN,
    P.MATTER_EXPORT,
    P.PERSON_VIEW,
    P.TRAIN,
    P.MEMBER_VIEW,
    P.MEMBER_VET,
    P.MEMBER_CONTACT,
    P.TALENT_ASK,
    P.PLACE_EDIT,
}
# What an emergency asks of everybody who works here: to know the plan and what is in force.
_READY = {P.PLAN_VIEW, P.RESPONSE_VIEW}
_SWITCH = _READY | {P.PLAN_EDIT, P.PLAN_PUBLISH, P.RESPONSE_ACTIVATE, P.STATION_EDIT}
_ANSWER_FOR = {P.MATTER_SUPERVISE, P.MATTER_PUBLISH, P.MATTER_ARCHIVE, P.PERSON_OPEN, P.JOURNAL_VIEW, P.TEAM_MANAGE}
_ANSWER_FOR |= {P.PLACE_DRAW}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("resident", _("居民"), "portal", set()),
        _role("building_leader", _("楼组长"), "field", _SEE | {P.MATTER_REPORT, P.RESPONSE_VIEW}),
        _role("grid_worker", _("网格员"), "field", _SEE | _HANDLE | {P.MATTER_REPORT, P.RESPONSE_VIEW}),
        # Of a grid, and of the levels above it that have heads: directs everybody and every matter there.
        _role(
            "grid_head",
            _("网格长"),
            "desk",
            _SEE | _HANDLE | {P.MATTER_REPORT, P.MATTER_SUPERVISE, P.PERSON_VIEW, P.COVERAGE_VIEW, P.RESPONSE_VIEW},
        ),
        _role("member_household", _("党员中心户"), "portal", set()),
        _role("community_staff", _("居委工作人员"), "desk", _SEE | _HANDLE | _RUN | _READY | {P.STATION_EDIT}),
        _role(
            "community_secretary", _("居委书记"), "desk", _SEE | _HANDLE | _RUN | _ANSWER_FOR | _SWITCH | {P.APPOINT}
        ),
        _role(
            "unit_head",
            _("单位负责人"),
            "desk",
            _SEE | _HANDLE | {P.MATTER_EXPORT, P.MATTER_ASSIGN},
            by_unit=True,
        ),
        _role("unit_staff", _("单位经办人"), "desk", _SEE | _HANDLE | {P.MATTER_EXPORT}, by_unit=True),
        _role(
            "street_staff",
            _("街镇工作人员"),
            "desk",
            _SEE | _HANDLE | _RUN | _READY | {P.MATTER_SUPERVISE, P.PLAN_EDIT, P.STATION_EDIT},
        ),
        _role(
            "street_secretary",
            _("街镇书记"),
            "desk",
            _SEE | _HANDLE | _RUN | _ANSWER_FOR | _SWITCH | {P.APPOINT, P.LIST_KEEP},
        ),
        _role(
            "district_command",
            _("区指挥中心"),
            "desk",
            _SEE | _HANDLE | _RUN | _ANSWER_FOR | _SWITCH | {P.APPOINT, P.JOBS_VIEW, P.MATTER_LEARN, P.LIST_KEEP},
            mfa_required=True,
        ),
        _role(
            "inspector",
            _("督查员"),
            "desk",
            _SEE | _READY | {P.MATTER_SUPERVISE, P.MATTER_EXPORT, P.JOURNAL_VIEW, P.COVERAGE_VIEW},
        ),
        _role(
            "administrator",
            _("系统管理员"),
            "desk",
            {
                P.PLACE_VIEW,
                P.PLACE_IMPORT,
                P.APPOINT,
                P.ACCESS_GRANT,
                P.JOBS_VIEW,
                P.MATTER_LEARN,
                P.JOURNAL_VIEW,
                P.PERSON_VIEW,
                P.COVERAGE_VIEW,
                P.LIST_KEEP,
                P.PLACE_DRAW,
                P.PLACE_EDIT,
            },
            mfa_required=True,
        ),
        # Leads the team of a community: sees whom to contact there and nothing of its matters.
        _role("team_captain", _("队长"), "field", {P.PLACE_VIEW, P.MEMBER_CONTACT}),
        # Couriers, riders, drivers: they snap and report on their round, nothing else.
        _role("mobile_worker", _("流动网格员"), "field", {P.MATTER_REPORT}),
    )
}


def may_be_lent(role: str) -> bool:
    """Whether a response may give this role: none that appoints or grants, since what is done so would outlive it."""
    return not ROLES[role].permissions & {P.APPOINT, P.ACCESS_GRANT}


def role_choices() -> list[tuple[str, str]]:
    """For fields that hold a role: a function, so that a new role needs no migration."""
    return [(code, code) for code in ROLES]
