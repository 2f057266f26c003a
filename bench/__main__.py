"""Runs each benchmark in a process and a database of its own, prints one table, writes JSON."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.postgres import Unavailable, throwaway

# name -> engines that it is measured on
BENCHES: dict[str, tuple[str, ...]] = {
    "report": ("sqlite", "postgres"),
    "lists": ("sqlite", "postgres"),
    "members": ("sqlite", "postgres"),
    "locate": ("sqlite",),
    "demo": ("sqlite",),
    "journal": ("sqlite", "postgres"),
    "coverage": ("sqlite", "postgres"),
    "clocks": ("sqlite", "postgres"),
    "exports": ("sqlite", "postgres"),
    "personal_data": ("sqlite",),
    "suggestion": ("sqlite",),
    "clusters": ("sqlite",),
    "grids": ("sqlite",),
    "activate": ("sqlite", "postgres"),
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="pz bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="small data, short runs: does it still work?")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--messages", metavar="DIR", help="real messages, for the benchmarks that read them")
    options = parser.parse_args(arguments)
    if options.messages:
        os.environ["PZ_BENCH_MESSAGES"] = str(Path(options.messages).resolve())
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark named {unknown[0]}: there are {', '.join(BENCHES)}")
    rows: list[dict[str, Any]] = []
    failed = []
    for name in options.names or list(BENCHES):
        for engine in BENCHES[name]:
            print(f"… {name} on {engine}", file=sys.stderr, flush=True)
            try:
                found = measure(name, engine, quick=options.quick)
            except (subprocess.CalledProcessError, Unavailable) as error:
                failed.append(f"{name} on {engine}: {error}")
                continue
            rows += found
    show(rows)
    if options.json:
        about = {"at": datetime.now(UTC).isoformat(), "cpus": os.cpu_count(), "python": platform.python_version()}
        Path(options.json).write_text(
            json.dumps(about | {"quick": options.quick, "rows": rows}, ensure_ascii=False, indent=1)
        )
    for line in failed:
        print(f"failed: {line}", file=sys.stderr)
    return 1 if failed else 0


def measure(name: str, engine: str, *, quick: bool) -> list[dict[str, Any]]:
    """Run one benchmark; its rows with the engine put in."""
    with tempfile.TemporaryDirectory(prefix="pz-bench-") as directory:
        env = os.environ | {
            "PINGZHAN_DATA_DIR": directory,
            "PINGZHAN_DEMO": "1",
            "PINGZHAN_FLOOD_REPORTS_PER_MINUTE": "0",
            "DJANGO_SETTINGS_MODULE": "pingzhan.settings",
            "PYTHONPATH": f"src{os.pathsep}.",
        }
        env.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", f"bench.{name}", *(["--quick"] if quick else [])]
        if engine == "sqlite":
            return run(command, env, engine)
        with throwaway(options={"shared_buffers": "2GB", "max_wal_size": "8GB"}) as cluster:
            return run(command, env | {"DATABASE_URL": cluster.url}, engine)


def run(command: list[str], env: dict[str, str], engine: str) -> list[dict[str, Any]]:
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [{"engine": engine} | json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(rows: list[dict[str, Any]]) -> None:
    print("| what | engine | figure | target | detail |\n|---|---|---:|---:|---|")
    for row in rows:
        print(
            f"| {row['what']} | {row['engine']} | {row['figure']} | {row.get('target', '')} | {row.get('detail', '')} |"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
