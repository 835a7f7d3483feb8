"""Reads a published list from a file, line by line: CSV, XLSX or JSON, whichever it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ...tables.columns import Table
from ...tables.rows import file_rows
from .headers import COLUMNS


def read(path: Path, chosen: Mapping[str, str], *, year_is_given: bool = False) -> Table:
    """The lines of the file at `path`. `chosen`: fields by header, as `--column` gives them.

    Raises `TableError`, now or while the lines are read, when it is no list that can be used.
    """
    table = Table(file_rows(path, COLUMNS.is_header, _flat), COLUMNS, chosen)
    if not any(table.positions.get(field) for field in ("siren", "insee")):
        table.require("name", _("the local authority"))
    if not year_is_given:
        table.require("year", _("the edition"))
    return table


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """A line whose authority is an object of its own, as the contract has it, without it."""
    inner = item.get("authority")
    return {**item, **inner} if isinstance(inner, dict) else dict(item)
