"""Persons beyond those of the little world: a double, a merge, an office to give away."""

from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.people.models import Appointment, Person, Training
from pingzhan.people.operations import create_person, enter_trainings, load_chains, load_trainings, merge_persons
from tests.factories.world import DISTRICT, HOME, World


def somebody(world: World, name: str = "新人", *, place: str = HOME, phone: str = "") -> Person:
    """A person without an office, filed at a place."""
    return create_person(name=name, phone=phone, place=world.places[place], by=SYSTEM, at=world.at)


def addresses(world: World) -> dict[str, dict[str, Any]]:
    """What the routes of units, persons and offices want to be called with, all at the home community."""
    one, other, third = (somebody(world, "双份") for _ in range(3))
    merge = merge_persons(kept=one, gone=third, reason="同一人", by=SYSTEM, at=world.at)
    unit = {"unit_id": world.units[f"{HOME}.property"].pk}
    office = Appointment.objects.get(role="grid_worker", place__code=f"{HOME}-G001")
    person = {"person_id": one.pk}
    load_trainings(by=SYSTEM, at=world.at)
    (trained,) = enter_trainings(
        training=Training.objects.get(code="flood"), persons=[one], on=world.at.date(), by=SYSTEM, at=world.at
    )
    return {
        **{f"desk:{name}": unit for name in ("unit", "unit_edit", "unit_end", "unit_staff")},
        **{f"desk:person{name}": person for name in ("", "_edit", "_phone", "_account", "_appoint", "_train")},
        "desk:training_withdraw": {"row_id": trained.pk},
        "desk:person_merge": {"person_id": one.pk, "other_id": other.pk},
        "desk:unmerge": {"merge_id": merge.pk},
        "desk:organisation_chain": {
            "chain_id": load_chains(place=world.places[DISTRICT], by=SYSTEM, at=world.at)[0].pk
        },
        "desk:office": {"appointment_id": office.pk},
    }
