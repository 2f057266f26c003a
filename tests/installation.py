"""An installation apart from the test database: commands and servers run in it as processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

STOP_SECONDS = 15
COMMAND_SECONDS = 240


@dataclass
class Installation:
    """Directory and environment of one installation. `env` holds what a process of it needs."""

    directory: Path
    env: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def make(cls, directory: Path) -> Iterator["Installation"]:
        """A directory and an empty, unmigrated database; both gone at the end, with every process started in it."""
        directory.mkdir(parents=True)
        # The real settings, not the suite's.
        env = {key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
        env |= {"PINGZHAN_DATA_DIR": str(directory), "PYTHONUNBUFFERED": "1"}
        server = os.environ.get("DATABASE_URL", "")
        with contextlib.ExitStack() as at_end:
            if server:
                env["DATABASE_URL"] = at_end.enter_context(_database(server))
            made = cls(directory=directory, env=env)
            at_end.callback(made.stop_all)
            yield made

    def run(self, *words: str, timeout: float = COMMAND_SECONDS, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `pingzhan WORDS` to its end; nothing is raised for a failure, look at `returncode`."""
        return subprocess.run(
            self._command(words),
            env=self.env | env,
            cwd=self.directory,
            timeout=timeout,
            capture_output=True,
            text=True,
        )

    def start(self, *words: str, output: IO[str] | None = None, **env: str) -> subprocess.Popen[str]:
        """Start `pingzhan WORDS` in a process group of its own and leave it running."""
        process = subprocess.Popen(
            self._command(words),
            env=self.env | env,
            cwd=self.directory,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[str]) -> None:
        """`kill -9` the process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)

    def stop_all(self) -> None:
        for process in self.processes:
            self.kill(process)

    @staticmethod
    def _command(words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-P", "-m", "pingzhan.cli", *words]


@contextlib.contextmanager
def _database(server: str) -> Iterator[str]:
    """A new database beside the suite's on the same PostgreSQL server; yields its URL."""
    name = f"installation_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield _with_name(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _with_name(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
