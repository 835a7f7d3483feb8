"""A town's site as a process of its own: its own database, a registry by its address.

`VI_TEST_DB` is the file of an SQLite database, for want of which `VI_TEST_DATABASE=postgresql` says
that it is libpq's. `VI_TEST_REGISTRY_URL` and `VI_TEST_TOKEN` may be left out: by hand.
"""

import os

from tests.settings import *  # noqa: F403

if file := os.environ.get("VI_TEST_DB"):
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL",
            },
        }
    }

SIREN = "213401458"
WAGTAIL_VILLES_INTERNET = {}
if url := os.environ.get("VI_TEST_REGISTRY_URL"):
    WAGTAIL_VILLES_INTERNET["REGISTRY"] = {
        "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
        "OPTIONS": {"url": url, "timeout": 2, "deadline": 5},
    }
if token := os.environ.get("VI_TEST_TOKEN"):
    WAGTAIL_VILLES_INTERNET["REGISTRY_TOKENS"] = {SIREN: token}
