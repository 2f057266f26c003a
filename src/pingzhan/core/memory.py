"""Python's memory, where a computation makes hundreds of thousands of objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Let the collector of cycles rest meanwhile: it would go through all that is being made, again and again.

    Memory of cycles waits until afterwards; what has no cycle is freed at once as ever. One within another is one.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
