"""A host that asks everybody to log in, and speaks two languages by the address."""

from base import *  # noqa: F403
from base import MIDDLEWARE

ROOT_URLCONF = "members_urls"
LANGUAGES = [("fr", "Français"), ("en", "English")]
MIDDLEWARE = [
    *MIDDLEWARE,
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
LOGIN_URL = "wagtailadmin_login"
