"""Jobs run, fail, return, are set aside and recovered; hooks come round."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pingzhan.core import jobs
from pingzhan.core.jobs import (
    LEASE,
    Policy,
    Rounds,
    claim,
    dismiss,
    every,
    job_counts,
    jobs_set_aside,
    recover,
    run,
    run_again,
    worker_is_alive,
)
from pingzhan.core.models import WorkerBeat
from tests.unit.core import sample_jobs
from tests.unit.core.sample_jobs import effects

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def beat(worker: str, at: datetime = AT) -> None:
    WorkerBeat.objects.update_or_create(
        worker_id=worker, defaults={"host": "here", "process": 1, "started_at": at, "beat_at": at}
    )


def work(at: datetime = AT, *, worker: str = "w1") -> list[bool]:
    """What one worker does with all that is ready at this moment."""
    done = []
    while (job := claim(worker, at=at)) is not None:
        done.append(run(job, now=lambda: at))
    return done


def states() -> list[str]:
    return list(DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True))


# --- running --------------------------------------------------------------------------------------------------------


def test_a_job_runs_once_and_its_answer_is_kept() -> None:
    result = sample_jobs.count.enqueue("a")
    assert work() == [True]
    assert work() == []
    result.refresh()
    assert (result.return_value, effects("a"), states()) == (1, 1, ["SUCCESSFUL"])


@pytest.mark.django_db(transaction=True)
def test_a_job_is_enqueued_with_its_transaction_or_not_at_all() -> None:
    with transaction.atomic():
        sample_jobs.count.enqueue("a")
        transaction.set_rollback(True)
    assert work() == []


def test_higher_priority_goes_first_and_what_is_not_due_waits() -> None:
    sample_jobs.count.using(priority=-5).enqueue("low")
    sample_jobs.count.enqueue("usual")
    sample_jobs.count.using(priority=5).enqueue("high")
    sample_jobs.count.using(run_after=AT + timedelta(hours=1), priority=9).enqueue("later")
    ran = []
    while (job := claim("w1", at=AT)) is not None:
        ran.append(job.args_kwargs["args"][0])
        run(job, now=lambda: AT)
    assert ran == ["high", "usual", "low"]
    assert work(AT + timedelta(hours=1)) == [True]


# --- failing --------------------------------------------------------------------------------------------------------


def test_a_failing_job_comes_back_later_and_later_and_is_then_set_aside() -> None:
    sample_jobs.count_then_fail.enqueue("bad")
    waits = []
    at = AT
    for _ in range(2):
        assert work(at) == [False]
        job = DBTaskResult.objects.get()
        assert job.status == TaskResultStatus.READY
        waits.append((job.run_after - at).total_seconds())
        assert work(job.run_after - timedelta(seconds=1)) == []
        at = job.run_after
    assert 7.5 <= waits[0] <= 12.5
    assert 15 <= waits[1] <= 25

    assert work(at) == [False]
    job = jobs_set_aside().get()
    assert (job.task_name, job.exception_class_path) == ("count_then_fail", "builtins.ValueError")
    assert "not today" in job.traceback
    assert work(at + timedelta(days=1)) == []


def test_a_poisoned_job_does_not_stop_the_others() -> None:
    sample_jobs.count_then_fail.enqueue("bad")
    for name in "abc":
        sample_jobs.count.enqueue(name)
    assert work() == [False, True, True, True]
    assert [effects(name) for name in "abc"] == [1, 1, 1]


def test_what_a_failed_attempt_did_to_the_database_is_undone() -> None:
    sample_jobs.count_then_fail.enqueue("bad")
    sample_jobs.count_outside_then_fail.enqueue("outside")
    work()
    assert effects("bad") == 0
    assert effects("outside") == 1, "a job that is not atomic has to take care of itself"


@pytest.mark.parametrize("job", ["exit_the_worker", "answer_no_json", "sleep_long"])
def test_no_job_can_end_or_hold_its_worker(job: str) -> None:
    getattr(sample_jobs, job).enqueue()
    sample_jobs.count.enqueue("next")
    assert work() == [False, True]
    assert jobs_set_aside().get().task_name == job


def test_a_job_whose_function_is_gone_is_set_aside_in_the_end() -> None:
    sample_jobs.count.enqueue("a")
    DBTaskResult.objects.update(task_path="tests.unit.core.sample_jobs.renamed")
    at = AT
    for _ in range(Policy().retries + 1):
        assert work(at) == [False]
        at += timedelta(days=1)
    assert jobs_set_aside().get().task_name == "renamed"


def test_a_job_set_aside_can_be_run_again_or_given_up() -> None:
    sample_jobs.exit_the_worker.enqueue()
    work()
    job = jobs_set_aside().get()
    assert job_counts() == {"ready": 0, "running": 0, "set_aside": 1}

    DBTaskResult.objects.update(
        task_path="tests.unit.core.sample_jobs.count", args_kwargs={"args": ["a"], "kwargs": {}}
    )
    assert run_again(job.pk, at=AT)
    assert not run_again(job.pk, at=AT)
    assert job_counts() == {"ready": 1, "running": 0, "set_aside": 0}
    assert work() == [True]
    assert effects("a") == 1

    sample_jobs.exit_the_worker.enqueue()
    work()
    assert dismiss(jobs_set_aside().get().pk)
    assert not dismiss(uuid4())
    assert job_counts() == {"ready": 0, "running": 0, "set_aside": 0}


def test_waits_grow_to_an_hour_and_no_further() -> None:
    waits = [Policy(backoff=2).wait(attempt).total_seconds() for attempt in (1, 5, 12, 1000)]
    for wait, about in zip(waits, (2, 32, 3600, 3600), strict=True):
        assert 0.75 * about <= wait <= 1.25 * about


# --- two workers ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.load
def test_of_workers_at_once_each_job_goes_to_one(at_once: Callable[..., list[Any]]) -> None:
    for number in range(60):
        sample_jobs.count.enqueue(str(number))

    def worker(name: str) -> Callable[[], int]:
        def until_empty() -> int:
            ran = 0
            while DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists():
                ran += len(work(datetime.now(UTC), worker=name))
            return ran

        return until_empty

    shares = at_once(*(worker(f"w{number}") for number in range(4)))
    assert sum(shares) == 60
    assert [effects(str(number)) for number in range(60)] == [1] * 60


def test_a_job_of_a_dead_worker_is_given_to_another_when_its_lease_has_ended() -> None:
    beat("dead")
    beat("w1")
    sample_jobs.count.enqueue("a")
    claim("dead", at=AT)

    soon, later = AT + LEASE - timedelta(seconds=1), AT + LEASE + timedelta(seconds=1)
    assert recover(at=soon) == 0
    beat("w1", later)
    assert recover(at=later) == 1
    assert recover(at=later) == 0
    assert work(later + timedelta(minutes=1)) == [True]
    assert effects("a") == 1


def test_a_worker_takes_up_what_it_lost_sight_of_itself() -> None:
    """The database went away between the claim and the answer to it."""
    beat("w1")
    sample_jobs.count.enqueue("a")
    claim("w1", at=AT)
    assert recover(at=AT) == 0
    assert recover(at=AT, idle="w1") == 1


def test_a_job_that_kills_its_worker_each_time_is_set_aside() -> None:
    sample_jobs.exit_the_worker.enqueue()
    claim("killed", at=AT)
    recover(at=AT)
    assert jobs_set_aside().get().exception_class_path == "pingzhan.core.jobs.WorkerDied"


def test_a_worker_taken_for_dead_comes_too_late_and_its_effect_is_undone() -> None:
    """It was only held up, and finishes after another has done the job: once is once."""
    sample_jobs.count.enqueue("a")
    held_up = claim("slow", at=AT)
    assert held_up is not None
    later = AT + timedelta(minutes=2)
    recover(at=AT + timedelta(minutes=1))
    assert work(later, worker="other") == [True]

    assert run(held_up, now=lambda: later) is False
    assert effects("a") == 1
    assert states() == ["SUCCESSFUL"]


def test_a_failure_that_comes_too_late_does_not_touch_the_others_job() -> None:
    sample_jobs.count_then_fail.enqueue("a")
    held_up = claim("slow", at=AT)
    assert held_up is not None
    recover(at=AT)
    taken = claim("other", at=AT + timedelta(minutes=1))
    assert taken is not None
    run(held_up, now=lambda: AT + timedelta(minutes=2))
    assert states() == ["RUNNING"]


def test_signs_of_life() -> None:
    assert not worker_is_alive(at=AT)
    beat("w1")
    assert worker_is_alive(at=AT + timedelta(seconds=20))
    assert not worker_is_alive(at=AT + timedelta(minutes=1))


def test_looking_at_an_empty_queue_is_one_statement(django_assert_num_queries: Any) -> None:
    expected = 3 if connection.vendor == "postgresql" else 1  # savepoint, look, release; or a look without a lock
    with django_assert_num_queries(expected):
        assert claim("w1", at=AT) is None


# --- hooks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Only the hooks of this test; what they did."""
    monkeypatch.setattr(jobs, "_hooks", {})
    called: list[str] = []

    @every(10)
    def seal(at: datetime) -> None:
        called.append(f"seal {at:%H:%M}")

    @every(0)
    def send(at: datetime) -> None:
        called.append("send")
        raise ConnectionError("no gateway")

    @every(0)
    def check_clocks(at: datetime) -> None:
        called.append("clocks")

    return called


def test_hooks_come_round_and_one_that_fails_does_not_keep_the_others(
    hooks: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    rounds = Rounds()
    failed = rounds.run_due(lambda: AT)
    assert hooks == ["seal 01:00", "send", "clocks"]
    assert [name.rpartition(".")[2] for name in failed] == ["send"]

    hooks.clear()
    rounds.run_due(lambda: AT)
    assert hooks == ["send", "clocks"], "sealing is due in ten seconds"
    assert len(caplog.records) == 1, "told once a minute"


def test_tick_does_one_round_and_says_what_failed(hooks: list[str]) -> None:
    with pytest.raises(CommandError, match="send"):
        call_command("tick")
    assert len(hooks) == 3


def test_finished_jobs_are_forgotten_after_a_day_and_those_set_aside_stay() -> None:
    sample_jobs.count.enqueue("a")
    sample_jobs.exit_the_worker.enqueue()
    work()
    beat("gone")
    jobs.forget_finished(AT + timedelta(hours=23))
    assert len(states()) == 2
    jobs.forget_finished(AT + timedelta(hours=25))
    assert states() == ["FAILED"]
    assert not WorkerBeat.objects.exists()
