"""Whether the journal is what was recorded: every entry against its MAC and its leaf, every tile, every head.

The table is read in chunks in the order of the tree, so that memory stays the same at any size, and the work stops at
the first thing that is wrong. What cannot be told: entries cut off the end together with every later head (only a head
kept elsewhere shows that: `earlier`), and an unsealed entry removed in the second before it is sealed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from pingzhan.journal import merkle
from pingzhan.journal.keys import journal_key
from pingzhan.journal.models import Entry, Leaf, Opening, Tile, TreeHead
from pingzhan.journal.queries.tree import TILE_BITS, TreeDamaged, latest_head, range_hashes
from pingzhan.journal.rules import (
    FIELDS,
    OPENED,
    Head,
    digest_of,
    head_mac,
    leaf_of,
    mac_of,
    message,
    moment,
    time_of,
)

CHUNK = 4096  # entries read at once: whole tiles

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong. kind: changed, missing, added (entries), or tree (the hashes over them)."""

    kind: str
    words: str
    position: int | None = None
    entry_id: int | None = None
    uid: UUID | None = None
    verb: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        about = []
        if self.position is not None:
            about.append(f"position {self.position}")
        if self.entry_id is not None:
            about.append(f"id {self.entry_id}")
        if self.uid is not None:
            about.append(f"uid {self.uid}")
        if self.verb:
            about.append(f"verb {self.verb}")
        if self.at is not None:
            about.append(f"time {moment(self.at)}")
        kind = f"{self.kind} entry" if self.kind != "tree" else "damaged tree"
        return f"{kind} ({', '.join(about)}): {self.words}" if about else f"{kind}: {self.words}"

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "words": self.words,
            "position": self.position,
            "id": self.entry_id,
            "uid": None if self.uid is None else str(self.uid),
            "verb": self.verb,
            "at": None if self.at is None else moment(self.at),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How many entries were found right, under which head, and what is wrong if anything is."""

    sealed: int
    unsealed: int
    head: Head | None
    finding: Finding | None

    @property
    def ok(self) -> bool:
        return self.finding is None

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "sealed": self.sealed,
            "unsealed": self.unsealed,
            "head": None if self.head is None else self.head.as_json(),
            "finding": None if self.finding is None else self.finding.as_json(),
        }


class _Wrong(Exception):
    """Carries the first finding out of the walk."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


def verify(*, earlier: Head | None = None) -> Report:
    """Check the whole journal; `earlier` is a head that was kept elsewhere and must still be its beginning."""
    walk = _Walk(latest_head(), earlier)
    finding = None
    try:
        walk.sealed_entries()
        walk.beyond_the_head()
        walk.unsealed_entries()
        walk.openings()
    except _Wrong as wrong:
        finding = wrong.finding
    return Report(walk.sealed, walk.unsealed, walk.head, finding)


