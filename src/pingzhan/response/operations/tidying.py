"""The list of what is to be tidied up when a response ends: the plan's own lines, and what follows from the changes.

It grows with the response: by what another level changes besides, and at the end by the matters that are still open.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max

from pingzhan.core.wording import for_others
from pingzhan.matters.queries.figures import open_since
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import overlays_of, paths_of
from pingzhan.response.models import CheckItem

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pingzhan.modes.models import Overlay, Response
    from pingzhan.response.rules.manifest import Manifest


def begin_list(response_id: UUID, manifest: "Manifest") -> None:
    """The list as it is when the response begins; part of the activation."""
    counts, found = manifest.counts, list(manifest.checklist)
    if rooms := counts.get(OverlayKind.ROOM_FUNCTION):
        found.append(_rooms(rooms))
    if duties := counts.get(OverlayKind.PERSON_DUTY):
        found.append(for_others("%(n)s 项责任的人员撤岗并致谢", n=duties))
    _append(response_id, found)


def more_to_tidy(response: "Response", manifest: "Manifest") -> list[str]:
    """What the manifest of another level changes that this response has not changed so far; before it is written."""
    laid = overlays_of(response)
    found = []
    if rooms := _not_yet(manifest, OverlayKind.ROOM_FUNCTION, laid.values_list("target", flat=True)):
        found.append(_rooms(rooms))
    if people := _not_yet(manifest, OverlayKind.PERSON_DUTY, laid.values_list("person_id", flat=True)):
        found.append(for_others("调整级别后上岗的 %(n)s 人撤岗并致谢", n=people))
    return found


def add_to_list(response: "Response", lines: Iterable[str]) -> None:
    """More lines; after the response was changed, so that of two who change it at once the second never comes here."""
    _append(response.pk, lines)


def close_list(response: "Response", *, at: datetime) -> None:
    """The matters of the response's time and places that are open when it ends: who has them in peacetime."""
    paths = paths_of([response]).get(response.pk, [])
    if matters := sum(open_since(path, since=response.since, at=at) for path in paths):
        _append(
            response.pk, [for_others("响应期间上报、仍未办结的 %(n)s 件事项，逐件交平时的办理单位和人员", n=matters)]
        )


def _rooms(count: int) -> str:
    return for_others("恢复 %(n)s 间用房：清场、消毒、归还设备", n=count)


def _not_yet(manifest: "Manifest", kind: str, laid: "QuerySet[Overlay, Any]") -> int:
    """How many rooms or people of the manifest are not among those of before."""
    people = kind == OverlayKind.PERSON_DUTY
    new = {one.person_id if people else one.target for one in manifest.items if one.kind == kind}
    return len(new.difference(laid.filter(kind=kind).order_by().distinct())) if new else 0


def _append(response_id: UUID, texts: Iterable[str]) -> None:
    last = CheckItem.objects.filter(response_id=response_id).aggregate(last=Max("number"))["last"] or 0
    CheckItem.objects.bulk_create(
        CheckItem(response_id=response_id, number=number, text=text) for number, text in enumerate(texts, last + 1)
    )
