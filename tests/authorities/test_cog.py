"""The bundled table of communes and EPCI: what it holds, and how one is found in it."""

import lzma
import tracemalloc
from collections import Counter

import pytest

from wagtail_villes_internet.authorities import cog, cog_build
from wagtail_villes_internet.authorities.siren import is_insee, is_siren

from .cog_package import write_package


@pytest.fixture(scope="module")
def table():
    return cog.load(cog.bundled())


@pytest.fixture
def newer_file(tmp_path, settings):
    """A `COG_FILE` of vintage 2027 with three communes."""
    path = tmp_path / "cog.csv.xz"
    path.write_bytes(cog_build.build(write_package(tmp_path / "package")))
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": str(path)}
    return path


# What it holds


def test_it_says_what_it_is(table):
    assert table.vintage == 2026
    assert table.version == "6.0.0"
    assert "INSEE" in table.source
    assert "@etalab/decoupage-administratif 6.0.0" in table.source
    assert table.licence == "Licence Ouverte 2.0"


def test_it_holds_all_communes_and_epci_of_2026(table):
    kinds = Counter((entry.kind, entry.nature) for entry in table.entries)

    assert kinds == {
        ("commune", ""): 34969,
        ("epci", "CC"): 989,
        ("epci", "CA"): 230,
        ("epci", "METRO"): 21,
        ("epci", "CU"): 14,
        ("epci", "MET69"): 1,
        ("epci", "EPT"): 11,
    }
    assert sum(n for (_, nature), n in kinds.items() if nature not in ("", "EPT")) == 1255
    assert (len(table.departments), len(table.regions)) == (109, 26)


def test_94_communes_have_no_siren_and_all_others_one_of_their_own(table):
    communes = [entry for entry in table.entries if entry.kind == "commune"]
    sirens = [entry.siren for entry in table.entries if entry.siren is not None]

    assert sum(entry.siren is None for entry in communes) == 94
    assert len(sirens) == len(set(sirens)) == len(table.entries) - 94
    assert all(map(is_siren, sirens))


def test_codes_keep_their_letters_and_zeros(table):
    codes = [entry.insee for entry in table.entries if entry.kind == "commune"]

    assert all(map(is_insee, codes))
    assert len(set(codes)) == len(codes)
    assert sum(code.startswith(("2A", "2B")) for code in codes) == 360
    assert table.by_insee("01004").name == "Ambérieu-en-Bugey"


def test_lunel_is_found_by_either_code(table):
    lunel = table.by_insee("34145")

    assert lunel == table.by_siren("213401458")
    assert lunel == cog.CogEntry(
        kind="commune",
        nature="",
        siren="213401458",
        insee="34145",
        name="Lunel",
        department="34",
        department_name="Hérault",
        region="76",
        region_name="Occitanie",
        population=26623,
    )
    assert str(lunel) == "Lunel (34145, Hérault)"


def test_ajaccio_is_in_corsica(table):
    ajaccio = table.by_insee("2A004")

    assert (ajaccio.name, ajaccio.department, ajaccio.region_name) == ("Ajaccio", "2A", "Corse")


def test_an_epci_has_the_department_of_most_of_its_inhabitants(table):
    assert table.by_siren("243400520").department == "34"
    # Over three departments, most of its inhabitants in the third.
    assert table.by_siren("200058014").department_name == "Val-de-Marne"


def test_a_code_shared_with_a_delegated_commune_is_the_one_of_today(table):
    # 584 delegated or associated communes have the code of a commune of today.
    assert table.by_insee("01015").name == "Arboys en Bugey"


def test_the_code_of_a_merged_commune_leads_to_the_one_of_today(table):
    assert table.by_insee("93059") is None
    assert table.successor("93059").name == "Saint-Denis"
    assert table.successor("34145") is None
    assert all(table.by_insee(code) is None for code in table.former)


@pytest.mark.parametrize("code", ["", "99999", "213401459", "Lunel"])
def test_an_unknown_code_gives_nothing(table, code):
    assert table.by_siren(code) is None
    assert table.by_insee(code) is None
    assert table.successor(code) is None


# Picking


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("st etienne", "42218"),
        ("Saint-Étienne", "42218"),
        ("l'isle-adam", "95313"),
        ("isle adam", "95313"),
        ("Lunel", "34145"),
        ("le havre", "76351"),
        ("havre", "76351"),
        ("l'hay", "94038"),
        ("34145", "34145"),
        ("213 401 458", "34145"),
        ("2a004", "2A004"),
        ("adam isle", "95313"),
    ],
)
def test_the_town_meant_comes_first(table, typed, code):
    assert table.find(typed)[0].insee == code


