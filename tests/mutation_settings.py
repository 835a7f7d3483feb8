"""Settings of the mutation run: each mutant is a fork, and finds the database made already."""

import tempfile
from pathlib import Path

from tests.settings import *  # noqa: F403

_FILE = str(Path(tempfile.gettempdir()) / "wagtail-villes-internet-mutants.sqlite3")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _FILE,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        "TEST": {"NAME": _FILE},
    }
}
