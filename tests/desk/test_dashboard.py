"""« Tableau de bord »: what is left to set up, what waits, the campaign; and for whom."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from tests.factories import EditionFactory, Town, UserFactory, admin_only_user
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.desk.first_steps import Code, Facts, first_steps
from wagtail_villes_internet.dossiers.campaign import current_year, sit_out
from wagtail_villes_internet.sync.by_hand import differences, mark_copied

from .pages import text

DASHBOARD = "/admin/villes-internet/"
PROVIDER = "À faire par votre prestataire"


def open_dashboard(client, user):
    client.force_login(user)
    return client.get(DASHBOARD)


def left(**facts) -> list[Code]:
    return [step.code for step in first_steps(Facts(**facts)) if not step.done]


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
        found = differences(lunel.authority).new[0]
        mark_copied(lunel.authority, found.remote_id, lunel.webmestre, shown=found.hash)

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
        lunel.service()

        page = text(open_dashboard(client, lunel.webmestre))

        assert "2 services à recopier dans l’outil de l’association" in page

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
