"""The page for people."""

from html.parser import HTMLParser

import pytest
import requests

from .town import TIMEOUT, Town, a_service, new_id

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def lunel(registry, session) -> Town:
    town = Town(registry, registry.siren, registry.token, session)
    shown = town.create(new_id(), a_service(title="Salles <em>& fêtes")).json()
    town.replace(shown["id"], shown["etag"], a_service(title="Réserver une salle"))
    town.create(new_id(), a_service(title="Pare-feu de la mairie", public=False))
    gone = town.create(new_id(), a_service(title="Ancien portail")).json()
    town.withdraw(gone["id"], gone["etag"])
    registry.agent("open-edition", 2040)
    first = town.file(2040, statement="Secret du maire").json()
    town.file(2040, condition={"If-Match": first["etag"]})
    return town


@pytest.fixture(scope="module")
def page(lunel) -> requests.Response:
    return requests.get(lunel.registry.site_url, timeout=TIMEOUT)


def test_it_says_that_it_is_a_demonstration(page):
    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert '<html lang="fr">' in text
    assert "<h1>Registre de démonstration</h1>" in text
    assert (
        "Projet indépendant, ni édité ni approuvé par l’association Villes Internet, "
        "titulaire du label."
    ) in text
    assert "provisoire-1, non officielle" in text


def test_it_lists_what_each_authority_declared_and_the_last_changes(page):
    text = " ".join(page.text.split())
    assert "SIREN 213401458. 2 services déclarés." in text
    cells = Cells.of(page.text)
    assert [row[:3] for row in cells] == [
        ["5", "retrait", "Ancien portail"],
        ["4", "création", "Ancien portail"],
        ["3", "création", "Service interne"],
        ["2", "modification", "Réserver une salle"],
        ["1", "création", "Salles <em>& fêtes"],
    ]
    assert all(row[3] for row in cells)


def test_it_lists_the_dossiers_received_newest_first(lunel, page):
    receipts = lunel.dossier(2040).json()["receipts"]
    assert [row[:2] + row[3:] for row in Cells.of(page.text, prefix="2040-")] == [
        [receipt["number"], "2040", receipt["sha256"]] for receipt in receipts
    ]
    assert len(receipts) == 2
    assert all(f'datetime="{receipt["received_at"][:16]}' in page.text for receipt in receipts)


def test_what_is_not_for_residents_is_not_named(page):
    assert "Pare-feu" not in page.text
    for private in ("Secret du maire", "Portail Familles", "Pas encore"):
        assert private not in page.text


def test_it_asks_nothing_of_anybody(page):
    assert page.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'"
    )
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.headers
    assert '<meta name="robots" content="noindex">' in page.text
    for forbidden in ("<script", "<style", " style=", " onclick=", "http://", "https://"):
        assert forbidden not in page.text


def test_its_style_is_served(lunel):
    style = requests.get(f"{lunel.registry.site_url}registre.css", timeout=TIMEOUT)
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text
    assert "@import" not in style.text


class Cells(HTMLParser):
    """The text of every row's cells, of every table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.in_cell = False

    @classmethod
    def of(cls, html: str, prefix: str = "") -> list[list[str]]:
        """Of the rows whose head is a number, or begins with the prefix."""
        reader = cls()
        reader.feed(html)
        return [
            row
            for row in reader.rows
            if row and (row[0].startswith(prefix) if prefix else row[0].isdigit())
        ]

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data
