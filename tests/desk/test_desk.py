"""The menu, the shared screens, the operator's list and what a site without a town says."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.admin.menu import admin_menu
from wagtail.models import Site

from tests.factories import AuthorityFactory, SiteFactory, Town, UserFactory, admin_only_user
from wagtail_villes_internet.authorities.cog import CogError, table
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.authorities.scope import SESSION_KEY
from wagtail_villes_internet.labels.models import Edition
from wagtail_villes_internet.matrix.models import Matrix

from .pages import text

pytestmark = pytest.mark.django_db

LUNEL = "213401458"


@pytest.fixture
def operator():
    """Answers for every site, without being a superuser."""
    user = admin_only_user()
    group = Group.objects.create(name="Opérateurs")
    group.permissions.add(Permission.objects.get(codename="change_villesinternetsettings"))
    user.groups.add(group)
    return user


class TestTheMenu:
    @pytest.fixture
    def menu(self, rf):
        """The labels of our menu as somebody sees them; None when it is not shown."""

        def menu(user):
            request = rf.get("/admin/")
            request.user = user
            for item in admin_menu.menu_items_for_request(request):
                if item.name == "villes-internet":
                    shown = item.menu.menu_items_for_request(request)
                    return [str(one.label) for one in sorted(shown, key=lambda one: one.order)]
            return None

        return menu

    def test_is_one_that_opens_on_the_dashboard(self, menu, lunel):
        entries = [
            "Tableau de bord",
            *("Services", "Notre label", "Dossier annuel", "Transmission", "Réglages avancés"),
        ]

        assert menu(lunel.webmestre) == entries
        assert menu(lunel.referent) == entries
        assert menu(lunel.elu) == [entries[0], "L’essentiel", *entries[1:]]

    def test_is_not_shown_to_who_has_no_right_in_it(self, menu):
        assert menu(admin_only_user()) is None

    def test_shows_what_the_rights_open(self, menu):
        user = admin_only_user()
        user.user_permissions.add(Permission.objects.get(codename="view_award"))

        assert menu(user) == ["Tableau de bord", "Notre label", "Réglages avancés"]

    def test_no_entry_of_ours_is_beside_it(self, rf, admin_user):
        request = rf.get("/admin/")
        request.user = admin_user

        labels = [str(item.label) for item in admin_menu.menu_items_for_request(request)]

        assert labels.count("Villes Internet") == 1
        assert "Snippets" not in labels


class TestAdvancedSettings:
    URL = "/admin/villes-internet/reglages/"

    def test_lead_to_what_a_town_reads(self, client, lunel):
        client.force_login(lunel.webmestre)

        page = text(client.get(self.URL))

        for path in ("reglages/matrice/", "reglages/editions/", "registre/", "journal/"):
            assert f"/admin/villes-internet/{path}" in page
        assert "/admin/villes-internet/collectivites/" not in page

    def test_lead_the_operator_to_the_authorities(self, client, operator):
        client.force_login(operator)

        assert "/admin/villes-internet/collectivites/" in text(client.get(self.URL))

    def test_the_matrix_is_read_as_a_tree_and_says_it_is_provisional(self, client, lunel):
        client.force_login(lunel.elu)

        page = text(client.get(f"{self.URL}matrice/"))

        assert "Cette matrice est provisoire" in page
        assert "<h2>Vivre ensemble</h2>" in page
        assert "p-rdv-titres" in page

    def test_an_official_matrix_is_not_called_provisional(self, client, lunel):
        Matrix.objects.update(official=True)
        client.force_login(lunel.elu)

        assert "Cette matrice est provisoire" not in text(client.get(f"{self.URL}matrice/"))

    def test_the_editions_are_read_and_not_changed(self, client, lunel):
        client.force_login(lunel.webmestre)

        page = text(client.get(f"{self.URL}editions/"))

        assert "Villes Internet 2024" in page
        assert "/edit/" not in page.partition("<main")[2]

    def test_an_edition_says_the_day_and_the_hour_it_opens_and_closes(self, client, lunel):
        Edition.objects.filter(year=2024).update(
            opens_at=datetime(2020, 3, 2, 8, tzinfo=UTC),
            closes_at=datetime(2999, 7, 4, 21, 59, tzinfo=UTC),
        )
        client.force_login(lunel.webmestre)

        page = text(client.get(f"{self.URL}editions/"))

        assert "2 mars 2020 09:00" in page
        assert "4 juillet 2999 23:59" in page

    def test_the_matrix_asks_few_queries(self, client, lunel):
        client.force_login(lunel.elu)
        client.get(f"{self.URL}matrice/")

        with CaptureQueriesContext(connection) as queries:
            client.get(f"{self.URL}matrice/")

        asked = [query["sql"] for query in queries if "_internet_" in query["sql"]]
        assert len(asked) <= 4


class TestTheOperatorsList:
    LIST = "/admin/villes-internet/collectivites/"
    ADD = f"{LIST}ajouter/"

    def test_says_which_site_shows_which_authority(self, client, operator, lunel):
        AuthorityFactory(name="Béziers")
        client.force_login(operator)

        page = text(client.get(self.LIST))

        assert "Lunel (Hérault)" in page
        assert lunel.site.hostname in page
        assert "Aucun site" in page

    def test_an_authority_is_found_by_name_and_picked(self, client, operator):
        client.force_login(operator)

        found = text(client.get(f"{self.ADD}?q=lunel"))
        client.post(self.ADD, {"number": LUNEL, "name": "Autre", "population": 1})

        assert f'value="{LUNEL}"' in found
        assert "Lunel-Viel" in found
        authority = LocalAuthority.objects.get()
        assert (authority.name, authority.siren, authority.insee) == ("Lunel", LUNEL, "34145")
        assert authority.population > 20_000

    @pytest.mark.parametrize("query", [LUNEL, "34145", "213 401 458"])
    def test_an_authority_is_found_by_number(self, client, operator, query):
        client.force_login(operator)

        assert f'value="{LUNEL}"' in text(client.get(self.ADD, {"q": query}))

    def test_one_that_is_there_is_not_offered_again(self, client, operator):
        client.force_login(operator)
        client.post(self.ADD, {"number": LUNEL})

        page = text(client.get(self.ADD, {"q": LUNEL}))
        client.post(self.ADD, {"number": LUNEL})

        assert "Déjà là" in page
        assert LocalAuthority.objects.count() == 1

    @pytest.mark.parametrize("number", ["213401459", "000000000", "", "<script>"])
    def test_an_unknown_number_is_refused_with_what_to_give(self, client, operator, number):
        client.force_login(operator)

        response = client.post(self.ADD, {"number": number})

        assert response.status_code == 422
        assert "Donnez son SIREN (neuf chiffres)" in text(response)
        assert "<script>alert" not in text(response)
        assert not LocalAuthority.objects.exists()

    def test_the_source_and_its_year_are_said(self, client, operator):
        client.force_login(operator)

        page = text(client.get(self.ADD))

        assert f"de {table().vintage}" in page
        assert table().source in page

    def test_a_table_that_cannot_be_read_is_said(self, client, operator, monkeypatch):
        def broken():
            raise CogError("La table est abîmée.")

        monkeypatch.setattr("wagtail_villes_internet.desk.authorities.table", broken)
        client.force_login(operator)

        assert "La table est abîmée." in text(client.get(self.ADD, {"q": "lunel"}))

    def test_the_list_asks_as_many_queries_for_many_as_for_few(self, client, operator):
        client.force_login(operator)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get(self.LIST)
            return len(queries)

        Town("Béziers")
        count()
        few = count()
        for _n in range(5):
            Town()

        assert count() == few


class TestASiteWithoutAnAuthority:
    def test_is_told_on_the_home_to_the_operator_with_the_way_to_bind_it(self, client, operator):
        site = Site.objects.get()
        client.force_login(operator)

        page = text(client.get("/admin/"))

        assert f"Le site {site} n’est rattaché à aucune collectivité" in page
        assert f"/admin/settings/wagtail_villes_internet/villesinternetsettings/{site.pk}/" in page

    def test_is_told_to_its_webmaster_with_whom_to_ask(self, client, lunel):
        setting = lunel.settings
        setting.authority = None
        setting.save()
        client.force_login(lunel.webmestre)

        page = text(client.get("/admin/"))

        assert f"Le site {lunel.site} n’est rattaché à aucune collectivité" in page
        assert "Demandez à la personne qui héberge ce site de le rattacher" in page

    def test_is_not_told_to_the_people_of_others(self, client, lunel):
        client.force_login(lunel.webmestre)

        assert "n’est rattaché à aucune collectivité" not in text(client.get("/admin/"))

    def test_many_are_not_all_listed(self, client, operator):
        sites = [SiteFactory() for _n in range(8)]
        client.force_login(operator)

        page = text(client.get("/admin/"))

        assert sum(site.hostname in page for site in sites) < 8
        assert "Et d’autres." in page


class TestSomebodyOfTwoTowns:
    SWITCH = "/admin/villes-internet/collectivite/"

    @pytest.fixture
    def beziers(self):
        return Town("Béziers")

    @pytest.fixture
    def both(self, client, lunel, beziers):
        groups = [*lunel.webmestre.groups.all(), *beziers.webmestre.groups.all()]
        client.force_login(UserFactory(groups=groups))
        return client

    def test_is_told_for_whom_and_offered_the_other(self, both):
        page = text(both.get("/admin/"))

        assert "Vous travaillez pour <strong>Béziers (Hérault)</strong>." in page
        assert self.SWITCH in page

    def test_says_for_whom_now_and_comes_back(self, both, lunel):
        back = "/admin/villes-internet/services/"

        response = both.post(
            self.SWITCH, {"authority": lunel.authority.pk, "next": back}, follow=True
        )

        assert response.redirect_chain == [(back, 302)]
        assert "Collectivité : <strong>Lunel (Hérault)</strong>" in text(response)

    def test_is_not_sent_to_another_site(self, both, lunel):
        response = both.post(
            self.SWITCH, {"authority": lunel.authority.pk, "next": "https://ailleurs.example/"}
        )

        assert response["Location"] == "/admin/"

    @pytest.mark.parametrize("wanted", ["0", "", "abc", "99999999999999999999"])
    def test_what_is_no_authority_is_not_found(self, both, wanted):
        assert both.post(self.SWITCH, {"authority": wanted}).status_code == 404

    def test_an_authority_of_others_is_not_found(self, both):
        other = AuthorityFactory()

        assert both.post(self.SWITCH, {"authority": other.pk}).status_code == 404

    def test_the_list_is_searched(self, both):
        page = text(both.get(f"{self.SWITCH}?q=lun"))

        assert "Lunel (Hérault)" in page.partition("<tbody>")[2]
        assert "Béziers (Hérault)" not in page.partition("<tbody>")[2]

    def test_a_town_that_was_left_is_worked_for_no_more(self, both, lunel, beziers):
        both.post(self.SWITCH, {"authority": lunel.authority.pk})
        assert both.session[SESSION_KEY] == lunel.authority.pk
        lunel.settings.delete()

        page = text(both.get("/admin/villes-internet/services/"))

        assert "Collectivité : <strong>Béziers (Hérault)</strong>" in page

    def test_of_one_town_is_offered_no_switch(self, client, lunel):
        client.force_login(lunel.webmestre)

        assert self.SWITCH not in text(client.get("/admin/villes-internet/services/"))
        assert self.SWITCH not in text(client.get("/admin/"))
