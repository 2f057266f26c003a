"""People who check in, in the little world of world.py."""

from datetime import datetime, timedelta
from typing import Any

from pingzhan.access.actors import ANONYMOUS, SYSTEM, Actor
from pingzhan.access.models import User
from pingzhan.access.queries import actor_for
from pingzhan.people import operations as people
from pingzhan.people.choices import CheckInSource
from pingzhan.people.models import CheckIn, Team
from pingzhan.people.operations import SkillRow, Told
from tests.factories.world import DISTRICT, HOME, World

SKILLS = (
    SkillRow("medical", "", "医疗健康", "Medical"),
    SkillRow("medical.doctor", "medical", "医生", "Doctor", wants_proof=True),
    SkillRow("medical.nurse", "medical", "护士", "Nurse", wants_proof=True),
    SkillRow("trade", "", "生活技能", "Trades"),
    SkillRow("trade.electrician", "trade", "电工", "Electrician", wants_proof=True),
    SkillRow("trade.driving", "trade", "驾驶", "Driving"),
    SkillRow("language", "", "语言", "Languages"),
    SkillRow("language.english", "language", "英语", "English"),
    SkillRow("language.shanghainese", "language", "上海话", "Shanghainese"),
)
PHONE = "10012340001"
STATES = ("submitted", "approved", "contacted", "joined")


def load_skills(world: World) -> None:
    people.load_skills(rows=SKILLS, path=world.path(DISTRICT), by=SYSTEM, at=world.at)


def check_in(
    world: World, *, phone: str = PHONE, name: str = "秦志愿", place: str = f"{HOME}-B001", to: str = "submitted",
    at: datetime | None = None, by: Actor = ANONYMOUS, source: CheckInSource = CheckInSource.PORTAL, **told: Any,
) -> CheckIn:  # fmt: skip
    """A check-in taken along the loop to the state `to`, an hour a step."""
    at = at or world.at
    found = people.submit(
        told=Told(name=name, phone=phone, place=place, **told), source=source, consent=True, by=by, at=at
    )
    steps = (people.approve, people.contact, people.join)
    for hours, step in enumerate(steps[: STATES.index(to)], 1):
        if step is people.join:
            team(world, found.path)
        found = step(check_in=found, by=SYSTEM, at=at + timedelta(hours=hours))
    return found


def team(world: World, path: str = "") -> Team:
    """The team of a community, set up when first asked for."""
    code = next(part for part in (path or world.path(HOME)).split("/") if len(part) == 12)
    found = Team.objects.filter(place__code=code, until__isnull=True).first()
    return found or people.set_up_team(
        place=world.places[code], name=f"{world.places[code].name}第二梯队", by=SYSTEM, at=world.at
    )


def actor_of(found: CheckIn, at: datetime) -> Actor:
    """Who checked in, signed in."""
    found.refresh_from_db()
    assert found.person is not None
    return actor_for(User.objects.get(pk=found.person.user_id), at=at)
