"""The form of a service helps: it proposes, warns and explains, and refuses nothing for it."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.desk.service_notes import progress_notes
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService
from wagtail_villes_internet.services.links.checking import digest
from wagtail_villes_internet.services.links.models import CheckedLink
from wagtail_villes_internet.services.models import DigitalService

from .pages import text
from .test_services import ADD, LIST, edit, filled, reference

pytestmark = pytest.mark.django_db

ECHOES = f"{LIST}echoes/"
ROOMS = "p-reservation-salles"


def proposed(code: str) -> str:
    return f'name="reference_services-also" value="{reference(code).pk}"'


class TestProposals:
    def test_are_boxes_beside_the_themes(self, webmestre, lunel):
        service = lunel.service(title="Réserver une salle municipale")

        page = text(webmestre.get(edit(service)))

        assert "Propositions d’après le titre" in page
        assert proposed(ROOMS) in page

    def test_ticked_without_a_script_they_are_attached(self, webmestre):
        webmestre.post(
            ADD,
            filled(
                reference_services=[],
                **{"reference_services-also": [reference(ROOMS).pk], "action-publish": "1"},
            ),
        )

        service = DigitalService.objects.get()
        assert service.live
        assert list(service.reference_services.all()) == [reference(ROOMS)]

    def test_ticked_in_both_places_they_count_once(self, webmestre):
        both = [reference(ROOMS).pk]

        webmestre.post(ADD, filled(reference_services=both, **{"reference_services-also": both}))

        assert list(DigitalService.objects.get().reference_services.all()) == [reference(ROOMS)]

    def test_what_is_attached_is_proposed_no_more(self, webmestre, lunel):
        service = lunel.service(title="Réserver une salle municipale", references=[ROOMS])

        assert proposed(ROOMS) not in text(webmestre.get(edit(service)))

    def test_what_is_no_reference_service_is_refused(self, webmestre):
        webmestre.post(
            ADD, filled(**{"reference_services-also": ["999999"], "action-publish": "1"})
        )

        assert not DigitalService.objects.exists()

    def test_more_than_fifty_are_refused_where_they_were_ticked(self, webmestre):
        rows = ReferenceService.objects.bulk_create(
            ReferenceService(code=f"many-{n}", label=f"N {n}", in_use=True) for n in range(51)
        )
        many = [row.pk for row in rows]

        response = webmestre.post(ADD, filled(reference_services=many, **{"action-publish": "1"}))

        [error] = response.context["form"].errors["reference_services"]
        assert "50" in error
        assert not DigitalService.objects.exists()

    def test_without_a_matrix_the_form_opens(self, webmestre, lunel):
        service = lunel.service(title="Réserver une salle municipale")
        Matrix.objects.all().delete()

        assert webmestre.get(edit(service)).status_code == 200


class TestEchoes:
    """What the form asks as the title is typed."""

    def ask(self, client, **query):
        return client.get(ECHOES, query)

    def test_say_what_the_title_calls_to_mind(self, webmestre):
        answer = self.ask(webmestre, title="Réserver une salle municipale").json()

        first = answer["suggestions"][0]
        assert (first["pk"], first["theme"]) == (reference(ROOMS).pk, "Vie associative")

    def test_say_which_services_look_like_it(self, webmestre, lunel):
        service = lunel.service(title="Réservation des salles")

        answer = self.ask(webmestre, title="Réserver une salle").json()

        assert answer["likes"] == [
            {
                "title": "Réservation des salles",
                "why": "à peu près le même titre",
                "edit_url": edit(service),
            }
        ]

    def test_say_nothing_of_the_service_itself(self, webmestre, lunel):
        service = lunel.service(title="Réservation des salles")

        answer = self.ask(webmestre, title=service.title, service=service.remote_id).json()

        assert answer["likes"] == []

    def test_say_nothing_of_another_town(self, webmestre):
        Town("Béziers").service(title="Réservation des salles")

        assert self.ask(webmestre, title="Réservation des salles").json()["likes"] == []

    @pytest.mark.parametrize("query", [{}, {"title": ""}, {"title": "\x00" * 9}, {"service": "?"}])
    def test_answer_nothing_to_nothing(self, webmestre, lunel, query):
        lunel.service()

        assert self.ask(webmestre, **query).json() == {"suggestions": [], "likes": []}

    def test_read_no_more_than_a_title_can_hold(self, webmestre):
        long = "salle municipale " * 200

        assert self.ask(webmestre, title=long, url="https://x.example/" * 900).status_code == 200

    def test_ask_as_many_queries_whatever_there_is(self, webmestre, lunel):
        def count(title: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                self.ask(webmestre, title=title)
            return len(queries)

        count("Réserver une salle")
        few = count("Réserver une salle")
        for n in range(20):
            lunel.service(title=f"Réserver une salle {n}")

        assert count("Réserver une salle municipale en ligne, payer, signaler") == few

    def test_are_for_those_who_may_type_a_service(self, client, lunel):
        found = {}
        for name, user in {
            "référent": lunel.referent,
            "élu": lunel.elu,
            "visitor": admin_only_user(),
        }.items():
            client.force_login(user)
            found[name] = self.ask(client, title="Salle").status_code

        assert found == {"référent": 200, "élu": 302, "visitor": 302}

    def test_cannot_be_posted_to(self, webmestre):
        assert webmestre.post(ECHOES, {"title": "Salle"}).status_code == 405


class TestLikes:
    WARNING = "Ce service existe peut-être déjà"

    def test_are_named_once_it_is_saved(self, webmestre, lunel):
        other = lunel.service(title="Réservation des salles")
        service = lunel.service(title="Réserver une salle", live=False)

        page = text(webmestre.get(edit(service)))

        assert f'<a href="{edit(other)}">Réservation des salles</a>' in page

    def test_are_told_where_publishing_leaves_the_form(self, webmestre, lunel):
        other = lunel.service(title="Réservation des salles")

        response = webmestre.post(
            ADD, filled(title="Réserver une salle", **{"action-publish": "1"}), follow=True
        )

        page = text(response)
        assert self.WARNING in page
        assert f'<a href="{edit(other)}">Réservation des salles</a>' in page
        assert DigitalService.objects.filter(live=True).count() == 2

    def test_are_told_once_where_the_form_stays(self, webmestre, lunel):
        lunel.service(title="Réservation des salles")

        response = webmestre.post(ADD, filled(title="Réserver une salle"), follow=True)

        assert text(response).count(self.WARNING) == 1

    def test_a_title_is_told_as_text(self, webmestre, lunel):
        lunel.service(title="Salle <script>alert(1)</script>")

        response = webmestre.post(
            ADD,
            filled(title="Salle script alert(1) script", **{"action-publish": "1"}),
            follow=True,
        )

        assert self.WARNING in text(response)
        assert "<script>alert(1)" not in response.content.decode()

    def test_translations_are_none(self, webmestre, lunel, settings):
        settings.WAGTAIL_I18N_ENABLED = True
        service = lunel.service(title="Réservation des salles")
        english = lunel.service(title="Réservation des salles")
        DigitalService.objects.filter(pk=english.pk).update(
            translation_key=service.translation_key,
            locale=Locale.objects.get_or_create(language_code="en")[0],
        )

        page = text(webmestre.get(edit(service)))

        assert f'<a href="{edit(english)}">' not in page

    def test_those_of_another_town_are_not_named(self, webmestre, lunel):
        Town("Béziers").service(title="Réservation des salles")
        service = lunel.service(title="Réservation des salles")

        page = text(webmestre.get(edit(service)))

        assert "<div data-vi-shown hidden>" in page


class TestGauge:
    def test_names_what_is_missing_and_leads_there(self, webmestre, lunel):
        service = lunel.service(summary="Réserver", url="https://lunel.example/")

        page = text(webmestre.get(edit(service)))

        assert "4 sur 7" in page
        assert '<a href="#id_offline_alternative">Dites comment l’obtenir sans Internet' in page
        for anchor in ("offline_alternative", "audiences", "interactions"):
            assert f'href="#id_{anchor}"' in page
            assert f'id="id_{anchor}"' in page

    def test_is_not_there_before_the_first_saving(self, webmestre):
        assert "<meter" not in text(webmestre.get(ADD))

    def test_reads_the_draft(self, webmestre, lunel):
        service = lunel.service()
        service.summary = "Réserver"
        service.save_revision()

        assert "Dites en une phrase" not in text(webmestre.get(edit(service)))

    def test_keeps_nobody_from_publishing(self, webmestre):
        webmestre.post(ADD, filled(summary="", url="", description=None, **{"action-publish": "1"}))

        assert DigitalService.objects.get().live


class TestProgress:
    TODAY = date(2026, 11, 22)

    @pytest.mark.parametrize(
        ("status", "started_on", "ended_on", "said"),
        [
            ("active", None, None, []),
            ("ended", None, date(2026, 1, 1), []),
            ("planned", None, None, ["Indiquez le jour où il commence"]),
            ("planned", date(2026, 12, 1), None, ["« en service » le 1 décembre 2026"]),
            ("planned", date(2026, 11, 22), None, ["Son premier jour était le 22 novembre 2026"]),
            ("active", None, date(2026, 11, 22), ["« terminé » le 23 novembre 2026"]),
            ("active", None, date(2026, 11, 21), ["Son dernier jour était le 21 novembre 2026"]),
            (
                "planned",
                date(2026, 12, 1),
                date(2026, 12, 31),
                ["« en service » le 1 décembre 2026", "« terminé » le 1 janvier 2027"],
            ),
        ],
    )
    def test_the_form_says_what_the_dates_will_do(self, status, started_on, ended_on, said):
        with translation.override("fr"):
            notes = progress_notes(status, started_on, ended_on, self.TODAY)

        assert len(notes) == len(said)
        for note, part in zip(notes, said, strict=True):
            assert part in note.replace("\xa0", " ")

    def test_is_said_at_the_field(self, webmestre, lunel):
        service = lunel.service(
            status="planned", started_on=timezone.localdate() + timedelta(days=9)
        )

        assert "Il passe tout seul à « en service » le" in text(webmestre.get(edit(service)))


class TestLink:
    ADDRESS = "https://lunel.example/cantine"

    def checked(self, lunel, state):
        CheckedLink.objects.create(
            authority=lunel.authority,
            digest=digest(self.ADDRESS),
            url=self.ADDRESS,
            state=state,
            reason="404",
            failing_since=date(2026, 11, 3),
        )
        return lunel.service(url=self.ADDRESS)

    def test_that_is_broken_is_marked_at_its_field_with_since_when(self, webmestre, lunel):
        service = self.checked(lunel, CheckedLink.State.BROKEN)

        page = text(webmestre.get(edit(service)))

        assert "Cette adresse ne fonctionne plus depuis le 3 novembre 2026." in page

    def test_that_failed_once_is_not(self, webmestre, lunel):
        service = self.checked(lunel, CheckedLink.State.FAILING)

        assert "Cette adresse ne fonctionne plus" not in text(webmestre.get(edit(service)))

    def test_of_another_town_is_its_own_business(self, webmestre, lunel):
        self.checked(Town("Béziers"), CheckedLink.State.BROKEN)
        service = lunel.service(url=self.ADDRESS)

        assert "Cette adresse ne fonctionne plus" not in text(webmestre.get(edit(service)))


def test_a_picture_can_be_chosen(webmestre):
    page = text(webmestre.get(ADD))

    assert 'name="image"' in page


def test_the_form_asks_as_many_queries_in_a_town_of_many_services(webmestre, lunel):
    def count(service) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert webmestre.get(edit(service)).status_code == 200
        return len(queries)

    service = lunel.service(title="Réserver une salle", url="https://lunel.example/")
    count(service)
    alone = count(service)
    codes = list(ReferenceService.objects.values_list("code", flat=True)[:9])
    for code in codes:
        lunel.service(title="Réserver une salle", references=[code])

    assert count(service) == alone


def test_the_boxes_are_on_the_page_once(webmestre, lunel):
    """Wagtail would give them to its scripts a second time, as a text."""
    page = webmestre.get(edit(lunel.service())).content.decode()

    assert page.count("Parapheur électronique") + page.count("Parapheur \\u00e9lectronique") == 1


def test_nothing_inline_runs_or_dresses(webmestre, lunel):
    """`script-src 'self'; style-src 'self'` holds for what is ours."""
    page = webmestre.get(edit(lunel.service(title="Réserver une salle"))).content.decode()
    [ours] = re.findall(r"<div[^>]*data-vi-picker.*</details>", page, re.DOTALL)

    assert "<script" not in ours
    assert "style=" not in ours
    assert "reference-picker.js" in page
    assert "title-echoes.js" in page
