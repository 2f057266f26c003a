"""Django's SQLite backend with one thing changed: how a writer waits for its turn.

SQLite lets one writer in at a time. The others ask again after pauses that grow to a tenth of a second, so that the
unluckiest wait long while the file is idle. Here they ask every millisecond, until the same time limit as before.
"""

import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

ASK_EVERY = 0.001  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        """BEGIN in the chosen mode. Raises OperationalError when the turn did not come within OPTIONS["timeout"]."""
        options = self.settings_dict["OPTIONS"]
        mode = options.get("transaction_mode", "")
        limit = float(options.get("timeout", 5))
        give_up = time.monotonic() + limit
        raw: Any = self.connection
        raw.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    raw.execute(f"BEGIN {mode}")
                    return
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                        raise OperationalError(*error.args) from error
                time.sleep(ASK_EVERY)
        finally:
            raw.execute(f"PRAGMA busy_timeout = {round(limit * 1000)}")
