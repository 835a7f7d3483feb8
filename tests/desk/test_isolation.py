"""Two towns on one Wagtail: the people of one see nothing of the other, whatever the address.

The addresses are read from the resolver: a view added later is tried like the others.
"""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Declaration, Registry, SyncRun

from .addresses import desk_addresses
from .reviewing import town_review

pytestmark = pytest.mark.django_db

# What belongs to all has its own tests (test_programmes), and so have translating and the yearly
# dossier (test_dossier_roles).
ADDRESSES = [
    address
    for address in desk_addresses()
    if not (address.is_shared or address.is_of_a_dossier or address.needs_a_further_right)
]
OF_OBJECTS = [address for address in ADDRESSES if address.has_object]
OF_LISTS = [address for address in ADDRESSES if not address.has_object]

SECRET = "Ce que Beziers cache"

# What somebody who may only view the models gets an answer from; all else sends them home.
TO_BE_READ = {
    "villes_internet_dashboard:index",
    # By POST alone, where the right is asked for the very authority.
    "villes_internet_dashboard:skip",
    "list",
    "list_results",
    "inspect",
    "choose",
    "choose_results",
    "chosen",
    "chosen_multiple",
    "villes-internet_registre_modeladmin_index",
    "villes-internet_registre_modeladmin_inspect",
    "villes-internet_journal_modeladmin_index",
    "villes-internet_journal_modeladmin_inspect",
    "villes-internet_palmares_modeladmin_index",
    "villes_internet_advanced:index",
    "villes_internet_advanced:matrix",
    "villes_internet_advanced:editions",
    "villes_internet_links:index",
    "villes_internet_remapping:history",
    "villes_internet_remapping:index",
    "villes_internet_switch:index",
    "villes_internet_switch:results",
    "villes_internet_transmission:index",
    "villes_internet_transmission:differences",
    "villes_internet_transmission:difference",
    "villes_internet_transmission:printed",
    "villes_internet_transmission:spreadsheet",
    "villes_internet_transmission:waiting",
    "villes_internet_versions:differences",
    "villes_internet_versions:index",
}
CHOOSERS = {"choose", "choose_results", "chosen", "chosen_multiple"}
OPERATORS = {
    "villes_internet_authorities:add",
    "villes_internet_authorities:index",
    "villes_internet_authorities:results",
    "villes_internet_versions:take",
}


@dataclass
class Rows:
    """One row of each model of the desk, all of one town and all with a telling text."""

    town: Town

    def __post_init__(self):
        authority = self.town.authority
        registry, _created = Registry.objects.get_or_create(address="https://registre.example/")
        service = self.town.service(title=SECRET, summary=SECRET, department=SECRET)
        service.save_revision()
        town_review().start(service, self.town.referent)
        award = self.town.award(source_url="https://secret.example/")
        award.distinctions.create(name=SECRET)
        award.save_revision()
        self.rows = {
            "digitalservice": service,
            "award": award,
            "declaration": Declaration.objects.create(
                authority=authority, registry=registry, remote_id=service.remote_id, title=SECRET
            ),
            "syncrun": SyncRun.objects.create(
                authority=authority,
                registry=registry,
                started_at=timezone.now(),
                outcome=SyncRun.Outcome.FAILED,
                message=SECRET,
            ),
        }
        for row in self.rows.values():
            row.refresh_from_db()

    def __getitem__(self, model_name: str):
        return self.rows[model_name]

    def state(self) -> list[dict]:
        """Every column of every row, to see that nothing touched them."""
        return [type(row).objects.filter(pk=row.pk).values().get() for row in self.rows.values()]


@pytest.fixture
def beziers() -> Rows:
    return Rows(Town("Béziers"))


@pytest.fixture
def lunel() -> Town:
    return Town("Lunel")


def texts(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def test_the_resolver_was_read():
    """Fewer addresses than this, and the tests below would prove little."""
    assert len(OF_OBJECTS) >= 26
    assert len(OF_LISTS) >= 20


def outcome(client, user, url: str) -> str:
    """What a person gets there, in a word."""
    if user is None:
        client.logout()
    else:
        client.force_login(user)
    response = client.get(url)
    if response.status_code == 302:
        return "login" if response["Location"].startswith("/admin/login/") else "home"
    return {200: "ok", 404: "not found", 405: "ok"}[response.status_code]


def rights_on_models_and_no_town():
    user = admin_only_user()
    user.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtail_villes_internet").exclude(
            codename__endswith="_villesinternetsettings"
        )
    )
    return user


def may_be_read(address) -> bool:
    return bool({address.name, address.full_name} & TO_BE_READ)


