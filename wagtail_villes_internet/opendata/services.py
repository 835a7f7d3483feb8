"""The services as open data: what residents see of them, and no more.

Made from the same listing as the pages: neither drafts, nor internal, incomplete or ended services,
nor those of another town, nor the department in charge.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..declared.bodies import expanded
from ..registry.markup import canonical_html
from ..services.listing import ListedService, Listing
from .towns import town

CHUNK = 200
# Another number whenever the canonical form changes.
KEPT_AS = "villes-internet-descriptions:1"
# In seconds: this only bounds what nobody asks for any more.
KEPT_FOR = 24 * 3600
# Where a link of the site stands in what is kept: whoever asks names the host and the port.
OWN = "own.invalid"
# The members of a service in JSON that are written as the listing has them.
PLAIN = (
    *("title", "summary", "url", "offline_alternative", "kind", "status", "provider"),
    *("audiences", "interactions", "started_on", "ended_on", "language", "first_published_on"),
)
COLUMNS = (
    *("COLL_NOM", "COLL_SIREN", "COLL_INSEE", "ID", "TITRE", "RESUME", "DESCRIPTION_HTML", "URL"),
    *("SANS_INTERNET", "NATURE", "ETAT", "FOURNISSEUR", "PUBLICS", "USAGES", "DATE_DEBUT"),
    *("DATE_FIN", "LATITUDE", "LONGITUDE", "DOMAINES", "THEMES_CODES", "THEMES"),
    *("REFERENCES_CODES", "REFERENCES", "LANGUE", "DATE_PUBL", "MATRICE", "MATRICE_OFFICIELLE"),
)


def head(authority: LocalAuthority, listing: Listing) -> dict[str, Any]:
    """What `services.json` says before the services: whose they are, and how they are arranged."""
    return {
        "authority": town(authority),
        "matrix": {
            "version": listing.matrix_version,
            "official": listing.official,
            "notice": None if listing.official else unofficial(),
            "axes": [
                {
                    "code": axis.code,
                    "label": axis.label,
                    "themes": [{"code": each.code, "label": each.label} for each in axis.themes],
                }
                for axis in listing.axes
            ],
        },
        "count": listing.count,
    }


def unofficial() -> str:
    """Who placed the services under the themes, while the matrix is not the association's."""
    return _(
        "Arranged by the local authority after the public themes of the label; this does not "
        "commit the Villes Internet association."
    )


def documents(listing: Listing, language: str, base_url: str) -> Iterator[dict[str, Any]]:
    """Each service once, in alphabetical order, as a member of `services` in JSON.

    `language` and `base_url` complete the links to pages of the site.
    """
    for service, description in _described(listing, language, base_url):
        yield {
            "id": service.remote_id,
            **{name: getattr(service, name) for name in PLAIN},
            "description": description,
            "location": _location(service),
            "themes": listing.theme_codes_of(service.remote_id),
            "reference_services": [
                {"code": code, "label": label} for code, label in service.references
            ],
        }


def rows(
    authority: LocalAuthority, listing: Listing, language: str, base_url: str
) -> Iterator[tuple[object, ...]]:
    """The same as lines of `services.csv`: the values of `COLUMNS`."""
    whose = (authority.name, authority.siren, authority.insee)
    themes = {
        theme.code: (axis.label, theme.label) for axis in listing.axes for theme in axis.themes
    }
    for service, description in _described(listing, language, base_url):
        codes = listing.theme_codes_of(service.remote_id)
        yield (
            *whose,
            service.remote_id,
            service.title,
            service.summary,
            description,
            service.url,
            service.offline_alternative,
            service.kind,
            service.status,
            service.provider,
            service.audiences,
            service.interactions,
            service.started_on,
            service.ended_on,
            service.latitude,
            service.longitude,
            dict.fromkeys(themes[code][0] for code in codes),
            codes,
            [themes[code][1] for code in codes],
            [code for code, _label in service.references],
            [label for _code, label in service.references],
            service.language,
            service.first_published_on,
            listing.matrix_version,
            listing.official,
        )


def _described(
    listing: Listing, language: str, base_url: str
) -> Iterator[tuple[ListedService, str]]:
    """Each service with its description: HTML of a few elements, with absolute links."""
    services = iter(listing.services)
    while chunk := list(islice(services, CHUNK)):
        # The address of a linked page depends on the active language. Not around the `yield`:
        # whoever reads keeps their own language meanwhile.
        with translation.override(language):
            texts = expanded([service.description for service in chunk])
        yield from zip(chunk, _canonical(texts, base_url), strict=True)


def _canonical(texts: Sequence[str], base_url: str) -> Iterator[str]:
    """The canonical form of `texts`, kept under what they say: the only part that takes time."""
    own = f"{urlsplit(base_url).scheme}://{OWN}"
    said = hashlib.sha256(repr((own, texts)).encode("utf-8", "backslashreplace")).hexdigest()
    kept = cache.get_or_set(
        f"{KEPT_AS}:{said}",
        lambda: [canonical_html(text, base_url=own) for text in texts],
        KEPT_FOR,
    )
    return (text.replace(f'href="{own}', f'href="{base_url}') for text in kept)


def _location(service: ListedService) -> Mapping[str, float] | None:
    if service.latitude is None:
        return None
    return {"latitude": float(service.latitude), "longitude": float(service.longitude)}
