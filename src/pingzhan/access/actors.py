"""Who does it: resolved once a request, then passed into every operation as `by`."""

from dataclasses import dataclass, replace
from uuid import UUID

from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES, Role


@dataclass(frozen=True, slots=True)
class Held:
    """A role held now, under `path`; `unit_id` is the unit on whose behalf; `lent`: for a response, until it ends."""

    role: str
    path: str
    unit_id: UUID | None = None
    lent: bool = False

    @property
    def definition(self) -> Role:
        return ROLES[self.role]


@dataclass(frozen=True, slots=True)
class Actor:
    """kind: user (signed in), reporter (proved by a query code only), anonymous, system."""

    kind: str
    user_id: UUID | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    proof: UUID | None = None  # of a reporter: the matter whose query code was shown

    def as_resident(self) -> "Actor":
        """The same one as the journal names a resident: by id, which can be erased with the account, never by name."""
        return replace(self, name="")

    @property
    def is_staff(self) -> bool:
        return any(held.definition.permissions for held in self.held)

    @property
    def mfa_required(self) -> bool:
        return any(held.definition.mfa_required for held in self.held)

    @property
    def unit_ids(self) -> frozenset[UUID]:
        return frozenset(held.unit_id for held in self.held if held.unit_id)

    @property
    def homes(self) -> frozenset[str]:
        """The faces of the roles: of what a response lends only where nobody works otherwise.

        Who goes round with a phone in peacetime does so in an emergency, whatever rights are added for it.
        """
        own = frozenset(held.definition.home for held in self.held if not held.lent) - {"portal"}
        return own or frozenset(held.definition.home for held in self.held)

    def holding(self, permission: Permission) -> tuple[Held, ...]:
        return tuple(held for held in self.held if permission in held.definition.permissions)


ANONYMOUS = Actor("anonymous")
SYSTEM = Actor("system", name="system")
