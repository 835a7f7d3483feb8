"""Filing from the desk: what is shown is what is filed, by hand or through a registry."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from wagtail.users.models import UserProfile

from tests.factories import EditionFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.dossiers import campaign
from wagtail_villes_internet.dossiers.calendar import PARIS
from wagtail_villes_internet.dossiers.models import Agreement, Campaign, Dossier, Filing, Receipt
from wagtail_villes_internet.registry.errors import Unauthorized, Unreachable
from wagtail_villes_internet.sync.models import Backoff, Registry, RemoteDossier
from wagtail_villes_internet.sync.runner import run

from .dossiers import URL, YEAR, begin, digest, file_it, posted
from .pages import text

pytestmark = pytest.mark.django_db

State = Filing.State
ELU = "/admin/villes-internet/dossier/elu/"
TRANSMISSION = "/admin/villes-internet/transmission/"


class TestWhatIsFiled:
    def test_is_all_shown_first(self, webmestre, lunel):
        dossier = begin(lunel, 0)
        lunel.service(title="Portail famille", summary="Inscrire ses enfants")
        lunel.service(title="Prévu", status="planned")
        Dossier.objects.filter(pk=dossier.pk).update(statement="Notre année", answers="Oui")

        page = webmestre.get(f"{URL}deposer/")

        said = text(page)
        for shown in ("Lunel", "Portail famille", "Inscrire ses enfants", "Prévu", "Notre année"):
            assert shown in said
        assert page.context["content"].digest in said
        assert not Filing.objects.exists()

    def test_has_one_fingerprint_before_and_another_once_filed(self, webmestre, lunel):
        begin(lunel)
        VillesInternetSettings.objects.update(agreement_required=True)
        read = digest(lunel)
        name = "Empreinte de ce que l’élu lit, avant son accord"
        for path in ("deposer/", "accord/"):
            said = text(webmestre.get(URL + path))
            assert name in said
            assert read in said

        posted(lunel, lunel.elu, "accord/", shown=read)
        filing = file_it(lunel)

        said = text(webmestre.get(f"{URL}versions/1/"))
        assert filing.sha256 in said
        assert name not in said
        assert read not in said

    def test_is_said_to_be_yet_to_come(self, webmestre, lunel):
        begin(lunel)

        said = text(webmestre.get(f"{URL}deposer/"))

        assert "Voici tout ce qui sera déposé." in said
        assert "Dépliez un service" in said

    def test_has_nothing_to_unfold_without_a_service(self, webmestre, lunel):
        begin(lunel, 0)

        said = text(webmestre.get(f"{URL}deposer/"))

        assert "0 service dans le dossier." in said
        assert "Dépliez un service" not in said

    def test_says_of_a_provisional_matrix_that_it_is_not_official(self, webmestre, lunel):
        begin(lunel)
        file_it(lunel)

        for path in ("deposer/", "accord/", "versions/1/"):
            said = text(webmestre.get(URL + path))
            assert "Thèmes : liste provisoire (" in said
            assert "), non officielle." in said
            assert "liste de l’association" not in said

    def test_is_what_was_shown(self, lunel):
        begin(lunel)
        shown = digest(lunel)
        lunel.service(title="Publié entre-temps")

        response = posted(lunel, lunel.webmestre, "deposer/", shown=shown)

        assert "Le dossier a changé entre-temps" in text(response)
        assert "Publié entre-temps" in text(response)
        assert not Filing.objects.exists()

    def test_is_not_filed_twice(self, lunel):
        begin(lunel)
        file_it(lunel)

        said = text(posted(lunel, lunel.webmestre, "deposer/", shown=digest(lunel)))

        assert Filing.objects.count() == 1
        assert "Version 1" in said

    def test_what_was_filed_already_has_no_button(self, webmestre, lunel):
        begin(lunel)
        file_it(lunel)

        said = text(webmestre.get(f"{URL}deposer/"))

        assert "La version 1 dit exactement cela" in said
        assert 'name="shown"' not in said

    def test_an_empty_dossier_is_not_filed(self, lunel):
        begin(lunel, 0)

        response = posted(lunel, lunel.webmestre, "deposer/", shown=digest(lunel))

        assert "il n’y a rien à déposer" in text(response)
        assert not Filing.objects.exists()

    def test_a_changed_dossier_is_a_new_version_and_all_are_kept(self, webmestre, lunel):
        begin(lunel)
        file_it(lunel)
        lunel.service(title="Nouveau service")

        assert file_it(lunel).number == 2
        assert "Nouveau service" not in text(webmestre.get(f"{URL}versions/1/"))
        assert "Nouveau service" in text(webmestre.get(f"{URL}versions/2/"))

    def test_a_version_stays_what_it_was(self, webmestre, lunel):
        begin(lunel, 0)
        service = lunel.service(title="Portail famille", summary="Avant")
        file_it(lunel)
        service.summary = "Après"
        service.save()
        service.delete()

        said = text(webmestre.get(f"{URL}versions/1/"))

        assert "Portail famille" in said
        assert "Avant" in said

    def test_a_version_that_is_not_there_is_not_found(self, webmestre, lunel):
        begin(lunel)

        assert webmestre.get(f"{URL}versions/1/").status_code == 404
        assert webmestre.get(f"{URL}versions/{10**25}/").status_code == 404


class TestTheAgreement:
    @pytest.fixture
    def required(self, lunel):
        VillesInternetSettings.objects.filter(authority=lunel.authority).update(
            agreement_required=True
        )

    def test_that_is_missing_keeps_it_from_being_filed(self, webmestre, lunel, required):
        begin(lunel)

        page = webmestre.get(f"{URL}deposer/")
        assert 'name="shown"' not in text(page)
        assert "Demander l’accord" in text(page)
        response = posted(lunel, lunel.webmestre, "deposer/", shown=digest(lunel))
        assert "Aucun élu n’a donné son accord" in text(response)
        assert not Filing.objects.exists()

    def test_that_nobody_asks_for_is_not_spoken_of(self, webmestre, lunel):
        begin(lunel)
        said = text(webmestre.get(f"{URL}deposer/"))
        assert "Accord de l’élu" not in said
        assert "Empreinte de ce que l’élu lit" not in said
        assert "Vos réglages ne le demandent pas" not in said

        posted(lunel, lunel.elu, "accord/", shown=digest(lunel))

        said = text(webmestre.get(f"{URL}deposer/"))
        assert "Empreinte de ce que l’élu lit" in said
        assert "Donné le" in said

    def test_that_was_given_is_filed_with_it(self, webmestre, lunel, required):
        dossier = begin(lunel)
        Agreement.objects.create(
            dossier=dossier, shown_sha256=digest(lunel), agreed_on=localdate(), user=lunel.elu
        )

        assert "Donné le" in text(webmestre.get(f"{URL}deposer/"))
        assert b'"signed_off":[{' in bytes(file_it(lunel).octets)


class TestAClosedCampaign:
    def test_only_warns(self, webmestre, lunel):
        begin(lunel)
        closed = datetime(YEAR - 1, 1, 10, 23, 59, 59, tzinfo=PARIS)
        EditionFactory(year=YEAR, state="open", closes_at=closed)

        said = text(webmestre.get(f"{URL}deposer/"))

        assert "La campagne semble close" in said
        assert file_it(lunel).number == 1


class TestFromAbroad:
    @time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC))
    def test_an_elu_for_whom_it_is_tomorrow_agrees_to_what_is_filed_today(self, lunel):
        VillesInternetSettings.objects.update(agreement_required=True)
        begin(lunel)
        lunel.service(title="Ouvre", status="planned", started_on=date(2026, 11, 2))
        for user, zone in [(lunel.elu, "Pacific/Auckland"), (lunel.webmestre, "Europe/Paris")]:
            profile = UserProfile.get_for_user(user)
            profile.current_time_zone = zone
            profile.save()

        elu = Client()
        elu.force_login(lunel.elu)
        shown = elu.get(f"{URL}accord/").context["content"].digest
        posted(lunel, lunel.elu, "accord/", shown=shown)

        assert Agreement.objects.get().agreed_on == date(2026, 11, 1)
        assert file_it(lunel) is not None


class TestByHand:
    def test_the_button_says_that_the_version_is_frozen_then_copied(self, webmestre, lunel):
        begin(lunel)

        said = text(webmestre.get(f"{URL}deposer/"))

        assert "Figer la version 1, pour la recopier</button>" in said
        assert "Déposer la version 1" not in said
        assert "Ce n’est pas encore un dépôt : vous le noterez" in said

    @time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=UTC))
    def test_a_receipt_is_typed_in_corrected_and_taken_back(self, lunel):
        begin(lunel)
        assert file_it(lunel).state == State.TO_COPY

        said = text(
            posted(lunel, lunel.referent, "versions/1/", received_on="2026-11-01", number="A-1")
        )
        assert "accusé n° A-1, saisi à la main" in said
        receipt = Receipt.objects.get()
        assert (receipt.typed, receipt.user) == (True, lunel.referent)

        posted(lunel, lunel.webmestre, "versions/1/", received_on="2026-11-01", number="A-2")
        assert Receipt.objects.get().number == "A-2"

        posted(lunel, lunel.webmestre, "versions/1/", undo="1")
        assert not Receipt.objects.exists()
        assert Filing.objects.get().state == State.TO_COPY

    def test_a_receipt_of_today_is_taken(self, lunel):
        begin(lunel)
        file_it(lunel)

        posted(lunel, lunel.webmestre, "versions/1/", received_on=datetime.now(PARIS).date())

        assert Filing.objects.get().state == State.FILED

    @time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC))
    def test_a_receipt_is_of_the_same_day_on_every_page_whatever_the_server_s_zone(
        self, webmestre, lunel, settings
    ):
        settings.TIME_ZONE = "UTC"
        settings.WAGTAIL_USER_TIME_ZONES = ["UTC"]
        begin(lunel)
        file_it(lunel)

        posted(lunel, lunel.webmestre, "versions/1/", received_on="2026-11-10", number="R-1")

        elu = Client()
        elu.force_login(lunel.elu)
        pages = [(webmestre, URL), (webmestre, f"{URL}versions/1/")]
        pages += [(webmestre, "/admin/villes-internet/"), (elu, ELU)]
        for browser, page in pages:
            said = text(browser.get(page))
            assert "10 novembre 2026" in said, page
            assert "9 novembre 2026" not in said, page

    def test_a_receipt_of_tomorrow_is_not(self, lunel):
        begin(lunel)
        file_it(lunel)
        tomorrow = datetime.now(PARIS).date() + timedelta(days=1)

        response = posted(lunel, lunel.webmestre, "versions/1/", received_on=tomorrow, number="B-9")

        assert "ne peut pas être daté d’un jour à venir" in text(response)
        assert 'value="B-9"' in text(response)
        assert not Receipt.objects.exists()

    @pytest.mark.parametrize("day", ["0001-01-01", "1990-01-01", "2026-10-31"])
    @time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=UTC))
    def test_a_receipt_of_a_day_before_the_version_was_frozen_is_not(self, webmestre, lunel, day):
        begin(lunel)
        file_it(lunel)

        response = posted(lunel, lunel.webmestre, "versions/1/", received_on=day, number="B-9")

        [error] = response.context["form"].errors["received_on"]
        assert "1 novembre 2026" in error
        assert 'value="B-9"' in text(response)
        assert not Receipt.objects.exists()
        for page in (URL, f"{URL}versions/1/", "/admin/", "/admin/villes-internet/"):
            assert webmestre.get(page).status_code == 200

    def test_nothing_to_take_back_is_said(self, lunel):
        begin(lunel)
        file_it(lunel)

        response = posted(lunel, lunel.webmestre, "versions/1/", undo="1")

        assert "ne prend pas d’accusé" in text(response)
        assert Filing.objects.get().state == State.TO_COPY


class TestSettingsThatCannotBeUsed:
    def test_nothing_is_filed(self, webmestre, lunel, settings):
        begin(lunel)
        shown = digest(lunel)
        settings.WAGTAIL_VILLES_INTERNET = {"REGISTRY": {"BACKEND": "nulle.part"}}

        for url in (URL, f"{URL}services/", f"{URL}comparer/"):
            assert webmestre.get(url).status_code == 200
        assert "Les réglages du registre sont inutilisables" in text(
            webmestre.get(f"{URL}deposer/")
        )
        posted(lunel, lunel.webmestre, "deposer/", shown=shown)
        assert not Filing.objects.exists()


class TestWithARegistry:
    @pytest.fixture
    def lunel(self, transmitting):
        town = transmitting("Lunel")
        run(town.authority, town.registry)
        return town

    def test_is_filed_and_named_by_its_host(self, webmestre, lunel):
        begin(lunel)
        said = text(webmestre.get(f"{URL}deposer/"))
        assert "Déposer la version 1</button>" in said
        assert "Ce n’est pas encore un dépôt" not in said
        filing = file_it(lunel)
        Filing.objects.filter(pk=filing.pk).update(
            registry_address="https://registre.example/api/v1/"
        )

        said = text(webmestre.get(f"{URL}versions/1/"))

        assert "<dd>registre.example</dd>" in said
        assert "/api/v1" not in said

    def test_a_version_waits_for_the_next_run_and_then_has_its_receipt(self, webmestre, lunel):
        begin(lunel)
        filing = file_it(lunel)
        assert filing.state == State.TO_SEND
        assert "sera transmise à la prochaine synchronisation" in text(webmestre.get(URL))

        Filing.objects.filter(pk=filing.pk).update(state=State.FILED)
        Receipt.objects.create(
            filing=filing,
            number="R-1",
            received_at=datetime(2026, 11, 2, 10, tzinfo=PARIS),
            sha256=filing.sha256,
        )

        said = text(webmestre.get(f"{URL}versions/1/"))
        assert "Déposé le 2 novembre 2026 : version 1, accusé n° R-1." in said
        assert 'name="received_on"' not in said

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (Unreachable(), "Le registre ne répond pas : la version 1 attend ; nouvel essai "),
            (Unauthorized(), "Rien n’a pu être transmis : la version 1 attend ; nouvel essai "),
        ],
        ids=["silent", "refused"],
    )
    @pytest.mark.parametrize(
        "path", [URL, f"{URL}versions/1/", "/admin/villes-internet/", TRANSMISSION]
    )
    def test_that_does_not_take_it_is_said_wherever_the_version_is(
        self, webmestre, lunel, path, error, sentence, monkeypatch
    ):
        monkeypatch.setattr(campaign, "current_year", lambda *args: YEAR)
        begin(lunel)
        file_it(lunel)
        lunel.registry.fail_next(error)
        run(lunel.authority, lunel.registry)

        said = text(webmestre.get(path))

        assert sentence in said
        assert "sera transmise à la prochaine synchronisation" not in said
        assert "Tout est transmis." not in said

    def test_says_when_it_is_tried_again(self, webmestre, lunel):
        begin(lunel)
        filing = file_it(lunel)
        with time_machine.travel(datetime(2026, 11, 2, 14, 46, tzinfo=UTC), tick=False):
            circuit = {"host": "default", "token": "", "since": filing.frozen_at}
            row = Backoff.objects.create(retry_at=timezone.now() + timedelta(hours=1), **circuit)
            assert "nouvel essai à 16:46" in text(webmestre.get(URL))

            Backoff.objects.filter(pk=row.pk).update(retry_at=timezone.now())
            assert "nouvel essai à la prochaine synchronisation" in text(webmestre.get(URL))

    def test_a_version_to_be_sent_is_left_to_transmit(self, webmestre, lunel):
        lunel.service()
        run(lunel.authority, lunel.registry)
        assert "Tout est transmis." in text(webmestre.get(TRANSMISSION))
        begin(lunel, 0)
        file_it(lunel)

        said = text(webmestre.get(TRANSMISSION))

        assert "<dt>À transmettre ou à régler</dt> <dd>1 dossier annuel</dd>" in said
        assert f'href="{URL}versions/1/">Dossier {YEAR}</a>' in said
        assert "Tout est transmis." not in said

    def test_a_receipt_is_not_typed_in_for_the_registry(self, lunel):
        begin(lunel)
        file_it(lunel)

        posted(lunel, lunel.webmestre, "versions/1/", received_on="2026-11-01")

        assert not Receipt.objects.exists()

    def test_what_was_refused_says_why_and_goes_again(self, webmestre, lunel):
        begin(lunel)
        filing = file_it(lunel)
        problems = [{"pointer": "/statement", "code": "too_long", "detail": "x"}]
        Filing.objects.filter(pk=filing.pk).update(state=State.REJECTED, problems=problems)

        said = text(webmestre.get(f"{URL}versions/1/"))
        assert "présentation : Ce texte est trop long." in said

        posted(lunel, lunel.webmestre, "versions/1/decider/", decision="file_again")
        assert Filing.objects.get().state == State.TO_SEND

    def test_what_came_too_late_is_given_up(self, lunel):
        begin(lunel)
        filing = file_it(lunel)
        Filing.objects.filter(pk=filing.pk).update(state=State.TOO_LATE)

        posted(lunel, lunel.webmestre, "versions/1/decider/", decision="give_up")

        assert Filing.objects.get().state == State.GIVEN_UP

    def test_what_goes_again_after_all_takes_part_again(self, lunel):
        begin(lunel)
        file_it(lunel)
        posted(lunel, lunel.webmestre, "versions/1/decider/", decision="give_up")
        posted(lunel, lunel.webmestre, "dates/", sits_out="on")
        assert Campaign.objects.get().sits_out

        posted(lunel, lunel.webmestre, "versions/1/decider/", decision="file_again")

        assert not Campaign.objects.get().sits_out

    def test_another_dossier_is_replaced_only_as_it_was_shown(self, webmestre, lunel):
        begin(lunel)
        filing = file_it(lunel)
        Filing.objects.filter(pk=filing.pk).update(state=State.CONFLICT)
        there = RemoteDossier.objects.create(
            authority=lunel.authority,
            registry=Registry.objects.get(address=filing.registry_address),
            year=YEAR,
            etag='"un"',
            receipts=[
                {
                    "number": "R-8",
                    "received_at": "2026-11-02T10:00:00+01:00",
                    "sha256": "0" * 64,
                    "key": None,
                }
            ],
        )
        said = text(webmestre.get(f"{URL}versions/1/"))
        assert "accusé n° R-8" in said

        decide = {"decision": "replace", "shown": there.etag}
        RemoteDossier.objects.update(etag='"deux"')
        posted(lunel, lunel.webmestre, "versions/1/decider/", **decide)
        assert Filing.objects.get().state == State.CONFLICT

        posted(lunel, lunel.webmestre, "versions/1/decider/", **{**decide, "shown": '"deux"'})
        assert Filing.objects.get().state == State.TO_SEND

    def test_what_is_no_decision_is_not_found(self, lunel):
        begin(lunel)
        file_it(lunel)

        response = posted(lunel, lunel.webmestre, "versions/1/decider/", decision="autre")

        assert response.status_code == 404
