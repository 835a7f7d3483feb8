"""How the open data names an authority: by its numbers first, for 1,441 names are shared."""

from collections.abc import Mapping

from ..authorities.models import LocalAuthority


def town(authority: LocalAuthority) -> Mapping[str, str | None]:
    """Public facts alone."""
    return {
        "name": authority.name,
        "kind": authority.kind,
        "siren": authority.siren,
        "insee": authority.insee,
    }
