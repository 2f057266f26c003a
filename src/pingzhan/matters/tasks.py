"""Background work of matters: what is searched for, what is overdue, pauses that end, ratings that nobody gave."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.core.jobs import background, every, latest_job
from pingzhan.journal.follow import follow
from pingzhan.matters.choices import ClockKind, ClockState, Status, Target
from pingzhan.matters.findable import make_findable
from pingzhan.matters.models import Clock, Matter
from pingzhan.matters.operations import lapse_rating, learn_suggestion
from pingzhan.matters.operations.bulk import forget_old
from pingzhan.matters.operations.clustering import gather
from pingzhan.matters.operations.escalating import climb_due, give_way
from pingzhan.matters.operations.exports import forget_exports
from pingzhan.matters.operations.following import hand_on_followers, tell_followers
from pingzhan.matters.operations.pausing import expire_pauses
from pingzhan.matters.operations.presence import forget_absent
from pingzhan.matters.queries.sheet import UNDONE
from pingzhan.matters.queries.suggestion import latest_training
from pingzhan.matters.workflow import TABLE

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry

BATCH = 200
ESCALATE_SECONDS = 2.0  # of one turn


@every(1)
def index_new(at: datetime) -> int:
    """Make matters findable as they are, a second or two after a step: closed or open, in whose hands."""
    return follow("matters.search", verbs=_STEPS, work=_index, limit=1000)


_STEPS = ["matter.report", UNDONE, *(f"matter.{step.value}" for step in TABLE)]


def _index(entries: "list[Entry]") -> None:
    make_findable({entry.subject_id for entry in entries})


@every(60)
def lapse_ratings(at: datetime) -> int:
    """Take the matters on whose reporters did not rate them in time; several workers may do so at once."""
    due = (
        Clock.objects.filter(
            kind=ClockKind.RATE, state=ClockState.RUNNING, due_at__lt=at, matter__status=Status.FED_BACK
        )
        .select_related("matter")
        .order_by("due_at", "id")[:BATCH]
    )
    done = 0
    for clock in due:
        try:
            lapse_rating(matter=clock.matter, at=at)
            done += 1
        except DomainError:  # rated, reopened or lapsed by somebody else meanwhile
            continue
    return done


@every(2)
def escalate(at: datetime) -> int:
    """Urge and tell of what is overdue; a great many are dealt with in turns, so that other work has its own."""
    began, done = time.monotonic(), 0
    while climbed := climb_due(at=at):
        done += climbed
        if time.monotonic() - began > ESCALATE_SECONDS:
            break
        give_way()
    return done


@every(20)
def end_pauses(at: datetime) -> int:
    """Let handling go on where the agreed time, or the cap, of a pause is over."""
    return expire_pauses(at=at)


@every(60)
def forget_passing(at: datetime) -> None:
    """Drop who looked at a sheet a minute ago, and what of bulk acts can no longer be undone."""
    forget_absent(at=at)
    forget_old(at=at)


@every(600)
def drop_exports(at: datetime) -> int:
    """Drop the files of exports whose days are over."""
    return forget_exports(at=at)


@every(5)
def serve_followers(at: datetime) -> int:
    """Tell those who follow a matter of its result; who followed a merged one follows the other."""
    return follow("matters.followers", verbs=["matter.feed_back", "matter.merge"], work=_serve, limit=500)


def _serve(entries: "list[Entry]") -> None:
    last = max(entry.at for entry in entries)
    merged = [entry.subject_id for entry in entries if entry.verb == "matter.merge"]
    if merged:
        hand_on_followers(merged=Matter.objects.filter(pk__in=merged), at=last)
    # Not those merged into another: who followed one follows the other.
    ended = [e.subject_id for e in entries if e.verb == "matter.feed_back" and "of" not in e.data]
    if ended:
        tell_followers(matters=ended, at=last)


@every(2)
def gather_clusters(at: datetime) -> int:
    """Gather new matters that tell of the same trouble, in the order in which they were sealed."""
    return follow("matters.clusters", verbs=["matter.report"], work=_cluster, limit=1000)


def _cluster(entries: "list[Entry]") -> None:
    gather(entry.subject_id for entry in entries)


LEARN_EVERY = timedelta(days=7)


@every(3600)
def learn_weekly(at: datetime) -> None:
    """Order a training once a week; a version is used only when somebody puts it to use."""
    latest = latest_training()
    if latest is None or latest.trained_at > at - LEARN_EVERY:
        return  # the first time somebody asks for it
    job = latest_job(train_suggestions)
    if job is None or job.status not in {"READY", "RUNNING"}:
        train_suggestions.enqueue()


# Computes for long: not in one transaction. A second run makes one version more, which does no harm.
@background(retries=1, timeout=3600, atomic=False)
def train_suggestions() -> dict[str, str]:
    """Learn anew what category and handler to suggest; answers the id of each new version, "" where too few matters."""
    made = {target: learn_suggestion(target=target, by=SYSTEM, at=now()) for target in Target}
    return {target.value: str(version.pk) if version else "" for target, version in made.items()}
