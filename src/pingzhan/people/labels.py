"""Offices and posts in words, in the language of the page or answer."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pingzhan.access.roles import ROLES
from pingzhan.people.choices import AppointmentKind
from pingzhan.people.rules.chains import PostRule


def office_label(role: str, kind: str = "", *, acting: bool = False) -> str:
    """Such as "楼组长（线上）", "居委书记（代理）"; the code itself for a role that is no more."""
    label = str(ROLES[role].label) if role in ROLES else role
    marks = [str(AppointmentKind(kind).label)] if kind in AppointmentKind.values else []
    marks += [_("代理")] if acting else []
    return _("%(office)s（%(marks)s）") % {"office": label, "marks": _("、").join(marks)} if marks else label


def post_name(post: PostRule) -> str:
    """The office that a post is called by."""
    return post.name_en if post.name_en and (get_language() or "").startswith("en") else post.name
