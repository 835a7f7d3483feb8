"""Settings of the reference registry, a demonstration that listens on the loopback only."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
DATABASE = Path(
    os.environ.get("VI_REGISTRY_DB") or BASE_DIR.parent / "var" / "registry.sqlite3"
).resolve()
DATABASE.parent.mkdir(parents=True, exist_ok=True)

# The file of `faults.py`, for tests only.
FAULTS = Path(os.environ["VI_REGISTRY_FAULTS"]) if "VI_REGISTRY_FAULTS" in os.environ else None

# Nothing here is signed: no session, no cookie, no form. Django only wants it not to be empty.
SECRET_KEY = "registre-de-demonstration"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = ["registry"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Gives every answer a Content-Length, without which no connection could be kept.
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "registry.urls"
APPEND_SLASH = False
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        # A write waits for its turn at its first statement, so that what it read still holds when
        # it writes; after that many seconds it is answered 503.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": float(os.environ.get("VI_REGISTRY_LOCK_SECONDS", "20")),
            "init_command": "PRAGMA journal_mode=WAL",
        },
        # A connection lives as long as the thread of its client.
        "CONN_MAX_AGE": None,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# Bodies are limited by the contract's own rule (413), in `writes.py`.
DATA_UPLOAD_MAX_MEMORY_SIZE = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "registry": {"handlers": ["stderr"], "level": "INFO"},
        # The server's own line says every 4xx already.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
