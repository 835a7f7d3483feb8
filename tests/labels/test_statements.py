"""One award per authority and edition: the registry's word wins, and nothing is lost."""

import pytest
from wagtail.models import Revision

from tests.factories import AuthorityFactory, AwardFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.statements import outranks, receive_awards

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return AuthorityFactory()


def item(edition=2024, level=5, standing="labelled", distinctions=(), id="a1", source_url=""):
    return {
        "id": id,
        "edition": edition,
        "standing": standing,
        "level": level,
        "distinctions": [{"name": n, "valid_until": u} for n, u in distinctions],
        "source_url": source_url,
    }


def test_the_registry_s_awards_arrive_confirmed_with_their_mentions(town):
    changed = receive_awards(
        town, [item(2023, 4, id="a0"), item(distinctions=[("Démocratie locale", "2027-01-31")])]
    )

    awards = list(town.awards.order_by("edition__year"))
    assert changed == 2
    assert [(award.edition.year, award.level, award.proof) for award in awards] == [
        (2023, 4, "confirmed"),
        (2024, 5, "confirmed"),
    ]
    assert str(awards[1].distinctions.get().valid_until) == "2027-01-31"


def test_the_same_list_again_changes_nothing(town):
    receive_awards(town, [item(distinctions=[("Médiation", None)])])

    assert receive_awards(town, [item(distinctions=[("Médiation", None)])]) == 0


def test_a_typed_award_that_agrees_becomes_confirmed_without_a_notice(town):
    AwardFactory(authority=town, level=5)

    receive_awards(town, [item(level=5)])

    assert town.awards.get().confirmed
    assert not AuthorityLogEntry.objects.exists()


def test_a_different_typed_value_is_overruled_and_kept_in_the_history_with_a_notice(town):
    award = AwardFactory(authority=town, level=4)

    receive_awards(town, [item(level=5)])

    award.refresh_from_db()
    assert (award.level, award.proof) == (5, "confirmed")
    assert Revision.objects.for_instance(award).get().content["level"] == 4
    assert AuthorityLogEntry.objects.get().action == "villes_internet.award_overruled"


def test_an_award_that_vanished_stays_reads_declared_and_is_noticed(town):
    receive_awards(town, [item()])

    changed = receive_awards(town, [])

    award = town.awards.get()
    assert changed == 1
    assert (award.level, award.proof) == (5, "declared")
    assert award.vanished_at
    assert AuthorityLogEntry.objects.get().action == "villes_internet.award_vanished"
    assert receive_awards(town, []) == 0


def test_one_that_comes_back_is_confirmed_again(town):
    receive_awards(town, [item()])
    receive_awards(town, [])

    receive_awards(town, [item()])

    assert town.awards.get().confirmed


def test_a_typed_award_of_an_edition_the_registry_does_not_know_is_left_alone(town):
    AwardFactory(authority=town, year=2022, level=3)

    receive_awards(town, [item()])

    assert town.awards.get(edition__year=2022).proof == "declared"


def test_an_edition_nobody_had_heard_of_is_made(town):
    receive_awards(town, [item(edition=2031)])

    assert town.awards.get().edition.year == 2031


def test_another_town_s_awards_are_not_touched(town):
    other = AwardFactory(level=2)

    receive_awards(town, [item()])

    other.refresh_from_db()
    assert other.proof == "declared"


@pytest.mark.parametrize(
    ("origin", "current", "vanished", "expected"),
    [
        (Award.Origin.REGISTRY, Award.Origin.TYPED, False, True),
        (Award.Origin.TYPED, Award.Origin.REGISTRY, False, False),
        (Award.Origin.TYPED, Award.Origin.REGISTRY, True, True),
        (Award.Origin.PALMARES, Award.Origin.TYPED, False, False),
        (Award.Origin.TYPED, Award.Origin.PALMARES, False, True),
    ],
)
def test_the_order_of_the_words(origin, current, vanished, expected):
    assert outranks(origin, current, vanished=vanished) is expected
