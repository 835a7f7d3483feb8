"""`villes_internet_update_cog`: installs a later table, says what it changes, never half of it."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.authorities.cog_build import build
from wagtail_villes_internet.authorities.models import LocalAuthority

from .cog_package import LUNEL, LUNEL_AGGLO, commune, communes, epci, pack, write_package

NEW_SIREN = "200000172"


@pytest.fixture
def installed(tmp_path, settings):
    """The small table of 2027 is in force, at `COG_FILE`."""
    path = tmp_path / "cog.csv.xz"
    path.write_bytes(build(write_package(tmp_path / "package-2027")))
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": str(path)}
    return path


@pytest.fixture
def lunel(db):
    return LocalAuthority.objects.create(
        kind="commune",
        name="Lunel",
        siren=LUNEL,
        insee="34145",
        department="34",
        department_name="Hérault",
        region="76",
        region_name="Occitanie",
        population=26623,
    )


def update(*arguments, **options):
    out = StringIO()
    call_command("villes_internet_update_cog", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def reported(package):
    answer = json.loads(update(package, format="json", dry_run=True))
    return [(change["what"], change["was"], change["now"]) for change in answer["changes"]]


def package_of_2028(tmp_path, change=None, **options):
    """The package with the row of Lunel changed, or without it."""
    rows = communes()
    rows[0] = rows[0] | change if change else rows[0]
    return write_package(tmp_path / "package-2028", rows, vintage=2028, version="8.0.0", **options)


@pytest.mark.django_db
def test_a_later_table_is_in_force_at_once(installed, tmp_path):
    said = update(package_of_2028(tmp_path))

    assert cog.table().vintage == 2028
    assert str(installed) in said
    assert "2028" in said


@pytest.mark.django_db
def test_the_tarball_of_npm_serves_as_well(installed, tmp_path):
    update(pack(package_of_2028(tmp_path)))

    assert cog.table().vintage == 2028


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(installed, tmp_path):
    before = installed.read_bytes()

    update(package_of_2028(tmp_path), dry_run=True)

    assert installed.read_bytes() == before
    assert cog.table().vintage == 2027


def test_nothing_is_said_of_an_authority_that_did_not_change(installed, lunel, tmp_path):
    assert reported(package_of_2028(tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nom": "Lunel-en-Petite-Camargue"}, ("name", "Lunel", "Lunel-en-Petite-Camargue")),
        ({"population": 27000}, ("population", "26623", "27000")),
        ({"code": "30999", "departement": "30"}, ("insee", "34145", "30999")),
        (
            {"siren": NEW_SIREN},
            ("merged", "Lunel (Hérault)", f"Lunel (34145, Hérault), SIREN {NEW_SIREN}"),
        ),
    ],
    ids=["renamed", "population", "INSEE code", "merged, the seat keeps the code"],
)
def test_what_changes_for_an_authority_is_said(installed, lunel, tmp_path, change, expected):
    epcis = [epci(LUNEL_AGGLO, "CA Lunel Agglo", "CA", {"30006": 5})]

    assert expected in reported(package_of_2028(tmp_path, change, epcis=epcis))


def test_a_commune_merged_into_another_is_said_with_the_other(installed, lunel, tmp_path):
    rows = [*communes()[1:4], commune("34151", "Marsillargues", NEW_SIREN, 9)]
    rows[-1]["anciensCodes"] = ["34145"]
    epcis = [epci(LUNEL_AGGLO, "CA Lunel Agglo", "CA", {"34145": 5})]
    package = write_package(tmp_path / "package-2028", rows, vintage=2028, epcis=epcis)

    assert reported(package) == [
        ("merged", "Lunel (Hérault)", f"Marsillargues (34151, Hérault), SIREN {NEW_SIREN}")
    ]


def test_an_authority_that_is_gone_is_said(installed, db, tmp_path):
    LocalAuthority.objects.create(kind="epci", name="CC dissoute", siren="200000438")

    assert reported(package_of_2028(tmp_path)) == [("gone", "CC dissoute", "")]


def test_a_territory_of_no_table_is_left_alone(installed, db, tmp_path):
    LocalAuthority.objects.create(kind="other", name="Bromont")

    assert reported(package_of_2028(tmp_path)) == []


def test_a_siren_given_to_a_territory_that_had_none_is_said(installed, db, tmp_path):
    LocalAuthority.objects.create(
        kind="commune", name="Lunel", insee="34145", department_name="Hérault", population=26623
    )

    assert ("siren", "", LUNEL) in reported(package_of_2028(tmp_path))


def test_the_rows_of_authorities_are_not_changed(installed, lunel, tmp_path):
    said = update(package_of_2028(tmp_path, {"nom": "Lunel-Ville"}))

    lunel.refresh_from_db()
    assert lunel.name == "Lunel"
    assert "Lunel-Ville" in said


@pytest.mark.parametrize("what", ["merged", "gone"])
def test_people_read_a_sentence(installed, lunel, tmp_path, what):
    LocalAuthority.objects.create(kind="epci", name="CC dissoute", siren="200000438")
    said = update(package_of_2028(tmp_path, {"siren": NEW_SIREN})).splitlines()

    name = {"merged": "Lunel (Hérault)", "gone": "CC dissoute"}[what]
    assert any(line.startswith(name) for line in said)


# Refusals: one clear line, and the table in force stays.


def refused(*arguments, **options):
    with pytest.raises(CommandError) as error:
        update(*arguments, **options)
    return str(error.value)


@pytest.mark.django_db
def test_a_corrupt_file_changes_nothing(installed, tmp_path):
    before = installed.read_bytes()
    corrupt = tmp_path / "corrupt.tgz"
    corrupt.write_bytes(pack(package_of_2028(tmp_path)).read_bytes()[:300])

    assert "corrupt.tgz" in refused(corrupt)
    assert installed.read_bytes() == before


@pytest.mark.django_db
def test_an_older_table_is_refused(installed, tmp_path):
    before = installed.read_bytes()

    assert "2025" in refused(write_package(tmp_path / "old", vintage=2025, version="5.3.0"))
    assert installed.read_bytes() == before


@pytest.mark.django_db
def test_a_table_that_lacks_a_tenth_of_the_active_one_is_refused(tmp_path, settings):
    target = tmp_path / "cog.csv.xz"
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": str(target)}

    assert "36235" in refused(package_of_2028(tmp_path)).replace("\u202f", "").replace(" ", "")
    assert not target.exists()


@pytest.mark.django_db
def test_without_a_place_to_write_it_says_which_setting_to_set(tmp_path, settings):
    settings.WAGTAIL_VILLES_INTERNET = {}

    assert "COG_FILE" in refused(package_of_2028(tmp_path))


@pytest.mark.parametrize("path", ["cog.csv.xz", "", 5])
def test_a_cog_file_that_is_no_absolute_path_is_refused(settings, path):
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": path}

    with pytest.raises(ImproperlyConfigured, match="COG_FILE"):
        cog.table()


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_an_error_not_a_trace(installed, tmp_path):
    target = tmp_path / "nowhere/cog.xz"

    assert str(target) in refused(package_of_2028(tmp_path), output=target)


@pytest.mark.django_db
def test_a_damaged_cog_file_can_be_replaced(tmp_path, settings, monkeypatch):
    target = tmp_path / "cog.csv.xz"
    target.write_bytes(b"damaged")
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": str(target)}
    small = tmp_path / "bundled.csv.xz"
    small.write_bytes(build(write_package(tmp_path / "bundled")))
    monkeypatch.setattr(cog, "bundled", lambda: small)

    update(package_of_2028(tmp_path))

    assert cog.table().vintage == 2028


@pytest.mark.django_db
def test_written_elsewhere_it_says_how_to_use_it(installed, tmp_path):
    elsewhere = tmp_path / "elsewhere.csv.xz"

    said = update(package_of_2028(tmp_path), output=elsewhere)

    assert cog.load(elsewhere).vintage == 2028
    assert cog.table().vintage == 2027
    assert "COG_FILE" in said
    assert str(elsewhere) in said
