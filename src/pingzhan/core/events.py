"""Typed events: a lower room tells, higher rooms listen, in the same transaction and in the order of registration.

    grids_redrawn: Event[Redrawn] = Event()

    @grids_redrawn.listen            # in the higher room, imported by its AppConfig.ready
    def follow(event: Redrawn) -> None: ...

A listener that raises a DomainError stops the operation: that is how a higher room refuses what would break it.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

E = TypeVar("E")


class Event(Generic[E]):
    """One kind of event; its listeners are functions of the event."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[E], None]] = []

    def listen(self, listener: Callable[[E], None]) -> Callable[[E], None]:
        """Register a listener; a decorator. The same function again is one listener."""
        if listener not in self._listeners:
            self._listeners.append(listener)
        return listener

    def tell(self, event: E) -> None:
        """Call every listener now. What one raises ends the telling."""
        for listener in self._listeners:
            listener(event)
