"""The day it is, for the installation, whoever looks and from wherever."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from wagtail_villes_internet import days

# Noon in Auckland on the 2nd; the evening of the 1st in Martinique.
NOW = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
ZONES = ["Pacific/Auckland", "America/Martinique", "Europe/Paris", "UTC"]


@pytest.fixture(params=ZONES)
def viewer(request):
    """Somebody whose profile reads the time of somewhere."""
    with timezone.override(ZoneInfo(request.param)):
        yield


@pytest.mark.parametrize(
    ("installed", "day"),
    [
        ("Europe/Paris", date(2026, 11, 2)),
        ("America/Martinique", date(2026, 11, 1)),
        ("Pacific/Noumea", date(2026, 11, 2)),
    ],
)
def test_is_that_of_the_installation_an_overseas_town_s_included(settings, viewer, installed, day):
    settings.TIME_ZONE = installed

    with time_machine.travel(NOW, tick=False):
        assert days.today() == day
    assert days.day_of(NOW) == day
