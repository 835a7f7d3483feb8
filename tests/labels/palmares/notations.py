"""The carried list written as other people would have written it: the same facts, other files."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

CARRIED = Path(__file__).parent / "data" / "palmares.csv"
SPELLED = {
    "1": "une arobase",
    "2": "deux arobases",
    "3": "trois arobases",
    "4": "quatre arobases",
    "5": "cinq arobases",
}
FRENCH = {
    "edition": "Millésime",
    "collectivite": "Ville",
    "departement_ou_region": "Dép.",
    "arobases": "Label",
    "status": "Statut",
    "mention": "Distinction",
    "note": "Remarque",
    "source_url": "Source",
    "basis": "Fondement",
}
STANDINGS = {
    "labelled": "labellisée",
    "hors_concours": "hors concours",
    "level_unknown": "niveau non précisé",
}


def carried() -> list[dict[str, str]]:
    with CARRIED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, rows: list[dict[str, str]], *, separator=",", encoding="utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)


def french(row: dict[str, str]) -> dict[str, str]:
    """With French headers, words for codes, and no word where a plain label is meant."""
    said = {FRENCH[name]: value for name, value in row.items() if name in FRENCH}
    said["Statut"] = STANDINGS[row["status"]]
    said["Fondement"] = {"stated": "annoncé", "deduced": "déduit"}[row["basis"]]
    return said


def semicolons_in_windows(folder: Path) -> tuple[Path, list[str]]:
    """What a French spreadsheet saves as CSV, levels as `5@`."""
    path = folder / "palmarès.csv"
    rows = [french(row) for row in carried()]
    for row in rows:
        row["Label"] = row["Label"] and f"{row['Label']}@"
    write_csv(path, rows, separator=";", encoding="cp1252")
    return path, []


def tabs_with_a_mark(folder: Path) -> tuple[Path, list[str]]:
    """Tabs, a byte order mark, levels as runs of @ and standings in the same column."""
    path = folder / "palmares.txt"
    rows = []
    for row in carried():
        said = french(row)
        standing = said.pop("Statut")
        said["Label"] = "@" * int(said["Label"] or 0) or standing
        rows.append(said)
    write_csv(path, rows, separator="\t", encoding="utf-8-sig")
    return path, []


def workbook(folder: Path) -> tuple[Path, list[str]]:
    """A workbook with a title above its headers, numbers as numbers."""
    path = folder / "palmares.xlsx"
    book = Workbook()
    sheet = book.active
    sheet.append(["Palmarès du label, toutes éditions"])
    sheet.append([])
    rows = [french(row) for row in carried()]
    sheet.append(list(rows[0]))
    for row in rows:
        row |= {"Millésime": int(row["Millésime"]), "Label": row["Label"] and float(row["Label"])}
        sheet.append([value if value != "" else None for value in row.values()])
    book.save(path)
    return path, []


def objects(folder: Path) -> tuple[Path, list[str]]:
    """JSON, English names, mentions as a list and levels as words."""
    path = folder / "palmares.json"
    items = [
        {
            "year": int(row["edition"]),
            "town": row["collectivite"],
            "place": row["departement_ou_region"] or None,
            "level": SPELLED.get(row["arobases"]),
            "standing": row["status"],
            "distinctions": [row["mention"]] if row["mention"] else [],
            "note": row["note"],
            "source_url": row["source_url"],
            "basis": row["basis"],
        }
        for row in carried()
    ]
    path.write_text(json.dumps({"items": items}, ensure_ascii=False), encoding="utf-8")
    return path, []


def columns_of_their_own(folder: Path) -> tuple[Path, list[str]]:
    """Headers that nobody could guess, told with --column."""
    path = folder / "export.csv"
    names = {
        "edition": "c1",
        "collectivite": "Qui ?",
        "departement_ou_region": "Où ?",
        "arobases": "Combien = ?",
        "status": "c5",
        "mention": "c6",
        "note": "c7",
        "source_url": "c8",
        "basis": "c9",
    }
    fields = ["year", "name", "place", "level", "standing", "mentions", "note", "source", "basis"]
    rows = [{names[name]: row[name] for name in names} for row in carried()]
    write_csv(path, rows)
    return path, [f"{name}={field}" for name, field in zip(names.values(), fields, strict=True)]


OTHERS: list[Callable[[Path], tuple[Path, list[str]]]] = [
    semicolons_in_windows,
    tabs_with_a_mark,
    workbook,
    objects,
    columns_of_their_own,
]
