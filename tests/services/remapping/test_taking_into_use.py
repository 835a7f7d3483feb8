"""A new matrix: what has one answer follows by itself, the rest stays and is asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.factories import Town
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.remapping.deciding import choose
from wagtail_villes_internet.services.remapping.journal import REMAPPED
from wagtail_villes_internet.services.remapping.models import Remap
from wagtail_villes_internet.services.remapping.taking_into_use import foresee
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .versions import attach, codes, stored, themes_of, use, use_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    use("1", t=["a", "b", "c"])
    return Town("Lunel")


def waiting(town):
    return [
        (one.title, one.old.code, [code.code for code in one.candidates])
        for one in waiting_of(town.authority)
    ]


class TestAutomatic:
    def test_a_code_under_a_new_name_takes_its_services_along(self, town):
        service = town.service(title="Cantine", references=["a"])

        outcome = use("2", t={"a2": ["a"], "b": [], "c": []})

        assert codes(service) == ["a2"]
        assert themes_of(town.authority) == {"t": ["Cantine"]}
        assert waiting(town) == []
        assert (outcome.services, outcome.waiting_services) == (1, 0)
        assert outcome.changed == {("a", ("a2",)): 1}

    def test_two_merged_into_one_leave_one_attachment(self, town):
        service = town.service(references=["a", "b"])

        use("2", t={"ab": ["a", "b"], "c": []})

        assert codes(service) == ["ab"]

    def test_a_move_to_another_theme_needs_nothing(self, town):
        service = town.service(title="Cantine", references=["a"])

        outcome = use("2", t=["b", "c"], u=["a"])

        assert codes(service) == ["a"]
        assert themes_of(town.authority) == {"u": ["Cantine"]}
        assert outcome.services == 0

    def test_versions_that_were_never_in_use_are_gone_through(self, town):
        service = town.service(references=["a"])
        use("2", t={"a2": ["a"]})
        attach(service, "a")

        use("3", t={"a3": ["a2"]})

        assert codes(service) == ["a3"]

    def test_every_town_follows_and_its_services_that_are_no_longer_online(self, town):
        other = Town("Ailleurs")
        theirs = other.service(references=["a"])
        unpublished = town.service(references=["a"], live=False)

        use("2", t={"a2": ["a"]})

        assert codes(theirs) == codes(unpublished) == ["a2"]

    def test_translations_follow(self, town):
        service = town.service(references=["a"])
        english = Locale.objects.create(language_code="en")
        translation = service.copy_for_translation(english)
        translation.save()

        use("2", t={"a2": ["a"]})

        assert codes(translation) == codes(service) == ["a2"]
        assert Remap.objects.count() == 1

    def test_it_is_remembered_and_stands_in_the_history_of_the_service(self, town):
        service = town.service(title="Cantine", references=["a"])

        use("2", t={"a2": ["a"]})

        kept = Remap.objects.get()
        assert (str(kept.remote_id), kept.old.code, kept.new, kept.added, kept.user) == (
            service.remote_id,
            "a",
            ["a2"],
            ["a2"],
            None,
        )
        entry = AuthorityLogEntry.objects.get(action=REMAPPED)
        assert (entry.label, entry.data["removed"], entry.data["added"]) == (
            "Cantine",
            ["Libellé a"],
            ["Libellé a2"],
        )

    def test_pages_forget_what_they_keep(self, town):
        town.service(references=["a"])
        before = town.settings.catalogue_version

        use("2", t={"a2": ["a"]})

        assert town.settings.catalogue_version != before

    def test_taken_into_use_twice_changes_nothing_the_second_time(self, town):
        town.service(references=["a"])
        town.service(references=["b"])
        use("2", t={"a2": ["a"]})
        before = list(Remap.objects.values()), AuthorityLogEntry.objects.count()

        outcome = use("2", t={"a2": ["a"]})

        assert (list(Remap.objects.values()), AuthorityLogEntry.objects.count()) == before
        assert outcome.services == 0
        assert outcome.waiting == {"b": 1}


class TestAsked:
    def test_a_code_split_in_two_stays_and_both_are_proposed(self, town):
        service = town.service(title="Cantine", references=["a"])

        outcome = use("2", t={"a1": ["a"], "a2": ["a"], "b": []})

        assert codes(service) == ["a"]
        assert waiting(town) == [("Cantine", "a", ["a1", "a2"])]
        assert outcome.waiting == {"a": 1}
        assert outcome.left == {"a"}

    def test_a_code_removed_stays_and_its_theme_is_proposed(self, town):
        service = town.service(title="Cantine", references=["a"])

        use("2", u=["z"], t=["b", "c"])

        assert codes(service) == ["a"]
        ((_title, _old, proposed),) = waiting(town)
        assert {"b", "c"} <= set(proposed)

    def test_what_has_one_answer_follows_beside_what_waits(self, town):
        service = town.service(references=["a", "b"])

        use("2", t={"a2": ["a"]})

        assert codes(service) == ["a2", "b"]
        assert [old for _title, old, _proposed in waiting(town)] == ["b"]

    def test_another_town_s_services_are_not_shown(self, town):
        Town("Ailleurs").service(references=["a"])

        use("2", t=["b"])

        assert waiting(town) == []

    def test_translations_wait_once(self, town):
        service = town.service(references=["a"])
        service.copy_for_translation(Locale.objects.create(language_code="en")).save()

        use("2", t=["b"])

        assert len(waiting(town)) == 1


class TestGoingBack:
    def test_the_former_codes_come_back(self, town):
        renamed = town.service(references=["a"])
        merged = town.service(references=["b", "c"])
        use("2", t={"a2": ["a"], "bc": ["b", "c"]})

        use_again("1")

        assert codes(renamed) == ["a"]
        assert codes(merged) == ["b", "c"]

    def test_and_forward_again_what_they_became(self, town):
        merged = town.service(references=["b", "c"])
        use("2", t={"bc": ["b", "c"]})
        use_again("1")

        use_again("2")

        assert codes(merged) == ["bc"]

    def test_a_code_merged_into_one_that_the_service_had_comes_back_beside_it(self, town):
        service = town.service(references=["a", "b"])
        use("2", t={"a": ["b"]})
        assert codes(service) == ["a"]

        use_again("1")

        assert codes(service) == ["a", "b"]

    def test_what_was_chosen_instead_leaves_again_though_that_version_has_it_too(self, town):
        service = town.service(references=["a"])
        use("2", t=["b", "c"])
        choose(town.authority, {(service.remote_id, "a"): ["c"]}, None)

        outcome = use_again("1")

        assert codes(service) == ["a"]
        assert outcome.changed == {("c", ("a",)): 1}

    def test_a_code_that_comes_back_leaves_what_took_the_place_of_another(self, town):
        service = town.service(references=["a", "b"])
        use("2", t={"ab": ["a", "b"]})

        use("3", t=["a", "ab"])

        assert codes(service) == ["a", "ab"]

    def test_only_what_the_service_had_comes_back(self, town):
        only_b = town.service(references=["b"])
        use("2", t={"bc": ["b", "c"]})

        use_again("1")

        assert codes(only_b) == ["b"]

    def test_what_an_editor_changed_since_counts(self, town):
        service = town.service(references=["b"])
        use("2", t={"bc": ["b", "c"]})
        use_again("1")
        attach(service, "c")
        use_again("2")

        use_again("1")

        assert codes(service) == ["c"]

    def test_a_service_made_since_goes_back_where_one_code_alone_was_replaced(self, town):
        use("2", t={"a2": ["a"], "bc": ["b", "c"]})
        single = town.service(references=["a2"])
        several = town.service(title="Nouveau", references=["bc"])

        use_again("1")

        assert codes(single) == ["a"]
        assert codes(several) == ["bc"]
        assert waiting(town) == [("Nouveau", "bc", ["b", "c"])]

    def test_three_versions_back_and_forth(self, town):
        service = town.service(references=["a"])
        use("2", t={"a2": ["a"]})
        use("3", t={"a3": ["a2"]})

        use_again("1")
        assert codes(service) == ["a"]
        use_again("3")
        assert codes(service) == ["a3"]
        use_again("2")
        assert codes(service) == ["a2"]


def test_what_is_foreseen_is_what_happens_and_writes_nothing(town):
    service = town.service(references=["a", "b"])
    use("2", t={"a2": ["a"]})
    use_again("1")

    from_here = foresee(two := stored("2"))

    assert codes(service) == ["a", "b"]
    outcome = use_again(two.version)
    assert (from_here.changed, from_here.waiting, from_here.left) == (
        outcome.changed,
        outcome.waiting,
        outcome.left,
    )


def many(town, number, *attached):
    locale = Locale.get_default()
    rows = DigitalService.objects.bulk_create(
        DigitalService(authority=town.authority, title=f"Service {n}", locale=locale)
        for n in range(number)
    )
    through = DigitalService.reference_services.through
    references = dict(
        stored("1").axes.values_list(
            "themes__placements__service__code", "themes__placements__service_id"
        )
    )
    through.objects.bulk_create(
        through(digitalservice_id=row.pk, referenceservice_id=references[code])
        for row in rows
        for code in attached
    )
    return rows


def statements(queries):
    """The queries but for the batches in which rows are written: SQLite takes a hundred at once."""
    return [query["sql"] for query in queries if not query["sql"].startswith("INSERT")]


def test_the_queries_do_not_grow_with_services(town):
    asked = {}
    for number in (10, 300):
        use_again("1") if number == 300 else None
        many(town, number, "a", "b")
        with CaptureQueriesContext(connection) as captured:
            use(f"v{number}", t={f"a{number}": ["a"], "c": []})
        asked[number] = captured.captured_queries
        Remap.objects.all().delete()
        DigitalService.objects.all().delete()

    assert len(statements(asked[10])) == len(statements(asked[300]))
    assert len(asked[300]) <= len(asked[10]) + 300 / 50
