"""Real worker processes: they share the work, survive being killed, and stop in order."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pingzhan.core.jobs import jobs_set_aside
from pingzhan.core.models import WorkerBeat
from tests.unit.core import sample_jobs
from tests.unit.core.sample_jobs import effects

ROOT = Path(__file__).parents[3]
SETTINGS = "tests.unit.core.worker_settings"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

Process = subprocess.Popen[bytes]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts worker processes on the test's database."""
    started: list[Process] = []

    def start(*words: str) -> Process:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        }
        command = [sys.executable, "-m", "django", "worker", *words]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)
    for log in sorted(tmp_path.glob("worker-*.log")):
        print(log.read_text()[-4000:])  # shown when the test fails


def until(true: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def finished() -> int:
    return DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL).count()


def test_two_workers_do_each_job_once_though_one_is_killed_in_the_middle(worker: Callable[..., Process]) -> None:
    names = [str(number) for number in range(80)]
    for name in names:
        sample_jobs.count_slowly.enqueue(name, 0.05)
    first, second = worker(), worker()
    until(lambda: finished() >= 10)
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    # As if its lease had ended: nobody has to wait half a minute for this test.
    WorkerBeat.objects.filter(process=first.pid).update(beat_at=F("beat_at") - timedelta(minutes=5))

    until(lambda: finished() == len(names))
    assert [effects(name) for name in names] == [1] * len(names)
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_finishes_its_job_and_signs_off(worker: Callable[..., Process], stop: int) -> None:
    sample_jobs.sleep_then_count.enqueue("a", 1.5)
    sample_jobs.sleep_then_count.enqueue("b", 1.5)
    process = worker()
    until(lambda: DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).exists())
    process.send_signal(stop)

    assert process.wait(20) == 0
    assert (effects("a"), effects("b")) == (1, 0)
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "SUCCESSFUL"]
    assert not WorkerBeat.objects.exists()


def test_an_idle_worker_stops_at_once(worker: Callable[..., Process]) -> None:
    process = worker()
    until(lambda: WorkerBeat.objects.exists())
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - started < 5


def test_draining_does_what_is_ready_and_ends(worker: Callable[..., Process]) -> None:
    for name in "abc":
        sample_jobs.count.enqueue(name)
    sample_jobs.exit_the_worker.enqueue()
    assert worker("--drain").wait(60) == 0
    assert [effects(name) for name in "abc"] == [1, 1, 1]
    # It is told not to be retried by a module that the worker had not loaded before.
    assert [job.task_name for job in jobs_set_aside()] == ["exit_the_worker"]


def test_a_worker_outlives_a_database_that_is_away_for_a_moment(worker: Callable[..., Process]) -> None:
    process = worker()
    until(lambda: WorkerBeat.objects.exists())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    else:
        # Somebody holds the write lock.
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(2)
        other.execute("ROLLBACK")
        other.close()
    sample_jobs.count.enqueue("after")
    until(lambda: effects("after") == 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
