"""Writing the journal: recording an operation, logging an opening, sealing what was recorded."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef

from pingzhan.core.db import insert_many, insert_row, number_rows, try_exclusive
from pingzhan.core.ids import uuid7
from pingzhan.journal import merkle
from pingzhan.journal.actors import NAMELESS, Actor
from pingzhan.journal.keys import journal_key
from pingzhan.journal.models import Entry, Leaf, Opening, Tile, TreeHead
from pingzhan.journal.queries.tree import TILE_BITS, TreeDamaged, frontier_at, latest_head
from pingzhan.journal.rules import (
    FIELDS,
    MAX_NAME,
    OPENED,
    Draft,
    check_data,
    check_word,
    head_mac,
    leaf_of,
    mac_of,
    message,
)
from pingzhan.journal.rules import digest_of as digest_of

log = logging.getLogger(__name__)


def draft(
    *,
    verb: str,
    by: Actor,
    at: datetime,
    subject_type: str,
    subject_id: UUID,
    place_path: str = "",
    from_state: str = "",
    to_state: str = "",
    version: int = 1,
    **data: Any,
) -> Draft:
    """An entry ready to be recorded, for record_many and record_load; nothing is written.

    `data` takes codes, numbers, ids and digests only (see rules.check_data). Of an anonymous actor or a reporter known
    by a query code neither id nor name is kept. Raises ValueError or TypeError: those are mistakes of the program.
    """
    if at.tzinfo is None:
        raise ValueError("at must be aware")
    nameless = by.kind in NAMELESS
    said = (
        uuid7(at),
        at,
        check_word("verb", verb),
        version,
        None if nameless else by.user_id,
        "" if nameless else by.name[:MAX_NAME],
        check_word("kind", by.kind),
        check_word("subject_type", subject_type),
        subject_id,
        place_path,
        check_word("from_state", from_state) if from_state else "",
        check_word("to_state", to_state) if to_state else "",
        check_data(data),
    )
    return Draft(*said, mac_of(message(said), journal_key()))


def record(
    *,
    verb: str,
    by: Actor,
    at: datetime,
    subject_type: str,
    subject_id: UUID,
    place_path: str = "",
    from_state: str = "",
    to_state: str = "",
    version: int = 1,
    **data: Any,
) -> Entry:
    """Append one entry in the transaction of the operation that it tells of; one statement. Arguments as for draft."""
    said = draft(
        verb=verb, by=by, at=at, subject_type=subject_type, subject_id=subject_id, place_path=place_path,
        from_state=from_state, to_state=to_state, version=version, **data,
    )  # fmt: skip
    _must_be_in_transaction()
    entry = Entry(**said._asdict())
    insert_row(entry)
    return entry


def record_many(drafts: Iterable[Draft]) -> list[Entry]:
    """Append many drafts, in their order, in the transaction of the operation; a statement for every few hundred."""
    _must_be_in_transaction()
    return Entry.objects.bulk_create((Entry(**one._asdict()) for one in drafts), batch_size=1000)


def record_load(drafts: Iterable[Draft]) -> int:
    """As record_many, by the quickest way that the database has, for loads of tens of thousands; how many."""
    _must_be_in_transaction()
    return insert_many(Entry, Draft._fields, drafts)


def _must_be_in_transaction() -> None:
    # Otherwise the entry could stay without its operation, or the operation without its entry.
    if not connection.in_atomic_block:
        raise RuntimeError("an entry is recorded in the transaction of its operation: use transaction.atomic()")


@transaction.atomic
def opened(
    *,
    by: Actor,
    at: datetime,
    subject_type: str,
    subject_id: UUID,
    field: str,
    purpose: str,
    person_id: UUID | None = None,
) -> Opening:
    """Log that `by` was shown the sealed `field` of the subject, why, and whose it was (`person_id`), if that is known.

    The entry covers the row: neither can be changed or removed without the other.
    """
    purpose = purpose[:200]
    entry = record(
        verb=OPENED, by=by, at=at, subject_type=subject_type, subject_id=subject_id,
        field=check_word("field", field), purpose_digest=digest_of(purpose), person=person_id,
    )  # fmt: skip
    return Opening.objects.create(entry=entry, field=field, purpose=purpose, person_id=person_id)


class _Overtaken(Exception):
    """Another sealer was quicker with some of the entries."""


def seal(*, at: datetime, batch: int = 1000) -> int:
    """Give at most `batch` unsealed entries their place in the tree, and write its new head; returns how many.

    Entries are taken as they are found, not by their numbers: a transaction with a low number may commit late, and a
    number of one that was undone never comes. Any number of sealers may run at once: positions, entries and heads are
    unique, so that of two with the same batch one is undone (and returns 0). Raises TreeDamaged when the tree stands
    in its own way; `verify` tells where.
    """
    # The head is read before the entries: if another sealer takes some of these, the head has moved since.
    head = latest_head()
    start = head.size if head else 0
    rows = list(
        Entry.objects.filter(position__isnull=True)
        # One that is sealed but has lost its position was tampered with; it must not stop those after it.
        .filter(~Exists(Leaf.objects.filter(entry_id=OuterRef("pk"))))
        .order_by("pk")
        .values_list("id", "mac", *FIELDS)[:batch]
    )
    if not rows:
        return 0
    frontier = frontier_at(start)
    leaves, tiles = _grow(frontier, rows)
    root = frontier.root()
    try:
        with transaction.atomic():
            if not try_exclusive("journal.seal"):
                return 0
            Leaf.objects.bulk_create(leaves)
            Tile.objects.bulk_create(tiles)
            TreeHead.objects.create(
                size=frontier.size, root=root, at=at, mac=head_mac(frontier.size, root, at, journal_key())
            )
            ids = [row[0] for row in rows]
            if number_rows(table=Entry._meta.db_table, column="position", ids=ids, start=start) != len(ids):
                raise _Overtaken
    except (IntegrityError, _Overtaken) as error:
        now_head = latest_head()
        if (now_head.size if now_head else 0) == start:
            raise TreeDamaged(f"the tree of {start} entries cannot grow; run `journal verify`") from error
        return 0
    return len(rows)


def _grow(frontier: merkle.Frontier, rows: list[tuple[Any, ...]]) -> tuple[list[Leaf], list[Tile]]:
    """Add the entries to the frontier; the leaves and whole tiles that this makes."""
    key = journal_key()
    leaves: list[Leaf] = []
    tiles: list[Tile] = []

    def done(height: int, index: int, node: bytes) -> None:
        if height % TILE_BITS == 0:
            tiles.append(Tile(level=height // TILE_BITS - 1, index=index, hash=node))

    for entry_id, mac, *values in rows:
        said = message(values)
        mac = bytes(mac)
        if mac_of(said, key) != mac:
            # Sealed all the same, so that it stays on record; `verify` names it.
            log.error("journal entry id %s (uid %s) was not written by record()", entry_id, values[0])
        leaf = leaf_of(said, entry_id, mac)
        leaves.append(Leaf(position=frontier.size, entry_id=entry_id, uid=values[0], hash=leaf))
        frontier.append(leaf, done)
    return leaves, tiles
