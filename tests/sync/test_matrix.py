"""A matrix published at the registry comes into use by itself only where nobody has to choose."""

from dataclasses import replace

import pytest

from tests.services.remapping.versions import codes, stored
from wagtail_villes_internet.matrix.store import current_matrix
from wagtail_villes_internet.registry.types import RemoteReferenceService
from wagtail_villes_internet.services.remapping.deciding import choose
from wagtail_villes_internet.services.remapping.taking_into_use import take_into_use
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .conftest import body_of, site_matrix

pytestmark = pytest.mark.django_db

OLD = "p-rdv-titres"


def published(*new, version="2027", without=(OLD,)):
    """The site's matrix under another version: `without` some codes, each of `new` for `OLD`."""
    matrix = site_matrix()
    first, *others = matrix.axes
    theme, *themes = first.themes
    services = [one for one in theme.services if one.code not in without]
    services += [RemoteReferenceService(code, f"Libellé {code}", (OLD,)) for code in new]
    theme = replace(theme, services=tuple(services))
    return replace(matrix, version=version, axes=(replace(first, themes=(theme, *themes)), *others))


def declared(engine, service):
    there = engine.registry.services(engine.siren)[service.remote_id]
    return body_of(there)["reference_services"]


def test_one_successor_is_taken_and_declared_in_the_same_run(engine):
    service = engine.service(references=[OLD])
    engine.run()
    engine.registry.set_matrix(published("s1"))

    result = engine.run()

    assert result.is_done
    assert current_matrix().version == "2027"
    assert codes(service) == ["s1"]
    assert declared(engine, service) == ["s1"]
    written = engine.attempts.count()
    assert engine.run().is_done
    assert engine.attempts.count() == written


def test_a_split_waits_beside_and_is_said_once(engine):
    service = engine.service(references=[OLD])
    engine.run()
    engine.registry.set_matrix(published("s1", "s2"))

    result = engine.run()

    assert current_matrix().version == "provisoire-1"
    assert codes(service) == [OLD]
    (note,) = result.tally.notes
    assert "2027" in note
    assert engine.run().is_done


def test_then_a_person_takes_it_into_use_chooses_and_the_declaration_follows(engine):
    service = engine.service(references=[OLD])
    engine.registry.set_matrix(published("s1", "s2"))
    engine.run()

    outcome = take_into_use(stored("2027"))
    engine.run()
    assert outcome.waiting == {OLD: 1}
    assert declared(engine, service) == [OLD]

    choose(engine.authority, {(service.remote_id, OLD): ["s2"]}, None)
    engine.run()
    assert declared(engine, service) == ["s2"]
    assert waiting_of(engine.authority) == []


def test_a_code_that_no_service_uses_may_be_removed(engine):
    service = engine.service(references=["p-formulaires"])
    engine.registry.set_matrix(published())

    engine.run()

    assert current_matrix().version == "2027"
    assert codes(service) == ["p-formulaires"]


def test_a_service_that_is_not_published_counts_as_well(engine):
    engine.service(references=[OLD], live=False)
    engine.registry.set_matrix(published())

    engine.run()

    assert current_matrix().version == "provisoire-1"


def test_what_waited_before_holds_no_version_back(engine):
    waiting = engine.service(references=[OLD])
    engine.registry.set_matrix(published())
    engine.run()
    take_into_use(stored("2027"))

    engine.registry.set_matrix(published(version="2028"))
    engine.run()

    assert current_matrix().version == "2028"
    assert [one.remote_id for one in waiting_of(engine.authority)] == [waiting.remote_id]
