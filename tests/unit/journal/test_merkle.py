"""The tree of RFC 9162: published values, and its laws by example."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.journal import merkle
from pingzhan.journal.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    join,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
    whole_subtrees,
)

# The reference tree of the Certificate Transparency project (merkle_tree_test.cc and its translations).
DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in DATA]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"


def hexes(nodes: list[bytes]) -> list[str]:
    return [node.hex() for node in nodes]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [L1, N23, N4567]),
        (5, 8, [L4, N67, ROOTS[4]]),
        (2, 3, [ROOTS[2]]),
        (1, 5, [ROOTS[1], N23, L4]),
    ],
)
def test_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    assert hexes(inclusion_proof(index, LEAVES[:size])) == path
    assert verify_inclusion(LEAVES[index], index, size, [bytes.fromhex(node) for node in path], root(LEAVES[:size]))


@pytest.mark.parametrize(
    ("old", "new", "path"), [(1, 1, []), (1, 8, [L1, N23, N4567]), (6, 8, [N45, N67, ROOTS[4]]), (2, 5, [N23, L4])]
)
def test_published_consistency_proofs(old: int, new: int, path: list[str]) -> None:
    assert hexes(consistency_proof(old, LEAVES[:new])) == path
    proof = [bytes.fromhex(node) for node in path]
    assert verify_consistency(old, new, root(LEAVES[:old]), root(LEAVES[:new]), proof)


def by_definition(leaves: list[bytes]) -> bytes:
    """The recursive definition in section 2.1.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = merkle.split(len(leaves))
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def some_leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(size)]


sizes = st.integers(1, 600)


@given(st.integers(0, 600))
def test_the_growing_root_is_the_defined_one(size: int) -> None:
    assert root(some_leaves(size)) == by_definition(some_leaves(size))


@given(sizes, st.data())
def test_every_inclusion_proof_holds_and_no_other_passes(size: int, data: Any) -> None:
    leaves = some_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, leaves)
    assert verify_inclusion(leaves[index], index, size, proof, root(leaves))

    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else None
    if other is not None:
        assert not verify_inclusion(leaves[other], index, size, proof, root(leaves))
        assert not verify_inclusion(leaves[index], other, size, proof, root(leaves))
        broken = list(proof)
        broken[data.draw(st.integers(0, len(proof) - 1))] = leaf_hash(b"other")
        assert not verify_inclusion(leaves[index], index, size, broken, root(leaves))
        assert not verify_inclusion(leaves[index], index, size, proof[:-1], root(leaves))
    assert not verify_inclusion(leaves[index], index, size, [*proof, leaves[0]], root(leaves))


@given(sizes, st.data())
def test_every_consistency_proof_holds_and_no_rewritten_past_passes(size: int, data: Any) -> None:
    leaves = some_leaves(size)
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, leaves)
    assert verify_consistency(old, size, root(leaves[:old]), root(leaves), proof)

    past = leaves[:old]
    past[data.draw(st.integers(0, old - 1))] = leaf_hash(b"rewritten")
    assert not verify_consistency(old, size, root(past), root(leaves), proof)
    assert not verify_consistency(old, size, root(past), root(leaves), consistency_proof(old, past + leaves[old:]))
    if proof:
        assert not verify_consistency(old, size, root(leaves[:old]), root(leaves), proof[:-1])
    assert not verify_consistency(old, size, root(leaves[:old]), root(leaves), [*proof, leaves[0]])


@given(sizes, st.data())
def test_ranges_of_proofs_are_made_of_whole_aligned_subtrees(size: int, data: Any) -> None:
    """What lets proofs be read from tiles instead of leaves."""
    leaves = some_leaves(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    for start, end in [*inclusion_ranges(index, size), *consistency_ranges(old, size)]:
        parts = whole_subtrees(start, end)
        assert all(at % (1 << height) == 0 for at, height in parts)
        assert join([root(leaves[at : at + (1 << height)]) for at, height in parts]) == root(leaves[start:end])


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_frontier_taken_up_again_grows_the_same_tree(first: int, more: int) -> None:
    leaves = some_leaves(first + more)
    parts = [root(leaves[at : at + (1 << height)]) for at, height in whole_subtrees(0, first)]
    frontier = Frontier(first, parts)
    told: dict[tuple[int, int], bytes] = {}
    for leaf in leaves[first:]:
        frontier.append(leaf, lambda height, index, node: told.update({(height, index): node}))
    assert frontier.root() == root(leaves)
    for (height, index), node in told.items():
        assert node == root(leaves[index << height : (index + 1) << height])


def test_questions_without_an_answer_are_refused() -> None:
    for bad in (lambda: inclusion_ranges(3, 3), lambda: inclusion_ranges(0, 0), lambda: consistency_ranges(0, 3)):
        with pytest.raises(ValueError):
            bad()
    with pytest.raises(ValueError):
        Frontier(3, [LEAVES[0]])
    assert not verify_consistency(0, 3, EMPTY_ROOT, root(LEAVES[:3]), [])
    assert not verify_inclusion(LEAVES[0], 1, 1, [], LEAVES[0])
