"""The two numbers that tell one authority from another: SIREN and INSEE code."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NINE_DIGITS = re.compile(r"[0-9]{9}")

# Pattern of the Table Schema « lieux de médiation numérique » (LaMednum, schema.data.gouv.fr): the
# letters are those of Corsica; there is no department 20.
INSEE_CODE = re.compile(r"(?:[013-9][0-9]|2[AB1-9])[0-9]{3}")


def is_siren(value: str) -> bool:
    """Whether `value` is nine digits whose Luhn sum is a multiple of ten.

    A right sum proves that nothing was mistyped, not that the number was given to somebody. The
    sum is the one of ISO/IEC 7812, which INSEE uses for SIREN; the exception of La Poste concerns
    SIRET only.
    """
    return NINE_DIGITS.fullmatch(value) is not None and luhn_sum(value) % 10 == 0


def is_insee(value: str) -> bool:
    """Whether `value` has the form of an INSEE code of commune: five characters, `2A004` included.

    Says nothing of its existence: for that see `CogTable.by_insee`.
    """
    return INSEE_CODE.fullmatch(value) is not None


def luhn_sum(digits: str) -> int:
    """The sum of the digits, every second one from the right doubled and its own digits added."""
    plain, doubled = digits[-1::-2], digits[-2::-2]
    return sum(map(int, plain)) + sum(sum(divmod(2 * int(digit), 10)) for digit in doubled)


def validate_siren(value: str) -> None:
    """Raise `ValidationError` (code `siren`) when `value` is not a SIREN, saying what is wrong."""
    if NINE_DIGITS.fullmatch(value) is None:
        raise ValidationError(
            _("A SIREN number has nine digits and nothing else: no space, no letter."),
            code="siren",
        )
    if not is_siren(value):
        raise ValidationError(
            _("%(siren)s is not a SIREN number: at least one digit is wrong."),
            code="siren",
            params={"siren": value},
        )


def validate_insee(value: str) -> None:
    """Raise `ValidationError` (code `insee`) when `value` has not the form of an INSEE code."""
    if not is_insee(value):
        raise ValidationError(
            _("An INSEE code has five characters, such as 34145 or 2A004. It is not the postcode."),
            code="insee",
        )
