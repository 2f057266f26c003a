"""From an empty folder to a usable demo."""

import time

from django.core.management import call_command

from bench.ground import row
from pingzhan.core.clock import now
from pingzhan.demo.load import load_demo


def main() -> None:
    start = time.perf_counter()
    call_command("migrate", verbosity=0)
    migrated = time.perf_counter()
    load_demo(city="putuo", scale="small", now=now(), say=lambda line: None)
    loaded = time.perf_counter()
    row(
        "migrate and load the demo",
        f"{loaded - start:.0f} s",
        target="≤ 60 s",
        detail=f"of it migrations {migrated - start:.0f} s",
    )


main()
