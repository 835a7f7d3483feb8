"""« Tableau de bord »: what is left to set up, what waits, the campaign; and for whom."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from tests.factories import EditionFactory, Town, UserFactory, admin_only_user
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.desk.first_steps import Code, Facts, first_steps
from wagtail_villes_internet.desk.registry_of import backend_in_settings
from wagtail_villes_internet.dossiers.campaign import current_year, sit_out
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Dossier, Filing
from wagtail_villes_internet.labels.models import Award, Edition
from wagtail_villes_internet.sync.by_hand import differences, mark_copied

from . import test_awards, test_services
from .pages import text

DASHBOARD = "/admin/villes-internet/"
PROVIDER = "À faire par votre prestataire"


def open_dashboard(client, user):
    client.force_login(user)
    return client.get(DASHBOARD)


def left(**facts) -> list[Code]:
    return [step.code for step in first_steps(Facts(**facts)) if not step.done]


def copied(town) -> None:
    """Say of the town's one service that it is copied into the association's tool."""
    [found] = differences(town.authority).new
    mark_copied(town.authority, found.remote_id, town.webmestre, shown=found.hash)


ALL = {
    "has_authority": True,
    "has_matrix": True,
    "has_award": True,
    "has_live_service": True,
    "takes_blocks": True,
    "shows_something": True,
    "has_transmitted": True,
}


class TestTheSteps:
    def test_an_empty_site_has_them_all_to_do(self):
        assert left() == list(Code)

    def test_nothing_is_left_where_all_is_in_place(self):
        assert left(**ALL) == []

    @pytest.mark.parametrize(
        ("missing", "code"),
        [
            ("has_authority", Code.AUTHORITY),
            ("has_matrix", Code.MATRIX),
            ("has_award", Code.LABEL),
            ("has_live_service", Code.SERVICES),
            ("shows_something", Code.PAGES),
            ("has_transmitted", Code.TRANSMISSION),
        ],
    )
    def test_each_is_told_alone(self, missing, code):
        assert left(**ALL | {missing: False}) == [code]

    @pytest.mark.parametrize("code", [Code.LABEL, Code.PAGES, Code.TRANSMISSION])
    def test_some_may_be_put_aside(self, code):
        nothing = dict.fromkeys(ALL, False)

        assert code not in left(**nothing, skipped={code})

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"has_authority": False}, Code.AUTHORITY),
            ({"has_matrix": False}, Code.MATRIX),
            ({"takes_blocks": False, "shows_something": False}, Code.PAGES),
            ({"is_configured": False}, Code.TRANSMISSION),
        ],
    )
    def test_what_takes_the_server_is_the_provider_s(self, facts, code):
        steps = {step.code: step for step in first_steps(Facts(**ALL | facts))}

        assert steps[code].by_provider
        assert "manage.py" in steps[code].message or "INSTALLED_APPS" in steps[code].message

    def test_the_operator_binds_an_authority_on_a_screen(self):
        step = first_steps(Facts(is_operator=True))[0]

        assert not step.by_provider
        assert step.url == reverse("villes_internet_authorities:index")


class TestTheScreen:
    def test_a_new_town_is_led_step_by_step(self, client, lunel):
        page = text(open_dashboard(client, lunel.webmestre))

        assert "Votre label" in page
        assert "Vos premiers services" in page
        assert PROVIDER not in page

    def test_each_step_done_leaves_the_list(self, client, lunel, rf):
        lunel.award()
        lunel.service()
        page = BlocksPage(title="Services", slug="services")
        page.body = [("services_by_theme", {})]
        lunel.site.root_page.add_child(instance=page)
        copied(lunel)

        page = text(open_dashboard(client, lunel.webmestre))

        assert "avant que tout soit en place" not in page
        assert "Rien ne vous attend" in page

    def test_a_draft_page_shows_nothing_to_residents(self, client, lunel):
        page = BlocksPage(title="Services", slug="services", live=False)
        page.body = [("services_by_theme", {})]
        lunel.site.root_page.add_child(instance=page)

        assert "Une page avec le badge et les services" in text(
            open_dashboard(client, lunel.webmestre)
        )

    def test_another_town_s_page_does_not_count(self, client, lunel):
        other = Town("Quéven")
        page = BlocksPage(title="Services", slug="services")
        page.body = [("services_by_theme", {})]
        other.site.root_page.add_child(instance=page)

        assert "Une page avec le badge et les services" in text(
            open_dashboard(client, lunel.webmestre)
        )

    def test_what_waits_is_counted(self, client, lunel):
        lunel.service()
        copied(lunel)
        lunel.service()
        lunel.service()

        page = text(open_dashboard(client, lunel.webmestre))

        assert "2 services à recopier dans l’outil de l’association" in page

    def test_what_the_first_step_asks_for_is_not_asked_twice(self, client, lunel):
        lunel.service()

        page = text(open_dashboard(client, lunel.webmestre))

        assert (
            "À la main : recopiez chaque service dans l’outil de l’association, "
            "puis cliquez sur « C’est recopié »." in page
        )
        assert "1 service à recopier" not in page

        lunel.settings.__class__.objects.update(skipped_steps=["transmission"])
        assert "1 service à recopier" in text(client.get(DASHBOARD))

    def test_drafts_are_told_while_steps_are_left(self, client, lunel):
        lunel.service(live=False)

        lunel.service(title="Publié")

        [todo] = open_dashboard(client, lunel.webmestre).context["todos"]

        assert "1 service en brouillon" in todo.label.replace("\xa0", " ")
        assert [one.live for one in client.get(todo.url).context["object_list"]] == [False]
        assert "en brouillon" not in text(open_dashboard(client, lunel.referent))

    def test_the_screen_of_the_transmission_says_it_in_the_same_words(self, webmestre, lunel):
        lunel.service()

        page = text(webmestre.get("/admin/villes-internet/transmission/"))

        assert "Puis cliquez sur « C’est recopié »." in page
        assert "C’est recopié" in page.replace("« C’est recopié »", "")

    def test_the_page_with_all_of_it_is_named_where_there_are_ready_pages(self, webmestre):
        page = text(webmestre.get(DASHBOARD))

        assert (
            "Créez la page prête « En un coup d’œil » : le badge et vos services y sont. "
            "Publiez-la." in page
        )

    def test_a_home_page_with_a_place_for_the_blocks_is_where_they_go(self, webmestre, lunel):
        home = BlocksPage(title="Accueil", slug="accueil")
        lunel.site.root_page.add_child(instance=home)
        lunel.site.root_page = home
        lunel.site.save()

        page = text(webmestre.get(DASHBOARD))

        assert "« Badge du label »" in page
        assert "Modifier la page d’accueil" in page
        assert "En un coup d’œil" not in page

    def test_the_campaign_is_told(self, client, lunel):
        page = text(open_dashboard(client, lunel.webmestre))

        assert "la campagne" in page

    def test_the_dossier_is_one_click_away(self, client, lunel):
        page = open_dashboard(client, lunel.referent).content.decode()

        assert "/admin/villes-internet/dossier/2" in page

    def test_the_elected_official_sets_nothing_up(self, client, lunel):
        page = text(open_dashboard(client, lunel.elu))

        assert "Vos premiers services" not in page

    def test_queries_do_not_grow_with_the_services(self, client, lunel):
        client.force_login(lunel.webmestre)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(DASHBOARD)
            return len(captured)

        lunel.service()
        client.get(DASHBOARD)
        few = queries()
        for _n in range(20):
            lunel.service()

        assert queries() == few


YEAR = 2027


def said_to(town, user) -> str:
    client = Client()
    client.force_login(user)
    return text(client.get(DASHBOARD))


def waits(page: str) -> str:
    """What stands under « Ce qui vous attend »."""
    return page.split("Ce qui vous attend</h2>")[1].split("</section>")[0]


@pytest.fixture
def in_place(lunel):
    """A town with nothing left to set up, and a dossier for the edition under way."""
    lunel.settings.__class__.objects.update(skipped_steps=["label", "pages", "transmission"])
    closing = timezone.now() + timedelta(days=60)
    EditionFactory(year=YEAR, state="open", opens_at=None, closes_at=closing)
    lunel.service()
    copied(lunel)
    lunel.dossier = open_dossier(lunel.authority, YEAR)
    return lunel


def frozen(town, state=Filing.State.TO_COPY, address="") -> Filing:
    content = draft_of(town.dossier).content
    filing = freeze(
        town.dossier, content, town.referent, shown=content.digest, registry_address=address
    )
    Filing.objects.filter(pk=filing.pk).update(state=state)
    return filing


class TestTheDossierThatWaits:
    VERSION = f"/admin/villes-internet/dossier/{YEAR}/versions/1/"
    TO_COPY = "La version 1 du dossier 2027 est à recopier dans l’outil de l’association."

    def test_nothing_waits_long_before_the_closing(self, in_place):
        assert "Rien ne vous attend." in said_to(in_place, in_place.referent)

    @pytest.mark.parametrize("role", ["webmestre", "referent"])
    def test_a_version_to_copy(self, in_place, role):
        frozen(in_place)

        page = said_to(in_place, getattr(in_place, role))

        assert "Rien ne vous attend." not in page
        assert self.TO_COPY in waits(page)
        assert f'href="{self.VERSION}"' in waits(page)

    def test_is_said_once_and_the_dossier_stays_one_click_away(self, in_place):
        frozen(in_place)

        page = said_to(in_place, in_place.referent)

        assert page.count("à recopier dans l’outil") == 1
        assert "Ouvrir le dossier 2027" in page

    def test_who_may_not_file_reads_it_beside_the_campaign_alone(self, in_place):
        frozen(in_place)

        page = said_to(in_place, in_place.elu)

        assert self.TO_COPY not in page
        assert "La version 1 est à recopier dans l’outil de l’association." in page

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (Filing.State.REJECTED, "a été refusée : elle est à corriger."),
            (Filing.State.CONFLICT, "attend : un autre dossier est déposé au registre."),
            (Filing.State.DISPUTED, "son accusé porte sur autre chose."),
        ],
    )
    def test_what_a_registry_that_is_gone_answered(self, in_place, state, sentence):
        frozen(in_place, state, "https://registre.example/api/v1/")

        assert sentence in waits(said_to(in_place, in_place.referent))

    def test_what_the_registry_answered_is_said_by_its_notice_alone(
        self, transmitting, settings, in_place
    ):
        frozen(in_place, Filing.State.REJECTED, backend_in_settings().address)

        page = waits(said_to(in_place, in_place.referent))

        assert "Le dossier annuel a été refusé par le registre" in page
        assert "La version 1" not in page

    @pytest.mark.parametrize("state", [Filing.State.TO_SEND, Filing.State.FILED])
    def test_not_what_waits_for_nobody(self, in_place, state):
        frozen(in_place, state)

        assert "Rien ne vous attend." in said_to(in_place, in_place.referent)

    def test_a_dossier_to_file_as_the_closing_comes_near(self, in_place):
        Edition.objects.filter(year=YEAR).update(closes_at=timezone.now() + timedelta(days=5))

        page = said_to(in_place, in_place.referent)

        assert "Le dossier 2027 est à déposer avant la clôture." in waits(page)
        assert "est en préparation" not in page
        assert "avant la clôture" not in said_to(in_place, in_place.elu)

    def test_even_where_nobody_began_it(self, in_place):
        Edition.objects.filter(year=YEAR).update(closes_at=timezone.now() + timedelta(days=5))
        in_place.dossier.delete()

        page = said_to(in_place, in_place.referent)

        assert "Le dossier 2027 est à préparer, puis à déposer avant la clôture." in waits(page)

    def test_never_that_of_another_town(self, in_place):
        frozen(in_place)
        other = Town("Quéven")

        assert "à recopier" not in said_to(other, other.referent)

    def test_queries_do_not_grow_with_the_versions(self, client, in_place):
        client.force_login(in_place.referent)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert self.TO_COPY[-20:] in text(client.get(DASHBOARD))
            return len(captured)

        frozen(in_place)
        client.get(DASHBOARD)
        few = queries()
        for number in range(5):
            Dossier.objects.update(statement=f"Version {number}")
            in_place.dossier = Dossier.objects.get()
            frozen(in_place)

        assert queries() == few


class TestACampaignThatIsSatOut:
    ABSENT = "Pas de dossier pour l’édition 2027 : votre collectivité n’y participe pas."
    DATES = f"/admin/villes-internet/dossier/{YEAR}/dates/"

    @pytest.fixture
    def sat_out(self, lunel):
        EditionFactory(year=YEAR, state="", opens_at=None, closes_at=None)
        with time_machine.travel("2026-10-01 12:00 +0200"):
            sit_out(lunel.authority, YEAR, sits_out=True)
            yield lunel

    def test_one_sentence_and_the_way_back_in(self, sat_out):
        page = said_to(sat_out, sat_out.referent)

        assert page.count(self.ABSENT) == 1
        assert f'<a href="{self.DATES}">Dates et participation</a>' in page
        assert "n’est pas encore commencé" not in page
        assert "Saisir les dates" not in page

    def test_the_elected_official_reads_the_sentence(self, sat_out):
        page = said_to(sat_out, sat_out.elu)

        assert self.ABSENT in page
        assert "Dates et participation" not in page

    def test_still_once_the_campaign_is_closed(self, sat_out):
        Edition.objects.filter(year=YEAR).update(closes_at=timezone.now() - timedelta(days=3))

        page = said_to(sat_out, sat_out.referent)

        assert self.ABSENT in page
        assert "n’est pas encore commencé" not in page

    def test_nothing_presses(self, sat_out):
        Edition.objects.filter(year=YEAR).update(
            state="open", closes_at=timezone.now() + timedelta(days=2)
        )

        assert "avant la clôture" not in said_to(sat_out, sat_out.referent)

    def test_dates_that_are_not_known_are_to_be_typed_in_by_who_takes_part(self, sat_out):
        sit_out(sat_out.authority, YEAR, sits_out=False)

        page = said_to(sat_out, sat_out.referent)

        assert f'<a href="{self.DATES}">Saisir les dates</a>' in page
        assert "Dates et participation" not in page


class TestTheWayBack:
    BACK = "Retour au tableau de bord"

    def state_an_award(self, client) -> str:
        return text(client.post(test_awards.ADD, test_awards.filled(), follow=True))

    def test_from_an_award_stated_while_steps_are_left(self, webmestre):
        webmestre.get(DASHBOARD)

        page = self.state_an_award(webmestre)

        assert Award.objects.exists()
        assert self.BACK in page
        assert f'href="{DASHBOARD}"' in page.split("Retour au tableau")[0][-200:]

    def test_from_a_service_that_is_saved(self, webmestre, lunel):
        service = lunel.service(title="Portail")
        webmestre.get(DASHBOARD)

        posted = test_services.filled(title="Portail famille")
        page = text(webmestre.post(test_services.edit(service), posted, follow=True))

        assert self.BACK in page

    def test_not_once_all_is_in_place(self, client, in_place):
        client.force_login(in_place.webmestre)
        client.get(DASHBOARD)

        assert self.BACK not in self.state_an_award(client)

    def test_not_to_whoever_did_not_come_from_there(self, webmestre):
        assert self.BACK not in self.state_an_award(webmestre)

    def test_not_while_working_for_another_town_where_nothing_is_left(self, client, in_place):
        new = Town("Quéven")
        groups = [*new.webmestre.groups.all(), *in_place.webmestre.groups.all()]
        client.force_login(UserFactory(groups=groups))
        switch = reverse("villes_internet_switch:index")
        client.post(switch, {"authority": new.authority.pk})
        client.get(DASHBOARD)
        client.post(switch, {"authority": in_place.authority.pk})

        assert self.BACK not in self.state_an_award(client)

    def test_costs_no_query(self, webmestre, lunel):
        award = lunel.award()
        posted = test_awards.filled(level="4")

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                answer = webmestre.post(test_awards.edit(award), posted)
            assert answer.status_code == 302
            return len(captured)

        queries()
        without = queries()
        webmestre.get(DASHBOARD)

        assert queries() == without


class TestPuttingAStepAside:
    def put_aside(self, client, town, step="label"):
        return client.post(f"{DASHBOARD}etape/", {"step": step, "authority": town.authority.pk})

    def test_it_is_no_longer_asked(self, webmestre, lunel):
        self.put_aside(webmestre, lunel)

        assert "Votre label" not in text(webmestre.get(DASHBOARD))

    @pytest.mark.parametrize("step", ["authority", "services", "matrix", "nonsense", ""])
    def test_what_nobody_can_do_without_stays(self, webmestre, lunel, step):
        assert self.put_aside(webmestre, lunel, step).status_code == 404
        assert not VillesInternetSettings.objects.exclude(skipped_steps=[]).exists()

    def test_another_town_s_is_out_of_reach(self, webmestre, lunel):
        other = Town("Quéven")

        assert self.put_aside(webmestre, other).status_code == 404
        assert not VillesInternetSettings.objects.exclude(skipped_steps=[]).exists()

    @pytest.mark.parametrize("role", ["referent", "elu"])
    def test_only_who_publishes(self, client, lunel, role):
        client.force_login(getattr(lunel, role))
        self.put_aside(client, lunel)

        assert not VillesInternetSettings.objects.exclude(skipped_steps=[]).exists()

    def test_not_by_who_publishes_in_another_town(self, client, lunel):
        other = Town("Quéven")
        groups = [*other.webmestre.groups.all(), *lunel.referent.groups.all()]
        client.force_login(UserFactory(groups=groups))

        self.put_aside(client, lunel)
        assert lunel.settings.skipped_steps == []
        client.post(reverse("villes_internet_switch:index"), {"authority": other.authority.pk})
        self.put_aside(client, other)
        assert other.settings.skipped_steps == ["label"]

    def test_by_the_operator_of_all(self, client, lunel):
        client.force_login(UserFactory(is_superuser=True))

        self.put_aside(client, lunel)
        assert lunel.settings.skipped_steps == ["label"]


class TestWhoSeesIt:
    @pytest.mark.parametrize("role", ["webmestre", "referent", "elu"])
    def test_the_town_s_people(self, client, lunel, role):
        assert open_dashboard(client, getattr(lunel, role)).status_code == 200

    def test_nobody_else(self, client, lunel):
        assert client.get(DASHBOARD).status_code == 302
        assert open_dashboard(client, admin_only_user()).status_code == 302

    def test_the_operator_of_an_empty_installation_is_led_to_the_authorities(self, client, db):
        operator = get_user_model().objects.create_superuser("operateur", password="x")

        page = open_dashboard(client, operator)

        assert reverse("villes_internet_authorities:index") in page.content.decode()


class TestTheHomeOfTheAdmin:
    def home(self, client, user) -> str:
        client.force_login(user)
        return text(client.get("/admin/"))

    def test_says_what_is_left(self, client, lunel):
        assert "avant que tout soit en place" in self.home(client, lunel.webmestre)

    def test_says_nothing_to_who_has_no_part_in_it(self, client, lunel):
        assert "Ouvrir le tableau de bord" not in self.home(client, admin_only_user())

    def test_says_that_a_campaign_is_open(self, client, lunel):
        EditionFactory(year=2027, state="open", opens_at=None, closes_at=None)

        assert "La campagne est ouverte" in self.home(client, lunel.elu)

    def test_says_nothing_of_a_campaign_that_the_town_sits_out(self, client, lunel):
        EditionFactory(year=2027, state="open", opens_at=None, closes_at=None)
        year = current_year(lunel.authority)

        sit_out(lunel.authority, year, sits_out=True)

        assert "campagne" not in self.home(client, lunel.elu)
        assert "n’y participe pas" in text(open_dashboard(client, lunel.elu))


def test_the_menu_opens_on_it(webmestre):
    page = webmestre.get("/admin/").content.decode()

    assert page.index(DASHBOARD + '"') < page.index("/admin/villes-internet/services/")
    assert Page.objects.exists()
