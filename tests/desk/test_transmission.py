"""« Transmission » says what is left to do, by hand or with a registry, and asks nobody."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from tests.factories import Town
from tests.sync.conftest import site_matrix
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.sync import by_hand
from wagtail_villes_internet.sync.models import Declaration
from wagtail_villes_internet.sync.runner import run

pytestmark = pytest.mark.django_db

URL = "/admin/villes-internet/transmission/"
TICK_OFF = f"{URL}recopie/"
MEMORY = {
    "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"},
}


@pytest.fixture
def page(client, lunel):
    """Reads the screen as the webmestre of Lunel."""
    client.force_login(lunel.webmestre)
    return lambda: client.get(URL)


def tick(client, service):
    """« C'est recopié » on the line of `service`, as it stands."""
    left = by_hand.differences(service.authority)
    [line] = [row for row in (*left.new, *left.changed) if row.remote_id == service.remote_id]
    return client.post(TICK_OFF, {"service": line.remote_id, "shown": line.hash}, follow=True)


def text(response) -> str:
    return " ".join(unescape(response.content.decode()).replace("\xa0", " ").split())


def in_words(said: str, words: str) -> bool:
    """Whether the page says this in one go, whatever its tags."""
    return words in " ".join(strip_tags(said.replace("<", " <")).split())


class TestByHand:
    def test_a_published_service_is_new_with_its_fields_to_copy(self, page, lunel):
        lunel.service(
            title="Cantine en ligne", summary="Réserver les repas", audiences=["families"]
        )

        said = text(page())

        assert "Nouveaux services (1)" in said
        assert "Cantine en ligne" in said
        assert in_words(said, "Résumé Réserver les repas Copier")
        assert in_words(said, "Pour qui les familles Copier")

    def test_the_reference_services_are_named_not_coded(self, page, lunel):
        service = lunel.service()
        label = service.reference_services.get().label

        said = text(page())

        assert label in said
        assert "p-rdv-titres" not in said

    def test_a_draft_is_not_there(self, page, lunel):
        lunel.service(title="Brouillon", live=False)

        assert "Brouillon" not in text(page())

    def test_ticked_off_it_leaves_the_list_and_can_be_undone(self, client, page, lunel):
        service = lunel.service(title="Cantine en ligne")
        page()

        said = text(tick(client, service))
        assert "Il ne reste rien à recopier." in said
        assert "Recopiés en dernier" in said

        said = text(client.post(TICK_OFF, {"service": service.remote_id, "undo": "1"}, follow=True))
        assert "Nouveaux services (1)" in said

    def test_what_changed_is_told_field_by_field(self, client, page, lunel):
        service = lunel.service(title="Cantine", url="https://a.example/")
        page()
        tick(client, service)
        service.title, service.url = "Cantine en ligne", ""
        service.save()

        said = text(page())

        assert "Services modifiés (1)" in said
        assert in_words(said, "Titre Avant Cantine Maintenant Cantine en ligne Copier")
        assert in_words(said, "Adresse Internet Avant https://a.example/ Maintenant (vide)")
        assert "Sans Internet" not in said

    def test_what_is_gone_is_to_be_taken_out(self, client, page, lunel):
        service = lunel.service(title="Cantine")
        page()
        tick(client, service)
        service.delete()

        assert "Services à retirer (1)" in text(page())
        assert "Il ne reste rien à recopier." in text(
            client.post(TICK_OFF, {"service": service.remote_id, "shown": ""}, follow=True)
        )

    def test_changed_in_the_meantime_it_is_not_ticked_off(self, client, page, lunel):
        service = lunel.service(title="Cantine")
        page()

        ticked = {"service": service.remote_id, "shown": "0" * 64}
        response = client.post(TICK_OFF, ticked, follow=True)

        assert "a changé entre-temps" in text(response)
        assert "Nouveaux services (1)" in text(response)

    def test_somebody_who_may_only_see_ticks_nothing_off(self, client, lunel):
        service = lunel.service()
        client.force_login(lunel.elu)

        assert "C’est recopié" not in text(client.get(URL))
        assert tick(client, service).redirect_chain == [("/admin/", 302)]
        assert not Declaration.objects.exists()

    def test_a_service_of_another_town_cannot_be_ticked_off(self, client, page, lunel):
        other = Town("Béziers").service()
        page()

        for wanted in (other.remote_id, "nimporte", "0" * 36, ""):
            response = client.post(TICK_OFF, {"service": wanted, "shown": ""})
            assert response.status_code == 404
        assert not Declaration.objects.exists()

    def test_what_lacks_something_is_said_with_the_reason(self, page, lunel):
        lunel.service(title="Sans attache", references=[])

        said = text(page())

        assert "À compléter (1)" in said
        assert "Sans attache" in said

    def test_nothing_is_called_late_or_failed(self, page, lunel):
        lunel.service()

        said = text(page()).lower()

        assert "retard" not in said
        assert "échec" not in said


