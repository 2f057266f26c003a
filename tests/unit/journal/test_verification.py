"""Whoever changes, removes or adds an entry behind the program's back is found out, at the right entry."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from pingzhan.journal import merkle
from pingzhan.journal.models import Entry, Leaf, Tile
from pingzhan.journal.operations import opened, seal
from pingzhan.journal.queries import Finding, latest_head, verify
from pingzhan.journal.rules import FIELDS, leaf_of, message
from tests.unit.journal.ledger import AT, BY, by_hand, copy_by_hand, recorded, seal_all, sealed, uid_sql

pytestmark = pytest.mark.django_db


def found(**options: Any) -> Finding:
    report = verify(**options)
    assert report.finding is not None
    return report.finding


def test_an_untouched_journal_holds() -> None:
    assert verify().ok
    sealed(700)
    recorded(20, first=700)
    report = verify()
    assert (report.ok, report.sealed, report.unsealed) == (True, 700, 20)
    assert report.head == latest_head()


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'matter.close'", "at = '2026-03-02 01:02:04+00:00'", "actor_name = '李四'", "actor_kind = 'system'",
        "actor_id = NULL", "subject_type = 'notice'", "place_path = '310107/'", "from_state = 'accepted'",
        "to_state = 'archived'", "version = 2", "data = '{\"n\": 1}'",
        "mac = (SELECT mac FROM journal_entry WHERE position = 1)",
        f"subject_id = {UUID(int=9).int}", f"uid = {UUID(int=9).int}",
    ],
)  # fmt: skip
def test_any_change_of_a_row_is_found_at_that_row(change: str) -> None:
    entries = sealed(300)
    if change.startswith(("uid", "subject_id")):
        change = f"{change.split(' ')[0]} = {uid_sql(9)}"
    by_hand(f"UPDATE journal_entry SET {change} WHERE position = 260")

    finding = found()
    assert (finding.kind, finding.position, finding.entry_id) == ("changed", 260, entries[260].pk)
    assert str(entries[260].pk) in str(finding)


def test_the_first_of_several_is_named_with_all_that_is_known_of_it() -> None:
    entries = sealed(300)
    by_hand("UPDATE journal_entry SET to_state = 'archived' WHERE position IN (7, 8, 290)")
    finding = found()
    first = entries[7]
    assert str(finding) == (
        f"changed entry (position 7, id {first.pk}, uid {first.uid}, verb matter.note, "
        "time 2026-03-02T01:02:03.000000Z): its content is not what was recorded and sealed"
    )


def test_a_changed_id_is_found() -> None:
    entries = sealed(10)
    by_hand("UPDATE journal_entry SET id = 100000 WHERE position = 4")
    assert (found().kind, found().position) == ("changed", 4)
    assert str(entries[4].pk) in found().words


def test_two_entries_that_changed_places_are_found() -> None:
    sealed(10)
    for old, new in ((4, 1000), (5, 4), (1000, 5)):
        by_hand("UPDATE journal_entry SET position = %s WHERE position = %s", new, old)
    assert found().position == 4


def test_a_removed_entry_is_named() -> None:
    entries = sealed(300)
    by_hand("DELETE FROM journal_entry WHERE position = 123")
    finding = found()
    assert (finding.kind, finding.position, finding.entry_id, finding.uid) == (
        "missing",
        123,
        entries[123].pk,
        entries[123].uid,
    )
    assert finding.at is not None
    assert abs(finding.at - AT) < timedelta(seconds=1)


def test_an_entry_removed_with_its_leaf_is_found() -> None:
    sealed(300)
    by_hand("DELETE FROM journal_entry WHERE position = 123")
    by_hand("DELETE FROM journal_leaf WHERE position = 123")
    assert (found().kind, found().position) == ("missing", 123)


def test_a_tail_cut_off_is_found_while_its_head_is_there() -> None:
    sealed(300)
    for table in ("journal_entry", "journal_leaf"):
        by_hand(f"DELETE FROM {table} WHERE position >= 250")
    finding = found()
    assert (finding.kind, finding.position) == ("missing", 250)
    assert "the last 50" in finding.words


def test_a_tail_cut_off_with_its_heads_is_found_by_a_head_kept_elsewhere() -> None:
    sealed(300)
    kept = latest_head()
    for table in ("journal_entry", "journal_leaf"):
        by_hand(f"DELETE FROM {table} WHERE position >= 200")
    by_hand("DELETE FROM journal_treehead WHERE size > 200")

    assert verify().ok, "nothing in the database itself can tell"
    finding = found(earlier=kept)
    assert (finding.kind, finding.position) == ("missing", 200)
    assert "the last 100" in finding.words


def test_a_row_added_by_hand_is_known_before_and_after_sealing() -> None:
    entries = sealed(10)
    copy_by_hand(entries[3], uid=uid_sql(99), to_state="'archived'")
    forged = Entry.objects.get(uid=UUID(int=99))

    for position in (None, 10):
        finding = found()
        assert (finding.kind, finding.entry_id, finding.position) == ("added", forged.pk, position)
        seal_all()


def test_a_row_added_with_a_made_up_position_is_found() -> None:
    entries = sealed(10)
    copy_by_hand(entries[3], uid=uid_sql(99))
    by_hand(f"UPDATE journal_entry SET position = 5000 WHERE uid = {uid_sql(99)}")
    assert (found().kind, found().position) == ("added", 5000)


def test_a_row_put_in_the_place_of_a_removed_one_is_found() -> None:
    entries = sealed(10)
    copy_by_hand(entries[3], uid=uid_sql(99))
    by_hand("DELETE FROM journal_entry WHERE position = 3")
    by_hand(f"UPDATE journal_entry SET position = 3 WHERE uid = {uid_sql(99)}")
    finding = found()
    assert (finding.kind, finding.position) == ("added", 3)
    assert str(entries[3].uid) in finding.words


def test_a_change_with_leaf_tiles_and_heads_made_to_fit_is_still_found() -> None:
    """The tree alone can be rebuilt by anybody; the MACs cannot."""
    sealed(300, batch=300)
    by_hand("UPDATE journal_entry SET to_state = 'archived' WHERE position = 200")
    _rebuild_tree()
    finding = found()
    assert finding.position == 200
    assert finding.kind in {"added", "changed"}


def test_an_entry_removed_and_the_tree_rebuilt_around_it_is_found() -> None:
    sealed(300, batch=300)
    by_hand("DELETE FROM journal_entry WHERE position = 299")
    by_hand("DELETE FROM journal_leaf WHERE position = 299")
    by_hand("UPDATE journal_treehead SET size = 299")
    _rebuild_tree()
    assert found() == Finding("tree", "the head over 299 entries was not written by the application")


def _rebuild_tree() -> None:
    rows = list(Entry.objects.order_by("position").values_list("position", "id", "mac", *FIELDS))
    leaves = [leaf_of(message(values), entry_id, bytes(mac)) for _, entry_id, mac, *values in rows]
    for position, leaf in enumerate(leaves):
        by_hand("UPDATE journal_leaf SET hash = %s WHERE position = %s", leaf, position)
    by_hand("UPDATE journal_tile SET hash = %s", merkle.root(leaves[:256]))
    by_hand("UPDATE journal_treehead SET root = %s", merkle.root(leaves))


def test_a_journal_rewritten_with_the_key_is_found_by_a_head_kept_elsewhere() -> None:
    sealed(300)
    kept = latest_head()
    assert kept is not None
    for table in ("journal_entry", "journal_leaf", "journal_tile", "journal_treehead"):
        by_hand(f"DELETE FROM {table}")
    sealed(299)
    sealed(50, first=1000)

    assert verify().ok
    finding = found(earlier=kept)
    assert finding.kind == "changed"
    assert "the first 300 entries" in finding.words


def test_an_earlier_head_of_this_journal_agrees() -> None:
    sealed(300)
    kept = latest_head()
    sealed(300, first=300)
    assert verify(earlier=kept).ok


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE journal_leaf SET hash = mac_ WHERE position = 5", "its leaf was changed"),
        ("DELETE FROM journal_leaf WHERE position = 5", "its leaf was removed"),
        ("UPDATE journal_leaf SET uid = uid_ WHERE position = 5", "its leaf names another uid"),
        ("UPDATE journal_tile SET hash = mac_", "positions 0 to 255 was changed"),
        ("DELETE FROM journal_tile", "positions 0 to 255 is missing"),
        ("UPDATE journal_treehead SET root = mac_ WHERE size = 200", "the head over 200 entries has another root"),
        ("UPDATE journal_treehead SET mac = mac_ WHERE size = 300", "not written by the application"),
        (
            "UPDATE journal_treehead SET at = '2026-03-03 00:00:00+00:00' WHERE size = 300",
            "not written by the application",
        ),
        ("DELETE FROM journal_treehead WHERE size = 300", "leaves beyond it"),
    ],
)
def test_a_damaged_tree_over_good_entries_is_told_apart(change: str, words: str) -> None:
    sealed(300)
    by_hand(change.replace("mac_", "(SELECT mac FROM journal_entry WHERE position = 0)").replace("uid_", uid_sql(9)))
    finding = found()
    assert finding.kind == "tree"
    assert words in finding.words


def test_another_key_is_named_as_a_possible_cause(settings: Settings) -> None:
    sealed(10)
    settings.INDEX_KEY = "another"
    assert "PINGZHAN_INDEX_KEY" in found().words


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE journal_opening SET purpose = '别的'", "changed"),
        ("UPDATE journal_opening SET field = 'phone'", "changed"),
        (f"UPDATE journal_opening SET person_id = {UUID(int=9).int}", "changed"),
        ("DELETE FROM journal_opening", "missing"),
    ],
)
@pytest.mark.parametrize("before_sealing", [True, False])
def test_the_log_of_openings_is_covered_too(change: str, kind: str, before_sealing: bool) -> None:
    recorded(3)
    opening = opened(by=BY, at=AT, subject_type="matter", subject_id=UUID(int=1), field="contact", purpose="回访",
                     person_id=UUID(int=2))  # fmt: skip
    if not before_sealing:
        seal_all()
    assert verify().ok
    by_hand(change.replace(str(UUID(int=9).int), uid_sql(9)))
    finding = found()
    assert (finding.kind, finding.entry_id) == (kind, opening.pk)


def test_an_opening_without_its_entry_is_found() -> None:
    entries = sealed(3)
    by_hand("INSERT INTO journal_opening (entry_id, field, purpose) VALUES (%s, 'phone', '')", entries[1].pk)
    assert (found().kind, found().entry_id) == ("added", entries[1].pk)


def test_verifying_reads_in_chunks_whatever_the_size(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("pingzhan.journal.queries.verification.CHUNK", 256)
    sealed(1100, batch=500)
    by_hand("UPDATE journal_entry SET to_state = 'archived' WHERE position = 1099")
    assert found().position == 1099
    by_hand("UPDATE journal_entry SET to_state = '' WHERE position = 1099")
    assert verify().ok


def test_entries_recorded_and_sealed_while_it_runs_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(300)
    real: Callable[..., Any] = Leaf.objects.filter
    went_on = False

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        nonlocal went_on
        if not went_on:
            went_on = True
            sealed(300, first=300)
            recorded(7, first=600)
        return real(*args, **kwargs)

    monkeypatch.setattr(Leaf.objects, "filter", meanwhile)
    report = verify()
    assert went_on
    assert (report.ok, report.sealed, report.unsealed) == (True, 300, 7)


# --- the command ----------------------------------------------------------------------------------------------------


def command(*words: str) -> str:
    out = StringIO()
    call_command("journal", *words, stdout=out)
    return out.getvalue()


def test_the_command_seals_writes_the_head_and_verifies(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing is sealed yet"):
        command("head")
    recorded(300)
    assert "300 entries sealed" in command("seal")
    assert json.loads(command("head"))["size"] == 300
    kept = tmp_path / "head.json"
    command("head", "--write", str(kept))
    sealed(20, first=300)

    assert "holds; 320 sealed entries" in command("verify", "--head", str(kept))
    assert json.loads(command("verify", "--json"))["ok"] is True


def test_the_command_fails_with_one_line_that_names_the_entry(capsys: pytest.CaptureFixture[str]) -> None:
    entries = sealed(20)
    by_hand("UPDATE journal_entry SET verb = 'matter.close' WHERE position = 5")
    with pytest.raises(CommandError) as failure:
        command("verify")
    words = str(failure.value)
    assert "\n" not in words
    assert f"changed entry (position 5, id {entries[5].pk}, uid {entries[5].uid}, verb matter.close" in words
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("journal", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["finding"]["id"] == entries[5].pk


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"size": 1, "root": "00", "at": "2026-03-02T00:00:00Z"}', '{"size": -1}']
)
def test_a_file_that_is_no_head_is_refused_in_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "head.json"
    file.write_text(content)
    with pytest.raises(CommandError, match="no head"):
        command("verify", "--head", str(file))
    with pytest.raises(CommandError, match="cannot read"):
        command("verify", "--head", str(tmp_path / "nowhere.json"))


def test_a_head_survives_its_file() -> None:
    sealed(3)
    head = latest_head()
    assert head is not None
    assert type(head).from_json(json.loads(json.dumps(head.as_json()))) == head
    assert not verify(earlier=replace(head, root=bytes(32))).ok
    assert seal(at=AT) == 0
    assert Tile.objects.count() == 0
