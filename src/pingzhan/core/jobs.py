"""Background work: jobs that are retried, set aside and recovered, and hooks that come round every few seconds.

A job is a row of django-tasks-db, written in the transaction of whoever enqueues it:

    @background(retries=5, backoff=2)
    def send_digest(unit_id: str) -> None: ...

    send_digest.enqueue(str(unit.pk))

It runs at least once. With `atomic` (the rule) its changes to the database and the note that it is done are one
transaction, kept only if the job is still this worker's: then whatever happens to workers, its effect on the database
is there once. A job that talks to the world outside, or computes for long, says atomic=False and must itself make sure
that a second run does no harm, and keep its transactions short.

The library has neither retries nor recovery, and its worker cannot be given them; so its tables and its interface are
used, and claiming, running and noting are ours. core/worker.py holds the loop.
"""

import contextlib
import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception
from types import FrameType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.module_loading import import_string
from django_tasks import task as _task
from django_tasks.base import Task, TaskContext, TaskResult, TaskResultStatus
from django_tasks.signals import task_finished, task_started
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult, get_date_max

from pingzhan.core.db import is_postgres
from pingzhan.core.models import WorkerBeat

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

if TYPE_CHECKING:
    Job = DBTaskResult[Any, Any]
else:
    Job = DBTaskResult

# A worker that has given no sign of life for so long is dead, and what it was doing is given to others. Much longer
# than the time between two signs (core/worker.py), so that a locked database or clocks a few seconds apart do not kill.
LEASE = timedelta(seconds=30)
LONGEST_WAIT = 3600.0  # seconds between two attempts at most
KEPT = timedelta(days=1)  # how long jobs that succeeded stay on record


# --- jobs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Policy:
    """How a job is treated. Times in seconds."""

    retries: int = 5  # attempts after the first
    backoff: float = 2.0  # wait before the second attempt; doubles with each
    timeout: float = 600.0  # of one attempt
    atomic: bool = True

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after so many failed attempts; a quarter more or less, lest many return at once."""
        seconds = min(self.backoff * 2 ** min(attempts - 1, 30), LONGEST_WAIT)
        return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311


_policies: dict[str, Policy] = {}


def background(
    *, retries: int = 5, backoff: float = 2.0, timeout: float = 600.0, atomic: bool = True, priority: int = 0
) -> Callable[[Callable[P, T]], Task[P, T]]:
    """Make a function of a module a job. Its arguments and answer must be JSON; ids as text. Times in seconds.

    Higher `priority` (-100 to 100) goes first. See the head of this module for `atomic`.
    """

    def wrap(function: Callable[P, T]) -> Task[P, T]:
        made: Task[P, T] = _task(priority=priority)(function)
        _policies[made.module_path] = Policy(retries, backoff, timeout, atomic)
        return made

    return wrap


def policy_of(job: Job) -> Policy:
    """The policy of the job's function; the usual one where that is not known (any more)."""
    with contextlib.suppress(Exception):
        import_string(job.task_path)  # its module registers the policy; this worker may not have needed it before
    return _policies.get(job.task_path, Policy())


class JobTimedOut(Exception):
    """One attempt took longer than the job's timeout."""


class _ClaimLost(Exception):
    """The job was taken for dead and given to another while it ran."""


def claim(worker_id: str, *, at: datetime) -> Job | None:
    """Take the next job that is ready, highest priority first; None if there is none or others were quicker.

    On PostgreSQL rows that another is taking are skipped; on SQLite taking is exclusive.
    """
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY).filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=at)
    )
    if not is_postgres() and not ready.exists():
        return None  # looking costs no write lock
    with transaction.atomic():
        job = ready.get_locked()
        if job is None:
            return None
        mine = [*job.worker_ids, worker_id]
        taken = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.READY).update(
            status=TaskResultStatus.RUNNING, started_at=at, worker_ids=mine
        )
        if not taken:
            return None
    job.status, job.started_at, job.worker_ids = TaskResultStatus.RUNNING, at, mine
    return job


