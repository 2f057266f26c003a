"""What others may listen to. Listeners run inside of the transaction of the operation.

    @listen(PersonsMerged)
    def follow(event: PersonsMerged) -> None:
        event.moved["teams"] = [...]      # the ids of the rows that now name event.kept

    @listen(UnitEnds)
    def refuse(event: UnitEnds) -> None:
        raise StateConflict(...)          # and the operation does not happen

Listeners are registered where an application starts (apps.py), in the order of the applications.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """`gone` was found to be `kept`. A listener points its rows at `kept` and notes their ids in `moved`."""

    kept: UUID
    gone: UUID
    at: datetime
    moved: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """They were two after all: a listener points the rows that it had noted in `moved` back at `gone`."""

    kept: UUID
    gone: UUID
    at: datetime
    moved: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class UnitEnds:
    """A unit is about to end; a listener that cannot let it go raises a StateConflict that says what to do first."""

    unit_id: UUID
    at: datetime


E = TypeVar("E")
_listeners: dict[type, list[Callable[[Any], None]]] = {}


def listen(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the function at every event of this kind."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        known = _listeners.setdefault(kind, [])
        if function not in known:
            known.append(function)
        return function

    return register


def publish(event: Any) -> None:
    """Tell all listeners, one after the other; what one raises undoes the operation."""
    for function in _listeners.get(type(event), ()):
        function(event)
