"""All settings, read once from the environment.

Every `PINGZHAN_*` variable is documented in docs/settings.md; a test holds the two together.
"""

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env(prefix="PINGZHAN_")

PACKAGE = Path(__file__).resolve().parent
DATA_DIR = Path(env.str("DATA_DIR", "var")).resolve()
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
TESTING = env.bool("TESTING", False)


def _own_secrets() -> dict[str, str]:
    """Secrets of an installation that set none: made once and kept beside the data, readable by its owner only."""
    path = DATA_DIR / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    made = {"secret_key": secrets.token_urlsafe(48), "seal_keys": f"k1:{secrets.token_hex(32)}"}
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
    try:
        os.link(draft, path)  # whole or not at all, and one of several processes only
    except FileExistsError:
        return dict(json.loads(path.read_text()))
    finally:
        draft.unlink()
    return made


SECRET_KEY = env.str("SECRET_KEY", "")
_SEAL_KEYS = env.str("SEAL_KEYS", "")
if not (SECRET_KEY and _SEAL_KEYS):
    _made = _own_secrets()
    SECRET_KEY = SECRET_KEY or _made["secret_key"]
    _SEAL_KEYS = _SEAL_KEYS or _made["seal_keys"]
# id -> 32-byte key; the first seals, all open. "k2:<hex>,k1:<hex>" after a rotation.
SEAL_KEYS: dict[str, bytes] = {}
for _part in _SEAL_KEYS.split(","):
    _id, _, _hex = _part.strip().partition(":")
    if not _id or len(_hex) != 64:
        raise ImproperlyConfigured("PINGZHAN_SEAL_KEYS: want id:64 hex digits, comma-separated, the sealing key first")
    SEAL_KEYS[_id] = bytes.fromhex(_hex)
# Blind indexes and journal MACs must not change when the sealing key rotates.
INDEX_KEY = env.str("INDEX_KEY", "") or SECRET_KEY

ALLOWED_HOSTS = env.list("HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("ORIGINS", [])
BEHIND_TLS = env.bool("BEHIND_TLS", False)
# Number of reverse proxies in front whose X-Forwarded-For may be believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "pingzhan.core",
    "pingzhan.journal",
    "pingzhan.access",
    "pingzhan.places",
    "pingzhan.modes",
    "pingzhan.people",
    "pingzhan.stations",
    "pingzhan.matters",
    "pingzhan.response",
    "pingzhan.api",
    "pingzhan.web",
    "pingzhan.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pingzhan.web.middleware.LanguageMiddleware",
    "pingzhan.api.middleware.ApiMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pingzhan.web.middleware.ActorMiddleware",
    "pingzhan.web.middleware.SecondFactorMiddleware",
    "pingzhan.web.middleware.DomainErrorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "pingzhan.urls"
WSGI_APPLICATION = "pingzhan.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pingzhan.web.context.page",
            ],
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": Env().dj_db_url("DATABASE_URL")}
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # the URL reader says 0, a new connection for every request
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    DATABASES = {
        "default": {
            "ENGINE": "pingzhan.core.sqlite",
            "NAME": DATA_DIR / "pingzhan.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: a writer waits for its turn at BEGIN instead of failing in the middle. The log is copied
                # back every 32 MB and not every 4: a sweep or an activation would do that at each of its commits.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
                    "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=8000;"
                ),
            },
        }
    }
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- sign-in --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "pingzhan.access.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
# Nobody signs up, but allauth reads its sign-in from here: without a password the login form has no such field, and
# with a required phone staff who have none could not come in.
ACCOUNT_SIGNUP_FIELDS = ["username*", "phone", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "request_login_code": "20/m/ip,3/m/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"request_login_code": "pingzhan.access.adapter.ResidentCodeForm"}
MFA_ADAPTER = "pingzhan.access.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Pingzhan"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 12) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- language, time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # untranslated: a language is named in itself
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Asia/Shanghai")

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that is not there
STATICFILES_DIRS = [PACKAGE / "static", ("vendor", PACKAGE / "vendor")]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", 20) * 1024 * 1024
UPLOAD_MAX_FILES = 6
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# --- background work ------------------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- households a grid: what proposals aim at, and the shares of it between which a grid passes as right -------------
GRID_TOWN_HOUSEHOLDS = env.int("GRID_TOWN_HOUSEHOLDS", 200)
GRID_VILLAGE_HOUSEHOLDS = env.int("GRID_VILLAGE_HOUSEHOLDS", 50)
GRID_FEWEST_PERCENT = env.int("GRID_FEWEST_PERCENT", 50)
GRID_MOST_PERCENT = env.int("GRID_MOST_PERCENT", 150)

# --- limits of public intake (see core/flood.py) --------------------------------------------------------------------
FLOOD_REPORTS_PER_MINUTE = env.int("FLOOD_REPORTS_PER_MINUTE", 120)
FLOOD_QUERIES_PER_MINUTE = env.int("FLOOD_QUERIES_PER_MINUTE", 60)

# Working days that a captain has to call somebody whose check-in was approved.
MEMBER_CONTACT_DAYS = env.int("MEMBER_CONTACT_DAYS", 3)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
}
