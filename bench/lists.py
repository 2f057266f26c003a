"""Lists of a million matters: every filter that the desk offers, at any depth; the desk's counts; search."""

import gc
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count

from bench.ground import QUICK, lay_ground, quantile, row, settle, statements, timed
from pingzhan.access.models import Grant
from pingzhan.access.queries import actor_for
from pingzhan.core.clock import now
from pingzhan.core.db import (
    create_search,
    drop_search,
    insert_many,
    is_postgres,
    put_tokens,
    tidy_search,
)
from pingzhan.core.ids import random_code, uuid7
from pingzhan.core.paging import cursor_of
from pingzhan.core.search import tokens_of
from pingzhan.demo.texts.render import render
from pingzhan.matters.choices import Source, Status
from pingzhan.matters.findable import marks_of
from pingzhan.matters.models import Category, Matter
from pingzhan.matters.queries.lists import Filters, matters_for, open_counts, queue_page
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.workflow import CLOSED
from pingzhan.places.models import Place

# BENCH_MATTERS=200000 measures another size: cost against size is a target of its own.
MATTERS = int(os.environ.get("BENCH_MATTERS", "20000" if QUICK else "1000000"))
TIMES = 15 if QUICK else 41
BATCH = 20_000
YEARS = 3
# One in twenty is still open, as in a city that works.
OPEN_STATES = [
    Status.SUBMITTED,
    Status.ACCEPTED,
    Status.DISPATCHED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.COMPLETED,
    Status.FED_BACK,
    Status.RATED,
    Status.PUBLISHED,
]
OPEN_WEIGHTS = [6, 4, 8, 40, 3, 8, 16, 8, 7]


COLUMNS = [field.attname for field in Matter._meta.concrete_fields]


def matters(texts: list[str], end: datetime) -> Iterator[dict[str, Any]]:
    """Made-up matters over three years, the open ones among the latest; each as its columns that are not empty."""
    rng = random.Random(11)
    known = reference()
    code = random_code(8)
    grids = list(Place.objects.filter(level="grid").order_by("path"))
    kinds = list(Category.objects.filter(parent__isnull=False).order_by("code"))
    step = timedelta(days=365 * YEARS) / MATTERS

    @cache
    def units_for(path: str, kind: str) -> tuple[UnitRef | None, UnitRef | None]:
        return known.handler_for(path, kind), known.receiver_for(path)

    for index in range(MATTERS):
        at = end - step * (MATTERS - index)
        grid, kind = rng.choice(grids), rng.choice(kinds)
        late = index > MATTERS * 0.9
        status = (
            rng.choices(OPEN_STATES, OPEN_WEIGHTS)[0]
            if late and rng.random() < 0.5
            else rng.choices([Status.ARCHIVED, Status.REJECTED, Status.WITHDRAWN], [94, 4, 2])[0]
        )
        handler, receiver = units_for(grid.path, kind.code)
        parts = grid.path.split("/")
        text = texts[rng.randrange(len(texts))]
        yield {
            "id": uuid7(at),
            "number": f"{parts[2]}-{at:%Y%m%d}-B{index}",
            "query_code": code,
            "title": text[:24],
            "text": text,
            "category_id": kind.code,
            "urgency": kind.urgency,
            "source": Source.PORTAL.value,
            "place_id": grid.pk,
            "path": grid.path,
            "street": parts[1],
            "community": parts[2],
            "status": status.value,
            "is_open": status not in CLOSED,
            "receiver_id": receiver.id if receiver else None,
            "suggested_id": handler.id if handler else None,
            "handler_id": handler.id if handler and status not in (Status.SUBMITTED, Status.ACCEPTED) else None,
            "supervised": rng.random() < 0.01,
            "escalated": 2 if rng.random() < 0.01 else 0,
            "reported_at": at,
            "status_at": at,
            "next_due_at": end + timedelta(hours=rng.uniform(-60, 200)) if status not in CLOSED else None,
        }


def fill(end: datetime) -> None:
    """A million matters and their search documents."""
    rng = random.Random(5)
    texts = [render(rng).text for _ in range(400)]
    words = {text: tokens_of("matter", text) for text in texts}

    def tokens(given: dict[str, Any]) -> list[str]:
        marks = marks_of(**{name: given[name] for name in ("is_open", "street", "community", "handler_id")})
        return words[given["text"]] + tokens_of("matter", "", marks)

    if not is_postgres():  # room for the indexes while they grow; the serving connection has what the settings give
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -6000000")
            cursor.execute("PRAGMA synchronous = OFF")
    empty = Matter()
    defaults = {column: getattr(empty, column) for column in COLUMNS}
    source = matters(texts, end)
    with connection.schema_editor() as editor:
        drop_search(None, editor)
    gc.disable()  # it would look through each batch again and again
    while batch := list(islice(source, BATCH)):
        with transaction.atomic():
            insert_many(Matter, COLUMNS, ([(defaults | given)[column] for column in COLUMNS] for given in batch))
            put_tokens("matter", [(given["id"], tokens(given)) for given in batch])
    gc.enable()
    with connection.schema_editor() as editor:
        create_search(None, editor)
    tidy_search()
    settle()
    connection.close()


