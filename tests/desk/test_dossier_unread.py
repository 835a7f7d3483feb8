"""Before the first synchronisation nobody knows what the registry takes, and the screen says so."""

from django.test import Client

from tests.factories import EditionFactory

from .dossiers import URL, begin
from .pages import text


def test_a_dossier_prepared_before_the_registry_was_read(transmitting):
    town = transmitting("Lunel")
    EditionFactory(year=2027, state="open")
    begin(town)
    client = Client()
    client.force_login(town.webmestre)

    before = text(client.get(f"{URL}deposer/"))
    town.run()

    assert "Le registre n’a encore jamais été lu" in before
    assert "jamais été lu" not in text(client.get(f"{URL}deposer/"))
