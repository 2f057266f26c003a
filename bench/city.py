"""The codes of a prefecture city: the official ones of Jiamusi, or as many invented ones."""

import csv
import os
from pathlib import Path

from bench.ground import QUICK
from pingzhan.places.rules.codes import Row

DATA = Path(os.environ.get("PINGZHAN_BENCH_DATA", "../shared/data"))
COMMUNITIES = 80 if QUICK else 1529
ROOT = "2308"


def codes() -> list[Row]:
    """The official rows, or invented ones of the same shape."""
    file = DATA / "divisions" / "jiamusi.csv"
    if file.exists():
        with file.open(encoding="utf-8", newline="") as opened:
            found = [Row(n, line["code"], line["name"]) for n, line in enumerate(csv.DictReader(opened), 2)]
        if not QUICK:
            return found
        kept = [one.code for one in found if len(one.code) == 12][:COMMUNITIES]
        return [one for one in found if len(one.code) < 12 or one.code in kept]
    made = [Row(1, ROOT, "佳木斯市")]
    for district in range(10):
        made.append(Row(0, f"{ROOT}{district + 1:02d}", f"第{district + 1}区"))
        for street in range(10):
            made.append(Row(0, f"{ROOT}{district + 1:02d}{street + 1:03d}", f"第{street + 1}街道"))
    streets = [one.code for one in made if len(one.code) == 9]
    for n in range(COMMUNITIES):
        name = f"第{n + 1}{'村委会' if n % 2 else '社区居委会'}"
        made.append(Row(0, f"{streets[n % len(streets)]}{n // len(streets) + 1:03d}", name))
    return made
