"""« Rattachements à revoir »: what nobody but a person of the town can say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.desk import remapping
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.remapping.errors import (
    CannotBeUndone,
    NothingLeft,
    NotWaiting,
)
from wagtail_villes_internet.services.remapping.models import Remap
from wagtail_villes_internet.services.remapping.taking_into_use import take_into_use

from .matrices import stored
from .pages import text

pytestmark = pytest.mark.django_db

SCREEN = "/admin/villes-internet/rattachements/"
CHOOSE = f"{SCREEN}choisir/"
HISTORY = f"{SCREEN}historique/"
UNDO = f"{SCREEN}defaire/"
OLD = "p-rdv-titres"


def codes(service) -> set[str]:
    return set(
        DigitalService.objects.get(pk=service.pk).reference_services.values_list("code", flat=True)
    )


def left(title: str, refusal: type) -> str:
    """What the message says of a service left as it was."""
    return f"« {title} » : {refusal()}".replace("\xa0", " ")


def choice(town, *services, new=(), old=OLD, **more) -> dict:
    """What the form of one former reference service posts."""
    return {
        "authority": town.authority.pk,
        "old": old,
        "service": [service.remote_id for service in services],
        "new": list(new),
        **more,
    }


def undoing(town, *services) -> dict:
    ids = [service.remote_id for service in services]
    return {
        "authority": town.authority.pk,
        "change": [remap.pk for remap in Remap.objects.filter(remote_id__in=ids)],
    }


@pytest.fixture
def waiting(lunel):
    """Two services of Lunel that wait for one choice, and one that followed by itself."""
    services = [lunel.service(title=title) for title in ("Cantine", "Vélos")]
    lunel.service(title="Suiveur", references=["p-formulaires"])
    take_into_use(stored("2027"))
    return services


class TestTheScreen:
    def test_asks_for_no_more_services_at_once_than_a_form_may_send(
        self, webmestre, lunel, monkeypatch, settings
    ):
        assert remapping.AT_ONCE + 100 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        monkeypatch.setattr(remapping, "AT_ONCE", 2)
        for title in ("Cantine", "Piscine", "Vélos"):
            lunel.service(title=title)
        take_into_use(stored("2027"))

        page = webmestre.get(SCREEN)

        assert page.content.decode().count('name="service"') == 2
        assert page.context["count"] == 3

    def test_shows_the_services_the_former_code_and_the_candidates(self, webmestre, waiting):
        page = text(webmestre.get(SCREEN))

        assert "2 services sont rattachés à ce que la matrice en usage n’a plus." in page
        assert page.count('<form method="post" action="/admin/villes-internet/rattachements/') == 1
        assert f"<code>{OLD}</code>" in page
        for service in waiting:
            assert f"/admin/villes-internet/services/edit/{service.pk}/" in page
        assert "Papiers d’identité (Guichet)" in page
        assert "Passeports (Guichet)" in page
        assert "Suiveur" not in page

    def test_says_that_nothing_waits(self, webmestre, lunel):
        lunel.service()

        assert "Aucun service n’attend de choix." in text(webmestre.get(SCREEN))

    def test_says_of_a_draft_that_it_is_one(self, webmestre, lunel):
        lunel.service(title="Projet", live=False)
        take_into_use(stored("2027"))

        assert "(brouillon)" in text(webmestre.get(SCREEN))

    def test_asks_as_many_queries_for_many_services_as_for_few(self, webmestre, lunel):
        def count(url) -> int:
            with CaptureQueriesContext(connection) as queries:
                assert webmestre.get(url).status_code == 200
            return len(queries)

        for _ in range(2):
            lunel.service(references=[OLD, "p-formulaires"])
        take_into_use(stored("2027"))
        count(SCREEN)
        few = count(SCREEN), count(HISTORY)
        for _ in range(12):
            lunel.service(references=[OLD, "p-formulaires"])
        take_into_use(stored("2028"))

        assert (count(SCREEN), count(HISTORY)) == few


class TestChoosing:
    def test_one_choice_does_for_all_that_are_ticked(self, webmestre, lunel, waiting):
        page = text(webmestre.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]), follow=True))

        assert "2 services rattachés." in page
        assert "Aucun service n’attend de choix." in page
        assert [codes(service) for service in waiting] == [{"n-papiers"}] * 2
        assert set(Remap.objects.filter(old__code=OLD).values_list("user", flat=True)) == {
            lunel.webmestre.pk
        }

    def test_what_is_not_ticked_waits_on(self, webmestre, lunel, waiting):
        chosen, later = waiting

        page = text(webmestre.post(CHOOSE, choice(lunel, chosen, new=["n-papiers"]), follow=True))

        assert (codes(chosen), codes(later)) == ({"n-papiers"}, {OLD})
        assert "1 service est rattaché à ce que la matrice en usage n’a plus." in page

    def test_several_may_take_the_place_of_one(self, webmestre, lunel, waiting):
        webmestre.post(CHOOSE, choice(lunel, waiting[0], new=["n-papiers", "n-passeports"]))

        assert codes(waiting[0]) == {"n-papiers", "n-passeports"}

    def test_or_none_where_the_service_keeps_others(self, webmestre, lunel, waiting):
        kept = lunel.service(title="Guichet", references=[OLD, "n-cantine"])

        page = text(
            webmestre.post(CHOOSE, choice(lunel, kept, waiting[0], leave_out="1"), follow=True)
        )

        assert (codes(kept), codes(waiting[0])) == ({"n-cantine"}, {OLD})
        assert "1 service n’y est plus rattaché." in page
        assert left("Cantine", NothingLeft) in page

    @pytest.mark.parametrize("typed", ["Restauration scolaire", " n-cantine "])
    def test_what_is_no_candidate_is_typed(self, webmestre, lunel, waiting, typed):
        webmestre.post(CHOOSE, choice(lunel, *waiting, other=typed))

        assert [codes(service) for service in waiting] == [{"n-cantine"}] * 2

    def test_what_is_typed_has_to_be_in_the_matrix_in_use(self, webmestre, lunel, waiting):
        form = choice(lunel, *waiting, new=["n-papiers"], other="<b>Rien")

        response = webmestre.post(CHOOSE, form, follow=True)

        assert "« <b>Rien » n’est pas dans la matrice en usage." in text(response)
        assert b"<b>Rien" not in response.content
        assert [codes(service) for service in waiting] == [{OLD}] * 2

    @pytest.mark.parametrize(
        ("posted", "said"),
        [
            ({"new": []}, "Cochez au moins un service de référence auquel rattacher."),
            ({"service": []}, "Cochez au moins un service."),
        ],
    )
    def test_says_what_is_not_ticked(self, webmestre, lunel, waiting, posted, said):
        form = choice(lunel, *waiting, new=["n-papiers"]) | posted

        assert said in text(webmestre.post(CHOOSE, form, follow=True))
        assert [codes(service) for service in waiting] == [{OLD}] * 2

    @pytest.mark.parametrize(
        "posted",
        [
            {"new": ["p-formulaires"]},
            {"new": ["n'importe"]},
            {"old": "n'importe"},
            {"service": ["n'importe"]},
            {"service": ["00000000-0000-0000-0000-000000000000"]},
        ],
    )
    def test_changes_nothing_for_what_cannot_be(self, webmestre, lunel, waiting, posted):
        form = choice(lunel, *waiting, new=["n-papiers"]) | posted

        response = webmestre.post(CHOOSE, form, follow=True)

        assert response.status_code == 200
        assert [codes(service) for service in waiting] == [{OLD}] * 2

    def test_what_was_chosen_elsewhere_meanwhile_does_not_hold_up_the_rest(
        self, webmestre, lunel, waiting
    ):
        webmestre.post(CHOOSE, choice(lunel, waiting[0], new=["n-passeports"]))

        page = text(webmestre.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]), follow=True))

        assert [codes(service) for service in waiting] == [{"n-passeports"}, {"n-papiers"}]
        assert left("Cantine", NotWaiting) in page


class TestUndoing:
    def test_gives_back_what_was_there_and_asks_again(self, webmestre, lunel, waiting):
        webmestre.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]))

        page = text(webmestre.post(UNDO, undoing(lunel, waiting[0]), follow=True))

        assert [codes(service) for service in waiting] == [{OLD}, {"n-papiers"}]
        assert "1 changement défait" in page
        assert "Cantine" in text(webmestre.get(SCREEN))

    def test_is_offered_for_what_changed_by_itself_as_well(self, webmestre, waiting):
        page = text(webmestre.get(HISTORY))

        assert "Suiveur" in page
        assert "Démarches en ligne (Guichet)" in page
        assert "automatiquement" in page

    def test_says_who_chose(self, webmestre, lunel, waiting):
        webmestre.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]))

        assert lunel.webmestre.username in text(webmestre.get(HISTORY))

    def test_says_what_cannot_be_undone(self, webmestre, lunel, waiting):
        webmestre.post(CHOOSE, choice(lunel, waiting[0], new=["n-papiers"]))
        form = undoing(lunel, waiting[0])
        webmestre.post(UNDO, form)

        page = text(webmestre.post(UNDO, form, follow=True))

        assert left("Cantine", CannotBeUndone) in page

    def test_says_that_nothing_is_ticked(self, webmestre, lunel, waiting):
        page = text(webmestre.post(UNDO, {"authority": lunel.authority.pk}, follow=True))

        assert "Cochez au moins un changement." in page

    def test_no_key_is_too_long_for_the_database(self, webmestre, lunel):
        form = {"authority": lunel.authority.pk, "change": ["9" * 25]}

        assert "Cochez au moins un changement." in text(webmestre.post(UNDO, form, follow=True))


class TestWhoMay:
    @pytest.fixture
    def beziers(self, waiting):
        town = Town("Béziers")
        town.hidden = town.service(title="Ce que Béziers cache")
        return town

    def test_an_elu_sees_and_does_not_choose(self, client, lunel, waiting):
        client.force_login(lunel.elu)

        page = text(client.get(SCREEN))
        response = client.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]))

        assert "Cantine" in page
        assert 'name="new"' not in page
        assert response["Location"] == "/admin/"
        assert codes(waiting[0]) == {OLD}

    def test_a_referent_does_not_either_for_it_is_online_at_once(self, client, lunel, waiting):
        client.force_login(lunel.referent)

        client.post(CHOOSE, choice(lunel, *waiting, new=["n-papiers"]))

        assert codes(waiting[0]) == {OLD}

    def test_whoever_may_only_enter_the_admin_sees_nothing(self, client, waiting):
        client.force_login(admin_only_user())

        for url in (SCREEN, HISTORY):
            assert client.get(url)["Location"] == "/admin/"
        assert "rattachements à revoir" not in text(client.get("/admin/"))

    def test_another_town_is_neither_shown_nor_touched(self, webmestre, lunel, beziers):
        said = text(webmestre.get(SCREEN)) + text(webmestre.get(HISTORY))
        for authority in (lunel.authority.pk, beziers.authority.pk, "x", ""):
            form = choice(beziers, beziers.hidden, new=["n-papiers"]) | {"authority": authority}
            webmestre.post(CHOOSE, form)

        assert "Béziers cache" not in said
        assert codes(beziers.hidden) == {OLD}

    def test_another_towns_change_is_not_undone(self, client, webmestre, lunel, beziers):
        client.force_login(beziers.webmestre)
        client.post(CHOOSE, choice(beziers, beziers.hidden, new=["n-papiers"]))
        client.force_login(lunel.webmestre)

        client.post(UNDO, undoing(beziers, beziers.hidden) | {"authority": lunel.authority.pk})

        assert codes(beziers.hidden) == {"n-papiers"}


class TestTheNotice:
    PLACES = ["/admin/", "/admin/villes-internet/services/", "/admin/villes-internet/transmission/"]

    @pytest.mark.parametrize("url", PLACES)
    def test_counts_the_services_that_wait(self, webmestre, waiting, url):
        page = text(webmestre.get(url))

        assert "La matrice a changé : 2 services attendent" in page
        assert SCREEN in page

    @pytest.mark.parametrize("url", PLACES)
    def test_is_silent_where_none_does(self, webmestre, lunel, url):
        lunel.service()

        assert "La matrice a changé" not in text(webmestre.get(url))

    def test_counts_a_service_of_two_former_codes_once(self, webmestre, lunel):
        lunel.service(references=[OLD, "p-paiement"])
        take_into_use(stored("2027"))

        assert "1 service attend" in text(webmestre.get("/admin/"))

    def test_is_silent_without_a_matrix(self, webmestre, lunel):
        lunel.service()
        Matrix.objects.all().delete()

        assert "La matrice a changé" not in text(webmestre.get("/admin/"))
