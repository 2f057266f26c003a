"""Everything that is held without running the program: `./pz check`.

Lint and format, types, import contracts, missing migrations, migrations that would lock writers out, missing
translations, vendored files. Every check runs, also after one has failed.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable

# The slowest first, so that the others run beside it.
CHECKS: Mapping[str, Sequence[str]] = {
    "types (mypy)": [str(BIN / "mypy")],
    "lint (ruff)": [str(BIN / "ruff"), "check", "--output-format", "concise", "."],
    "format (ruff)": [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."],
    "import contracts": [str(BIN / "lint-imports"), "--no-logo"],
    "missing migrations": [PYTHON, "-m", "pingzhan.cli", "makemigrations", "--check", "--dry-run"],
    "safe migrations": [PYTHON, "-m", "tools.migrations"],
    "translations": [PYTHON, "-m", "tools.messages", "--check"],
    "vendored files": [PYTHON, "-m", "tools.vendored"],
}


@dataclass(frozen=True)
class Result:
    """How one check ended; output is shown only when it failed."""

    name: str
    passed: bool
    output: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Run all checks, or those whose name contains one of the arguments; 1 when one failed, 2 when none is named so."""
    chosen = {name: how for name, how in CHECKS.items() if not arguments or any(word in name for word in arguments)}
    if not chosen:
        print(f"no such check; there are: {', '.join(CHECKS)}")
        return 2
    with environment() as env, ThreadPoolExecutor(os.cpu_count()) as threads:
        pending = [threads.submit(run, name, how, env) for name, how in chosen.items()]
        results = [show(future.result()) for future in as_completed(pending)]
    failed = [result.name for result in results if not result.passed]
    print(f"check: {', '.join(failed)} FAILED" if failed else f"check: all {len(results)} passed")
    return 1 if failed else 0


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Settings of an installation that is nobody's, on PostgreSQL: its migrations are the ones to be judged."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PINGZHAN_") and key != "DATABASE_URL"}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    with tempfile.TemporaryDirectory(prefix="pz-check-") as directory:
        env["PINGZHAN_DATA_DIR"] = directory
        try:
            with postgres.throwaway(durable=False) as cluster:
                yield env | {"DATABASE_URL": cluster.url}
        except postgres.Unavailable as reason:
            print(f"NOT RUN: safe migrations as PostgreSQL sees them: {reason}", flush=True)
            if os.environ.get("CI", "").lower() in {"1", "true"} or os.environ.get("PINGZHAN_STRICT") == "1":
                raise SystemExit(1) from reason
            yield env


def run(name: str, command: Sequence[str], env: Mapping[str, str]) -> Result:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return Result(name, done.returncode == 0, done.stdout, time.monotonic() - started)


def show(result: Result) -> Result:
    print(f"{'ok    ' if result.passed else 'FAILED'} {result.name} ({result.seconds:.1f} s)", flush=True)
    if not result.passed:
        print("\n".join(f"       {line}" for line in result.output.rstrip().splitlines()), flush=True)
    return result


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
