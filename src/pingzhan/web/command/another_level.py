"""Before a response goes to another level: what would come, change and end there."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.second_factor import signed_in_twice
from pingzhan.core.errors import DomainError
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import is_in_force, response_for
from pingzhan.places.names import place_lines
from pingzhan.response.queries.another_level import AnotherLevel, another_level, told
from pingzhan.response.queries.leading import may_lead
from pingzhan.response.queries.responses import activations_of
from pingzhan.response.rules.levels import needs_second_factor
from pingzhan.web.command.words import COLOURS, level_label
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.modes.models import Response

SHOWN = 50  # of each kind


@require_safe
@needs(P.RESPONSE_ACTIVATE)
def level(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """What another level would change; nothing is written."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = response_for(actor, response_id)
    if not is_in_force(found, at=request.at) or not may_lead(found, actor):  # type: ignore[attr-defined]
        raise Http404
    asked = request.GET.get("level", "")
    return show_level(request, found, int(asked) if asked.isdecimal() else 0)


def show_level(
    request: HttpRequest, found: "Response", wanted: int, *, problem: DomainError | None = None
) -> HttpResponse:
    """The page of it, also when what was pressed there could not be done."""
    row = activations_of([found]).get(found.pk)
    if row is None or wanted not in COLOURS or wanted == found.level:
        return redirect("command:response", response_id=found.pk)  # to choose one
    said = another_level(found, row, level=wanted, at=request.at)  # type: ignore[attr-defined]
    second = needs_second_factor(wanted, exercise=found.exercise) and not signed_in_twice(request.session)
    context = {
        "response": found,
        "now": level_label(found.level),
        "level": wanted,
        "label": level_label(wanted),
        "colour": COLOURS[wanted],
        "digest": said.manifest.digest,
        "groups": _groups(said),
        "same": said.same,
        "gap_count": len(said.manifest.gaps),
        "needs_second": second,
        "shown": SHOWN,
        "problem": problem,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "command/another_level.html", context, status=problem.status if problem else 200)


def _groups(said: AnotherLevel) -> list[dict[str, Any]]:
    """What comes, changes and ends, by kind, the first of each in words; at most six statements."""
    parts: list[tuple[str, dict[str, list[Any]]]] = [
        (_("新增"), _by_kind(said.new)), (_("改变"), _by_kind(said.changed)), (_("结束"), _by_kind(said.ended)),
    ]  # fmt: skip
    shown = [one for _label, kinds in parts for rows in kinds.values() for one in rows[:SHOWN]]
    words = iter(told(shown))  # in the same order
    lines = place_lines({one.path for one in shown})
    return [
        {
            "label": label, "kind": str(OverlayKind(kind).label), "count": len(rows),
            "rows": [(lines[one.path], one.subject, one.before, one.after) for one in islice(words, len(rows[:SHOWN]))],
        }
        for label, kinds in parts
        for kind, rows in kinds.items()
    ]  # fmt: skip


def _by_kind(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """In the order of the kinds."""
    found: dict[str, list[Any]] = {kind: [] for kind in OverlayKind.values}
    for one in rows:
        found[one.kind].append(one)
    return {kind: part for kind, part in found.items() if part}
