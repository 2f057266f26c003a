"""The inbox: what the system told the reader, with a way to the thing; on three faces, each in its own dress."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pingzhan.core import outbox

# How a matter's number stands in a text: place, day, running number.
_NUMBER = re.compile(r"(?<![\w-])(\d{6,12}-\d{8}-\d{4,6})(?![\w-])")
BASES = {"desk": "base/desk.html", "field": "base/field.html", "portal": "base/portal.html"}
MATTER_PAGES = {"desk": "desk:sheet", "field": "field:matter", "portal": "portal:matter"}
# Where a message leads that names no matter, by the beginning of its occasion.
_LEADS = {
    "desk": {
        "whistle": "desk:whistles", "inspection": "desk:inspections", "response_ends": "command:home",
        "roster": "desk:rosters", "talent": "desk:talent_requests", "team": "desk:teams",
    },
    "field": {"whistle": "field:today", "team": "field:team"},
    "portal": {"talent": "portal:team", "team": "portal:team", "roster": "portal:check_in"},
}  # fmt: skip


def face_of(path: str) -> str:
    """The face that an address belongs to; the command post reads at the desk."""
    first = path.split("/")[1]
    return {"desk": "desk", "command": "desk", "field": "field"}.get(first, "portal")


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; with ?unread=1 what was not read yet."""
    face = face_of(request.path)
    unread = request.GET.get("unread") == "1"
    user: UUID = request.actor.user_id  # type: ignore[attr-defined]
    found = outbox.inbox_page(user, unread=unread, after=request.GET.get("after") or None)
    context = {
        "base": BASES[face],
        "rows": [_shown(outbox.letter_of(row), face) for row in found.items],
        "unread_only": unread,
        "next": found.next or "",
        "first": not request.GET.get("after"),
        "here_url": reverse(f"{face}:inbox"),
        "read_url": reverse(f"{face}:inbox_read"),
    }
    return render(request, "parts/inbox.html", context)


@never_cache
@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """One message, or all of them, read; then on to what the message is about, or back to the list."""
    face = face_of(request.path)
    user: UUID = request.actor.user_id  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    back = redirect(f"{face}:inbox")
    try:
        chosen = UUID(request.POST.get("message", "")) if request.POST.get("message") else None
    except ValueError:
        return back
    done = outbox.mark_read(user, at=at, ids=None if chosen is None else [chosen])
    if chosen is None:
        messages.success(request, _("全部标为已读。") if done else _("没有未读的消息。"))
        return back
    letter = outbox.inbox_letter(user, chosen)
    leads = _leads(letter, face) if letter else ""
    return redirect(leads) if leads else back


def _shown(letter: outbox.Letter, face: str) -> dict[str, Any]:
    """The message in parts: words, and numbers that lead to their matters."""
    parts = [
        {"text": part, "url": reverse(MATTER_PAGES[face], args=[part]) if place % 2 else ""}
        for place, part in enumerate(_NUMBER.split(letter.text))
    ]
    return {"letter": letter, "parts": parts, "leads": _leads(letter, face)}


def _leads(letter: outbox.Letter, face: str) -> str:
    """The address of what a message is about; "" where there is none."""
    numbers = _NUMBER.findall(letter.text)
    occasion = letter.template.partition(".")[0]
    if occasion == "whistle" and occasion in _LEADS[face]:
        return reverse(_LEADS[face][occasion])
    if numbers:
        return reverse(MATTER_PAGES[face], args=numbers[:1])
    name = _LEADS[face].get(letter.template) or _LEADS[face].get(occasion)
    return reverse(name) if name else ""


def unread_shown(request: HttpRequest) -> dict[str, Any] | None:
    """The bell of the page: where it leads, and how many are unread; None for who is not signed in. One statement."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.user_id is None:
        return None
    count = outbox.unread_count(actor.user_id)
    shown = f"{outbox.MOST_COUNTED - 1}+" if count >= outbox.MOST_COUNTED else str(count)
    return {"url": reverse(f"{face_of(request.path)}:inbox"), "count": count, "shown": shown}
