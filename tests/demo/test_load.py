"""What `load_demo` puts in an empty database, and what it leaves alone."""

import sqlite3

import pytest
from demo_town import REGISTRY_MANAGE, SITE_MANAGE

pytestmark = pytest.mark.processes
SERVICES = "wagtail_villes_internet_digitalservice"
IN_FRENCH = (
    f"{SERVICES} WHERE locale_id = (SELECT id FROM wagtailcore_locale WHERE language_code = 'fr')"
)


def query(town, sql, *values):
    database = sqlite3.connect(town.var / "site.sqlite3")
    try:
        with database:
            return database.execute(sql, values).fetchall()
    finally:
        database.close()


def test_loads_38_live_services_of_which_6_are_not_for_residents(town):
    assert query(town, f"SELECT count(*), sum(live), sum(NOT public) FROM {IN_FRENCH}") == [
        (38, 38, 6)
    ]


def test_a_year_is_not_a_date(town):
    assert query(town, f"SELECT count(*) FROM {SERVICES} WHERE started_on IS NOT NULL") == [(0,)]


def test_loads_no_award_because_they_come_from_the_registry(town):
    assert query(town, "SELECT count(*) FROM wagtail_villes_internet_award") == [(0,)]


def test_the_second_start_keeps_what_people_changed(town):
    query(town, f"UPDATE {SERVICES} SET title = 'Changé' WHERE title = 'Parapheur électronique'")
    query(town, "UPDATE wagtailcore_page SET title = 'Bonjour' WHERE slug = 'lunel'")
    query(town, "UPDATE auth_user SET first_name = 'Ada' WHERE username = 'elu'")
    everything = f"SELECT id, title, live FROM {SERVICES} ORDER BY id"
    before = query(town, everything)

    again = town.run(SITE_MANAGE, "load_demo")

    assert again.returncode == 0
    assert query(town, everything) == before
    assert query(town, "SELECT title FROM wagtailcore_page WHERE slug = 'lunel'") == [("Bonjour",)]
    assert query(town, "SELECT first_name FROM auth_user WHERE username = 'elu'") == [("Ada",)]


def test_the_second_start_may_be_on_another_port(town):
    town.site_port += 1

    town.run(SITE_MANAGE, "load_demo")

    assert query(town, "SELECT hostname, port FROM wagtailcore_site") == [
        ("127.0.0.1", town.site_port)
    ]


@pytest.mark.parametrize("manage", [SITE_MANAGE, REGISTRY_MANAGE], ids=["site", "registry"])
def test_no_migration_is_missing(town, manage):
    checked = town.run(manage, "makemigrations", "--check", "--dry-run")

    assert checked.returncode == 0, checked.stdout + checked.stderr
