"""Who may do what with a dossier, whatever the address: exactly this, and nothing is written by
who may not.

The addresses are read from the resolver: a view added later fails here until it is said whom it
is for.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from wagtail.models import GroupSitePermission

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.dossiers import models
from wagtail_villes_internet.dossiers.sealing import seal_of
from wagtail_villes_internet.sync.models import Registry

from .addresses import desk_addresses
from .dossiers import YEAR, begin, digest, file_it
from .pages import text

pytestmark = pytest.mark.django_db

SECRET = "Ce que Beziers prepare"
THERE = "/admin/villes-internet/dossier/"
HERE = f"{THERE}{YEAR}/"

SEES = {"viewer", "webmestre", "référent", "élu", "operator", "superuser"}
PREPARES = {"webmestre", "référent", "operator", "superuser"}
FILES = PREPARES
NOTES = {"webmestre", "référent"}
AGREES = {"élu"}

# Whom each address answers, when it is read. Those that only change something answer 405 to whom
# they would let read.
READ = {
    "index": SEES,
    "overview": SEES,
    "services": SEES,
    "texts": SEES,
    "diagnosis": SEES,
    "file": SEES,
    "version": SEES,
    "version_file": SEES,
    "draft_file": SEES,
    "compare": SEES,
    "agreement": SEES,
    "agreement_scan": SEES,
    "elected": SEES,
    "dates": PREPARES,
    "agreement_outside": NOTES,
    "open": SEES,
    "checklist": SEES,
    "decide": SEES,
    "ask_agreement": SEES,
}
# Whoever the address, the fields of the form, and whose form is heard.
CHANGES = {
    "begin": ("2026/commencer/", {}, PREPARES),
    "dates": ("2027/dates/", {"closes_on": "2026-12-01"}, PREPARES),
    "checklist": ("2027/liste/", {"done-account": "on"}, PREPARES),
    "leave out": (
        "2027/services/",
        {"do": "leave", "reason": "x", "service": "{service}"},
        PREPARES,
    ),
    "write": ("2027/textes/", {"statement": "Autre", "answers": ""}, PREPARES),
    "file": ("2027/deposer/", {"shown": "{digest}"}, FILES),
    "type a receipt": ("2027/versions/1/", {"received_on": "{today}"}, FILES),
    "send again": ("2027/versions/2/decider/", {"decision": "file_again"}, FILES),
    "give up": ("2027/versions/2/decider/", {"decision": "give_up"}, FILES),
    "ask for the agreement": ("2027/accord/demander/", {}, PREPARES),
    "agree": ("2027/accord/", {"shown": "{digest}"}, AGREES),
    "note an agreement": (
        "2027/accord/hors-du-site/",
        {"shown": "{digest}", "agreed_on": "{today}"},
        NOTES,
    ),
}


@pytest.fixture
def town() -> Town:
    """Béziers, which has filed twice, the second time to a registry that refused, and goes on."""
    town = Town("Béziers")
    dossier = begin(town, 0)
    town.service(title=SECRET, summary=SECRET)
    file_it(town)
    town.service(title="Second service")
    file_it(town)
    address = "https://registre.example/"
    Registry.objects.create(address=address)
    second = models.Filing.objects.get(number=2)
    second.registry_address = address
    models.Filing.objects.filter(pk=second.pk).update(
        registry_address=address, seal=seal_of(second), state="rejected"
    )
    agreement = models.Agreement.objects.create(
        dossier=dossier, shown_sha256="0" * 64, agreed_on=localdate()
    )
    models.Scan.objects.create(
        agreement=agreement, name=SECRET, content_type="application/pdf", octets=b"%PDF-1.7"
    )
    town.service(title="Troisième service")
    return town


@pytest.fixture
def people(town) -> dict[str, object]:
    """Everybody, by what they are to Béziers."""
    lunel = Town("Lunel")
    begin(lunel)
    group = Group.objects.create(name="Lecture")
    group.permissions.add(
        Permission.objects.get(codename="view_dossier"),
        Permission.objects.get(codename="access_admin"),
    )
    GroupSitePermission.objects.create(
        group=group,
        site=town.site,
        permission=Permission.objects.get(codename="view_villesinternetsettings"),
    )
    operator = admin_only_user()
    operator.user_permissions.add(Permission.objects.get(codename="change_villesinternetsettings"))
    rights_and_no_town = admin_only_user()
    rights_and_no_town.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtail_villes_internet").exclude(
            codename__endswith="_villesinternetsettings"
        )
    )
    return {
        "visitor": None,
        "may only enter the admin": admin_only_user(),
        "rights on models, no town": rights_and_no_town,
        "viewer": UserFactory(groups=[group]),
        "webmestre": town.webmestre,
        "référent": town.referent,
        "élu": town.elu,
        "operator": operator,
        "superuser": UserFactory(is_superuser=True),
        "webmestre of another town": lunel.webmestre,
        "référent of another town": lunel.referent,
        "élu of another town": lunel.elu,
    }


def browser(user, town: Town | None = None) -> Client:
    """That person's, who works for the town where they may."""
    client = Client()
    if user is not None:
        client.force_login(user)
        if town:
            client.post("/admin/villes-internet/collectivite/", {"authority": town.authority.pk})
    return client


