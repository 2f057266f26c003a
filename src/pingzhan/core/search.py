"""Full-text search in Chinese: one interface over PostgreSQL and SQLite.

A document is indexed by every character and every two neighbouring characters of its Chinese text, and by its other
words as they stand. A query is cut into words by jieba, and each word is looked for by the pairs that make it up. So
whatever a document says can be found by the same words, also where jieba cuts the two differently ("曹杨" is found in
"曹杨新村", which jieba takes for one word), new names need no dictionary, and writing costs no cutting.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from django.db.models import Q

from pingzhan.core.db import has_tokens, put_tokens
from pingzhan.core.models import SearchDocument
from pingzhan.core.words import cutter

MAX_TEXT = 20_000  # characters of one document that are indexed
MAX_QUERY = 100  # characters of a query that are looked at
MAX_TERMS = 16  # tokens asked for at once; more would not narrow it further
MARK = "·"  # begins the tokens that are no word; no text yields one with it
MAX_TOKEN = 64  # characters of one word in another script, a code or a number

# Ideographs of all planes and 〇, as against words of every other script.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # untranslated: Chinese texts
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")


def cut(text: str) -> str:
    """The tokens that a document is found by, separated by spaces, each once."""
    tokens: dict[str, None] = {}
    for han, word in _runs(text[:MAX_TEXT]):
        if han:
            tokens.update(dict.fromkeys(han))
            tokens.update(dict.fromkeys(map("".join, pairwise(han))))
        else:
            tokens[word[:MAX_TOKEN]] = None
    return " ".join(tokens)


@lru_cache(maxsize=1024)
def cut_query(text: str) -> tuple[str, ...]:
    """The tokens that a document must all have to match this query, which is short (MAX_QUERY)."""
    words: list[str] = []
    for han, word in _runs(text):
        if not han:
            words.append(word[:MAX_TOKEN])
        elif len(han) <= 2:
            words.append(han)
        else:
            words += cutter().lcut(han)
    if any(len(word) > 1 for word in words):
        # Beside real words a lone character is mostly a particle (的, 了, 在); it would only hide good matches.
        words = [word for word in words if len(word) > 1 or word.isascii()]
    tokens: dict[str, None] = {}
    for word in words:
        tokens.update(dict.fromkeys(_pairs(word)))
    return tuple(tokens)[:MAX_TERMS]


def _runs(text: str) -> list[tuple[str, str]]:
    """Runs of the text, each (ideographs, "") or ("", other word); full-width and upper-case letters are levelled."""
    return _RUNS.findall(unicodedata.normalize("NFKC", text).casefold())


def _pairs(word: str) -> list[str]:
    """Pairs that cover a Chinese word: 曹杨新村 → 曹杨 新村, 居委会 → 居委 委会. Other words stand for themselves."""
    if len(word) <= 2 or not _RUNS.fullmatch(word) or not _RUNS.fullmatch(word).group(1):  # type: ignore[union-attr]
        return [word]
    pairs = [word[i : i + 2] for i in range(0, len(word) - 1, 2)]
    if len(word) % 2:
        pairs.append(word[-2:])
    return pairs


def warm() -> None:
    """Load what the first query would have to wait for; call it when a web process starts."""
    cutter()


@lru_cache(maxsize=64)
def _prefix(kind: str) -> str:
    """Two letters before each token that keep the kinds apart in the index, so that a word common among places but
    rare among matters is rare when matters are searched. Should two kinds share letters, only speed suffers.
    """
    return base64.b32encode(hashlib.sha256(kind.encode()).digest())[:2].decode().lower()


def tokens_of(kind: str, text: str, marks: Iterable[str] = ()) -> list[str]:
    """What a document of `kind` with this text and these marks is found by."""
    prefix = _prefix(kind)
    return [prefix + token for token in cut(text).split(" ") if token] + _marked(prefix, marks)


def _marked(prefix: str, marks: Iterable[str]) -> list[str]:
    return [f"{prefix}{MARK}{mark}" for mark in marks]


def index(kind: str, documents: Iterable[tuple[UUID, str]], marks: Mapping[UUID, Iterable[str]] | None = None) -> None:
    """Make the subjects (id, text) of `kind` findable; again with another text or other marks replaces it.

    marks: what else is said of a subject in a word each, so that `matching` can look among those with a mark alone.
    """
    known = marks or {}
    put_tokens(kind, ((subject, tokens_of(kind, text, known.get(subject, ()))) for subject, text in documents))


def remove(kind: str, subjects: Iterable[UUID]) -> None:
    """Make the subjects of `kind` unfindable."""
    SearchDocument.objects.filter(kind=kind, subject_id__in=list(subjects)).delete()


def matching(kind: str, query: str, *, field: str = "pk", newest_first: bool = True, marks: Iterable[str] = ()) -> Q:
    """The condition that `field`, the id of a subject of `kind`, matches all words of `query`.

    It goes with any other filter and with keyset paging: Matter.objects.filter(matching("matter", "曹杨 漏水")). It is
    made for one use at once, in a list of the newest first unless told otherwise: how common the words are is asked
    here, in one statement. For filter(), not exclude(). A query without a word matches nothing.

    marks: what the other filters of the list ask as well and the documents say of their subjects (see `index`). They
    may be left out and are not always looked at: they change how quickly the matches are found, and not which.
    """
    tokens = cut_query(query[:MAX_QUERY])
    if not tokens:
        return Q(**{f"{field}__in": []})
    prefix = _prefix(kind)
    words = [prefix + token for token in tokens]
    return has_tokens(kind, words, field, newest_first=newest_first, marks=_marked(prefix, marks))
