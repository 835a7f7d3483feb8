"""Which registry the settings name."""

import pytest
from django.test import override_settings

from wagtail_villes_internet.registry.base import RegistryBackend, get_backend
from wagtail_villes_internet.registry.errors import Misconfigured, NotAutomatic
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.manual import ManualRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry

from .values import ID, SIREN, a_filing, put

ROOM = "wagtail_villes_internet.registry"


def configured(backend: str, **options: object):
    registry = {"BACKEND": backend, "OPTIONS": options}
    return override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY": registry})


def test_without_a_registry_transmission_is_by_hand():
    with override_settings(WAGTAIL_VILLES_INTERNET={}), get_backend() as backend:
        assert type(backend) is ManualRegistry
        assert (backend.automatic, backend.needs_token, backend.address) == (False, False, "")


def test_by_hand_there_is_nobody_to_ask():
    backend = ManualRegistry()
    for call in (
        lambda: backend.summary(SIREN),
        lambda: backend.editions(etag='"e"'),
        lambda: backend.awards(SIREN),
        lambda: backend.matrix(version="2026"),
        lambda: list(backend.palmares(2024)),
        lambda: backend.feed(SIREN, since=0),
        lambda: backend.service(SIREN, ID),
        lambda: backend.write(SIREN, put()),
        lambda: backend.batch(SIREN, [put()]),
        lambda: backend.dossier(SIREN, 2026),
        lambda: backend.file(SIREN, a_filing()),
    ):
        with pytest.raises(NotAutomatic):
            call()


def test_a_registry_over_http():
    url = "https://registre.example/api/v1/"
    with configured(f"{ROOM}.http.HttpRegistry", url=url), get_backend() as backend:
        assert type(backend) is HttpRegistry
        assert (backend.automatic, backend.needs_token, backend.address) == (True, True, url)
        assert backend.supports_batch is True


def test_a_registry_in_memory():
    with configured(f"{ROOM}.memory.MemoryRegistry", name="x"), get_backend() as backend:
        assert type(backend) is MemoryRegistry
        assert (backend.automatic, backend.needs_token) == (True, False)
        assert backend.address == "memory://x/"


@pytest.mark.parametrize(
    "path",
    ["nowhere.Backend", f"{ROOM}.http.Missing", f"{ROOM}.types.Write", f"{ROOM}.retry.next_delay"],
)
def test_what_is_no_backend_is_said_plainly(path):
    with configured(path), pytest.raises(Misconfigured, match=path):
        get_backend()


def test_options_a_backend_does_not_take_are_said_plainly():
    with configured(f"{ROOM}.http.HttpRegistry"), pytest.raises(Misconfigured):
        get_backend()


def test_a_backend_is_closed_after_its_run():
    closed = []

    class Closing(ManualRegistry):
        def close(self) -> None:
            closed.append(self)

    with Closing() as backend:
        assert closed == []
    assert closed == [backend]


def test_a_backend_answers_every_question():
    class Half(RegistryBackend):
        def summary(self, siren):
            return None

    with pytest.raises(TypeError, match="abstract"):
        Half()
