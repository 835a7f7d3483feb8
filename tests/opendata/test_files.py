"""What the four files have in common: whom they answer, and what caches are told."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.blocks.pages import offer
from tests.opendata.files import FILES, ROOT, document, get, text
from wagtail_villes_internet.authorities.catalogue import touch
from wagtail_villes_internet.opendata.licence import LICENCE
from wagtail_villes_internet.services.models import DigitalService


@pytest.fixture
def full(lunel):
    lunel.award(year=2024, level=5, source_url="https://presse.example/")
    lunel.service(title="Prendre rendez-vous")
    return lunel


@pytest.mark.parametrize("name", FILES)
class TestEachFile:
    def test_is_for_everybody_from_anywhere(self, full, name):
        response = get(full, name)

        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "public, max-age=600"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies
        assert "Vary" not in response.headers

    def test_states_its_licence(self, full, name):
        assert get(full, name).headers["Link"] == f'<{LICENCE["url"]}>; rel="license"'

    def test_says_what_it_is(self, full, name):
        kind = get(full, name).headers["Content-Type"]

        assert kind.startswith("application/json" if name.endswith("json") else "text/csv;")

    def test_a_copy_that_is_still_good_costs_one_query(self, full, name):
        etag = get(full, name).headers["ETag"]

        with CaptureQueriesContext(connection) as queries:
            response = get(full, name, if_none_match=etag)

        assert (response.status_code, text(response)) == (304, "")
        assert sum('"wagtail_villes_internet_' in query["sql"] for query in queries) == 1
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["ETag"] == etag

    def test_another_day_or_another_version_is_another_copy(self, full, name):
        with time_machine.travel("2026-11-20 12:00 +0100", tick=False):
            etag = get(full, name).headers["ETag"]
            touch(full.authority)
            touched = get(full, name, if_none_match=etag)
            etag_of_today = touched.headers["ETag"]
        with time_machine.travel("2026-11-21 12:00 +0100", tick=False):
            tomorrow = get(full, name, if_none_match=etag_of_today)

        assert (touched.status_code, tomorrow.status_code) == (200, 200)

    def test_costs_the_same_whatever_there_is_to_say(self, lunel, name):
        def queries() -> int:
            with CaptureQueriesContext(connection) as queries:
                text(get(lunel, name))
            return sum('"wagtail_villes_internet_' in query["sql"] for query in queries)

        lunel.award(year=2024)
        offer(lunel, 10)
        few = queries()
        lunel.award(year=2023)
        offer(lunel, 138)

        assert queries() == few <= 3

    def test_depends_on_nothing_but_its_address(self, full, name, settings):
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
        logged_in = Client()
        logged_in.force_login(full.webmestre)
        logged_in.cookies["django_language"] = "en"

        stranger = get(full, name)
        with translation.override("fr"):  # LocaleMiddleware leaves its own behind
            known = get(full, name, logged_in, **{"accept-language": "en"})
            assert text(stranger) == text(known)

        assert stranger.headers["ETag"] == known.headers["ETag"]
        assert known.headers["Content-Language"] == "fr"
        assert "Cookie" not in known.headers.get("Vary", "")

    def test_is_only_read(self, full, name):
        client = Client(headers={"host": full.site.hostname})

        assert client.post(ROOT + name).status_code == 405
        assert client.put(ROOT + name).status_code == 405
        head = client.head(ROOT + name)
        assert (head.status_code, text(head)) == (200, "")
        assert head.headers["ETag"] == get(full, name).headers["ETag"]

    def test_is_not_found_on_a_site_bound_to_nobody(self, full, name):
        full.settings.delete()

        response = get(full, name)

        assert response.status_code == 404
        assert "n’est rattaché à aucune collectivité" in text(response)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"

    def test_is_open_where_a_host_asks_for_a_login(self, full, name, settings):
        settings.MIDDLEWARE = [
            *settings.MIDDLEWARE,
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
        ]

        assert get(full, name).status_code == 200

    def test_names_the_town_by_its_numbers(self, full, name):
        written = text(get(full, name))

        assert "213401458" in written
        assert "34145" in written

    def test_says_nothing_that_residents_do_not_see(self, full, other_town, name):
        setting = full.settings
        setting.technical_email = "secret@lunel.example"
        setting.save()
        full.service(title="Secret 1", live=False)
        full.service(title="Secret 2", public=False)
        full.service(title="Secret 3", references=[])
        full.service(title="Secret 4", status=DigitalService.Status.ENDED)
        full.service(title="Secret 5", ended_on=date(2020, 1, 1))
        full.service(title="Montré", department="Secret 6")
        other_town.service(title="Secret 7")
        other_town.award(year=2024, source_url="https://secret.example/")
        draft = full.service(title="En ligne")
        draft.title = "Secret 8"
        draft.save_revision()

        assert "secret" not in text(get(full, name)).lower()


@pytest.mark.parametrize("name", ["label.json", "services.json"])
def test_json_states_licence_version_and_language(full, name):
    written = document(full, name)

    assert written["license"] == LICENCE
    assert written["version"] == 1
    assert written["language"] == "fr"
    assert written["authority"] == {
        "name": "Lunel",
        "kind": "commune",
        "siren": "213401458",
        "insee": "34145",
    }


@pytest.mark.parametrize(
    ("name", "filename"),
    [("services.csv", "services-numeriques-213401458.csv"), ("labels.csv", "labels-213401458.csv")],
)
def test_a_csv_is_saved_under_a_name_that_says_whose_it_is(full, name, filename):
    said = get(full, name).headers["Content-Disposition"]

    assert said == f'attachment; filename="{filename}"'
