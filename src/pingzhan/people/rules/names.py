"""Names as they are written, ordered and searched."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

# Surnames that are read differently from the same character elsewhere.
_SURNAMES = {  # untranslated: surnames
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "朴": "piao", "查": "zha", "盖": "ge",
    "乐": "yue", "翟": "zhai", "缪": "miao", "覃": "qin", "员": "yun", "洗": "xian", "尉迟": "yu chi",
    "万俟": "mo qi", "令狐": "ling hu", "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
MAX_NAME = 80
_PINYIN, _INITIALS = 160, 40
_PARTS = re.compile(r"[A-Za-z0-9'’-]+|\S")


@dataclass(frozen=True, slots=True)
class Spelling:
    """`pinyin`: "zhangsan"; `initials`: "zs". Both small letters without tones."""

    pinyin: str
    initials: str


def clean_name(text: str) -> str:
    """A name in one spelling: half-width, no blanks inside of a Chinese name, single ones inside of another."""
    name = " ".join(unicodedata.normalize("NFKC", text).replace("\x00", "").split())
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", name)[:MAX_NAME]


def spelling(name: str) -> Spelling:
    """How a name sounds, for lists in order and for search by letters."""
    head = next((surname for surname in (name[:2], name[:1]) if surname in _SURNAMES), "")
    syllables = _SURNAMES[head].split() if head else []
    syllables += [_sound(part) for part in _PARTS.findall(name[len(head) :])]
    return Spelling("".join(syllables)[:_PINYIN], "".join(part[:1] for part in syllables)[:_INITIALS])


@lru_cache(maxsize=8192)
def _sound(part: str) -> str:
    """Of a character its syllable, of a word in letters the word itself."""
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(part)).casefold())


def is_letters(text: str) -> bool:
    """Whether a search is by the sound of a name."""
    return bool(re.fullmatch(r"[A-Za-z ]+", text))
