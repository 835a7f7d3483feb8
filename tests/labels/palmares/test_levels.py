"""How levels are written, and what is no level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.palmares.errors import LineError
from wagtail_villes_internet.labels.palmares.levels import read_level, settle

Standing = Award.Standing
WORDS = ["zéro", "un", "deux", "trois", "quatre", "cinq"]

# Every way of writing a level that published lists and their spreadsheets are known to use.
NOTATIONS = [
    lambda n: str(n),
    lambda n: f"{n}@",
    lambda n: f"{n} @",
    lambda n: f"{n}\N{NO-BREAK SPACE}@",
    lambda n: "@" * n,
    lambda n: " ".join("@" * n),
    lambda n: f"@{n}",
    lambda n: f"{'@' * n} ({n})",
    lambda n: f"{n}.0",
    lambda n: f"{n},0",
    lambda n: f"{n}/5",
    lambda n: f"{n} sur 5",
    lambda n: f"{n} arobases sur 5",
    lambda n: f"{n} arobases",
    lambda n: f"{n} AROBASES",
    lambda n: f"{WORDS[n]} arobase{'s' if n > 1 else ''}",
    lambda n: f"{'une' if n == 1 else WORDS[n]} arobase",
    lambda n: f"{WORDS[n].capitalize()} @",
    lambda n: f"{n} étoiles",
    lambda n: "★" * n + "☆" * (5 - n),
    lambda n: f"niveau {n}",
    lambda n: f"Label {n}@",
    lambda n: f"Ville Internet {n} @",
]


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_every_notation_says_its_level(notation, level):
    assert settle(notation(level), "") == (Standing.LABELLED, level)


@pytest.mark.parametrize(
    ("level", "standing", "expected"),
    [
        ("", "", (Standing.LEVEL_UNKNOWN, None)),
        ("", "labelled", (Standing.LEVEL_UNKNOWN, None)),
        ("", "level_unknown", (Standing.LEVEL_UNKNOWN, None)),
        ("non précisé", "", (Standing.LEVEL_UNKNOWN, None)),
        ("5 arobases (hors concours)", "", (Standing.OUT_OF_COMPETITION, 5)),
        ("5@ hors-concours", "", (Standing.OUT_OF_COMPETITION, 5)),
        ("5", "hors concours", (Standing.OUT_OF_COMPETITION, 5)),
        ("", "hors_concours", (Standing.OUT_OF_COMPETITION, None)),
        ("Hors concours", "", (Standing.OUT_OF_COMPETITION, None)),
        ("mention Ville Internet", "", (Standing.MENTION_ONLY, None)),
        ("Mention « Ville Internet »", "labelled", (Standing.MENTION_ONLY, None)),
        ("mention", "", (Standing.MENTION_ONLY, None)),
        ("", "n'a pas participé", (Standing.NOT_PARTICIPATING, None)),
        ("4", "labellisée", (Standing.LABELLED, 4)),
        ("4", "4@", (Standing.LABELLED, 4)),
    ],
)
def test_standings(level, standing, expected):
    assert settle(level, standing) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0", "6", "@@@@@@", "-1", "5 ou 4", "3 puis 4", "4@ et 5@", "@@ @@@@ 3", "arobase",
        "5 pommes", "champion", "5@ mention démocratie locale", "2024", "label 2024",
        "1" * 5_000, "4@@@", "½", "mention 3", "sur 5",
    ],
)  # fmt: skip
def test_what_is_no_level_is_refused_and_never_guessed(text):
    with pytest.raises(LineError):
        read_level(text)


@pytest.mark.parametrize(
    ("level", "standing"),
    [("5", "4@"), ("5", "level_unknown"), ("5", "mention"), ("hors concours", "mention")],
)
def test_two_cells_that_contradict_each_other_are_refused(level, standing):
    with pytest.raises(LineError, match="contredi|contradict"):
        settle(level, standing)


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_a_standing_the_model_admits_or_an_error_of_its_line(level, standing):
    try:
        settled, number = settle(level, standing)
    except LineError:
        return
    assert settled in Standing.values
    assert number in (None, 1, 2, 3, 4, 5)
    assert not (number and settled in Award.WITHOUT_LEVEL)
    assert number or settled != Standing.LABELLED


CELL = st.lists(
    st.sampled_from(
        ["@", "★", "5", "4", "0", "12", "sur", "/", "(", ")", "une", "cinq", "arobases", "mention"]
    ),
    max_size=6,
).map(" ".join)


@given(CELL)
def test_the_words_of_levels_in_any_order_give_one_level_or_none(cell):
    try:
        standing, level = read_level(cell)
    except LineError:
        return
    if level is not None and "sur" not in cell and "/" not in cell:
        digits = {word for word in cell.split() if word.isdigit()}
        assert digits <= {str(level)}
