"""From an empty folder to a usable demo; and the district at its full size."""

import os
import resource
import subprocess
import sys
import tempfile
import time

from django.core.management import call_command
from django.db.models import Sum

from bench.ground import QUICK, row
from pingzhan.core.clock import now
from pingzhan.demo.load import load_demo
from pingzhan.places.models import Place

FULL = "--full"


def load(scale: str) -> tuple[float, float]:
    """Seconds to migrate, and to migrate and load."""
    start = time.perf_counter()
    call_command("migrate", verbosity=0)
    migrated = time.perf_counter()
    load_demo(city="putuo", scale=scale, now=now(), say=lambda line: None)
    return migrated - start, time.perf_counter() - start


def main() -> None:
    migrated, loaded = load("small")
    row("migrate and load the demo", f"{loaded:.0f} s", target="≤ 60 s", detail=f"of it migrations {migrated:.0f} s")
    if not QUICK:
        with tempfile.TemporaryDirectory() as directory:
            env = os.environ | {"PINGZHAN_DATA_DIR": directory}
            subprocess.run([sys.executable, "-m", "bench.demo", FULL], env=env, check=True)


def main_full() -> None:
    _, loaded = load("full")
    households = Place.objects.filter(level="building").aggregate(all=Sum("households"))["all"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("the same at full size", f"{loaded:.0f} s", detail=f"{households:,} households, {memory:.0f} MB at most")


if FULL in sys.argv:
    main_full()
else:
    main()
