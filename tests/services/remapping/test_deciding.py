"""What a person chooses is done for every translation, remembered, and can be undone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale

from tests.factories import Town
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.remapping.deciding import choose, history_of, undo
from wagtail_villes_internet.services.remapping.errors import (
    CannotBeUndone,
    NothingLeft,
    NotInUse,
    NotWaiting,
    TooMany,
)
from wagtail_villes_internet.services.remapping.models import Remap
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .versions import attach, codes, use, use_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    use("1", t=["a", "b", "c"])
    return Town("Lunel")


@pytest.fixture
def split(town):
    """A service whose code was split in two."""
    service = town.service(title="Cantine", references=["a"])
    use("2", t={"a1": ["a"], "a2": ["a"], "b": [], "c": []})
    return service


def old_codes(town):
    return [one.old.code for one in waiting_of(town.authority)]


def history(town):
    return [
        (done.title, done.old.code, [code.code for code in done.new])
        for done in history_of(town.authority)
    ]


class TestChoosing:
    def test_attaches_the_service_to_what_was_chosen(self, town, split):
        made = choose(town.authority, {(split.remote_id, "a"): ["a2"]}, town.webmestre)

        assert codes(split) == ["a2"]
        assert old_codes(town) == []
        assert history(town) == [("Cantine", "a", ["a2"])]
        assert [(row.new, row.user) for row in made] == [(["a2"], town.webmestre)]

    def test_both_parts_may_be_chosen(self, town, split):
        choose(town.authority, {(split.remote_id, "a"): ["a1", "a2"]}, town.webmestre)

        assert codes(split) == ["a1", "a2"]

    def test_many_services_at_once(self, town):
        services = [town.service(references=["a", "b"]) for _ in range(3)]
        use("2", t=["x", "y"])

        choose(
            town.authority,
            {
                (service.remote_id, old): [new]
                for service in services
                for old, new in (("a", "x"), ("b", "y"))
            },
            town.webmestre,
        )

        assert [codes(service) for service in services] == [["x", "y"]] * 3
        assert old_codes(town) == []

    def test_a_code_may_be_left_out_of_a_service_that_keeps_another(self, town):
        service = town.service(references=["a", "b"])
        use("2", t=["b"])

        choose(town.authority, {(service.remote_id, "a"): []}, town.webmestre)

        assert codes(service) == ["b"]

    def test_but_not_the_last_one(self, town, split):
        with pytest.raises(NothingLeft):
            choose(town.authority, {(split.remote_id, "a"): []}, town.webmestre)

        assert codes(split) == ["a"]

    def test_a_locked_service_follows_since_its_text_does_not_change(self, town, split):
        DigitalService.objects.update(locked=True)

        choose(town.authority, {(split.remote_id, "a"): ["a1"]}, town.webmestre)

        assert codes(split) == ["a1"]
        assert AuthorityLogEntry.objects.filter(
            object_id=str(split.pk), user=town.webmestre, data__added=["Libellé a1"]
        ).exists()

    @pytest.mark.parametrize(
        ("old", "new", "refusal"),
        [
            ("a", ["a"], NotInUse),
            ("a", ["inconnu"], NotInUse),
            ("b", ["a1"], NotWaiting),
            ("inconnu", ["a1"], NotWaiting),
        ],
    )
    def test_what_cannot_be_is_refused(self, town, split, old, new, refusal):
        with pytest.raises(refusal):
            choose(town.authority, {(split.remote_id, old): new}, town.webmestre)

    @pytest.mark.parametrize("remote_id", ["3a4aafc8-4ed7-4844-9079-6b9b59141376", "pas-un-uuid"])
    def test_a_service_that_is_not_there_is_refused(self, town, split, remote_id):
        with pytest.raises(NotWaiting):
            choose(town.authority, {(remote_id, "a"): ["a1"]}, town.webmestre)

    def test_another_town_s_service_is_refused_and_nothing_is_done(self, town, split):
        theirs = Town("Ailleurs").service(references=["a"])

        with pytest.raises(NotWaiting):
            choose(
                town.authority,
                {(split.remote_id, "a"): ["a1"], (theirs.remote_id, "a"): ["a1"]},
                town.webmestre,
            )

        assert codes(split) == codes(theirs) == ["a"]

    def test_more_than_the_contract_allows_is_refused(self, town, split):
        new = [f"n{n}" for n in range(51)]
        use("3", t=new)

        with pytest.raises(TooMany):
            choose(town.authority, {(split.remote_id, "a"): new}, town.webmestre)

    def test_what_was_chosen_stays_chosen_from_one_version_to_another_and_back(self, town, split):
        choose(town.authority, {(split.remote_id, "a"): ["a2"]}, town.webmestre)
        use_again("1")
        assert codes(split) == ["a"]

        use_again("2")

        assert codes(split) == ["a2"]
        assert old_codes(town) == []


class TestUndoing:
    def test_gives_back_the_former_code_which_is_asked_again(self, town):
        service = town.service(title="Cantine", references=["a"])
        use("2", t={"a2": ["a"], "b": []})

        undo(town.authority, [done.remap for done in history_of(town.authority)], town.webmestre)

        assert codes(service) == ["a"]
        (waiting,) = waiting_of(town.authority)
        assert (waiting.old.code, waiting.candidates[0].code) == ("a", "a2")
        assert history(town) == []

    def test_it_stays_undone_until_somebody_chooses(self, town):
        service = town.service(references=["a"])
        use("2", t={"a2": ["a"], "b": []})
        undo(town.authority, Remap.objects.all(), town.webmestre)

        service.refresh_from_db()
        service.save_revision().publish()
        use("3", t={"a2": ["a"], "b": [], "c": []})
        assert codes(service) == ["a"]

        choose(town.authority, {(service.remote_id, "a"): ["b"]}, town.webmestre)
        assert codes(service) == ["b"]

    def test_takes_away_only_what_it_had_brought(self, town):
        service = town.service(references=["a", "b"])
        use("2", t={"b": ["a"]})
        assert codes(service) == ["b"]

        undo(town.authority, Remap.objects.all(), town.webmestre)

        assert codes(service) == ["a", "b"]

    def test_what_two_codes_became_stays_while_one_of_them_is(self, town):
        service = town.service(references=["a", "b"])
        use("2", t={"ab": ["a", "b"]})

        undo(town.authority, [Remap.objects.get(old__code="a")], town.webmestre)
        assert codes(service) == ["a", "ab"]

        undo(town.authority, [Remap.objects.get(old__code="b")], town.webmestre)
        assert codes(service) == ["a", "b"]

    def test_both_at_once(self, town):
        service = town.service(references=["a", "b"])
        use("2", t={"ab": ["a", "b"]})

        undo(town.authority, Remap.objects.all(), town.webmestre)

        assert codes(service) == ["a", "b"]

    def test_translations_follow(self, town):
        service = town.service(references=["a"])
        english = service.copy_for_translation(Locale.objects.create(language_code="en"))
        english.save()
        use("2", t={"a2": ["a"]})

        undo(town.authority, Remap.objects.all(), town.webmestre)

        assert codes(service) == codes(english) == ["a"]

    def test_a_draft_and_a_schedule_made_since_follow(self, town):
        drafted, scheduled = town.service(references=["a"]), town.service(references=["a"])
        use("2", t={"a2": ["a"], "b": []})
        for service in (drafted, scheduled):
            service.refresh_from_db()
            service.title = "Modifié"
            attach_draft(service, "a2", "b")
        drafted.save_revision()
        scheduled.go_live_at = timezone.now() + timedelta(days=1)
        scheduled.save_revision().publish()

        undo(town.authority, Remap.objects.all(), town.webmestre)

        for service in (drafted, scheduled):
            service.refresh_from_db()
            held = service.latest_revision.as_object()
            assert held.title == "Modifié"
            assert sorted(row.code for row in held.reference_services.all()) == ["a", "b"]

    def test_what_was_attached_elsewhere_since_cannot_be_undone(self, town):
        service = town.service(references=["a"])
        use("2", t={"a2": ["a"], "b": []})
        attach(service, "b")

        assert history(town) == []
        with pytest.raises(CannotBeUndone):
            undo(town.authority, Remap.objects.all(), town.webmestre)
        assert codes(service) == ["b"]

    def test_another_town_s_is_refused(self, town):
        other = Town("Ailleurs")
        theirs = other.service(references=["a"])
        use("2", t={"a2": ["a"]})

        with pytest.raises(CannotBeUndone):
            undo(town.authority, Remap.objects.all(), town.webmestre)
        assert codes(theirs) == ["a2"]
        assert history(town) == []


def attach_draft(service, *attached):
    service.reference_services = list(ReferenceService.objects.filter(code__in=attached))


def test_the_lists_cost_the_same_whatever_their_length(town, django_assert_max_num_queries):
    services = [town.service(references=["a", "b"]) for _ in range(12)]
    use("2", t={"a2": ["a"], "c": []})

    with django_assert_max_num_queries(8):
        assert len(waiting_of(town.authority)) == len(services)
    with django_assert_max_num_queries(8):
        assert len(history_of(town.authority)) == len(services)