def state(town: Town) -> dict[str, list]:
    """Every row of the town's dossiers, to see whether anything touched them."""
    mine = {"authority": town.authority}
    return {
        "dossiers": list(models.Dossier.objects.filter(**mine).order_by("pk").values()),
        "campaigns": list(models.Campaign.objects.filter(**mine).order_by("pk").values()),
        **{
            model.__name__: list(
                model.objects.filter(**{path: town.authority}).order_by("pk").values()
            )
            for model, path in [
                (models.Choice, "dossier__authority"),
                (models.Filing, "dossier__authority"),
                (models.Receipt, "filing__dossier__authority"),
                (models.Agreement, "dossier__authority"),
                (models.Step, "campaign__authority"),
                (models.Notice, "campaign__authority"),
            ]
        },
    }


ADDRESSES = [address for address in desk_addresses() if address.is_of_a_dossier]


def test_the_resolver_was_read():
    assert {address.name for address in ADDRESSES} == set(READ)


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_what_is_read(town, people, address):
    scan = models.Scan.objects.get()
    values = {"year": YEAR, "number": 1, "format": "json", "pk": scan.pk}
    url = reverse(address.full_name, kwargs={name: values[name] for name in address.arguments})
    before = state(town)

    answered = set()
    for name, user in people.items():
        response = browser(user, town).get(url, follow=False)
        if response.status_code in (200, 405) or (
            address.name == "index" and response["Location"] == HERE
        ):
            answered.add(name)
        else:
            assert response.status_code in (302, 404), name
        said = text(response)
        assert name in SEES or SECRET not in said, name

    own = {name for name in people if name.endswith("another town") or name.endswith("no town")}
    assert answered - own == READ[address.name]
    assert state(town) == before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["SEES", "the others"])
def test_what_is_changed(town, people, change, who):
    path, fields, allowed = CHANGES[change]
    service = town.authority.digital_services.filter(title=SECRET).get()
    told = {"service": service.remote_id, "digest": digest(town), "today": localdate()}
    fields = {name: value.format(**told) for name, value in fields.items()}
    fields["authority"] = town.authority.pk
    before = state(town)

    for name, user in people.items():
        if (name in SEES) is not (who == "SEES") or name in allowed:
            continue
        response = browser(user, town).post(THERE + path, fields)
        assert response.status_code in (302, 403, 404), name
        # As if for their own town, from the screen of another tab.
        for pk in ("", "x", *(LocalAuthority.objects.values_list("pk", flat=True))):
            browser(user, town).post(THERE + path, {**fields, "authority": pk})
        assert state(town) == before, name


@pytest.mark.parametrize("change", CHANGES)
def test_those_who_may_are_heard(town, people, change):
    path, fields, allowed = CHANGES[change]
    service = town.authority.digital_services.filter(title=SECRET).get()
    told = {"service": service.remote_id, "digest": digest(town), "today": localdate()}
    fields = {name: value.format(**told) for name, value in fields.items()}
    before = state(town)

    for name in allowed:
        with transaction.atomic():
            posted = {**fields, "authority": town.authority.pk}
            browser(people[name], town).post(THERE + path, posted)
            assert state(town) != before, name
            transaction.set_rollback(True)
        assert state(town) == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_form_takes_its_token(town, change):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.webmestre)
    path, fields, _allowed = CHANGES[change]
    before = state(town)

    response = client.post(THERE + path, {**fields, "authority": town.authority.pk})

    assert response.status_code == 403
    assert state(town) == before


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed_by_looking(town, change):
    path, fields, _allowed = CHANGES[change]
    before = state(town)

    browser(town.webmestre).get(THERE + path, {**fields, "authority": town.authority.pk})

    assert state(town) == before


def test_who_works_for_two_towns_decides_for_the_one_shown(town):
    """In another tab, they have gone over to the other town meanwhile."""
    lunel = Town("Lunel")
    begin(lunel)
    both = UserFactory(groups=[*town.webmestre.groups.all(), *lunel.elu.groups.all()])
    client = browser(both, lunel)
    before = state(town), state(lunel)

    for authority in (town.authority.pk, lunel.authority.pk):
        fields = {"statement": "Autre", "answers": "", "authority": authority}
        assert client.post(f"{HERE}textes/", fields).status_code in (302, 404)

    assert (state(town), state(lunel)) == before
    assert SECRET not in text(client.get(f"{HERE}services/"))
