"""Parts of the pages about members: several to tick, the state of a check-in."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from pingzhan.people.choices import CheckInState as S
from pingzhan.web.templatetags.fields import Text, errors_of, option_groups
from pingzhan.web.templatetags.ui import Look

register = template.Library()

LOOKS: dict[str, Look] = {
    S.SUBMITTED: Look("inbox", "info"),
    S.APPROVED: Look("phone-call", "brand"),
    S.CONTACTED: Look("users", "brand"),
    S.JOINED: Look("circle-check", "good"),
    S.PAUSED: Look("player-pause", "warn"),
    S.REJECTED: Look("ban", "quiet"),
    S.MOVED: Look("arrow-forward-up", "quiet"),
    S.MERGED: Look("git-merge", "quiet"),
    S.LEFT: Look("arrow-back-up", "quiet"),
}


@register.inclusion_tag("parts/chip.html")
def member_chip(state: str) -> dict[str, Any]:
    """The state of a check-in as icon, words and colour: `{% member_chip check_in.state %}`."""
    look = LOOKS[state]
    return {"icon_name": look.icon, "tone": look.tone, "label": S(state).label, "note": ""}


@register.inclusion_tag("parts/ticks.html", takes_context=True)
def ticks(
    context: Context, name: str, label: Text, options: Iterable[Any], *, help: Text = "", prefix: str = ""
) -> dict[str, Any]:
    """Several of a list, all in sight: `{% ticks "slots" _("时间") slots %}`; groups as {label, kinds: pairs}.

    What was ticked stands in `typed` as a list.
    """
    chosen = set((context.get("typed") or {}).get(name) or ())
    groups = option_groups(options, "")
    for group in groups:
        for option in group["options"]:
            option["selected"] = option["value"] in chosen
    ident = f"f-{prefix}{name}"
    return {
        "name": name, "id": ident, "label": label, "help": help, "groups": groups, "help_id": f"{ident}-help",
        "errors": errors_of(context.get("problem"), name), "error_id": f"{ident}-error",
    }  # fmt: skip
