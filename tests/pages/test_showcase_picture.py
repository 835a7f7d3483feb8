"""What other sites are told and shown of « En un coup d’œil »."""

import io

import pytest
import time_machine
from django.core.cache import cache
from PIL import Image

from tests.blocks.pages import offer
from tests.pages.test_head import absolute, meta
from tests.pages.visiting import GLANCE, get, showcase_page, visit
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.pages.glance import sheet_on, svg_of

PICTURE = f"{GLANCE}partage/"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def glance(lunel):
    return showcase_page(lunel)


def drawn(response) -> Image.Image:
    assert response.status_code == 200
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def ink(picture: Image.Image, left: int, right: int, bottom: int = 600) -> int:
    """How many pixels of this part of the picture, above its strip, are not blank."""
    part = picture.crop((left, 0, right, bottom)).convert("L")
    return sum(part.histogram()[:128])


class TestThePicture:
    def test_is_1200_by_630_and_holds_the_badge_and_the_words(self, lunel, glance):
        lunel.award(year=2024, level=5)
        lunel.service()

        response = get(lunel, PICTURE)

        assert response["Content-Type"] == "image/png"
        picture = drawn(response)
        assert picture.size == (1200, 630)
        assert ink(picture, 60, 480) > 5_000
        assert ink(picture, 530, 1160) > 5_000
        assert len(response.content) < 100_000

    @pytest.mark.parametrize(
        "name",
        ["Y", "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson", "COMMUNAUTÉ URBAINE " * 6, "M" * 90],
    )
    def test_leaves_its_edges_blank_however_long_the_name(self, lunel, glance, name):
        type(lunel.authority).objects.update(name=name)
        lunel.award(year=2024, level=5, standing=Award.Standing.OUT_OF_COMPETITION)
        offer(lunel, 138)

        picture = drawn(get(lunel, PICTURE))

        assert ink(picture, 0, 60) == ink(picture, 1175, 1200) == 0
        assert ink(picture, 0, 1200, bottom=25) == 0

    def test_says_what_the_page_says(self, lunel, glance, rf):
        lunel.award(year=2024, level=5)
        lunel.service()
        request = rf.get("/", headers={"host": lunel.site.hostname})

        with time_machine.travel("2027-01-15 12:00 +0100", tick=False):
            svg = svg_of(sheet_on(request)).replace("\N{NO-BREAK SPACE}", " ")

        for words in [
            "Lunel",
            "1 service numérique",
            "Label obtenu en",
            "2024",
            "5 arobases sur 5",
        ]:
            assert words in svg

    @pytest.mark.parametrize("hostile", ["</text><script>", "a\x0bb", "&lt;", "\u202eabc"])
    def test_a_hostile_name_is_text(self, lunel, glance, hostile):
        type(lunel.authority).objects.update(name=hostile)
        lunel.award()

        assert drawn(get(lunel, PICTURE)).size == (1200, 630)

    def test_may_be_kept_by_any_cache_and_asked_for_again_at_no_cost(self, lunel, glance):
        lunel.award()
        first = get(lunel, PICTURE)

        again = get(lunel, PICTURE, **{"if-none-match": first["ETag"]})

        assert "public" in first["Cache-Control"]
        assert first["Content-Security-Policy"] == "default-src 'none'"
        assert not first.cookies
        assert (again.status_code, again.content) == (304, b"")

    def test_changes_with_what_it_says(self, lunel, glance):
        lunel.award(year=2023, level=4)
        before = get(lunel, PICTURE)["ETag"]

        lunel.award(year=2024, level=5)

        assert get(lunel, PICTURE)["ETag"] != before

    def test_is_drawn_once(self, lunel, glance, monkeypatch):
        lunel.award()
        first = get(lunel, PICTURE).content

        def drawing(*args):
            pytest.fail("drawn again")

        monkeypatch.setattr("wagtail_villes_internet.pages.models.png", drawing)
        assert get(lunel, PICTURE).content == first


class TestNothingIsDrawnThatTheDataDoesNotHold:
    def test_without_an_award(self, lunel, other_town, glance):
        other_town.award(year=2024, level=5)
        lunel.service()

        assert get(lunel, PICTURE).status_code == 404
        assert meta(visit(lunel, GLANCE).head, "og:image") == ""

    def test_on_a_site_bound_to_nobody(self, lunel, glance):
        lunel.award()
        VillesInternetSettings.objects.update(authority=None)

        assert get(lunel, PICTURE).status_code == 404

    def test_under_a_page_that_is_not_online(self, lunel):
        lunel.award()
        showcase_page(lunel, live=False)

        assert get(lunel, PICTURE).status_code == 404

    def test_without_the_extra(self, lunel, glance, monkeypatch):
        lunel.award()
        monkeypatch.setattr("wagtail_villes_internet.pages.glance.available", lambda: False)
        monkeypatch.setattr("wagtail_villes_internet.pages.head.available", lambda: False)

        assert get(lunel, PICTURE).status_code == 404
        assert meta(visit(lunel, GLANCE).head, "og:image") == ""

    @pytest.mark.parametrize("query", ["?level=5", "?year=2030", "?size=2400"])
    def test_a_query_changes_nothing(self, lunel, glance, query):
        lunel.award(year=2024, level=2)

        assert get(lunel, PICTURE + query).content == get(lunel, PICTURE).content


class TestTheHead:
    def test_gives_the_picture_with_its_size_and_in_words(self, lunel, glance):
        lunel.award(year=2024, level=5)
        lunel.service()

        with time_machine.travel("2024-03-01 12:00 +0100", tick=False):
            head = visit(lunel, GLANCE).head

        assert meta(head, "og:title") == "En un coup d’œil"
        assert meta(head, "og:image") == absolute(lunel, PICTURE)
        assert (meta(head, "og:image:width"), meta(head, "og:image:height")) == ("1200", "630")
        alternative = meta(head, "og:image:alt").replace("\N{NO-BREAK SPACE}", " ")
        assert alternative == (
            "Lunel : 1 service numérique pour les habitants. "
            "Label Villes Internet 2024 : 5 arobases sur 5."
        )

    def test_describes_by_the_sentence_what_the_editor_left_undescribed(self, lunel, glance):
        lunel.service()

        described = meta(visit(lunel, GLANCE).head, "og:description")

        assert described.startswith("Lunel")
        assert "1 service numérique" in described

    def test_keeps_what_the_editor_wrote(self, lunel):
        showcase_page(lunel, introduction="<p>Le numérique à Lunel.</p>")
        lunel.service()

        assert meta(visit(lunel, GLANCE).head, "og:description") == "Le numérique à Lunel."

    def test_the_badge_of_the_other_pages_is_told_in_words_too(self, lunel, page):
        lunel.award(year=2024, level=5)

        with time_machine.travel("2027-01-15 12:00 +0100", tick=False):
            head = visit(lunel).head

        assert meta(head, "og:image:alt") == "Label obtenu en 2024 : 5 arobases sur 5"
        assert meta(head, "og:image:width") == ""


def test_a_front_end_cache_is_told_of_the_picture(lunel, glance):
    assert glance.get_cached_paths() == ["/", "/partage/"]
