"""A town as a test sees it: its token, and plain HTTP to the registry."""

import json
import uuid
from dataclasses import dataclass, field

import requests

from tests.processes import RegistryProcess

TIMEOUT = 30


def new_id() -> str:
    return str(uuid.uuid4())


def new_key() -> str:
    return f'"{uuid.uuid4()}"'


def a_service(**changes: object) -> dict[str, object]:
    """A body that the contract admits, with these fields changed."""
    return {
        "kind": "service",
        "title": "Portail Familles",
        "summary": "Inscrire un enfant à la cantine",
        "description": "<p>Ouvert à <strong>toutes</strong> les familles.</p>",
        "url": "https://lunel.example/familles",
        "public": True,
        "reference_services": ["p-portail-familles"],
        "status": "active",
        "started_on": "2023-09-01",
        "ended_on": None,
        "provider": "authority",
        "audiences": ["families", "youth"],
        "interactions": ["apply", "pay"],
        "offline_alternative": "À l’accueil de la mairie",
        "location": {"lat": "43.674000", "lon": "4.135000"},
        **changes,
    }


def a_dossier(siren: str, year: int, **changes: object) -> dict[str, object]:
    """A dossier that the contract admits, with these members changed."""
    return {
        "edition": year,
        "authority": siren,
        "matrix_version": "2024",
        "services": [
            {
                "id": "0b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d90",
                "hash": "ab" * 32,
                "title": "Portail Familles",
                "reference_services": ["p-portail-familles"],
            }
        ],
        "answers": "Non.\nPas encore.",
        "statement": "",
        "signed_off": [{"role": "elected", "on": "2026-09-15"}],
        **changes,
    }


@dataclass
class Town:
    registry: RegistryProcess
    siren: str
    token: str
    session: requests.Session = field(repr=False)

    def url(self, path: str = "") -> str:
        return f"{self.registry.base_url}authorities/{self.siren}{path}"

    def service_url(self, service_id: str) -> str:
        return self.url(f"/services/{service_id}")

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def request(
        self, method: str, url: str, headers: dict[str, str] | None = None, **options: object
    ) -> requests.Response:
        return self.session.request(
            method,
            url,
            headers={**self.authorization, **(headers or {})},
            timeout=TIMEOUT,
            **options,
        )

    def get(self, path: str = "", headers: dict[str, str] | None = None, **params: object):
        return self.request("GET", self.url(path), headers, params=params)

    def read(self, service_id: str) -> requests.Response:
        return self.get(f"/services/{service_id}")

    def create(
        self, service_id: str, body: object = None, *, key: str | None = None
    ) -> requests.Response:
        return self.write("PUT", service_id, {"If-None-Match": "*"}, body, key=key)

    def replace(
        self, service_id: str, tag: str, body: object = None, *, key: str | None = None
    ) -> requests.Response:
        return self.write("PUT", service_id, {"If-Match": tag}, body, key=key)

    def withdraw(self, service_id: str, tag: str, *, key: str | None = None) -> requests.Response:
        headers = {"If-Match": tag, "Idempotency-Key": key or new_key()}
        return self.request("DELETE", self.service_url(service_id), headers)

    def write(
        self,
        method: str,
        service_id: str,
        condition: dict[str, str],
        body: object = None,
        *,
        key: str | None = None,
    ) -> requests.Response:
        headers = {**condition, "Idempotency-Key": key or new_key()}
        return self.request(
            method,
            self.service_url(service_id),
            headers,
            json=a_service() if body is None else body,
        )

    def dossier_url(self, year: object) -> str:
        return self.url(f"/dossiers/{year}")

    def dossier(self, year: object) -> requests.Response:
        return self.get(f"/dossiers/{year}")

    def file(
        self,
        year: object,
        octets: bytes | None = None,
        condition: dict[str, str] | None = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **changes: object,
    ) -> requests.Response:
        """Files those octets, or a dossier with these changes; for the first time unless told."""
        if octets is None:
            octets = json.dumps(a_dossier(self.siren, year, **changes)).encode()
        given = {
            "Content-Type": "application/json",
            "Idempotency-Key": key or new_key(),
            **({"If-None-Match": "*"} if condition is None else condition),
            **(headers or {}),
        }
        return self.request("PUT", self.dossier_url(year), given, data=octets)

    def feed(self, since: int = 0, **params: object) -> requests.Response:
        return self.get("/services", since=since, **params)

    def epoch(self) -> str:
        return self.get().json()["epoch"]


def problem_type(answer: requests.Response) -> str:
    """The path of a problem's type, checked to be a problem at all."""
    members = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert members["status"] == answer.status_code
    assert members["title"]
    assert members["detail"]
    return "" if members["type"] == "about:blank" else "/" + members["type"].rpartition("/")[2]