def main() -> None:
    call_command("migrate", verbosity=0)
    end = now()
    if not Matter.objects.exists():  # what was filled before is measured again
        lay_ground()
        start = time.perf_counter()
        fill(end)
        row("fill", f"{time.perf_counter() - start:.0f} s", detail=f"{MATTERS:,} matters")
    grants = Grant.objects.select_related("user").order_by("pk")
    users = {name: grants.filter(user__username=name)[0].user for name in ("command", "street", "secretary")}
    # The unit that has handled most.
    most = Matter.objects.filter(handler__isnull=False).values("handler").annotate(n=Count("pk")).order_by("-n")[0]
    users["office"] = grants.filter(unit_id=most["handler"])[0].user
    actors = {name: actor_for(user, at=end) for name, user in users.items()}
    rare = "消火栓"
    filters = {
        "everything": Filters(),
        "open": Filters(open=True),
        "overdue": Filters(open=True, overdue=True),
        "status in_progress": Filters(status="in_progress"),
        "status on_hold": Filters(status="on_hold"),
        "status archived": Filters(status="archived"),
        "a street": Filters(place="310107005"),
        "a street, open": Filters(place="310107005", open=True),
        "a community": Filters(place="310107005001"),
        "a grid": Filters(place="310107005001-G001"),
        "a kind": Filters(category="noise.renovation"),
        "a group": Filters(category="waste"),
        "a kind in a community": Filters(category="property.repair", place="310107005001"),
        "a department": Filters(handler="310107.housing"),
        "urgent": Filters(urgency="urgent", open=True),
        "critical, overdue": Filters(urgency="critical", overdue=True, open=True),
        "supervised": Filters(supervised=True, open=True),
        "escalated": Filters(escalated=True, open=True),
        "what waits for me": Filters(mine=True),
        "30 days": Filters(since=end - timedelta(days=30)),
        "words, common": Filters(q="电梯"),
        "words, rare": Filters(q=rare),
        "words in a street": Filters(q="垃圾", place="310107005"),
        "words, none": Filters(q="量子纠缠"),
        "a phone": Filters(q="10000000001"),
        "status rejected in a community": Filters(status="rejected", place="310107005001"),
    }  # fmt: skip
    for name, actor in actors.items():
        spent_all: list[tuple[float, str]] = []
        for label, chosen in filters.items():
            reference()  # the snapshot of rules, which a process reads anew every few seconds
            count = statements(lambda a=actor, c=chosen: queue_page(a, c, at=end, after=None, limit=100))
            spent = timed(
                lambda a=actor, c=chosen: queue_page(a, c, at=end, after=None, limit=100),
                times=TIMES if name == "command" else 9,
            )
            middle = quantile(spent, 0.5)
            spent_all.append((middle, label))
            if name == "command":
                row(
                    f"100 of {MATTERS:,}: {label}",
                    f"{middle:.1f} ms",
                    target="≤ 40 ms, ≤ 8 statements",
                    detail=f"{count} statements, p99 {quantile(spent, 0.99):.0f} ms",
                )
        spent_due = []
        for label, chosen in filters.items():
            if not chosen.status or chosen.status not in CLOSED:
                spent = timed(
                    lambda a=actor, c=chosen: queue_page(a, c, at=end, after=None, limit=100, due_first=True), times=9
                )
                spent_due.append((quantile(spent, 0.5), label))
        middle, label = max(spent_due)
        row(f"the slowest filter, most pressing first, as {name}", f"{middle:.1f} ms", target="≤ 40 ms", detail=label)
        if name != "command":
            middle, label = max(spent_all)
            row(f"the slowest filter as {name}", f"{middle:.1f} ms", target="≤ 40 ms", detail=label)
    deep = matters_for(actors["command"], Filters(), at=end).order_by("-id")[MATTERS // 2 : MATTERS // 2 + 1].get()
    cursor_text = cursor_of(deep, ("-id",))
    spent = timed(lambda: queue_page(actors["command"], Filters(), at=end, after=cursor_text, limit=100), times=TIMES)
    row("page in the middle", f"{quantile(spent, 0.5):.1f} ms", target="≤ 40 ms")
    for name in ("command", "street", "secretary"):
        spent = timed(lambda n=name: open_counts(actors[n], at=end), times=TIMES)
        row(f"counts of the tabs as {name}", f"{quantile(spent, 0.5):.1f} ms", detail="1 statement over the open ones")


if __name__ == "__main__":
    main()
