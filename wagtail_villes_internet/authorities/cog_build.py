"""Makes the table of communes and EPCI from the npm package `@etalab/decoupage-administratif`.

Used by the maintainers' script `scripts/build_cog.py` and by `villes_internet_update_cog`.
"""

import csv
import io
import json
import lzma
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .cog import COLUMNS, COMMUNE, EPCI, FORMAT, CogError, CogTable, parse
from .siren import is_insee, is_siren

PACKAGE = "@etalab/decoupage-administratif"
LICENCE = "Licence Ouverte 2.0"
SOURCE = "INSEE, code officiel géographique ; DGCL, intercommunalités ({package} {version})"
FILES = {
    name: f"data/{name}.json" for name in ("communes", "epci", "ept", "departements", "regions")
} | {"package": "package.json"}

# The dictionary of preset 9 is 64 MiB, which every reader would have to allocate; the text is 2 MB.
XZ = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 4 << 20}

Row = dict[str, Any]


def build(source: Path, vintage: int | None = None) -> bytes:
    """The file of the table (its form is described in `cog`) made from the package at `source`.

    `source` is the `.tgz` that `npm pack` writes, or the folder unpacked from it. `vintage` is
    needed only for a package whose README does not say of which year it is. Equal packages give
    equal bytes, with one version of the xz library. Raises `CogError` when the package cannot be
    read, or when what it holds cannot be trusted: see `check`.
    """
    texts = dict(_texts(source))
    try:
        package = {name: json.loads(texts[path]) for name, path in FILES.items()}
        data = _file(package, vintage or _vintage(texts, package["package"]["version"]))
        check(parse(data))
    except CogError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CogError(
            _("%(source)s does not hold the package %(package)s: %(reason)s.")
            % {"source": source, "package": PACKAGE, "reason": repr(error)}
        ) from error
    return data


def check(table: CogTable) -> None:
    """Raise `CogError` when codes are malformed or shared, or when a kind of row is missing."""
    sirens = [entry.siren for entry in table.entries if entry.siren]
    insees = [entry.insee for entry in table.entries if entry.insee]
    wrong = [siren for siren in sirens if not is_siren(siren)]
    wrong += [insee for insee in insees if not is_insee(insee)]
    wrong += [code for code, times in Counter(sirens + insees).items() if times > 1]
    wrong += [entry.name for entry in table.entries if (entry.kind == COMMUNE) != bool(entry.insee)]
    wrong += [code for code in table.former if table.by_insee(code)]
    if wrong:
        raise CogError(
            _("The table holds codes that are malformed, missing or used twice: %(codes)s.")
            % {"codes": ", ".join(wrong[:5])}
        )
    if {entry.kind for entry in table.entries} != {COMMUNE, EPCI}:
        raise CogError(_("The table holds no commune, or no EPCI."))


def _texts(source: Path) -> Iterator[tuple[str, str]]:
    """The files of the package that are needed, by their path in it."""
    wanted = {*FILES.values(), "README.md"}
    try:
        if source.is_dir():
            for path in wanted:
                if (source / path).exists():
                    yield path, (source / path).read_text(encoding="utf-8")
            return
        with tarfile.open(source) as archive:
            for member in archive:
                path = member.name.removeprefix("package/")
                content = archive.extractfile(member) if path in wanted else None
                if content:
                    yield path, content.read().decode()
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise CogError(
            _("%(source)s is neither the .tgz of %(package)s nor its folder: %(reason)s.")
            % {"source": source, "package": PACKAGE, "reason": error}
        ) from error


def _vintage(texts: dict[str, str], version: str) -> int:
    # The README is the one place of the package where the year stands: « | 2026 | 6.0.0 | ».
    line = re.search(rf"\|\s*(20\d\d)\s*\|\s*{re.escape(version)}\s*\|", texts.get("README.md", ""))
    if line is None:
        raise CogError(
            _(
                "The README of %(package)s %(version)s does not say of which year it is: "
                "give it with --vintage."
            )
            % {"package": PACKAGE, "version": version}
        )
    return int(line[1])


def _file(package: dict[str, Any], vintage: int) -> bytes:
    rows = [*_communes(package["communes"]), *_epci(package)]
    version = package["package"]["version"]
    meta = {
        "format": FORMAT,
        "vintage": vintage,
        "version": version,
        "source": SOURCE.format(package=PACKAGE, version=version),
        "licence": LICENCE,
        "rows": len(rows),
        "departments": {row["code"]: row["nom"] for row in package["departements"]},
        "regions": {row["code"]: row["nom"] for row in package["regions"]},
    }
    text = io.StringIO()
    text.write(f"# {json.dumps(meta, ensure_ascii=False, sort_keys=True)}\n")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return lzma.compress(text.getvalue().encode(), filters=[XZ])


def _communes(communes: list[Row]) -> Iterator[Row]:
    """The communes of today; delegated and associated ones may bear the same code as these."""
    for commune in _sorted(_current(communes)):
        yield {
            "kind": COMMUNE,
            "siren": commune.get("siren"),
            "insee": commune["code"],
            "name": commune["nom"],
            "department": commune["departement"],
            "region": commune["region"],
            "population": commune.get("population"),
            "former": " ".join(sorted(commune.get("anciensCodes", ()))),
        }


def _epci(package: dict[str, Any]) -> Iterator[Row]:
    """The EPCI, then the EPT of Greater Paris.

    The package gives no seat. Their department is the one where most of their inhabitants live,
    and so is their region; the first code where two have as many.
    """
    homes = {}
    for commune in _current(package["communes"]):
        for code in (commune["code"], *commune.get("anciensCodes", ())):
            homes[code] = commune
    for group in (*_sorted(package["epci"]), *_sorted(package["ept"])):
        yield {
            "kind": EPCI,
            "nature": group["type"],
            "siren": group["code"],
            "name": group["nom"],
            "department": _main("departement", group, homes),
            "region": _main("region", group, homes),
            "population": group.get("populationMunicipale"),
        }


def _main(division: str, group: Row, homes: dict[str, Row]) -> str:
    inhabitants: Counter[str] = Counter()
    for member in group["membres"]:
        inhabitants[homes[member["code"]][division]] += member["populationMunicipale"]
    return max(sorted(inhabitants), key=inhabitants.__getitem__)


def _current(communes: list[Row]) -> Iterator[Row]:
    return (commune for commune in communes if commune["type"] == "commune-actuelle")


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["code"])
