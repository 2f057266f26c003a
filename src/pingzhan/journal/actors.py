"""What the journal has to know of whoever does something. `access`, which lies above, makes the real ones."""

from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """Kinds: user (signed in), system, reporter (known by a query code only), anonymous."""

    @property
    def kind(self) -> str: ...

    @property
    def user_id(self) -> UUID | None: ...

    @property
    def name(self) -> str: ...


# Of these nothing is kept that could tell who they are.
NAMELESS = frozenset({"anonymous", "reporter"})
