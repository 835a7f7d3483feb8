"""An operator's installation: PostgreSQL, a queue in it, and one token for all its towns.

`VI_TEST_REGISTRY_URL`, `VI_TEST_TOKEN` and `VI_TEST_INSTANCE` say the rest.
"""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

WAGTAIL_VILLES_INTERNET = {
    "REGISTRY": {
        "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
        "OPTIONS": {"url": os.environ["VI_TEST_REGISTRY_URL"], "timeout": 10, "deadline": 20},
    },
    "REGISTRY_TOKENS": "tests.workers.settings.token_of",
    "INSTANCE": os.environ["VI_TEST_INSTANCE"],
}


def token_of(siren: str) -> str:
    return os.environ["VI_TEST_TOKEN"]
