"""Proofs of the journal, for those who inspect it."""

from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Path, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.journal import EntryOut, ProofOut, TreeHeadOut
from pingzhan.core.errors import NotFound, StateConflict
from pingzhan.journal.queries import NotSealed, entry_by_uid, inclusion_proof, latest_head

EntryUid = Annotated[UUID, Path(..., description="`entry` of a step in a matter's timeline.")]

router = Router(tags=["journal"], auth=SIGNED_IN)


@router.get(
    "/entries/{uuid:uid}/proof",
    response=answers({200: ProofOut}, *READ, 409),
    operation_id="prove_entry",
    summary="Proof that an entry is on record",
)
def prove_entry(request: ApiRequest, uid: EntryUid) -> ProofOut:
    """An inclusion proof (RFC 9162) against the newest tree head. 409 for the few seconds until the entry is sealed."""
    entry = entry_by_uid(uid)
    if entry is None or not can(request.actor, Permission.JOURNAL_VIEW, entry.place_path):
        raise NotFound
    head = latest_head()
    try:
        proof = inclusion_proof(entry, head=head)
    except NotSealed as error:
        raise StateConflict(_("这条记录还没有封存，请几秒后再试")) from error
    assert head is not None
    return ProofOut(
        entry=EntryOut(
            uid=entry.uid,
            at=entry.at,
            verb=entry.verb,
            actor_kind=entry.actor_kind,
            actor_name=entry.actor_name,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            place_path=entry.place_path,
            from_state=entry.from_state,
            to_state=entry.to_state,
        ),
        position=proof.position,
        leaf=proof.leaf.hex(),
        path=[node.hex() for node in proof.path],
        tree=TreeHeadOut(size=proof.size, root=proof.root.hex(), at=head.at),
    )
