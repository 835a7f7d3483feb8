"""Codes are followed through the years, whatever circles they make."""

from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.matrix.successors import successors

CODES = [f"c{n}" for n in range(8)]


def test_a_code_that_is_placed_is_its_own_successor():
    assert successors("a", {"a": ["b"]}, {"a", "b"}) == ("a",)


def test_chains_are_followed_to_what_is_placed():
    assert successors("a", {"a": ["b"], "b": ["c"]}, {"c"}) == ("c",)


def test_a_split_has_several_and_a_removal_none():
    assert successors("a", {"a": ["y", "x"]}, {"x", "y"}) == ("x", "y")
    assert successors("a", {}, {"x"}) == ()


def test_a_part_that_went_nowhere_is_no_answer():
    assert successors("a", {"a": ["x", "y"]}, {"x"}) == ("x",)


def test_what_comes_after_a_placed_code_is_not_gone_into():
    assert successors("a", {"a": ["b"], "b": ["c"]}, {"b", "c"}) == ("b",)


def test_circles_end():
    assert successors("a", {"a": ["b"], "b": ["a", "c"]}, {"c"}) == ("c",)
    assert successors("a", {"a": ["b"], "b": ["a"]}, set()) == ()


@given(
    st.sampled_from(CODES),
    st.dictionaries(st.sampled_from(CODES), st.sets(st.sampled_from(CODES), max_size=4)),
    st.sets(st.sampled_from(CODES)),
)
def test_it_finds_what_going_step_by_step_reaches(code, replaced_by, placed):
    reached, ahead = set(), {code}
    for _step in range(len(CODES) + 1):
        reached |= ahead
        ahead = {new for old in ahead - placed for new in replaced_by.get(old, ())}

    assert successors(code, replaced_by, placed) == tuple(sorted(reached & placed))
