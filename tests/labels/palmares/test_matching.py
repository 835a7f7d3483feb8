"""Whom a line is about: one authority, or nobody and a list of who it may be."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.authorities.names import fold
from wagtail_villes_internet.labels.palmares.entries import Entry
from wagtail_villes_internet.labels.palmares.matching import Gazetteer, Why
from wagtail_villes_internet.labels.palmares.places import FORMER_REGIONS

TABLE = cog.table()
# The first name of all pays for the indices of the table.
at_any_pace = settings(deadline=None)


def entry(name="", place="", *, siren="", insee="") -> Entry:
    return Entry(2, 2024, name, place, "labelled", 5, siren=siren, insee=insee)


@pytest.fixture
def found(gazetteer):
    def find(name, place=""):
        match = gazetteer.match(entry(name, place))
        known = TABLE.by_siren(match.siren) or TABLE.by_insee(match.insee)
        return str(known) if known else None

    return find


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("Lunel", "Hérault", "Lunel (34145, Hérault)"),
        ("LUNEL", "34", "Lunel (34145, Hérault)"),
        ("lunel", "Occitanie", "Lunel (34145, Hérault)"),
        ("Lunel", "Languedoc-Roussillon", "Lunel (34145, Hérault)"),
        ("Lunel", "", "Lunel (34145, Hérault)"),
        ("Ville de Lunel", "Hérault (34)", "Lunel (34145, Hérault)"),
        ("St Germain en Laye", "", "Saint-Germain-en-Laye (78551, Yvelines)"),
        ("L’Isle-Adam", "Val-d'Oise", "L'Isle-Adam (95313, Val-d'Oise)"),
        ("Isle-Adam (L')", "95", "L'Isle-Adam (95313, Val-d'Oise)"),
        ("ISLE ADAM", "", "L'Isle-Adam (95313, Val-d'Oise)"),
        ("Mureaux (Les)", "", "Les Mureaux (78440, Yvelines)"),
        ("Ville du Havre", "", "Le Havre (76351, Seine-Maritime)"),
        ("Ville-d'Avray", "", "Ville-d'Avray (92077, Hauts-de-Seine)"),
        ("Hoerdt", "Bas-Rhin", "Hœrdt (67205, Bas-Rhin)"),
        ("Bassens", "33", "Bassens (33032, Gironde)"),
        ("Bassens (33)", "", "Bassens (33032, Gironde)"),
        ("Bassens", "Aquitaine", "Bassens (33032, Gironde)"),
        ("Bassens", "Savoie (73)", "Bassens (73031, Savoie)"),
        ("Le Mont-Dore", "Nouvelle-Calédonie", "Le Mont-Dore (98817, Nouvelle-Calédonie)"),
        ("Ajaccio", "20", "Ajaccio (2A004, Corse-du-Sud)"),
        ("Ajaccio", "2a", "Ajaccio (2A004, Corse-du-Sud)"),
        ("Bourg-en-Bresse", "1", "Bourg-en-Bresse (01053, Ain)"),
        ("Saint-Denis", "La Réunion", "Saint-Denis (97411, La Réunion)"),
        ("Saint-Denis", "Réunion", "Saint-Denis (97411, La Réunion)"),
        ("Aubagne", "PACA", "Aubagne (13005, Bouches-du-Rhône)"),
        ("CC du Vexin Normand", "Eure", "CC du Vexin Normand (200071843, Eure)"),
        ("Communauté de communes Vexin Normand", "27", "CC du Vexin Normand (200071843, Eure)"),
        ("Communauté d’agglomération du Centre Littoral", "973",
         "CA du Centre Littoral (249730045, Guyane)"),
        ("Agglo Nîmes Métropole", "30", "CA de Nîmes Métropole (243000643, Gard)"),
        ("Metz Métropole", "", "Metz Métropole (200039865, Moselle)"),
        ("métropole de Lyon", "Rhône", "Métropole de Lyon (200046977, Rhône)"),
        ("Est Ensemble", "93", "Est Ensemble (200057875, Seine-Saint-Denis)"),
    ],
)  # fmt: skip
def test_a_name_and_a_place_are_enough_in_any_spelling(found, name, place, expected):
    assert found(name, place) == expected


@pytest.mark.parametrize(
    ("name", "place", "why", "candidate"),
    [
        ("Blanquefort", "", Why.AMBIGUOUS, "Blanquefort (33056, Gironde)"),
        ("Changé", "Pays de la Loire", Why.AMBIGUOUS, "Changé (72058, Sarthe)"),
        ("Vannes", "Finistère", Why.UNKNOWN_NAME, "Vannes (56260, Morbihan)"),
        ("CA de Lisieux", "14", Why.UNKNOWN_NAME, "CA Lisieux Normandie (200069532, Calvados)"),
        ("Lunell", "34", Why.UNKNOWN_NAME, None),
        ("Pays de Lunel", "34", Why.UNKNOWN_NAME, "Lunel (34145, Hérault)"),
        ("CC de Lunel", "34", Why.UNKNOWN_NAME, None),
        ("Bromont", "Québec (Canada)", Why.UNKNOWN_PLACE, None),
        ("Lunel", "Québec", Why.UNKNOWN_PLACE, "Lunel (34145, Hérault)"),
        ("Lunel", "99", Why.UNKNOWN_PLACE, "Lunel (34145, Hérault)"),
        ("Бромонт", "", Why.UNKNOWN_NAME, None),
        ("CC", "", Why.UNKNOWN_NAME, None),
        ("@", "", Why.UNKNOWN_NAME, None),
    ],
)  # fmt: skip
def test_in_doubt_nobody_is_chosen(gazetteer, name, place, why, candidate):
    match = gazetteer.match(entry(name, place))

    assert (match.siren, match.insee, match.why) == ("", "", why)
    assert len(match.candidates) <= 5
    if candidate:
        assert candidate in map(str, match.candidates)


def test_a_number_is_enough(gazetteer):
    by_siren = gazetteer.match(entry("Ancien nom", "ailleurs", siren="213401458"))
    by_insee = gazetteer.match(entry(insee="34145"))

    assert by_siren == by_insee
    assert (by_siren.siren, by_siren.insee) == ("213401458", "34145")
    assert (by_siren.department, by_siren.region) == ("34", "76")


def test_the_code_of_a_merged_commune_leads_to_the_one_it_is_part_of(gazetteer):
    former = next(code for code in TABLE.former if TABLE.by_insee(code) is None)

    assert gazetteer.match(entry(insee=former)).insee == TABLE.successor(former).insee


def test_a_siren_of_another_kind_of_territory_is_kept(gazetteer):
    # The department of Hérault: neither a commune nor an EPCI.
    match = gazetteer.match(entry("Hérault", siren="223400011"))

    assert (match.siren, match.why) == ("223400011", None)


@pytest.mark.parametrize("numbers", [{"siren": "213401459"}, {"insee": "34999"}, {"siren": "x"}])
def test_a_number_of_nobody_is_reported(gazetteer, numbers):
    assert gazetteer.match(entry("Lunel", **numbers)).why == Why.UNKNOWN_NUMBER


SPELLINGS = [
    str.upper,
    str.lower,
    lambda name: name.replace("-", " "),
    lambda name: name.replace("'", "’"),
    lambda name: name.replace("Saint-", "St "),
    lambda name: name.replace("Sainte-", "Ste-"),
    lambda name: name.replace("œ", "oe"),
    lambda name: f"  {name} ",
    lambda name: f"Ville de {name}",
]


@at_any_pace
@given(st.sampled_from(TABLE.entries), st.sampled_from(SPELLINGS), st.randoms())
def test_no_spelling_ever_leads_to_another_town(found_by, spell, chance: random.Random):
    """Whatever is written and wherever it is said to be: that very entry, or nobody."""
    gazetteer, place = (
        _shared(),
        chance.choice([found_by.department, found_by.department_name, found_by.region_name, ""]),
    )

    match = gazetteer.match(entry(spell(found_by.name), place))

    if match.why is None:
        assert (match.siren, match.insee) == (found_by.siren or "", found_by.insee or "")
    else:
        assert match.why in (Why.AMBIGUOUS, Why.UNKNOWN_NAME)


@at_any_pace
@given(st.sampled_from(TABLE.entries))
def test_who_is_alone_of_that_name_in_the_department_is_found(wanted):
    alone = [
        other
        for other in TABLE.entries
        if other.department == wanted.department and fold(other.name) == fold(wanted.name)
    ]

    match = _shared().match(entry(wanted.name, wanted.department))

    assert (match.why is None) == (len(alone) == 1)


@at_any_pace
@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_matched_or_reported(name, place):
    match = _shared().match(entry(name, place))

    assert bool(match.why) != bool(match.siren or match.insee)


def _shared(kept=[]) -> Gazetteer:  # noqa: B006 - made once, Hypothesis takes no fixture of ours
    if not kept:
        kept.append(Gazetteer(TABLE))
    return kept[0]


def test_the_former_regions_hold_departments_of_today_each_once():
    codes = [code for held in FORMER_REGIONS.values() for code in held.split()]

    assert len(codes) == len(set(codes))
    assert set(codes) <= TABLE.departments.keys()
