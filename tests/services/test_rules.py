"""A live row that breaks the contract's rules is « à compléter », with its reasons."""

from datetime import date
from types import SimpleNamespace

import pytest

from wagtail_villes_internet.services.rules import Shortcoming, is_web_address, shortcomings

COMPLETE = {
    "title": "Réservation des salles",
    "summary": "",
    "url": "",
    "offline_alternative": "",
    "started_on": None,
    "ended_on": None,
    "latitude": None,
    "longitude": None,
}


def lacks(references=("p-rdv-titres",), **changes):
    return shortcomings(SimpleNamespace(**COMPLETE | changes), references)


def test_a_title_and_a_reference_service_are_enough():
    assert lacks() == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "  "}, Shortcoming.NO_TITLE),
        ({"references": ()}, Shortcoming.NO_REFERENCE_SERVICE),
        ({"references": range(51)}, Shortcoming.NO_REFERENCE_SERVICE),
        ({"summary": "x" * 501}, Shortcoming.SUMMARY_TOO_LONG),
        ({"url": "ftp://ville.example/"}, Shortcoming.NOT_A_WEB_ADDRESS),
        ({"url": "ville.example"}, Shortcoming.NOT_A_WEB_ADDRESS),
        ({"url": "https://[ville"}, Shortcoming.NOT_A_WEB_ADDRESS),
        (
            {"started_on": date(2024, 2, 1), "ended_on": date(2024, 1, 31)},
            Shortcoming.ENDED_BEFORE_STARTED,
        ),
        ({"latitude": "43.674"}, Shortcoming.HALF_A_PLACE),
        ({"offline_alternative": "x" * 501}, Shortcoming.OFFLINE_TOO_LONG),
    ],
)
def test_each_fault_is_named_and_explained(changes, expected):
    assert lacks(**changes) == (expected,)
    assert expected.message


@pytest.mark.parametrize(
    "changes",
    [
        {"references": range(50)},
        {"summary": "x" * 500},
        {"url": "http://ville.example/démarches?x=1"},
        {"started_on": date(2024, 2, 1), "ended_on": date(2024, 2, 1)},
        {"latitude": "43.674", "longitude": "4.135"},
    ],
)
def test_the_limits_themselves_are_allowed(changes):
    assert lacks(**changes) == ()


def test_a_web_address_is_absolute():
    assert is_web_address("https://ville.example")
    assert not is_web_address("//ville.example")
    assert not is_web_address("https://")
