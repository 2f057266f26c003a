"""About 400 matters of the last 60 days, walked through the same operations that people use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.core.personal_data import hide_personal
from pingzhan.demo.desk import reasons_of
from pingzhan.demo.places import split_building
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.demo.texts.render import render
from pingzhan.demo.texts.shapes import Story
from pingzhan.matters import operations
from pingzhan.matters.choices import Source
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.queries.reference import ORDER, reference
from pingzhan.matters.queries.sheet import reporter_actor
from pingzhan.matters.workflow import IN_HAND
from pingzhan.places.models import Place

DAYS = 60
# How a matter goes, and how often out of a hundred.
FATES: tuple[tuple[str, int], ...] = (
    ("through", 74), ("returned", 6), ("rejected", 4), ("withdrawn", 3), ("merged", 3), ("held", 4), ("reopened", 4),
    ("referred", 2),
)  # fmt: skip
# Where some stop for now, so that every state can be seen today: the last step taken, and how many.
STANDING: tuple[tuple[str, int], ...] = (
    ("report", 14), ("accept", 10), ("dispatch", 12), ("sign", 16), ("progress", 14), ("hold", 3), ("decide_pause", 4),
    ("complete", 10),
    ("feed_back", 12), ("rate", 8), ("publish", 8),
)  # fmt: skip
# Hours that a step usually takes by half, and by nine in ten.
PACE: dict[str, tuple[float, float]] = {
    "accept": (0.8, 6), "dispatch": (1, 7), "sign": (2, 12), "progress": (14, 50), "complete": (30, 140),
    "verify": (5, 24), "feed_back": (4, 20), "rate": (10, 90), "publish": (12, 50), "archive": (20, 70),
    "decide_pause": (2, 8),
    "return": (5, 20), "hold": (8, 30), "resume": (60, 160), "reject": (2, 10), "withdraw": (3, 20), "merge": (1, 8),
    "refer": (6, 30), "reopen": (10, 60),
}  # fmt: skip


BY_RESIDENTS = frozenset({"rate", "withdraw", "reopen"})


@dataclass(slots=True)
class Walk:
    """One matter on its way. Each step moves the time on; a step that would lie in the future is not taken."""

    rng: Random
    cast: Cast
    story: Story
    matter: Matter
    at: datetime
    now: datetime
    stop_after: str
    over: bool = False

    def take(self, step: str, act: Callable[[Actor], object], who: Callable[[], Actor]) -> None:
        if self.over:
            return
        at = self.at + self._delay(step)
        if self.matter.urgency != "critical" and step not in BY_RESIDENTS:
            at = self._at_work(at)
        if at >= self.now:
            self.over = True
            return
        self.at = at
        act(who())
        if step == self.stop_after:
            self.over = True

    def _delay(self, step: str) -> timedelta:
        half, most = PACE[step]
        urgent = {"critical": 0.08, "urgent": 0.4}.get(self.matter.urgency, 1.0)
        hours = self.rng.lognormvariate(0, 0.9) * half
        return timedelta(hours=min(hours, most * 1.6) * urgent, seconds=self.rng.randrange(1, 900))

    def _at_work(self, at: datetime) -> datetime:
        """The same moment if people are at work then, otherwise some time after the next opening."""
        opened = reference().calendar.add_working_minutes(at, 0)
        return (
            at if opened == at else opened + timedelta(minutes=self.rng.uniform(4, 150), seconds=self.rng.randrange(60))
        )

    def receiver(self) -> Actor:
        return self.cast.of_unit(self.matter.receiver_id)

    def handler(self) -> Actor:
        if self.matter.handler_id == self.matter.receiver_id:
            grid = next((path for path in self.cast.workers if self.matter.path.startswith(path)), "")
            if grid:
                return self.cast.actor(self.cast.workers[grid])
        return self.cast.of_unit(self.matter.handler_id)

    def approver(self) -> Actor:
        return self.cast.of_unit(self.matter.awaits_id or self.matter.receiver_id)

    def reporter(self) -> Actor:
        return reporter_actor(self.matter)


def tell_stories(*, cast: Cast, places: list[Place], rng: Random, now: datetime, count: int) -> int:
    """Make `count` matters up to `now`; returns how many there are."""
    grids = [place for place in places if place.level == "grid"]
    buildings = [place for place in places if place.level == "building"]
    here = [place for place in buildings if f"/{DEMO_STREET}/" in place.path] or buildings
    first = here[0].path.rsplit("/", 3)[0] + "/"  # the community of the demo's accounts
    very_here = [place for place in here if place.path.startswith(first)]
    standing = [step for step, number in STANDING for _ in range(max(1, round(number * count / 400)))]
    made: list[Matter] = []
    for index in range(count):
        spot = rng.choice(rng.choices([very_here, here, buildings], [25, 30, 45])[0])
        stop = standing[index] if index < len(standing) else ""
        made.append(_one(cast, rng, spot=spot, grids=grids, now=now, stop_after=stop, earlier=made, index=index))
    return len(made)


def _one(
    cast: Cast, rng: Random, *, spot: Place, grids: list[Place], now: datetime, stop_after: str, earlier: list[Matter],
    index: int,
) -> Matter:  # fmt: skip
    estate, building = split_building(spot.name)
    story = render(rng, estate=estate, building=building)
    fate = "through" if stop_after else rng.choices([name for name, _ in FATES], [weight for _, weight in FATES])[0]
    if stop_after in {"hold", "decide_pause"}:
        fate = "held"
    if story.reject and not stop_after:
        fate = "rejected"
    at = _when(rng, story, now=now, standing=stop_after)
    by_worker = story.source == "worker"
    by = cast.actor(cast.workers[spot.path[: spot.path.rstrip("/").rindex("/") + 1]]) if by_worker else SYSTEM
    anonymous = not by_worker and story.can_be_anonymous and rng.random() < 0.3
    mine = index % 20 == 7 and cast.resident is not None
    matter = operations.report(
        text=story.text,
        location=_spot(rng, spot),
        source=Source.FIELD if by_worker else Source.PORTAL,
        by=cast.actor(cast.resident) if mine and not by_worker and cast.resident else by,
        at=at,
        category=story.kind,
        anonymous=anonymous and not mine,
        contact_name="" if anonymous or by_worker else "王女士" if rng.random() < 0.5 else "陈先生",
        contact_phone="" if anonymous or by_worker else cast.phone(),
    )
    walk = Walk(rng, cast, story, matter, at, now, stop_after, over=stop_after == "report")
    _WALKS[fate](walk, earlier)
    matter.refresh_from_db()
    return matter


def _when(rng: Random, story: Story, *, now: datetime, standing: str) -> datetime:
    """A moment of the last days, at an hour when such a text is written; those still under way began lately."""
    longest = {"report": 0.6, "accept": 1.0, "dispatch": 2, "sign": 5, "progress": 9, "hold": 9, "decide_pause": 9}.get(
        standing, 16 if standing else DAYS
    )
    moment = now - timedelta(days=rng.uniform(0.1, longest))
    low, high = story.hours or (7, 22)
    zone = ZoneInfo("Asia/Shanghai")
    local = moment.astimezone(zone)
    hour = rng.uniform(low, high if high > low else high + 24) % 24
    shifted = local.replace(hour=int(hour), minute=rng.randrange(60), second=rng.randrange(60))
    return shifted if shifted < now - timedelta(minutes=5) else moment


def _spot(rng: Random, place: Place) -> Location:
    """Half by a pin near the building with its address, half chosen from the list."""
    if place.lon is not None and place.lat is not None and rng.random() < 0.5:
        return Location(lon=place.lon, lat=place.lat, address=place.name)
    return Location(code=place.code)


# --- ways ------------------------------------------------------------------------------------------------------------


def _accept(walk: Walk) -> None:
    walk.take(
        "accept",
        lambda by: operations.accept(matter=walk.matter, by=by, at=walk.at, note=walk.story.accept),
        walk.receiver,
    )


def _dispatch(walk: Walk, unit: str = "") -> None:
    def act(by: Actor) -> object:
        return operations.dispatch(matter=walk.matter, by=by, at=walk.at, unit=unit, note=walk.story.dispatch)

    walk.take("dispatch", act, walk.receiver)


def _sign(walk: Walk) -> None:
    walk.take("sign", lambda by: operations.sign(matter=walk.matter, by=by, at=walk.at), walk.handler)


def _progress(walk: Walk, reply: str) -> None:
    walk.take(
        "progress",
        lambda by: operations.progress(matter=walk.matter, by=by, at=walk.at, reply=reply),
        walk.handler,
    )


def _handle(walk: Walk) -> None:
    _sign(walk)
    for note in walk.story.progress[:2]:
        _progress(walk, note)
    walk.take(
        "complete",
        lambda by: operations.complete(matter=walk.matter, by=by, at=walk.at, result=walk.story.result),
        walk.handler,
    )


def _feed_back(walk: Walk) -> None:
    if walk.rng.random() < 0.6 and walk.stop_after != "complete":
        walk.take("verify", lambda by: operations.verify(matter=walk.matter, by=by, at=walk.at), walk.receiver)
    walk.take(
        "feed_back",
        lambda by: operations.feed_back(matter=walk.matter, by=by, at=walk.at, reply=walk.story.reply),
        walk.receiver,
    )


def _rate(walk: Walk, stars: int) -> None:
    comment = walk.story.comments.get(stars, "") if walk.rng.random() < 0.7 else ""
    walk.take(
        "rate",
        lambda by: operations.rate(
            matter=walk.matter, by=by, at=walk.at, stars=stars, comment=comment, reasons=reasons_of(stars)
        ),
        walk.reporter,
    )


def _close(walk: Walk) -> None:
    _rate(walk, walk.rng.choices([5, 4, 3, 2, 1], [52, 30, 10, 5, 3])[0])
    if walk.story.publishable:
        walk.take("publish", lambda by: _publish(walk, by), walk.receiver)
        walk.take("archive", lambda by: operations.archive(matter=walk.matter, by=by, at=walk.at), walk.receiver)
    else:
        reason = "涉及个人隐私，不予公示。"
        walk.take(
            "archive",
            lambda by: operations.archive(matter=walk.matter, by=by, at=walk.at, reason=reason),
            walk.receiver,
        )


def _publish(walk: Walk, by: Actor) -> object:
    return operations.publish(
        matter=walk.matter, by=by, at=walk.at, title=walk.story.title, text=hide_personal(walk.matter.text).text,
        result=walk.story.result,
    )  # fmt: skip


def _through(walk: Walk, earlier: list[Matter]) -> None:
    _accept(walk)
    _dispatch(walk)
    _handle(walk)
    _feed_back(walk)
    _close(walk)


def _returned(walk: Walk, earlier: list[Matter]) -> None:
    """Sent to the wrong unit first."""
    wrong = reference().nearest(walk.matter.path, walk.story.return_unit)
    _accept(walk)
    lowest = reference().lowest_tier(walk.matter.path, walk.matter.category_id)
    if (
        wrong is not None
        and wrong.id != walk.matter.suggested_id
        and wrong.id in walk.cast.users
        and ORDER.index(wrong.tier) >= ORDER.index(lowest)
    ):
        _dispatch(walk, wrong.code)
        walk.take(
            "return",
            lambda by: operations.return_matter(matter=walk.matter, by=by, at=walk.at, reason=walk.story.return_reason),
            walk.handler,
        )
    _dispatch(walk)
    _handle(walk)
    _feed_back(walk)
    _close(walk)


def _rejected(walk: Walk, earlier: list[Matter]) -> None:
    walk.take(
        "reject",
        lambda by: operations.reject(matter=walk.matter, by=by, at=walk.at, reason=walk.story.reject_reason),
        walk.receiver,
    )


def _withdrawn(walk: Walk, earlier: list[Matter]) -> None:
    walk.take(
        "withdraw",
        lambda by: operations.withdraw(matter=walk.matter, by=by, at=walk.at, reason=walk.story.withdraw_reason),
        walk.reporter,
    )


def _merged(walk: Walk, earlier: list[Matter]) -> None:
    """Into an earlier open matter of the same community, if there is one."""
    into = next(
        (
            m
            for m in reversed(earlier)
            if m.community == walk.matter.community and m.status in IN_HAND and not m.merged_into_id
        ),
        None,
    )
    if into is None:
        _through(walk, earlier)
        return
    walk.take("merge", lambda by: operations.merge(matter=walk.matter, into=into, by=by, at=walk.at), walk.receiver)


def _held(walk: Walk, earlier: list[Matter]) -> None:
    _accept(walk)
    _dispatch(walk)
    _sign(walk)
    walk.take(
        "hold",
        lambda by: operations.hold(
            matter=walk.matter, by=by, at=walk.at, reason=walk.story.hold_reason, until=walk.at + timedelta(days=14)
        ),
        walk.handler,
    )
    walk.take("decide_pause", lambda by: operations.decide_pause(matter=walk.matter, by=by, at=walk.at), walk.approver)
    walk.take("resume", lambda by: operations.resume(matter=walk.matter, by=by, at=walk.at), walk.handler)
    walk.take(
        "complete",
        lambda by: operations.complete(matter=walk.matter, by=by, at=walk.at, result=walk.story.result),
        walk.handler,
    )
    _feed_back(walk)
    _close(walk)


def _reopened(walk: Walk, earlier: list[Matter]) -> None:
    _accept(walk)
    _dispatch(walk)
    _handle(walk)
    _feed_back(walk)
    _rate(walk, walk.rng.choice([1, 2]))
    walk.take(
        "reopen",
        lambda by: operations.reopen(matter=walk.matter, by=by, at=walk.at, reason=walk.story.reopen_reason),
        walk.reporter,
    )
    _dispatch(walk)
    _handle(walk)
    _feed_back(walk)
    _close(walk)


def _referred(walk: Walk, earlier: list[Matter]) -> None:
    _accept(walk)
    walk.take(
        "refer",
        lambda by: operations.refer(matter=walk.matter, by=by, at=walk.at, reason=walk.story.refer_reason),
        walk.receiver,
    )
    _handle(walk)
    _feed_back(walk)
    _close(walk)


_WALKS: dict[str, Callable[[Walk, list[Matter]], None]] = {
    "through": _through, "returned": _returned, "rejected": _rejected, "withdrawn": _withdrawn, "merged": _merged,
    "held": _held, "reopened": _reopened, "referred": _referred,
}  # fmt: skip
