"""Wagtail's own addresses that reach snippets keep to the town as well."""

import json

import pytest
from django.contrib.auth.models import Permission
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page, ReferenceIndex, Site

from tests.factories import Town
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db

SECRET = "Ce que Beziers cache"
HISTORY = "/admin/reports/site-history/"


@pytest.fixture
def beziers():
    return Town("Béziers")


@pytest.fixture
def as_lunel(client, lunel):
    client.force_login(lunel.webmestre)
    return client


def text(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


class TestSiteHistory:
    @pytest.fixture(autouse=True)
    def logged(self, lunel, beziers):
        log(lunel.service(title="Cantine de Lunel"), "wagtail.create", user=lunel.webmestre)
        log(beziers.service(title=SECRET), "wagtail.create", user=beziers.webmestre)
        log(beziers.award(year=2023), "wagtail.create", user=beziers.webmestre)

    @pytest.mark.parametrize("query", ["", "?export=csv", "?label=cache"])
    def test_says_nothing_of_another_town(self, as_lunel, query):
        said = text(as_lunel.get(HISTORY + query))

        assert SECRET not in said
        assert "Villes Internet 2023" not in said

    def test_says_what_is_ours(self, as_lunel):
        assert "Cantine de Lunel" in text(as_lunel.get(HISTORY))

    def test_says_it_whichever_log_is_read_first(self, lunel):
        """Wagtail keeps, on the user, the models of the first log that it asks about."""
        log(lunel.site, "wagtail.edit")
        ModelLogEntry.objects.viewable_by_user(lunel.webmestre)

        assert AuthorityLogEntry.objects.viewable_by_user(lunel.webmestre).count() == 1

    def test_hides_no_entry_of_another_log(self, lunel):
        log(lunel.site, "wagtail.edit")
        lunel.webmestre.user_permissions.add(Permission.objects.get(codename="change_site"))
        AuthorityLogEntry.objects.viewable_by_user(lunel.webmestre)

        assert ModelLogEntry.objects.viewable_by_user(lunel.webmestre).count() == 1

    def test_names_nobody_of_another_town_among_its_filters(self, as_lunel, beziers):
        assert beziers.webmestre.username not in text(as_lunel.get(HISTORY))

    def test_says_everything_to_the_operator(self, client, admin_user):
        client.force_login(admin_user)

        said = text(client.get(HISTORY))

        assert SECRET in said
        assert "Cantine de Lunel" in said


class TestBulkDelete:
    URL = "/admin/bulk/wagtail_villes_internet/{model}/delete/"

    def url(self, *rows, all_of_them=False):
        model = rows[0]._meta.model_name if rows else "digitalservice"
        ids = "&".join(f"id={row.pk}" for row in rows) + ("&id=all" if all_of_them else "")
        return self.URL.format(model=model) + "?" + ids

    def test_neither_shows_nor_deletes_what_is_of_another_town(self, as_lunel, beziers):
        for row in (beziers.service(title=SECRET), beziers.award()):
            assert as_lunel.get(self.url(row)).status_code == 404
            assert as_lunel.post(self.url(row)).status_code == 404
            assert type(row).objects.filter(pk=row.pk).exists()

    def test_of_a_mixed_choice_deletes_what_is_ours(self, as_lunel, lunel, beziers):
        ours, theirs = lunel.service(), beziers.service(title=SECRET)

        assert SECRET not in text(as_lunel.get(self.url(ours, theirs)))
        as_lunel.post(self.url(ours, theirs))

        assert list(DigitalService.objects.all()) == [theirs]

    def test_all_means_all_that_the_list_shows(self, as_lunel, lunel, beziers):
        lunel.service()
        theirs = beziers.service()

        as_lunel.post(self.url(all_of_them=True))

        assert list(DigitalService.objects.all()) == [theirs]

    def test_leaves_a_confirmed_award(self, as_lunel, lunel):
        typed = lunel.award(year=2023)
        confirmed = lunel.award(year=2024, origin=Award.Origin.REGISTRY)

        as_lunel.post(self.url(typed, confirmed))

        assert list(Award.objects.all()) == [confirmed]

    def test_is_refused_to_who_may_not_delete(self, client, lunel):
        service = lunel.service()
        client.force_login(lunel.referent)

        client.post(self.url(service))

        assert DigitalService.objects.filter(pk=service.pk).exists()


def ping(service) -> str:
    model = "wagtail_villes_internet/digitalservice"
    return f"/admin/editing-sessions/ping/{model}/{service.pk}/1/"


def test_who_edits_in_another_town_is_not_told(as_lunel, lunel, beziers):
    assert as_lunel.post(ping(beziers.service())).status_code == 404
    assert as_lunel.post(ping(lunel.service())).status_code == 200


def test_a_page_does_not_name_the_services_of_another_town_that_link_to_it(
    as_lunel, lunel, beziers
):
    page = lunel.site.root_page.add_child(instance=Page(title="Commune", slug="commune"))
    link = f'<p><a linktype="page" id="{page.pk}">là</a></p>'
    for town, title in ((lunel, "Cantine de Lunel"), (beziers, SECRET)):
        service = town.service(title=title, description=link)
        ReferenceIndex.create_or_update_for_object(service)

    said = text(as_lunel.get(f"/admin/pages/{page.pk}/usage/"))

    assert "Cantine de Lunel" in said
    assert SECRET not in said


@pytest.mark.parametrize("show_all", [False, True])
def test_the_index_of_snippets_names_no_object(as_lunel, beziers, settings, show_all):
    settings.WAGTAILSNIPPETS_MENU_SHOW_ALL = show_all
    beziers.service(title=SECRET)

    assert SECRET not in text(as_lunel.get("/admin/snippets/"))


class TestSettings:
    URL = "/admin/settings/wagtail_villes_internet/villesinternetsettings/{}/"

    def test_of_another_towns_site_are_refused(self, as_lunel, beziers):
        for path in (beziers.site.pk, f"{beziers.site.pk}/preview"):
            response = as_lunel.get(self.URL.format(path))
            assert (response.status_code, response.get("Location")) == (302, "/admin/")

    def test_the_authority_is_neither_shown_nor_taken(self, as_lunel, lunel, beziers):
        url = self.URL.format(lunel.site.pk)

        page = text(as_lunel.get(url))
        as_lunel.post(url, {"authority": beziers.authority.pk})

        assert 'name="authority"' not in page
        assert "Béziers" not in page
        assert lunel.settings.authority == lunel.authority

    def test_say_to_whom_the_site_is_bound_and_who_may_change_it(self, as_lunel, lunel):
        page = text(as_lunel.get(self.URL.format(lunel.site.pk)))

        assert "est rattaché à <strong>Lunel (Hérault)</strong>" in page
        assert "Seule la personne qui héberge ce site" in page

    def test_let_the_operator_bind_a_site(self, client, admin_user, lunel):
        site = Site.objects.exclude(pk=lunel.site.pk).first()
        client.force_login(admin_user)
        url = self.URL.format(site.pk)

        page = text(client.get(url))
        client.post(url, {"authority": lunel.authority.pk})

        assert "n’est rattaché à aucune collectivité" in page
        assert "Vous pouvez le rattacher ci-dessous" in page
        assert VillesInternetSettings.objects.get(site=site).authority == lunel.authority


def test_the_api_has_no_snippet_of_ours(client, beziers):
    """Wagtail 8's API shows the snippets that declare fields for it: ours declare none."""
    assert not [model for model in (DigitalService, Award) if getattr(model, "api_fields", None)]


def test_a_chooser_result_is_kept_to_the_town(as_lunel, lunel, beziers):
    ours, theirs = lunel.service(title="Cantine de Lunel"), beziers.service(title=SECRET)
    url = "/admin/snippets/choose/wagtail_villes_internet/digitalservice/chosen-multiple/"

    answer = json.loads(text(as_lunel.get(f"{url}?id={ours.pk}&id={theirs.pk}")))

    assert [found["string"] for found in answer["result"]] == ["Cantine de Lunel"]
