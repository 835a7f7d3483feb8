"""The same promises, kept by the registry in memory and by the reference registry over HTTP.

The reference registry was written from the contract alone, and runs as a process of its own.
"""

import json
from dataclasses import replace

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from registry import jsontext
from registry.judge import judge

from tests.processes import RegistryProcess
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import canonical_body, content_hash, validate
from wagtail_villes_internet.registry.types import (
    AUDIENCES,
    INTERACTIONS,
    KINDS,
    PROVIDERS,
    STATUSES,
    Location,
    RemoteService,
    ServiceBody,
    Tombstone,
)

from .values import a_body, calm, delete, put, service_id

processes = pytest.mark.processes

ONE, TWO, THREE = map(service_id, (1, 2, 3))


def test_a_service_is_declared_and_read_again(world):
    written = world.write(put(ONE))
    found = world.service(ONE)

    assert (written.status, written.id, written.key) == (201, ONE, "key-1")
    assert written.hash == content_hash(a_body())
    assert (written.replayed, written.tombstone) == (False, False)
    assert found == RemoteService(
        ONE, written.etag, written.hash, "key-1", written.sequence, a_body(), written.epoch
    )


def test_an_attempt_sent_again_has_no_other_effect(world):
    first = world.write(put(ONE))
    again = world.write(put(ONE))

    assert again == replace(first, replayed=True)
    assert world.registry.summary(world.siren).sequence == first.sequence


def test_a_key_serves_one_request(world):
    world.write(put(ONE))
    for other in (put(ONE, title="Autre"), put(TWO), put(ONE, if_match='"x"'), delete(ONE, '"x"')):
        with pytest.raises(errors.KeyReused):
            world.write(replace(other, key="key-1"))


def test_the_same_json_in_other_octets_is_the_same_request(world):
    first = world.write(put(ONE))
    attempt = put(ONE)
    spaced = replace(attempt, body=json.dumps(json.loads(attempt.body), indent=2))

    assert world.write(spaced) == replace(first, replayed=True)


def test_a_tag_never_comes_back(world):
    first = world.write(put(ONE))
    second = world.write(put(ONE, key="key-2", if_match=first.etag, title="Autre"))
    third = world.write(put(ONE, key="key-3", if_match=second.etag))
    gone = world.write(delete(ONE, third.etag))
    fourth = world.write(put(ONE, key="key-4"))

    assert [write.status for write in (first, second, third, gone, fourth)] == [
        201, 200, 200, 200, 201,
    ]  # fmt: skip
    assert len({write.etag for write in (first, second, third, fourth)}) == 4
    assert first.hash == third.hash == fourth.hash
    assert first.sequence < second.sequence < third.sequence < gone.sequence < fourth.sequence


def test_a_stale_write_changes_nothing(world):
    first = world.write(put(ONE))
    second = world.write(put(ONE, key="key-2", if_match=first.etag, title="Autre"))

    with pytest.raises(errors.PreconditionFailed) as caught:
        world.write(put(ONE, key="key-3", if_match=first.etag))
    assert caught.value.etag == second.etag
    assert caught.value.epoch == first.epoch
    with pytest.raises(errors.PreconditionFailed):
        world.write(delete(ONE, first.etag))
    assert world.service(ONE).body.title == "Autre"


def test_there_is_nothing_to_replace_where_nothing_is(world):
    with pytest.raises(errors.PreconditionFailed) as caught:
        world.write(put(ONE, if_match='"x"'))

    assert caught.value.etag is None


def test_a_late_creation_does_not_bring_back_what_was_withdrawn(world):
    first = world.write(put(ONE))
    late = put(ONE, key="late")
    with pytest.raises(errors.PreconditionFailed):
        world.write(late)
    world.write(delete(ONE, first.etag))

    with pytest.raises(errors.PreconditionFailed) as caught:
        world.write(late)
    assert caught.value.etag == first.etag
    with pytest.raises(errors.WithdrawnService):
        world.service(ONE)


def test_a_withdrawn_service_says_when_it_went(world):
    first = world.write(put(ONE))
    gone = world.write(delete(ONE, first.etag))

    assert (gone.status, gone.tombstone, gone.etag, gone.hash) == (200, True, None, None)
    assert world.write(delete(ONE, first.etag)) == replace(gone, replayed=True)
    tombstone = Tombstone(ONE, gone.sequence, "key-d")
    for call in (
        lambda: world.service(ONE),
        lambda: world.write(delete(ONE, first.etag, key="key-e")),
    ):
        with pytest.raises(errors.WithdrawnService) as caught:
            call()
        assert caught.value.tombstone == tombstone
        assert caught.value.epoch == first.epoch


def test_what_never_was_is_unknown(world):
    for call in (lambda: world.service(ONE), lambda: world.write(delete(ONE, '"x"'))):
        with pytest.raises(errors.UnknownService) as caught:
            call()
        assert caught.value.epoch == world.registry.summary(world.siren).epoch


