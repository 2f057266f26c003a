"""Entries get their place in the tree in the background: each once, none lost, whoever does it."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from pingzhan.journal import merkle, operations
from pingzhan.journal.models import Entry, Leaf, Tile, TreeHead
from pingzhan.journal.operations import record_many, seal
from pingzhan.journal.queries import (
    NotSealed,
    TreeDamaged,
    consistency_proof,
    inclusion_proof,
    latest_head,
    root_at,
    verify,
)
from pingzhan.journal.rules import FIELDS
from tests.unit.journal.ledger import AT, by_hand, note, recorded, seal_all, sealed


def leaf_hashes() -> list[bytes]:
    return [bytes(leaf) for leaf in Leaf.objects.order_by("position").values_list("hash", flat=True)]


@pytest.mark.django_db
def test_sealing_gives_every_entry_one_place_and_the_tree_its_head() -> None:
    entries = recorded(700)
    assert [seal(at=AT, batch=300) for _ in range(4)] == [300, 300, 100, 0]

    assert list(Entry.objects.order_by("position").values_list("id", flat=True)) == [entry.pk for entry in entries]
    assert set(Entry.objects.values_list("position", flat=True)) == set(range(700))
    assert list(TreeHead.objects.order_by("size").values_list("size", flat=True)) == [300, 600, 700]
    head = latest_head()
    assert head is not None
    assert (head.size, head.root) == (700, merkle.root(leaf_hashes()))
    assert list(Tile.objects.order_by("index").values_list("level", "index")) == [(0, 0), (0, 1)]


@pytest.mark.django_db
def test_sealing_nothing_writes_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert seal(at=AT) == 0
    assert latest_head() is None


@pytest.mark.django_db
def test_an_undone_number_does_not_block_and_a_low_one_that_comes_late_is_not_lost() -> None:
    late = Entry(pk=500, **note(2)._asdict())
    # Whatever 501 to 999 were, they were undone.
    Entry(pk=1000, **note(1)._asdict()).save(force_insert=True)
    assert seal_all() == 1
    late.save(force_insert=True)
    assert seal_all() == 1
    assert list(Entry.objects.order_by("position").values_list("id", flat=True)) == [1000, 500]
    assert verify().ok


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_has_committed_is_sealed_while_an_earlier_number_has_not(at_once: Callable[..., list[Any]]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time: numbers commit in order")
    recorded_first, sealed_second = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            record_many([note(1)])
            recorded_first.set()
            assert sealed_second.wait(30)

    def quick() -> None:
        assert recorded_first.wait(30)
        recorded(1, first=2)
        assert seal_all() == 1
        sealed_second.set()

    assert at_once(slow, quick) == [None, None]
    assert seal_all() == 1
    assert [entry.data["n"] for entry in Entry.objects.order_by("position")] == [2, 1]
    assert verify().ok


@pytest.mark.django_db(transaction=True)
@pytest.mark.load
def test_sealers_at_once_never_seal_an_entry_twice(at_once: Callable[..., list[Any]]) -> None:
    recorded(2000)

    def sealer() -> int:
        total = 0
        while Entry.objects.filter(position__isnull=True).exists():
            total += seal(at=AT, batch=70)
        return total

    def writer() -> None:
        for start in range(2000, 2400, 10):
            recorded(10, first=start)

    *totals, _ = at_once(sealer, sealer, sealer, sealer, writer)
    assert all(isinstance(total, int) for total in totals), totals
    assert sum(totals) + seal_all() == 2400
    assert Leaf.objects.count() == 2400
    report = verify()
    assert (report.ok, report.sealed, report.unsealed) == (True, 2400, 0)


@pytest.mark.django_db
def test_an_overtaken_sealer_undoes_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw the same entries and the same head; the second comes when the first has written."""
    recorded(10)
    seen_by_both = list(Entry.objects.order_by("pk").values_list("id", "mac", *FIELDS)[:6])

    def overtaken(frontier: merkle.Frontier, rows: list[Any]) -> Any:
        """The other one does all of its sealing while this one computes."""
        monkeypatch.undo()
        assert rows == seen_by_both
        assert seal(at=AT, batch=6) == 6
        return operations._grow(frontier, rows)

    monkeypatch.setattr(operations, "_grow", overtaken)
    assert seal(at=AT, batch=6) == 0
    assert seal_all() == 4
    assert verify().ok


