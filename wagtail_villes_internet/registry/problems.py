"""What is wrong with a service: the contract's closed list of codes, said to an editor."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# Contract, « Common rules », Errors.
CODES = {
    "required": _("The registry requires this field."),
    "too_long": _("This text is too long."),
    "not_canonical": _("The form of this value is not the expected one."),
    "unknown_code": _("This reference service is not known to the registry."),
    "bad_url": _("This is not a complete web address (https://…)."),
    "bad_html": _("The formatting of this text, or one of its links, is not accepted."),
    "bad_date": _("This is not a date."),
    "bad_choice": _("This value is not one of the possible choices."),
    "bad_order": _("The end date comes before the start date."),
    "bad_location": _("These are not valid coordinates."),
    "bad_type": _("This value is not of the expected kind."),
    "too_many": _("There are too many values."),
    "unknown_field": _("This field is not expected."),
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One fault of one field: `pointer` is a JSON Pointer (RFC 6901) into the body.

    `code` is one of `CODES`, or another word where a registry invents one. `detail` is the
    registry's own sentence: kept for the journal, never taken for the message.
    """

    pointer: str
    code: str
    detail: str = ""

    @property
    def field(self) -> str:
        """The name of the service's field at fault: `/reference_services/3` is in
        `reference_services`. Empty when the whole body is at fault."""
        return self.pointer.removeprefix("/").partition("/")[0]

    @property
    def message(self) -> str:
        """The fault in the reader's language."""
        return str(CODES.get(self.code, _("The registry does not accept this value.")))
