import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.labels.palmares.matching import Gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer(cog.table())


@pytest.fixture
def palmares(db) -> Callable[..., dict[str, Any]]:
    """Runs the command and gives its JSON, exit code included."""

    def run(*args: object, **options: object) -> dict[str, Any]:
        out = io.StringIO()
        code = 0
        try:
            call_command(
                "villes_internet_import_palmares",
                *map(str, args),
                format="json",
                stdout=out,
                **options,
            )
        except SystemExit as ended:
            code = ended.code
        document = json.loads(out.getvalue())
        assert document["exit_code"] == code
        return document

    return run


@pytest.fixture
def written(tmp_path) -> Callable[[str], Any]:
    """A file of that text."""

    def write(text: str, name: str = "liste.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write
