"""The table is made from the npm package, the same each time, and only of what can be trusted."""

import subprocess
import sys
from pathlib import Path

import pytest

from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.authorities.cog_build import build

from .cog_package import (
    AJACCIO,
    LUNEL,
    LUNEL_AGGLO,
    commune,
    communes,
    epci,
    pack,
    write_package,
)

SCRIPT = Path(__file__).parents[2] / "scripts/build_cog.py"


def test_the_rows_of_today_in_the_order_of_their_codes(tmp_path):
    table = cog.parse(build(write_package(tmp_path / "package")))

    codes = [entry.insee or entry.siren for entry in table.entries]
    assert codes == ["2A004", "30006", "34145", "98412", LUNEL_AGGLO]
    assert table.by_insee("34145").name == "Lunel"
    assert (table.vintage, table.version) == (2027, "7.0.0")
    assert table.by_siren(AJACCIO).insee == "2A004"
    assert table.by_insee("98412").siren is None
    assert table.by_insee("98412").population is None
    assert table.successor("34999").siren == LUNEL


def test_equal_packages_give_equal_bytes_whatever_the_order_of_their_rows(tmp_path):
    folder = write_package(tmp_path / "one")
    shuffled = write_package(tmp_path / "two", communes()[::-1])

    assert build(folder) == build(shuffled) == build(pack(folder))


def test_the_department_of_an_epci_is_where_most_of_its_inhabitants_live(tmp_path):
    across = epci(LUNEL_AGGLO, "CC du Vidourle", "CC", {"34145": 10, "30006": 11})
    table = cog.parse(build(write_package(tmp_path / "package", epcis=[across])))

    entry = table.by_siren(LUNEL_AGGLO)
    assert (entry.department, entry.region_name, entry.population) == ("30", "Occitanie", 21)


def test_a_member_known_by_a_code_of_before_a_merger_counts_where_it_is_now(tmp_path):
    across = epci(LUNEL_AGGLO, "CC du Vidourle", "CC", {"34999": 12, "30006": 11})
    table = cog.parse(build(write_package(tmp_path / "package", epcis=[across])))

    assert table.by_siren(LUNEL_AGGLO).department == "34"


def test_the_ept_are_epci_of_their_own_nature(tmp_path):
    ept = [epci("200057867", "Plaine Commune", "EPT", {"34145": 1})]
    table = cog.parse(build(write_package(tmp_path / "package", ept=ept)))

    entry = table.by_siren("200057867")
    assert (entry.kind, entry.nature) == ("epci", "EPT")


def test_quotes_commas_and_accents_of_names_are_kept(tmp_path):
    odd = epci(LUNEL_AGGLO, 'CA de "Blois", Œuvre ÿ', "CA", {"34145": 1})
    table = cog.parse(build(write_package(tmp_path / "package", epcis=[odd])))

    assert table.by_siren(LUNEL_AGGLO).name == 'CA de "Blois", Œuvre ÿ'


def test_the_year_can_be_given_when_the_package_does_not_say_it(tmp_path):
    folder = write_package(tmp_path / "package", vintage=None)

    with pytest.raises(cog.CogError, match="7.0.0"):
        build(folder)
    assert cog.parse(build(folder, 2031)).vintage == 2031


@pytest.mark.parametrize(
    "row",
    [
        commune("30007", "Alès", "213000071", 1),
        commune("30007", "Alès", LUNEL, 1),
        commune("30006", "Alès", None, 1),
        commune("3000", "Alès", None, 1),
        commune("30007", "Alès", None, 1, anciensCodes=["34145"]),
    ],
    ids=["SIREN mistyped", "SIREN shared", "INSEE shared", "INSEE cut", "former code in use"],
)
def test_codes_that_cannot_be_trusted_are_refused(tmp_path, row):
    folder = write_package(tmp_path / "package", [*communes(), row])

    with pytest.raises(cog.CogError, match="malformed|mal formés"):
        build(folder)


def test_a_table_without_epci_is_refused(tmp_path):
    folder = write_package(tmp_path / "package", epcis=[])

    with pytest.raises(cog.CogError, match="EPCI"):
        build(folder)


@pytest.mark.parametrize(
    "files",
    [
        {"communes": None},
        {"ept": None},
        {"communes": {"error": "not found"}},
        {"communes": ["34145"]},
        {"epci": [epci(LUNEL_AGGLO, "CA", "CA", {"99999": 1})]},
        {"departements": []},
    ],
    ids=["no communes", "no EPT", "another form", "rows of strings", "unknown member", "no names"],
)
def test_a_package_that_lacks_something_is_named_in_the_error(tmp_path, files):
    folder = write_package(tmp_path / "package", **files)

    with pytest.raises(cog.CogError, match=str(folder)):
        build(folder)


def test_a_file_that_is_no_tarball_is_named_in_the_error(tmp_path):
    page = tmp_path / "page.tgz"
    page.write_text("<html>502 Bad Gateway</html>")

    with pytest.raises(cog.CogError, match="page.tgz"):
        build(page)
    with pytest.raises(cog.CogError, match="absent.tgz"):
        build(tmp_path / "absent.tgz")


def test_a_tarball_cut_short_is_refused(tmp_path):
    tarball = pack(write_package(tmp_path / "package"))
    tarball.write_bytes(tarball.read_bytes()[:-200])

    with pytest.raises(cog.CogError):
        build(tarball)


def script(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True
    )


def test_the_script_writes_the_file_of_the_vintage_in_place_of_the_other(tmp_path):
    package = write_package(tmp_path / "package")
    output = tmp_path / "data"
    output.mkdir()
    (output / "cog-2026.csv.xz").touch()

    done = script(package, "--output", output)

    assert done.returncode == 0, done.stderr
    assert [path.name for path in output.iterdir()] == ["cog-2027.csv.xz"]
    assert (output / "cog-2027.csv.xz").read_bytes() == build(package)


def test_the_script_says_in_one_line_what_is_wrong_and_keeps_what_is_there(tmp_path):
    (tmp_path / "cog-2026.csv.xz").touch()

    done = script(tmp_path / "absent", "--output", tmp_path)

    assert done.returncode == 1
    assert "absent" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "cog-2026.csv.xz").exists()
