"""The plans that come with the product as documents, and excerpts of them that show what a plan may say."""

from functools import cache
from importlib.resources import files

from pingzhan.response.rules.document import read

SHOWN = 2  # items of a section in an excerpt


@cache
def shipped_plans() -> dict[str, str]:
    """Their documents by file name, without the ending."""
    folder = files("pingzhan.response").joinpath("data/plans")
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".yaml")
    }


def _fullest_first() -> list[str]:
    """The documents, the one that uses most of the format before the others."""
    return sorted(shipped_plans().values(), key=len, reverse=True)


@cache
def excerpt(section: str) -> str:
    """The section as it stands in a shipped plan that has it, with its first items; "" where none has it."""
    for source in _fullest_first():
        document, _findings = read(source)
        if document is not None and section in document.data:
            lines = source.splitlines()
            start = document.line((section,))
            after = document.lines.get((section, SHOWN))  # the line on which the first item left out begins
            ends = [line for path, line in document.lines.items() if len(path) == 1 and line > start]
            end = after or min(ends, default=len(lines) + 1)
            return "\n".join(lines[start - 1 : end - 1]).rstrip()
    return ""


def head_excerpt() -> str:
    """What stands above the levels in the first of them, without its comments."""
    source = _fullest_first()[0]
    document, _findings = read(source)
    assert document is not None
    above = source.splitlines()[: document.line(("levels",)) - 1]
    return "\n".join(line for line in above if not line.startswith("#"))
