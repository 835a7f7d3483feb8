"""How residents narrow a list of services: a form that needs no script, and its addresses."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.http import urlencode

from tests.blocks.pages import publish, said
from wagtail_villes_internet.blocks.facts import anchor_prefix
from wagtail_villes_internet.matrix.models import Theme

SERVICES = ("services_by_theme", {})


@pytest.fixture
def town(lunel):
    """Three services of two themes of two domains, and one of both."""
    lunel.service(title="Cantine", summary="Payer les repas", audiences=["families"],
                  interactions=["pay"], references=["p-rdv-titres"])  # fmt: skip
    lunel.service(title="Démarches", audiences=["families", "elders"], interactions=["apply"],
                  references=["p-rdv-titres", "p-wifi-ecoles"])  # fmt: skip
    lunel.service(title="Wifi des écoles", references=["p-wifi-ecoles"])
    return lunel


class Visit:
    """A page of `town`, read and filtered as a browser without script does."""

    def __init__(self, town, *body):
        self.town = town
        self.page = publish(town, *(body or [SERVICES]))
        self.go("")

    def go(self, query: str) -> "Visit":
        host = {"host": self.town.site.hostname}
        answer = Client().get(f"/{self.page.slug}/{query}", headers=host)
        assert answer.status_code == 200
        self.html = BeautifulSoup(answer.content, "html.parser")
        return self

    @property
    def blocks(self):
        return self.html.select("[data-vi-services]")

    def fill_in(self, block: int = 0, **asked: str) -> "Visit":
        """Send the form of a block, with fields by the last word of their names."""
        form = self.blocks[block].form
        sent = []
        for field in form.select("input, select"):
            name = field["name"].rsplit("-", 1)[1]
            hidden = field.get("type") == "hidden"
            sent.append((field["name"], field["value"] if hidden else asked.get(name, "")))
        return self.go(f"?{urlencode(sent)}")

    def follow(self, link) -> "Visit":
        return self.go(f"?{urlsplit(link['href']).query}")

    def titles(self, block: int = 0) -> list[str]:
        rows = self.blocks[block].select("[data-vi-service]")
        return [said(row.select_one(".vi-service__title")) for row in rows]

    def found(self, block: int = 0) -> str:
        return said(self.blocks[block].select_one("[role=status]"))


def options(select) -> dict[str, str]:
    return {option["value"]: said(option) for option in select.select("option")}


def test_every_field_has_a_label_and_the_form_a_name_and_a_button(town):
    form = Visit(town).html.form

    fields = form.select("input:not([type=hidden]), select")
    labels = {label["for"]: said(label) for label in form.select("label")}
    assert [labels[field["id"]] for field in fields] == [
        "Mots à chercher",
        "Domaine",
        "Thème",
        "Pour qui",
        "Ce qu’on peut y faire",
    ]
    assert said(form.fieldset.legend) == "Filtrer les services"
    assert said(form.select_one("button[type=submit]")) == "Filtrer"
    assert form["method"] == "get"


def test_only_what_would_find_something_is_offered(town):
    audience = Visit(town).html.select_one("select[name$=audience]")

    assert set(options(audience)) == {"", "families", "elders"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"text": "repas"}, ["Cantine"]),
        ({"text": "ECOLE"}, ["Démarches", "Démarches", "Wifi des écoles"]),
        ({"audience": "elders"}, ["Démarches", "Démarches"]),
        ({"interaction": "pay"}, ["Cantine"]),
        ({"theme": "services-publics"}, ["Cantine", "Démarches"]),
        ({"axis": "democratie-et-services-publics", "audience": "elders"}, ["Démarches"]),
    ],
)
def test_what_is_asked_for_is_found(town, asked, expected):
    assert sorted(Visit(town).fill_in(**asked).titles()) == expected


def test_what_was_asked_stays_in_the_form_and_in_the_address(town):
    visit = Visit(town).fill_in(text="cantine", audience="families")

    assert visit.html.select_one("input[type=search]")["value"] == "cantine"
    chosen = visit.html.select_one("select[name$=audience] option[selected]")
    assert chosen["value"] == "families"
    assert visit.titles() == ["Cantine"]


def test_how_many_were_found_is_said_and_the_form_leads_there(town):
    visit = Visit(town)
    assert visit.found() == "3 services."

    visit.fill_in(text="cantine")

    assert visit.found() == "1 service."
    status = visit.html.select_one("[role=status]")
    assert visit.html.form["action"] == f"#{status['id']}"
    assert status["tabindex"] == "-1"


def test_one_link_leads_back_to_everything(town):
    visit = Visit(town)
    assert not visit.html.select_one(".vi-filters__everything")

    visit.fill_in(text="cantine").follow(visit.html.select_one(".vi-filters__everything a"))

    assert visit.found() == "3 services."


def test_nothing_found_says_so_and_keeps_the_form(town):
    visit = Visit(town).fill_in(text="piscine")

    assert said(visit.html.select_one(".vi-services__empty")) == (
        "Aucun service ne correspond à cette recherche."
    )
    assert visit.found() == "0 service."
    assert visit.html.form


@pytest.mark.parametrize("name", ["axis", "theme", "audience", "interaction"])
def test_what_nobody_offers_is_as_if_it_had_not_been_asked(town, name):
    visit = Visit(town)
    field = visit.html.select_one(f"[name$={name}]")["name"]

    visit.go(f"?{field}=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert visit.found() == "3 services."
    assert "alert" not in str(visit.html)


def test_hostile_words_are_text(town):
    visit = Visit(town)
    field = visit.html.select_one("input[type=search]")["name"]

    visit.go(f"?{field}=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%00&utm=%3Cscript%3E")

    assert not visit.html.select("script")
    assert visit.html.select_one("input[type=search]")["value"] == '"><script>alert(1)</script>'
    assert "utm" not in str(visit.html.main)


def test_a_text_without_end_is_cut(town):
    visit = Visit(town)

    visit.fill_in(text="x" * 5_000)

    assert len(visit.html.select_one("input[type=search]")["value"]) == 100


def test_the_blocks_of_a_page_are_filtered_apart(town):
    visit = Visit(town, SERVICES, SERVICES)

    visit.fill_in(0, text="cantine")
    assert (visit.found(0), visit.found(1)) == ("1 service.", "3 services.")

    visit.fill_in(1, text="ecole")
    assert (visit.found(0), visit.found(1)) == ("1 service.", "2 services.")

    visit.follow(visit.blocks[0].select_one(".vi-filters__everything a"))
    assert (visit.found(0), visit.found(1)) == ("3 services.", "2 services.")


def test_only_what_other_blocks_were_asked_is_passed_on(town):
    visit = Visit(town, SERVICES, SERVICES).fill_in(0, audience="elders")

    passed = [field["name"] for field in visit.blocks[1].select("input[type=hidden]")]
    own = visit.blocks[0].select_one("[name$=audience]")["name"]
    assert own in passed
    assert not visit.blocks[0].select("input[type=hidden]")
    link = visit.blocks[0].select_one(".vi-filters__everything a")["href"]
    assert not dict(parse_qsl(urlsplit(link).query)).get(own)


def test_without_a_form_the_address_asks_nothing(town):
    visit = Visit(town, ("services_by_theme", {"show_filters": False}))
    assert not visit.html.form

    anchor = visit.html.select_one("[data-vi-theme]")["id"].removesuffix("-services-publics")
    visit.go(f"?{anchor}-text=cantine")

    assert len(visit.titles()) == 4


def test_a_town_without_services_has_nothing_to_filter(lunel):
    assert not Visit(lunel).html.form


def test_a_limited_list_offers_what_it_shows(town):
    visit = Visit(town, ("services_by_theme", {"themes": ["services-publics"]}))

    assert not visit.html.select_one("select[name$=theme], select[name$=axis]")
    assert visit.found() == "2 services."


def test_a_theme_asked_for_stays_when_its_last_service_went(town):
    visit = Visit(town, ("services_by_theme", {"show_empty": True}))
    name = visit.html.select_one("select[name$=theme]")["name"]
    empty = Theme.objects.exclude(
        placements__service__code__in=["p-rdv-titres", "p-wifi-ecoles"]
    ).first()

    visit.go(f"?{name}={empty.code}")

    assert visit.found() == "0 service."
    assert visit.html.select_one("select[name$=theme] option[selected]")["value"] == empty.code


def test_names_of_fields_begin_with_the_anchor_of_the_block(town):
    visit = Visit(town)

    theme = visit.html.select_one("[data-vi-theme]")
    anchor = theme["id"].removesuffix(f"-{theme['data-vi-theme']}")
    names = [field["name"] for field in visit.html.select("input, select")]
    assert all(name.startswith(f"{anchor}-") for name in names)
    assert anchor_prefix(None) == "vi"
