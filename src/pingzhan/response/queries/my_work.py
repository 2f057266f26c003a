"""What responses in force ask of somebody: duties and roles laid on them, tasks and instructions for what they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pingzhan.access.actors import Actor, Held
from pingzhan.core.paths import code_of
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import (
    Mode,
    anything_in_force,
    drills_of,
    modes_by_response,
    of_person,
    reaching,
    what_duties_are,
)
from pingzhan.modes.rules import NOTHING
from pingzhan.people.queries.persons_of import person_of_user
from pingzhan.places.queries import names_along

if TYPE_CHECKING:
    from pingzhan.modes.models import Overlay


@dataclass(frozen=True, slots=True)
class Instruction:
    """An order to a role that the reader holds, and by which response."""

    text: str
    plan: str
    plan_en: str
    exercise: bool


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done by a role that the reader holds, where, and by when if the plan says so."""

    title: str
    places: list[str]  # names
    due_at: datetime | None
    codes: list[str]
    exercise: bool


@dataclass(frozen=True, slots=True)
class MyWork:
    """What responses in force ask of somebody."""

    duties: "list[Overlay]"
    roles: "list[Overlay]"
    about: dict[UUID, dict[str, Any]]  # what the duties are, by the ids of their rows
    tasks: list[Task]
    instructions: list[Instruction]
    drills: frozenset[UUID] = frozenset()  # responses that are exercises: what they ask is marked so

    @property
    def grouped(self) -> list[dict[str, Any]]:
        """The duties, those in charge first: each kind once, with all that it covers."""
        found: dict[tuple[str, str, bool], dict[str, Any]] = {}
        for row in sorted(self.duties, key=lambda row: str(row.payload["part"])):
            said, about = row.payload, self.about.get(row.pk, {})
            exercise = row.response_id in self.drills
            key = (said["duty"], said["part"][0], exercise)
            one = found.setdefault(
                key,
                {
                    "title": about.get("title", ""),
                    "in_charge": said["part"].startswith("A"),
                    "subjects": [],
                    "reports_to": about.get("reports_to", ""),
                    "tasks": about.get("tasks", []),
                    "exercise": exercise,
                },
            )
            one["subjects"].append(said.get("subject", ""))
        return list(found.values())

    def __bool__(self) -> bool:
        return bool(self.duties or self.roles or self.tasks or self.instructions)


NO_WORK = MyWork([], [], {}, [], [])


def my_work(actor: Actor, *, at: datetime) -> MyWork:
    """What is asked of the actor now; no statement in peacetime, else at most six."""
    drills = drills_of(actor.user_id, at=at)
    if actor.user_id is None or not anything_in_force(at=at, drills=drills):
        return NO_WORK
    person = person_of_user(actor.user_id)
    rows = of_person(person, at=at, drills=drills) if person else []
    duties = [row for row in rows if row.kind == OverlayKind.PERSON_DUTY]
    roles = [row for row in rows if row.kind == OverlayKind.PERSON_ROLE]
    asked = _asked_of(actor, at=at, drills=drills)
    return MyWork(
        duties,
        roles,
        what_duties_are(duties) if duties else {},
        _tasks([row for row in asked if row.kind == OverlayKind.TASK], drills),
        _instructions([row for row in asked if row.kind == OverlayKind.INSTRUCTION], modes_by_response()),
        drills,
    )


def _asked_of(actor: Actor, *, at: datetime, drills: frozenset[UUID]) -> "list[Overlay]":
    """The tasks and instructions that are for one of the actor's roles where they hold it; one statement."""
    kinds = (OverlayKind.TASK, OverlayKind.INSTRUCTION)
    rows = reaching(kinds, [held.path for held in actor.held], at=at, drills=drills)
    found: dict[UUID, Overlay] = {}
    for held in actor.held:
        for row in _for(held, rows):
            found.setdefault(row.pk, row)
    return [row for row in rows if row.pk in found]


def _for(held: Held, rows: "Iterable[Overlay]") -> "Iterable[Overlay]":
    """Those of a role held somewhere. Of one response and key the nearest above speaks; below, each for itself."""
    above: dict[tuple[UUID, str, str], Overlay] = {}
    for row in rows:
        if held.path.startswith(row.target):
            key = (row.response_id, row.kind, row.key)
            if key not in above or len(row.target) > len(above[key].target):
                above[key] = row
        elif row.target.startswith(held.path) and _addressed(row, held):
            yield row
    yield from (row for row in above.values() if _addressed(row, held))


def _addressed(row: "Overlay", held: Held) -> bool:
    """A task of no role is for whoever works for that very place."""
    if row.payload == NOTHING:
        return False
    if row.kind == OverlayKind.INSTRUCTION:
        return held.role in row.payload.get("roles", [])
    role = row.payload.get("role")
    return held.role == role if role else held.path == row.target and bool(held.definition.permissions)


def _tasks(rows: "list[Overlay]", drills: frozenset[UUID]) -> list[Task]:
    """Each task once with all its places, the most pressing first; one statement for the names."""
    if not rows:
        return []
    names = names_along([row.target for row in rows])
    found: dict[tuple[UUID, str], Task] = {}
    for row in rows:
        minutes = row.payload.get("due_minutes")
        due = row.since + timedelta(minutes=minutes) if minutes is not None else None
        one = found.setdefault(
            (row.response_id, row.key), Task(row.payload["title"], [], due, [], row.response_id in drills)
        )
        code = code_of(row.target)
        one.codes.append(code)
        one.places.append(names.get(code, code))
    return sorted(found.values(), key=lambda one: (one.due_at is None, one.due_at, one.title))


def _instructions(rows: "list[Overlay]", modes: dict[UUID, Mode]) -> list[Instruction]:
    """Each once, in the order of the rule."""
    found: dict[tuple[UUID, str, str], Instruction] = {}
    for row in rows:
        mode = modes[row.response_id]
        said = Instruction(row.payload["text"], mode.plan, mode.plan_en, mode.kind == "exercise")
        found.setdefault((row.response_id, row.key, said.text), said)
    return list(found.values())
