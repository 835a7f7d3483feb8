"""What people decide on « Transmission »: who may, on what, what the next run makes of it, and
that nothing goes to the registry from a web request."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from wagtail.log_actions import LogContext

from tests.factories import UserFactory, admin_only_user
from tests.sync.queue import TASKS, Queue
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.sync.models import Declaration, Link

from .pages import text
from .transmitting import SCREEN

State = Declaration.State

TRY_AGAIN, GIVE_UP, RESUME, WENT_BACK, WITHDRAWALS, WAITING = (
    f"{SCREEN}{name}/"
    for name in (
        "envoyer-a-nouveau",
        "abandonner",
        "reprendre",
        "retour-en-arriere",
        "retraits",
        "ce-qui-attend",
    )
)


@pytest.fixture
def lunel(transmitting):
    return transmitting("Lunel")


@pytest.fixture
def beziers(transmitting):
    return transmitting("Béziers")


@pytest.fixture
def decide(client, lunel):
    """Posts a decision of somebody, by default the webmestre of Lunel, about Lunel."""

    def decide(url, service=None, *, user=None, **posted):
        client.force_login(user or lunel.webmestre)
        if service is not None:
            posted["service"] = getattr(service, "remote_id", service)
        posted.setdefault("authority", lunel.authority.pk)
        return client.post(url, posted, follow=True)

    return decide


def history(client, service) -> str:
    return text(client.get(f"/admin/villes-internet/services/history/{service.pk}/"))


class TestWhoDecides:
    @pytest.mark.parametrize(
        ("url", "referent_may"),
        [(TRY_AGAIN, True), (WENT_BACK, True), (GIVE_UP, False), (RESUME, False)],
    )
    def test_only_roles_that_answer_for_it(self, client, lunel, url, referent_may):
        service = lunel.refused()
        before = Declaration.objects.values().get()
        posted = {"service": service.remote_id, "authority": lunel.authority.pk}

        for user in (None, admin_only_user(), lunel.elu):
            client.logout() if user is None else client.force_login(user)
            response = client.post(url, posted)
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/" if user else "/admin/login/")
        assert Declaration.objects.values().get() == before

        client.force_login(lunel.referent)
        assert (client.post(url, posted)["Location"] == SCREEN) is referent_may
        client.force_login(lunel.webmestre)
        assert client.post(url, posted)["Location"] == SCREEN

    @pytest.mark.parametrize("url", [TRY_AGAIN, GIVE_UP, RESUME])
    def test_a_service_of_another_town_is_not_found(self, decide, beziers, url):
        service = beziers.refused()

        for wanted in (service.remote_id, "nimporte", "", "0" * 36):
            assert decide(url, wanted).status_code == 404
        assert beziers.state(service) == State.REJECTED

    @pytest.mark.parametrize("url", [TRY_AGAIN, WENT_BACK, WITHDRAWALS])
    def test_nothing_is_decided_for_all_of_another_town(self, decide, lunel, beziers, url):
        service = beziers.refused()

        for authority in (beziers.authority.pk, "", "x"):
            assert decide(url, authority=authority, all="1").status_code == 404
        assert decide(url, user=beziers.webmestre, all="1").status_code == 404
        assert beziers.state(service) == State.REJECTED

    def test_nothing_is_decided_by_looking(self, client, lunel):
        service = lunel.refused()
        client.force_login(lunel.webmestre)

        for url in (TRY_AGAIN, GIVE_UP, RESUME, WENT_BACK):
            assert client.get(f"{url}?service={service.remote_id}").status_code == 405
        assert lunel.state(service) == State.REJECTED

    def test_a_decision_takes_the_token_of_the_form(self, lunel):
        client = Client(enforce_csrf_checks=True)
        service = lunel.refused()
        client.force_login(lunel.webmestre)

        posted = {"service": service.remote_id, "authority": lunel.authority.pk}

        assert client.post(TRY_AGAIN, posted).status_code == 403
        assert lunel.state(service) == State.REJECTED


class TestSendAgain:
    def test_a_refused_service_goes_with_the_next_run(self, decide, lunel):
        service = lunel.refused(title="Cantine")
        lunel.registry.store.calls.clear()

        said = text(decide(TRY_AGAIN, service))

        assert "C’est noté : 1 service partira à la prochaine synchronisation." in said
        assert "À transmettre (1)" in said
        assert lunel.registry.store.calls == []
        lunel.refuse(titles=("personne",))
        assert lunel.run().is_done
        assert lunel.there() == {"Cantine"}

    def test_a_worker_is_asked_to_send_it(
        self, decide, lunel, settings, django_capture_on_commit_callbacks
    ):
        service = lunel.refused()
        settings.TASKS = TASKS
        Queue.take()

        with django_capture_on_commit_callbacks(execute=True):
            decide(TRY_AGAIN, service)

        assert len(Queue.take()) == 1

    def test_refused_again_it_is_as_before(self, decide, lunel):
        service = lunel.refused()

        decide(TRY_AGAIN, service)
        lunel.run()

        assert lunel.state(service) == State.REJECTED

    def test_all_at_once(self, decide, lunel):
        lunel.refuse(("/title", "too_long"))
        for _n in range(3):
            lunel.service()
        lunel.run()

        said = text(decide(TRY_AGAIN, all="1"))

        assert "C’est noté : 3 services partiront" in said
        assert not Declaration.objects.exclude(rejected_hash="").exists()

    def test_sent_twice_it_is_decided_once(self, decide, lunel):
        service = lunel.refused()
        decide(TRY_AGAIN, service)

        said = text(decide(TRY_AGAIN, service))

        assert "Plus rien n’attend cette décision." in said
        assert AuthorityLogEntry.objects.filter(action="villes_internet.sent_again").count() == 1

    def test_the_history_says_who(self, client, decide, lunel):
        service = lunel.refused()

        decide(TRY_AGAIN, service, user=lunel.referent)

        assert "À envoyer de nouveau au registre, sans changement" in history(client, service)
        entry = AuthorityLogEntry.objects.get(action="villes_internet.sent_again")
        assert (entry.user, entry.authority) == (lunel.referent, lunel.authority)

    def test_of_a_service_that_is_gone_the_authority_keeps_who(self, client, decide, lunel):
        service = lunel.service(title="Cantine")
        lunel.run()
        remote_id = service.remote_id
        service.delete()
        Declaration.objects.update(state=State.REJECTED, rejected_hash="-")

        said = text(decide(TRY_AGAIN, remote_id))

        assert "À retirer (1)" in said
        entry = AuthorityLogEntry.objects.get(action="villes_internet.sent_again")
        assert (entry.label, entry.authority) == ("Cantine", lunel.authority)
        client.force_login(UserFactory(is_superuser=True, is_staff=True))
        assert "Cantine" in text(client.get("/admin/reports/site-history/"))
        assert lunel.run().is_done
        assert lunel.there() == set()

    def test_a_run_under_way_will_run_once_more(self, decide, lunel):
        service = lunel.refused()
        before = Link.objects.get().wakeups

        decide(TRY_AGAIN, service)

        assert Link.objects.get().wakeups == before + 1


class TestGiveUp:
    def test_it_is_no_longer_left_nor_tried(self, decide, lunel):
        service = lunel.refused(title="Cantine")

        said = text(decide(GIVE_UP, service))

        assert "Abandonné : le service sera envoyé de nouveau quand il changera." in said
        assert "Abandonné (1)" in said
        assert "<dt>À transmettre ou à régler</dt> <dd>0</dd>" in said
        lunel.refuse(titles=("personne",))
        assert lunel.run().is_done
        assert lunel.there() == set()
        assert lunel.state(service) == State.GIVEN_UP

    def test_until_it_changes(self, decide, lunel):
        service = lunel.refused(title="Cantine")
        decide(GIVE_UP, service)

        service.title = "Cantine scolaire"
        service.save()
        lunel.run()

        assert lunel.there() == {"Cantine scolaire"}

    def test_it_may_be_resumed(self, decide, lunel):
        service = lunel.refused(title="Cantine")
        decide(GIVE_UP, service)

        said = text(decide(RESUME, service))

        assert "À transmettre (1)" in said
        lunel.refuse(titles=("personne",))
        lunel.run()
        assert lunel.there() == {"Cantine"}
        actions = AuthorityLogEntry.objects.filter(action__startswith="villes_internet.")
        assert set(actions.values_list("action", "user")) == {
            ("villes_internet.given_up", lunel.webmestre.pk),
            ("villes_internet.resumed", lunel.webmestre.pk),
        }

    def test_only_what_is_refused_is_given_up(self, decide, lunel):
        service = lunel.service()
        lunel.run()

        said = text(decide(GIVE_UP, service))

        assert "Plus rien n’attend cette décision." in said
        assert lunel.state(service) == State.SENT


class TestConfirmWithdrawals:
    @pytest.fixture
    def shown(self, client, lunel):
        """What goes back with the confirmation of what the page shows."""

        def shown():
            client.force_login(lunel.webmestre)
            return client.get(WITHDRAWALS).context["shown"]

        return shown

    def test_they_are_named_before_they_are_confirmed(self, client, lunel):
        lunel.take_away(12)
        lunel.run()
        client.force_login(lunel.webmestre)

        screen, said = text(client.get(SCREEN)), text(client.get(WITHDRAWALS))

        assert "En attente de confirmation (12)" in screen
        assert f'href="{WITHDRAWALS}"' in screen
        assert "12 services vont quitter le registre" in said
        assert "Confirmer 12 retraits" in said
        for number in range(12):
            assert f"<li>Service {number:02}</li>" in said
        assert len(lunel.there()) == 12

    def test_confirmed_they_leave_with_the_next_run(self, decide, lunel, shown):
        lunel.take_away(12)
        lunel.run()

        said = text(decide(WITHDRAWALS, shown=shown()))

        assert "Confirmé : 12 services quitteront le registre" in said
        assert len(lunel.there()) == 12
        assert lunel.run().is_done
        assert lunel.there() == set()
        assert (
            AuthorityLogEntry.objects.filter(
                action="villes_internet.withdrawal_confirmed", user=lunel.webmestre
            ).count()
            == 12
        )

    def test_before_any_run_held_them_as_well(self, decide, lunel, shown):
        lunel.take_away(12)

        decide(WITHDRAWALS, shown=shown())

        assert lunel.run().is_done
        assert lunel.there() == set()

    def test_what_was_not_shown_is_not_confirmed(self, decide, lunel, shown):
        lunel.take_away(12)
        lunel.run()
        read = shown()
        lunel.service(title="Un de plus")
        lunel.run()
        type(lunel.service()).objects.filter(title="Un de plus").update(live=False)

        said = text(decide(WITHDRAWALS, shown=read))

        assert "La liste a changé entre-temps : rien n’a été confirmé." in said
        assert "<li>Un de plus</li>" in said
        lunel.run()
        assert len(lunel.there()) == 14

    def test_sent_twice_it_is_confirmed_once(self, decide, lunel, shown):
        lunel.take_away(12)
        lunel.run()
        read = shown()
        decide(WITHDRAWALS, shown=read)

        said = text(decide(WITHDRAWALS, shown=read))

        assert "Plus rien n’attend cette décision." in said
        assert AuthorityLogEntry.objects.filter(action__endswith="confirmed").count() == 12

    def test_a_service_published_again_stays(self, decide, lunel, shown):
        [first, *_others] = lunel.take_away(12)
        lunel.run()
        read = shown()
        model = type(lunel.service(title="Autre"))
        model.objects.filter(translation_key=first).update(live=True)
        decide(WITHDRAWALS, shown=read)
        decide(WITHDRAWALS, shown=shown())

        lunel.run()

        assert lunel.there() == {"Service 00", "Autre"}

    def test_only_who_publishes_gets_there(self, client, lunel):
        lunel.take_away(12)
        lunel.run()

        for user in (admin_only_user(), lunel.elu, lunel.referent):
            client.force_login(user)
            assert client.get(WITHDRAWALS)["Location"] == "/admin/"
        assert WITHDRAWALS not in text(client.get(SCREEN)), "the référent is shown no button"

    def test_nothing_waits(self, client, lunel):
        client.force_login(lunel.webmestre)

        assert "Aucun retrait n’attend de confirmation." in text(client.get(WITHDRAWALS))


class TestTheRegistryWentBack:
    @pytest.fixture
    def gone_back(self, lunel):
        old = lunel.service(title="Ancien")
        lunel.run()
        lunel.run()
        restore = lunel.registry.backup()
        old.title = "Récent"
        old.save()
        lunel.service(title="Perdu")
        lunel.run()
        restore()
        lunel.run()
        return old

    def test_one_decision_sends_all_again(self, decide, client, lunel, gone_back):
        client.force_login(lunel.webmestre)
        screen = text(client.get(SCREEN))
        assert "Le registre est revenu en arrière (2)" in screen
        assert "Le registre est revenu en arrière : envoyer à nouveau 2 services" in screen

        said = text(decide(WENT_BACK, user=lunel.referent))

        assert "C’est noté : 2 services partiront" in said
        assert lunel.there() == {"Ancien"}
        assert lunel.run().is_done
        assert lunel.there() == {"Récent", "Perdu"}
        noted = AuthorityLogEntry.objects.filter(action="villes_internet.sent_again")
        assert noted.count() == 2

    def test_it_confirms_no_withdrawal(self, decide, lunel):
        lunel.take_away(12)
        lunel.run()

        said = text(decide(WENT_BACK))

        assert "Plus rien n’attend cette décision." in said
        assert set(Declaration.objects.values_list("state", flat=True)) == {State.HELD}

    def test_nor_do_withdrawals_concern_what_was_lost(self, client, lunel, gone_back):
        client.force_login(lunel.webmestre)

        assert "Aucun retrait n’attend de confirmation." in text(client.get(WITHDRAWALS))


class TestExport:
    def rows(self, response) -> list[dict[str, str]]:
        said = b"".join(response.streaming_content).decode()
        return list(csv.DictReader(StringIO(said)))

    def test_every_line_with_its_reason_and_where_to_edit_it(self, client, lunel):
        service = lunel.refused(("/url", "bad_url"), title="Cantine")
        lunel.service(title="Sans attache", references=[])
        lunel.service(title="Nouveau")
        client.force_login(lunel.elu)

        refused, new, incomplete = self.rows(client.get(f"{WAITING}?export=csv"))

        assert refused["Service"] == "Cantine"
        assert refused["État"] == "Refusé\N{NO-BREAK SPACE}: à corriger"
        assert "Adresse Internet" in refused["Raison"]
        assert refused["Depuis"]
        assert refused["Où le modifier"].endswith(
            f"/admin/villes-internet/services/edit/{service.pk}/"
        )
        assert refused["Où le modifier"].startswith("http://")
        assert (new["Service"], new["État"]) == ("Nouveau", "À transmettre")
        assert (incomplete["Service"], incomplete["État"]) == ("Sans attache", "À compléter")

    def test_all_lines_beyond_those_of_the_screen(self, client, lunel):
        for _n in range(120):
            lunel.service()
        client.force_login(lunel.webmestre)

        assert len(self.rows(client.get(f"{WAITING}?export=csv"))) == 120

    def test_as_a_workbook(self, client, lunel):
        lunel.refused(title="Cantine")
        client.force_login(lunel.webmestre)

        response = client.get(WAITING)

        sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
        assert [cell.value for cell in sheet[2]][0] == "Cantine"
        assert response["Content-Disposition"].endswith('transmission.xlsx"')

    def test_no_cell_is_a_formula(self, client, lunel):
        lunel.refused(title="=HYPERLINK(1)")
        client.force_login(lunel.webmestre)

        [row] = self.rows(client.get(f"{WAITING}?export=csv"))

        assert row["Service"] == "'=HYPERLINK(1)"

    def test_a_title_with_a_sign_that_no_workbook_holds_is_exported(self, client, lunel):
        """A vertical tab, as pasted from a word processor; what XML cannot hold."""
        lunel.service(title="\x0b=Cantine\x0bscolaire\ufffe\uffff", references=[])
        client.force_login(lunel.webmestre)

        response = client.get(WAITING)

        sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
        assert sheet["A2"].value == "'=Cantinescolaire"

    def test_nothing_of_another_town(self, client, lunel, beziers):
        beziers.refused(title="Ce que Beziers cache")
        client.force_login(lunel.webmestre)

        assert self.rows(client.get(f"{WAITING}?export=csv")) == []

    def test_says_since_when_it_was_published(self, client, lunel):
        service = lunel.service(title="Cantine", live=False)
        with LogContext(user=lunel.webmestre):
            service.save_revision().publish()
        client.force_login(lunel.webmestre)

        [row] = self.rows(client.get(f"{WAITING}?export=csv"))

        published = AuthorityLogEntry.objects.get(action="wagtail.publish").timestamp
        assert row["Depuis"].startswith(f"{published:%Y-%m-%d}")

    def test_by_hand_there_is_nothing(self, client, lunel, settings):
        lunel.service()
        settings.WAGTAIL_VILLES_INTERNET = {}
        client.force_login(lunel.webmestre)

        assert self.rows(client.get(f"{WAITING}?export=csv")) == []


def test_by_hand_nothing_is_decided(decide, lunel, settings):
    service = lunel.refused()
    settings.WAGTAIL_VILLES_INTERNET = {}

    assert decide(TRY_AGAIN, service).status_code == 404
    assert decide(GIVE_UP, service).status_code == 404
    decide(WENT_BACK)
    decide(WITHDRAWALS)

    assert lunel.state(service) == State.REJECTED


def test_somebody_who_may_only_see_is_shown_no_button(client, lunel):
    lunel.refused(title="Cantine")
    client.force_login(lunel.elu)

    said = text(client.get(SCREEN))

    assert "Refusé : à corriger (1)" in said
    assert "Envoyer à nouveau" not in said
    assert "Abandonner" not in said
