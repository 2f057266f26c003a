"""Identifiers that cannot be guessed and sort by the time of their making."""

import secrets
from datetime import datetime
from uuid import UUID

import uuid_utils.compat as _uuid

# Without 0 O 1 I L: read aloud over the phone and typed by hand.
UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def uuid7(at: datetime | None = None) -> UUID:
    """A UUIDv7 (RFC 9562); `at` sets its time part, so that things entered later sort by when they happened."""
    if at is None:
        return _uuid.uuid7()
    return _uuid.uuid7(nanoseconds=int(at.timestamp() * 1000) * 1_000_000)


def random_code(length: int) -> str:
    """A random code of `length` characters that people can read out without mixing up letters."""
    return "".join(secrets.choice(UNAMBIGUOUS) for _ in range(length))


def same_code(code: str, typed: str) -> bool:
    """Whether what somebody typed is the code, in the same time whatever differs; case and spaces do not count."""
    return secrets.compare_digest(code.encode(), typed.replace(" ", "").replace("-", "").upper().encode())
