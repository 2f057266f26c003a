"""Tracing responsibility (E7): the chain of a matter, with the journal's proof."""

# untranslated throughout: for readers of the API document

from ninja import Router

from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import MatterNumber
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.chains import MissedOut, TracedLink, TracedOut
from pingzhan.matters.queries.chain import chain_for

router = Router(tags=["journal"], auth=SIGNED_IN)


@router.get(
    "/{number}/chain",
    response=answers({200: TracedOut}, *READ),
    operation_id="get_chain",
    summary="Who knew, decided, did (责任链条)",
)
def get_chain(request: ApiRequest, number: MatterNumber) -> TracedOut:
    """Every entry of the matter, its whistles and takings with its proof, and who should have acted and did not.

    For those who answer for the record at the matter's place.
    """
    matter, found = chain_for(request.actor, number, at=request.at)
    return TracedOut(
        number=matter.number,
        links=[
            TracedLink(
                at=link.at, part=link.part, subject=link.subject, step=link.step, label=link.label,  # type: ignore[arg-type]
                who=link.who, kind=link.kind, to=link.unit, from_status=link.from_status, to_status=link.to_status,
                words=list(link.words), words_hold=link.words_hold, entry=link.entry, position=link.position,
                proof=link.proof,  # type: ignore[arg-type]
            )
            for link in found.links
        ],
        gaps=[
            MissedOut(clock=gap.label, unit=gap.unit, due_at=gap.due_at, acted_at=gap.acted_at) for gap in found.gaps
        ],
        root=found.root, size=found.size, whole=found.whole,
    )  # fmt: skip
