"""The inbox: what the system told the reader, with a way to the thing; on three faces, each in its own dress."""

import re
from collections.abc import Iterable, Mapping
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
from pingzhan.matters.queries.titles import titles_of

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
    letters = [outbox.letter_of(row) for row in found.items]
    titles = _titles(request, letters)
    context = {
        "base": BASES[face],
        "rows": [_shown(letter, face, titles) for letter in letters],
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
    leads = _leads(letter, face, _titles(request, [letter])) if letter else ""
    return redirect(leads) if leads else back


def _titles(request: HttpRequest, letters: Iterable[outbox.Letter]) -> dict[str, str]:
    """What the matters named in these messages are about, of those that the reader may open."""
    numbers = {number for letter in letters for number in _NUMBER.findall(letter.text)}
    return titles_of(request.actor, numbers)  # type: ignore[attr-defined]


def _shown(letter: outbox.Letter, face: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """The message in parts: words, and numbers that lead to their matters; and what these are about."""
    split = _NUMBER.split(letter.text)
    opens = _opens(split[1::2], face, titles)
    parts = [
        {"text": part, "url": reverse(MATTER_PAGES[face], args=[part]) if place % 2 and part in opens else ""}
        for place, part in enumerate(split)
    ]
    about = [titles[number] for number in split[1::2] if number in titles]
    return {"letter": letter, "parts": parts, "about": about, "leads": _leads(letter, face, titles)}


def _opens(numbers: Iterable[str], face: str, titles: Mapping[str, str]) -> list[str]:
    """Those of the matters that their page opens for the reader; that of the portal asks for the code instead."""
    return [number for number in numbers if number in titles or face == "portal"]


def _leads(letter: outbox.Letter, face: str, titles: Mapping[str, str]) -> str:
    """The address of what a message is about; "" where there is none, or none that the reader may open any more."""
    numbers = _opens(_NUMBER.findall(letter.text), face, titles)
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
