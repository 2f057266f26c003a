"""The whole table with its clocks against a simple model of its own: states, deadlines, pauses, levels, escalations.

The model knows nothing of the program's tables: what it expects is written down here once more, in minutes of the
clock, and after every step, allowed or refused, the matter in the database must be what the model says.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pingzhan.core.errors import DomainError
from pingzhan.matters import operations
from pingzhan.matters.choices import Basis
from pingzhan.matters.models import Escalation, Matter, TimeRule
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.matters.operations.pausing import expire_pauses
from pingzhan.matters.queries import reference
from pingzhan.matters.queries.sheet import reporter_actor
from pingzhan.matters.rules import Bound
from tests.factories.clocks import set_rules
from tests.factories.world import HOME

pytestmark = pytest.mark.django_db

MINUTES = {
    "accept": 60, "dispatch": 60, "sign": 120, "first_feedback": 600, "finish": 3000, "feed_back": 240, "rate": 9000,
    "publish": 600, "archive": 600,
}  # fmt: skip
COMMITTEE, PROPERTY, STREET = f"{HOME}.committee", f"{HOME}.property", "310107005.operations"
PEOPLE = {COMMITTEE: "secretary", PROPERTY: "property_staff", STREET: "street_staff"}
# Which rungs of the ladder (unit, community, street, district) tell somebody else than who owes it.
RUNGS = {COMMITTEE: (1, 3, 4), PROPERTY: (1, 2, 3, 4), STREET: (1, 4)}
PAUSABLE = {"accept", "dispatch", "sign", "finish"}
ASKABLE = ("submitted", "accepted", "dispatched", "in_progress")
BY_RECEIVER = {"accept", "dispatch", "feed_back", "publish", "archive"}
PAUSE_DAYS, RETURNS = 3, 2
HOUR = timedelta(hours=1)


@dataclass
class Run:
    """A running clock: when it is due, when the next rung is, how far it has climbed."""

    due: datetime
    act: datetime | None
    rung: int = 0


@dataclass
class Model:
    at: datetime
    status: str = "submitted"
    handler: str = ""
    awaits: str = ""
    binding: bool = False
    returns: int = 0
    clocks: dict[str, Run] = field(default_factory=dict)
    stopped_finish: tuple[Run, datetime] | None = None
    paused_at: datetime | None = None
    still: set[str] = field(default_factory=set)  # the clocks that stand still
    asked: bool = False
    pause_until: datetime | None = None  # of a pause that is asked for or in force
    paused_minutes: float = 0
    levels: list[str] = field(default_factory=list)
    told: int = 0

    def start(self, *kinds: str) -> None:
        for kind in kinds:
            due = self.at + timedelta(minutes=MINUTES[kind])
            self.clocks.setdefault(kind, Run(due, None if kind == "rate" else due))

    def stop(self, *kinds: str) -> None:
        for kind in kinds:
            gone = self.clocks.pop(kind, None)
            if kind == "finish" and gone:
                self.stopped_finish = (gone, self.paused_at or self.at)

    def stand(self) -> None:
        self.paused_at, self.still = self.at, PAUSABLE & set(self.clocks)

    def go_on(self) -> None:
        """The pause is over, at its end at the latest: as much time is left as was left."""
        if self.paused_at is not None and self.pause_until is not None:
            until = min(self.at, self.pause_until)
            self.paused_minutes += (until - self.paused_at).total_seconds() / 60
            for kind in self.still & set(self.clocks):
                shift(self.clocks[kind], self.paused_at, until)
        self.paused_at = self.pause_until = None
        self.still = set()

    def clear(self) -> None:
        self.clocks.clear()
        self.go_on()

    def owner(self, kind: str) -> str:
        if kind in ("dispatch", "feed_back") and self.awaits:
            return self.awaits
        return COMMITTEE if kind in BY_RECEIVER or not self.handler else self.handler

    def sweep(self) -> None:
        for kind, run in self.clocks.items():
            if run.act is None or run.act > self.at or kind in self.still:
                continue
            higher = [rung for rung in RUNGS[self.owner(kind)] if rung > run.rung]
            if not higher:
                run.rung, run.act = 4, None
                continue
            run.rung = higher[0]
            run.act = self.at + HOUR if run.rung < 4 else None
            self.told += 1


def shift(run: Run, since: datetime, at: datetime) -> None:
    if run.due > since:
        run.due += at - since
    if run.act is not None:
        run.act = run.due if not run.rung else run.act + (at - since) if run.act > since else run.act


class Loop(RuleBasedStateMachine):
    world = None
    seen: set[str] = set()  # what the examples came through, so that the test cannot go shallow unnoticed

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.matter = self.world.report()
        self.model = Model(self.world.at)
        self.model.start("accept")

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def take(self, name, who, allowed, **said):
        """Take the step; the model says whether it goes through. Returns whether it did."""
        matter = Matter.objects.get(pk=self.matter.pk)
        by = reporter_actor(matter) if who == "reporter" else self.world.actor(who)
        try:
            getattr(operations, name)(matter=matter, by=by, at=self.model.at, **said)
        except DomainError:
            assert not allowed, f"{name} refused in {self.model.status}"
            return False
        assert allowed, f"{name} taken in {self.model.status}"
        return True

    def to(self, status):
        if status != self.model.status:
            self.model.awaits = ""
        self.model.status = status

    # --- time -------------------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 45, 180, 1500, 5000]))
    def wait(self, minutes):
        self.model.at += timedelta(minutes=minutes)

    @rule()
    def watch(self):
        """The sweep, then the end of pauses, as the worker does."""
        model = self.model
        climb_due(at=model.at)
        model.sweep()
        if model.pause_until is not None and model.pause_until <= model.at:
            model.go_on()
            if model.status == "on_hold":
                self.to("in_progress")
        expire_pauses(at=model.at)

    @rule(unit=st.sampled_from([COMMITTEE, PROPERTY, STREET]))
    def forward(self, unit):
        """The step that one expects next, so that the examples get far."""
        model = self.model
        if model.status == "accepted" and unit == STREET and not model.awaits:
            self.refer()
        elif model.status == "accepted":
            self.dispatch(PROPERTY if unit == STREET else unit, bool(model.awaits))
        elif model.status == "completed":
            self.feed_back()
        elif model.status == "on_hold":
            self.decide(True) if model.awaits else self.resume()
        else:
            ways = {
                "submitted": self.accept, "dispatched": self.sign, "in_progress": self.complete, "fed_back": self.rate,
                "rated": self.publish, "published": self.archive,
            }  # fmt: skip
            ways.get(model.status, self.watch)()

    @rule(unit=st.sampled_from([COMMITTEE, PROPERTY, STREET]), steps=st.integers(1, 8))
    def further(self, unit, steps):
        for _ in range(steps):
            self.forward(unit)

    @rule()
    def linger(self):
        """Nobody goes on with it, or it is put on hold."""
        if self.model.status == "in_progress":
            self.hold(30)
        for minutes in (5000, 180, 180):
            self.wait(minutes)
            self.watch()

    @rule(approved=st.booleans())
    def pause(self, approved):
        """Put on hold, and approved or not yet, where that is possible."""
        for _ in range(3):
            if self.model.status in ("submitted", "accepted", "dispatched"):
                self.forward(PROPERTY)
        if self.model.status == "in_progress":
            self.hold(30)
        if approved and self.model.status == "on_hold" and self.model.awaits:
            self.decide(True)

    @rule(steps=st.integers(0, 3), waits=st.booleans())
    def inquire(self, steps, waits):
        """Asked on the way, and perhaps nobody answers."""
        for _ in range(steps):
            self.forward(PROPERTY)
        self.ask(1)
        if waits:
            self.wait(1500)

    # --- steps ------------------------------------------------------------------------------------------------------

    @rule()
    def accept(self):
        if self.take("accept", "secretary", self.model.status == "submitted"):
            self.model.stop("accept")
            self.model.go_on()
            self.model.start("dispatch")
            self.to("accepted")

    @rule()
    def reject(self):
        model = self.model
        right = model.status == "submitted" or (model.status == "accepted" and not model.awaits)
        if self.take("reject", "secretary", right, reason="不属实"):
            self.model.clear()
            self.to("rejected")

    @rule(unit=st.sampled_from([COMMITTEE, PROPERTY]), superior=st.booleans())
    def dispatch(self, unit, superior):
        model = self.model
        awaited = model.awaits if model.status == "accepted" else ""
        right = not awaited or superior
        if self.take(
            "dispatch", "street_staff" if superior else "secretary", model.status == "accepted" and right, unit=unit
        ):
            model.binding = model.binding or bool(awaited and model.returns >= RETURNS)
            model.handler = unit
            model.stop("accept", "dispatch")
            model.go_on()
            model.start("sign", "first_feedback", "finish")
            self.to("dispatched")

    @rule()
    def sign(self):
        if self.take("sign", PEOPLE[self.model.handler or PROPERTY], self.model.status == "dispatched"):
            self.model.stop("sign")
            self.to("in_progress")

    @rule()
    def send_back(self):
        model = self.model
        allowed = model.status in ("dispatched", "in_progress") and not model.binding
        if not self.take("return_matter", PEOPLE[model.handler or PROPERTY], allowed, reason="不归我们"):
            return
        decides = COMMITTEE
        if model.levels and model.handler == STREET:
            decides = model.levels.pop()
        model.returns += 1
        if model.returns >= RETURNS:
            decides = {COMMITTEE: STREET}[decides]
        model.handler = ""
        model.stop("sign")
        model.go_on()
        model.start("dispatch")
        self.to("accepted")
        model.awaits = "" if decides == COMMITTEE else decides

    @rule()
    def refer(self):
        model = self.model
        allowed = model.status in ("accepted", "dispatched", "in_progress") and model.handler != STREET
        if model.status == "accepted" and model.awaits:
            allowed = False  # it is the superior who decides now
        if self.take("refer", "secretary", allowed, reason="超出权限", unit=STREET):
            if COMMITTEE not in model.levels:
                model.levels.append(COMMITTEE)
            model.handler, model.binding = STREET, False
            model.stop("accept", "dispatch", "sign")
            model.go_on()
            model.start("sign", "first_feedback", "finish")
            self.to("dispatched")

    @rule()
    def progress(self):
        if self.take(
            "progress", PEOPLE[self.model.handler or PROPERTY], self.model.status == "in_progress", reply="看过"
        ):
            self.model.stop("first_feedback")

    @rule(hours=st.sampled_from([2, 30, 100]))
    def hold(self, hours):
        model = self.model
        until = model.at + hours * HOUR
        left = PAUSE_DAYS * 24 * 60 - model.paused_minutes
        allowed = model.status == "in_progress" and model.pause_until is None and hours * 60 <= left
        if self.take("hold", PEOPLE[model.handler or PROPERTY], allowed, reason="等配件", until=until):
            self.to("on_hold")
            model.pause_until = until
            model.awaits = STREET if model.handler == COMMITTEE else COMMITTEE

    @rule(ok=st.booleans())
    def decide(self, ok):
        model = self.model
        late = model.pause_until is not None and model.pause_until <= model.at
        if late:
            return  # the worker ends it before anybody presses
        who = PEOPLE.get(model.awaits, "street_staff")
        if self.take("decide_pause", who, model.status == "on_hold" and bool(model.awaits), ok=ok, note="看过"):
            model.awaits = ""
            if ok:
                model.stand()
            else:
                model.pause_until = None
                self.to("in_progress")

    @rule()
    def resume(self):
        model = self.model
        allowed = model.status in ("on_hold", *ASKABLE) and model.pause_until is not None
        if self.take("resume", self.who_has_it(), allowed):
            model.go_on()
            if model.status == "on_hold":
                self.to("in_progress")

    def who_has_it(self):
        model = self.model
        if model.status in ("submitted", "accepted"):
            return PEOPLE[model.awaits or COMMITTEE]
        return PEOPLE[model.handler or PROPERTY]

    @rule(days=st.sampled_from([1, 2]))
    def ask(self, days):
        model = self.model
        allowed = model.status in ASKABLE and model.pause_until is None
        if self.take("ask", self.who_has_it(), allowed, text="请问是几楼？", days=days):
            model.asked = True
            self.seen.add(f"asked when {model.status}")
            left = timedelta(minutes=PAUSE_DAYS * 24 * 60 - model.paused_minutes)
            if left > timedelta(minutes=1):
                model.pause_until = model.at + min(timedelta(days=days), left)
                model.stand()

    @rule(reporter=st.booleans())
    def answer(self, reporter):
        model = self.model
        allowed = model.status in ASKABLE and model.asked
        if self.take("answer", "reporter" if reporter else self.who_has_it(), allowed, text="三楼"):
            model.asked = False
            model.go_on()

    @rule()
    def complete(self):
        model = self.model
        if self.take("complete", PEOPLE[model.handler or PROPERTY], model.status == "in_progress", result="修好"):
            model.stop("first_feedback", "finish")
            model.go_on()
            model.start("feed_back")
            self.to("completed")

    @rule(ok=st.booleans())
    def verify(self, ok):
        model = self.model
        if self.take("verify", "secretary", model.status == "completed", ok=ok, note="看过") and not ok:
            model.stop("feed_back")
            if model.stopped_finish is not None:
                run, since = model.stopped_finish
                shift(run, since, model.at)
                model.clocks["finish"] = run
            self.to("in_progress")

    @rule()
    def feed_back(self):
        if self.take("feed_back", "secretary", self.model.status == "completed", reply="修好了"):
            self.model.stop("feed_back")
            self.model.start("rate")
            self.to("fed_back")

    @rule()
    def rate(self):
        if self.take("rate", "reporter", self.model.status == "fed_back", stars=4):
            self.model.stop("rate")
            self.model.start("publish")
            self.to("rated")

    @rule()
    def publish(self):
        if self.take("publish", "secretary", self.model.status == "rated", title="x", text="x", result="x"):
            self.model.stop("publish")
            self.model.start("archive")
            self.to("published")

    @rule()
    def archive(self):
        if self.take(
            "archive", "secretary", self.model.status in ("rated", "published", "rejected", "withdrawn"), reason="x"
        ):
            self.model.clear()
            self.to("archived")

    @precondition(lambda self: self.model.status in ("fed_back", "rated", "published", "archived", "rejected"))
    @rule()
    def reopen(self):
        model = self.model
        if self.take("reopen", "reporter", True, reason="又漏了"):
            model.clear()
            model.handler, model.binding, model.returns, model.asked = "", False, 0, False
            model.levels, model.stopped_finish = [], None
            model.start("dispatch")
            self.to("accepted")

    @rule()
    def withdraw(self):
        if self.take("withdraw", "reporter", self.model.status in ("submitted", "accepted", "dispatched")):
            self.model.clear()
            self.to("withdrawn")

    # --- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def as_the_model_says(self):
        model, matter = self.model, Matter.objects.select_related("handler", "awaits").get(pk=self.matter.pk)
        assert matter.status == model.status
        assert (matter.handler.code if matter.handler else "") == model.handler or not matter.is_open
        assert (matter.awaits.code if matter.awaits else "") == model.awaits
        assert (matter.binding, matter.returns) == (model.binding, model.returns)
        assert (matter.waiting, matter.asked) == (model.pause_until is not None, model.asked)
        clocks = {c.kind: c for c in matter.clocks.filter(state__in=["running", "paused"]).order_by("id")}
        assert {kind: clock.due_at for kind, clock in clocks.items()} == {k: run.due for k, run in model.clocks.items()}
        assert {k for k, clock in clocks.items() if clock.state == "paused"} == model.still & set(clocks)
        assert {k: (c.rung, c.act_at) for k, c in clocks.items()} == {
            k: (r.rung, r.act) for k, r in model.clocks.items()
        }
        assert matter.escalated == max((run.rung for run in model.clocks.values()), default=0)
        assert Escalation.objects.filter(matter=matter).count() == model.told
        running = [clock.due_at for clock in clocks.values() if clock.state == "running"]
        self.seen |= {
            model.status, *clocks, *(name for name, on in (
                ("paused", model.paused_at), ("asked", model.pause_until and not model.paused_at),
                ("told", model.told > 2),
                ("binding", model.binding), ("passed", model.levels), ("sent back", model.stopped_finish),
            ) if on),
        }  # fmt: skip
        ends = [model.pause_until] if model.paused_at and model.pause_until else []
        assert matter.next_due_at == min(running + ends, default=None)


def test_the_loop_does_what_the_model_says(world):
    TimeRule.objects.all().delete()
    for kind, minutes in MINUTES.items():
        TimeRule.objects.create(kind=kind, basis=Basis.CALENDAR, minutes=minutes)
    set_rules(world, limits=(Bound("pause_days", PAUSE_DAYS), Bound("returns", RETURNS)))
    reference.forget()
    Loop.world = world
    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=100, stateful_step_count=30, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert Loop.seen >= {
        "submitted", "accepted", "dispatched", "in_progress", "on_hold", "completed", "fed_back", "rated", "published",
        "archived", "rejected", "withdrawn", *MINUTES, "paused", "asked", "told", "passed", "sent back",
        *(f"asked when {status}" for status in ASKABLE),
    }  # fmt: skip
