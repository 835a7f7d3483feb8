"""Whatever happens to the matrix and to services, none is lost or left without a theme silently.

Versions come, go and are corrected at random, with any replacements, circles included; editors
draft, publish, restore old versions, choose and undo. At each moment a published service is listed
in a theme, or waits for a choice where somebody sees it.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from tests.factories import Town
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService
from wagtail_villes_internet.services.listing import services_by_theme
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.remapping.deciding import choose, history_of, undo
from wagtail_villes_internet.services.remapping.errors import RemapRefused
from wagtail_villes_internet.services.remapping.mapping import Ways
from wagtail_villes_internet.services.remapping.taking_into_use import codes_in_use, foresee
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .versions import attach, codes, stored, use, use_again, version

CODES = [f"c{n}" for n in range(6)]
VERSIONS = ["1", "2", "3"]

some_codes = st.lists(st.sampled_from(CODES), min_size=1, unique=True)
placements = st.dictionaries(
    st.sampled_from(CODES),
    st.tuples(st.sampled_from("tu"), st.sets(st.sampled_from(CODES), max_size=2)),
    min_size=1,
)


class History:
    """One town through the years: what may happen, each by its name."""

    def __init__(self, town: Town, draw) -> None:
        self.town, self.draw = town, draw
        self.services = [self.town.service(references=draw(some_codes)) for _ in range(2)]
        translation = self.services[0].copy_for_translation(
            Locale.objects.get_or_create(language_code="en")[0]
        )
        translation.save()
        # An editor may attach a translation otherwise.
        attach(translation, *draw(some_codes))
        self.services.append(translation)
        for service in self.services:
            DigitalService.objects.get(pk=service.pk).save_revision().publish()

    def a_service(self) -> DigitalService:
        return DigitalService.objects.get(pk=self.draw(st.sampled_from(self.services)).pk)

    def some_placed(self) -> list[str]:
        return self.draw(
            st.lists(st.sampled_from(sorted(codes_in_use())), min_size=1, max_size=3, unique=True)
        )

    def import_version(self) -> None:
        by_theme: dict[str, dict] = {}
        for code, (theme, replaces) in self.draw(placements).items():
            by_theme.setdefault(theme, {})[code] = sorted(replaces - {code})
        use(self.draw(st.sampled_from(VERSIONS)), **by_theme)

    def use_again(self) -> None:
        versions = Matrix.objects.order_by("version").values_list("version", flat=True)
        name = self.draw(st.sampled_from(list(versions)))
        foreseen = foresee(stored(name))
        outcome = use_again(name)
        assert (foreseen.changed, foreseen.waiting) == (outcome.changed, outcome.waiting)

    def save_a_draft(self) -> None:
        service = self.a_service().get_latest_revision_as_object()
        service.reference_services = list(
            ReferenceService.objects.filter(code__in=self.some_placed())
        )
        service.save_revision()

    def publish_the_draft(self) -> None:
        self.a_service().get_latest_revision_as_object().save_revision().publish()

    def restore_an_old_version(self) -> None:
        revisions = self.a_service().revisions.order_by("pk")
        self.draw(st.sampled_from(list(revisions))).publish()

    def choose(self) -> None:
        if waiting := waiting_of(self.town.authority):
            event("chose")
            one = self.draw(st.sampled_from(waiting))
            wanted = self.some_placed() if self.draw(st.integers(0, 3)) else []
            try:
                choose(self.town.authority, {(one.remote_id, one.old.code): wanted}, None)
            except RemapRefused:
                assert not wanted

    def undo(self) -> None:
        if done := history_of(self.town.authority):
            event("undid")
            some = self.draw(st.lists(st.sampled_from(done), min_size=1, unique_by=id))
            undo(self.town.authority, [one.remap for one in some], None)

    ACTS = (
        *(import_version, use_again, save_a_draft, publish_the_draft),
        *(restore_an_old_version, choose, undo),
    )

    def check(self) -> None:
        placed = codes_in_use()
        waiting = {(one.remote_id, one.old.code) for one in waiting_of(self.town.authority)}
        waiting_ids = {remote_id for remote_id, _code in waiting}
        listed = {
            one.remote_id
            for axis in services_by_theme(self.town.authority).axes
            for theme in axis.themes
            for one in theme.services
        }
        assert DigitalService.objects.live().count() == len(self.services)
        for service in self.services:
            attached = set(codes(service))
            assert attached, "a service without any reference"
            assert {(service.remote_id, code) for code in attached - placed} <= waiting
            assert service.remote_id in listed | waiting_ids
            if service.locale.language_code == "fr" and attached & placed:
                # It speaks for its translations, whose attachments the list does not read.
                assert service.remote_id in listed
        assert waiting_ids <= {service.remote_id for service in self.services}


@pytest.fixture
def town(db):
    use("1", t=CODES)
    return Town("Lunel")


# The town is the same for all: each example is rolled back.
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_lost_and_nothing_leaves_its_theme_silently(town, data):
    with transaction.atomic():
        history = History(town, data.draw)
        for act in data.draw(st.lists(st.sampled_from(History.ACTS), min_size=3, max_size=12)):
            act(history)
            history.check()
        transaction.set_rollback(True)


graphs = st.dictionaries(st.sampled_from(CODES), st.sets(st.sampled_from(CODES), max_size=3))


@given(
    st.sets(st.sampled_from(CODES), min_size=1),
    graphs,
    graphs,
    st.sets(st.sampled_from(CODES)),
)
def test_each_code_leads_to_the_matrix_in_use_or_stays(held, replaced_by, history, placed):
    led = Ways(placed, replaced_by).lead_all(held, history)

    assert led.keys() == held
    assert any(one.codes for one in led.values())
    for code, one in led.items():
        if code in placed:
            assert one.codes == {code}
        elif one.codes != {code}:
            assert not one.codes or one.codes & placed
            assert code not in one.codes


def test_the_versions_of_these_tests_are_read_like_any_other():
    data = version("x", t={"c0": ["c1"]}, u=["c2"])

    assert [service.code for service in data.services()] == ["c0", "c2"]
    assert next(data.services()).replaces == ("c1",)
