"""Keyset paging: the next page starts after the last row seen, at the same cost at any depth."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import DateTimeField, IntegerField, Model, Q, QuerySet, UUIDField
from django.utils.translation import gettext as _

from pingzhan.core.db import among_any
from pingzhan.core.errors import Invalid

M = TypeVar("M", bound=Model)

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    items: list[M]
    next: str | None


def page(rows: QuerySet[M], *, order: tuple[str, ...] = ("-id",), after: str | None = None, limit: int = 20) -> Page[M]:
    """One page of `rows`, in one statement.

    `order` names fields, "-" for descending; together they must be unique and not null. `after` is the `next` of
    the page before. Raises Invalid when `after` is no cursor of this order.
    """
    rows, limit = _from(rows, order, after, limit)
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    found = found[:limit]
    return Page(found, cursor_of(found[-1], order))


def first_of_each(rows: QuerySet[M], lanes: Iterable[Q], *, order: tuple[str, ...], after: str | None, limit: int) -> Q:
    """The condition for the first page of `rows` in any of `lanes`: the first rows of each, put together.

    For "one of several values" over an index (value, order…): each lane is walked in order by itself, where the
    several values at once would be collected whole and sorted.
    """
    rows, limit = _from(rows, order, after, limit)
    return among_any("pk", [rows.filter(lane).values("pk")[: limit + 1] for lane in lanes])


def _from(rows: QuerySet[M], order: tuple[str, ...], after: str | None, limit: int) -> tuple[QuerySet[M], int]:
    """The rows behind the cursor in this order, and how many of them a page holds."""
    rows = rows.order_by(*order)
    if after:
        rows = rows.filter(_beyond(order, _decode(after, order, rows.model)))
    return rows, max(1, min(limit, MAX_LIMIT))


def cursor_of(row: Model, order: tuple[str, ...]) -> str:
    """The cursor behind `row`: `after` of a page that starts with the row that follows it in this order."""
    return _encode([_value(row, field) for field in order])


def _value(row: Model, field: str) -> Any:
    return getattr(row, field.lstrip("-"))


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after `values` in lexicographic order: a > x or (a = x and (b > y …)).

    The leading condition is repeated as >= so that the index is entered at the right place.
    """
    first, value = order[0], values[0]
    name = first.lstrip("-")
    strict = "lt" if first.startswith("-") else "gt"
    if len(order) == 1:
        return Q(**{f"{name}__{strict}": value})
    return Q(**{f"{name}__{strict}e": value}) & (
        Q(**{f"{name}__{strict}": value}) | (Q(**{name: value}) & _beyond(order[1:], values[1:]))
    )


def _encode(values: list[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _decode(cursor: str, order: tuple[str, ...], model: type[Model]) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if not (isinstance(plain, list) and len(plain) == len(order) and all(isinstance(v, str) for v in plain)):
            raise ValueError
        return [_parse(model, field.lstrip("-"), value) for field, value in zip(order, plain, strict=True)]
    except (ValueError, binascii.Error, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(
            _("翻页标记无效，请回到第一页"), errors=[{"loc": ["query", "after"], "msg": _("翻页标记无效")}]
        ) from error


def _parse(model: type[Model], field: str, value: str) -> Any:
    value.encode()  # half a surrogate pair is no text; nor has PostgreSQL NUL in it
    if "\x00" in value:
        raise ValueError
    column: Any = model._meta.get_field(field)
    while column.is_relation:
        column = column.target_field
    if isinstance(column, UUIDField):
        return UUID(value)
    if isinstance(column, DateTimeField):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if isinstance(column, IntegerField):  # all whole numbers, also the automatic ones
        number = int(value)
        if abs(number) > 2**62:
            raise ValueError
        return number
    return value
