"""Reports of the same trouble put together, so that a surge is read group by group and not one by one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from pingzhan.core.paging import MAX_LIMIT

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter

ALIKE = 66.0  # of 100 (rapidfuzz WRatio); numbers do not count, since each names another building
MOST_IN_VIEW = MAX_LIMIT  # what one page groups; the next ones come when these are dealt with

_NUMBERS = re.compile(r"[0-9０-９]+|[号楼栋幢室弄]")  # untranslated: residents write Chinese


@dataclass(frozen=True, slots=True)
class Group:
    """Matters of one kind in one community with titles alike, in the order of the list. The first gives the title."""

    matters: tuple["Matter", ...]

    @property
    def first(self) -> "Matter":
        return self.matters[0]


def grouped(matters: Sequence["Matter"]) -> list[Group]:
    """`matters` as groups, the largest first, those of one size in the order of the list. No statement.

    Each matter joins the group whose first title is most like its own. Comparing with first titles only keeps the work
    near linear in a surge, where many say the same.
    """
    found: dict[tuple[str, str], list[list[Matter]]] = {}
    titles: dict[tuple[str, str], list[str]] = {}
    for matter in matters:
        key = (matter.category_id, matter.community or matter.street or matter.path)
        groups, firsts = found.setdefault(key, []), titles.setdefault(key, [])
        plain = _NUMBERS.sub("", matter.title)
        best = process.extractOne(plain, firsts, scorer=fuzz.WRatio, score_cutoff=ALIKE)
        if best is None:
            groups.append([matter])
            firsts.append(plain)
        else:
            groups[best[2]].append(matter)
    order = {matter.pk: place for place, matter in enumerate(matters)}
    everything = [Group(tuple(group)) for groups in found.values() for group in groups]
    return sorted(everything, key=lambda group: (-len(group.matters), order[group.first.pk]))
