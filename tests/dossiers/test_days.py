"""What a dossier says does not depend on where the person who looks is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from tests.factories import Town
from wagtail_villes_internet.declared.bodies import bodies
from wagtail_villes_internet.dossiers.agreements import agree, current_agreement, note_outside
from wagtail_villes_internet.dossiers.candidates import candidates
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.errors import YetToCome
from wagtail_villes_internet.dossiers.rules import Reason
from wagtail_villes_internet.services.completeness import completeness_of

pytestmark = pytest.mark.django_db

# In Paris, the 1st of November; in Auckland, the 2nd already.
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 1), date(2026, 11, 2)
# In Paris, the 2nd; in Martinique, still the 1st.
LATE = datetime(2026, 11, 2, 2, tzinfo=UTC)
ELSEWHERE = ["Pacific/Auckland", "America/Martinique"]


@pytest.fixture(autouse=True)
def paris(settings):
    settings.TIME_ZONE = "Europe/Paris"


@pytest.fixture
def lunel():
    return Town("Lunel")


def seen_from(zone: str, look):
    """What `look` finds for somebody whose profile has that zone."""
    with timezone.override(ZoneInfo(zone)):
        return look()


@pytest.mark.parametrize("zone", ELSEWHERE)
@pytest.mark.parametrize("now", [NOON, LATE])
class TestFromAnotherZone:
    def test_the_digest_is_the_same(self, lunel, zone, now):
        dossier = open_dossier(lunel.authority, 2027)
        lunel.service(title="Ouvre", status="planned", started_on=TOMORROW)

        with time_machine.travel(now, tick=False):
            here = draft_of(dossier).content.digest
            assert seen_from(zone, lambda: draft_of(dossier).content.digest) == here

    def test_so_is_what_is_declared(self, lunel, zone, now):
        lunel.service(title="Ouvre", status="planned", started_on=TOMORROW)
        lunel.service(title="Finit", ended_on=TODAY)

        with time_machine.travel(now, tick=False):
            here = dict(bodies(lunel.authority))
            assert seen_from(zone, lambda: dict(bodies(lunel.authority))) == here

    def test_so_are_the_reasons_for_not_counting(self, lunel, zone, now):
        service = lunel.service(
            title="Fini", started_on=date(2024, 11, 2), ended_on=date(2025, 1, 1)
        )

        with time_machine.travel(now, tick=False):
            [here] = candidates(lunel.authority)
            assert here.counts == (now == NOON)
            assert seen_from(zone, lambda: candidates(lunel.authority)) == (here,)
            gauge = seen_from(zone, lambda: completeness_of(service))
            assert gauge == completeness_of(service) == here.completeness

    def test_an_agreement_is_of_the_day_it_is_here(self, lunel, zone, now):
        lunel.service(title="Portail famille")

        with time_machine.travel(now, tick=False):
            dossier = open_dossier(lunel.authority, 2027)
            digest = draft_of(dossier).content.digest
            given = seen_from(zone, lambda: agree(dossier, digest, lunel.elu, shown=digest))

        assert given.agreed_on == (TODAY if now == NOON else TOMORROW)
        assert current_agreement(dossier, digest) == given


def test_an_agreement_outside_of_tomorrow_is_refused_though_it_has_begun_elsewhere(lunel):
    lunel.service(title="Portail famille")

    def note():
        return note_outside(dossier, digest, lunel.referent, shown=digest, agreed_on=TOMORROW)

    with time_machine.travel(NOON, tick=False):
        dossier = open_dossier(lunel.authority, 2027)
        digest = draft_of(dossier).content.digest
        with pytest.raises(YetToCome):
            seen_from("Pacific/Auckland", note)


def test_the_day_asked_for_is_that_of_the_bodies_too(lunel):
    lunel.service(title="Ouvre", status="planned", started_on=TOMORROW)

    with time_machine.travel(NOON, tick=False):
        [now] = candidates(lunel.authority)
        [then] = candidates(lunel.authority, TOMORROW)

    assert (now.reasons, now.body.status) == ((Reason.PLANNED,), "planned")
    assert (then.reasons, then.body.status) == ((), "active")
