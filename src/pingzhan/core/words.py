"""Cutting Chinese text into words; jieba is loaded when it is first needed (half a second, 60 MB)."""

import logging
import threading
import warnings
from functools import lru_cache
from typing import Any

from django.conf import settings

_jieba: Any = None
_lock = threading.Lock()
# How often a word stood in the newspapers that the dictionary was made of: 康国 3 times, 家庭 8,831 times.
EVERYDAY = 30
TOO_OFTEN = 600  # for a name, whatever the dictionary says: it takes 师傅 and 养老 for names too


def cutter() -> Any:
    """jieba's cutter; its cache lies with our data, not in /tmp."""
    global _jieba
    with _lock:
        if _jieba is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # jieba 0.42 imports pkg_resources and has old escapes
                import jieba
            jieba.setLogLevel(logging.WARNING)
            found = jieba.Tokenizer()
            folder = settings.DATA_DIR / "cache"
            folder.mkdir(parents=True, exist_ok=True)
            found.tmp_dir = str(folder)
            found.initialize()
            _jieba = found
    return _jieba


def words(text: str) -> list[str]:
    """The words of `text` in their order, punctuation among them; joined they are the text."""
    return list(cutter().lcut(text))


def is_everyday(word: str) -> bool:
    """Whether the dictionary has `word`, often enough, and not as the name of a person."""
    often = cutter().FREQ.get(word) or 0
    return often >= TOO_OFTEN or (often >= EVERYDAY and word not in _persons())


def is_known(word: str) -> bool:
    """Whether the dictionary has `word`."""
    return bool(cutter().FREQ.get(word))


@lru_cache(maxsize=1)
def _persons() -> frozenset[str]:
    """The words that the dictionary holds for names of persons (tag nr), 0.2 s."""
    with cutter().get_dict_file() as lines:
        return frozenset(line.split(b" ", 1)[0].decode() for line in lines if line.rstrip().endswith(b" nr"))
