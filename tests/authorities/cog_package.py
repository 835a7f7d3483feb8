"""A small `@etalab/decoupage-administratif`, in the files of the real one."""

import json
import tarfile
from pathlib import Path
from typing import Any

DEPARTEMENTS = [
    {"code": "2A", "region": "94", "chefLieu": "2A004", "nom": "Corse-du-Sud"},
    {"code": "34", "region": "76", "chefLieu": "34172", "nom": "Hérault"},
    {"code": "30", "region": "76", "chefLieu": "30189", "nom": "Gard"},
    {"code": "984", "region": "984", "chefLieu": "97502", "nom": "Terres australes"},
]
REGIONS = [
    {"code": "76", "chefLieu": "31555", "nom": "Occitanie"},
    {"code": "94", "chefLieu": "2A004", "nom": "Corse"},
    {"code": "984", "chefLieu": "97502", "nom": "Terres australes"},
]
LUNEL = "213401458"
AJACCIO = "212000046"
AIMARGUES = "213000060"
LUNEL_AGGLO = "243400520"


def commune(code: str, name: str, siren: str | None, population: int | None, **more: Any) -> dict:
    department = code[:3] if code.startswith("98") else code[:2]
    row = {
        "code": code,
        "nom": name,
        "departement": department,
        "region": {"2A": "94", "34": "76", "30": "76", "984": "984"}[department],
        "type": "commune-actuelle",
        "siren": siren,
        "population": population,
    }
    return {key: value for key, value in row.items() if value is not None} | more


def epci(siren: str, name: str, nature: str, members: dict[str, int]) -> dict:
    return {
        "code": siren,
        "nom": name,
        "type": nature,
        "populationMunicipale": sum(members.values()),
        "membres": [
            {"code": code, "populationMunicipale": population}
            for code, population in members.items()
        ],
    }


LUNEL_AGGLO_ROW = epci(LUNEL_AGGLO, "CA Lunel Agglo", "CA", {"34145": 9, "30006": 5})


def communes() -> list[dict]:
    return [
        commune("34145", "Lunel", LUNEL, 26623, anciensCodes=["34999"]),
        commune("2A004", "Ajaccio", AJACCIO, 75000),
        commune("30006", "Aimargues", AIMARGUES, 6000),
        commune("98412", "Archipel des Kerguelen", None, None),
        {
            "code": "34145",
            "nom": "Lunel-la-Déléguée",
            "departement": "34",
            "region": "76",
            "type": "commune-deleguee",
            "chefLieu": "34145",
        },
    ]


def write_package(
    folder: Path,
    rows: list[dict] | None = None,
    *,
    vintage: int | None = 2027,
    version: str = "7.0.0",
    epcis: list[dict] | None = None,
    **files: Any,
) -> Path:
    """Write the package in `folder`; `files` replaces the whole of a file, or leaves out a None."""
    year = f"| {vintage}  | {version}  | `npm install` |\n" if vintage else ""
    contents = {
        "communes": communes() if rows is None else rows,
        "epci": [LUNEL_AGGLO_ROW] if epcis is None else epcis,
        "ept": [],
        "departements": DEPARTEMENTS,
        "regions": REGIONS,
    } | files
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text(f"| Année | Version |\n{year}")
    (folder / "package.json").write_text(json.dumps({"version": version}))
    for name, content in contents.items():
        if content is not None:
            (folder / f"data/{name}.json").write_text(json.dumps(content))
    return folder


def pack(folder: Path) -> Path:
    """The tarball of the package, as `npm pack` lays it out."""
    path = folder.with_suffix(".tgz")
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, "package")
    return path
