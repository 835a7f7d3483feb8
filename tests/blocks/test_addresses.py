"""The badge at addresses of its own: for everybody, for any cache, and never a false word."""

import io
import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from PIL import Image

from tests.factories import EditionFactory, Town
from wagtail_villes_internet.blocks import png
from wagtail_villes_internet.labels.models import Award, Edition, LabelProgramme

ROOT = "/villes-internet/"
SVG = f"{ROOT}badge.svg"
PNG = f"{ROOT}badge.png"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def get(town: Town, path: str, client: Client | None = None, **headers):
    return (client or Client()).get(path, headers={"host": town.site.hostname, **headers})


def name(response) -> str:
    return ElementTree.fromstring(response.content).get("aria-label")


class TestTheDrawing:
    def test_is_the_badge_of_today_alone_in_its_file(self, lunel, in_march_2024):
        lunel.award(year=2024, level=5)

        response = get(lunel, SVG)

        assert response.headers["Content-Type"] == "image/svg+xml"
        assert len(response.content) <= 3_000
        assert name(response) == "Label Villes Internet 2024 : 5 arobases sur 5"

    def test_needs_no_style_sheet_and_asks_for_nothing(self, lunel):
        lunel.award()

        body = get(lunel, SVG).content.decode()

        root = ElementTree.fromstring(body)
        assert root.get("width").isdigit()
        assert root.get("height").isdigit()
        painted = {node.get("fill") or node.get("stroke") for node in root.iter()} - {None}
        assert painted == {"none", "#fff", "#12306b"}
        assert not re.search(r"<style|style=|href|url\(|currentColor|var\(|<script", body)

    def test_knows_when_the_label_is_past(self, lunel):
        lunel.award(year=2024, level=5)

        with time_machine.travel("2025-06-30 12:00 +0200", tick=False):
            assert name(get(lunel, SVG)).startswith("Label Villes Internet 2024")
        with time_machine.travel("2025-07-01 12:00 +0200", tick=False):
            assert name(get(lunel, SVG)) == "Label obtenu en 2024 : 5 arobases sur 5"

    def test_speaks_the_language_that_is_asked_for(self, lunel):
        lunel.award(year=2024, level=5)

        assert "5 arobases sur 5" in name(get(lunel, f"{SVG}?lang=fr"))
        assert "out of 5" in name(get(lunel, f"{SVG}?lang=en"))
        assert get(lunel, f"{SVG}?lang=xx").status_code == 404

    @pytest.mark.parametrize("hostile", ["</svg><script>alert(1)</script>", "x" * 100, "\u202eabc"])
    def test_a_hostile_name_is_text(self, lunel, in_march_2024, hostile):
        award = lunel.award(year=2024, level=5)
        LabelProgramme.objects.filter(pk=award.edition.programme_id).update(name=hostile)

        response = get(lunel, SVG)

        assert b"<script" not in response.content
        assert hostile in name(response)


class TestTheDrawingOfAnEdition:
    def test_says_what_stays_true_wherever_it_was_copied_to(self, lunel, in_march_2024):
        lunel.award(year=2024, level=5)
        now = get(lunel, f"{ROOT}badge/2024.svg").content

        with time_machine.travel("2040-01-01 12:00 +0100", tick=False):
            later = get(lunel, f"{ROOT}badge/2024.svg").content

        assert now == later
        assert "Label obtenu en 2024 : 5 arobases sur 5" in now.decode()

    def test_says_that_a_town_did_not_take_part(self, lunel):
        lunel.award(year=2018, level=None, standing=Award.Standing.NOT_PARTICIPATING)

        assert (
            name(get(lunel, f"{ROOT}badge/2018.svg")) == "Villes Internet 2018 : n’a pas participé"
        )

    def test_there_is_one_for_each_award_and_for_no_other_year(self, lunel):
        lunel.award(year=2024)

        found = [
            edition.year
            for edition in Edition.objects.all()
            if get(lunel, f"{ROOT}badge/{edition.year}.svg").status_code == 200
        ]

        assert found == [2024]


