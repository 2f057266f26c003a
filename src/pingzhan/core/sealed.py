"""Sealed fields: text that is unreadable in the database, in its backups and in logs.

A value is sealed by AES-256-GCM under the first key of settings.SEAL_KEYS and opened by whichever key its ciphertext
names, so that keys can be changed while the system runs (`rotate_seals`). The place of the value, "app.model.field",
is bound into the seal: a ciphertext copied into another column does not open.

    version (1 byte, 1) · length of the key's id (1 byte) · key's id · nonce (12 bytes) · ciphertext and tag

An empty text is stored as nothing at all, so that a constraint can hold a column empty.

What is read from a sealed field is a Sealed: it shows a mask wherever it is printed, and only `open()` gives the text.
Exact search goes by a blind index in a column of its own.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

MASK = "******"
# How a sealed value looks in a dump of fixtures, so that it is not taken for text when loaded.
_DUMPED = "sealed:"
_VERSION = 1
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SealError(Exception):
    """A sealed value cannot be opened: its key is not at hand, or the value was changed or moved."""


class Sealed:
    """One sealed value. Prints as a mask; `open()` gives the text. Whoever opens one for a person logs the opening."""

    __slots__ = ("_box", "_context", "_mask", "_text")

    def __init__(
        self,
        *,
        context: str,
        text: str | None = None,
        box: bytes | None = None,
        mask: Callable[[str], str] | None = None,
    ) -> None:
        """Of `text`, sealed when first needed, or of `box`, opened when first asked; `context` is "app.model.field"."""
        if (text is None) == (box is None):
            raise TypeError("a sealed value is made of either its text or its box")
        self._context = context
        self._text = text
        self._box = box
        self._mask = mask

    @property
    def box(self) -> bytes:
        """The sealed form, as it is stored."""
        if self._box is None:
            self._box = _seal(self.open(), self._context)
        return self._box

    @property
    def key_id(self) -> str:
        """The id of the key that it is sealed under; raises SealError if this is empty or no sealed value at all."""
        return _parts(self.box)[0]

    @property
    def context(self) -> str:
        """Where the value belongs: "app.model.field"."""
        return self._context

    def open(self) -> str:
        """The text. Raises SealError."""
        if self._text is None:
            self._text = _open(self.box, self._context)
        return self._text

    # A template must not open a value by naming it: {{ person.phone.open }} stays empty.
    open.alters_data = True  # type: ignore[attr-defined]

    def resealed(self) -> "Sealed":
        """The same text under the first key and a new nonce. Raises SealError."""
        return Sealed(context=self._context, text=self.open(), mask=self._mask)

    def __str__(self) -> str:
        if not self or self._mask is None:
            return MASK if self else ""
        try:
            return self._mask(self.open())
        except SealError:  # a page or a log line must not fall over one unreadable value
            return MASK

    def __repr__(self) -> str:
        return f"<Sealed {self._context}>"

    def __bool__(self) -> bool:
        """Whether there is any text; nothing is opened for it."""
        return bool(self._box if self._text is None else self._text)

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickles and copies carry the sealed form only, never the text.
        return _restore, (self._context, self.box, self._mask)


def _restore(context: str, box: bytes, mask: Callable[[str], str] | None) -> Sealed:
    return Sealed(context=context, box=box, mask=mask)


def current_key_id() -> str:
    """The id of the key that seals now."""
    return next(iter(settings.SEAL_KEYS))


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _seal(text: str, context: str) -> bytes:
    if not text:
        return b""
    key_id = current_key_id()
    name = key_id.encode()
    if not 0 < len(name) < 256:
        raise SealError("a sealing key's id must have 1 to 255 bytes")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = _cipher(settings.SEAL_KEYS[key_id]).encrypt(nonce, text.encode(), context.encode())
    return bytes((_VERSION, len(name))) + name + nonce + body


def _parts(box: bytes) -> tuple[str, bytes, bytes]:
    """Key id, nonce, ciphertext with tag."""
    if len(box) < 2 or box[0] != _VERSION or len(box) < 2 + box[1] + _NONCE_BYTES + _TAG_BYTES:
        raise SealError("not a sealed value")
    start = 2 + box[1]
    return box[2:start].decode(errors="replace"), box[start : start + _NONCE_BYTES], box[start + _NONCE_BYTES :]


def _open(box: bytes, context: str) -> str:
    if not box:
        return ""
    key_id, nonce, body = _parts(box)
    key = settings.SEAL_KEYS.get(key_id)
    if key is None:
        raise SealError(f"{context} is sealed under key {key_id!r}, which PINGZHAN_SEAL_KEYS does not have")
    try:
        return _cipher(key).decrypt(nonce, body, context.encode()).decode()
    except InvalidTag:
        raise SealError(f"{context} does not open under key {key_id!r}: changed, or moved from elsewhere") from None


class _SealedAttribute(DeferredAttribute):
    """Whatever is assigned to a sealed field is a Sealed from then on."""

    field: "SealedTextField[Any, Any]"

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.wrap(value)


class _IsEmpty(Exact):
    """field="" and nothing else."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError("a sealed column can be compared with the empty text only; search by its blind index")
        return b""


