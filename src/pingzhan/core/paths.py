"""Materialised paths of codes: "310107/310107005/" is the street 310107005 in the district 310107.

How they are asked for in the database stands in core/db.
"""

from collections.abc import Iterable

STREET, COMMUNITY = 9, 12  # digits of their codes


def codes_of(path: str) -> list[str]:
    """The codes in a path, from the top: "31/3101/" → ["31", "3101"]."""
    return path.split("/")[:-1]


def code_of(path: str) -> str:
    """The code of the place at a path: "31/3101/" → "3101"; "" of the empty path, which is everything."""
    return path[path.rfind("/", 0, -1) + 1 :].rstrip("/")


def code_on(path: str, digits: int) -> str:
    """The statistical code of so many digits on a path (9 a street, 12 a community); "" where there is none."""
    return next((code for code in codes_of(path) if len(code) == digits and code.isdigit()), "")


def path_to(path: str, digits: int) -> str:
    """The part of a path down to the code of so many digits; the whole where there is none."""
    return next((one for one in paths_above(path) if len(code_of(one)) == digits), path)


def path_above(path: str) -> str:
    """The path of the superior: "31/3101/" → "31/"; "" for one that has none."""
    return path[: path.rfind("/", 0, -1) + 1]


def shared_path(paths: Iterable[str]) -> str:
    """The lowest place in which all of them lie; "" where there is none, or where there are no paths."""
    above = [paths_above(path) for path in paths]
    shared = [step[0] for step in zip(*above, strict=False) if len(set(step)) == 1] if above else []
    return shared[-1] if shared else ""


def paths_above(path: str) -> list[str]:
    """The paths of all superiors and of the place itself, from the top: "31/3101/" → ["31/", "31/3101/"]."""
    found, end = [], path.find("/") + 1
    while end:
        found.append(path[:end])
        end = path.find("/", end) + 1
    return found
