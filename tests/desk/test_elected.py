"""« L'essentiel »: one page where an élu sees where the town stands, and what waits for them."""

import pytest
from django.utils import timezone, translation

from tests.factories import EditionFactory, Town
from wagtail_villes_internet.desk.elected import COMING
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze, type_receipt
from wagtail_villes_internet.dossiers.models import Dossier, Filing
from wagtail_villes_internet.sync import by_hand

from .agreeing import ASK, ELU, HERE, YEAR, TownWithDossier, outcome, personas, working_for
from .pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_campaign(monkeypatch):
    """The edition that the tests speak of is the one under way, whatever day it is."""
    monkeypatch.setattr("wagtail_villes_internet.desk.elected.current_year", lambda authority: YEAR)


@pytest.fixture
def lunel():
    return TownWithDossier("Lunel")


@pytest.fixture
def beziers():
    return TownWithDossier("Béziers")


@pytest.fixture
def elu(client, lunel):
    client.force_login(lunel.elu)
    return client


def filed(town, dossier: Dossier, state: str = Filing.State.TO_COPY) -> Filing:
    content = draft_of(dossier).content
    filing = freeze(dossier, content, town.referent, shown=content.digest, registry_address="")
    Filing.objects.filter(pk=filing.pk).update(state=state)
    return Filing.objects.get(pk=filing.pk)


def test_is_for_those_who_see_the_dossiers_of_the_town(client, lunel, beziers, admin_user):
    people = personas(lunel, beziers, admin_user)

    found = {
        name: outcome(working_for(client, user, lunel).get(ELU)) for name, user in people.items()
    }

    assert found == {
        **dict.fromkeys(people, "shown"),
        "visitor": "login",
        "may only enter the admin": "refused",
    }


def test_says_nothing_of_another_town(client, lunel, beziers):
    beziers.award(year=2023)
    client.force_login(lunel.elu)

    said = text(client.get(ELU))

    assert "Béziers" not in said
    assert "2023" not in said


class TestTheLabel:
    def test_is_drawn_and_told_in_words_with_its_year(self, elu, lunel):
        lunel.award(year=2022, level=3)
        lunel.award(year=2024, level=5)

        page = elu.get(ELU)

        said = text(page)
        assert 'data-vi-badge data-vi-level="5" data-vi-edition="2024"' in said
        # Years after: the past, not the label of today (decision 10).
        assert "Label obtenu en 2024 : 5 arobases sur 5" in said
        assert "3 arobases sur 5" in said
        assert "@@" not in said
        assert said.index("data-vi-history") < said.index("Où nous en sommes")

    def test_of_many_editions_is_folded(self, elu, lunel):
        for year in range(2018, 2025):
            lunel.award(year=year, level=4)

        said = text(elu.get(ELU))

        assert "<summary>Toutes les éditions</summary>" in said
        assert "4 arobases" in said

    def test_where_none_is_stated(self, elu):
        assert "Aucun label n’est encore indiqué ici." in text(elu.get(ELU))


