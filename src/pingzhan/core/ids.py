"""Identifiers that cannot be guessed and sort by the time of their making."""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pingzhan.core.clock import now

# Without 0 O 1 I L: read aloud over the phone and typed by hand.
UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTER, _RANDOM = 32, 42  # bits; together what RFC 9562 leaves beside the time, the version and the variant

_lock = threading.Lock()
_last = (-1, 0)  # millisecond and counter of the last one


def uuid7(at: datetime | None = None) -> UUID:
    """A UUIDv7 (RFC 9562); `at` sets its time part, so that things entered later sort by when they happened.

    Those made one after another for the same moment sort in that order, by a counter that begins at random (section
    6.2, method 1): the thousands of rows of one operation go to the end of their indexes and not to all pages of them.
    """
    global _last
    millisecond = ((at or now()) - _EPOCH) // _MILLISECOND
    with _lock:
        last, counter = _last
        # Begins in the lower half, so that two thousand million follow before it is full.
        counter = counter + 1 if last == millisecond else secrets.randbits(_COUNTER - 1)
        _last = (millisecond, counter)
    counter &= (1 << _COUNTER) - 1
    high = millisecond << 16 | 0x7000 | counter >> 20
    low = 0b10 << 62 | (counter & 0xFFFFF) << _RANDOM | secrets.randbits(_RANDOM)
    return UUID(int=high << 64 | low)


def random_code(length: int) -> str:
    """A random code of `length` characters that people can read out without mixing up letters."""
    return "".join(secrets.choice(UNAMBIGUOUS) for _ in range(length))


def same_code(code: str, typed: str) -> bool:
    """Whether what somebody typed is the code, in the same time whatever differs; case and spaces do not count."""
    return secrets.compare_digest(code.encode(), typed.replace(" ", "").replace("-", "").upper().encode())
