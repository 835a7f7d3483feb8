"""« Notre label »: what a town types, what the registry confirms, and what vanished from it."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import DistinctionFactory, EditionFactory, Town
from wagtail_villes_internet.labels.models import Award, Edition, LabelProgramme

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/label/"
ADD = f"{LIST}add/"


@pytest.fixture
def confirmed(lunel) -> Award:
    award = lunel.award(
        year=2024,
        level=5,
        origin=Award.Origin.REGISTRY,
        remote_id="a-1",
        source_url="https://registre.example/2024",
    )
    DistinctionFactory(award=award, name="Arobase verte")
    return award


@pytest.fixture
def vanished(lunel) -> Award:
    return lunel.award(year=2023, level=4, origin=Award.Origin.REGISTRY, vanished_at=timezone.now())


def edit(award) -> str:
    return f"{LIST}edit/{award.pk}/"


def edition(year=2024) -> Edition:
    return EditionFactory(year=year)


def filled(*mentions: str, **fields) -> dict:
    posted = {
        "edition": edition().pk,
        "standing": "labelled",
        "level": "5",
        "source_url": "https://lunel.example/label",
        "distinctions-TOTAL_FORMS": len(mentions),
        "distinctions-INITIAL_FORMS": 0,
        "distinctions-MIN_NUM_FORMS": 0,
        "distinctions-MAX_NUM_FORMS": 1000,
        **fields,
    }
    for number, name in enumerate(mentions):
        posted |= {
            f"distinctions-{number}-id": "",
            f"distinctions-{number}-name": name,
            f"distinctions-{number}-valid_until": "",
            f"distinctions-{number}-DELETE": "",
        }
    return posted


class TestTyped:
    def test_is_the_towns_own_declaration_with_its_mentions(self, webmestre, lunel):
        webmestre.post(ADD, filled("Démocratie locale"))

        award = Award.objects.get()
        assert (award.authority, award.edition.year, award.level) == (lunel.authority, 2024, 5)
        assert (award.origin, award.proof) == ("typed", "declared")
        assert [mention.name for mention in award.distinctions.all()] == ["Démocratie locale"]

    def test_level_6_is_refused_with_the_limits(self, webmestre):
        response = webmestre.post(ADD, filled(level="6"))

        assert "Le niveau va de 1 à 5 arobases." in text(response)
        assert not Award.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"level": "0"}, "Le niveau va de 1 à 5 arobases."),
            ({"level": ""}, "Indiquez le niveau"),
            ({"standing": "mention_only"}, "sans niveau"),
            ({"edition": ""}, "Champ requis"),
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_refused(self, webmestre, fields, said):
        response = webmestre.post(ADD, filled(**fields))

        assert response.status_code == 200
        assert said.lower() in text(response).lower()
        assert not Award.objects.exists()

    def test_a_second_one_of_the_same_edition_is_refused(self, webmestre, lunel):
        lunel.award(year=2024)

        response = webmestre.post(ADD, filled())

        assert "La labellisation de 2024 existe déjà" in text(response)
        assert Award.objects.count() == 1

    def test_another_town_may_have_the_same_edition(self, webmestre):
        Town("Béziers").award(year=2024)

        webmestre.post(ADD, filled())

        assert Award.objects.count() == 2

    def test_the_editions_offered_are_those_of_each_label_newest_first(self, webmestre):
        other = LabelProgramme.objects.create(slug="fleurs", name="Fleurs", unit="fleur")
        Edition.objects.create(programme=other, year=2025)

        page = text(webmestre.get(ADD))

        assert page.index("Villes Internet 2024") < page.index("Villes Internet 2023")
        assert page.index("Villes Internet 2006") < page.index("Fleurs 2025")
        assert '<optgroup label="Fleurs">' in page

    def test_an_award_of_another_label_keeps_to_its_levels(self, webmestre, lunel):
        other = LabelProgramme.objects.create(
            slug="fleurs", name="Fleurs", unit="fleur", unit_plural="fleurs", max_level=4
        )
        flowers = Edition.objects.create(programme=other, year=2025)

        refused = webmestre.post(ADD, filled(edition=flowers.pk, level="5"))
        webmestre.post(ADD, filled(edition=flowers.pk, level="4"))

        assert "Le niveau va de 1 à 4 fleurs." in text(refused)
        assert Award.objects.get().level == 4

    def test_is_changed_and_deleted_by_the_town(self, webmestre, lunel):
        award = lunel.award(year=2024, level=4)

        webmestre.post(edit(award), filled())
        award.refresh_from_db()
        assert award.level == 5

        webmestre.post(f"{LIST}delete/{award.pk}/")
        assert not Award.objects.exists()

    def test_is_not_saved_while_it_is_typed(self, webmestre, lunel):
        """Saving by itself is for drafts: an award has none, and would go online half typed."""
        for url in (ADD, edit(lunel.award())):
            assert "data-w-autosave-interval-value" not in text(webmestre.get(url))


class TestConfirmed:
    def test_is_shown_without_a_form_and_says_why(self, webmestre, confirmed):
        page = text(webmestre.get(edit(confirmed)))

        assert "Cette labellisation est confirmée par le registre" in page
        assert "Arobase verte" in page
        assert "https://registre.example/2024" in page
        assert 'name="level"' not in page
        assert "/delete/" not in page

    def test_a_source_that_is_no_web_address_is_not_followed(self, webmestre, confirmed):
        Award.objects.update(source_url="javascript:alert(1)")

        assert 'href="javascript' not in text(webmestre.get(edit(confirmed)))

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_cannot_be_changed(self, webmestre, confirmed, accept):
        response = webmestre.post(edit(confirmed), filled(level="1"), headers={"accept": accept})

        assert response.status_code == (302 if accept == "text/html" else 400)
        confirmed.refresh_from_db()
        assert (confirmed.level, confirmed.origin) == (5, "registry")

    def test_takes_what_the_town_adds_and_stays_confirmed(self, webmestre, confirmed):
        webmestre.post(edit(confirmed), {"news_url": "https://lunel.example/news", "level": "1"})

        confirmed.refresh_from_db()
        assert confirmed.news_url == "https://lunel.example/news"
        assert (confirmed.level, confirmed.confirmed) == (5, True)
        assert [mention.name for mention in confirmed.distinctions.all()] == ["Arobase verte"]

    def test_cannot_be_deleted(self, webmestre, confirmed):
        webmestre.post(f"{LIST}delete/{confirmed.pk}/")

        assert Award.objects.filter(pk=confirmed.pk).exists()

    def test_cannot_be_brought_back_to_a_former_version(self, webmestre, lunel):
        award = lunel.award(year=2024, level=3)
        typed = award.save_revision()
        award.level, award.origin = 5, Award.Origin.REGISTRY
        award.save()
        url = f"{LIST}history/{award.pk}/revisions/{typed.pk}/revert/"

        page = text(webmestre.get(url))
        webmestre.post(url, filled(level="3"))

        award.refresh_from_db()
        assert 'name="level"' not in page
        assert (award.level, award.origin) == (5, "registry")


class TestVanished:
    def test_asks_the_webmaster(self, webmestre, vanished):
        assert "Absente du registre depuis" in text(webmestre.get(LIST))
        page = text(webmestre.get(edit(vanished)))
        assert "Le registre donnait cette labellisation, et ne la donne plus" in page
        assert "Si elle est exacte, enregistrez-la" in page

    def test_saved_it_becomes_the_towns_own(self, webmestre, vanished):
        webmestre.post(edit(vanished), filled(edition=edition(2023).pk, level="4"))

        vanished.refresh_from_db()
        assert (vanished.origin, vanished.vanished_at) == ("typed", None)
        assert "Absente du registre" not in text(webmestre.get(LIST))

    def test_may_be_deleted(self, webmestre, vanished):
        webmestre.post(f"{LIST}delete/{vanished.pk}/")

        assert not Award.objects.exists()

    def test_a_former_version_confirms_nothing(self, webmestre, vanished):
        """What the registry stated then is no confirmation today."""
        vanished.vanished_at = None
        vanished.save()
        stated = vanished.save_revision()
        vanished.vanished_at = timezone.now()
        vanished.save()

        webmestre.post(
            f"{LIST}history/{vanished.pk}/revisions/{stated.pk}/revert/",
            filled(edition=edition(2023).pk, level="4"),
        )

        vanished.refresh_from_db()
        assert not vanished.confirmed


class TestTheList:
    def test_says_newest_first_what_is_confirmed(self, webmestre, lunel, confirmed):
        lunel.award(year=2022, level=3)

        page = text(webmestre.get(LIST))

        assert page.index("Villes Internet 2024 · 5 arobases") < page.index("Villes Internet 2022")
        assert "Confirmée par le registre" in page
        assert "Déclarée par la collectivité" in page
        assert "Arobase verte" in page

    def test_says_what_could_be_added(self, webmestre, lunel):
        DistinctionFactory(award=lunel.award(year=2025), name="Arobase verte")

        page = text(webmestre.get(LIST))

        assert "Source : la page où la lire" in page.replace("\xa0", " ")
        assert "Jusqu’à quand la mention « Arobase verte » est valable" in page.replace("\xa0", " ")
        assert "Cérémonie : son jour n’est pas connu" in page.replace("\xa0", " ")

    def test_gives_a_sentence_to_quote(self, webmestre, lunel):
        for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
            lunel.award(year=year, level=level)

        page = text(webmestre.get(LIST)).replace("\xa0", " ")

        assert "Lunel : de 3 à 5 arobases en trois éditions (2022-2024)" in page
        assert "excellence numérique" not in page

    def test_tells_editors_alone_that_six_times_the_top_may_open_a_mention(self, webmestre, lunel):
        for year in range(2019, 2025):
            lunel.award(year=year, level=5)

        assert "Territoire d’excellence numérique" in text(webmestre.get(LIST))

    def test_is_exported(self, webmestre, confirmed):
        confirmed.distinctions.update(name="=1+1")

        content = b"".join(webmestre.get(f"{LIST}?export=csv").streaming_content).decode()

        [row] = csv.DictReader(io.StringIO(content))
        assert (row["Édition"], row["Niveau"], row["Confirmée"]) == ("2024", "5", "Oui")
        assert row["Mentions"] == "'=1+1"

    def test_asks_as_many_queries_for_many_awards_as_for_few(self, webmestre, lunel):
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert webmestre.get(LIST).status_code == 200
            return len(queries)

        def make(*years):
            for year in years:
                DistinctionFactory(award=lunel.award(year=year))

        make(2024, 2023)
        count()
        few = count()
        make(*range(2010, 2020))

        assert count() == few
