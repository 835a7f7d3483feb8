"""A newcomer's whole site in one file, made as the README says.

Run by an interpreter that has the wheel and nothing of this repository; prints what it saw as JSON.
"""

import json
import re
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="newcomer",
    ALLOWED_HOSTS=["*"],
    LANGUAGE_CODE="fr",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "wagtail_villes_internet",
        "wagtail_modeladmin",
        "wagtail.contrib.settings",
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
        "django.contrib.staticfiles",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    STATIC_URL="/static/",
    WAGTAIL_SITE_NAME="Newcomer",
    WAGTAILADMIN_BASE_URL="http://localhost",
)
django.setup()

from django.contrib.staticfiles import finders  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils.translation import gettext, override  # noqa: E402

import wagtail_villes_internet  # noqa: E402
from wagtail_villes_internet.authorities import cog  # noqa: E402
from wagtail_villes_internet.models import Award, Edition, LocalAuthority, Matrix  # noqa: E402

call_command("migrate", verbosity=0)
call_command(
    "villes_internet_create_authority", "213401458", "--site", "localhost", stdout=sys.stderr
)
lunel = LocalAuthority.objects.get()
Award.objects.create(authority=lunel, edition=Edition.objects.get(year=2024), level=5)
request = RequestFactory(SERVER_NAME="localhost").get("/")
page = Template(
    "{% load villes_internet %}{% villes_internet_css %}{% villes_internet_badge %}"
).render(Context({"request": request}))
[stylesheet] = re.findall(r'href="/static/(.+?\.css)"', page)
with override("fr"):
    french = gettext("digital service")

print(
    json.dumps(
        {
            "imported_from": wagtail_villes_internet.__file__,
            "authority": str(lunel),
            "page": page,
            "french": french,
            "stylesheet": finders.find(stylesheet),
            "communes": sum(entry.kind == "commune" for entry in cog.table().entries),
            "matrices": Matrix.objects.count(),
        }
    )
)
