"""What tests and demonstrations may make happen at the registry in memory."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import RemoteAward, RemoteEdition, RemoteMatrix

from .values import SIREN, a_body, delete, put, service_id

ONE, TWO = service_id(1), service_id(2)


@pytest.fixture
def registry() -> Iterator[MemoryRegistry]:
    MemoryRegistry.forget_all()
    registry = MemoryRegistry({"name": "a"})
    registry.add_authority(SIREN, insee="34145", url="https://v.example/")
    yield registry
    MemoryRegistry.forget_all()


def test_backends_of_one_name_share_one_registry(registry):
    registry.write(SIREN, put(ONE))

    assert MemoryRegistry({"name": "a"}).services(SIREN).keys() == {ONE}
    with pytest.raises(errors.NotKnown):
        MemoryRegistry({"name": "b"}).summary(SIREN)
    MemoryRegistry.forget_all()
    with pytest.raises(errors.NotKnown):
        MemoryRegistry({"name": "a"}).summary(SIREN)


def test_an_authority_nobody_added_is_not_known(registry):
    for call in (
        lambda: registry.awards("000000000"),
        lambda: registry.feed("000000000"),
        lambda: registry.write("000000000", put()),
    ):
        with pytest.raises(errors.NotKnown):
            call()


def test_what_the_registry_publishes_is_read(registry):
    award = RemoteAward("a", 2024, "labelled", 5, (), "")
    edition = RemoteEdition(2024, 25, None, None, None, None, 257, "published")
    before = registry.summary(SIREN)
    registry.set_awards(SIREN, [award])
    registry.set_editions([edition])
    registry.set_matrix(RemoteMatrix("2026", True, ()))
    after = registry.summary(SIREN)

    assert registry.awards(SIREN).value == (award,)
    assert registry.editions().value == (edition,)
    assert registry.matrix().value.version == "2026"
    assert (before.name, before.insee, before.url) == ("Lunel", "34145", "https://v.example/")
    assert (before.matrix_version, before.matrix_etag) == (None, None)
    assert before.awards_etag != after.awards_etag == registry.awards(SIREN).etag
    assert before.editions_etag != after.editions_etag == registry.editions().etag
    assert (after.matrix_version, after.matrix_etag) == ("2026", registry.matrix().etag)


def test_a_correction_of_the_matrix_has_another_tag(registry):
    registry.set_matrix(RemoteMatrix("2026", True, ()))
    tag = registry.matrix().etag
    registry.set_matrix(RemoteMatrix("2026", False, ()))

    assert registry.matrix(etag=tag) is not None


def test_codes_of_former_matrices_are_still_taken(registry):
    with pytest.raises(errors.NotKnown):
        registry.matrix()
    assert registry.write(SIREN, put(ONE)).status == 201
    registry.set_matrix(RemoteMatrix("2026", True, ()))
    with pytest.raises(errors.UnknownCode):
        registry.write(SIREN, put(TWO, key="key-2"))


def test_people_of_the_registry_enter_edit_and_remove(registry):
    made = registry.agent_create(SIREN, ONE, a_body())
    edited = registry.agent_edit(SIREN, ONE, title="Corrigé")
    registry.agent_delete(SIREN, ONE)

    assert (made.key, edited.key) == (None, None)
    assert made.etag != edited.etag
    assert [item.key for item in registry.feed(SIREN).items] == [None]
    assert registry.services(SIREN) == {}
    with pytest.raises(errors.WithdrawnService):
        registry.agent_edit(SIREN, ONE, title="Trop tard")


def test_a_fault_is_answered_as_often_as_one_asked_and_does_nothing(registry):
    registry.fail_next(errors.Busy(3.0), times=2)
    for call in (lambda: registry.summary(SIREN), lambda: registry.write(SIREN, put(ONE))):
        with pytest.raises(errors.Busy):
            call()

    assert registry.services(SIREN) == {}
    assert registry.write(SIREN, put(ONE)).replayed is False


def test_a_lost_answer_has_done_its_work(registry):
    registry.lose_next_answer()
    with pytest.raises(errors.Unreachable):
        registry.write(SIREN, put(ONE))

    assert registry.services(SIREN).keys() == {ONE}
    assert registry.write(SIREN, put(ONE)).replayed is True


def test_a_restored_registry_has_another_epoch_and_no_tag_twice(registry):
    first = registry.write(SIREN, put(ONE))
    restore = registry.backup()
    second = registry.write(SIREN, put(ONE, key="key-2", if_match=first.etag, title="Autre"))
    restore()
    found = registry.service(SIREN, ONE)
    third = registry.write(SIREN, put(ONE, key="key-3", if_match=first.etag, title="Autre"))

    assert (found.etag, found.body) == (first.etag, a_body())
    assert found.epoch != first.epoch
    assert third.etag not in (first.etag, second.etag)
    # A replayed answer says today's epoch.
    assert registry.write(SIREN, put(ONE)) == replace(first, replayed=True, epoch=found.epoch)
    with pytest.raises(errors.SequenceGone):
        registry.feed(SIREN, since=first.sequence, epoch=first.epoch)


def test_what_is_no_json_is_the_same_request_octet_by_octet(registry):
    broken = replace(put(ONE), body="{")
    with pytest.raises(errors.Rejected):
        registry.write(SIREN, broken)
    registry.write(SIREN, put(ONE))

    with pytest.raises(errors.KeyReused):
        registry.write(SIREN, broken)


def test_what_was_asked_is_told(registry):
    registry.summary(SIREN)
    written = registry.write(SIREN, put(ONE))
    registry.write(SIREN, delete(ONE, written.etag))

    assert registry.store.calls == [
        ("summary", SIREN),
        ("put", SIREN, ONE),
        ("delete", SIREN, ONE),
    ]


def test_an_authority_is_told_as_it_was_added(registry):
    who = registry.summary(SIREN)

    assert (who.siren, who.insee, who.url) == (SIREN, "34145", "https://v.example/")
    assert UUID(who.epoch)


def test_answers_to_lose_add_up(registry):
    registry.lose_next_answer()
    registry.lose_next_answer()

    for _time in range(2):
        with pytest.raises(errors.Unreachable):
            registry.write(SIREN, put(ONE))
    assert registry.write(SIREN, put(ONE)).replayed
