"""A service as it is transmitted, field by field, in the words of its form."""

from collections.abc import Iterable
from typing import Any

from ..declared.wording import field_label, said
from ..matrix.models import ReferenceService


class Words:
    """Says the contract's values to an editor. `codes`: the reference services to be named."""

    label = staticmethod(field_label)

    def __init__(self, codes: Iterable[str]):
        rows = ReferenceService.objects.filter(code__in=set(codes))
        self._references = dict(rows.values_list("code", "label"))

    def value(self, field: str, value: Any) -> str:
        """The value as a text fit to be copied; empty for nothing."""
        return said(field, value, self._references)