class TestWithARegistry:
    @pytest.fixture(autouse=True)
    def configured(self, settings):
        settings.WAGTAIL_VILLES_INTERNET = MEMORY
        MemoryRegistry.forget_all()
        yield
        MemoryRegistry.forget_all()

    @pytest.fixture
    def registry(self, lunel):
        registry = MemoryRegistry()
        registry.add_authority(lunel.authority.siren)
        registry.set_matrix(site_matrix())
        return registry

    def test_what_was_just_published_is_to_be_transmitted(self, page, lunel):
        lunel.service(title="Cantine")

        said = text(page())

        assert "À transmettre (1)" in said
        assert "Cantine" in said

    def test_the_registry_is_not_asked(self, page, lunel):
        lunel.service()

        page()

        assert MemoryRegistry().store.calls == []

    def test_what_is_transmitted_leaves_nothing(self, page, lunel, registry):
        lunel.service(references=["p-rdv-titres"])
        run(lunel.authority, registry)

        said = text(page())

        assert "<dt>Services au registre</dt> <dd>1</dd>" in said
        assert "Tout est transmis." in said

    def test_a_refusal_is_told_field_by_field(self, page, lunel, registry, monkeypatch):
        def refuse(siren, attempt):
            raise errors.Rejected(422, (FieldProblem("/url", "bad_url"),))

        service = lunel.service(title="Cantine")
        monkeypatch.setattr(registry, "write", refuse)
        run(lunel.authority, registry)

        said = text(page())

        assert "Refusé : à corriger (1)" in said
        assert "Adresse Internet : Ce n’est pas une adresse Internet complète (https://…)." in said
        assert f"/admin/villes-internet/services/edit/{service.pk}/" in said

    def test_a_registry_that_does_not_answer_is_said(self, page, lunel, registry):
        run(lunel.authority, registry)
        lunel.service(title="Cantine")
        registry.fail_next(errors.Unreachable())
        run(lunel.authority, registry)

        said = text(page())

        assert "Le registre ne répond pas." in said
        assert "Rien n’est perdu" in said
        assert "À transmettre (1)" in said

    def test_a_withdrawal_is_announced_without_an_address_to_edit(self, page, lunel, registry):
        service = lunel.service(title="Cantine")
        run(lunel.authority, registry)
        service.delete()

        said = text(page())

        assert "À retirer (1)" in said
        assert ">Cantine</th>" in said.replace("> ", ">").replace(" <", "<")

    def test_without_a_siren_it_is_by_hand(self, page, lunel):
        lunel.authority.siren = None
        lunel.authority.save()
        lunel.service()

        said = text(page())

        assert "n’a pas de numéro SIREN" in said
        assert "Nouveaux services (1)" in said

    def test_settings_that_cannot_be_used_are_said(self, page, lunel, settings):
        lunel.service()
        settings.WAGTAIL_VILLES_INTERNET = {"REGISTRY": {"BACKEND": "nulle.part"}}

        assert "Les réglages du registre sont inutilisables" in text(page())


@pytest.mark.parametrize("configured", [{}, MEMORY], ids=["by hand", "automatic"])
def test_as_many_queries_for_many_services_as_for_few(page, lunel, settings, configured):
    settings.WAGTAIL_VILLES_INTERNET = configured

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert page().status_code == 200
        return len(queries)

    def make(number):
        for _n in range(number):
            lunel.service()
            lunel.service(references=[])

    make(2)
    page()
    few = count()
    make(12)

    assert count() == few
