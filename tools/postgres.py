"""A throw-away PostgreSQL server of our own: for the tests, the benchmarks and the migration linter."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

OLDEST = 15  # major version; see docs/adr on storage
START_SECONDS = 60
STOP_SECONDS = 20


class Unavailable(Exception):
    """No PostgreSQL server can be started here; the text says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """A running server. `url` is a DATABASE_URL over a socket that only this user can reach."""

    url: str
    version: int
    process: subprocess.Popen[bytes]
    directory: Path


@contextlib.contextmanager
def throwaway(*, durable: bool = True, options: dict[str, str] | None = None) -> Iterator[Cluster]:
    """Start an empty server and remove it and its data at the end. Raises Unavailable.

    durable=False leaves out fsync: commits still survive `kill -9` of every process, the server's own too, but not
    a power cut. Faster, and right for tests; measurements want durable=True.
    """
    binaries = find_binaries()
    # Directly under the system's temporary directory: a socket's path may have 107 bytes at most.
    directory = Path(tempfile.mkdtemp(prefix="pz-pg-"))
    owner = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = unprivileged_user()
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    try:
        _initialise(binaries, directory, owner)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(directory),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "fsync": "on" if durable else "off",
            "synchronous_commit": "on",
            "log_min_messages": "fatal",
            "timezone": "UTC",
            **(options or {}),
        }
        process = _start(binaries, directory, owner, settings)
        try:
            user = owner.pw_name if owner else pwd.getpwuid(os.geteuid()).pw_name
            url = f"postgres://{quote(user)}@{quote(str(directory), safe='')}/postgres"
            _wait_until_ready(binaries, directory, process)
            yield Cluster(url=url, version=major_version(binaries), process=process, directory=directory)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def find_binaries() -> Path:
    """The directory of the newest PostgreSQL server installed. Raises Unavailable."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for directory in [*packaged, *([Path(on_path).resolve().parent] if on_path else [])]:
        complete = (directory / "initdb").exists() and (directory / "postgres").exists()
        if complete and major_version(directory) >= OLDEST:
            return directory
    raise Unavailable(f"PostgreSQL {OLDEST} or newer is not installed (sudo apt-get install postgresql)")


def major_version(binaries: Path) -> int:
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", answer)
    return int(found[1]) if found else 0


def unprivileged_user() -> pwd.struct_passwd:
    """Who runs the server when we are root."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("running as root, and there is no user postgres or nobody to run PostgreSQL as")


def _identity(owner: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _initialise(binaries: Path, directory: Path, owner: pwd.struct_passwd | None) -> None:
    # Sorting by language, as a server set up for Chinese does: whatever wants the order of bytes has to ask for it.
    linguistic = ["--locale-provider=icu", "--icu-locale=zh-Hans", "--locale=C.UTF-8"]
    command = [binaries / "initdb", "-D", directory / "data", "-E", "UTF8", "--auth=trust", "--no-sync"]
    for locale in (linguistic, ["--locale=C"]):  # the second for a PostgreSQL built without ICU
        done = subprocess.run([*command, *locale], cwd=directory, capture_output=True, text=True, **_identity(owner))  # type: ignore[call-overload]
        if done.returncode == 0:
            return
    raise Unavailable(f"initdb failed: {' '.join((done.stderr or done.stdout).split())[-300:]}")


def _start(
    binaries: Path, directory: Path, owner: pwd.struct_passwd | None, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    command: list[object] = [binaries / "postgres", "-D", directory / "data"]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with open(directory / "log", "wb") as log:
        # Its own session: Ctrl-C reaches us, and we stop the server after the tests have let go of it.
        return subprocess.Popen(  # type: ignore[call-overload]
            command, cwd=directory, stdout=log, stderr=log, start_new_session=True, **_identity(owner)
        )


def _wait_until_ready(binaries: Path, directory: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if subprocess.run([binaries / "pg_isready", "-q", "-h", directory], check=False).returncode == 0:
            return
        time.sleep(0.1)
    log = " ".join((directory / "log").read_text(errors="replace").split())
    raise Unavailable(f"PostgreSQL did not start within {START_SECONDS} s: {log[-300:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server at once; nobody needs its data any more."""
    for how in (signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
