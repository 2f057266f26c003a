"""What a thing says can be found by saying it, on both databases alike and whatever else is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core import db
from pingzhan.core.db import tidy_search
from pingzhan.core.ids import uuid7
from pingzhan.core.models import Message, SearchDocument
from pingzhan.core.paging import page
from pingzhan.core.search import cut, cut_query, index, matching, remove

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def subjects(*texts: str) -> list[UUID]:
    """Things with these texts; messages serve as things, since the core has no better ones."""
    made = Message.objects.bulk_create(
        Message(
            id=uuid7(AT + timedelta(seconds=number)), channel=Message.Channel.INBOX, text="x",
            not_before=AT, created_at=AT + timedelta(seconds=number),
        )
        for number in range(len(texts))
    )  # fmt: skip
    ids = [thing.pk for thing in made]
    index("message", zip(ids, texts, strict=True))
    return ids


def found(query: str, **narrower: Any) -> set[UUID]:
    return set(Message.objects.filter(matching("message", query), **narrower).values_list("pk", flat=True))


@pytest.fixture(params=["few", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each behaviour is the same whether the words count as rare or as common."""
    monkeypatch.setitem(db.search.COMMON, connection.vendor, 10**9 if request.param == "few" else 0)
    return str(request.param)


# --- words ----------------------------------------------------------------------------------------------------------


def test_a_document_is_cut_into_characters_pairs_and_other_words() -> None:
    assert cut("楼道漏水，3号楼 Room-B２") == "楼 道 漏 水 楼道 道漏 漏水 3 号 号楼 room b2"


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("漏水", ("漏水",)),
        ("楼道漏水", ("楼道", "漏水")),
        ("居委会", ("居委", "委会")),
        ("漏", ("漏",)),
        ("楼道的漏水", ("楼道", "漏水")),
        ("310107005001 路灯", ("310107005001", "路灯")),
        ("Room 3", ("room", "3")),
        ("，。！", ()),
        ("", ()),
    ],
)
def test_a_query_is_cut_into_words_and_these_into_pairs(query: str, tokens: tuple[str, ...]) -> None:
    assert cut_query(query) == tokens


chinese = st.text(st.sampled_from("曹杨新村街道居委会楼道漏水路灯不亮的了一"), min_size=1, max_size=12)


@given(before=chinese, query=chinese, after=chinese)
def test_whatever_a_document_says_is_found_by_the_same_words(before: str, query: str, after: str) -> None:
    """jieba may cut the words of the query otherwise than it would those of the document."""
    assert set(cut_query(query)) <= set(cut(before + query + after).split())


@given(st.text())
def test_tokens_are_letters_and_digits_only(text: str) -> None:
    """They are put between quotation marks in two query languages. (Python does not know the newest ideographs yet.)"""
    tokens = [*cut(text).split(), *cut_query(text[:50])]
    assert all(letter.isalnum() or ord(letter) >= 0x20000 for token in tokens for letter in token)


# --- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_words_must_be_there_in_any_order(way: str) -> None:
    first, second, third = subjects("曹杨新村3号楼道漏水", "漏水投诉：长风新村", "路灯不亮")
    assert found("漏水") == {first, second}
    assert found("漏水 曹杨") == {first}
    assert found("新村漏水") == {first, second}
    assert found("漏") == {first, second}
    assert found("路灯") == {third}
    assert found("路灯 漏水") == set()
    assert found("电梯") == set()
    assert found("！") == set()


@pytest.mark.django_db
def test_search_goes_with_other_filters_and_with_paging(way: str, django_assert_num_queries: Any) -> None:
    ids = subjects(*(f"楼道漏水第{number}次" if number % 2 else "路灯" for number in range(20)))
    assert found("漏水", created_at__lt=AT + timedelta(seconds=5)) == {ids[1], ids[3]}

    things = Message.objects.all()
    seen: list[UUID] = []
    after = None
    for _ in range(4):
        with django_assert_num_queries(2):  # how common are the words; the page
            one = page(things.filter(matching("message", "漏水")), order=("-id",), after=after, limit=3)
        seen += [thing.pk for thing in one.items]
        after = one.next
    assert seen == ids[19::-2]
    assert after is None

    either = matching("message", "漏水") | Q(pk=ids[0])
    assert things.filter(either).count() == 11


@pytest.mark.django_db
def test_another_text_replaces_the_first_and_removal_makes_unfindable(way: str) -> None:
    thing, other = subjects("楼道漏水", "楼道漏水")
    index("message", [(thing, "路灯不亮")])
    assert (found("漏水"), found("路灯")) == ({other}, {thing})
    index("message", [(thing, "路灯不亮"), (thing, "电梯故障")])
    assert (found("路灯"), found("电梯")) == (set(), {thing})
    remove("message", [thing, uuid4()])
    assert found("电梯") == set()
    assert SearchDocument.objects.count() == 1
    index("message", [])


@pytest.mark.django_db
def test_kinds_are_kept_apart(way: str) -> None:
    (thing,) = subjects("楼道漏水")
    index("place", [(thing, "曹杨新村")])
    assert found("曹杨") == set()
    remove("place", [thing])
    assert found("漏水") == {thing}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["'", '"漏水', "a & b | !c", "漏水*", "NEAR(漏 水)", "\\", "漏水'; DROP TABLE x", "\x00漏水", "%"]
)
def test_nothing_typed_is_taken_for_a_command(way: str, query: str) -> None:
    (thing,) = subjects("楼道漏水")
    assert found(query) <= {thing}


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_any_text_can_be_indexed_and_asked_for(text: str) -> None:
    index("message", [(UUID(int=1), text)])
    Message.objects.filter(matching("message", text)).first()


@pytest.mark.django_db
def test_an_empty_document_matches_nothing(way: str) -> None:
    subjects("", "，")
    assert found("漏水") == set()


@pytest.mark.django_db
def test_among_those_with_a_mark_alone_is_looked_where_all_matches_are_fetched() -> None:
    ids = subjects("楼道漏水", "楼道漏水", "楼道漏水 ·open")
    index("message", [(ids[0], "楼道漏水")], {ids[0]: ["open", "310107005"]})

    def seen(*marks: str) -> set[UUID]:
        found = Message.objects.filter(matching("message", "漏水", newest_first=False, marks=marks))
        return set(found.values_list("pk", flat=True))

    assert seen() == set(ids)
    assert seen("open") == seen("open", "310107005") == {ids[0]}  # what somebody wrote is no mark
    assert seen("open", "310107006") == set()
    index("message", [(ids[0], "楼道漏水")])
    assert seen("open") == set()


# --- speed ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rare_words_start_from_the_index_and_common_ones_from_the_list() -> None:
    ids = subjects("蝌蚪", *["楼道漏水"] * 60)
    assert found("蝌蚪") == {ids[0]}
    rare = str(Message.objects.filter(matching("message", "蝌蚪")).query)
    common = str(Message.objects.filter(matching("message", "漏水")).query)
    assert ("SELECT subject_id FROM" in rare, "SELECT subject_id FROM" in common) == (True, False)


@pytest.mark.django_db
def test_no_search_reads_the_table_from_end_to_end(way: str) -> None:
    subjects(*["楼道漏水"] * 500)
    tidy_search()
    things = Message.objects.filter(matching("message", "漏水")).order_by("-id")[:20]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table this small it would rather read whole
    plan = things.explain()
    if connection.vendor == "postgresql":
        assert "Seq Scan on core_searchdocument" not in plan
        assert ("core_searchindex" if way == "few" else "search_document_subject_once") in plan
    else:
        assert "SCAN core_searchdocument" not in plan
        assert "SCAN U0" not in plan