class TestWhereWeStand:
    def test_counts_down(self, elu, lunel):
        closing = timezone.now() + timezone.timedelta(days=12)
        EditionFactory(year=YEAR, state="open", closes_at=closing)

        assert "12 jours" in text(elu.get(ELU))

    def test_counts_the_services_of_the_dossier(self, elu, lunel):
        lunel.service(title="Un autre")

        assert f"2 services dans le dossier {YEAR}." in text(elu.get(ELU))

    def test_says_what_is_left_to_copy_by_hand(self, elu, lunel):
        assert "1 service est à recopier dans l’outil de l’association." in text(elu.get(ELU))

        [line] = by_hand.differences(lunel.authority).new
        by_hand.mark_copied(lunel.authority, line.remote_id, lunel.webmestre, shown=line.hash)

        assert "L’association a tous vos services" in text(elu.get(ELU))

    def test_says_what_is_left_to_transmit_to_a_registry(self, client, transmitting):
        town = transmitting("Sète")
        town.service()
        client.force_login(town.elu)
        assert "Il reste 1 service à transmettre au registre" in text(client.get(ELU))

        town.run()

        assert "Le registre a tous vos services" in text(client.get(ELU))

    def test_before_anybody_began(self, client):
        town = Town("Sète")
        client.force_login(town.elu)

        said = text(client.get(ELU))

        assert f"Le dossier {YEAR} n’est pas encore commencé." in said

    def test_not_filed_yet(self, elu):
        assert f"Le dossier {YEAR} n’est pas encore déposé." in text(elu.get(ELU))

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (Filing.State.TO_COPY, "doit encore arriver"),
            (Filing.State.TO_SEND, "doit encore arriver"),
            (Filing.State.REJECTED, "les agents doivent le corriger"),
            (Filing.State.CONFLICT, "les agents doivent le corriger"),
            (Filing.State.TOO_LATE, "arrivé après la clôture"),
            (Filing.State.FILED, "est déposé, depuis le"),
            (Filing.State.GIVEN_UP, "n’est pas encore déposé"),
        ],
    )
    def test_says_what_became_of_the_last_version(self, elu, lunel, state, sentence):
        filed(lunel, lunel.dossier, state)

        assert sentence in text(elu.get(ELU))

    def test_never_says_that_a_dossier_is_filed_whose_receipt_is_for_something_else(
        self, elu, lunel
    ):
        filed(lunel, lunel.dossier, Filing.State.DISPUTED)

        said = text(elu.get(ELU))

        with translation.override("fr"):
            assert str(COMING[Filing.State.DISPUTED]).replace("\xa0", " ") in said
        assert "est déposé" not in said

    def test_says_both_what_was_received_and_what_came_after(self, elu, lunel):
        first = filed(lunel, lunel.dossier)
        type_receipt(first, lunel.referent, number="R-1", received_at=timezone.now())
        lunel.change()
        filed(lunel, Dossier.objects.get(pk=lunel.dossier.pk))

        said = text(elu.get(ELU))

        assert "est déposé, depuis le" in said
        assert "doit encore arriver" in said


class TestWhatIsNew:
    def test_names_what_the_last_dossier_had_not(self, elu, lunel):
        before = open_dossier(lunel.authority, YEAR - 1)
        filed(lunel, before, Filing.State.FILED)
        lunel.service(title="Wifi des écoles")

        said = text(elu.get(ELU)).split(f"Nouveau depuis le dossier {YEAR - 1}")[1]

        assert "Wifi des écoles" in said
        assert "Portail famille" not in said.split("</section>")[0]

    def test_counts_those_that_are_too_many(self, elu, lunel):
        before = open_dossier(lunel.authority, YEAR - 1)
        filed(lunel, before, Filing.State.FILED)
        for number in range(15):
            lunel.service(title=f"Nouveau {number:02}")

        said = text(elu.get(ELU))

        assert "Nouveau 11" in said
        assert "Nouveau 12" not in said
        assert "Et 3 autres." in said

    def test_of_a_first_dossier_says_that_it_is_the_first(self, elu):
        assert "Aucun dossier n’a encore été déposé depuis ce site" in text(elu.get(ELU))


class TestWhatWaits:
    BUTTON = "Lire le dossier et donner mon accord"

    def test_nothing_where_nobody_asks(self, elu):
        said = text(elu.get(ELU))

        assert "data-vi-waits" not in said
        assert HERE in said, "it may be read all the same"

    def test_what_is_required(self, elu, lunel):
        lunel.require()

        said = text(elu.get(ELU))

        assert self.BUTTON in said
        assert f'href="{HERE}"' in said

    def test_what_was_asked_for(self, client, lunel):
        client.force_login(lunel.referent)
        client.post(ASK, lunel.posted())
        client.force_login(lunel.elu)

        assert self.BUTTON in text(client.get(ELU))

    def test_no_longer_once_given(self, elu, lunel):
        lunel.require()
        elu.post(HERE, lunel.posted())

        said = text(elu.get(ELU))

        assert "data-vi-waits" not in said
        assert "Un élu a donné son accord au dossier le" in said

    def test_again_once_the_dossier_changed(self, elu, lunel):
        lunel.require()
        elu.post(HERE, lunel.posted())
        lunel.change()

        said = text(elu.get(ELU))

        assert self.BUTTON in said
        assert "a changé depuis l’accord" in said

    def test_not_because_the_site_lives_on_after_the_filing(self, client, lunel):
        lunel.require()
        client.force_login(lunel.elu)
        client.post(HERE, lunel.posted())
        filed(lunel, Dossier.objects.get(pk=lunel.dossier.pk), Filing.State.FILED)
        lunel.change()

        assert "data-vi-waits" not in text(client.get(ELU))

        client.force_login(lunel.referent)
        client.post(ASK, lunel.posted())
        client.force_login(lunel.elu)
        assert self.BUTTON in text(client.get(ELU)), "until somebody means to file again"

    def test_when_what_was_filed_came_back(self, client, lunel):
        lunel.require()
        client.force_login(lunel.elu)
        client.post(HERE, lunel.posted())
        filed(lunel, Dossier.objects.get(pk=lunel.dossier.pk), Filing.State.REJECTED)
        lunel.change()

        assert self.BUTTON in text(client.get(ELU))

    def test_is_only_to_be_read_by_who_cannot_agree(self, client, lunel):
        lunel.require()
        client.force_login(lunel.webmestre)

        said = text(client.get(ELU))

        assert "Lire le dossier" in said
        assert self.BUTTON not in said


