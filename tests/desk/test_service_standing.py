"""What the registry refused is said on the service's own form, at the fields concerned."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.registry.errors import Rejected
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.sync.models import Declaration, Registry

from .pages import text
from .transmitting import SCREEN

State = Declaration.State
REFUSED = "Refusé par le registre"
TOO_LONG = "Ce texte est trop long."


@pytest.fixture
def lunel(transmitting):
    return transmitting("Lunel")


@pytest.fixture
def form(client, lunel):
    """The edit form of a service, as the webmestre of Lunel reads it."""

    def form(service, user=None):
        client.force_login(user or lunel.webmestre)
        return text(client.get(address(service)))

    return form


def address(service) -> str:
    return f"/admin/villes-internet/services/edit/{service.pk}/"


def help_of(said: str, field: str) -> str:
    """The help that a screen reader reads with a field of the form."""
    [described] = re.findall(rf'<div class="w-field__help" id="([\w-]*-{field}-helptext)"', said)
    control = re.search(rf'<[^>]*name="{field}"[^>]*>|<[^>]*id="id_{field}"[^>]*>', said)
    assert control
    assert described in said
    return said.split(f'id="{described}"', 1)[1].split('class="w-field__input"', 1)[0]


def test_a_fault_is_on_top_and_at_its_field(form, lunel):
    service = lunel.refused(("/title", "too_long"))

    said = form(service)

    assert REFUSED in said
    assert f"<li>Titre : {TOO_LONG}</li>" in said
    assert f'<p class="error-message">{TOO_LONG}</p>' in help_of(said, "title")
    assert TOO_LONG not in help_of(said, "summary")


@pytest.mark.parametrize(
    ("pointer", "field", "label"),
    [
        ("/location/lat", "latitude", "Latitude"),
        ("/location/lon", "longitude", "Longitude"),
        ("/location", "latitude", "Latitude"),
        ("/description", "description", "Description"),
        ("/reference_services", "reference_services", "Services de référence"),
        ("/audiences/2", "audiences", "Pour qui"),
    ],
)
def test_each_pointer_is_at_a_field_of_the_form(form, lunel, pointer, field, label):
    service = lunel.refused((pointer, "bad_choice"))

    said = form(service)

    fault = "Cette valeur ne fait pas partie des choix possibles."
    assert f"<li>{label} : {fault}</li>" in said
    assert fault in help_of(said, field)


def test_a_reference_service_is_called_by_its_name(form, lunel):
    service = lunel.service(references=["p-rdv-titres", "p-wifi-public"])
    codes = sorted(service.reference_services.values_list("code", "label"))
    assert len(codes) == 2
    lunel.refuse(("/reference_services/1", "unknown_code"))
    lunel.run()

    said = form(service)

    fault = f"« {codes[1][1]} » : Ce service de référence est inconnu du registre."
    assert f"Services de référence : {fault}" in said
    assert fault in help_of(said, "reference_services")
    assert codes[0][1] not in help_of(said, "reference_services")


@pytest.mark.parametrize("pointer", ["", "/", "/nimporte", "/id", "/title~1x"])
def test_what_names_no_field_is_on_top(form, lunel, pointer):
    service = lunel.refused((pointer, "not_canonical"))

    said = form(service)

    fault = "La forme de cette valeur n’est pas celle attendue."
    assert f"<li>Ailleurs que dans ce formulaire : {fault}</li>" in said
    assert "error-message" not in said.split("<form", 1)[1]


def test_the_words_of_the_registry_are_never_shown(form, lunel):
    service = lunel.service()
    lunel.registry.faults = lambda body: (
        FieldProblem("/title", "<b>invented</b>", "<script>alert(1)</script>"),
    )
    lunel.run()

    said = form(service)

    assert "Le registre n’accepte pas cette valeur." in said
    assert "invented" not in said
    assert "alert(1)" not in said


def test_a_refusal_without_a_field_says_what_is_known(form, lunel, monkeypatch):
    service = lunel.service()

    def refuse(body):
        raise Rejected(413)

    lunel.registry.faults = refuse
    lunel.run()

    assert "413" in form(service)


def test_nothing_once_the_service_was_corrected(form, lunel):
    service = lunel.refused(("/title", "too_long"))
    service.title = "Court"
    service.save()

    assert REFUSED not in form(service)


def test_still_there_while_only_a_draft_was_corrected(form, lunel):
    service = lunel.refused(("/title", "too_long"))
    service.title = "Court"
    service.save_revision()

    assert REFUSED in form(service)


def test_given_up_it_is_said_without_alarm(form, lunel):
    service = lunel.refused(("/title", "too_long"))
    Declaration.objects.update(state=State.GIVEN_UP)

    said = form(service)

    assert "Refusé par le registre, et abandonné" in said
    assert f"<li>Titre : {TOO_LONG}</li>" in said
    assert "error-message" not in said
    assert "help-critical" not in said


def test_a_form_sent_back_keeps_the_faults(client, lunel):
    service = lunel.refused(("/title", "too_long"))
    client.force_login(lunel.webmestre)

    said = text(client.post(address(service), {"title": "", "action-publish": "1"}))

    assert f"<li>Titre : {TOO_LONG}</li>" in said


def test_a_code_that_the_matrix_of_the_registry_lacks_is_named(form, lunel):
    service = lunel.service()
    label = service.reference_services.get().label
    lunel.run()
    Registry.objects.update(matrix=Matrix.objects.create(version="autre"))
    service.title = "Autre"
    service.save()
    Declaration.objects.update(state=State.UNKNOWN_CODE)

    said = form(service)

    assert "Rattachement à confirmer" in said
    assert f"« {label} » : La matrice du registre ne le connaît pas encore." in said


@pytest.mark.parametrize(
    ("columns", "sentence", "link"),
    [
        ({"state": State.HELD}, "Sa transmission attend une confirmation.", SCREEN),
        ({"state": State.CONFLICT}, "Le site et le registre disent deux choses", "versions/{}/"),
        ({"remote": {"title": "Là-bas"}}, "Il a été modifié au registre", "versions/{}/"),
    ],
)
def test_what_is_settled_elsewhere_is_one_line_and_the_way_there(
    form, lunel, columns, sentence, link
):
    service = lunel.service()
    lunel.run()
    Declaration.objects.update(**columns)

    said = form(service)

    assert sentence in said
    assert link.format(service.remote_id) in said
    assert REFUSED not in said


def test_a_service_that_is_transmitted_says_nothing(form, lunel):
    service = lunel.service()
    lunel.run()

    said = form(service)

    assert REFUSED not in said
    assert "help-critical" not in said
    assert "Voir ce qu’il y a à décider" not in said


def test_a_refusal_at_another_registry_does_not_count(form, lunel):
    service = lunel.refused()
    Registry.objects.update(address="https://ailleurs.example/")

    assert REFUSED not in form(service)


def test_a_new_service_and_settings_that_cannot_be_used_open_all_the_same(client, lunel, settings):
    service = lunel.refused()
    client.force_login(lunel.webmestre)

    assert client.get("/admin/villes-internet/services/add/").status_code == 200
    settings.WAGTAIL_VILLES_INTERNET = {"REGISTRY": {"BACKEND": "nulle.part"}}
    assert REFUSED not in text(client.get(address(service)))


class TestCost:
    def asked(self, call) -> list[str]:
        call()
        with CaptureQueriesContext(connection) as queries:
            call()
        return [query["sql"] for query in queries if "_declaration" in query["sql"]]

    def test_by_hand_no_query(self, client, lunel, settings):
        service = lunel.refused()
        settings.WAGTAIL_VILLES_INTERNET = {}
        client.force_login(lunel.webmestre)

        assert self.asked(lambda: client.get(address(service))) == []

    def test_one_query_where_nothing_is_to_be_said(self, client, lunel):
        service = lunel.service()
        lunel.run()
        client.force_login(lunel.webmestre)

        assert len(self.asked(lambda: client.get(address(service)))) == 1

    def test_none_to_publish(self, client, lunel):
        service = lunel.refused()
        client.force_login(lunel.webmestre)
        posted = {
            "title": "Cantine",
            "kind": "service",
            "status": "active",
            "provider": "authority",
            "reference_services": [service.reference_services.get().pk],
            "counted": "on",
            "public": "on",
            "action-publish": "1",
        }

        def publish():
            response = client.post(address(service), posted)
            assert response.status_code == 302, text(response)

        assert self.asked(publish) == []
