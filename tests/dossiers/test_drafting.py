"""A dossier as it is prepared: opened from last year's, services chosen, texts kept."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.factories import DigitalServiceFactory, Town
from wagtail_villes_internet.dossiers.candidates import candidates
from wagtail_villes_internet.dossiers.drafting import (
    choose,
    choose_all,
    draft_of,
    open_dossier,
    write,
)
from wagtail_villes_internet.dossiers.errors import (
    ChangedMeanwhile,
    NotIncludable,
    ReasonMissing,
    ReasonTooLong,
)
from wagtail_villes_internet.dossiers.models import Dossier
from wagtail_villes_internet.dossiers.rules import Reason
from wagtail_villes_internet.matrix.models import Matrix

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def dossier(lunel):
    return open_dossier(lunel.authority, 2027)


def candidate(town, service):
    remote_id = str(service.translation_key)
    return next(one for one in candidates(town.authority) if one.remote_id == remote_id)


def titles(lines):
    return [line.candidate.title for line in lines]


class TestOpening:
    def test_the_first_is_empty(self, dossier):
        assert (dossier.statement, dossier.answers, dossier.carried_from) == ("", "", None)

    def test_twice_is_one(self, lunel, dossier):
        write(dossier, {"statement": "Écrit"}, {})

        again = open_dossier(lunel.authority, 2027)

        assert again == dossier
        assert again.statement == "Écrit"

    def test_opens_with_last_year_s_texts_and_choices(self, lunel):
        kept = lunel.service(title="Doublon")
        last = open_dossier(lunel.authority, 2026)
        write(last, {"statement": "Notre année", "answers": "Oui"}, {})
        choose(last, candidate(lunel, kept), included=False, reason="Fait double emploi")

        opened = open_dossier(lunel.authority, 2027)

        assert (opened.statement, opened.answers) == ("Notre année", "Oui")
        assert opened.carried_from == 2026
        [line] = draft_of(opened).left_out
        assert line.reason == "Fait double emploi"

    def test_from_the_nearest_year_before_and_no_later_one(self, lunel):
        for year, text in ((2023, "Loin"), (2025, "Près"), (2029, "Après")):
            dossier = open_dossier(lunel.authority, year)
            write(dossier, {"statement": text}, {"statement": dossier.statement})

        assert open_dossier(lunel.authority, 2027).statement == "Près"

    def test_never_from_another_town(self, lunel):
        other = open_dossier(Town("Quéven").authority, 2026)
        write(other, {"statement": "Chez eux"}, {})

        assert open_dossier(lunel.authority, 2027).statement == ""

    def test_what_is_changed_then_leaves_last_year_s_as_it_was(self, lunel):
        service = lunel.service()
        last = open_dossier(lunel.authority, 2026)
        choose(last, candidate(lunel, service), included=False, reason="Doublon")
        opened = open_dossier(lunel.authority, 2027)

        choose(opened, candidate(lunel, service), included=True)
        write(opened, {"statement": "Neuf"}, {})

        last.refresh_from_db()
        assert last.statement == ""
        assert last.choices.get().reason == "Doublon"


class TestChoosing:
    def test_what_counts_is_in_by_itself_by_title(self, lunel, dossier):
        for title in ("Zone", "École", "eau"):
            lunel.service(title=title)

        assert titles(draft_of(dossier).included) == ["eau", "École", "Zone"]
        assert not dossier.choices.exists()

    def test_leaving_out_needs_a_reason(self, lunel, dossier):
        service = lunel.service()

        with pytest.raises(ReasonMissing):
            choose(dossier, candidate(lunel, service), included=False, reason=" \n ")

        assert len(draft_of(dossier).included) == 1

    def test_what_is_left_out_is_told_with_its_reason(self, lunel, dossier):
        service = lunel.service(title="Doublon")

        choose(dossier, candidate(lunel, service), included=False, reason=" Fait  double ")

        draft = draft_of(dossier)
        assert draft.included == ()
        [told] = draft.content.left_out
        assert (told.title, told.rule, told.reason) == ("Doublon", "", "Fait  double")

    def test_a_reason_is_kept_whole_or_refused(self, lunel, dossier):
        one = candidate(lunel, lunel.service(title="Doublon"))

        with pytest.raises(ReasonTooLong):
            choose(dossier, one, included=False, reason="a" * 501)
        assert not dossier.choices.exists()

        choose(dossier, one, included=False, reason=f" {'a' * 500}\n")
        assert dossier.choices.get().reason == "a" * 500

    def test_a_reason_keeps_no_character_that_a_database_refuses(self, lunel, dossier):
        one = candidate(lunel, lunel.service(title="Doublon"))

        choose(dossier, one, included=False, reason="Fait\x00 double\x07\ud800")

        assert dossier.choices.get().reason == "Fait double"

    def test_many_at_once_say_which_were_refused_and_keep_what_was_said_of_others(
        self, lunel, dossier
    ):
        first, other = lunel.service(title="Un"), lunel.service(title="Autre")
        planned, draft = lunel.service(status="planned"), lunel.service(live=False)
        for service in (first, other):
            choose(dossier, candidate(lunel, service), included=False, reason="Doublon")

        asked = [candidate(lunel, one) for one in (first, planned, draft)]
        refused = choose_all(dossier, asked, included=True, reason="Ouvre en mars")

        assert [(one.remote_id, type(error)) for one, error in refused] == [
            (str(draft.translation_key), NotIncludable)
        ]
        kept = {(one.remote_id, one.included, one.reason) for one in dossier.choices.all()}
        assert kept == {
            (str(planned.translation_key), True, "Ouvre en mars"),
            (str(other.translation_key), False, "Doublon"),
        }

    def test_thousands_are_chosen_in_a_few_queries(self, lunel, dossier):
        model = candidate(lunel, lunel.service(status="planned"))
        asked = [replace(model, remote_id=str(UUID(int=n))) for n in range(2000)]

        for _twice in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert choose_all(dossier, asked, included=True, reason="Ouvre en mars") == []
            assert len(queries) < 30
            assert dossier.choices.count() == 2000

    def test_taking_it_in_again_leaves_no_trace(self, lunel, dossier):
        service = lunel.service()
        choose(dossier, candidate(lunel, service), included=False, reason="Doublon")

        choose(dossier, candidate(lunel, service), included=True, reason="Finalement, non")

        assert not dossier.choices.exists()
        assert len(draft_of(dossier).included) == 1

    def test_a_town_may_have_a_planned_service_in_on_its_own_word(self, lunel, dossier):
        service = lunel.service(title="Budget participatif", status="planned")

        choose(dossier, candidate(lunel, service), included=True, reason="Ouvre en mars")

        [line] = draft_of(dossier).included
        assert line.is_against_the_rules
        [included] = draft_of(dossier).content.included
        assert included.reason == "Ouvre en mars"

    def test_on_its_word_without_words_the_rule_is_told(self, lunel, dossier):
        service = lunel.service(status="planned")

        choose(dossier, candidate(lunel, service), included=True)

        with translation.override("fr"):
            label = Reason.PLANNED.label
        assert draft_of(dossier).content.included[0].reason == label

    @pytest.mark.parametrize(
        "fields", [{"live": False}, {"counted": False}, {"references": []}, {"summary": "x" * 501}]
    )
    def test_what_the_contract_refuses_cannot_be_taken_in(self, lunel, dossier, fields):
        service = lunel.service(**fields)

        with pytest.raises(NotIncludable):
            choose(dossier, candidate(lunel, service), included=True, reason="Nous y tenons")

        assert not dossier.choices.exists()

    def test_the_words_for_taking_in_do_not_say_why_it_is_out(self, lunel, dossier):
        service = lunel.service(status="planned")
        choose(dossier, candidate(lunel, service), included=True, reason="Ouvre en mars")
        service.reference_services.clear()

        service.save()

        [told] = draft_of(dossier).content.left_out
        assert told.rule == Reason.NO_REFERENCE_SERVICE
        assert told.reason != "Ouvre en mars"

    def test_a_choice_outlives_its_service(self, lunel, dossier):
        service = lunel.service(title="Doublon")
        key = service.translation_key
        choose(dossier, candidate(lunel, service), included=False, reason="Fait double emploi")

        service.delete()
        gone = draft_of(dossier)
        DigitalServiceFactory(authority=lunel.authority, title="Doublon", translation_key=key)
        back = draft_of(dossier)

        assert gone.lines == ()
        assert dossier.choices.get().title == "Doublon"
        assert [line.reason for line in back.left_out] == ["Fait double emploi"]

    def test_a_draft_is_listed_and_the_dossier_says_nothing_of_it(self, lunel, dossier):
        lunel.service(title="Brouillon", live=False)
        lunel.service(title="Non compté", counted=False)

        draft = draft_of(dossier)

        assert titles(draft.lines) == ["Brouillon", "Non compté"]
        assert draft.content.left_out == ()


class TestWriting:
    def test_keeps_the_texts_in_their_canonical_form(self, dossier):
        write(dossier, {"statement": "  Une\r\nannée  ", "answers": "Oui"}, {})

        stored = Dossier.objects.get()
        assert (stored.statement, stored.answers) == ("Une\nannée", "Oui")
        assert dossier.statement == stored.statement

    def test_a_lost_update_is_refused_and_nothing_is_written(self, dossier):
        seen = {"statement": "", "answers": ""}
        mine, theirs = Dossier.objects.get(), Dossier.objects.get()
        write(theirs, {"statement": "Le leur"}, seen)

        with pytest.raises(ChangedMeanwhile):
            write(mine, {"answers": "Ma réponse", "statement": "Le mien"}, seen)

        stored = Dossier.objects.get()
        assert (stored.statement, stored.answers) == ("Le leur", "")
        assert (mine.statement, mine.answers) == ("", "")

    def test_two_who_write_two_texts_do_not_meet(self, dossier):
        seen = {"statement": "", "answers": ""}
        mine, theirs = Dossier.objects.get(), Dossier.objects.get()

        write(theirs, {"statement": "Le leur", "answers": ""}, seen)
        write(mine, {"answers": "Le mien"}, seen)

        stored = Dossier.objects.get()
        assert (stored.statement, stored.answers) == ("Le leur", "Le mien")

    def test_the_same_text_twice_is_no_conflict(self, dossier):
        for _time in range(2):
            write(Dossier.objects.get(), {"statement": "Écrit"}, {"statement": ""})

        assert Dossier.objects.get().statement == "Écrit"

    def test_line_ends_of_a_browser_are_no_change(self, dossier):
        write(dossier, {"statement": "Un\nDeux"}, {})

        write(dossier, {"statement": "Trois"}, {"statement": "Un\r\nDeux"})

        assert dossier.statement == "Trois"


class TestContent:
    def test_says_the_town_the_year_and_the_matrix_of_the_day(self, lunel, dossier):
        said = draft_of(dossier).content

        assert said.year == 2027
        assert said.authority["name"] == "Lunel"
        assert said.matrix_version == Matrix.objects.get(is_current=True).version
        assert not said.is_official

    def test_without_a_matrix_it_has_no_theme(self, lunel, dossier):
        lunel.service()
        Matrix.objects.update(is_current=False)

        said = draft_of(dossier).content

        assert said.themes == ()
        assert len(said.included) == 1

    def test_does_not_depend_on_the_language_of_who_looks(self, lunel, dossier):
        lunel.service(title="Ancien", started_on=date(2001, 1, 1), ended_on=date(2002, 1, 1))

        digests = set()
        for language in ("fr", "en"):
            with translation.override(language):
                digests.add(draft_of(dossier).content.digest)

        assert len(digests) == 1

    def test_is_the_same_from_one_reading_to_the_next(self, lunel, dossier):
        lunel.service()

        assert draft_of(dossier).content == draft_of(Dossier.objects.get()).content

    def test_three_hundred_services_cost_as_many_queries_as_ten(
        self, lunel, dossier, django_assert_num_queries
    ):
        DigitalServiceFactory.create_batch(10, authority=lunel.authority)
        with CaptureQueriesContext(connection) as ten:
            draft_of(Dossier.objects.get())

        DigitalServiceFactory.create_batch(290, authority=lunel.authority)

        with django_assert_num_queries(len(ten)):
            draft_of(Dossier.objects.get())
