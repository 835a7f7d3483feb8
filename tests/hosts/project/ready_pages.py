"""A host that writes no code: the ready pages, in the base template of `wagtail start`."""

from base import *  # noqa: F403
from base import INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [
    "wagtail_villes_internet.pages",
    *(app for app in INSTALLED_APPS if app != "town"),
]
TEMPLATES = [TEMPLATES[0] | {"DIRS": [BASE_DIR / "templates"]}]  # noqa: F405
WAGTAIL_VILLES_INTERNET = {"PAGES_BASE_TEMPLATE": "base.html"}
