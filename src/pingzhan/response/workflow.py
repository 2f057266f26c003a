"""How a version of a plan goes on: from which states each step leads where."""

from pingzhan.response.choices import VersionState as S

STEPS: dict[str, tuple[frozenset[str], str]] = {
    "edit": (frozenset({S.DRAFT, S.REVIEWED}), S.DRAFT),  # whatever is changed has to be reviewed again
    "review": (frozenset({S.DRAFT}), S.REVIEWED),
    "publish": (frozenset({S.REVIEWED}), S.PUBLISHED),
    "retire": (frozenset({S.PUBLISHED}), S.RETIRED),
}