def run(job: Job, *, now: Callable[[], datetime]) -> bool:
    """Run a claimed job and note the outcome; True if it succeeded. Raises only if the database cannot be written."""
    policy = policy_of(job)
    try:
        task = job.task
        result = job.task_result
        task_started.send(sender=type(task.get_backend()), task_result=result)
        arguments = [TaskContext(task_result=cast(TaskResult[Any], result))] if task.takes_context else []
        with _at_most(policy.timeout), transaction.atomic() if policy.atomic else contextlib.nullcontext():
            value = normalize_json(task.call(*arguments, *result.args, **result.kwargs))
            if policy.atomic:
                _succeed(job, value, at=now())
        if not policy.atomic:
            _succeed(job, value, at=now())
    except _ClaimLost:
        log.warning("job %s (%s) was given to another worker; what it did here is undone", job.pk, job.task_path)
        return False
    except (Exception, SystemExit) as error:  # a job may not end its worker either
        _drop_broken_connection()
        _fail(job, error, at=now(), policy=policy)
        return False
    task_finished.send(sender=type(task.get_backend()), task_result=job.task_result)
    return True


def _drop_broken_connection() -> None:
    """What failed may have been the connection; the next statement then gets a new one."""
    if not connection.in_atomic_block:  # the caller's transaction, as in tests, is not ours to end
        close_old_connections()


def _ours(job: Job) -> QuerySet[Job]:
    """The job's row, as long as this claim of it holds."""
    return DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING, started_at=job.started_at)


def _succeed(job: Job, value: Any, *, at: datetime) -> None:
    changes: dict[str, Any] = {
        "status": TaskResultStatus.SUCCESSFUL, "finished_at": at, "return_value": value,
        "exception_class_path": "", "traceback": "",
    }  # fmt: skip
    if not _ours(job).update(**changes):
        raise _ClaimLost
    for name, changed in changes.items():
        setattr(job, name, changed)


def _fail(job: Job, error: BaseException, *, at: datetime, policy: Policy) -> None:
    """Note a failed attempt: another one later, or, after the last, the job is set aside."""
    kind = type(error)
    attempts = len(job.worker_ids)
    changes: dict[str, Any] = {
        "exception_class_path": f"{kind.__module__}.{kind.__qualname__}",
        "traceback": "".join(format_exception(error)),
        "return_value": None,
    }
    if attempts > policy.retries:
        changes |= {"status": TaskResultStatus.FAILED, "finished_at": at}
        log.error("job %s (%s) set aside after %d attempts: %s", job.pk, job.task_path, attempts, kind.__name__)
    else:
        changes |= {"status": TaskResultStatus.READY, "run_after": at + policy.wait(attempts)}
        log.warning("job %s (%s), attempt %d failed: %s", job.pk, job.task_path, attempts, kind.__name__)
    if _ours(job).update(**changes):
        for name, changed in changes.items():
            setattr(job, name, changed)
        if job.status == TaskResultStatus.FAILED:
            with contextlib.suppress(Exception):  # the function itself may be what is missing
                task_finished.send(sender=type(job.task.get_backend()), task_result=job.task_result)


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise JobTimedOut in the block after so long. Only the main thread can be interrupted; others have no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise JobTimedOut(f"took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class WorkerDied(Exception):
    """The worker that had the job is gone, or could not say how it ended."""


def recover(*, at: datetime, idle: str = "") -> int:
    """Give back the jobs of workers that died, as failed attempts; returns how many.

    A job that kills its worker each time is thus set aside in the end. `idle` is a worker that calls this itself while
    it runs nothing: what is noted as its job is then a leftover too, of a claim or an end that the database did not
    hear of.
    """
    alive = set(WorkerBeat.objects.filter(beat_at__gt=at - LEASE).values_list("worker_id", flat=True)) - {idle}
    given_back = 0
    for job in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).order_by("started_at"):
        holder = job.worker_ids[-1] if job.worker_ids else ""
        if holder not in alive:
            _fail(job, WorkerDied(f"worker {holder} never said how it ended"), at=at, policy=policy_of(job))
            given_back += 1
    return given_back


