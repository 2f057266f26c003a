"""Proofs of the journal."""

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import Moment, Out


class EntryOut(Out):
    """One operation on record."""

    uid: UUID
    at: Moment
    verb: str
    actor_kind: str
    actor_name: str
    subject_type: str
    subject_id: UUID
    place_path: str
    from_state: str
    to_state: str


class TreeHeadOut(Out):
    """The Merkle tree at one moment."""

    size: int
    root: str = Field(description="SHA-256, hex.")
    at: Moment


class ProofOut(Out):
    """That the entry is in the tree: RFC 9162, section 2.1.3; hashes are SHA-256, hex."""

    entry: EntryOut
    position: int
    leaf: str
    path: list[str]
    tree: TreeHeadOut
