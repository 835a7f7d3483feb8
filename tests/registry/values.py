"""A service and a write a reader can picture, for every test of this room."""

import json
from dataclasses import replace
from uuid import UUID

from hypothesis import settings

from wagtail_villes_internet.registry.canonical import body_text, canonical_body
from wagtail_villes_internet.registry.types import DossierWrite, ServiceBody, Write

# The same examples every time, whatever the machine's pace.
calm = settings(derandomize=True, deadline=None)

SIREN = "213401458"
EPOCH = "6f1c8f58-7a5e-4c3d-9b1a-0d2f3e4a5b6c"
ID = "0b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d90"
HASH = "ab" * 32


def a_body(**changes: object) -> ServiceBody:
    """A canonical service, with those fields changed as they are given."""
    body = canonical_body(
        title="Portail familles",
        summary="Inscrire ses enfants à la cantine et au centre de loisirs.",
        description="<p>Ouvert <strong>toute l’année</strong>.</p>",
        url="https://familles.example/",
        reference_services=["p-portail-familles"],
        audiences=["families"],
        interactions=["book", "pay"],
        offline_alternative="Au guichet de la mairie.",
        location=("43.674", "4.1353"),
    )
    return replace(body, **changes)


def service_id(number: int) -> str:
    return str(UUID(int=number))


def put(id: str = ID, *, key: str = "key-1", if_match: str | None = None, **changes) -> Write:
    return Write(key, "put", id, if_match, body_text(a_body(**changes)))


def delete(id: str, if_match: str, *, key: str = "key-d") -> Write:
    return Write(key, "delete", id, if_match)


def representation(**changes: object) -> dict[str, object]:
    """A service as the registry shows it in its feed."""
    return {
        **a_body().as_json(),
        "id": ID,
        "etag": '"v1"',
        "hash": HASH,
        "key": "key-1",
        "sequence": 7,
        **changes,
    }


def a_dossier(**changes: object) -> dict[str, object]:
    """A dossier for the edition of 2026, with those members changed as they are given."""
    return {
        "edition": 2026,
        "authority": SIREN,
        "matrix_version": "2026",
        "services": [
            {
                "id": ID,
                "hash": HASH,
                "title": "Portail familles",
                "reference_services": ["p-portail-familles"],
            }
        ],
        "answers": "",
        "statement": "Une année de guichets.\nEt d’ateliers.",
        "signed_off": [{"role": "elected", "on": "2026-09-15"}],
        **changes,
    }


def a_filing(key: str = "key-f", if_match: str | None = None, **changes: object) -> DossierWrite:
    """The filing of a dossier, not in the JSON that this site writes elsewhere."""
    dossier = a_dossier(**changes)
    octets = json.dumps(dossier, ensure_ascii=False).encode()
    return DossierWrite(key, int(str(dossier["edition"])), if_match, octets)
