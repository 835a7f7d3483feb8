"""« Importer des services »: a webmaster checks a list, imports it, corrects it, takes it back."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook
from wagtail.models import UploadedFile

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.desk import importing
from wagtail_villes_internet.desk.import_files import PREFIX, Kept
from wagtail_villes_internet.services.association_pages import page_addresses
from wagtail_villes_internet.services.models import DigitalService

from .pages import text

pytestmark = pytest.mark.django_db

SCREEN = "/admin/villes-internet/importer/"
SERVICES = "/admin/villes-internet/services/"
FORMULAS = ["=1+1", "+33 4 67", "-2", "@SUM(A1)", '=HYPERLINK("https://a.example")']
ROWS = [
    ["Titre", "Résumé", "Depuis", "Service de référence"],
    ["Cantine", "À midi", "2021", "p-paiement"],
    ["Piscine", "", "bientôt", ""],
]


def csv_upload(rows, name="services.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(";".join(row) for row in rows).encode())


def xlsx_upload(rows) -> SimpleUploadedFile:
    book, output = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(output)
    return SimpleUploadedFile("services.xlsx", output.getvalue())


def checked(client, **data) -> str:
    """The address of the screen that says what an import would do."""
    response = client.post(SCREEN, data)
    assert response.status_code == 302, text(response)
    return response["Location"]


def imported(client, rows=ROWS, **data) -> str:
    url = checked(client, file=csv_upload(rows))
    client.post(url, data)
    return url


def book_of(response):
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


class TestAnImport:
    def test_is_a_button_of_the_list_of_services(self, webmestre):
        assert f'href="{SCREEN}"' in text(webmestre.get(SERVICES))

    def test_says_what_it_would_do_and_writes_nothing(self, webmestre):
        said = text(webmestre.get(checked(webmestre, file=csv_upload(ROWS))))

        assert "Rien n’est encore écrit" in said
        assert "Importer 1 service" in said
        assert "« bientôt » n’est pas une date" in said
        assert not DigitalService.objects.exists()

    def test_that_is_rolled_back_can_be_made_again(self, webmestre, monkeypatch):
        url = checked(webmestre, file=csv_upload(ROWS))
        keep_report = Kept.keep_report

        def and_the_database_goes_away(kept, outcome):
            keep_report(kept, outcome)
            raise DatabaseError

        with monkeypatch.context() as patch:
            patch.setattr(Kept, "keep_report", and_the_database_goes_away)
            with pytest.raises(DatabaseError):
                webmestre.post(url)
        assert not DigitalService.objects.exists()

        webmestre.post(url)

        assert DigitalService.objects.get().title == "Cantine"

    @pytest.mark.parametrize("make", [csv_upload, xlsx_upload])
    def test_makes_drafts_and_leads_to_them(self, webmestre, lunel, make):
        url = checked(webmestre, file=make([row for row in ROWS if row[0] != "Piscine"]))

        said = text(webmestre.post(url, follow=True))

        service = DigitalService.objects.get()
        assert (service.title, service.live) == ("Cantine", False)
        assert service.authority == lunel.authority
        assert "L’import est fait." in said
        assert f'href="{SERVICES}edit/{service.pk}/"' in said

    def test_takes_pasted_titles(self, webmestre):
        url = checked(webmestre, titles="- Cantine\n- Piscine\n")

        webmestre.post(url)

        assert {row.title for row in DigitalService.objects.all()} == {"Cantine", "Piscine"}

    def test_is_done_once_however_often_the_button_is_pressed(self, webmestre):
        url = imported(webmestre)

        webmestre.post(url)

        assert DigitalService.objects.count() == 1
        assert DigitalService.objects.get().revisions.count() == 1

    def test_is_checked_again_when_it_is_done(self, webmestre, lunel):
        url = checked(webmestre, file=csv_upload(ROWS))
        lunel.service(title="Cantine", summary="À midi")

        webmestre.post(url)

        assert DigitalService.objects.get(title="Cantine").live

    def test_publishes_for_who_may_and_asks_to(self, webmestre):
        url = checked(webmestre, file=csv_upload(ROWS))
        assert 'name="publish"' in text(webmestre.get(url))

        said = text(webmestre.post(url, {"publish": "on"}, follow=True))

        assert DigitalService.objects.get().live
        assert "1 service est en ligne" in said

    def test_publishes_only_so_many_in_one_request(self, webmestre, monkeypatch):
        monkeypatch.setattr(importing, "PUBLISHED_AT_ONCE", 0)
        url = checked(webmestre, file=csv_upload(ROWS))
        assert "trop pour les publier" in text(webmestre.get(url))

        webmestre.post(url, {"publish": "on"})

        assert not DigitalService.objects.get().live

    def test_is_in_the_history_of_the_service(self, webmestre):
        imported(webmestre)

        said = text(webmestre.get(f"{SERVICES}history/{DigitalService.objects.get().pk}/"))

        assert "Créé par un import" in said

    def test_shows_a_title_as_a_text(self, webmestre):
        url = imported(webmestre, [["Titre"], ["<script>alert(1)</script>"]])

        assert b"<script>alert(1)" not in webmestre.get(url).content

    def test_screen_takes_the_same_queries_at_10_and_at_90(self, webmestre):
        def queries(count):
            rows = [["Titre"], *([f"Service {count} {n}"] for n in range(count))]
            url = imported(webmestre, rows)
            webmestre.get(url)
            with CaptureQueriesContext(connection) as captured:
                webmestre.get(url)
            return len(captured)

        assert queries(10) == queries(90)


class TestWhatIsSent:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Choisissez un fichier, ou collez des titres"),
            ({"titles": "Un", "file": csv_upload(ROWS)}, "Choisissez un fichier"),
            ({"file": SimpleUploadedFile("a.png", b"\x89PNG\0" * 90)}, "n’est ni du CSV"),
            ({"file": SimpleUploadedFile("a.csv", b"Nom du champ;A\n1;2")}, "le titre du service"),
            ({"file": SimpleUploadedFile("a.xlsx", b"PK\3\4" + b"a" * 90)}, "ne peut pas être lu"),
            ({"titles": "a\n" * 6000}, "Plus de 5000 lignes"),
        ],
    )
    def test_is_refused_with_a_reason_where_it_is_no_list(self, webmestre, data, said):
        for file in filter(None, [data.get("file")]):
            file.seek(0)

        response = webmestre.post(SCREEN, data)

        assert response.status_code == 200
        assert said in text(response).replace("\u202f", "")
        assert not UploadedFile.objects.exists()

    def test_is_refused_where_it_is_too_big_before_it_is_read(self, webmestre, monkeypatch):
        monkeypatch.setattr(importing, "MOST_BYTES", 10)
        monkeypatch.setattr(importing, "read_file", None)

        assert "trop volumineux" in text(webmestre.post(SCREEN, {"file": csv_upload(ROWS)}))

    def test_is_kept_under_a_name_that_nobody_guesses_and_not_as_a_text(self, webmestre):
        checked(webmestre, file=csv_upload(ROWS))

        file = UploadedFile.objects.get().file

        assert len(file.name.rpartition(PREFIX)[2]) > 40
        assert b"Cantine" not in file.read()

    def test_is_forgotten_after_a_month(self, webmestre):
        checked(webmestre, titles="Un")
        old = UploadedFile.objects.get()
        name = old.file.name.replace(old.file.name.rpartition(PREFIX)[2][:8], "20200101")
        old.file.storage.save(name, old.file)
        UploadedFile.objects.update(file=name)

        checked(webmestre, titles="Deux")

        assert not UploadedFile.objects.filter(pk=old.pk).exists()
        assert not old.file.storage.exists(name)
        assert webmestre.get(f"{SCREEN}{old.pk}/").status_code == 404


class TestTheModel:
    def test_is_downloaded_and_imports_nothing_but_what_is_written_in_it(self, webmestre):
        response = webmestre.get(f"{SCREEN}modele/")
        assert "attachment" in response["Content-Disposition"]
        url = checked(webmestre, file=SimpleUploadedFile("m.xlsx", response.content))

        said = text(webmestre.get(url))

        assert "Il n’y a rien à importer." in said
        assert "Exemple du modèle, laissé de côté" in said


class TestTheRefusedLines:
    def test_come_as_a_spreadsheet_with_their_reasons(self, webmestre):
        url = imported(webmestre)

        rows = list(book_of(webmestre.get(f"{url}refusees/")).active.iter_rows(values_only=True))

        assert rows[0] == ("Ligne", "Raison", "Titre", "Résumé", "Service de référence", "Depuis")
        assert rows[1][0] == 3
        assert rows[1][1].startswith("Depuis")
        assert (rows[1][2], rows[1][5]) == ("Piscine", "bientôt")

    def test_are_imported_again_once_corrected(self, webmestre):
        url = imported(webmestre)
        book = book_of(webmestre.get(f"{url}refusees/"))
        book.active["F2"] = "2022"
        output = BytesIO()
        book.save(output)

        webmestre.post(checked(webmestre, file=SimpleUploadedFile("c.xlsx", output.getvalue())))

        assert DigitalService.objects.get(title="Piscine").started_on.year == 2022

    @pytest.mark.parametrize("formula", FORMULAS)
    def test_hold_no_formula(self, webmestre, formula):
        url = imported(webmestre, [["Titre", "Résumé", "Depuis"], [formula, formula, "jamais"]])

        cells = [*book_of(webmestre.get(f"{url}refusees/")).active[2]]

        assert [cell.value for cell in cells][2:4] == [formula, formula]
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells[1:])


@pytest.mark.parametrize("export", ["csv", "xlsx"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_export_of_services_holds_no_formula_that_was_imported(webmestre, export, formula):
    imported(webmestre, [["Titre", "Résumé", "Sans Internet"], [formula, formula, formula]])

    response = webmestre.get(f"{SERVICES}?export={export}")

    if export == "xlsx":
        sheet = book_of(response).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert f"'{formula}" in {cell.value for cell in sheet[2]}
    else:
        assert f"'{formula}".replace('"', '""') in b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_an_export_of_services_imported_again_changes_nothing(webmestre, lunel, export):
    lunel.service(title="Un", references=["p-paiement", "p-rdv-titres"], summary="R&D <b>a</b>")
    lunel.service(
        title="=Deux",
        url="https://a.example/é",
        offline_alternative="+33 4 67 00 00 00\nau guichet",
        audiences=["families", "agents"],
        interactions=["book", "pay"],
        status="planned",
        kind="place",
        provider="association",
        department="Éducation",
        started_on="2021-03-15",
        latitude="43.675",
        longitude="4.1",
        public=False,
        counted=False,
    )
    lunel.service(title="Trois", references=[], live=False)
    response = webmestre.get(f"{SERVICES}?export={export}")
    content = b"".join(response.streaming_content)
    before = list(DigitalService.objects.values())

    url = checked(webmestre, file=SimpleUploadedFile(f"services.{export}", content))
    said = text(webmestre.post(url, follow=True))

    assert "Déjà là, et identiques</th><td>3</td>" in said
    assert list(DigitalService.objects.values()) == before


class TestTheCheck:
    def test_says_what_was_and_what_becomes(self, webmestre, lunel):
        lunel.service(title="Cantine", summary="Avant")

        said = text(webmestre.get(checked(webmestre, file=csv_upload(ROWS))))

        assert "Résumé : « Avant » devient « À midi »." in said.replace("\xa0", " ")

    def test_marks_what_can_be_published(self, webmestre):
        rows = [["Titre", "Service de référence"], ["Cantine", "p-paiement"], ["Zanzibar", ""]]

        said = text(webmestre.get(checked(webmestre, file=csv_upload(rows))))

        assert said.count("peut être publié.") == 1


class TestTakingItBack:
    def test_deletes_the_drafts_that_nobody_touched(self, webmestre, lunel):
        url = imported(webmestre, [["Titre", "Fiche"], ["Un", "https://f.example/1"], ["Deux", ""]])
        kept = DigitalService.objects.get(title="Deux")
        kept.save_revision(user=lunel.webmestre)
        assert "Annuler cet import" in text(webmestre.get(url))

        said = text(webmestre.post(f"{url}annuler/", follow=True))

        assert list(DigitalService.objects.all()) == [kept]
        assert "Import annulé." in said
        assert "1 brouillon que l’import avait fait est supprimé." in said
        assert "1 service reste." in said
        assert "Quelqu’un l’a modifié depuis." in said
        assert "Annuler cet import" not in said
        assert "L’import est fait" not in said
        assert "Nouveaux services" not in said
        assert page_addresses(lunel.authority) == {}

    def test_does_nothing_before_it_is_done(self, webmestre):
        url = checked(webmestre, titles="Un")

        assert webmestre.post(f"{url}annuler/").status_code == 302


class TestTheLastImports:
    def test_are_found_again_once_their_page_is_left(self, webmestre):
        url = imported(webmestre, [["Titre"], ["Un"], ["Deux"]])

        said = text(webmestre.get(SCREEN))

        assert "Vos derniers imports" in said
        assert f'<a href="{url}">services.csv</a>' in said
        assert "<td>2</td> <td>0</td>" in " ".join(said.split())

    def test_say_which_was_undone(self, webmestre):
        url = imported(webmestre, [["Titre"], ["Un"]])
        assert "(annulé)" not in text(webmestre.get(SCREEN))

        webmestre.post(f"{url}annuler/")

        assert "services.csv</a> (annulé)" in text(webmestre.get(SCREEN))

    def test_are_ten_at_most_and_none_that_was_only_checked(self, webmestre):
        checked(webmestre, titles="Seulement vérifié")
        for number in range(11):
            webmestre.post(checked(webmestre, titles=f"Titre {number}"))

        assert text(webmestre.get(SCREEN)).count("titres collés</a>") == 10

    def test_are_one_s_own_and_of_the_town_worked_for(self, client, webmestre):
        imported(webmestre, [["Titre"], ["Un"]])
        client.force_login(Town("Agde").webmestre)

        assert "Vos derniers imports" not in text(client.get(SCREEN))


class TestWho:
    def people(self, lunel) -> dict:
        return {
            "visitor": None,
            "may only enter the admin": admin_only_user(),
            "élu": lunel.elu,
            "référent": lunel.referent,
            "webmestre": lunel.webmestre,
            "webmestre of another town": Town("Béziers").webmestre,
        }

    def test_may_open_the_screens_of_an_import_is_who_sent_it(self, client, lunel):
        client.force_login(lunel.webmestre)
        url = imported(client)
        found = {}

        for name, user in self.people(lunel).items():
            client.logout()
            if user:
                client.force_login(user)
            found[name] = {client.get(url + path).status_code for path in ("", "refusees/")}

        assert found == {
            "visitor": {302},
            "may only enter the admin": {302},
            "élu": {302},
            "référent": {404},
            "webmestre": {200},
            "webmestre of another town": {404},
        }

    @pytest.mark.parametrize("path", ["", "annuler/"])
    def test_may_do_or_undo_it_is_who_sent_it(self, client, lunel, path):
        client.force_login(lunel.webmestre)
        url = imported(client) if path else checked(client, file=csv_upload(ROWS))
        before = DigitalService.objects.count()

        for name, user in self.people(lunel).items():
            if name == "webmestre":
                continue
            client.logout()
            if user:
                client.force_login(user)
            assert client.post(url + path).status_code in {302, 404}

        assert DigitalService.objects.count() == before

    def test_adds_services_without_publishing_them(self, client, lunel):
        client.force_login(lunel.referent)
        url = checked(client, file=csv_upload(ROWS))
        assert 'name="publish"' not in text(client.get(url))

        client.post(url, {"publish": "on"})

        assert not DigitalService.objects.get().live

    def test_works_for_another_town_meanwhile_imports_nothing_there(self, client, lunel):
        beziers = Town("Béziers")
        groups = [*lunel.webmestre.groups.all(), *beziers.webmestre.groups.all()]
        client.force_login(UserFactory(groups=groups))
        client.post("/admin/villes-internet/collectivite/", {"authority": lunel.authority.pk})
        url = checked(client, file=csv_upload(ROWS))
        client.post("/admin/villes-internet/collectivite/", {"authority": beziers.authority.pk})

        response = client.post(url, follow=True)

        assert "une autre collectivité" in text(response)
        assert not DigitalService.objects.exists()

    def test_has_no_town_is_told_so(self, client, admin_user):
        client.force_login(admin_user)

        assert client.get(SCREEN).status_code == 200
        assert client.post(SCREEN, {"titles": "Un"}).status_code == 200
        assert not UploadedFile.objects.exists()