def test_the_feed_says_what_changed_and_where_to_go_on(world):
    written = [world.write(put(id, key=f"k{id}")) for id in (ONE, TWO, THREE)]
    world.write(delete(TWO, written[1].etag))
    first = world.registry.feed(world.siren, limit=2)
    second = world.registry.feed(world.siren, since=first.sequence, epoch=first.epoch, limit=2)
    after = world.registry.feed(world.siren, since=second.sequence, epoch=first.epoch)

    assert [item.id for item in first.items] == [ONE, THREE]
    assert first.more is True
    assert [item.id for item in second.items] == [TWO]
    assert isinstance(second.items[0], Tombstone)
    assert second.more is False
    assert (after.items, after.sequence, after.more) == ((), second.sequence, False)
    assert world.registry.summary(world.siren).sequence == second.sequence
    assert first.items[0].body == a_body()
    assert first.items[0].epoch is None


def test_a_feed_that_cannot_be_followed_is_read_again(world):
    written = world.write(put(ONE))
    for since, epoch in ((written.sequence, service_id(9)), (written.sequence + 1, written.epoch)):
        with pytest.raises(errors.SequenceGone) as caught:
            world.registry.feed(world.siren, since=since, epoch=epoch)
        assert caught.value.epoch == written.epoch


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": ""}, [("/title", "required")]),
        ({"description": "<b>x</b>"}, [("/description", "bad_html")]),
        ({"audiences": ("families", "martians")}, [("/audiences/1", "bad_choice")]),
        ({"kind": "robot", "url": "x"}, [("/kind", "bad_choice"), ("/url", "bad_url")]),
    ],
)
def test_a_service_that_breaks_the_rules_is_refused_field_by_field(world, changes, expected):
    with pytest.raises(errors.Rejected) as caught:
        world.write(put(ONE, **changes))

    assert caught.value.status == 422
    assert [(found.pointer, found.code) for found in caught.value.problems] == expected


def test_a_code_of_no_matrix_is_held_apart(world):
    with pytest.raises(errors.UnknownCode) as caught:
        world.write(put(ONE, reference_services=("p-portail-familles", "zz-unknown")))

    current = world.registry.matrix().value
    assert caught.value.matrix_version == current.version
    assert [(found.pointer, found.code) for found in caught.value.problems] == [
        ("/reference_services/1", "unknown_code")
    ]
    assert "p-portail-familles" in current.codes
    assert "zz-unknown" not in current.codes


@pytest.mark.parametrize("body", ["", "{", '{"a": 1, "a": 2}', "NaN"])
def test_what_is_not_json_is_refused(world, body):
    with pytest.raises(errors.Rejected) as caught:
        world.write(replace(put(ONE), body=body))

    assert (caught.value.status, caught.value.problems) == (400, ())


@pytest.mark.parametrize("body", ["null", "[]", "{}"])
def test_json_that_is_no_service_is_refused(world, body):
    with pytest.raises(errors.Rejected) as caught:
        world.write(replace(put(ONE), body=body))

    assert caught.value.status == 422
    assert caught.value.problems != ()


def test_a_refused_attempt_may_be_put_right_under_its_key(world):
    """Answers that changed nothing are not stored, but for a 412 to a creation."""
    with pytest.raises(errors.Rejected):
        world.write(put(ONE, title=""))

    assert world.write(put(ONE)).status == 201


def test_what_the_registrys_people_change_bears_no_key(world):
    first = world.write(put(ONE))
    world.edit_title(ONE, "Corrigé")
    found = world.service(ONE)

    assert found.body == a_body(title="Corrigé")
    assert found.hash == content_hash(found.body)
    assert found.key is None
    assert found.etag != first.etag
    assert found.sequence > first.sequence


def test_what_the_registrys_people_remove_bears_no_key(world):
    world.write(put(ONE))
    world.remove(ONE)

    with pytest.raises(errors.WithdrawnService) as caught:
        world.service(ONE)
    assert caught.value.tombstone.key is None


def test_what_did_not_change_is_not_read_again(world):
    registry = world.registry
    summary = registry.summary(world.siren)
    matrix, editions, awards = registry.matrix(), registry.editions(), registry.awards(world.siren)

    assert registry.matrix(etag=matrix.etag) is None
    assert registry.editions(etag=editions.etag) is None
    assert registry.awards(world.siren, etag=awards.etag) is None
    assert registry.matrix(version=matrix.value.version).value == matrix.value
    assert (summary.matrix_etag, summary.editions_etag, summary.awards_etag) == (
        matrix.etag, editions.etag, awards.etag,
    )  # fmt: skip
    assert summary.matrix_version == matrix.value.version


def test_a_matrix_that_never_was_is_not_known(world):
    with pytest.raises(errors.NotKnown):
        world.registry.matrix(version="1789")


@processes
def test_the_demos_town_has_its_awards(reference):
    awards = reference.registry.awards(RegistryProcess.siren).value
    editions = reference.registry.editions().value

    assert {award.edition: award.level for award in awards} == {2022: 3, 2023: 4, 2024: 5}
    assert {award.edition for award in awards} <= {edition.year for edition in editions}
    assert [edition.state for edition in editions].count("open") == 1


