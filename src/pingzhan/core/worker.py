"""The worker process: jobs one after another in the main thread, hooks in a second one, signs of life in a third.

Hooks have their own thread so that a job of minutes does not stop the clocks; signs of life have theirs so that it does
not look dead. Jobs run in the main thread because only that can be interrupted when one takes too long.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connections, transaction

from pingzhan.core.clock import now
from pingzhan.core.ids import random_code
from pingzhan.core.jobs import LEASE, Rounds, claim, recover, run
from pingzhan.core.models import WorkerBeat

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
HOOK_SECONDS = 0.5
IDLE_SECONDS = 0.25  # between two looks at an empty queue
RECOVER_SECONDS = 5.0
LONGEST_PAUSE = 10.0  # while the database is away

_FAILURES = (DatabaseError, InterfaceError)


class Worker:
    """One worker process. `work` returns after stop(), or with `drain` as soon as nothing is ready."""

    def __init__(self, *, drain: bool = False) -> None:
        self.host = socket.gethostname()[:40]
        self.worker_id = f"{self.host}-{os.getpid()}-{random_code(8)}"
        self.started_at = now()
        self.drain = drain
        self._stopping = threading.Event()
        self._done = threading.Event()

    def stop(self) -> None:
        """Finish the job at hand, if any, and return from `work`."""
        self._stopping.set()

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT stop in order; a second one at once: the job at hand is then recovered by another."""

        def handle(signum: int, frame: FrameType | None) -> None:
            if self._stopping.is_set():
                os._exit(130)
            self.stop()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)

    def work(self) -> None:
        """Run until stopped. A database that is locked or away is waited for."""
        self._until_it_works(self._beat)
        beats = threading.Thread(target=self._keep, args=("signs of life", BEAT_SECONDS, self._beat), daemon=True)
        rounds = Rounds()
        hooks = threading.Thread(
            target=self._keep,
            args=("hooks", HOOK_SECONDS, lambda: rounds.run_due(now, stopping=self._stopping.is_set)),
            daemon=True,
        )
        beats.start()
        if not self.drain:
            hooks.start()
        try:
            self._jobs()
        finally:
            self._stopping.set()
            self._done.set()
            if hooks.ident:
                hooks.join(LEASE.total_seconds())
            beats.join(LEASE.total_seconds())
            self._sign_off()

    def _jobs(self) -> None:
        pause = IDLE_SECONDS
        recovered: datetime | None = None
        while not self._stopping.is_set():
            close_old_connections()
            try:
                at = now()
                if recovered is None or (at - recovered).total_seconds() >= RECOVER_SECONDS:
                    recover(at=at, idle=self.worker_id)
                    recovered = at
                job = claim(self.worker_id, at=now())
                if job is not None:
                    run(job, now=now)
            except _FAILURES as error:
                log.warning("worker: the database does not answer, trying again: %s", error)
                recovered = None  # a claim or an outcome may have been lost
                _drop_connections()
                pause = min(pause * 2, LONGEST_PAUSE)
                self._stopping.wait(pause)
                continue
            pause = IDLE_SECONDS
            if job is None:
                if self.drain:
                    return
                self._stopping.wait(IDLE_SECONDS)

    def _keep(self, what: str, seconds: float, step: Callable[[], object]) -> None:
        """Do `step` every so often until the end, whatever happens to it."""
        # Signs of life go on while the last job ends.
        end = self._done if what == "signs of life" else self._stopping
        failing = False
        try:
            while not end.wait(seconds):
                close_old_connections()
                try:
                    step()
                    failing = False
                except Exception as error:
                    if not failing:
                        log.warning("worker: %s interrupted: %s", what, error)
                    failing = True
                    _drop_connections()
        finally:
            connections.close_all()

    def _until_it_works(self, step: Callable[[], object]) -> None:
        pause = IDLE_SECONDS
        while not self._stopping.is_set():
            try:
                step()
                return
            except _FAILURES as error:
                log.warning("worker: the database does not answer, trying again: %s", error)
                _drop_connections()
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _beat(self) -> None:
        at = now()
        with transaction.atomic():
            if not WorkerBeat.objects.filter(pk=self.worker_id).update(beat_at=at):
                WorkerBeat.objects.create(
                    worker_id=self.worker_id,
                    host=self.host,
                    process=os.getpid(),
                    started_at=self.started_at,
                    beat_at=at,
                )

    def _sign_off(self) -> None:
        try:
            WorkerBeat.objects.filter(pk=self.worker_id).delete()
        except _FAILURES as error:
            log.warning("worker: could not sign off: %s", error)


def _drop_connections() -> None:
    """Start afresh with the next statement: a connection that failed may be half dead."""
    try:
        connections.close_all()
    except Exception as error:
        log.warning("worker: a connection would not close: %s", error)
