"""What an entry says, byte for byte, and what is derived from it. Pure: no database, no clock.

    message = JSON list [FORMAT, uid, at, verb, version, actor_id, actor_name, actor_kind, subject_type, subject_id,
              place_path, from_state, to_state, data] in UTF-8, without spaces, keys sorted; time in UTC to the
              microsecond with "Z"; UUIDs with hyphens; null where there is none
    mac     = HMAC-SHA256(key, message)                          shows that record() wrote the entry
    leaf    = SHA-256(0x00 ‖ message ‖ "\\n" ‖ id ‖ "\\n" ‖ mac)   its place in the Merkle tree

Changing any of this needs a new FORMAT beside the old one: entries are for ever.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from pingzhan.journal.merkle import leaf_hash

FORMAT = "pingzhan-entry-1"


class Draft(NamedTuple):
    """An entry ready to be recorded: what it says, in the order of the message, then its MAC."""

    uid: UUID
    at: datetime
    verb: str
    version: int
    actor_id: UUID | None
    actor_name: str
    actor_kind: str
    subject_type: str
    subject_id: UUID
    place_path: str
    from_state: str
    to_state: str
    data: dict[str, Any]
    mac: bytes


FIELDS = Draft._fields[:-1]  # the order of the message after FORMAT

MAX_NAME = 80

OPENED = "sealed.open"  # the verb of an opening; its data: field, purpose_digest, person

# What data may say in text: visible ASCII without spaces. A code, a number, an id, a digest or a time is such a word;
# what people wrote, or a Chinese name, is not, and is refused before it can get into a record that nobody may change.
_CODE = re.compile(r"[!-~]{0,200}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31})?")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode


def mac_key(index_key: str) -> bytes:
    """The key of the entries' MACs, derived from the installation's index key so that it serves this alone."""
    return hmac.digest(index_key.encode(), b"pingzhan journal entries 1", "sha256")


def message(values: Sequence[Any]) -> bytes:
    """What an entry says; `values` are its FIELDS in order, as the database gives them."""
    uid, at, verb, version, actor_id, actor_name, actor_kind, subject_type, subject_id, *rest = values
    said = [FORMAT, str(uid), moment(at), verb, version, None if actor_id is None else str(actor_id)]
    return _encode([*said, actor_name, actor_kind, subject_type, str(subject_id), *rest]).encode()


def moment(at: datetime) -> str:
    """A time as text: UTC to the microsecond, "2026-11-23T08:00:00.000000Z"."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def mac_of(said: bytes, key: bytes) -> bytes:
    """The MAC of a message."""
    return hmac.digest(key, said, "sha256")


def leaf_of(said: bytes, entry_id: int, mac: bytes) -> bytes:
    """The leaf hash of an entry."""
    return leaf_hash(b"%b\n%d\n%b" % (said, entry_id, mac))


def head_mac(size: int, root: bytes, at: datetime, key: bytes) -> bytes:
    """The MAC of a tree head: without the key nobody can rebuild the tree around a removed entry."""
    return hmac.digest(key, b"pingzhan tree head 1\n%d\n%b\n%b" % (size, root, moment(at).encode()), "sha256")


def digest_of(text: str) -> str:
    """The SHA-256 of a text in hexadecimal: what an entry may hold of words that stand elsewhere.

    It proves that they were not changed. It does not hide short or guessable ones (a phone number, a name).
    """
    return hashlib.sha256(text.encode()).hexdigest()


def time_of(uid: UUID) -> datetime:
    """The time in a UUIDv7, to the millisecond: when an entry happened whose row is gone."""
    return datetime.fromtimestamp((uid.int >> 80) / 1000, tz=UTC)


@lru_cache(maxsize=1024)
def check_word(name: str, value: str) -> str:
    """`value` if it is a code word such as "matter" or "matter.dispatch"; raises ValueError."""
    if not _WORD.fullmatch(value):
        raise ValueError(f"{name} is a code word such as matter.dispatch, not {value!r}")
    return str(value)


def check_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as plain JSON; raises ValueError for anything that might be somebody's own words, TypeError for floats.

    UUIDs, times, decimals and enumerations become text. Floats are refused since the two databases do not give them
    back alike: count in whole units, or pass a Decimal.
    """
    return {_key(name): _plain(value) for name, value in data.items()}


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    if not isinstance(name, str) or not _KEY.fullmatch(name):
        raise ValueError(f"a name in an entry's data is a plain word, not {name!r}")
    return name


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    match value:
        case str():
            if not _CODE.fullmatch(value):
                raise ValueError("an entry's data takes codes, numbers, ids and digests, no words: use digest_of(text)")
            return str(value)
        case None | bool():
            return value
        case int():
            if not -(2**63) <= value < 2**63:
                raise ValueError(f"too large for an entry's data: {value}")
            return int(value)
        case UUID() | Decimal():
            return str(value)
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {_key(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    raise TypeError(f"an entry's data cannot hold a {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Head:
    """The root over the first `size` entries, as written down at `at`; made to be kept outside the installation."""

    size: int
    root: bytes
    at: datetime

    def as_json(self) -> dict[str, Any]:
        return {"size": self.size, "root": self.root.hex(), "at": moment(self.at)}

    @classmethod
    def from_json(cls, kept: Any) -> "Head":
        """Raises ValueError if this is no head."""
        try:
            size, root, at = kept["size"], bytes.fromhex(kept["root"]), datetime.fromisoformat(kept["at"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("want size, root and at") from error
        if type(size) is not int or size < 0 or len(root) != 32 or at.tzinfo is None:
            raise ValueError("size, root or at is not of its kind")
        return cls(size, root, at)
