"""Refusals, as RFC 9457 problem details."""

from http import HTTPStatus

from .jsontext import NotJson
from .judge import Fault

# What a `type` is called before the path the contract gives; the address leads nowhere.
TYPE_BASE = "https://registre.example/problems"

# A large body can hold a great many faults; nobody reads them all.
MAX_FAULTS = 100

TITLES = {
    "/not-known": "Inconnu de ce registre",
    "/service-unknown": "Service inconnu",
    "/dossier-unknown": "Aucun dossier déposé",
    "/campaign-closed": "Campagne fermée",
    "/service-withdrawn": "Service retiré",
    "/sequence-gone": "Cette séquence ne peut plus être suivie",
    "/key-reused": "Clé déjà employée pour une autre demande",
    "/unknown-code": "Service de référence inconnu",
}


class Problem(Exception):
    """A request is refused, and nothing changed.

    `path` is the end of the `type` when the contract names one; other problems are `about:blank`,
    whose title is the status phrase (RFC 9457, 4.2.1). `members` are added to the body.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        path: str = "",
        headers: dict[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers or {}
        self.members: dict[str, object] = {
            "type": TYPE_BASE + path if path else "about:blank",
            "title": TITLES[path] if path else HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            **members,
        }


def not_json(error: NotJson) -> Problem:
    return Problem(400, str(error))


def invalid(faults: list[Fault], detail: str, *, path: str = "", **members: object) -> Problem:
    """422, and what is wrong where."""
    errors = [
        {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
        for fault in faults[:MAX_FAULTS]
    ]
    return Problem(422, detail, path=path, **members, errors=errors)


def service_unknown() -> Problem:
    return Problem(404, "Aucun service ne porte cet identifiant.", path="/service-unknown")


def service_withdrawn(tombstone: dict[str, object]) -> Problem:
    return Problem(410, "Ce service a été retiré.", path="/service-withdrawn", **tombstone)


def not_known(what: str) -> Problem:
    return Problem(404, f"{what} : inconnu de ce registre.", path="/not-known")
