"""The whole test suite: on SQLite, then on PostgreSQL; the last line counts all.

    python -m tools.suite [pytest arguments]

Arguments narrow every run. Browser tests run once, on SQLite. What cannot run here is said; with CI=true or
PINGZHAN_STRICT=1 it counts as failed, as does every skipped test.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import postgres

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "2"
# A run that hangs is stopped. Each takes 12 minutes at most where all of them end within the 40 of continuous
# integration; a machine that is busy besides shall not look like one that hangs.
RUN_SECONDS = 25 * 60
STOP_SECONDS = 15
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NOTHING_SELECTED = 5  # pytest's exit code


@dataclass(frozen=True)
class Counts:
    """What one run of pytest did; failed counts errors too."""

    passed: int = 0
    failed: int = 0
    skipped: tuple[str, ...] = ()


@dataclass
class Outcome:
    """Sum over all runs; `not_run` holds one sentence for each thing that should have run."""

    passed: int = 0
    failed: int = 0
    not_run: list[str] = field(default_factory=list)

    def add(self, run: str, counts: Counts) -> None:
        self.passed += counts.passed
        self.failed += counts.failed
        self.not_run += [f"{run}: {test}" for test in counts.skipped]


def main(arguments: Sequence[str]) -> int:
    """Run everything and print `N passed, N failed` as the last line; 0 only when nothing failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    strict = os.environ.get("CI", "").lower() in {"1", "true"} or os.environ.get("PINGZHAN_STRICT") == "1"
    outcome = Outcome()
    started = time.monotonic()
    if not (os.environ.get("PINGZHAN_CHROMIUM") or any(map(shutil.which, CHROMIUM))):
        outcome.not_run.append("browser tests: Chromium is not installed (sudo apt-get install chromium)")
    selected = run("SQLite", arguments, outcome, marks="not postgres and not browser")
    selected |= run("Chromium, on SQLite", arguments, outcome, marks="browser")
    try:
        with postgres.throwaway(durable=False) as cluster:
            name = f"PostgreSQL {cluster.version}"
            selected |= run(name, arguments, outcome, marks="not browser", database=cluster.url)
    except postgres.Unavailable as reason:
        outcome.not_run.append(f"everything on PostgreSQL: {reason}")
    if not selected:
        outcome.failed += 1
        print("\nNo test was selected by these arguments.")
    report(outcome, seconds=time.monotonic() - started, strict=strict)
    return 1 if outcome.failed else 0


def run(name: str, arguments: Sequence[str], outcome: Outcome, *, marks: str, database: str = "") -> bool:
    """Run pytest once and add what it did to `outcome`; False when the arguments selected nothing for this run."""
    print(f"\n=== {name} " + "=" * (90 - len(name)), flush=True)
    own, marks = take_marks(arguments, marks)
    with tempfile.TemporaryDirectory(prefix="pz-test-", ignore_cleanup_errors=True) as directory:
        results = Path(directory) / "results.xml"
        pytest = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "-m", marks]
        pytest += ["--durations=10", "--durations-min=2", f"--junit-xml={results}", *own]
        code = run_to_end(pytest, environment(os.environ, data=Path(directory) / "data", database=database))
        if code == NOTHING_SELECTED:
            return False
        counts = read_results(results)
    if code != 0 and counts.failed == 0:  # it broke outside of a test: wrong arguments, no import, out of time
        print(f"pytest ended with exit code {code} and no failed test: counted as one failure")
        counts = Counts(counts.passed, 1, counts.skipped)
    outcome.add(name, counts)
    return True


def take_marks(arguments: Sequence[str], marks: str) -> tuple[list[str], str]:
    """Take `-m EXPRESSION` out of the arguments and join it with this run's own, which pytest would let it replace."""
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "-m":
            marks = f"({marks}) and ({next(words, '')})"
        elif word.startswith("-m") and not word.startswith("--"):
            marks = f"({marks}) and ({word[2:].removeprefix('=')})"
        else:
            rest.append(word)
    return rest, marks


def environment(given: Mapping[str, str], *, data: Path, database: str) -> dict[str, str]:
    """The caller's environment without anything that would change what the tests see."""
    kept = {key: value for key, value in given.items() if not key.startswith("PINGZHAN_") and key != "DATABASE_URL"}
    kept |= {name: given[name] for name in ("PINGZHAN_CHROMIUM", "PINGZHAN_TEST_LATENCY") if name in given}
    if database:
        kept["DATABASE_URL"] = database
    return kept | {
        "PINGZHAN_TESTING": "1",
        "PINGZHAN_DATA_DIR": str(data),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
    }


def run_to_end(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run in a process group of its own, so that nothing it started outlives it; 124 when it took too long."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        return process.wait(RUN_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"\nstopped: not done after {RUN_SECONDS // 60} minutes", flush=True)
        return 124
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process group to end, wait a little, then make it."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def read_results(path: Path) -> Counts:
    """Counts of a JUnit file, nothing when pytest did not come to write it. An expected failure counts as passed."""
    if not path.exists():
        return Counts()
    passed, failed, skipped = 0, set(), []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)  # a test that fails and then errs while cleaning up is written twice
        elif skip is None or skip.get("type") == "pytest.xfail":
            passed += 1
        else:
            skipped.append(f"{name}: {skip.get('message')}")
    return Counts(passed, len(failed), tuple(skipped))


def report(outcome: Outcome, *, seconds: float, strict: bool) -> None:
    """Tell what did not run, then the one line that counts all."""
    print("\n" + "=" * 95)
    if outcome.not_run:
        print(f"NOT RUN ({'counted as failed' if strict else 'not counted'}):")
        for line in outcome.not_run:
            print(f"  {line}")
        if strict:
            outcome.failed += len(outcome.not_run)
    print(f"all in {seconds / 60:.1f} minutes")
    print(f"{outcome.passed} passed, {outcome.failed} failed", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
