"""What a finding is, and how overlapping findings become one."""

# untranslated throughout: words of Chinese texts

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"  # WeChat, QQ, a user's name on a platform
    HOME = "home"  # down to the dwelling; a building or a street number alone tells nobody
    NAME = "name"
    OFFICIAL = "official"  # a holder of a public office named by it: 胡书记


# What stands in the place of a finding; notices are written in Chinese.
WORDS: dict[Kind, str] = {
    Kind.ID_NUMBER: "〔证件号〕",
    Kind.BANK_CARD: "〔卡号〕",
    Kind.PHONE: "〔电话〕",
    Kind.PLATE: "〔车牌〕",
    Kind.EMAIL: "〔邮箱〕",
    Kind.ACCOUNT: "〔账号〕",
    Kind.HOME: "〔门牌〕",
    Kind.NAME: "〔姓名〕",
    Kind.OFFICIAL: "〔职务人员〕",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (not included) of a text. `sure`: to be hidden; otherwise a person decides."""

    start: int
    end: int
    kind: Kind
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text for showing. `kind` "" is plain text; `hidden`: replaced by `word` in the draft."""

    text: str
    kind: str = ""
    hidden: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text with what was found in it."""

    original: str
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The text with everything that is surely personal replaced."""
        return "".join(piece.word if piece.hidden else piece.text for piece in self.pieces())

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was replaced, each kind once, in the order of Kind."""
        found = {span.kind for span in self.spans if span.sure}
        return tuple(kind.value for kind in Kind if kind in found)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The stretches that may be personal and were left standing, each once."""
        return tuple(dict.fromkeys(self.original[s.start : s.end] for s in self.spans if not s.sure))

    def pieces(self) -> list[Piece]:
        """The original cut at the findings."""
        found, here = [], 0
        for span in self.spans:
            if here < span.start:
                found.append(Piece(self.original[here : span.start]))
            word = WORDS[span.kind] if span.sure else ""
            found.append(Piece(self.original[span.start : span.end], span.kind.value, span.sure, word))
            here = span.end
        if here < len(self.original):
            found.append(Piece(self.original[here:]))
        return found


def settled(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Findings in order without overlaps: a sure one before a doubtful one, then the longer, then the kind's order."""
    order = {kind: index for index, kind in enumerate(Kind)}
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (not s.sure, s.start - s.end, order[s.kind], s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
