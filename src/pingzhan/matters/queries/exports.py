"""Exports: what they hold, row by row, and who may fetch them."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.matters.choices import ExportState, Source, Status, Urgency
from pingzhan.matters.models import Export, Matter, Rating
from pingzhan.matters.queries.areas import matters_in_scope
from pingzhan.matters.queries.lists import Filters, matters_for
from pingzhan.matters.queries.reference import Reference
from pingzhan.places.names import named
from pingzhan.places.queries import names_along

BATCH = 1000  # rows a round: what is in memory at once
# Sealed columns are not among these, nor the query code; a test holds it to that.
_READ = (
    "id", "number", "title", "text", "category_id", "urgency", "status", "source", "path", "address", "lon", "lat",
    "receiver_id", "handler_id", "supervised", "returns", "reopens", "reported_at", "status_at", "next_due_at",
    "completed_at", "is_open",
)  # fmt: skip


def kept(filters: Filters) -> dict[str, Any]:
    """`filters` as they are kept with an export, the empty ones left out."""
    return {name: value for name, value in asdict(filters).items() if value not in ("", None, False)} | (
        {"open": filters.open} if filters.open is not None else {}
    )


def filters_of(export: Export) -> Filters:
    """What `kept` kept."""
    said = dict(export.filters)
    if "since" in said:
        said["since"] = datetime.fromisoformat(said["since"])
    return replace(Filters(), **said)


def rows_to_export(actor: Actor, filters: Filters, *, at: datetime) -> QuerySet[Matter]:
    """What the pages show to `actor` under these filters, as far as they may also take it away in a file."""
    return matters_for(actor, filters, at=at).filter(matters_in_scope(actor, Permission.MATTER_EXPORT))


def columns() -> list[str]:
    """The headings of a table, in the order of `table_row`."""
    return [
        _("编号"), _("标题"), _("内容"), _("大类"), _("类别"), _("紧急程度"), _("状态"), _("来源"), _("位置"),
        _("地址"), _("经度"), _("纬度"), _("受理单位"), _("承办单位"), _("督办"), _("退回次数"), _("重新办理次数"),
        _("上报时间"), _("状态时间"), _("时限"), _("逾期"), _("办结时间"), _("评价"),
    ]  # fmt: skip


def batches(rows: QuerySet[Matter]) -> Iterator[list[tuple[Mapping[str, Any], str, int | None]]]:
    """The rows, newest first, a batch at a time: (columns, where it is in words, stars); three statements a batch.

    By keyset, so that the last batch of a million costs what the first does, and nothing is held open in between.
    """
    last: UUID | None = None
    while True:
        part = rows.filter(id__lt=last) if last else rows
        found = list(part.order_by("-id").values(*_READ)[:BATCH])
        if not found:
            return
        last = found[-1]["id"]
        names = names_along({row["path"] for row in found})
        stars = dict(
            Rating.objects.filter(matter_id__in=[row["id"] for row in found], stars__isnull=False)
            .order_by("round")
            .values_list("matter_id", "stars")
        )
        yield [(row, _place(row["path"], names), stars.get(row["id"])) for row in found]


def _place(path: str, names: Mapping[str, str]) -> str:
    codes = path.rstrip("/").split("/")
    return " ".join(names[code] for code in codes if code in names and "-H" not in code)


def table_row(row: Mapping[str, Any], place: str, stars: int | None, *, at: datetime, known: Reference) -> list[Any]:
    """One matter as the cells of a table."""
    category = known.categories.get(row["category_id"])
    group = known.categories.get(category.parent_id or "") if category else None
    late = bool(row["is_open"] and row["next_due_at"] and row["next_due_at"] < at)
    return [
        row["number"], row["title"], row["text"], named(group), named(category), Urgency(row["urgency"]).label,
        Status(row["status"]).label, Source(row["source"]).label, place, row["address"], row["lon"], row["lat"],
        named(known.units.get(row["receiver_id"])), named(known.units.get(row["handler_id"])), row["supervised"],
        row["returns"], row["reopens"], row["reported_at"], row["status_at"],
        row["next_due_at"] if row["is_open"] else None, late, row["completed_at"], stars,
    ]  # fmt: skip


def feature(row: Mapping[str, Any], place: str, stars: int | None, *, at: datetime, known: Reference) -> dict[str, Any]:
    """One matter as a GeoJSON feature (RFC 7946), WGS-84; without geometry where no point was given."""
    cells = table_row(row, place, stars, at=at, known=known)
    names = (
        "number", "title", "text", "group", "category_name", "urgency_name", "status_name", "source_name", "place",
        "address", "lon", "lat", "receiver", "handler", "supervised", "returns", "reopens", "reported_at", "status_at",
        "due_at", "overdue", "completed_at", "stars",
    )  # fmt: skip
    said = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in zip(names, cells, strict=True)
    }
    codes = {
        "category": row["category_id"],
        "urgency": row["urgency"],
        "status": row["status"],
        "source": row["source"],
    }
    lon, lat = said.pop("lon"), said.pop("lat")
    point = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    plain = {
        name: value if value is None or isinstance(value, bool | int) else str(value) for name, value in said.items()
    }
    return {"type": "Feature", "id": row["number"], "geometry": point, "properties": codes | plain}


def reach_of(actor: Actor) -> list[list[str | None]]:
    """How far the actor may export now: the paths, each with the unit whose matters only, or null for all."""
    held = actor.holding(Permission.MATTER_EXPORT)
    found = {(one.path, str(one.unit_id) if one.definition.by_unit and one.unit_id else None) for one in held}
    return [list(one) for one in sorted(found, key=lambda one: (one[0], one[1] or ""))]


def still_covers(actor: Actor, export: Export) -> bool:
    """Whether the actor's rights still reach as far as those by which the file was written."""
    return all(
        can(actor, permission, path, unit_id=UUID(unit) if unit else None)
        for path, unit in export.reach
        for permission in (Permission.MATTER_EXPORT, Permission.MATTER_VIEW)
    )


def exports_of(actor: Actor, *, after: str | None = None, limit: int = 20) -> Page[Export]:
    """What the actor asked for, newest first; one statement. Nobody sees another's."""
    rows = Export.objects.filter(by_id=actor.user_id) if actor.user_id else Export.objects.none()
    return page(rows, order=("-id",), after=after, limit=limit)


def export_for(actor: Actor, export_id: UUID) -> Export:
    """The actor's own export; raises NotFound for anybody else's."""
    found = Export.objects.filter(pk=export_id, by_id=actor.user_id).first() if actor.user_id else None
    if found is None:
        raise NotFound
    return found


def file_for(actor: Actor, export_id: UUID, *, at: datetime) -> Export:
    """The export whose file the actor may fetch now.

    Raises NotFound for another's, for one that is not ready or has expired, and for one that holds more than the actor
    may still see.
    """
    found = export_for(actor, export_id)
    if found.state != ExportState.READY or found.until is None or found.until <= at or not still_covers(actor, found):
        raise NotFound(_("这个文件已过期或不可下载，请重新导出。"))
    return found
