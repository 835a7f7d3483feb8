"""The rules of the dossier: data, each with where it was read and how sure it is."""

import pytest

from tests.house.imports import ROOT
from wagtail_villes_internet.dossiers.rules import CERTAINTIES, LABELS, Reason, rules

PAGE = ROOT / "docs" / "reference" / "regles-du-dossier.md"


def test_every_reason_has_its_rule_in_the_order_in_which_they_are_told():
    assert list(rules()) == list(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_every_rule_says_where_it_comes_from_and_how_sure_it_is(reason):
    assert reason.rule.source
    assert reason.rule.certainty in CERTAINTIES
    assert reason.rule.how_sure
    assert reason.label
    assert reason.advice


@pytest.mark.parametrize("reason", Reason)
def test_what_is_certain_was_read_at_the_association_s(reason):
    is_certain = reason.rule.certainty == "certain"

    assert is_certain == ("villes-internet.net" in reason.rule.url)


@pytest.mark.parametrize("reason", Reason)
def test_only_what_was_read_in_the_press_may_be_overruled(reason):
    assert reason.is_overruled == (reason.rule.certainty in ("press", "deduced"))


@pytest.mark.parametrize("reason", Reason)
def test_every_rule_is_in_the_documentation_as_it_is_in_the_data(reason):
    page = PAGE.read_text(encoding="utf-8")

    [row] = [line for line in page.splitlines() if line.startswith(f"| `{reason}` |")]

    assert reason.rule.source.replace("\xa0", " ") in row
    assert f"`{reason.rule.certainty}`" in row
    assert reason.rule.url in row


def test_reasons_are_told_apart():
    assert len(set(LABELS.values())) == len(Reason)
