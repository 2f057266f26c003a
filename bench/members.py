"""The ledger and the talent pool at 40,000 people: every filter of the ledger, its counts, and a search by skill."""

import os
import random
import time
from datetime import timedelta

from bench.ground import QUICK, lay_ground, quantile, row, settle, statements, timed
from pingzhan.access.models import Grant
from pingzhan.access.queries import actor_for
from pingzhan.core.clock import now
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import blind_index
from pingzhan.demo.texts.names import person_name
from pingzhan.people import queries
from pingzhan.people.models import CheckIn, Person, PersonSkill, Skill, TalentAsk, TalentRequest
from pingzhan.people.queries import MemberFilters, TalentFilters
from pingzhan.places.models import Place

# BENCH_MEMBERS=400000 measures another size.
MEMBERS = int(os.environ.get("BENCH_MEMBERS", "2000" if QUICK else "40000"))
TIMES = 9 if QUICK else 41
STATES = ["joined"] * 80 + ["approved"] * 4 + ["contacted"] * 4 + ["paused"] * 4 + ["submitted"] * 4 + ["left"] * 4


def fill() -> None:
    """Members spread over all buildings of the district, with one to three skills each; some are asked already."""
    rng, end = random.Random(7), now()
    homes = list(Place.objects.filter(level="building").order_by("path"))
    kinds = list(Skill.objects.filter(parent__isnull=False).order_by("code"))
    persons, check_ins, skills = [], [], []
    for number in range(MEMBERS):
        at = end - timedelta(minutes=13 * (MEMBERS - number))
        phone, home, name = f"100{number:08d}", rng.choice(homes), person_name(rng)
        index = blind_index(phone, purpose="person.phone")
        person = Person(id=uuid7(at), name=name, phone=phone, phone_index=index, contact_confirmed_at=at, created_at=at)
        state, mine = rng.choice(STATES), rng.sample(kinds, k=rng.choice((1, 2, 3)))
        persons.append(person)
        check_ins.append(
            CheckIn(
                id=uuid7(at), person=person, name=name, phone=phone, phone_index=index, place=home, path=home.path,
                skills=[skill.code for skill in mine], slots=rng.sample(["workday", "evening", "weekend"], k=2),
                source="portal", state=state, state_at=at, submitted_at=at, consent_at=at, consent_to="check-in-1",
                due_at=end + timedelta(hours=rng.uniform(-90, 90)) if state == "approved" else None,
            )
        )  # fmt: skip
        skills += [PersonSkill(person=person, skill=skill, since=at) for skill in mine]
    for model, rows in ((Person, persons), (CheckIn, check_ins), (PersonSkill, skills)):
        model.objects.bulk_create(rows, batch_size=2000)  # type: ignore[attr-defined]
    request = TalentRequest.objects.create(
        text="bench", place=homes[0], path=homes[0].path, by_name="bench", at=end, due_at=end + timedelta(hours=9)
    )
    asked = rng.sample(persons, k=MEMBERS // 20)
    TalentAsk.objects.bulk_create([TalentAsk(request=request, person=person) for person in asked], batch_size=2000)
    settle()


def main() -> None:
    lay_ground()
    start = time.perf_counter()
    fill()
    row("fill", f"{time.perf_counter() - start:.0f} s", detail=f"{MEMBERS:,} members")
    at = now()
    users = Grant.objects.select_related("user").filter(user__username__in=["command", "street", "secretary"])
    actors = {grant.user.username: actor_for(grant.user, at=at) for grant in users}
    command = actors["command"]
    for label, filters in {
        "everything": MemberFilters(), "on the team": MemberFilters(state="joined"),
        "calls overdue": MemberFilters(state="overdue"), "a street": MemberFilters(place="310107014"),
        "a community": MemberFilters(place="310107005001"), "a skill": MemberFilters(skill="medical.nurse"),
        "a group of skills": MemberFilters(skill="medical"), "a time": MemberFilters(slot="weekend"),
        "a phone": MemberFilters(q="10000000007"), "a name": MemberFilters(q="王建"),
    }.items():  # fmt: skip
        _ledger(command, label, filters, at)
    spent = timed(lambda: queries.counts(queries.ledger(command, MemberFilters()), at=at), times=TIMES)
    row("counts of the tabs", f"{quantile(spent, 0.5):.1f} ms", detail="2 statements")
    near = Place.objects.get(code="310107005001")
    for name, actor in actors.items():
        for skill in ("medical.nurse", "medical"):
            _search(name, actor, TalentFilters(skill=skill, slot="weekend", language="language.english"), near, at)


def _ledger(actor: object, label: str, filters: MemberFilters, at: object) -> None:
    def once() -> object:
        return queries.members_page(actor, filters, at=at, limit=100)  # type: ignore[arg-type]

    spent = timed(once, times=TIMES)
    row(
        f"ledger, 100 of {MEMBERS:,}: {label}", f"{quantile(spent, 0.5):.1f} ms", target="≤ 40 ms, ≤ 8 statements",
        detail=f"{statements(once)} statements, p99 {quantile(spent, 0.99):.0f} ms",
    )  # fmt: skip


def _search(name: str, actor: object, filters: TalentFilters, near: Place, at: object) -> None:
    def once() -> tuple[object, int]:
        return queries.search_talents(actor, filters, near=near, at=at)  # type: ignore[arg-type]

    spent, found = timed(once, times=TIMES), once()[1]
    row(
        f"talent search as {name}: {filters.skill}", f"{quantile(spent, 0.5):.1f} ms",
        detail=f"{found:,} candidates ranked, {statements(once)} statements, p99 {quantile(spent, 0.99):.0f} ms",
    )  # fmt: skip


main()
