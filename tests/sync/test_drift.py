"""How the two sides differ, by hashes alone."""

from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.sync.drift import (
    Doubt,
    Line,
    Sign,
    Standing,
    compare,
    counts,
    sign_of,
)
from wagtail_villes_internet.sync.plan import WantedService

some_hash = st.sampled_from(["a" * 64, "b" * 64, "c" * 64])
ids = st.sampled_from(list("12345678"))
wanted = st.dictionaries(ids, st.builds(WantedService, some_hash, st.just("Ici")))
standing = st.dictionaries(
    ids,
    st.builds(
        Standing,
        some_hash,
        st.just("Là-bas"),
        altered=st.booleans(),
        contradicted=st.booleans(),
        from_site=st.booleans(),
    ),
)
doubts = st.dictionaries(ids, st.sampled_from(list(Doubt)))
minted = st.dictionaries(ids, st.just("Avant"))


@given(some_hash, some_hash, st.sampled_from([None, *Doubt]))
def test_only_what_is_equal_is_the_same_and_no_doubt_hides_it(here, there, doubt):
    assert (sign_of(here, there, doubt) is Sign.SAME) == (here == there)


@given(some_hash, st.sampled_from(list(Doubt)))
def test_what_is_in_doubt_has_no_side(hash, doubt):
    assert sign_of(hash, "", doubt) is sign_of("", hash, doubt) is Sign.UNKNOWN


@given(some_hash)
def test_what_stands_on_one_side_says_which(hash):
    assert sign_of(hash, "") is Sign.HERE_ONLY
    assert sign_of("", hash) is Sign.THERE_ONLY


@given(wanted, standing, doubts, minted)
def test_every_service_has_one_line(here, there, doubts, minted):
    lines = compare(here, there, doubts, minted)

    incomplete = {id for id, doubt in doubts.items() if doubt is Doubt.INCOMPLETE}
    assert sorted(line.id for line in lines) == sorted({*here, *there, *incomplete})
    assert sum(counts(lines).values()) == len(lines)


@given(wanted, standing, doubts, minted)
def test_each_sign_says_what_is_on_each_side(here, there, doubts, minted):
    for line in compare(here, there, doubts, minted):
        mine = here[line.id].hash if line.id in here else None
        theirs = there[line.id].hash if line.id in there else None
        match line.sign:
            case Sign.SAME:
                assert mine == theirs
            case Sign.DIFFERS:
                assert None not in (mine, theirs)
                assert mine != theirs
            case Sign.HERE_ONLY:
                assert mine
                assert theirs is None
            case Sign.THERE_ONLY:
                assert mine is None
                assert theirs
            case Sign.UNKNOWN:
                assert mine != theirs or mine is None
        assert (line.doubt is None) == (line.sign is not Sign.UNKNOWN)


@given(wanted, standing)
def test_the_two_sides_exchanged_exchange_the_signs(here, there):
    def signs(here, there):
        return {line.id: line.sign for line in compare(here, there, {}, {})}

    other_here = {id: WantedService(one.hash) for id, one in there.items()}
    other_there = {id: Standing(one.hash) for id, one in here.items()}
    there = {id: Standing(one.hash) for id, one in there.items()}
    exchanged = {Sign.HERE_ONLY: Sign.THERE_ONLY, Sign.THERE_ONLY: Sign.HERE_ONLY}

    assert signs(other_here, other_there) == {
        id: exchanged.get(sign, sign) for id, sign in signs(here, there).items()
    }


@given(wanted, standing, doubts, minted)
def test_a_title_known_here_comes_before_that_of_the_registry(here, there, doubts, minted):
    for line in compare(here, there, doubts, minted):
        if line.id in here:
            assert line.title == "Ici"
        elif line.id in minted:
            assert line.title == "Avant"
        elif line.id in there:
            assert line.title == "Là-bas"
        assert line.minted_here == (line.id in here or line.id in minted)
        assert line.altered == (line.id in there and there[line.id].altered)


def test_lines_come_by_title():
    here = {"2": WantedService("a", "Zoo"), "1": WantedService("b", "école")}
    there = {"3": Standing("c", "Agenda")}

    lines = compare(here, there, {}, {})

    assert [line.title for line in lines] == ["Agenda", "Zoo", "école"]


def test_a_content_that_is_not_what_its_hash_says_is_unknown():
    here = {"1": WantedService("a", "Cantine")}
    there = {"1": Standing("b", contradicted=True)}

    assert compare(here, there, {}, {}) == [
        Line(Sign.UNKNOWN, "1", "Cantine", doubt=Doubt.CONTRADICTION)
    ]
