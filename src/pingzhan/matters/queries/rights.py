"""Who may take which step on a matter: asked by operations, pages and API alike."""

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.matters.choices import Step
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.workflow import TABLE, Transition


def is_reporter(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` raised the matter: signed in as who reported it, or having shown its query code."""
    if actor.proof is not None:
        return actor.proof == matter.pk
    return actor.kind == "user" and matter.reporter_id is not None and actor.user_id == matter.reporter_id


def has_right(actor: Actor, step: Step, matter: Matter) -> bool:
    """Whether `actor` may take `step` here at all, whatever the state allows."""
    row = TABLE[step].in_state(matter.status)
    if actor.kind == "system" or (row.by_reporter and is_reporter(actor, matter)):
        return True
    if row.by_awaited and matter.awaits_id is not None and not is_awaited(actor, step, matter):
        return False
    return any(
        _reaches(row, held.path, held.unit_id, held.definition.by_unit, matter)
        for held in actor.holding(row.permission)
    )


def _reaches(row: Transition, path: str, unit_id: object, by_unit: bool, matter: Matter) -> bool:
    if not matter.path.startswith(path):
        return False
    if row.by_handler or by_unit:
        charged = matter.handler_id or (matter.receiver_id if row.or_receiver else None)
        return unit_id is not None and unit_id == charged
    return True


def is_awaited(actor: Actor, step: Step, matter: Matter) -> bool:
    """Whether the matter awaits a decision of a unit of the actor's; one above it may decide as well.

    A result on its way down is confirmed by each level itself, and told to nobody before.
    """
    if actor.kind == "system":
        return True
    if step in (Step.VERIFY, Step.FEED_BACK):
        return step is Step.VERIFY and matter.awaits_id in actor.unit_ids
    awaited = reference().units.get(matter.awaits_id) if matter.awaits_id else None
    return any(
        held.unit_id == matter.awaits_id
        or (awaited is not None and len(held.path) < len(awaited.path) and held.unit_id != matter.handler_id)
        for held in actor.holding(TABLE[step].in_state(matter.status).permission)
        if matter.path.startswith(held.path)
    )


def is_open_to(step: Step, matter: Matter) -> bool:
    """Whether the matter, as it stands, allows `step` to anybody."""
    row = TABLE[step]
    fits = not row.only_if or bool(getattr(matter, row.only_if))
    return matter.status in row.sources and fits and not (row.unless and getattr(matter, row.unless))


def may(actor: Actor, step: Step, matter: Matter) -> bool:
    """Whether `actor` may take `step` now."""
    return is_open_to(step, matter) and has_right(actor, step, matter)


def next_steps(actor: Actor, matter: Matter) -> list[Step]:
    """The steps that `actor` may take now, in the table's order."""
    return [step for step in TABLE if may(actor, step, matter)]


def may_open_contact(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` may see the reporter's name and phone in the clear: the unit in charge, and who accepts."""
    return any(
        matter.path.startswith(held.path)
        and (not held.definition.by_unit or held.unit_id == matter.handler_id)
        and (held.unit_id is None or held.unit_id in (matter.handler_id, matter.receiver_id))
        for held in actor.holding(Permission.MATTER_OPEN_CONTACT)
    )


def may_redact(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` may take words of the report out of sight: those who accept matters here."""
    return has_right(actor, Step.ACCEPT, matter)
