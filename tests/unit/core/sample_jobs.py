"""Jobs to test with. Their effect is a counter: 1 means that the job took effect once."""

import sys
import time

from pingzhan.core.counters import next_number
from pingzhan.core.jobs import background
from pingzhan.core.models import Counter


def effects(name: str) -> int:
    """How often the job of this name took effect."""
    return Counter.objects.filter(scope=f"job:{name}").values_list("value", flat=True).first() or 0


@background()
def count(name: str) -> int:
    return next_number(f"job:{name}")


@background(retries=2, backoff=10)
def count_then_fail(name: str) -> None:
    next_number(f"job:{name}")
    raise ValueError("not today")


@background(retries=2, backoff=10, atomic=False)
def count_outside_then_fail(name: str) -> None:
    next_number(f"job:{name}")
    raise ValueError("not today")


@background(retries=0)
def exit_the_worker() -> None:
    sys.exit(3)


@background(retries=0)
def answer_no_json() -> object:
    return object()


@background(retries=0, timeout=0.2)
def sleep_long() -> None:
    time.sleep(20)


@background(timeout=60)
def count_slowly(name: str, seconds: float) -> None:
    next_number(f"job:{name}")
    time.sleep(seconds)


@background(atomic=False)
def sleep_then_count(name: str, seconds: float) -> None:
    time.sleep(seconds)
    next_number(f"job:{name}")
