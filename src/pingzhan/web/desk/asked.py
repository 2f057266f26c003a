"""What an address of the queue asks for. Its words go with a sheet, which so knows the way back and the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from pingzhan.matters.choices import Status, Urgency
from pingzhan.matters.queries.groups import MOST_IN_VIEW
from pingzhan.matters.queries.lists import Filters

# Everything that the address of a queue may say; anything else is dropped, so that it can be handed on safely.
NARROWING = ("q", "place", "category", "urgency", "handler", "since", "supervised", "escalated")
STATES = ("status", "overdue", "mine", "taken", "all")
NAMES = (*NARROWING, *STATES, "order", "group", "limit", "after")
LIMITS = (20, 100)
MOST = 200  # characters of one value


@dataclass(frozen=True, slots=True)
class Asked:
    """`query` holds what was said; `filters` what it means."""

    query: Mapping[str, str]
    filters: Filters
    due_first: bool
    limit: int
    grouped: bool = False

    def words(self, **changes: str) -> str:
        """The query string, with some of it changed; "" takes a part out. A change leads back to the first page."""
        said = {**self.query, **changes}
        if changes and "after" not in changes:
            said.pop("after", None)
        return urlencode({name: said[name] for name in NAMES if said.get(name)})

    def url(self, **changes: str) -> str:
        """The address of the queue, with some of it changed."""
        words = self.words(**changes)
        return f"{reverse('desk:queue')}?{words}" if words else reverse("desk:queue")

    def sheet_url(self, number: str) -> str:
        """The address of a sheet that knows this queue."""
        address = reverse("desk:sheet", args=[number])
        words = self.words()
        return f"{address}?{urlencode({'list': words})}" if words else address

    def widened(self) -> str:
        """The address without its filters, in the same states."""
        return self.url(**dict.fromkeys(NARROWING, ""))

    @property
    def is_narrowed(self) -> bool:
        return any(self.query.get(name) for name in NARROWING)


def asked(query: QueryDict | Mapping[str, Any], *, at: datetime) -> Asked:
    """What a query asks for; what makes no sense is as if it were not there."""
    said = {name: str(query.get(name, ""))[:MOST].replace("\x00", "").strip() for name in NAMES}
    said = {name: value for name, value in said.items() if value and _encodes(value)}
    status = said.get("status", "") if said.get("status") in Status.values else ""
    days = said.get("since", "")
    filters = Filters(
        place=said.get("place", "")[:32],
        status=status,
        category=said.get("category", "")[:60],
        handler=said.get("handler", "")[:60],
        overdue=said.get("overdue") == "1",
        open=None if status or said.get("all") == "1" else True,
        q=said.get("q", "")[:80],
        since=at - timedelta(days=int(days)) if days.isascii() and days.isdigit() and len(days) < 4 else None,
        urgency=said.get("urgency", "") if said.get("urgency") in Urgency.values else "",
        supervised=said.get("supervised") == "1",
        escalated=said.get("escalated") == "1",
        mine=said.get("mine") == "1",
        taken=said.get("taken", "") if said.get("taken") in ("me", "nobody") else "",
    )
    limit = next((count for count in LIMITS if said.get("limit") == str(count)), LIMITS[0])
    grouped = said.get("group") == "1"
    return Asked(
        query=said,
        filters=filters,
        due_first=said.get("order") == "due",
        limit=MOST_IN_VIEW if grouped else limit,
        grouped=grouped,
    )


def asked_by_words(words: str, *, at: datetime) -> Asked:
    """The same from a query string that was handed on."""
    try:
        return asked(QueryDict(words[:2000]), at=at)
    except ValueError:  # more fields than anybody means
        return asked({}, at=at)


def _encodes(value: str) -> bool:
    """Half a surrogate pair is no text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
