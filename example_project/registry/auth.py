"""Who asks, and for which authority."""

import hashlib
import re
from dataclasses import dataclass

from .models import Authority, Token
from .problems import Problem, not_known

_SIREN = re.compile(r"[0-9]{9}")
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)


@dataclass(frozen=True)
class Asker:
    """An authority, and the name of the token that asks for it (empty: nobody in particular)."""

    authority: Authority
    token_name: str


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def identify(header: str | None) -> Token | None:
    """The valid token of an `Authorization` header, or None without the header.

    Raises `Problem` 401 on anything else.
    """
    if header is None:
        return None
    bearer = _BEARER.fullmatch(header.strip())
    token = Token.objects.valid().filter(digest=digest(bearer[1])).first() if bearer else None
    if token is None:
        raise unauthenticated("Ce jeton n’est pas, ou n’est plus, accepté.")
    return token


def admit(token: Token | None, siren: str) -> Asker:
    """Raises `Problem`: 403 when the token does not cover the authority, be it known or not; 404
    when nobody in particular asks for one that is not known."""
    known = Authority.objects if token is None else token.authorities
    authority = known.filter(siren=siren).first() if _SIREN.fullmatch(siren) else None
    if authority is not None:
        return Asker(authority, token.name if token else "")
    if token is None:
        raise not_known("Collectivité")
    raise Problem(403, "Ce jeton ne couvre pas cette collectivité.")


def unauthenticated(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="registre"'})
