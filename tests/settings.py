"""Settings of the suite: the real ones, with fixed keys, a directory of its own, and what tests need changed."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("PINGZHAN_TESTING", "1")
os.environ.setdefault("PINGZHAN_SECRET_KEY", "the-suite-has-a-fixed-secret-key-so-that-its-results-can-be-repeated")
os.environ.setdefault("PINGZHAN_SEAL_KEYS", f"test:{'5e' * 32}")
os.environ.setdefault("PINGZHAN_INDEX_KEY", "the-suite-has-a-fixed-index-key")
if "PINGZHAN_DATA_DIR" not in os.environ:  # workers of one run inherit the first one's
    os.environ["PINGZHAN_DATA_DIR"] = tempfile.mkdtemp(prefix="pz-test-")
    atexit.register(shutil.rmtree, os.environ["PINGZHAN_DATA_DIR"], ignore_errors=True)

from pingzhan.settings import *  # noqa: E402, F403
from pingzhan.settings import DATA_DIR, DATABASES, STATIC_ROOT, TEMPLATES  # noqa: E402
from tests.strict_templates import UndefinedVariable  # noqa: E402

# An argon2 hash that takes no time; the real one can read it, so servers started by tests can too.
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]

# Files are found where they lie, but whitenoise warns when there is no directory of collected ones.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# A name that a template uses and nobody gave it fails the test.
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()

if DATABASES["default"]["ENGINE"] == "pingzhan.core.sqlite":
    # A file, as in production: in memory all threads share one connection and races cannot be shown.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
