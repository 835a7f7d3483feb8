"""« Prédiagnostic »: the screen that is read, and printed for a council."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupSitePermission

from tests.factories import DigitalServiceFactory, Town, UserFactory, admin_only_user
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Filing
from wagtail_villes_internet.matrix.models import Matrix

from .pages import text

YEAR = timezone.localdate().year + 1


def address(year=YEAR):
    return reverse("villes_internet_dossier:diagnosis", args=[year])


def told(response) -> str:
    """What the screen itself says, without the frame of the admin."""
    page = text(response)
    return page[page.index('<div class="vi-diagnosis">') : page.index("</main>")]


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", told(response)).split())


@pytest.fixture
def dossier(lunel):
    return open_dossier(lunel.authority, YEAR)


def file(dossier, user):
    content = draft_of(dossier).content
    return freeze(dossier, content, user, shown=content.digest, registry_address="")


def test_says_what_covers_each_reference_service_and_what_is_not_covered(webmestre, lunel, dossier):
    lunel.service(title="Rendez-vous passeport", references=["p-rdv-titres"])

    page = webmestre.get(address())

    assert "Rendez-vous passeport" in words(page)
    assert "/edit/" in told(page)
    assert str(lunel.authority) in words(page)


def test_says_what_does_not_count_with_the_rule_and_its_source(webmestre, lunel, dossier):
    lunel.service(title="Budget participatif", status="planned")
    lunel.service(title="Brouillon de service", live=False)

    said = words(webmestre.get(address()))

    assert "Budget participatif" in said
    assert "weka.fr, mai 2017" in said
    assert "Brouillon de service" in said


def test_says_what_moved_since_the_last_dossier(webmestre, lunel, dossier):
    lunel.service(title="Portail famille")
    file(open_dossier(lunel.authority, YEAR - 1), lunel.referent)
    lunel.service(title="Carte des bornes")

    said = words(webmestre.get(address()))
    moved = said[: said.index("thème") if "thème" in said else None]

    assert str(YEAR - 1) in moved
    assert "Carte des bornes" in said


def test_a_last_dossier_that_was_altered_is_said_and_breaks_nothing(webmestre, lunel, dossier):
    lunel.service(title="Portail famille")
    filing = file(open_dossier(lunel.authority, YEAR - 1), lunel.referent)
    Filing.objects.filter(pk=filing.pk).update(annex=b"{}")

    page = webmestre.get(address())

    assert page.status_code == 200
    assert "Portail famille" in words(page)
    assert "help-critical" in told(page)


class TestWhileTheMatrixIsNotOfficial:
    """Counts, never a share, a level or an advice (design decision 11)."""

    FORBIDDEN = re.compile(
        r"%|pour\s*cent|\d+\s*/\s*\d+|\barobases?\b|@|\bniveaux?\b|\blevels?\b|conseillé|recommand"
        r"|devri|advice|should|améliorer|priorit|manque",
        re.IGNORECASE,
    )

    @pytest.fixture
    def said(self, webmestre, lunel, dossier):
        """A screen on which everything that may be said is said."""
        lunel.service(title="Portail famille")
        gone = lunel.service(title="Ancien portail", references=["p-paiement-en-ligne"])
        changed = lunel.service(title="Signalement")
        file(open_dossier(lunel.authority, YEAR - 1), lunel.referent)
        gone.delete()
        changed.title = "Signaler un problème"
        changed.save_revision().publish()
        lunel.service(title="Budget participatif", status="planned")
        lunel.service(title="Sans rattachement", references=[])
        lunel.service(title="Brouillon", live=False)
        dossier.choices.create(
            remote_id=str(changed.translation_key), included=False, reason="Doublon"
        )
        return words(webmestre.get(address()))

    def test_nothing_reads_like_a_share_a_level_or_an_advice(self, said):
        notice = "il n’engage pas l’association Villes Internet"

        found = self.FORBIDDEN.findall(said)

        assert notice in said
        assert found == []

    def test_no_total_of_the_matrix_is_drawn_from(self, said):
        placed = sum(
            theme.placements.count()
            for axis in Matrix.objects.get(is_current=True).axes.all()
            for theme in axis.themes.all()
        )

        assert not re.search(rf"\b{placed}\b", said)

    def test_an_official_one_says_how_many_of_how_many(self, webmestre, lunel, dossier):
        Matrix.objects.update(official=True)
        lunel.service()

        said = words(webmestre.get(address()))

        assert re.search(r"\b1 sur \d+|\b1 of \d+", said)
        assert "n’engage pas" not in said


def test_costs_the_same_number_of_queries_with_many_services(
    webmestre, lunel, dossier, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for n in range(10):
        lunel.service(title=f"Service {n}")
    file(open_dossier(lunel.authority, YEAR - 1), lunel.referent)
    webmestre.get(address())
    with CaptureQueriesContext(
        connection,
    ) as small:
        webmestre.get(address())

    DigitalServiceFactory.create_batch(290, authority=lunel.authority)

    with django_assert_num_queries(len(small)):
        page = webmestre.get(address())
    assert page.context["diagnosis"].totals.services == 300


class TestWhoSees:
    def test_the_people_of_the_town_do(self, client, lunel, dossier):
        lunel.service(title="Portail famille")
        for person in (lunel.webmestre, lunel.referent, lunel.elu):
            client.force_login(person)

            page = client.get(address())

            assert "Portail famille" in words(page)

    def test_an_elu_is_led_to_no_form(self, client, lunel, dossier):
        lunel.service(title="Portail famille")
        client.force_login(lunel.elu)

        assert "/edit/" not in told(client.get(address()))

    def test_another_town_sees_its_own(self, client, lunel, dossier):
        lunel.service(title="Portail famille")
        other = Town("Quéven")
        open_dossier(other.authority, YEAR)
        client.force_login(other.webmestre)

        page = client.get(address())

        assert "Portail famille" not in text(page)
        assert "Quéven" in words(page)

    def test_who_only_enters_the_admin_does_not(self, client, lunel, dossier):
        client.force_login(admin_only_user())

        assert client.get(address()).status_code == 302

    def test_a_group_of_the_town_without_the_dossier_does_not(self, client, lunel, dossier):
        group = Group.objects.create(name="Accueil")
        group.permissions.add(
            *Permission.objects.filter(codename__in=["access_admin", "view_digitalservice"])
        )
        GroupSitePermission.objects.create(
            group=group,
            site=lunel.site,
            permission=Permission.objects.get(codename="view_villesinternetsettings"),
        )
        client.force_login(UserFactory(groups=[group]))

        assert client.get(address()).status_code == 302

    def test_who_is_not_logged_in_is_asked_to(self, client, lunel, dossier):
        page = client.get(address())

        assert page.status_code == 302
        assert "login" in page["Location"]


def test_a_dossier_that_nobody_began_leads_to_where_it_is_begun(webmestre, lunel):
    page = webmestre.get(address())

    assert page["Location"] == reverse("villes_internet_dossier:overview", args=[YEAR])
    assert not lunel.authority.dossiers.exists()


def test_reading_is_all_there_is(webmestre, lunel, dossier):
    assert webmestre.post(address(), {"authority": lunel.authority.pk}).status_code == 405
