"""Where the journal's secret key comes from."""

from functools import lru_cache

from django.conf import settings

from pingzhan.journal.rules import mac_key


def journal_key() -> bytes:
    """The key of this installation's MACs."""
    return _derived(settings.INDEX_KEY)


@lru_cache(maxsize=4)
def _derived(index_key: str) -> bytes:
    return mac_key(index_key)