@pytest.mark.django_db
def test_a_tree_that_cannot_grow_is_told_and_not_papered_over() -> None:
    sealed(10)
    by_hand("DELETE FROM journal_treehead")
    recorded(5, first=10)
    with pytest.raises(TreeDamaged, match="journal verify"):
        seal(at=AT)


@pytest.mark.django_db
def test_an_entry_whose_position_was_taken_away_does_not_stop_those_after_it() -> None:
    sealed(10)
    by_hand("UPDATE journal_entry SET position = NULL WHERE position = 3")
    recorded(5, first=10)
    assert seal_all() == 5
    finding = verify().finding
    assert finding is not None
    assert (finding.kind, finding.entry_id) == ("changed", Leaf.objects.get(position=3).entry_id)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_every_sealed_entry_can_be_proved(size: int) -> None:
    entries = sealed(size)
    leaves = leaf_hashes()
    for number in {0, 1, size // 2, 254, 255, 256, size - 1}:
        if number >= size:
            continue
        proof = inclusion_proof(Entry.objects.get(pk=entries[number].pk))
        assert proof.holds()
        assert list(proof.path) == merkle.inclusion_proof(number, leaves)
        assert proof.root == merkle.root(leaves)


@pytest.mark.django_db
def test_proofs_over_whole_tiles_of_tiles_read_few_rows(django_assert_max_num_queries: Any) -> None:
    """65,536 entries make a tile of the second level; the rows are made up, since only their hashes matter."""
    size = 65536 + 256 * 3 + 5
    frontier = merkle.Frontier()
    leaves, tiles = [], []

    def done(height: int, index: int, node: bytes) -> None:
        if height % 8 == 0:
            tiles.append(Tile(level=height // 8 - 1, index=index, hash=node))

    for position in range(size):
        leaf = merkle.leaf_hash(b"%d" % position)
        leaves.append(leaf)
        frontier.append(leaf, done)
    assert {tile.level for tile in tiles} == {0, 1}
    # Only what proofs of this one leaf may touch is there.
    position = 40000
    tile = position // 256 * 256
    kept = [*range(tile, tile + 256), *range(size - size % 256, size)]
    Leaf.objects.bulk_create(Leaf(position=at, entry_id=at + 1, uid=note(at).uid, hash=leaves[at]) for at in kept)
    Tile.objects.bulk_create(tiles)
    TreeHead.objects.create(size=size, root=frontier.root(), at=AT, mac=b"")

    with django_assert_max_num_queries(6):
        proof = inclusion_proof(Entry(position=position))
    assert proof.holds()
    assert list(proof.path) == merkle.inclusion_proof(position, leaves)
    assert root_at(size) == merkle.root(leaves)
    with django_assert_max_num_queries(4):
        path = consistency_proof(65536, size)
    assert merkle.verify_consistency(65536, size, merkle.root(leaves[:65536]), merkle.root(leaves), path)


@pytest.mark.django_db
def test_the_past_can_be_proved_to_be_the_beginning_of_the_present() -> None:
    sealed(300)
    old = latest_head()
    sealed(400, first=300)
    new = latest_head()
    assert old is not None
    assert new is not None
    assert merkle.verify_consistency(old.size, new.size, old.root, new.root, consistency_proof(old.size, new.size))
    assert root_at(old.size) == old.root
    with pytest.raises(ValueError, match="only 700"):
        consistency_proof(300, 701)


@pytest.mark.django_db
def test_what_is_not_sealed_has_no_proof_yet() -> None:
    sealed(3)
    later = recorded(1, first=3)[0]
    with pytest.raises(NotSealed):
        inclusion_proof(later)
