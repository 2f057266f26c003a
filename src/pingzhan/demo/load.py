"""Loading the demo city: places, reference data, people, matters. The same seed gives the same city."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from pingzhan.access.actors import SYSTEM
from pingzhan.core.db import refresh_statistics, tidy_search
from pingzhan.demo.desk import REASONS, tell_desk
from pingzhan.demo.learning import teach, tell_of_a_lift
from pingzhan.demo.member_lists import publish_lists
from pingzhan.demo.members import load_skills, tell_members
from pingzhan.demo.organisation import note_weeks, staff_organisation
from pingzhan.demo.passing import tell_passing
from pingzhan.demo.places import CITIES, load_places
from pingzhan.demo.plans import load_plans
from pingzhan.demo.staff import make_cast
from pingzhan.demo.stations import load_stations
from pingzhan.demo.stories import DAYS, tell_stories
from pingzhan.demo.takings import share_out
from pingzhan.demo.texts.categories import GROUPS, KINDS, STEP_TIMES
from pingzhan.demo.texts.departments import rule_for
from pingzhan.demo.trainings import call_through, train
from pingzhan.demo.visits import tell_visits
from pingzhan.demo.whistles import load_calls, tell_whistles
from pingzhan.matters.choices import Basis, ClockKind, Tier
from pingzhan.matters.operations.catalogue import (
    CategoryRow,
    LadderRow,
    PowerRow,
    RuleRow,
    load_catalogue,
    load_reasons,
)
from pingzhan.matters.rules import Allowance, Rung
from pingzhan.places.models import Place

SEED = 20260907
MATTERS = 400

Say = Callable[[str], None]


def is_loaded() -> bool:
    """Whether there is a city already."""
    return Place.objects.exists()


def load_demo(*, city: str, scale: str, now: datetime, say: Say, seed: int = SEED, matters: int = MATTERS) -> None:
    """Load the city in one transaction: either all of it is there, or nothing."""
    began = time.monotonic()
    rng = Random(seed)  # noqa: S311 (a demo that can be repeated, no secret)
    start = now - timedelta(days=DAYS + 30)
    with transaction.atomic():
        places = load_places(city=city, scale=scale, seed=seed, by=SYSTEM, at=start)
        say(f"places   {len(places)} from the district down to the buildings")
        root = next(place for place in places if place.code == CITIES[city].root)
        load_reference(root, at=start)
        say(f"plans    {load_plans(places=places, at=start)} in use")
        load_calls(root, at=start)
        cast = make_cast(places=places, rng=rng, at=start)
        say(f"people   {len(cast.users) + len(cast.workers)} staff in {len(cast.units)} units")
        members = tell_members(cast=cast, places=places, rng=Random(seed + 1), now=now)  # noqa: S311
        say(f"members  {members} checked in, with teams and captains")
        say(f"stations {load_stations(places=places, cast=cast, rng=Random(seed), at=start)} with their rooms")  # noqa: S311
        taken_on = staff_organisation(cast=cast, places=places, rng=Random(seed + 2), at=start)  # noqa: S311
        trained = train(rng=Random(seed + 3), now=now)  # noqa: S311
        call_through(cast=cast, places=places, now=now)
        note_weeks(now=now)
        say(f"posts    {taken_on} heads, workers and building leaders, with gaps to mend")
        say(f"trained  {trained} times somebody took part in a training for their post")
        made = tell_stories(cast=cast, places=places, rng=rng, now=now, count=matters)
        if made:
            made += tell_passing(cast=cast, places=places, rng=rng, now=now)
        say(f"matters  {made} over the last {DAYS} days")
        if matters:
            say(f"hot spot {tell_of_a_lift(places=places, now=now)} reports of one lift")
        say(f"teams    {share_out(cast=cast, now=now)} matters taken by somebody of their unit")
        say(f"whistles {tell_whistles(cast=cast, places=places, now=now)} around the demo's community")
        say(f"visits   {tell_visits(cast=cast, places=places, now=now)} with what was found")
        surge = tell_desk(cast=cast, places=places, now=now)
        say(f"desk     answers kept, questions and calls; a storm of {surge} reports in the last hour")
        # After the matters: what was dispatched before the list was is not touched by it.
        publish_lists(cast=cast, places=places, now=now)
    tidy_search()
    refresh_statistics()
    learned = teach(now=now)
    say(f"learned  {learned} kinds of suggestions from the dispatched matters")
    say(f"loaded in {time.monotonic() - began:.0f} s")


def load_reference(root: Place, *, at: datetime) -> None:
    """The default categories, times, dispatch rules and skills for everything under `root`."""
    load_skills(root, at=at)
    load_reasons(REASONS)
    categories = [CategoryRow(group.code, "", group.name, group.name_en) for group in GROUPS.values()]
    categories += [
        CategoryRow(
            kind.code,
            kind.group,
            kind.name,
            kind.name_en,
            kind.keywords,
            kind.urgency,
            bool(kind.danger),
            kind.publishable,
        )
        for kind in KINDS.values()
    ]
    load_catalogue(
        root=root,
        categories=categories,
        allowances=allowances(),
        rules=[RuleRow(code, rule_for(code).unit) for code in KINDS] + [RuleRow("", "community.committee")],
        ladders=LADDERS,
        # What a bureau of the district takes first by law is beyond the powers of those below it.
        powers=[
            PowerRow(code, Tier.DISTRICT) for code, kind in KINDS.items() if kind.handlers[0].startswith("district.")
        ],
        by=SYSTEM,
        at=at,
    )


_HOUR, _DAY = 60, 8 * 60  # minutes of working time
# Urged when it is due, then told one level after another: sooner where it is urgent, at once where it is critical.
LADDERS = (
    LadderRow(
        (
            Rung(Tier.UNIT, Basis.WORKING, 0),
            Rung(Tier.COMMUNITY, Basis.WORKING, _DAY),
            Rung(Tier.STREET, Basis.WORKING, 2 * _DAY),
            Rung(Tier.DISTRICT, Basis.WORKING, 3 * _DAY),
            Rung(Tier.CITY, Basis.WORKING, 5 * _DAY),
        )
    ),
    LadderRow(
        (
            Rung(Tier.UNIT, Basis.CALENDAR, 0),
            Rung(Tier.COMMUNITY, Basis.CALENDAR, 4 * _HOUR),
            Rung(Tier.STREET, Basis.CALENDAR, 12 * _HOUR),
            Rung(Tier.DISTRICT, Basis.CALENDAR, 24 * _HOUR),
            Rung(Tier.CITY, Basis.CALENDAR, 48 * _HOUR),
        ),
        urgency="urgent",
    ),
    LadderRow(
        (
            Rung(Tier.UNIT, Basis.CALENDAR, 0),
            Rung(Tier.COMMUNITY, Basis.CALENDAR, 10),
            Rung(Tier.STREET, Basis.CALENDAR, 20),
            Rung(Tier.DISTRICT, Basis.CALENDAR, _HOUR),
            Rung(Tier.CITY, Basis.CALENDAR, 4 * _HOUR),
        ),
        urgency="critical",
    ),
)


def allowances() -> list[Allowance]:
    """The default times: per step by urgency, and the finishing time of each kind."""
    found = [
        Allowance(step.step, step.clock, step.minutes or 0, step.days or 0, "", step.urgency) for step in STEP_TIMES
    ]
    found += [
        Allowance(ClockKind.FINISH, kind.clock, kind.finish_minutes or 0, kind.finish_days or 0, kind.code)
        for kind in KINDS.values()
    ]
    found += [
        Allowance(ClockKind.FINISH, Basis.CALENDAR, minutes=8 * 60, urgency="critical"),
        Allowance(ClockKind.FINISH, Basis.WORKING, days=10),
        Allowance(ClockKind.FIRST_FEEDBACK, Basis.CALENDAR, minutes=60, urgency="critical"),
        Allowance(ClockKind.FIRST_FEEDBACK, Basis.CALENDAR, days=1, urgency="urgent"),
        Allowance(ClockKind.FIRST_FEEDBACK, Basis.WORKING, days=3),
        Allowance(ClockKind.RATE, Basis.CALENDAR, days=7),
        Allowance(ClockKind.PUBLISH, Basis.WORKING, days=5),
        Allowance(ClockKind.ARCHIVE, Basis.WORKING, days=5),
    ]
    return found