@pytest.mark.parametrize("address", OF_OBJECTS, ids=str)
class TestAnObject:
    def test_is_found_by_its_own_people_alone(self, client, lunel, beziers, admin_user, address):
        url = address.url(beziers[address.model_name])

        people = {
            "visitor": None,
            "may only enter the admin": admin_only_user(),
            "rights on models, no town": rights_on_models_and_no_town(),
            "webmestre of another town": lunel.webmestre,
            "référent of another town": lunel.referent,
            "élu of another town": lunel.elu,
            "own webmestre": beziers.town.webmestre,
            "own élu": beziers.town.elu,
            "operator": admin_user,
        }

        assert {name: outcome(client, user, url) for name, user in people.items()} == {
            "visitor": "login",
            "may only enter the admin": "not found",
            "rights on models, no town": "not found",
            "webmestre of another town": "not found",
            "référent of another town": "not found",
            "élu of another town": "not found",
            "own webmestre": "ok",
            "own élu": "ok" if may_be_read(address) else "home",
            "operator": "ok",
        }

    def test_is_not_touched_from_another_town(self, client, lunel, beziers, address):
        client.force_login(lunel.webmestre)
        before = beziers.state()

        response = client.post(
            address.url(beziers[address.model_name]), {"title": "Pris", "action-publish": "1"}
        )

        assert response.status_code == 404
        assert beziers.state() == before


@pytest.mark.parametrize("address", OF_LISTS, ids=str)
class TestAList:
    @pytest.mark.parametrize("who", ["webmestre", "elu", "somebody without a town"])
    def test_says_nothing_of_another_town(self, client, lunel, beziers, address, who):
        client.force_login(getattr(lunel, who, None) or rights_on_models_and_no_town())
        ids = "&".join(f"id={row.pk}" for row in beziers.rows.values())

        for query in ("", "export=csv", "q=cache", "multiple=1"):
            said = texts(client.get(f"{address.url()}?{query}&{ids}"))

            assert SECRET not in said
            assert "secret.example" not in said

    def test_opens_to_the_roles_it_is_for(self, client, lunel, admin_user, address):
        people = {
            "visitor": None,
            "may only enter the admin": admin_only_user(),
            "élu": lunel.elu,
            "webmestre": lunel.webmestre,
            "operator": admin_user,
        }

        assert {name: outcome(client, user, address.url()) for name, user in people.items()} == {
            "visitor": "login",
            # A chooser asks for no permission: it opens, and offers what is within reach.
            "may only enter the admin": "ok" if address.name in CHOOSERS else "home",
            "élu": "ok" if may_be_read(address) else "home",
            "webmestre": "home" if address.full_name in OPERATORS else "ok",
            "operator": "ok",
        }


@pytest.mark.parametrize("address", [a for a in OF_LISTS if a.shows_rows], ids=str)
def test_a_list_says_its_rows_to_its_own_people(client, beziers, address):
    client.force_login(beziers.town.webmestre)

    said = texts(client.get(f"{address.url()}?id={beziers[address.model_name].pk}"))

    assert (SECRET if address.model_name != "award" else "Villes Internet 2024") in said


def test_an_address_that_is_no_key_is_not_found(client, lunel):
    client.force_login(lunel.webmestre)

    url = "/admin/villes-internet/services/history/nimporte/revisions/compare/earliest...latest/"

    assert client.get(url).status_code == 404


def test_the_list_of_somebody_of_two_towns_is_that_of_one_at_a_time(client, lunel, beziers):
    lunel.service(title="Cantine de Lunel")
    user = UserFactory(groups=[*lunel.webmestre.groups.all(), *beziers.town.webmestre.groups.all()])
    client.force_login(user)
    client.post("/admin/villes-internet/collectivite/", {"authority": lunel.authority.pk})

    response = client.get("/admin/villes-internet/services/")

    assert "Cantine de Lunel" in texts(response)
    assert SECRET not in texts(response)
    # What is not listed now is still theirs.
    url = f"/admin/villes-internet/services/edit/{beziers['digitalservice'].pk}/"
    assert client.get(url).status_code == 200


def test_nothing_of_a_town_is_in_the_database_of_another_by_creating(client, lunel, beziers):
    """The authority is never read from what is posted."""
    client.force_login(lunel.webmestre)

    client.post(
        "/admin/villes-internet/services/add/",
        {
            "title": "Cantine",
            "kind": "service",
            "status": "active",
            "provider": "authority",
            "authority": beziers.town.authority.pk,
            "authority_id": beziers.town.authority.pk,
        },
    )

    assert DigitalService.objects.get(title="Cantine").authority == lunel.authority
