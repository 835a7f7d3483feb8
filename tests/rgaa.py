"""The sheet of what the tests show of the RGAA, written from the tests that ran.

A test says `@pytest.mark.rgaa("1.1", block="label_badge")`. With `--rgaa-sheet=FOLDER`, a run
writes `rgaa.md` and `rgaa.csv` there: one row a criterion, a block and a test, with what came of
it. A test that did not run is not in the sheet, and one that failed says so.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# The criteria of RGAA 4.1.2, in our words.
CRITERIA = {
    "1.1": "Chaque image porteuse d’information a une alternative textuelle",
    "1.2": "Chaque image de décoration est ignorée des technologies d’assistance",
    "1.3": "L’alternative de chaque image est pertinente",
    "1.6": "Une image qui le demande a une description détaillée",
    "3.1": "L’information n’est pas donnée seulement par la couleur",
    "3.2": "Le contraste du texte avec son fond est suffisant",
    "3.3": "Le contraste des composants graphiques est suffisant",
    "5.4": "Chaque tableau de données a un titre qui lui est associé",
    "5.6": "Les en-têtes de chaque tableau de données sont déclarés",
    "5.7": "Les cellules sont reliées à leurs en-têtes",
    "6.1": "Chaque lien est explicite",
    "6.2": "Chaque lien a un intitulé",
    "8.2": "Le code est valide",
    "9.1": "L’information est structurée par des titres",
    "9.3": "Chaque liste est structurée",
    "10.4": "Le texte reste lisible à 200 %",
    "10.11": "Rien ne défile de côté à 320 pixels de large",
    "10.12": "L’espacement du texte peut être changé",
    "11.1": "Chaque champ de formulaire a une étiquette",
    "12.8": "L’ordre de tabulation est cohérent",
    "13.5": "Chaque contenu cryptique a une alternative",
}
BLOCKS = {
    "label_badge": "Badge du label",
    "label_history": "Historique du label",
    "labels": "Nos labels",
    "palmares": "Palmarès",
    "featured_services": "Services mis en avant",
    "theme_mosaic": "Mosaïque des thèmes",
    "key_figures": "Chiffres clés",
    "services_by_theme": "Services par thème",
}
HEADERS = ["critere", "enonce", "bloc", "test", "resultat"]
RESULTS = {True: "réussi", False: "échoué"}


@dataclass
class Sheet:
    """What came of each test, by criterion, block and test; a test of many cases passes whole."""

    results: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def note(self, item: pytest.Item, passed: bool) -> None:
        for row in rows_of(item):
            self.results[row] = self.results.get(row, True) and passed

    def rows(self) -> list[list[str]]:
        return [
            [criterion, CRITERIA[criterion], BLOCKS[block], test, RESULTS[passed]]
            for (criterion, block, test), passed in sorted(self.results.items(), key=order)
        ]

    def write(self, folder: Path) -> None:
        rows = self.rows()
        with (folder / "rgaa.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\n")
            writer.writerows([HEADERS, *rows])
        (folder / "rgaa.md").write_text(in_markdown(rows), encoding="utf-8")


def rows_of(item: pytest.Item) -> list[tuple[str, str, str]]:
    """The rows of the sheet that `item` answers for; `KeyError` for one that is not known."""
    test = item.nodeid.split("[")[0]
    rows = [(mark.args[0], mark.kwargs["block"], test) for mark in item.iter_markers("rgaa")]
    for criterion, block, _test in rows:
        if criterion not in CRITERIA or block not in BLOCKS:
            raise KeyError(f"{test}: {criterion}, {block}")
    return rows


def order(result):
    (criterion, block, test), _passed = result
    return [int(part) for part in criterion.split(".")], block, test


def in_markdown(rows: list[list[str]]) -> str:
    lines = [
        "# Fiche RGAA des blocs",
        "",
        "Pour chaque bloc : un critère du RGAA 4.1.2, le test automatique qui en montre quelque "
        "chose, et son résultat. Cette fiche est écrite par les tests eux-mêmes, qui ont tourné ; "
        "elle se colle dans une grille d’audit ([CSV](rgaa.csv)), et ne remplace pas un audit : un "
        "test automatique ne voit qu’une partie de chaque critère, et rien du reste de votre page.",
        "",
        "Pour la refaire : `make fiche-rgaa`.",
        "",
        "| Critère | Énoncé | Bloc | Test | Résultat |",
        "| --- | --- | --- | --- | --- |",
    ]
    for criterion, words, block, test, result in rows:
        lines.append(f"| {criterion} | {words} | {block} | `{test}` | {result} |")
    return "\n".join(lines) + "\n"


class Plugin:
    """Notes what came of each marked test, and writes the sheet at the end of a whole run."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sheet = Sheet()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        report = outcome.get_result()
        if report.when == "call" or report.failed:
            self.sheet.note(item, report.passed)

    def pytest_sessionfinish(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sheet.write(self.folder)
