"""Processes die under load, at any moment: what was acknowledged is there, once, and the journal holds.

A real installation: web and worker in processes of their own, residents who report by HTTP and, as a good client does,
send again with the same key whatever was not answered.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.factories.world import HOME
from tests.installation import Installation
from tools import postgres

pytestmark = [pytest.mark.load]

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
CLIENTS = 4
ROUND_SECONDS = (1.0, 2.5)  # under load before the next blow
START_SECONDS = 60
NO_LIMIT = {"PINGZHAN_FLOOD_REPORTS_PER_MINUTE": "0", "PINGZHAN_LOG_LEVEL": "ERROR"}


@dataclass
class Resident(threading.Thread):
    """Reports one matter after the other until told to stop; each until it is acknowledged."""

    name_: str
    port: int
    stop: threading.Event
    failures: tuple[int, ...]  # answers that are to be expected, after which the report is sent again
    acknowledged: dict[str, str] = field(default_factory=dict)  # the words → the number
    wrong: list[str] = field(default_factory=list)

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            self._report(f"{self.name_}的第{number}件事：楼道漏水")

    def _report(self, text: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                status, body = self._send(text)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)  # not answered: send again, with the same key
                continue
            if status == 201:
                self.acknowledged[text] = body["number"]
                return
            if status not in self.failures:
                self.wrong.append(f"{status}: {body}")
                return
            time.sleep(0.05)
        self.wrong.append(f"no answer for {START_SECONDS} s")

    def _send(self, text: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(
                "POST",
                "/api/v1/matters",
                json.dumps({"text": text, "place": f"{HOME}-G001"}),
                {"Content-Type": "application/json", "Idempotency-Key": text.encode().hex()},
            )
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(port: int, address: str) -> int:
    """The status of a page; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", address)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while status_of(port, "/readyz") != 200:
        assert time.monotonic() < deadline, "not ready"
        time.sleep(0.1)


def python(installation: Installation, code: str) -> Any:
    """What the code prints as JSON, run inside of the installation."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django, json; django.setup()\n{code}"],
        env=installation.env | {"DJANGO_SETTINGS_MODULE": "pingzhan.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=installation.directory,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) if done.stdout else None


KEPT = """
from pingzhan.journal.models import Entry
from pingzhan.matters.models import Clock, Matter
print(json.dumps({
    "numbers": {matter.text: matter.number for matter in Matter.objects.order_by("pk")},
    "matters": Matter.objects.count(),
    "reports": Entry.objects.filter(verb="matter.report").count(),
    "told_twice": Entry.objects.filter(verb="matter.report").values("subject_id").distinct().count(),
    "clocks": Clock.objects.filter(kind="accept").count(),
}))
"""


def live_through(
    installation: Installation, blow: Callable[[Callable[[], None]], None], *, failures: tuple[int, ...] = ()
) -> list[Resident]:
    """Serve, let residents report, strike some times with `blow`, and come to rest; all that was sent is acknowledged.

    `blow` is given a function that starts web and worker; it may call it, or leave them running. `failures`: statuses
    with which the server may say meanwhile that it could not do it.
    """
    assert installation.run("migrate").returncode == 0
    python(
        installation,
        "from datetime import UTC, datetime\nfrom tests.factories.world import make_world\n"
        "make_world(at=datetime.now(UTC))",
    )
    port = free_port()

    def start() -> None:
        installation.start("serve", "--port", str(port), "--workers", "2", **NO_LIMIT)
        installation.start("worker", **NO_LIMIT)

    start()
    wait_until_ready(port)
    stop = threading.Event()
    residents = [Resident(f"居民{number}", port, stop, failures) for number in range(CLIENTS)]
    for resident in residents:
        resident.start()
    moments = random.Random(20260310)
    for _ in range(ROUNDS):
        time.sleep(moments.uniform(*ROUND_SECONDS))
        blow(start)
        wait_until_ready(port)
    time.sleep(1)
    stop.set()
    for resident in residents:
        resident.join(START_SECONDS)
        assert not resident.is_alive()
        assert resident.wrong == []
    return residents


def assert_nothing_lost_nothing_twice(installation: Installation, residents: list[Resident]) -> None:
    acknowledged = {text: number for resident in residents for text, number in resident.acknowledged.items()}
    assert all(len(resident.acknowledged) > ROUNDS for resident in residents), "hardly anything got through"
    kept = python(installation, KEPT)
    assert kept["numbers"] == acknowledged
    assert kept["matters"] == kept["reports"] == kept["told_twice"] == kept["clocks"] == len(acknowledged)
    counted = sorted(int(number[-4:]) for number in acknowledged.values())
    assert counted == list(range(1, len(acknowledged) + 1)), "what was undone must not leave a gap"

    for process in installation.processes:
        installation.kill(process)
    sealed = installation.run("journal", "seal")
    assert sealed.returncode == 0, sealed.stderr
    verified = installation.run("journal", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "holds" in verified.stdout
    assert ", 0 waiting" in verified.stdout


def test_kill_9_of_web_and_worker_under_load_loses_nothing(installation: Installation) -> None:
    def blow(start: Callable[[], None]) -> None:
        for process in installation.processes[-2:]:
            installation.kill(process)
        start()

    residents = live_through(installation, blow)

    assert_nothing_lost_nothing_twice(installation, residents)


@pytest.mark.postgres
def test_a_crash_of_the_database_server_under_load_loses_nothing(tmp_path: Path) -> None:
    """One of its processes is killed: PostgreSQL throws all connections off and recovers from its log."""
    if not os.environ.get("DATABASE_URL"):
        pytest.skip("runs on PostgreSQL")
    with postgres.throwaway(durable=False) as cluster, Installation.make(tmp_path / "installation") as installation:
        installation.env["DATABASE_URL"] = cluster.url

        def blow(start: Callable[[], None]) -> None:
            children = Path(f"/proc/{cluster.process.pid}/task/{cluster.process.pid}/children").read_text().split()
            backend = next(pid for pid in children if b"postgres: " in title(pid) and b"[local]" in title(pid))
            os.kill(int(backend), signal.SIGKILL)

        residents = live_through(installation, blow, failures=(500, 503))

        assert_nothing_lost_nothing_twice(installation, residents)


def title(pid: str) -> bytes:
    """What a process calls itself; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
