"""The sealed tree and its proofs, from stored hashes of whole subtrees: a few hundred rows at any size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pingzhan.core.db import in_ranges
from pingzhan.journal import merkle
from pingzhan.journal.models import Entry, Leaf, Tile, TreeHead
from pingzhan.journal.rules import FIELDS, Head, leaf_of, message

TILE_BITS = 8  # a tile is the root over 256 leaves or 256 tiles of the level below


class TreeDamaged(Exception):
    """A stored hash is missing or in the way."""


class NotSealed(Exception):
    """The entry has no place in the tree yet; it gets one within seconds while a worker runs."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That the entry at `position` is in the tree of `size` leaves with `root` (RFC 9162, 2.1.3)."""

    position: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes

    def holds(self) -> bool:
        """Whether the proof is right in itself; `root` must be trusted from elsewhere."""
        return merkle.verify_inclusion(self.leaf, self.position, self.size, self.path, self.root)

    def as_json(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "size": self.size,
            "leaf": self.leaf.hex(),
            "path": [node.hex() for node in self.path],
            "root": self.root.hex(),
        }


def latest_head() -> Head | None:
    """The newest tree head; None before the first sealing."""
    row = TreeHead.objects.order_by("-size").values_list("size", "root", "at").first()
    return None if row is None else Head(row[0], bytes(row[1]), row[2])


def subtree_roots(subtrees: Sequence[tuple[int, int]]) -> list[bytes]:
    """The roots of whole subtrees (first leaf, height), from the largest tiles that make them up.

    A statement a level of tiles. Raises TreeDamaged when a hash is missing.
    """
    found = _roots(subtrees)
    for root, (start, height) in zip(found, subtrees, strict=True):
        if root is None:
            raise TreeDamaged(f"a hash under leaf {start}, height {height} is missing; run `journal verify`")
    return [root for root in found if root is not None]


def _roots(subtrees: Sequence[tuple[int, int]]) -> list[bytes | None]:
    """The same; None for those of which a hash is missing."""
    wanted = [_stored(start, height) for start, height in subtrees]
    hashes = {
        level: _load(level, [(first, count) for at_level, first, count in wanted if at_level == level])
        for level in sorted({level for level, _, _ in wanted})
    }
    found: list[bytes | None] = []
    for level, first, count in wanted:
        parts = [hashes[level].get(index) for index in range(first, first + count)]
        whole = [part for part in parts if part is not None]
        found.append(merkle.root(whole) if len(whole) == count else None)
    return found


def _stored(start: int, height: int) -> tuple[int, int, int]:
    """Where a whole subtree lies: level (-1 for leaves), first index, how many."""
    level = height // TILE_BITS - 1
    bits = TILE_BITS * (level + 1)
    return level, start >> bits, 1 << (height - bits)


def _load(level: int, runs: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    """The hashes of these runs (first, count); one statement."""
    stretches = _stretches(runs)
    if level < 0:
        rows = in_ranges(table=Leaf._meta.db_table, column="position", value="hash", ranges=stretches)
    else:
        only = {"level": level}
        rows = in_ranges(table=Tile._meta.db_table, column="index", value="hash", ranges=stretches, only=only)
    return {index: bytes(node) for index, node in rows}


def _stretches(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs (first, count) as stretches [first, end), those joined that lie within a tile of each other."""
    stretches: list[tuple[int, int]] = []
    for first, count in sorted(runs):
        if stretches and first - stretches[-1][1] < 1 << TILE_BITS:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], first + count))
        else:
            stretches.append((first, first + count))
    return stretches


def frontier_at(size: int) -> merkle.Frontier:
    """The right edge of the tree of `size` leaves, ready to grow."""
    return merkle.Frontier(size, subtree_roots(merkle.whole_subtrees(0, size)) if size else ())


def root_at(size: int) -> bytes:
    """The root that the tree had at `size` leaves."""
    return frontier_at(size).root()


def range_hashes(ranges: Sequence[merkle.Range]) -> list[bytes]:
    """The hash of each range of leaves, as proofs need them."""
    parts = [merkle.whole_subtrees(start, end) for start, end in ranges]
    roots = iter(subtree_roots([part for one in parts for part in one]))
    return [merkle.join([next(roots) for _ in one]) for one in parts]


def inclusion_proof(entry: Entry, *, head: Head | None = None) -> InclusionProof:
    """The proof that `entry` is in the tree of `head`, by default the newest. Raises NotSealed, TreeDamaged."""
    head = head or latest_head()
    if entry.position is None or head is None or entry.position >= head.size:
        raise NotSealed(f"entry {entry.uid} is not in the tree yet")
    proof = _proofs([entry.position], head)[entry.position]
    if proof is None:
        raise TreeDamaged(f"a hash above the leaf of position {entry.position} is missing; run `journal verify`")
    return proof


def proofs_of(entries: Iterable[Entry], *, head: Head | None) -> dict[int, InclusionProof | None]:
    """The proofs of entries in the tree of `head`, by position; None where a hash is missing, none for the unsealed.

    A statement for the leaves and one a level of tiles, however many they are.
    """
    if head is None:
        return {}
    return _proofs([one.position for one in entries if one.position is not None and one.position < head.size], head)


def _proofs(positions: Sequence[int], head: Head) -> dict[int, InclusionProof | None]:
    leaves = _load(-1, [(position, 1) for position in positions])
    ranges = {position: merkle.inclusion_ranges(position, head.size) for position in positions}
    parts = {one: merkle.whole_subtrees(*one) for each in ranges.values() for one in each}
    subtrees = list(dict.fromkeys(part for one in parts.values() for part in one))
    roots = dict(zip(subtrees, _roots(subtrees), strict=True))

    def hash_of(one: merkle.Range) -> bytes | None:
        found = [root for part in parts[one] if (root := roots[part]) is not None]
        return merkle.join(found) if len(found) == len(parts[one]) else None

    proofs: dict[int, InclusionProof | None] = {}
    for position in positions:
        path = [node for one in ranges[position] if (node := hash_of(one)) is not None]
        whole = position in leaves and len(path) == len(ranges[position])
        proofs[position] = (
            InclusionProof(position, head.size, leaves[position], tuple(path), head.root) if whole else None
        )
    return proofs


def is_as_sealed(entry: Entry, proof: InclusionProof) -> bool:
    """Whether the tree proves this entry, and the entry is still the one that its leaf was made of."""
    values = [getattr(entry, name) for name in FIELDS]
    leaf = None if entry.pk is None else leaf_of(message(values), entry.pk, bytes(entry.mac))
    return proof.holds() and proof.leaf == leaf


def consistency_proof(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of that of `new` (RFC 9162, 2.1.4).

    Raises ValueError unless 0 < old <= new <= what is sealed, TreeDamaged when a hash is missing.
    """
    head = latest_head()
    if new > (head.size if head else 0):
        raise ValueError(f"there are only {head.size if head else 0} sealed entries, not {new}")
    return range_hashes(merkle.consistency_ranges(old, new))
