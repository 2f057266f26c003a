"""Keyset paging: every row once, at any page size, and no cursor that breaks anything."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pingzhan.core.errors import Invalid
from pingzhan.core.paging import page
from pingzhan.journal.models import Opening
from pingzhan.matters.models import Category, Clock, Matter

pytestmark = pytest.mark.django_db

ORDERS = [
    (Category, ("position", "code")),
    (Category, ("parent_id", "code")),
    (Matter, ("-id",)),
    (Matter, ("next_due_at", "id")),
    (Matter, ("version", "-id")),
    (Clock, ("matter_id", "id")),
    (Opening, ("-entry_id",)),
]


def test_pages_hold_every_row_once() -> None:
    Category.objects.bulk_create(
        [Category(code=f"c{number:02d}", name="类", name_en="kind", position=number // 3) for number in range(11)]
    )
    for order in (("position", "code"), ("-position", "code"), ("-code",)):
        expected = [row.code for row in Category.objects.order_by(*order)]
        for limit in (1, 2, 3, 10, 11, 12):
            seen: list[str] = []
            after: str | None = None
            while True:
                found = page(Category.objects.all(), order=order, after=after, limit=limit)
                seen += [row.code for row in found.items]
                assert len(found.items) <= limit
                if found.next is None:
                    break
                after = found.next
            assert seen == expected


@pytest.mark.parametrize(("model", "order"), ORDERS)
def test_an_invented_cursor_is_bad_input(model: type, order: tuple[str, ...]) -> None:
    for values in (
        ["x"] * len(order),
        ["1e9"] * len(order),
        ["9" * 5000] * len(order),
        ["\x00"] * len(order),
        ["\ud800"] * len(order),
        [1],
        {},
    ):
        cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        try:
            page(model.objects.all(), order=order, after=cursor)
        except Invalid:
            continue
        # Text is a fine cursor for a column of text; anything else must have been refused.
        assert all(
            model._meta.get_field(name.lstrip("-")).get_internal_type() in ("CharField", "ForeignKey") for name in order
        )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_a_cursor_of_any_text_is_bad_input(after: str) -> None:
    if after:
        with pytest.raises(Invalid):
            page(Matter.objects.all(), order=("next_due_at", "id"), after=after)
