"""What one process changes, the process that serves pages forgets at once."""

import sqlite3

import pytest
from demo_town import SITE_MANAGE

from tests.demo.towns import read

pytestmark = pytest.mark.processes
SERVICES = "nos-services-numeriques/"
RENAME = """
from wagtail_villes_internet.services.models import DigitalService
service = DigitalService.objects.filter(live=True, public=True).order_by("pk").first()
service.title = "Renommé par une commande"
service.save_revision().publish()
"""
CHANGE = """
from wagtail_villes_internet.labels.models import Award
award = Award.objects.get(edition__year=2024)
award.level = 3
award.save()
"""


def test_a_change_made_by_a_command_is_on_the_next_page(running_town):
    assert 'data-vi-level="5"' in read(running_town, "")
    tell_nobody(running_town, "UPDATE wagtail_villes_internet_award SET level = 1")
    assert 'data-vi-level="5"' in read(running_town, ""), "the page is not kept: nothing is proved"

    changed = running_town.run(SITE_MANAGE, "shell", "-c", CHANGE)

    assert changed.returncode == 0, changed.stderr
    assert 'data-vi-level="3"' in read(running_town, "")


def test_a_service_changed_by_a_command_is_on_the_next_page(running_town):
    before = read(running_town, SERVICES)
    tell_nobody(running_town, "UPDATE wagtail_villes_internet_digitalservice SET title = 'Tu'")
    assert read(running_town, SERVICES) == before, "the page is not kept: nothing is proved"

    changed = running_town.run(SITE_MANAGE, "shell", "-c", RENAME)

    assert changed.returncode == 0, changed.stderr
    assert "Renommé par une commande" in read(running_town, SERVICES)


def tell_nobody(town, change: str):
    """Written so that nobody is told, to see that the page is really kept."""
    database = sqlite3.connect(town.var / "site.sqlite3", timeout=20)
    with database:
        database.execute(change)
    database.close()