class _Walk:
    """One pass over the journal; what comes after the head it starts with is checked by MAC only."""

    def __init__(self, head: Head | None, earlier: Head | None) -> None:
        self.head = head
        self.earlier = earlier
        self.size = head.size if head else 0
        self.key = journal_key()
        self.frontier = merkle.Frontier()
        self.sealed = 0
        self.unsealed = 0
        self._tiles: dict[tuple[int, int], bytes] = {}

    # --- sealed entries ---------------------------------------------------------------------------------------------

    def sealed_entries(self) -> None:
        if self.earlier and self.earlier.size > self.size:
            raise _Wrong(
                Finding(
                    "missing",
                    f"the head kept at {moment(self.earlier.at)} covers {self.earlier.size} entries, but only "
                    f"{self.size} are sealed now: the last {self.earlier.size - self.size} were cut off",
                    position=self.size,
                )
            )
        for start in range(0, self.size, CHUNK):
            end = min(start + CHUNK, self.size)
            entries = _by_position(start, end)
            leaves = {
                row[0]: row
                for row in Leaf.objects.filter(position__gte=start, position__lt=end).values_list(
                    "position", "entry_id", "hash"
                )
            }
            self._tiles = _tiles(start, end)
            heads = _heads(start, end)
            for position in range(start, end):
                self._position(position, entries.get(position), leaves.get(position))
                if position + 1 in heads:
                    self._head(*heads[position + 1])
                if self.earlier and self.earlier.size == position + 1:
                    self._earlier(self.earlier)
                self.sealed += 1
            self._names(start, end)
            self._openings_of(entries.values())

    def _position(self, position: int, entry: Row | None, leaf: Row | None) -> None:
        if entry is None:
            raise _Wrong(self._gone(position, leaf))
        _, entry_id, mac, *values = entry
        said = message(values)
        mac = bytes(mac)
        ours = mac_of(said, self.key) == mac
        if leaf is None:
            words = "its leaf was removed from the tree" if ours else "it was put in the place of another"
            raise _Wrong(self._about("tree" if ours else "added", entry, words + ("" if ours else self._key_hint())))
        computed = leaf_of(said, entry_id, mac)
        # The hash covers the entry's uid; the leaf's own, of use when the entry is gone, is looked at by the chunk.
        if computed != bytes(leaf[2]) or leaf[1] != entry_id:
            raise _Wrong(self._differs(entry, leaf, ours=ours))
        if not ours:
            raise _Wrong(self._not_ours(entry, position, computed))
        self.frontier.append(computed, self._subtree)

    def _names(self, start: int, end: int) -> None:
        """Each leaf names the entry that it was made of."""
        entry = Entry.objects.filter(pk=OuterRef("entry_id"), uid=OuterRef("uid"))
        wrong = Leaf.objects.filter(~Exists(entry), position__gte=start, position__lt=end)
        for position, entry_id, uid in wrong.order_by("position").values_list("position", "entry_id", "uid")[:1]:
            raise _Wrong(Finding("tree", "its leaf names another uid", position=position, entry_id=entry_id, uid=uid))

    def _gone(self, position: int, leaf: Row | None) -> Finding:
        """What to say of a position at which no entry stands."""
        last = Entry.objects.filter(position__gte=position).aggregate(last=Max("position"))["last"]
        if last is None and position + 1 < self.size:
            tail = f"; so are all after it: the last {self.size - position} sealed entries were cut off"
        else:
            tail = ""
        if leaf is None:
            return Finding("missing", "neither the entry nor its leaf is there" + tail, position=position)
        entry_id, uid = leaf[1], _uid_of(position)
        moved = Entry.objects.filter(uid=uid).values_list("position", "id", "mac", *FIELDS).first()
        if moved is not None:
            return self._about("changed", moved, f"it was sealed at position {position} and its position was altered")
        return Finding(
            "missing",
            "its row was removed; the time is that of its uid, the verb went with the row" + tail,
            position=position,
            entry_id=entry_id,
            uid=uid,
            at=time_of(uid) if uid.version == 7 else None,
        )

    def _differs(self, entry: Row, leaf: Row, *, ours: bool) -> Finding:
        """What to say of an entry that is not the one that its leaf was made of."""
        position, entry_id, _, *values = entry
        leaf_entry, leaf_uid = leaf[1], _uid_of(position)
        if leaf_uid != values[0]:
            words = f"it stands where entry id {leaf_entry}, uid {leaf_uid} was sealed"
            if leaf_entry == entry_id and not ours:
                words += ", which it may be a changed form of"
            return self._about("changed" if leaf_entry == entry_id else "added", entry, words)
        if leaf_entry != entry_id:
            return self._about("changed", entry, f"its id was {leaf_entry} when it was sealed")
        if ours:
            return self._about("tree", entry, "the entry is as recorded, but its leaf was changed")
        return self._about("changed", entry, "its content is not what was recorded and sealed" + self._key_hint())

    def _not_ours(self, entry: Row, position: int, computed: bytes) -> Finding:
        """An entry with a wrong MAC under a leaf that fits: added before the sealing, or changed together with it."""
        sealed_so = False
        if self.head is not None:
            try:
                path = range_hashes(merkle.inclusion_ranges(position, self.size))
                sealed_so = merkle.verify_inclusion(computed, position, self.size, path, self.head.root)
            except TreeDamaged:
                pass
        if sealed_so:
            return self._about("added", entry, "the application did not write it" + self._key_hint())
        return self._about("changed", entry, "it was changed together with its leaf" + self._key_hint())

    def _key_hint(self) -> str:
        """Under another key nothing is right; say so rather than blame the first entry."""
        row = TreeHead.objects.filter(size=self.size).values_list("size", "root", "at", "mac").first()
        if row is None or head_mac(row[0], bytes(row[1]), row[2], self.key) == bytes(row[3]):
            return ""
        return " (or PINGZHAN_INDEX_KEY is not the key that the journal was written with)"

    @staticmethod
    def _about(kind: str, entry: Row, words: str) -> Finding:
        position, entry_id, _, uid, at, verb, *_ = entry
        return Finding(kind, words, position=position, entry_id=entry_id, uid=uid, verb=verb, at=at)

    # --- the tree ---------------------------------------------------------------------------------------------------

    def _subtree(self, height: int, index: int, node: bytes) -> None:
        if height % TILE_BITS:
            return
        level = height // TILE_BITS - 1
        stored = self._tiles.get((level, index))
        if stored != node:
            first = index << height
            what = "is missing" if stored is None else "was changed"
            raise _Wrong(Finding("tree", f"the hash over positions {first} to {first + (1 << height) - 1} {what}"))

    def _head(self, size: int, root: bytes, at: datetime, mac: bytes) -> None:
        if self.frontier.root() != root:
            raise _Wrong(Finding("tree", f"the head over {size} entries has another root than they have"))
        if head_mac(size, root, at, self.key) != mac:
            raise _Wrong(Finding("tree", f"the head over {size} entries was not written by the application"))

    def _earlier(self, earlier: Head) -> None:
        if self.frontier.root() != earlier.root:
            raise _Wrong(
                Finding(
                    "changed",
                    f"the first {earlier.size} entries are not those under the head kept at {moment(earlier.at)}: "
                    "the journal was rewritten and sealed anew",
                )
            )

    # --- beyond the head --------------------------------------------------------------------------------------------

    def beyond_the_head(self) -> None:
        """Leaves and positions that no head covers; sealing writes all three at once."""
        newest = TreeHead.objects.order_by("-size").values("size")[:1]
        last_leaf = Leaf.objects.order_by("-position").values_list("position", "entry_id", "uid").first()
        if last_leaf is not None:
            size = newest.values_list("size", flat=True).first() or 0
            if last_leaf[0] >= size:
                raise _Wrong(
                    Finding(
                        "tree",
                        f"the newest head covers {size} entries, but there are leaves beyond it: heads were removed or "
                        "leaves added",
                        position=last_leaf[0],
                        entry_id=last_leaf[1],
                        uid=last_leaf[2],
                    )
                )
        stray = (
            Entry.objects.filter(position__gte=self.size)
            .filter(~Exists(Leaf.objects.filter(position=OuterRef("position"), entry_id=OuterRef("pk"))))
            .order_by("position")
            .values_list("position", "id", "mac", *FIELDS)
            .first()
        )
        if stray is not None:
            raise _Wrong(self._about("added", stray, "it claims a position that was never sealed"))

    def unsealed_entries(self) -> None:
        """Entries that wait for sealing have nothing but their MAC to show."""
        for rows in _unsealed():
            for entry in rows:
                _, _, mac, *values = entry
                if mac_of(message(values), self.key) != bytes(mac):
                    raise _Wrong(
                        self._about("added", entry, "not sealed yet, and not as the application writes entries")
                    )
                self.unsealed += 1
            self._openings_of(rows)

    # --- openings ---------------------------------------------------------------------------------------------------

    def _openings_of(self, rows: Iterable[Row]) -> None:
        """Each entry of an opening covers a row of the log of openings."""
        # position, id, mac, then FIELDS
        verb, data = 3 + FIELDS.index("verb"), 3 + FIELDS.index("data")
        told = {row[1]: row for row in rows if row[verb] == OPENED}
        if not told:
            return
        found = {opening.pk: opening for opening in Opening.objects.filter(pk__in=list(told)).order_by("pk")}
        for entry_id, row in told.items():
            opening = found.get(entry_id)
            if opening is None:
                raise _Wrong(self._about("missing", row, "its row in the log of openings was removed"))
            person = None if opening.person_id is None else str(opening.person_id)
            if (opening.field, digest_of(opening.purpose), person) != (
                row[data].get("field"),
                row[data].get("purpose_digest"),
                row[data].get("person"),
            ):
                raise _Wrong(self._about("changed", row, "its row in the log of openings was changed"))

    def openings(self) -> None:
        """No opening without its entry."""
        stray = (
            Opening.objects.filter(~Exists(Entry.objects.filter(pk=OuterRef("pk"), verb=OPENED)))
            .order_by("pk")
            .values_list("pk", flat=True)
            .first()
        )
        if stray is not None:
            raise _Wrong(Finding("added", "a row in the log of openings has no entry that tells of it", entry_id=stray))


