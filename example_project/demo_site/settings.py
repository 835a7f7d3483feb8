"""Settings of the demo town's site: one machine, loopback only, never to be put online.

The environment may say:

- `SITE_PORT` and `REGISTRY_PORT`: where the site (8000) and its registry (8001) answer;
- `VI_DEMO_VAR`: the folder of databases and files (`example_project/var/`);
- `VI_DEMO_REGISTRY=none`: no registry at all, transmission is then by hand.
"""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VI_DEMO_VAR", BASE_DIR / "var"))
SITE_PORT = int(os.environ.get("SITE_PORT", "8000"))
REGISTRY_PORT = int(os.environ.get("REGISTRY_PORT", "8001"))

DEBUG = True
SECRET_KEY = "demo-only-never-online"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

INSTALLED_APPS = [
    "town",
    "wagtail_villes_internet",
    "wagtail_villes_internet.pages",
    "wagtail_modeladmin",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "town.middleware.PublicPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows previews in a frame of its own

ROOT_URLCONF = "demo_site.urls"
WSGI_APPLICATION = "demo_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "site.sqlite3",
        # The site and the sync write from two processes: without these they lock each other out.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

WAGTAIL_SITE_NAME = "Lunel (démonstration)"
WAGTAILADMIN_BASE_URL = f"http://127.0.0.1:{SITE_PORT}"

# Nothing leaves this machine: each message is a file to look at.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mails"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
# Nothing here asks anything of another host, the admin included.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None

WAGTAIL_VILLES_INTERNET = {"PAGES_BASE_TEMPLATE": "town/base.html"}
if os.environ.get("VI_DEMO_REGISTRY") != "none":
    WAGTAIL_VILLES_INTERNET |= {
        "REGISTRY": {
            "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
            "OPTIONS": {"url": f"http://127.0.0.1:{REGISTRY_PORT}/api/v1/"},
        },
        "REGISTRY_TOKENS": {"213401458": "demo-token-lunel"},
    }
