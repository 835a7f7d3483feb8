"""What a resident finds of a listing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.services.filtering import Filters, filtered
from wagtail_villes_internet.services.listing import ListedAxis, ListedService, ListedTheme, Listing

WORDS = st.sampled_from(["cantine", "Écoles", "wifi", "rendez-vous", "PLU", ""])
CODES = st.sampled_from(["", "a", "b", "inconnu"])


def service(number: int, title: str = "", **more) -> ListedService:
    told = {"summary": "", "audiences": (), "interactions": (), "references": ()} | more
    return ListedService(
        remote_id=f"00000000-0000-4000-8000-{number:012}", title=title, description="", url="",
        offline_alternative="", status="active", kind="service", provider="authority",
        started_on=None, ended_on=None, latitude=None, longitude=None, **told,
    )  # fmt: skip


MEALS = service(1, "Portail famille", summary="Payer la cantine", audiences=("families",))
FORMS = service(2, "Démarches en ligne", interactions=("apply", "pay"), audiences=("families",))
WIFI = service(3, "Bornes", references=(("p-wifi", "Wi-Fi dans les écoles"),))
LISTING = Listing(
    axes=(
        ListedAxis(
            "a",
            "Vivre",
            (ListedTheme("a1", "Éducation", (WIFI, MEALS)), ListedTheme("a2", "Sport", ())),
        ),
        ListedAxis("b", "Décider", (ListedTheme("b1", "Services publics", (FORMS, MEALS)),)),
    ),
    official=True,
    matrix_version="1",
)


def found(**asked) -> list[tuple[str, str]]:
    """The theme and the title of what answers."""
    listing = filtered(LISTING, Filters(**asked))
    return [(theme.code, each.title) for theme in listing.themes for each in theme.services]


def test_asking_for_nothing_leaves_the_listing_alone():
    assert filtered(LISTING, Filters()) is LISTING


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"axis": "b"}, [("b1", "Démarches en ligne"), ("b1", "Portail famille")]),
        ({"theme": "a1"}, [("a1", "Bornes"), ("a1", "Portail famille")]),
        ({"theme": "a2"}, []),
        ({"axis": "b", "theme": "a1"}, []),
        ({"audience": "families", "axis": "a"}, [("a1", "Portail famille")]),
        ({"interaction": "apply"}, [("b1", "Démarches en ligne")]),
        ({"interaction": "apply", "text": "wifi"}, []),
        ({"axis": "nowhere"}, []),
    ],
)
def test_what_is_asked_for_adds_up(asked, expected):
    assert found(**asked) == expected


@pytest.mark.parametrize(
    "text", ["bornes", "BORNE", "wi-fi", "ecole", "Écoles", "bornes éducation", "  born  "]
)
def test_a_text_is_found_whatever_its_case_accents_and_plural(text):
    assert ("a1", "Bornes") in found(text=text)


def test_every_word_of_a_text_must_be_there():
    assert found(text="payer cantine") == [("a1", "Portail famille"), ("b1", "Portail famille")]
    assert found(text="payer piscine") == []


def test_signs_alone_ask_for_nothing_in_particular():
    assert len(found(text="?!")) == 4


def test_no_domain_or_theme_stays_without_an_answer():
    assert [axis.code for axis in filtered(LISTING, Filters(text="demarches")).axes] == ["b"]
    assert filtered(LISTING, Filters(text="piscine")).axes == ()


@given(axis=CODES, theme=CODES, text=WORDS, more=WORDS)
def test_asking_for_more_never_finds_more(axis, theme, text, more):
    some = filtered(LISTING, Filters(axis=axis, text=text))
    fewer = filtered(LISTING, Filters(axis=axis, theme=theme, text=f"{text} {more}"))

    assert {each.remote_id for each in fewer.services} <= {each.remote_id for each in some.services}
