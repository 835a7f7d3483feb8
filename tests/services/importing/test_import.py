"""A town starts from the list it has, and imports it again without losing anything."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from tests.factories import UserFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.association_pages import keep_page_address, page_address
from wagtail_villes_internet.services.importing.reading import read_file, read_titles
from wagtail_villes_internet.services.importing.store import check, import_lines
from wagtail_villes_internet.services.importing.towns import ADDED
from wagtail_villes_internet.services.importing.undoing import Undone, can_be_undone, undo
from wagtail_villes_internet.services.listing import services_by_theme
from wagtail_villes_internet.services.models import DigitalService

from .tables import csv_file, problems, whats, xlsx_file

pytestmark = pytest.mark.django_db

PAGE = "https://association.example/fiches/12"


def codes(service) -> set[str]:
    return set(service.reference_services.values_list("code", flat=True))


def edited(service, user=None, **values):
    """What an editor saves as a draft."""
    draft = service.get_latest_revision_as_object()
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save_revision(user=user, log_action=True)
    return DigitalService.objects.get(pk=service.pk)


class TestANewService:
    def test_is_a_draft_with_all_that_its_line_says(self, importing):
        importing(
            ["Titre", "Résumé", "Adresse", "Service de référence", "Depuis", "Jusqu’au", "Public"]
            + ["Ce qu’on peut y faire", "Sans Internet", "Description", "Avancement"]
            + ["Montrer aux habitants", "Compter", "Service en charge", "Fiche Villes Internet"],
            ["Cantine", "Payer la cantine.", "www.lunel.com/cantine", "p-paiement ; p-rdv-titres"]
            + ["03/2021", "2030", "familles ; jeunes", "payer", "Au guichet", "Un\n\nDeux"]
            + ["en service", "oui", "non", "Éducation", PAGE],
        )

        service = DigitalService.objects.get()
        assert (service.title, service.summary) == ("Cantine", "Payer la cantine.")
        assert service.url == "https://www.lunel.com/cantine"
        assert codes(service) == {"p-paiement", "p-rdv-titres"}
        assert (service.started_on, service.ended_on) == (date(2021, 3, 1), date(2030, 12, 31))
        assert service.audiences == ["families", "youth"]
        assert service.interactions == ["pay"]
        assert service.offline_alternative == "Au guichet"
        assert service.description == "<p>Un</p><p>Deux</p>"
        assert (service.public, service.counted) == (True, False)
        assert service.department == "Éducation"
        assert page_address(service.authority_id, service.remote_id) == PAGE
        assert not service.live
        assert services_by_theme(service.authority).services == ()

    def test_can_be_edited_and_published_like_any_other(self, importing, lunel):
        importing(["Titre", "Service de référence"], ["Cantine", "p-paiement"])
        service = DigitalService.objects.get()

        assert service.get_latest_revision_as_object().title == "Cantine"
        service.latest_revision.publish(user=lunel.webmestre)

        service.refresh_from_db()
        assert service.live
        assert not service.has_unpublished_changes
        assert codes(service) == {"p-paiement"}

    def test_has_its_line_in_the_history(self, importing, lunel):
        importing(["Titre"], ["Cantine"])
        service = DigitalService.objects.get()

        entry = AuthorityLogEntry.objects.for_instance(service).get()

        assert (entry.action, entry.user, entry.label) == (ADDED, lunel.webmestre, "Cantine")
        assert entry.revision == service.latest_revision
        assert entry.data["line"] == 2

    def test_is_found_by_a_search(self, importing):
        importing(["Titre"], ["Guichet des associations"])

        assert DigitalService.objects.get() in list(DigitalService.objects.all())

    def test_goes_online_where_that_is_asked_and_it_is_complete(self, importing):
        outcome = importing(
            ["Titre", "Service de référence"],
            ["Cantine", "p-paiement"],
            ["Xyz", ""],
            publish=True,
        )

        live = DigitalService.objects.get(live=True)
        assert live.title == "Cantine"
        assert outcome.published == {live.pk}
        assert "Xyz" in {service.title for service in DigitalService.objects.filter(live=False)}

    def test_is_published_by_who_may(self, importing, lunel):
        with pytest.raises(PermissionDenied):
            importing(["Titre"], ["Cantine"], publish=True, user=lunel.referent)

        assert not DigitalService.objects.exists()

    def test_is_added_by_who_may(self, importing, lunel):
        with pytest.raises(PermissionDenied):
            importing(["Titre"], ["Cantine"], user=lunel.elu)


class TestThePlaceInTheMatrix:
    def test_is_what_the_title_calls_to_mind_in_the_theme_given(self, importing):
        outcome = importing(
            ["Titre", "Thème"], ["Paiement de la cantine et de la crèche", "Services publics"]
        )

        assert codes(DigitalService.objects.get()) == {"p-paiement"}
        assert "Paiement en ligne" in outcome.steps[0].note

    def test_is_what_the_title_says_almost_word_for_word(self, importing):
        importing(["Titre"], ["Prise de rendez-vous pour les titres d’identité"])

        assert codes(DigitalService.objects.get()) == {"p-rdv-titres"}

    def test_is_left_to_the_editor_where_it_is_not_sure(self, importing):
        outcome = importing(["Titre"], ["Portail"])

        assert codes(DigitalService.objects.get()) == set()
        assert outcome.steps[0].note.startswith("À rattacher à la matrice. Peut-être")

    @pytest.mark.parametrize(
        "typed",
        [
            "p-paiement",
            "P-PAIEMENT",
            "Paiement en ligne",
            "paiement EN ligne",
            "Paiement en ligne (p-paiement)",
        ],
    )
    def test_is_named_by_code_or_by_label(self, importing, typed):
        importing(["Titre", "Service de référence"], ["Cantine", typed])

        assert codes(DigitalService.objects.get()) == {"p-paiement"}

    def test_of_a_code_that_is_no_longer_in_use_is_refused(self, importing):
        ReferenceService.objects.create(code="x-ancien", label="Ancien")

        outcome = importing(["Titre", "Service de référence"], ["Cantine", "x-ancien"])

        assert problems(outcome) == [
            "ligne 2, colonne « Service de référence » : "
            "N’est plus dans la matrice en vigueur : x-ancien."
        ]


class TestALineThatIsRefused:
    def test_says_its_row_its_column_and_the_reason(self, importing):
        outcome = importing(
            ["Titre", "Adresse", "Depuis", "Thème", "Public", "Nom du champ"],
            ["Bonne", "", "", "", "", ""],
            ["Mauvaise", "voir le site", "bientôt", "Cuisine", "martiens", "?"],
            ["", "https://a.example/", "", "", "", ""],
        )

        assert problems(outcome)[:3] == [
            "ligne 3, colonne « Adresse » : "
            "« voir le site » n’est pas une adresse Internet (https://…).",
            "ligne 3, colonne « Depuis » : "
            "« bientôt » n’est pas une date. Écrivez 2021, 03/2021 ou 15/03/2021.",
            "ligne 3, colonne « Public » : « martiens » ne fait pas partie de : "
            "tous les habitants, les familles, les jeunes, les aînés, "
            "les personnes en situation de handicap, les demandeurs d’emploi, "
            "les nouveaux arrivants, les visiteurs, les associations, les entreprises, "
            "les agents, les élus.",
        ]
        assert problems(outcome)[3:] == [
            "ligne 3, colonne « Thème » : « Cuisine » n’est pas un enjeu de la matrice en vigueur.",
            "ligne 4, colonne « Titre » : La case est vide : un service a un titre.",
        ]

    def test_stops_no_other(self, importing):
        importing(["Titre", "Depuis"], ["Un", "2020"], ["Deux", "jamais"], ["Trois", ""])

        assert [row.title for row in DigitalService.objects.all()] == ["Trois", "Un"]

    def test_is_named_by_the_header_of_the_file(self, importing):
        outcome = importing(["Intitulé", "Lien"], ["Cantine", "ici"])

        assert "colonne « Lien »" in problems(outcome)[0]

    @pytest.mark.parametrize(
        ("headers", "row", "column"),
        [
            (["Titre", "Depuis", "Jusqu’au"], ["Cantine", "2024", "2020"], "Jusqu’au"),
            (["Titre", "Latitude"], ["Cantine", "43,6"], "Latitude"),
        ],
    )
    def test_is_so_for_what_does_not_hold_together(self, importing, headers, row, column):
        assert f"colonne « {column} »" in problems(importing(headers, row))[0]

    def test_is_so_when_another_has_its_title(self, importing):
        outcome = importing(["Titre"], ["Cantine"], ["Piscine"], ["CANTINE !"])

        assert whats(outcome) == ["refused", "add", "refused"]
        assert "(2, 4)" in problems(outcome)[0]

    def test_is_so_when_another_has_its_page(self, importing):
        outcome = importing(["Titre", "Fiche"], ["Cantine", PAGE], ["Piscine", f"{PAGE}/"])

        assert whats(outcome) == ["refused", "refused"]


class TestTheSameFileAgain:
    ROWS = (
        ["Titre", "Résumé", "Description", "Thème", "Depuis", "Public", "Fiche"],
        ["Cantine", "À midi", "Un\n\n<Deux>", "Services publics", "2021", "familles", PAGE],
        ["Piscine", "", "", "", "", "", ""],
    )

    def test_changes_nothing(self, importing):
        importing(*self.ROWS)
        before = list(DigitalService.objects.values())

        outcome = importing(*self.ROWS)

        assert whats(outcome) == ["same", "same"]
        assert list(DigitalService.objects.values()) == before

    def test_changes_nothing_once_everything_is_published_and_edited(self, importing, lunel):
        importing(*self.ROWS)
        for service in DigitalService.objects.all():
            service.latest_revision.publish(user=lunel.webmestre)
        # What Wagtail's editor makes of the same paragraphs.
        cantine = DigitalService.objects.get(title="Cantine")
        cantine.description = '<p data-block-key="a1">Un</p><p data-block-key="b2">&lt;Deux&gt;</p>'
        cantine.save_revision().publish()

        assert whats(importing(*self.ROWS)) == ["same", "same"]

    def test_with_another_cell_changes_that_alone(self, importing):
        importing(*self.ROWS)
        changed = [self.ROWS[0], ["Cantine", "Le soir", *self.ROWS[1][2:]], self.ROWS[2]]

        outcome = importing(*changed)

        assert [step.fields for step in outcome.steps] == [["summary"], []]
        service = DigitalService.objects.get(title="Cantine")
        assert service.summary == "Le soir"
        assert service.started_on == date(2021, 1, 1)

    def test_with_an_empty_cell_changes_nothing(self, importing):
        importing(*self.ROWS)

        assert whats(importing(["Titre", "Résumé", "Public"], ["Cantine", "", ""])) == ["same"]


class TestAServiceThatIsThere:
    def test_is_found_by_its_title_however_it_is_written(self, importing, lunel):
        service = lunel.service(title="Prêt de l’été")

        outcome = importing(["Titre", "Résumé"], ["PRET DE L'ETE", "Nouveau"])

        assert [step.pk for step in outcome.steps] == [service.pk]
        # Its title stays as somebody wrote it.
        assert [step.fields for step in outcome.steps] == [["summary"]]

    def test_is_found_by_its_page_first_and_may_be_retitled_then(self, importing, lunel):
        service, other = lunel.service(title="Cantine"), lunel.service(title="Piscine")
        keep_page_address(lunel.authority, service.remote_id, f"http://www.{PAGE[8:]}/")
        del other

        importing(["Titre", "Fiche"], ["Restaurant scolaire", PAGE])

        service.refresh_from_db()
        assert service.title == "Cantine"
        assert service.get_latest_revision_as_object().title == "Restaurant scolaire"

    def test_stays_online_as_it_is_and_gets_a_draft(self, importing, lunel):
        service = lunel.service(title="Cantine", summary="Avant", url="https://a.example/")

        importing(["Titre", "Résumé", "Adresse"], ["Cantine", "Après", ""])

        service.refresh_from_db()
        assert (service.live, service.summary) == (True, "Avant")
        assert service.has_unpublished_changes
        draft = service.get_latest_revision_as_object()
        assert (draft.summary, draft.url) == ("Après", "https://a.example/")
        assert codes(service) == {"p-rdv-titres"}

    def test_goes_online_changed_where_that_is_asked(self, importing, lunel):
        service = lunel.service(title="Cantine", summary="Avant")

        importing(["Titre", "Résumé"], ["Cantine", "Après"], publish=True)

        service.refresh_from_db()
        assert (service.live, service.summary) == (True, "Après")
        assert not service.has_unpublished_changes

    def test_that_somebody_is_working_on_is_left_and_said(self, importing, lunel):
        service = edited(lunel.service(title="Cantine"), summary="En cours d’écriture")

        outcome = importing(["Titre", "Résumé"], ["Cantine", "Après"], publish=True)

        assert whats(outcome) == ["left"]
        assert outcome.steps[0].reason.startswith("Un brouillon est en cours")
        service.refresh_from_db()
        assert service.get_latest_revision_as_object().summary == "En cours d’écriture"

    def test_whose_draft_is_the_last_import_s_is_changed_again(self, importing, lunel):
        service = lunel.service(title="Cantine")
        importing(["Titre", "Résumé"], ["Cantine", "Un"])

        outcome = importing(["Titre", "Résumé"], ["Cantine", "Deux"])

        assert whats(outcome) == ["change"]
        service.refresh_from_db()
        assert service.get_latest_revision_as_object().summary == "Deux"

    def test_that_an_import_made_and_somebody_edited_since_is_left(self, importing):
        importing(["Titre", "Résumé"], ["Cantine", "Un"])
        edited(DigitalService.objects.get(), url="https://a.example/")

        assert whats(importing(["Titre", "Résumé"], ["Cantine", "Deux"])) == ["left"]
        assert whats(importing(["Titre", "Résumé"], ["Cantine", "Un"])) == ["same"]

    def test_that_was_taken_offline_is_not_put_back(self, importing):
        importing(["Titre", "Service de référence"], ["Cantine", "p-paiement"], publish=True)
        DigitalService.objects.get().unpublish()

        importing(
            ["Titre", "Résumé", "Service de référence"],
            ["Cantine", "Nouveau", "p-paiement"],
            publish=True,
        )

        assert not DigitalService.objects.get().live

    def test_that_is_scheduled_or_locked_is_left_with_the_reason(self, importing, lunel):
        scheduled, locked = lunel.service(title="Prévu"), lunel.service(title="Verrouillé")
        scheduled.go_live_at = timezone.now() + timedelta(days=2)
        scheduled.save_revision().publish()
        DigitalService.objects.filter(pk=locked.pk).update(locked=True, locked_by=UserFactory())

        outcome = importing(["Titre", "Résumé"], ["Prévu", "Autre"], ["Verrouillé", "Autre"])

        assert whats(outcome) == ["left", "left"]
        assert all(step.reason for step in outcome.steps)

    def test_of_one_title_with_another_is_not_guessed(self, importing, lunel):
        lunel.service(title="Cantine")
        lunel.service(title="CANTINE")

        outcome = importing(["Titre", "Résumé"], ["Cantine", "Après"])

        assert whats(outcome) == ["refused"]
        assert "Plusieurs services portent ce titre" in problems(outcome)[0]

    def test_with_another_page_is_not_taken_for_it(self, importing, lunel):
        service = lunel.service(title="Cantine")
        keep_page_address(lunel.authority, service.remote_id, PAGE)

        outcome = importing(["Titre", "Fiche"], ["Cantine", f"{PAGE}3"])

        assert whats(outcome) == ["refused"]
        assert page_address(lunel.authority.pk, service.remote_id) == PAGE

    def test_gets_its_page_noted_without_a_draft(self, importing, lunel):
        service = lunel.service(title="Cantine")

        importing(["Titre", "Fiche"], ["Cantine", PAGE])

        assert page_address(lunel.authority.pk, service.remote_id) == PAGE
        service.refresh_from_db()
        assert not service.has_unpublished_changes

    def test_gets_no_page_from_who_may_only_add(self, importing, lunel):
        service = lunel.service(title="Cantine")
        may_add = Permission.objects.get(codename="add_digitalservice")
        newcomer = UserFactory()
        newcomer.user_permissions.add(may_add)

        outcome = importing(["Titre", "Fiche"], ["Cantine", PAGE], user=newcomer)

        assert whats(outcome) == ["left"]
        assert page_address(lunel.authority.pk, service.remote_id) == ""

    def test_of_another_town_is_neither_found_nor_touched(self, importing, town_of_beziers):
        theirs = town_of_beziers.service(title="Cantine", summary="Leur cantine")

        outcome = importing(["Titre", "Résumé"], ["Cantine", "Après"])

        assert whats(outcome) == ["add"]
        theirs.refresh_from_db()
        assert not theirs.has_unpublished_changes


class TestUndoing:
    def test_takes_back_what_nobody_touched(self, importing, lunel):
        service = lunel.service(title="Cantine", summary="Avant")
        outcome = importing(
            ["Titre", "Résumé"], ["Cantine", "Après"], ["Piscine", ""], ["Musée", ""]
        )
        edited(DigitalService.objects.get(title="Musée"), summary="Relu")
        assert can_be_undone(lunel.authority, outcome.key, lunel.webmestre) == 2

        undone = undo(lunel.authority, outcome.key, lunel.webmestre)

        assert (undone.deleted, undone.restored) == (1, 1)
        assert [(one.title, one.reason) for one in undone.kept] == [
            ("Musée", "Quelqu’un l’a modifié depuis.")
        ]
        assert {row.title for row in DigitalService.objects.all()} == {"Cantine", "Musée"}
        service.refresh_from_db()
        assert (service.live, service.has_unpublished_changes) == (True, False)
        assert service.get_latest_revision_as_object().summary == "Avant"
        assert can_be_undone(lunel.authority, outcome.key, lunel.webmestre) == 0

    def test_once_more_does_not_say_that_what_it_put_back_stays(self, importing, lunel):
        lunel.service(title="Cantine", summary="Avant")
        outcome = importing(["Titre", "Résumé"], ["Cantine", "Après"])
        undo(lunel.authority, outcome.key, lunel.webmestre)

        assert undo(lunel.authority, outcome.key, lunel.webmestre) == Undone()

    def test_leaves_what_was_published(self, importing, lunel):
        outcome = importing(
            ["Titre", "Service de référence"], ["Cantine", "p-paiement"], publish=True
        )

        undo(lunel.authority, outcome.key, lunel.webmestre)

        assert DigitalService.objects.get().live

    def test_goes_back_to_the_import_before(self, importing, lunel):
        importing(["Titre", "Résumé"], ["Cantine", "Un"])
        second = importing(["Titre", "Résumé"], ["Cantine", "Deux"])

        undo(lunel.authority, second.key, lunel.webmestre)

        service = DigitalService.objects.get()
        assert service.summary == "Un"
        assert service.get_latest_revision_as_object().summary == "Un"
        # It is still an import's, which the next one may change.
        assert whats(importing(["Titre", "Résumé"], ["Cantine", "Trois"])) == ["change"]

    def test_leaves_what_was_translated_and_would_be_left_without_its_original(
        self, importing, lunel
    ):
        outcome = importing(["Titre", "Fiche"], ["Cantine", PAGE])
        english, _made = Locale.objects.get_or_create(language_code="en")
        translation = DigitalService.objects.get().copy_for_translation(english)
        translation.save()
        translation.save_revision().publish()

        undone = undo(lunel.authority, outcome.key, lunel.webmestre)

        assert [one.title for one in undone.kept] == ["Cantine"]
        assert DigitalService.objects.count() == 2
        assert page_address(lunel.authority.pk, translation.remote_id) == PAGE

    def test_is_for_one_town(self, importing, lunel, town_of_beziers):
        outcome = importing(["Titre"], ["Cantine"])

        undo(town_of_beziers.authority, outcome.key, town_of_beziers.webmestre)

        assert DigitalService.objects.count() == 1


class TestPastedTitles:
    def test_become_drafts_without_their_bullets(self, lunel):
        lines = read_titles("- Cantine\n• Piscine\r\n\n 3. Musée\n2024 en chiffres")

        import_lines(lines, lunel.authority, lunel.webmestre)

        titles = [row.title for row in DigitalService.objects.all()]
        assert titles == ["2024 en chiffres", "Cantine", "Musée", "Piscine"]

    def test_are_said_by_their_line(self, lunel):
        outcome = check(read_titles(f"Un\n\n{'a' * 300}"), lunel.authority)

        assert problems(outcome) == ["ligne 3, colonne « Titre » : 300 caractères : 255 au plus."]


def test_checking_writes_nothing(importing):
    outcome = importing.check(["Titre"], ["Cantine"])

    assert whats(outcome) == ["add"]
    assert not DigitalService.objects.exists()


@pytest.mark.parametrize("make", [csv_file, xlsx_file])
def test_dates_and_numbers_of_a_spreadsheet_are_read(lunel, tmp_path, make):
    path = make(
        tmp_path,
        [
            ["Une liste qui a un titre"],
            ["Titre", "Depuis", "Latitude", "Longitude"],
            ["Cantine", date(2021, 3, 15), 43.675, 4.125],
        ],
    )

    import_lines(read_file(path), lunel.authority, lunel.webmestre)

    service = DigitalService.objects.get()
    assert service.started_on == date(2021, 3, 15)
    assert (float(service.latitude), float(service.longitude)) == (43.675, 4.125)


HEADERS = ["Titre", "Résumé", "Adresse", "Thème", "Service de référence", "Depuis", "Public"]
HEADERS += ["Description", "Compter", "Latitude", "Fiche"]
CELL = st.text(max_size=12) | st.sampled_from(
    ["", "Cantine", "p-paiement", "2021", "familles", "oui", PAGE, "=1+1", "<p>a</p>", "43", "é\0"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=len(HEADERS), max_size=len(HEADERS)), max_size=6),
    again=st.booleans(),
)
def test_any_table_of_texts_is_imported_or_reported_line_by_line(lunel, tmp_path, rows, again):
    path = xlsx_file(tmp_path, [HEADERS, *([_writable(cell) for cell in row] for row in rows)])
    lines = read_file(path)
    before = DigitalService.objects.count()

    outcome = import_lines(lines, lunel.authority, lunel.webmestre)

    assert [step.number for step in outcome.steps] == [line.number for line in lines.lines]
    assert all(step.problems for step in outcome.steps if step.what == "refused")
    assert DigitalService.objects.count() == before + whats(outcome).count("add")
    if again:
        second = import_lines(lines, lunel.authority, lunel.webmestre)
        # A line left aside may be so again; what was imported is there, and the same.
        assert {"add", "change"}.isdisjoint(whats(second))


def _writable(cell: str) -> str:
    """What a workbook can hold at all."""
    return "".join(char for char in cell if char >= " " and not 0xD800 <= ord(char) <= 0xDFFF)
