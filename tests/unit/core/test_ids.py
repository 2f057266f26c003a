from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pingzhan.core.ids import random_code, same_code, uuid7

AT = datetime(2028, 2, 29, 23, 59, 59, 999_500, tzinfo=UTC)


def test_an_id_tells_when_it_was_made() -> None:
    made = uuid7(AT)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(AT.replace(microsecond=999_000).timestamp() * 1000)
    assert uuid7(AT - timedelta(days=1)) < made < uuid7(AT + timedelta(milliseconds=1))


def test_ids_of_one_moment_sort_as_they_were_made_and_cannot_be_counted_on() -> None:
    made = [uuid7(AT) for _ in range(5000)]
    assert made == sorted(made)
    rest = {later.int - earlier.int for earlier, later in pairwise(made)}
    assert len(rest) > 4990  # the last 42 bits are drawn anew for each
    uuid7(AT - timedelta(seconds=1))
    assert uuid7(AT).int >> 42 != made[-1].int + 1 >> 42  # and the counter for each moment


def test_many_at_once_never_make_the_same_one() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(AT), range(8000)))
    assert len(set(made)) == 8000


def test_now_is_meant_where_no_moment_is_given() -> None:
    before, made, after = datetime.now(UTC), uuid7(), datetime.now(UTC)
    assert int(before.timestamp() * 1000) <= made.int >> 80 <= int(after.timestamp() * 1000) + 1


def test_codes_have_no_letters_that_are_mixed_up() -> None:
    code = random_code(200)
    assert len(code) == 200
    assert not set(code) & set("0O1IL")
    assert same_code("ABC2", " ab-c2")
    assert not same_code("ABC2", "ABC3")
