"""Merkle trees of RFC 9162 (the same as RFC 6962), as pure functions over hashes of 32 bytes.

The tree over n leaves splits at the largest power of two below n. A proof is a list of hashes of ranges of leaves;
which ranges is a question of numbers alone (`inclusion_ranges`, `consistency_ranges`), so that whoever holds hashes of
whole subtrees need not touch their leaves. https://www.rfc-editor.org/rfc/rfc9162#section-2.1
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Range = tuple[int, int]  # leaves from (included) to (excluded)

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: the roots of its whole subtrees, largest first. It holds at most 64 hashes."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        """`roots` belong to the subtrees of `whole_subtrees(size)`, in that order."""
        self.size = size
        self._roots = list(roots)
        if len(self._roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} whole subtrees, not {len(self._roots)}")

    def append(self, leaf: bytes, done: Callable[[int, int, bytes], None] | None = None) -> None:
        """Add a leaf; `done(height, index, root)` is told each whole subtree of 2**height leaves that it completes."""
        node = leaf
        height = 0
        size = self.size
        while size >> height & 1:
            node = node_hash(self._roots.pop(), node)
            height += 1
            if done is not None:
                done(height, size >> height, node)
        self._roots.append(node)
        self.size = size + 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._roots:
            return EMPTY_ROOT
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = node_hash(left, node)
        return node


def whole_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The whole subtrees (start, height), left to right, that make up the leaves of [start, end).

    `start` must be a multiple of the largest power of two that is not above end - start, as in every range of a proof.
    """
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((start, height))
        start += 1 << height
    return found


def join(roots: Sequence[bytes]) -> bytes:
    """The hash of a range from the roots of its whole subtrees, left to right."""
    node = roots[-1]
    for left in reversed(roots[:-1]):
        node = node_hash(left, node)
    return node


# --- inclusion ------------------------------------------------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes, from the leaf upwards, prove leaf `index` in the tree of `size` leaves (2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end = 0, size
    ranges = []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that leaf `index` is among these leaf hashes."""
    return [root(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves))]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether `proof` shows the leaf hash at `index` of the tree of `size` leaves with this root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last = index, size - 1
    node = leaf
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        first >>= 1
        last >>= 1
    return last == 0 and node == expected_root


# --- consistency ----------------------------------------------------------------------------------------------------


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `old` leaves is the beginning of that of `new` (2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    start, end = 0, new
    whole = True  # the old tree's own root is known to whoever checks, so it need not be in the proof
    ranges = []
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
            whole = False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def consistency_proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that the first `old` of these leaf hashes were the whole tree once."""
    return [root(leaves[start:end]) for start, end in consistency_ranges(old, len(leaves))]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with that of `old` leaves (2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    first, last = old - 1, new - 1
    while first & 1:
        first >>= 1
        last >>= 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            new_node = node_hash(new_node, sibling)
        first >>= 1
        last >>= 1
    return last == 0 and old_node == old_root and new_node == new_root