@processes
def test_a_token_opens_its_own_town_only(reference):
    with override_settings(
        WAGTAIL_VILLES_INTERNET={
            "REGISTRY_TOKENS": {
                reference.siren: "not-a-token",
                RegistryProcess.siren: f"token-{reference.siren}",
                "999999999": f"token-{reference.siren}",
            }
        }
    ):
        with pytest.raises(errors.Unauthorized):
            reference.write(put(ONE))
        for other in (RegistryProcess.siren, "999999999"):
            with pytest.raises(errors.Forbidden):
                reference.registry.write(other, put(ONE))
            with pytest.raises(errors.Forbidden):
                reference.registry.summary(other)


@processes
def test_without_a_token_a_town_says_who_it_is(reference):
    with override_settings(WAGTAIL_VILLES_INTERNET={}):
        found = reference.registry.summary(RegistryProcess.siren)

    assert (found.name, found.insee, found.kind) == ("Lunel", "34145", "commune")
    assert (found.epoch, found.sequence) == (None, None)


@processes
def test_a_town_the_registry_does_not_have_is_not_known(reference):
    with override_settings(WAGTAIL_VILLES_INTERNET={}), pytest.raises(errors.NotKnown):
        reference.registry.summary("111111111")


@processes
def test_a_registry_that_was_killed_is_asked_again_later(reference, process):
    first = reference.write(put(ONE))
    process.kill()
    with pytest.raises(errors.Unreachable):
        reference.write(put(ONE))
    process.start()

    assert reference.write(put(ONE)) == replace(first, replayed=True)


# The two judges: the package's, before sending, and the registry's.

texts = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(categories=["Cc", "Cs", "Mn", "Zl", "Zp", "Lu"]), max_size=6),
    st.sampled_from(["é", "e\u0301", "x" * 256, "x" * 501, "a\r\nb", " x ", "\ud800", "a\x00"]),
)
html = st.one_of(
    texts,
    st.lists(
        st.sampled_from(
            [
                *("<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<br>", "<br/>"),
                *("</a>", '<a href="https://v.example/?a=1&b=2">', '<a href="/x">', "<strong>"),
                *("</strong>", '<a href="mailto:é@v.example">', "&amp;", "&", "<", "x", "\u0338"),
            ]
        ),
        max_size=8,
    ).map("".join),
    st.just("x" * 20_001),
)
urls = st.one_of(
    texts,
    st.builds("https://{}".format, texts),
    st.builds("https://v.example/{}".format, texts),
    st.sampled_from(
        ["https://v.example:99999", "http://[::1]:80/", "HTTPS://V.example", "ftp://x"]
    ),
)
days = st.one_of(
    st.none(),
    st.dates().map(str),
    st.sampled_from(["", "2024-02-30", "2024-01-01", "2024-1-1", "x"]),
)
codes = st.lists(st.one_of(texts, st.sampled_from(["p-1", "p-2"])), max_size=4)
many = st.integers(0, 60).map(lambda size: [f"p-{number:02}" for number in range(size)])
degrees = st.one_of(
    st.floats(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.integers(-200, 200),
    st.sampled_from(["43.674000", "-0.000000", "0", "x", "90.000001", "-90", "180.0000001"]),
)
fields = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*KINDS, "", "robot"]),
        "title": texts,
        "summary": texts,
        "description": html,
        "url": urls,
        "public": st.booleans(),
        "reference_services": codes | many,
        "status": st.sampled_from([*STATUSES, "x"]),
        "started_on": days,
        "ended_on": days,
        "provider": st.sampled_from([*PROVIDERS, "x"]),
        "audiences": st.lists(st.sampled_from([*AUDIENCES, "", "x"]), max_size=4),
        "interactions": st.lists(st.sampled_from([*INTERACTIONS, "x"]), max_size=4),
        "offline_alternative": texts,
        "location": st.none() | st.tuples(degrees, degrees),
    }
)


def of_the_package(body: ServiceBody) -> list[tuple[str, str]]:
    return sorted((found.pointer, found.code) for found in validate(body))


def of_the_registry(body: ServiceBody) -> list[tuple[str, str]]:
    faults = judge(body.as_json(), lambda code: True)
    return sorted((fault.pointer, fault.code) for fault in faults)


@calm
@given(fields)
def test_what_is_made_canonical_is_taken_or_was_refused_before(values):
    body = canonical_body(**values)

    assert of_the_package(body) == of_the_registry(body)
    assert content_hash(body) == jsontext.content_hash(body.as_json())
    assert not {code for _, code in of_the_registry(body)} & {"not_canonical", "bad_html"}


@calm
@given(fields)
def test_both_judges_say_the_same_of_what_was_not_made_canonical(values):
    location = values["location"] and Location(*map(str, values["location"]))
    lists = {
        name: tuple(values[name]) for name in ("reference_services", "audiences", "interactions")
    }
    body = ServiceBody(**{**values, **lists, "location": location})

    assert of_the_package(body) == of_the_registry(body)


@calm
@given(fields)
def test_what_was_made_canonical_once_stays_as_it_is(values):
    body = canonical_body(**values)

    assert canonical_body(**{name: getattr(body, name) for name in values}) == body
