"""« Modifiés au registre »: what was changed there, and the screen on which somebody chooses."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import Town, admin_only_user
from tests.sync.conftest import site_matrix
from tests.sync.queue import TASKS, Queue
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.authorities.scope import SESSION_KEY
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Attempt, Declaration
from wagtail_villes_internet.sync.runner import run

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/transmission/versions/"
MEMORY = {
    "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"},
}


@pytest.fixture(autouse=True)
def configured(settings):
    settings.WAGTAIL_VILLES_INTERNET = MEMORY
    MemoryRegistry.forget_all()
    yield
    MemoryRegistry.forget_all()


def transmitting(name: str) -> Town:
    town = Town(name)
    town.registry = MemoryRegistry()
    town.registry.add_authority(town.authority.siren)
    town.registry.set_matrix(site_matrix())
    return town


def synchronise(town):
    return run(town.authority, town.registry, now=True)


def declared(town, **fields) -> DigitalService:
    service = town.service(**{"title": "Cantine", "summary": "Au guichet", **fields})
    synchronise(town)
    return service


def agent_edit(town, service, **changes):
    town.registry.agent_edit(town.authority.siren, service.remote_id, **changes)
    synchronise(town)


@pytest.fixture
def lunel():
    return transmitting("Lunel")


@pytest.fixture
def service(lunel):
    """A title changed on both sides, a summary there only."""
    service = declared(lunel)
    service.title = "Ma cantine"
    service.save()
    agent_edit(lunel, service, title="Sa cantine", summary="En ligne")
    return service


def url(service) -> str:
    return f"{LIST}{service.remote_id}/"


def posted(client, service, **choices):
    """What the form sends, as it was last shown."""
    shown = client.get(url(service)).context["found"].shown
    return {"mine": shown.mine, "theirs": shown.theirs, **choices}


def settle(client, service, **choices):
    return client.post(url(service), posted(client, service, **choices), follow=True)


def live(service) -> DigitalService:
    return DigitalService.objects.get(pk=service.pk)


def there(town, service):
    return town.registry.services(town.authority.siren)[service.remote_id].body


class TestTheList:
    def test_it_says_what_is_to_settle_of_each_service(self, webmestre, service):
        said = text(webmestre.get(LIST))

        assert f'<a href="{url(service)}">Ma cantine</a>' in said
        assert "1 champ modifié des deux côtés" in said
        assert "1 proposition du registre" in said

    def test_it_says_when_there_is_nothing(self, webmestre, lunel):
        declared(lunel)

        assert "rien ne vous attend" in text(webmestre.get(LIST))

    def test_it_is_empty_by_hand(self, webmestre, service, settings):
        settings.WAGTAIL_VILLES_INTERNET = {}

        assert "rien ne vous attend" in text(webmestre.get(LIST))

    def test_it_says_what_was_withdrawn_there(self, webmestre, lunel):
        service = declared(lunel)
        lunel.registry.agent_delete(lunel.authority.siren, service.remote_id)
        synchronise(lunel)

        assert "Retiré du registre" in text(webmestre.get(LIST))

    def test_it_says_what_is_no_longer_declared_here(self, webmestre, lunel):
        service = declared(lunel)
        service.unpublish()
        agent_edit(lunel, service, title="Sa cantine")

        assert "Modifié au registre, et plus déclaré ici" in text(webmestre.get(LIST))

    def test_an_answer_that_is_awaited_is_said(self, webmestre, service):
        Attempt.objects.create(declaration=Declaration.objects.get(), operation="put")

        assert "On attend une réponse du registre" in text(webmestre.get(LIST))

    def test_as_many_queries_for_many_services_as_for_few(self, webmestre, lunel):
        def make(number):
            services = [lunel.service() for _n in range(number)]
            synchronise(lunel)
            for one in services:
                lunel.registry.agent_edit(lunel.authority.siren, one.remote_id, summary="En ligne")
            synchronise(lunel)

        def count():
            with CaptureQueriesContext(connection) as queries:
                said = text(webmestre.get(LIST))
            return len(queries), said.count("1 proposition")

        make(2)
        webmestre.get(LIST)
        few, shown = count()
        assert shown == 2
        make(12)

        assert count() == (few, 14)

    def test_the_registry_is_not_asked(self, webmestre, lunel, service):
        lunel.registry.store.calls.clear()

        webmestre.get(LIST)
        webmestre.get(url(service))

        assert lunel.registry.store.calls == []


class TestTheScreen:
    def test_it_shows_each_field_before_here_and_there(self, webmestre, service):
        said = text(webmestre.get(url(service)))

        assert "<legend>Titre</legend>" in said
        assert "<dd>Cantine</dd>" in said
        assert "<dd><mark>Ma</mark> <mark>cantine</mark></dd>" not in said
        assert "Ma cantine" in said
        assert "Sa cantine" in said
        assert "<legend>Résumé</legend>" in said
        assert "<legend>Adresse Internet</legend>" not in said

    def test_the_words_that_a_side_changed_are_marked(self, webmestre, lunel):
        service = declared(lunel, summary="Ouvert le lundi au guichet")
        agent_edit(lunel, service, summary="Ouvert le mardi au guichet")

        assert "<dd>Ouvert le <mark>mardi</mark> au guichet</dd>" in text(
            webmestre.get(url(service))
        )

    def test_what_the_registry_says_is_never_markup(self, webmestre, lunel):
        service = declared(lunel)
        nasty = "<script>alert(1)</script>"
        agent_edit(
            lunel,
            service,
            title=nasty,
            offline_alternative=f"Au guichet {nasty}",
            description='<p>&lt;img src=x&gt; <a href="https://a.example/?x&quot;&gt;y">lien</a></p>',
        )

        said = webmestre.get(url(service)).content.decode()

        assert nasty not in said
        assert "<img src=x" not in said
        assert "lien (https://a.example/?x&quot;&gt;y)" in said

    def test_a_link_that_leads_elsewhere_is_seen(self, webmestre, lunel):
        service = declared(lunel, description='<p><a href="https://a.example/">Ici</a></p>')
        agent_edit(lunel, service, description='<p><a href="https://b.example/">Ici</a></p>')

        said = text(webmestre.get(url(service)))

        assert "Ici (https://a.example/)" in said
        assert "Ici <mark>(https://b.example/)</mark>" in said

    def test_a_difference_of_formatting_is_said(self, webmestre, lunel):
        service = declared(lunel, description="<p>Ici</p>")
        agent_edit(lunel, service, description="<p><strong>Ici</strong></p>")

        assert "seule la mise en forme diffère" in text(webmestre.get(url(service)))

    def test_a_description_that_is_no_html_is_shown_and_settled(self, webmestre, lunel):
        service = declared(lunel)
        agent_edit(lunel, service, description="<p>En ligne</p>" + "<" * 60 + "a>" * 60)

        assert "En ligne" in text(webmestre.get(url(service)))
        settle(webmestre, service, description="mine")
        synchronise(lunel)
        assert there(lunel, service).description == ""

    @pytest.mark.parametrize(("words", "are_marked"), [(3500, True), (9000, False)])
    def test_words_are_compared_one_by_one_up_to_what_a_description_holds(
        self, webmestre, lunel, words, are_marked
    ):
        """Beyond, it may take ten seconds, and more for each past decision."""
        many = " ".join("ab"[n % 2] for n in range(words))
        service = declared(lunel, description=f"<p>{many}</p>")
        agent_edit(lunel, service, description=f"<p>{many} nouveau</p>")

        assert ("<mark>nouveau</mark>" in text(webmestre.get(url(service)))) is are_marked

    def test_codes_are_said_in_words(self, webmestre, lunel):
        service = declared(lunel, audiences=["families"])
        agent_edit(lunel, service, audiences=("elders",), reference_services=("p-formulaires",))

        said = text(webmestre.get(url(service)))

        assert "les familles" in said
        assert "les aînés" in said
        assert "p-formulaires" not in said

    def test_a_conflict_needs_a_choice_and_a_proposal_may_wait(self, webmestre, service):
        said = text(webmestre.get(url(service)))

        assert '<input type="radio" name="title" value="mine" required>' in said
        assert '<input type="radio" name="summary" value="" checked>' in said

    def test_a_service_with_nothing_to_settle_says_so(self, webmestre, lunel):
        service = declared(lunel)

        assert "Il ne reste rien à décider" in text(webmestre.get(url(service)))

    def test_what_keeps_it_from_being_taken_is_said_before(self, webmestre, service):
        service.locked = True
        service.save()

        said = text(webmestre.get(url(service)))

        assert "ne peut pas être reprise maintenant" in said
        assert "Ce service est verrouillé" in said

    def test_while_an_answer_is_awaited_there_is_nothing_to_choose(self, webmestre, service):
        Attempt.objects.create(declaration=Declaration.objects.get(), operation="put")

        said = text(webmestre.get(url(service)))

        assert "Décidez après la prochaine synchronisation" in said
        assert 'type="radio"' not in said


class TestSettling:
    def test_choices_are_carried_out_and_what_comes_next_is_said(self, webmestre, lunel, service):
        response = settle(webmestre, service, title="mine", summary="theirs")

        assert response.redirect_chain == [(LIST, 302)]
        said = text(response)
        assert "« Ma cantine » : vos choix sont enregistrés." in said
        assert "sera transmis à la prochaine synchronisation" in said
        assert "La version publiée du site est à jour." in said
        assert (live(service).title, live(service).summary) == ("Ma cantine", "En ligne")
        assert there(lunel, service).title == "Sa cantine"
        synchronise(lunel)
        assert there(lunel, service).title == "Ma cantine"

    def test_everything_is_kept_with_one_button(self, webmestre, lunel, service):
        settle(webmestre, service, all="mine", title="theirs")
        synchronise(lunel)

        assert (there(lunel, service).title, there(lunel, service).summary) == (
            "Ma cantine",
            "Au guichet",
        )

    def test_everything_is_taken_with_one_button(self, webmestre, service):
        said = text(settle(webmestre, service, all="theirs"))

        assert (live(service).title, live(service).summary) == ("Sa cantine", "En ligne")
        assert "sera transmis" not in said

    def test_a_proposal_is_left_for_later(self, webmestre, service):
        settle(webmestre, service, title="mine", summary="")

        said = text(webmestre.get(LIST))
        assert "1 proposition du registre" in said
        assert "des deux côtés" not in said

    def test_a_conflict_without_a_choice_is_asked_again_with_the_others_kept(
        self, webmestre, service
    ):
        response = settle(webmestre, service, summary="theirs")

        assert response.status_code == 200
        said = text(response)
        assert "Choisissez une version pour chaque champ modifié des deux côtés." in said
        assert '<input type="radio" name="summary" value="theirs" checked>' in said
        assert live(service).summary == "Au guichet"

    def test_a_version_that_changed_in_the_meantime_is_shown_again(self, webmestre, lunel, service):
        form = posted(webmestre, service, title="theirs", summary="theirs")
        agent_edit(lunel, service, title="Une autre encore")

        response = webmestre.post(url(service), form, follow=True)

        said = text(response)
        assert "a changé entre-temps" in said
        assert "Une autre encore" in said
        assert '" checked' not in said.replace('value="" checked', "")
        assert live(service).title == "Ma cantine"

    def test_a_refusal_says_why(self, webmestre, service):
        service.locked = True
        service.save()

        response = settle(webmestre, service, title="theirs")

        assert "Ce service est verrouillé : faites-le d’abord déverrouiller" in text(response)
        assert live(service).title == "Ma cantine"

    @pytest.mark.parametrize("form", [{}, {"mine": "x", "theirs": "y", "title": "ni l’un"}])
    def test_a_form_that_nobody_was_shown_changes_nothing(self, webmestre, service, form):
        before = Declaration.objects.values().get()

        assert webmestre.post(url(service), form).status_code == 200

        assert Declaration.objects.values().get() == before

    def test_a_service_withdrawn_there_is_declared_again(self, webmestre, lunel):
        service = declared(lunel)
        lunel.registry.agent_delete(lunel.authority.siren, service.remote_id)
        synchronise(lunel)
        assert "Déclarer à nouveau" in text(webmestre.get(url(service)))

        response = settle(webmestre, service, decision="declare_again")

        assert "sera déclaré à nouveau à la prochaine synchronisation" in text(response)
        synchronise(lunel)
        assert there(lunel, service).title == "Cantine"

    def test_a_service_withdrawn_there_is_no_longer_counted(self, webmestre, lunel):
        service = declared(lunel)
        lunel.registry.agent_delete(lunel.authority.siren, service.remote_id)
        synchronise(lunel)

        response = settle(webmestre, service, decision="stop_counting")

        assert "n’est plus compté" in text(response)
        assert not live(service).counted

    def test_a_service_no_longer_declared_is_withdrawn_there_as_well(self, webmestre, lunel):
        service = declared(lunel)
        service.unpublish()
        agent_edit(lunel, service, title="Sa cantine")
        said = text(webmestre.get(url(service)))
        assert "Sa cantine" in said
        assert f"/admin/villes-internet/services/edit/{service.pk}/" in said

        response = settle(webmestre, service, decision="withdraw_as_well")

        assert "sera retiré du registre à la prochaine synchronisation" in text(response)
        synchronise(lunel)
        assert lunel.registry.services(lunel.authority.siren) == {}

    def test_a_service_deleted_here_has_no_page_to_publish_it_on(self, webmestre, lunel):
        service = declared(lunel)
        pk, service_url = service.pk, url(service)
        service.delete()
        lunel.registry.agent_edit(
            lunel.authority.siren, service_url.split("/")[-2], title="Sa cantine"
        )
        synchronise(lunel)

        said = text(webmestre.get(service_url))

        assert "Retirer aussi du registre" in said
        assert f"/services/edit/{pk}/" not in said


class TestHistory:
    def test_the_history_of_the_service_names_the_fields(self, webmestre, service):
        settle(webmestre, service, title="mine", summary="theirs")

        said = text(webmestre.get(f"/admin/villes-internet/services/history/{service.pk}/"))

        assert (
            "Versions départagées avec le registre – gardé du site : Titre – "
            "pris au registre : Résumé" in said
        )

    def test_the_screen_shows_again_what_was_put_aside(self, webmestre, lunel, service):
        settle(webmestre, service, title="mine", summary="theirs")

        said = text(webmestre.get(url(service)))

        assert "Déjà décidé" in said
        assert "Sa cantine" in said
        assert str(lunel.webmestre) in said

    def test_what_was_deleted_is_in_the_journal_of_its_own_town_only(
        self, client, admin_user, webmestre, lunel
    ):
        service = declared(lunel, title="Cantine effacée")
        service.unpublish()
        agent_edit(lunel, service, title="Sa cantine")
        DigitalService.objects.get(pk=service.pk).delete()
        settle(webmestre, service, decision="withdraw_as_well")
        report = reverse("wagtailadmin_reports:site_history")
        other = transmitting("Béziers")

        assert AuthorityLogEntry.objects.filter(authority=lunel.authority).exists()
        client.force_login(admin_user)
        assert "à retirer aussi du registre" in text(client.get(report))
        client.force_login(other.webmestre)
        assert "à retirer aussi du registre" not in text(client.get(report))


class TestWhoMay:
    """The addresses are also tried with every role in `test_isolation`."""

    def test_the_elu_sees_and_does_not_choose(self, client, lunel, service):
        client.force_login(lunel.elu)

        said = text(client.get(url(service)))
        assert "Sa cantine" in said
        assert "<form" not in said.split("<main", 1)[1].replace('<form role="search"', "")
        assert "doit choisir" in said
        self.refuses(client, lunel, service)

    def test_the_referent_sees_and_does_not_choose(self, client, lunel, service):
        """Taking publishes, which is not theirs to do."""
        client.force_login(lunel.referent)

        assert "doit choisir" in text(client.get(url(service)))
        self.refuses(client, lunel, service)

    def refuses(self, client, lunel, service):
        before = Declaration.objects.values().get()
        client.force_login(lunel.webmestre)
        form = posted(client, service, all="mine")
        for who in (lunel.elu, lunel.referent):
            client.force_login(who)
            response = client.post(url(service), form)
            assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert Declaration.objects.values().get() == before

    def test_a_visitor_logs_in_first(self, client, service):
        for address in (LIST, url(service)):
            assert client.get(address)["Location"].startswith("/admin/login/")
            assert client.post(address)["Location"].startswith("/admin/login/")

    def test_access_to_the_admin_alone_is_not_enough(self, client, service):
        client.force_login(admin_only_user())

        assert client.get(LIST)["Location"] == "/admin/"
        assert client.get(url(service)).status_code == 404
        assert client.post(url(service), {"all": "mine"}).status_code == 404

    def test_another_town_finds_nothing_of_it(self, client, lunel, service):
        client.force_login(lunel.webmestre)
        form = posted(client, service, all="theirs")
        client.force_login(transmitting("Béziers").webmestre)

        assert "Ma cantine" not in text(client.get(LIST))
        assert client.get(url(service)).status_code == 404
        assert client.post(url(service), form).status_code == 404
        assert live(service).title == "Ma cantine"

    def test_a_service_that_went_from_one_town_to_another_is_settled_for_each(
        self, client, admin_user, lunel, service
    ):
        """As when two communes become one: both registered it under the same id."""
        beziers = transmitting("Béziers")
        DigitalService.objects.filter(pk=service.pk).update(authority=beziers.authority)
        synchronise(beziers)
        agent_edit(beziers, service, title="Celle de Béziers")
        client.force_login(admin_user)
        session = client.session

        for town, title in ((lunel, "Sa cantine"), (beziers, "Celle de Béziers")):
            session[SESSION_KEY] = town.authority.pk
            session.save()
            assert client.get(url(service)).context["found"].theirs["title"] == title

    def test_the_operator_settles_for_any_town(self, client, admin_user, service):
        client.force_login(admin_user)

        settle(client, service, all="theirs")

        assert live(service).title == "Sa cantine"


def test_a_worker_is_asked_to_send_what_was_kept(
    webmestre, service, settings, django_capture_on_commit_callbacks
):
    settings.TASKS = TASKS
    Queue.take()

    with django_capture_on_commit_callbacks(execute=True):
        webmestre.post(url(service), posted(webmestre, service, title="mine", summary="mine"))

    assert len(Queue.take()) == 1