class TestNothingIsDrawnThatTheDataDoesNotHold:
    @pytest.mark.parametrize("path", [SVG, PNG, f"{ROOT}badge/2024.svg"])
    def test_without_an_award(self, lunel, path):
        Town("Aubagne").award(year=2024)

        assert get(lunel, path).status_code == 404

    @pytest.mark.parametrize("path", [SVG, PNG, f"{ROOT}badge/2024.svg"])
    def test_on_a_site_bound_to_nobody(self, lunel, path):
        lunel.award(year=2024)
        lunel.settings.delete()

        assert get(lunel, path).status_code == 404

    def test_in_a_programme_the_town_has_no_award_of(self, lunel):
        lunel.award(year=2024)
        LabelProgramme.objects.create(slug="fleurs", name="Fleurs")

        assert get(lunel, f"{ROOT}fleurs/badge.svg").status_code == 404
        assert get(lunel, f"{ROOT}nowhere/badge.svg").status_code == 404

    @pytest.mark.parametrize("query", ["?level=5", "?year=2030&level=5", "?size=9999"])
    def test_a_query_makes_no_level(self, lunel, query):
        lunel.award(year=2024, level=2)

        assert get(lunel, SVG + query).content == get(lunel, SVG).content


def test_another_label_has_its_own(lunel):
    flowers = LabelProgramme.objects.create(
        slug="fleurs",
        name="Villes et villages fleuris",
        unit="fleur",
        unit_plural="fleurs",
        max_level=4,
        symbol="flower",
    )
    lunel.award(edition=EditionFactory(programme=flowers, year=2023), level=3)

    assert "3 fleurs sur 4" in name(get(lunel, f"{ROOT}fleurs/badge.svg"))
    assert get(lunel, SVG).status_code == 404


PATHS = [SVG, f"{ROOT}badge/2024.svg", f"{PNG}?size=600"]


@pytest.mark.parametrize("path", PATHS)
class TestWhatCachesAreTold:
    def test_anybody_may_keep_it_and_any_page_show_it(self, lunel, path):
        lunel.award(year=2024)

        response = get(lunel, path)

        assert "public" in response.headers["Cache-Control"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        assert "Vary" not in response.headers

    def test_a_known_drawing_is_not_sent_again(self, lunel, path):
        award = lunel.award(year=2024, level=5)
        first = get(lunel, path)

        again = get(lunel, path, if_none_match=first.headers["ETag"])
        award.level = 3
        award.save()
        changed = get(lunel, path, if_none_match=first.headers["ETag"])

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert changed.status_code == 200

    def test_it_depends_on_nothing_but_its_address(self, lunel, path, settings):
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
        lunel.award(year=2024)
        logged_in = Client()
        logged_in.force_login(lunel.webmestre)
        logged_in.cookies["django_language"] = "en"

        stranger = get(lunel, path)
        with translation.override("fr"):  # LocaleMiddleware leaves its own behind
            known = get(lunel, path, logged_in, **{"accept-language": "en"})

        assert stranger.content == known.content
        assert stranger.headers["ETag"] == known.headers["ETag"]
        assert known.headers["Content-Language"] == "fr"
        assert "Cookie" not in known.headers.get("Vary", "")

    def test_it_is_only_read(self, lunel, path):
        lunel.award(year=2024)

        assert Client().post(path, headers={"host": lunel.site.hostname}).status_code == 405


class TestThePicture:
    @pytest.mark.parametrize("size", [600, 2400])
    def test_is_as_wide_as_asked(self, lunel, size):
        lunel.award()

        picture = Image.open(io.BytesIO(get(lunel, f"{PNG}?size={size}").content))

        assert (picture.format, picture.width) == ("PNG", size)

    def test_is_600_wide_by_itself_and_of_no_other_size(self, lunel):
        lunel.award()

        assert Image.open(io.BytesIO(get(lunel, PNG).content)).width == 600
        assert get(lunel, f"{PNG}?size=601").status_code == 404

    def test_is_drawn_with_its_accents(self):
        def drawn(text):
            svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{}</svg>'
            text = f'<text x="2" y="30" font-family="system-ui,sans-serif">{text}</text>'
            return png.png(svg.format(text), 90)

        # A letter the font lacks would come out as the same box, or as nothing.
        letters = "éèêàùçîôëÉÀœŒ«»’–"
        shapes = {drawn(letter) for letter in [*letters, "e", "a", "c", "i", "o", "中"]}

        assert len(shapes) == len(letters) + 6

    def test_without_the_extra_there_is_none(self, lunel, monkeypatch):
        lunel.award()
        monkeypatch.setattr(png, "resvg_py", None)

        assert get(lunel, PNG).status_code == 404
        assert get(lunel, SVG).status_code == 200