def _uid_of(position: int) -> UUID:
    """The uid of the entry that was sealed at `position`."""
    return Leaf.objects.values_list("uid", flat=True).get(position=position)


def _by_position(start: int, end: int) -> dict[int, Row]:
    rows = Entry.objects.filter(position__gte=start, position__lt=end).values_list("position", "id", "mac", *FIELDS)
    return {row[0]: row for row in rows}


def _unsealed() -> Iterator[list[Row]]:
    last = 0
    while True:
        rows = list(
            Entry.objects.filter(position__isnull=True, pk__gt=last)
            .order_by("pk")
            .values_list("position", "id", "mac", *FIELDS)[:CHUNK]
        )
        if not rows:
            return
        yield rows
        last = rows[-1][1]


def _tiles(start: int, end: int) -> dict[tuple[int, int], bytes]:
    """The tiles that leaves of [start, end) complete, by (level, index)."""
    found: dict[tuple[int, int], bytes] = {}
    level, bits = 0, TILE_BITS
    while end >> bits:
        rows = Tile.objects.filter(level=level, index__gte=start >> bits, index__lt=end >> bits)
        found |= {(level, index): bytes(node) for index, node in rows.values_list("index", "hash")}
        level, bits = level + 1, bits + TILE_BITS
    return found


def _heads(start: int, end: int) -> dict[int, tuple[int, bytes, datetime, bytes]]:
    """The heads over more than `start` and at most `end` leaves, by size."""
    rows = TreeHead.objects.filter(size__gt=start, size__lte=end).values_list("size", "root", "at", "mac")
    return {size: (size, bytes(root), at, bytes(mac)) for size, root, at, mac in rows}
