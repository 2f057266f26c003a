"""Which reports of a year of real messages gather into clusters, by words and time alone: the texts have no places.

Prints sizes only; with `--show` the subjects of the largest clusters too, to be judged by eye. Texts are read from
`--messages DIR`.
"""

import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from bench.ground import messages_folder, row
from bench.suggestion import read
from pingzhan.matters.learning.clustering import COMPARED, WITHIN, best_match

SHOWN = 30


def gathered(folder: Path) -> tuple[list[int], list[dict[str, str]]]:
    """The cluster of each message in the order of time (its own place where it stands alone), and the messages."""
    lines = sorted(read(folder, "messages"), key=when)
    times = [when(line) for line in lines]
    texts = [f"{line['subject']}。{line['text']}" for line in lines]
    cluster: list[int] = []
    for place, at in enumerate(times):
        start = place
        while start > 0 and place - start < COMPARED and times[start - 1] >= at - WITHIN:
            start -= 1
        best = best_match(texts[place], texts[start:place], [False] * (place - start))
        cluster.append(place if best is None else cluster[start + best])
    return cluster, lines


def when(line: dict[str, str]) -> datetime:
    """When a message was sent; some tell the day only."""
    day, _, hour = line["sent_at"].replace("-", "/").partition(" ")
    return datetime.strptime(f"{day} {hour or '0:0:0'}", "%Y/%m/%d %H:%M:%S")  # noqa: DTZ007 (only compared)


def main() -> None:
    folder = messages_folder()
    if folder is None:
        row("clusters", "not measured", detail="no texts: pass --messages DIR")
        return
    began = time.process_time()
    cluster, lines = gathered(folder)
    each = (time.process_time() - began) / len(lines) * 1000
    sizes = Counter(cluster)
    several = [size for size in sizes.values() if size >= 3]
    days = WITHIN / timedelta(days=1)
    row(
        "clusters of three reports and more", f"{len(several)}",
        detail=f"{sum(several)} of {len(lines)} messages; the largest {max(sizes.values())}; within {days:.0f} days",
    )  # fmt: skip
    row("time to place one report", f"{each:.1f} ms of CPU", detail=f"beside at most {COMPARED} earlier ones")
    if "--show" in sys.argv:
        for number, size in sizes.most_common(SHOWN):
            print(f"{size}:", file=sys.stderr)
            for place in [place for place, of in enumerate(cluster) if of == number][:8]:
                print("   ", lines[place]["sent_at"], lines[place]["subject"].strip()[:50], file=sys.stderr)


if __name__ == "__main__":
    main()
