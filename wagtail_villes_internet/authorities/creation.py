"""Creates an authority from its line in the bundled table of communes and EPCI."""

from django.utils.translation import gettext as _

from .cog import CogEntry, table
from .models import LocalAuthority

# What people type for the INSEE code, which looks the same.
POSTCODE_DIGITS = 5


class UnknownAuthority(ValueError):
    """No commune or EPCI has this number; the message can be shown to a webmaster."""


def entry_for(number: str) -> CogEntry:
    """The line of the table that has this SIREN or INSEE code. Raises `UnknownAuthority`."""
    code = number.replace(" ", "").upper()
    entry = table().by_siren(code) or table().by_insee(code)
    if entry is None:
        told = _(
            "No commune or intercommunality has the number %(number)s. Give its SIREN "
            "(nine digits) or its INSEE code (five characters)."
        ) % {"number": number}
        if len(code) == POSTCODE_DIGITS and code.isdecimal():
            told = " ".join((told, _("The INSEE code is not the postcode.")))
        raise UnknownAuthority(told)
    return entry


def authority_from(entry: CogEntry) -> LocalAuthority:
    """The authority of this line, made where it is not there yet; what is there is left alone."""
    key = {"siren": entry.siren} if entry.siren else {"insee": entry.insee}
    authority, _created = LocalAuthority.objects.get_or_create(
        **key,
        defaults={
            "kind": entry.kind,
            "name": entry.name,
            "siren": entry.siren or None,
            "insee": entry.insee or None,
            "department": entry.department,
            "department_name": entry.department_name,
            "region": entry.region,
            "region_name": entry.region_name,
            "population": entry.population,
        },
    )
    return authority


def authority_named(number: str) -> LocalAuthority:
    """The authority known here under this SIREN or INSEE code. Raises `UnknownAuthority`."""
    code = number.replace(" ", "").upper()
    authority = (
        LocalAuthority.objects.filter(siren=code).first()
        or LocalAuthority.objects.filter(insee=code).first()
    )
    if authority is None:
        raise UnknownAuthority(
            _(
                "No local authority here has the SIREN or INSEE code %(number)s: "
                "create it with villes_internet_create_authority."
            )
            % {"number": number}
        )
    return authority