def test_the_same_name_then_the_same_beginning_then_the_same_word(table):
    names = [entry.name for entry in table.find("lunel")]

    assert names == ["Lunel", "Lunel-Viel", "CA Lunel Agglo", "Saint-Félix-de-Lunel"]


def test_homonyms_are_all_offered_the_most_populated_first(table):
    found = table.find("ste colombe", limit=12)

    assert {entry.name for entry in found} == {"Sainte-Colombe"}
    assert len({entry.insee for entry in found}) == 12
    populations = [entry.population for entry in found]
    assert populations == sorted(populations, reverse=True)


def test_no_more_than_asked_for(table):
    assert len(table.find("saint")) == 20
    assert len(table.find("saint", limit=3)) == 3


@pytest.mark.parametrize("typed", ["", "   ", "-'", "zzzz"])
def test_nothing_typed_or_nothing_found_is_an_empty_list(table, typed):
    assert table.find(typed) == []


@pytest.mark.parametrize("typed", ["Kerguelen", "98412", "Clipperton", "Bezonvaux", "55050"])
def test_territories_without_inhabitants_are_not_offered(table, typed):
    assert table.find(typed) == []


def test_an_epci_is_found_by_the_middle_of_its_name(table):
    assert table.find("terres d'envol")[0].siren == "200058097"


# Reading


def test_the_table_is_read_once(monkeypatch):
    first = cog.table()
    monkeypatch.setattr(cog, "load", None)

    assert cog.table() is first


def test_reading_it_takes_little_memory():
    tracemalloc.start()
    try:
        table = cog.load(cog.bundled())
        table.by_siren("213401458")
        table.find("lunel")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 20_000_000
    assert peak < 40_000_000


def test_the_bundled_file_stays_small():
    assert cog.bundled().stat().st_size < 450_000


def test_a_newer_cog_file_is_in_force(newer_file):
    assert cog.table().vintage == 2027
    assert len(cog.table().entries) == 5


def test_a_cog_file_replaced_is_read_again(newer_file, tmp_path):
    before = cog.table()
    newer_file.write_bytes(cog_build.build(write_package(tmp_path / "next", vintage=2028)))

    assert (before.vintage, cog.table().vintage) == (2027, 2028)


def test_a_cog_file_older_than_the_bundled_one_is_not_used(newer_file, tmp_path):
    old = write_package(tmp_path / "old", vintage=2025, version="5.3.0")
    newer_file.write_bytes(cog_build.build(old))

    assert cog.table().vintage == 2026


def test_of_one_vintage_the_later_version_is_in_force(newer_file, tmp_path):
    later = write_package(tmp_path / "later", vintage=2026, version="6.10.0")
    newer_file.write_bytes(cog_build.build(later))

    assert cog.table().version == "6.10.0"


def test_a_cog_file_not_written_yet_leaves_the_bundled_table(tmp_path, settings):
    settings.WAGTAIL_VILLES_INTERNET = {"COG_FILE": str(tmp_path / "nothing-yet.xz")}

    assert cog.table().vintage == 2026


def of_text(change):
    return lambda data: lzma.compress(change(lzma.decompress(data).decode()).encode())


DAMAGES = {
    "empty": lambda data: b"",
    "not xz": lambda data: b"<html>502 Bad Gateway</html>",
    "cut": lambda data: data[: len(data) // 2],
    "not UTF-8": lambda data: lzma.compress(lzma.decompress(data).decode().encode("latin-1")),
    "no first line": of_text(lambda text: text.partition("\n")[2]),
    "another form": of_text(lambda text: text.replace('"format": 1', '"format": 2')),
    "another column": of_text(lambda text: text.replace("kind,", "sort,")),
    "its last rows missing": of_text(lambda text: "\n".join(text.splitlines()[:-2])),
    "a row too short": of_text(lambda text: text.replace(",Lunel,", ",")),
    "no such department": of_text(lambda text: text.replace(",Lunel,34,", ",Lunel,99,")),
    "a population of letters": of_text(lambda text: text.replace("26623", "many")),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_cog_file_is_one_clear_error(newer_file, how):
    newer_file.write_bytes(DAMAGES[how](newer_file.read_bytes()))

    with pytest.raises(cog.CogError, match="villes_internet_update_cog") as error:
        cog.table()
    assert str(newer_file) in str(error.value)
