"""Limits on public intake.

Counted in memory and under a key that dies with the process: who reported from where is never stored, not even for a
minute, so that an anonymous report stays anonymous. With several web processes the limit holds for each of them.
"""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque

from django.utils.translation import gettext as _

from pingzhan.core.errors import TooMany

_KEY = secrets.token_bytes(16)
_MAX_SUBJECTS = 50_000

_lock = threading.Lock()
_seen: OrderedDict[bytes, deque[float]] = OrderedDict()


def check(bucket: str, subject: str, *, limit: int, window_seconds: int = 60) -> None:
    """Count one act of `subject` in `bucket`; raises TooMany when there were `limit` in the window. 0 is no limit."""
    if limit <= 0:
        return
    name = hashlib.blake2b(f"{bucket}\x00{subject}".encode(), key=_KEY, digest_size=16).digest()
    now = time.monotonic()
    with _lock:
        times = _seen.setdefault(name, deque())
        _seen.move_to_end(name)
        while times and times[0] <= now - window_seconds:
            times.popleft()
        if len(times) >= limit:
            wait = max(1, int(times[0] + window_seconds - now) + 1)
            raise TooMany(
                _("提交太频繁，请在 %(seconds)s 秒后再试。紧急情况请直接拨打 110、119、120。") % {"seconds": wait},
                retry_after=wait,
            )
        times.append(now)
        while len(_seen) > _MAX_SUBJECTS:
            _seen.popitem(last=False)


def forget() -> None:
    """Empty all counts (a process that starts again, or a test)."""
    with _lock:
        _seen.clear()