def jobs_set_aside() -> QuerySet[Job]:
    """Jobs that failed for good and wait for a person, newest first: task_name, exception_class_path, traceback."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at", "id")


def run_again(job_id: UUID, *, at: datetime) -> bool:
    """Put a job that was set aside back into the queue, its attempts counted anew; False if it is not set aside."""
    rows = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.FAILED)
    return bool(rows.update(status=TaskResultStatus.READY, run_after=at, finished_at=None, worker_ids=[]))


def dismiss(job_id: UUID) -> bool:
    """Give up a job that was set aside; False if it is not."""
    return bool(DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.FAILED).delete()[0])


def latest_job(task: Task[..., Any]) -> Job | None:
    """The newest job of `task` that is on record, whatever became of it: status, return_value, finished_at."""
    return DBTaskResult.objects.filter(task_path=task.module_path).order_by("-enqueued_at").first()


def job_counts() -> dict[str, int]:
    """How many jobs are "ready" (waiting, also for their time), "running", "set_aside"; one statement."""
    names = {"READY": "ready", "RUNNING": "running", "FAILED": "set_aside"}
    rows = DBTaskResult.objects.filter(status__in=list(names)).order_by("status").values_list("status")
    return dict.fromkeys(names.values(), 0) | {names[status]: n for status, n in rows.annotate(n=Count("pk"))}


def worker_is_alive(*, at: datetime) -> bool:
    """Whether any worker gave a sign of life lately."""
    return WorkerBeat.objects.filter(beat_at__gt=at - LEASE).exists()


# --- hooks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hook:
    name: str
    seconds: float
    function: Callable[[datetime], object]


_hooks: dict[str, Hook] = {}


def every(seconds: float) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Let each worker call the function about every so many seconds, with the time.

    For work that is found rather than ordered: clocks that are due, messages to send, entries to seal. Put it into the
    app's tasks.py and import that in AppConfig.ready. All workers call it, each on its own, so it claims what it takes
    by a condition in the database; it is brief, and leaves the rest to its next turn.
    """

    def wrap(function: Callable[[datetime], object]) -> Callable[[datetime], object]:
        name = f"{function.__module__}.{function.__qualname__}"
        _hooks[name] = Hook(name, seconds, function)
        return function

    return wrap


class Rounds:
    """When each hook is due next, in this process. All are at the start."""

    _SILENCE = 60.0  # seconds before the same hook's failure is told again

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def run_due(self, now: Callable[[], datetime], *, stopping: Callable[[], bool] = lambda: False) -> list[str]:
        """Call the hooks that are due, also after one that fails; returns the names of those that failed."""
        failed = []
        for hook in list(_hooks.values()):
            if stopping():
                break
            if time.monotonic() < self._due.get(hook.name, 0.0):
                continue
            try:
                hook.function(now())
                self._told.pop(hook.name, None)
            except Exception:
                failed.append(hook.name)
                self._tell(hook.name)
                _drop_broken_connection()
            self._due[hook.name] = time.monotonic() + hook.seconds
        return failed

    def _tell(self, name: str) -> None:
        if time.monotonic() >= self._told.get(name, 0.0):
            log.exception("hook %s failed", name)
            self._told[name] = time.monotonic() + self._SILENCE


@every(3600)
def forget_finished(at: datetime) -> None:
    """Drop jobs that succeeded a day ago, and signs of life of workers long gone."""
    DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=at - KEPT).delete()
    WorkerBeat.objects.filter(beat_at__lt=at - KEPT).delete()