_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)

if TYPE_CHECKING:

    class _BinaryField(models.BinaryField[_Set, _Get]):
        pass

else:

    class _BinaryField(models.BinaryField):
        def __class_getitem__(cls, _types):
            return cls


class SealedTextField(_BinaryField[_Set, _Get]):
    """Text that is stored sealed. Takes str or Sealed, gives Sealed; can be asked only whether it is empty.

    `mask` shows what may be seen of a value without opening it, e.g. mask_phone; without one, stars. A field or model
    that is renamed needs a data migration that opens under the old name and seals under the new one.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: str | Sealed | Combinable
        _pyi_private_get_type: Sealed  # type: ignore[assignment]

    descriptor_class = _SealedAttribute
    description = "Sealed text"

    def __init__(self, *args: Any, mask: Callable[[str], str] | None = None, **kwargs: Any) -> None:
        self.mask = mask  # no part of the column, hence not of migrations
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> str:
        """What is bound into the seal."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def wrap(self, value: Any) -> Any:
        """`value` as a Sealed of this field; None and expressions as they are."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, Sealed):
            if value.context == self.context:
                return value
            value = value.open()  # taken from another field: sealed anew for this one
        if not isinstance(value, str):
            raise TypeError(f"{self.context} takes text, not {type(value).__name__}")
        return Sealed(context=self.context, text=str(value), mask=self.mask)

    def get_default(self) -> Any:
        """An empty text where there is no default and no null."""
        value = super().get_default()
        return "" if value == b"" else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """A Sealed around what is stored; nothing is opened yet."""
        return None if value is None else Sealed(context=self.context, box=bytes(value), mask=self.mask)

    def get_prep_value(self, value: Any) -> Any:
        """The sealed form for the database."""
        value = self.wrap(value)
        return value.box if isinstance(value, Sealed) else value

    def value_to_string(self, obj: models.Model) -> str:
        """For serializers (dumpdata): the sealed form."""
        value: Sealed | None = getattr(obj, self.attname)
        return "" if value is None else _DUMPED + b64encode(value.box).decode()

    def to_python(self, value: Any) -> Any:
        """What a serializer wrote, back; text and None as they are."""
        if isinstance(value, str) and value.startswith(_DUMPED):
            return Sealed(context=self.context, box=b64decode(value.removeprefix(_DUMPED)), mask=self.mask)
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull` and `exact` with "": equal texts are sealed differently, so that no comparison could match."""
        if lookup_name == "exact":
            return _IsEmpty
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def _check_str_default_value(self) -> list[Any]:
        return []  # of BinaryField; here a default is text


# --- exact search and what may be shown -----------------------------------------------------------------------------


def blind_index(value: str, *, purpose: str) -> str:
    """64 hex digits by which `value` can be found without being stored: HMAC-SHA256 under settings.INDEX_KEY.

    `purpose`, e.g. "person.phone", keeps the columns apart: the same phone cannot be followed from one to the other.
    """
    return hmac.new(settings.INDEX_KEY.encode(), f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def normalise_phone(text: str) -> str:
    """One spelling for each number, to be stored and indexed: digits; "+" and country code only when it is not China.

    "+86 138-1234 5678", "0 13812345678" and "13812345678" are one. Letters stay, so that the caller sees that it is no
    number; nothing is raised.
    """
    number = re.sub(r"[\s()\-–—.·]", "", unicodedata.normalize("NFKC", text))
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+86"):
        rest = number[3:]
        # A landline written with the country code has lost its trunk zero.
        number = rest if re.match(r"1\d{10}$|0|[48]00\d{7}$", rest) else f"0{rest}"
    elif re.fullmatch(r"861\d{10}", number):
        number = number[2:]
    # A zero dialled before a mobile number.
    return number[1:] if re.fullmatch(r"01\d{10}", number) else number


def mask_phone(phone: str) -> str:
    """What may be shown of a phone number: "138****5678"; of a short one only its last two digits."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 4 else "****"


# Family names of two characters that are still common; in any other name the given name begins after the first.
_LONG_SURNAMES = re.compile(  # untranslated: surnames
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|长孙|宇文|司徒|轩辕|端木|呼延|南宫|"
    "百里|西门|独孤|澹台|钟离|闻人|淳于|申屠|公羊|万俟"
)


def mask_name(name: str) -> str:
    """What may be shown of a person's name: the family name, "王**", "欧阳*"; of a name in letters the initial."""
    name = name.strip()
    if not name:
        return ""
    shown = 2 if len(name) > 2 and _LONG_SURNAMES.match(name) else 1
    return name[:shown] + "*" * min(max(len(name) - shown, 1), 2)
