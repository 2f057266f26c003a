"""What an overlay may say, and where it reaches. No database, no clock."""

from dataclasses import dataclass, field
from typing import Any

from pingzhan.modes.choices import OverlayKind


@dataclass(frozen=True, slots=True)
class Shape:
    """What the payload of a kind holds: names and types that must be there, and those that may.

    `reaches_down`: the target is a path, and the change holds for everything below it.
    """

    needs: dict[str, type]
    may: dict[str, type]
    reaches_down: bool = False
    known: dict[str, type] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", self.needs | self.may)


SHAPES: dict[str, Shape] = {
    OverlayKind.ROOM_FUNCTION: Shape({"function": str}, {"minutes": int, "checklist": list, "capacity": int}),
    OverlayKind.BOOKING: Shape({"state": str}, {"note": str, "room": str}),
    OverlayKind.PERSON_ROLE: Shape({"role": str, "path": str}, {"title": str, "unit": str}),
    OverlayKind.PERSON_DUTY: Shape({"duty": str, "part": str}, {"metres": int, "subject": str, "skills": list}),
    # What the duties of one code are about, said once for the area: a city has tens of thousands of them.
    OverlayKind.DUTY: Shape({"title": str}, {"tasks": list, "reports_to": str}, reaches_down=True),
    OverlayKind.CLOCK: Shape({"minutes": int}, {"basis": str}, reaches_down=True),
    OverlayKind.VISIT: Shape({"per_day": int}, {"need": str}, reaches_down=True),
    OverlayKind.SUPPLY: Shape({"per_head_day": str, "unit": str}, {"source": str, "item": str}, reaches_down=True),
    OverlayKind.TASK: Shape({"title": str}, {"role": str, "due_minutes": int}, reaches_down=True),
    OverlayKind.INSTRUCTION: Shape({"text": str}, {"roles": list, "acknowledge_minutes": int}, reaches_down=True),
    OverlayKind.NOTICE: Shape({"text": str}, {"title": str, "services": list}, reaches_down=True),
}


# What a change that reaches down says where a part of its area has none of it.
NOTHING = {"none": True}


def check_payload(kind: str, payload: dict[str, Any]) -> None:
    """Raise ValueError unless `payload` is what overlays of this kind hold: such a row would be a mistake of ours."""
    shape = SHAPES.get(kind)
    if shape is None:
        raise ValueError(f"no kind of overlay: {kind!r}")
    if shape.reaches_down and payload == NOTHING:
        return
    for name, value in payload.items():
        wanted = shape.known.get(name)
        if wanted is None:
            raise ValueError(f"{kind}: no {name!r} in its payload")
        # Not isinstance: a bool is an int to Python, and no number of minutes.
        if type(value) is not wanted:
            raise ValueError(f"{kind}: {name} is to be {wanted.__name__}")
    missing = shape.needs.keys() - payload.keys()
    if missing:
        raise ValueError(f"{kind}: {', '.join(sorted(missing))} missing")
