"""The home of the admin says that something waits, to those it concerns; nothing otherwise."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import EditionFactory, admin_only_user
from wagtail_villes_internet.conf import get_settings
from wagtail_villes_internet.dossiers.models import Dossier, Filing
from wagtail_villes_internet.sync.models import Backoff, Declaration

from .pages import text
from .transmitting import SCREEN

State = Declaration.State
HEADING = "Villes Internet : quelque chose vous attend"
HTTP = {
    "REGISTRY": {
        "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
        "OPTIONS": {"url": "https://registre.example/api/v1/"},
    },
}


@pytest.fixture
def lunel(transmitting):
    return transmitting("Lunel")


@pytest.fixture
def home(client, lunel):
    def home(user=None):
        client.force_login(user or lunel.webmestre)
        return text(client.get("/admin/"))

    return home


def silent_for(**delta) -> None:
    since = timezone.now() - timedelta(**delta)
    Backoff.objects.create(host="default", since=since, retry_at=timezone.now(), failures=9)


class TestSilence:
    def test_nothing_was_ever_transmitted(self, home):
        assert HEADING not in home()

    def test_everything_is_transmitted(self, home, lunel):
        lunel.service()
        lunel.run()

        assert HEADING not in home()

    def test_what_goes_by_itself_is_no_matter(self, home, lunel):
        lunel.service()
        lunel.run()
        Declaration.objects.update(state=State.TO_SEND)

        assert HEADING not in home()

    def test_what_was_given_up_is_no_matter(self, home, lunel):
        lunel.refused()
        Declaration.objects.update(state=State.GIVEN_UP)

        assert HEADING not in home()

    def test_by_hand_nothing_is_ever_late(self, home, lunel, settings):
        lunel.refused()
        lunel.service()
        silent_for(days=30)
        settings.WAGTAIL_VILLES_INTERNET = {}

        assert HEADING not in home()

    def test_another_town_and_another_registry_do_not_count(self, home, transmitting):
        transmitting("Béziers").refused()
        Backoff.objects.create(
            host="ailleurs.example", since="2024-01-01T00:00Z", retry_at="2024-01-01T00:00Z"
        )

        assert HEADING not in home()

    def test_who_may_not_see_transmissions_is_not_told(self, home, lunel):
        lunel.refused()

        assert HEADING not in home(admin_only_user())

    def test_an_edition_that_closes_says_nothing_by_itself(self, home):
        EditionFactory(year=2031, closes_at=timezone.now() + timedelta(days=2))

        assert HEADING not in home()

    def test_settings_that_cannot_be_used_do_not_close_the_home(self, home, settings):
        settings.WAGTAIL_VILLES_INTERNET = {"REGISTRY": {"BACKEND": "nulle.part"}}

        assert HEADING not in home()


class TestWhatWaits:
    @pytest.mark.parametrize(
        ("columns", "sentence"),
        [
            ({"state": State.REJECTED}, "1 service a été refusé par le registre"),
            ({"state": State.CONFLICT}, "1 service a deux versions différentes"),
            ({"remote": {"title": "x"}}, "1 service a été modifié au registre"),
            ({"state": State.HELD}, "1 retrait attend une confirmation."),
            ({"state": State.HELD, "etag": ""}, "Le registre est revenu à un état ancien : 1"),
            ({"state": State.UNKNOWN_CODE}, "1 service a un service de référence que la matrice"),
        ],
    )
    def test_is_counted_and_leads_to_the_screen(self, home, client, lunel, columns, sentence):
        lunel.service()
        lunel.run()
        Declaration.objects.update(**columns)

        for user in (lunel.webmestre, lunel.referent, lunel.elu):
            said = home(user)
            assert HEADING in said
            assert sentence in said
            assert f'<a href="{SCREEN}">Voir ce qui attend</a>' in said
        assert sentence in text(client.get(SCREEN))
        assert "help-critical" not in said

    def test_is_said_in_the_plural(self, home, lunel):
        lunel.refuse(("/title", "too_long"))
        lunel.service()
        lunel.service()
        lunel.run()

        assert "2 services ont été refusés par le registre : ils sont à corriger." in home()

    def test_is_stronger_as_an_edition_closes(self, home, lunel):
        lunel.refused()
        EditionFactory(year=2031, closes_at=timezone.now() + timedelta(days=6))

        said = home()

        assert "L’édition en cours ferme le" in said
        assert "help-critical" in said

    def test_but_not_weeks_before_nor_after(self, home, lunel):
        lunel.refused()
        EditionFactory(year=2031, closes_at=timezone.now() + timedelta(days=8))
        EditionFactory(year=2032, closes_at=timezone.now() - timedelta(hours=1))

        assert "L’édition en cours ferme" not in home()


class TestTheYearlyDossier:
    @pytest.fixture
    def version(self, lunel):
        """The last version of the dossier of 2031, in a state."""

        def version(state, *, since=None, message=""):
            frozen_at = timezone.now() - (since or timedelta(0))
            return Filing.objects.create(
                dossier=Dossier.objects.get_or_create(authority=lunel.authority, year=2031)[0],
                number=Filing.objects.count() + 1,
                octets=b"{}",
                annex=b"{}",
                registry_address=lunel.registry.address,
                frozen_at=frozen_at,
                state=state,
                message=message,
            )

        return version

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("rejected", "Le dossier annuel a été refusé par le registre"),
            ("too_late", "Le dossier annuel est arrivé après la clôture"),
            ("conflict", "Un dossier qui ne vient pas de ce site est déposé au registre"),
            ("disputed", "L’accusé de réception du dossier annuel porte sur un autre contenu"),
        ],
    )
    def test_what_a_person_has_to_see_is_said(self, home, version, state, sentence):
        version(state)

        assert sentence in home()

    def test_one_that_stands_or_was_given_up_is_no_matter(self, home, version):
        version("conflict")
        version("filed")
        version("given_up")

        assert HEADING not in home()

    def test_one_that_was_replaced_at_the_registry_is_said(self, home, version):
        version("filed", message="Un autre dossier")

        assert "le registre en montre maintenant un autre" in home()

    def test_one_on_its_way_is_said_after_a_day(self, home, version):
        version("to_send", since=timedelta(hours=23))
        assert HEADING not in home()

        version("to_send", since=timedelta(hours=25))
        assert "n’a pas encore pu être transmis" in home()

    def test_and_after_an_hour_as_the_edition_closes_with_more_force(self, home, version):
        EditionFactory(year=2031, closes_at=timezone.now() + timedelta(days=6))
        version("to_send", since=timedelta(minutes=50))
        assert HEADING not in home()

        version("to_send", since=timedelta(minutes=70))
        said = home()
        assert "n’a pas encore pu être transmis" in said
        assert "help-critical" in said

    def test_once_the_results_are_out_nobody_has_anything_to_decide(self, home, version):
        EditionFactory(year=2031, state="published")
        version("too_late")

        assert HEADING not in home()

    def test_by_hand_nothing_is_said(self, home, version, settings):
        version("conflict")
        settings.WAGTAIL_VILLES_INTERNET = {}

        assert HEADING not in home()


class TestARegistryThatCannotBeReached:
    def test_for_a_day_is_said_once(self, home):
        silent_for(hours=25)

        said = home()

        assert "Rien n’a pu être transmis depuis le" in said
        assert "Rien n’est perdu" in said

    def test_for_less_is_not(self, home):
        silent_for(hours=23)

        assert HEADING not in home()

    @pytest.fixture
    def with_token(self, settings, lunel):
        settings.WAGTAIL_VILLES_INTERNET = {
            **HTTP,
            "REGISTRY_TOKENS": {lunel.authority.siren: "jeton-secret"},
        }

    def refuse_token(self, fingerprint):
        now = timezone.now()
        Backoff.objects.create(
            host="registre.example", token=fingerprint, since=now, retry_at=now, failures=1
        )

    def test_a_refused_token_is_said_at_once(self, home, lunel, with_token):
        self.refuse_token(get_settings().token_fingerprint(lunel.authority.siren))

        said = home()

        assert "demandez un nouveau jeton" in said
        assert "help-critical" in said
        assert "jeton-secret" not in said

    def test_that_of_another_town_or_an_earlier_one_is_not(self, home, with_token):
        self.refuse_token("0" * 16)

        assert HEADING not in home()


def test_as_many_queries_for_many_services_as_for_few(home, client, lunel):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        return len(queries)

    lunel.refused()
    home()
    few = count()
    lunel.refuse(("/title", "too_long"))
    for _n in range(15):
        lunel.service()
    lunel.run()

    assert "16 services" in home()
    assert count() == few


def test_four_queries_at_most(home, client, lunel, settings):
    lunel.refused()
    home()

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        return len(queries)

    with_registry = count()
    settings.WAGTAIL_VILLES_INTERNET = {}

    assert with_registry - count() <= 4