class TestWhatIsRead:
    HERE = f"/admin/villes-internet/dossier/{YEAR}/"

    @pytest.fixture(autouse=True)
    def _makes_pdf(self, monkeypatch):
        """As with the extra [pdf], whether it is installed or not."""
        monkeypatch.setattr("wagtail_villes_internet.desk.elected.find_spec", lambda name: name)

    def test_leads_to_the_pre_diagnosis_and_to_the_paper(self, elu):
        said = text(elu.get(ELU))

        assert f'href="{self.HERE}prediagnostic/"' in said
        assert f'href="{self.HERE}projet/pdf/"' in said

    def test_the_paper_is_that_of_what_was_received(self, elu, lunel):
        filed(lunel, lunel.dossier, Filing.State.FILED)

        assert f'href="{self.HERE}versions/1/pdf/"' in text(elu.get(ELU))

    def test_offers_no_paper_where_none_can_be_made(self, elu, monkeypatch):
        monkeypatch.setattr("wagtail_villes_internet.desk.elected.find_spec", lambda name: None)

        assert "/pdf/" not in text(elu.get(ELU))


class TestTheWayThere:
    def menu(self, client) -> bool:
        return "villes-internet-elected" in client.get("/admin/").content.decode()

    def panel(self, client) -> bool:
        return f'href="{ELU}"' in client.get("/admin/").content.decode()

    def test_is_shown_to_who_may_agree(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)
        for name in ("visitor",):
            del people[name]

        shown = {}
        for name, user in people.items():
            browser = working_for(client, user, lunel)
            shown[name] = self.menu(browser), self.panel(browser)

        nobody = (False, False)
        assert shown == {
            **dict.fromkeys(people, nobody),
            "élu": (True, True),
            "superuser in the group Élu": (True, True),
            "élu here, référent elsewhere": (True, True),
            # For their own town.
            "élu of another town": (True, True),
            # In the menu: they agree elsewhere, and are one click away from there.
            "élu elsewhere, référent here": (True, False),
        }

    def test_says_what_is_asked_for(self, client, lunel):
        client.force_login(lunel.referent)
        client.post(ASK, lunel.posted())
        client.force_login(lunel.elu)

        assert f"Votre accord au dossier {YEAR} est demandé." in text(client.get("/admin/"))

        client.post(HERE, lunel.posted())
        assert "est demandé." not in text(client.get("/admin/"))


def test_takes_as_many_queries_for_sixty_services_as_for_two(
    elu, lunel, django_assert_max_num_queries
):
    lunel.award(year=2024)
    filed(lunel, open_dossier(lunel.authority, YEAR - 1), Filing.State.FILED)
    lunel.service(title="Un autre")
    elu.get(ELU)
    with django_assert_max_num_queries(100) as few:
        elu.get(ELU)
    for number in range(60):
        lunel.service(title=f"Service numéro {number}")

    with django_assert_max_num_queries(len(few.captured_queries)):
        elu.get(ELU)


def test_uses_no_word_of_the_trade(elu, lunel):
    lunel.require()
    main = text(elu.get(ELU)).split("<main", 1)[1].split("</main>")[0].lower()

    for word in ("enjeu", "registre", "synchronisation", "matrice", "workflow", "json", "sha-256"):
        assert word not in main, word
