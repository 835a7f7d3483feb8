"""The yearly dossier at the desk: begun, looked at, its dates and its checklist."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils.timezone import localdate

from tests.factories import EditionFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.dossiers.calendar import PARIS
from wagtail_villes_internet.dossiers.models import Campaign, Dossier, Filing, Step

from .dossiers import URL, YEAR, begin, file_it, posted
from .pages import text

pytestmark = pytest.mark.django_db


class TestBeginning:
    def test_the_entry_of_the_menu_leads_to_the_edition_worked_on(self, webmestre):
        EditionFactory(year=YEAR, state="open", closes_at=datetime(YEAR - 1, 12, 1, tzinfo=PARIS))

        response = webmestre.get("/admin/villes-internet/dossier/")

        assert response["Location"] == URL

    def test_looking_begins_nothing(self, webmestre):
        assert "Commencer le dossier 2027" in text(webmestre.get(URL))
        for name in ("services", "textes", "deposer", "comparer", "prediagnostic"):
            response = webmestre.get(f"{URL}{name}/")
            assert response["Location"] == URL, name

        assert not Dossier.objects.exists()
        assert not Campaign.objects.exists()

    def test_a_dossier_is_begun_with_last_year_s_texts(self, webmestre, lunel):
        last = Dossier.objects.create(
            authority=lunel.authority, year=YEAR - 1, statement="Une ville à portée de clic."
        )

        response = posted(lunel, lunel.webmestre, "commencer/")

        assert "avec les textes et les choix de 2026" in text(response)
        assert Dossier.objects.get(year=YEAR).statement == last.statement

    def test_begun_twice_is_begun_once(self, lunel):
        begin(lunel)

        posted(lunel, lunel.referent, "commencer/")

        assert Dossier.objects.count() == 1

    @pytest.mark.parametrize("year", [0, 1999, 2100, 99999, 10**30])
    def test_a_year_that_makes_no_sense_is_not_found(self, webmestre, lunel, year):
        url = f"/admin/villes-internet/dossier/{year}/"

        assert webmestre.get(url).status_code == 404
        posted_there = webmestre.post(f"{url}commencer/", {"authority": lunel.authority.pk})
        assert posted_there.status_code == 404
        assert not Dossier.objects.exists()


@pytest.mark.parametrize("path", [URL, f"{URL}deposer/", "/admin/", "/admin/villes-internet/"])
def test_an_edition_that_closes_at_the_end_of_time_is_open(webmestre, lunel, path):
    begin(lunel)
    EditionFactory(
        year=YEAR, state="open", closes_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    )

    assert webmestre.get(path).status_code == 200


class TestWhereItStands:
    def test_while_it_is_prepared(self, webmestre, lunel):
        begin(lunel, 3)
        lunel.service(title="À compléter", references=[])

        said = text(webmestre.get(URL))

        assert "En préparation : 3 services dans le dossier, 1 qui ne compte pas." in said
        assert "1 service publié est à compléter : il ne compte pas d’ici là." in said
        assert "La présentation est vide." in said
        assert "Transmission : chaque service, toute l’année." in said

    @time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=UTC))
    def test_once_filed_by_hand_and_received(self, webmestre, lunel):
        begin(lunel)
        file_it(lunel)
        assert "La version 1 est à recopier dans l’outil" in text(webmestre.get(URL))

        posted(lunel, lunel.webmestre, "versions/1/", received_on="2026-11-01", number="A-7")

        said = text(webmestre.get(URL))
        assert "Déposé le 1 novembre 2026 : version 1, accusé n° A-7, saisi à la main." in said
        assert "Rien n’a changé dans le dossier depuis." in said

    def test_what_changed_since_the_last_version_is_counted(self, webmestre, lunel):
        dossier = begin(lunel, 2)
        file_it(lunel)
        lunel.service(title="Nouveau")
        Dossier.objects.filter(pk=dossier.pk).update(statement="Autre")

        said = text(webmestre.get(URL))

        assert "Ce qui change : 1 service ajouté, une autre présentation." in said

    def test_says_what_was_filed_before_what_is_prepared(self, webmestre, lunel):
        begin(lunel)
        said = text(webmestre.get(URL))
        assert "En préparation" in said
        assert "Comparer avec le dernier dépôt" not in said

        file_it(lunel)
        said = text(webmestre.get(URL))
        assert "En préparation" not in said
        assert "Comparer" not in said

        lunel.service(title="Nouveau")
        said = text(webmestre.get(URL))
        assert "Comparer avec la version 1" in said
        assert "Comparer avec le dernier dépôt" not in said

        posted(lunel, lunel.webmestre, "versions/1/", received_on=f"{localdate()}", number="A-7")
        assert "Comparer avec le dernier dépôt" in text(webmestre.get(URL))
        file_it(lunel)
        lunel.service(title="Plus nouveau")
        said = text(webmestre.get(URL))
        told = ["La version 2 est à recopier", "version 1, accusé n° A-7", "En préparation"]
        places = [said.index(words) for words in told]
        assert places == sorted(places)

    def test_an_altered_version_is_said_in_so_many_words(self, webmestre, lunel):
        begin(lunel)
        filing = file_it(lunel)
        Filing.objects.filter(pk=filing.pk).update(octets=b"{}")

        for url in (URL, f"{URL}versions/1/"):
            said = text(webmestre.get(url))
            assert "n’est plus ce qui" in said
            assert "help-critical" in said

    def test_a_version_that_was_deleted_is_said_as_well(self, webmestre, lunel):
        begin(lunel)
        first = file_it(lunel)
        lunel.service(title="Plus nouveau")
        file_it(lunel)
        assert "l’a effacée" not in text(webmestre.get(URL))

        Filing.objects.filter(pk=first.pk)._raw_delete(using="default")

        assert "La version 1 manque" in text(webmestre.get(URL))

    def test_the_other_years_are_listed_with_what_became_of_them(self, webmestre, lunel):
        Dossier.objects.create(authority=lunel.authority, year=YEAR - 1)
        begin(lunel)

        said = text(webmestre.get(URL))

        assert 'href="/admin/villes-internet/dossier/2026/">Dossier 2026</a> – Non déposé.' in said


class TestWhatComesNext:
    @pytest.fixture
    def whole(self, lunel):
        """A dossier that lacks nothing."""
        dossier = begin(lunel)
        texts = {"statement": "Notre année", "answers": "Oui"}
        Dossier.objects.filter(pk=dossier.pk).update(**texts)
        return dossier

    def test_where_nothing_is_missing_is_to_read_again_and_file(self, client, lunel, whole):
        client.force_login(lunel.webmestre)
        said = text(client.get(URL))
        assert "Rien ne manque au dossier." in said
        assert f'<a class="button" href="{URL}deposer/">Relire et déposer</a>' in said

        client.force_login(lunel.elu)
        said = text(client.get(URL))
        assert "Rien ne manque au dossier." in said
        assert "Relire et déposer" not in said

    def test_where_something_is_missing_is_that(self, webmestre, lunel):
        begin(lunel)

        said = text(webmestre.get(URL))

        assert "Ce qui manque" in said
        assert "Rien ne manque au dossier." not in said
        assert "Relire et déposer" not in said

    def test_where_the_agreement_alone_is_missing_is_to_ask_for_it(self, webmestre, lunel, whole):
        VillesInternetSettings.objects.update(agreement_required=True)

        said = text(webmestre.get(URL))
        assert "Rien ne manque au dossier." not in said
        assert f'<a class="button" href="{URL}accord/">Demander l’accord</a>' in said
        assert "Relire et déposer" not in said

        posted(lunel, lunel.webmestre, "accord/demander/")
        assert 'class="button" href' not in text(webmestre.get(URL)).split("La campagne")[0]

    def test_is_nothing_once_it_is_filed_as_it_stands(self, webmestre, lunel, whole):
        file_it(lunel)
        assert "Rien ne manque au dossier." not in text(webmestre.get(URL))
        assert "Relire et déposer" not in text(webmestre.get(URL))

        lunel.service(title="Nouveau")
        assert "Relire et déposer" in text(webmestre.get(URL))

    def test_services_filled_in_in_part_are_counted_and_found(self, webmestre, lunel):
        begin(lunel, 2, summary="Oui", url="https://lunel.fr/", offline_alternative="Au guichet")
        for service in lunel.authority.digital_services.all():
            service.audiences, service.interactions = ["residents"], ["inform"]
            service.save()
        assert "qu’en partie" not in text(webmestre.get(URL))
        lunel.service(title="Cantine", summary="")
        lunel.service(title="Piscine", offline_alternative="")

        said = text(webmestre.get(URL))

        words = "2 services ne sont remplis qu’en partie ; ils comptent tout de même."
        assert f'<a href="{URL}services/?show=partly">{words}</a>' in said
        page = webmestre.get(f"{URL}services/?show=partly")
        rows = [row.title for section in page.context["sections"] for row in section["rows"]]
        assert sorted(rows) == ["Cantine", "Piscine"]
        assert "Dites en une phrase à quoi il sert." in text(page)

    def test_nobody_reads_of_an_agreement_that_nobody_asked_for(self, webmestre, lunel, whole):
        assert "Accord de l’élu" not in text(webmestre.get(URL))

        posted(lunel, lunel.webmestre, "accord/demander/")

        assert "Accord de l’élu" in text(webmestre.get(URL))


class TestDates:
    def test_are_the_town_s_own_until_the_registry_gives_some(self, webmestre, lunel):
        response = posted(lunel, lunel.referent, "dates/", closes_on="2026-12-10")

        assert "10 décembre 2026" in text(response)
        assert "saisies ici, pour votre seule collectivité" in text(response)
        closes_at = datetime(2026, 12, 15, 23, 59, 59, tzinfo=PARIS)
        EditionFactory(year=YEAR, state="open", closes_at=closes_at)
        said = text(webmestre.get(URL))
        assert "15 décembre 2026" in said
        assert "Ces dates sont celles du registre." in said

    def test_those_of_the_registry_are_not_asked_for_and_lose_nothing(self, webmestre, lunel):
        posted(lunel, lunel.webmestre, "dates/", closes_on="2026-12-10", ceremony_on="2027-02-01")
        closes_at = datetime(2026, 12, 15, 23, 59, 59, tzinfo=PARIS)
        EditionFactory(year=YEAR, state="open", closes_at=closes_at)

        assert "closes_on" not in webmestre.get(f"{URL}dates/").context["form"].fields
        posted(lunel, lunel.webmestre, "dates/", ceremony_on="2027-02-04")

        kept = Campaign.objects.get()
        assert (kept.closes_on, kept.ceremony_on) == (date(2026, 12, 10), date(2027, 2, 4))

    def test_a_town_may_sit_an_edition_out_and_come_back(self, webmestre, lunel):
        EditionFactory(
            year=YEAR, state="open", closes_at=datetime(2026, 12, 15, 23, 59, 59, tzinfo=PARIS)
        )
        posted(lunel, lunel.webmestre, "dates/", ceremony_on="2027-02-04", sits_out="on")

        said = text(webmestre.get(URL))
        assert "Pas de dossier pour l’édition 2027" in said
        assert "jours" not in said[said.index("La campagne") : said.index("Cérémonie")]
        assert webmestre.get(f"{URL}dates/").context["form"].initial["sits_out"]

        posted(lunel, lunel.webmestre, "dates/", ceremony_on="2027-02-04")
        assert "Pas de dossier" not in text(webmestre.get(URL))

    def test_what_is_sat_out_is_said_once_with_the_way_back(self, client, lunel):
        begin(lunel)
        posted(lunel, lunel.webmestre, "dates/", sits_out="on")
        client.force_login(lunel.webmestre)

        said = text(client.get(URL))

        sentence = "Pas de dossier pour l’édition 2027 : votre collectivité n’y participe pas."
        assert said.count(sentence) == 1
        assert f'<a href="{URL}dates/">Changer d’avis</a>' in said
        assert "En préparation" not in said
        assert "Relire et déposer" not in said
        assert "Étapes du dossier" not in said
        client.force_login(lunel.elu)
        assert "Changer d’avis" not in text(client.get(URL))

    def test_what_is_sat_out_has_no_button_to_begin_and_beginning_takes_part(
        self, webmestre, lunel
    ):
        posted(lunel, lunel.webmestre, "dates/", sits_out="on")
        assert "Commencer le dossier" not in text(webmestre.get(URL))

        begin(lunel)

        assert not Campaign.objects.get().sits_out
        assert "En préparation" in text(webmestre.get(URL))

    def test_what_is_filed_is_not_sat_out(self, lunel):
        begin(lunel)
        file_it(lunel)

        response = self.sit_out(lunel, ceremony_on="2027-02-04")

        [problem] = response.context["form"].errors["sits_out"]
        waits = "La version 1 attend : abandonnez-la d’abord, ou déposez-la."
        assert problem.replace("\xa0", " ") == waits
        assert 'value="2027-02-04"' in text(response)
        assert not Campaign.objects.exclude(ceremony_on=None, sits_out=False).exists()

        posted(lunel, lunel.webmestre, "versions/1/", received_on=f"{localdate()}")
        response = self.sit_out(lunel)
        assert response.context["form"].errors["sits_out"] == [
            "Un dossier est déjà déposé pour 2027."
        ]

    def test_a_version_to_be_copied_is_given_up_and_then_the_edition_is_sat_out(
        self, webmestre, lunel
    ):
        begin(lunel)
        file_it(lunel)
        assert "Abandonner cette version" in text(webmestre.get(f"{URL}versions/1/"))

        posted(lunel, lunel.webmestre, "versions/1/decider/", decision="give_up")
        self.sit_out(lunel)

        assert Campaign.objects.get().sits_out
        said = text(webmestre.get(URL))
        assert "La version 1 a été abandonnée." in said
        assert 'name="received_on"' not in text(webmestre.get(f"{URL}versions/1/"))
        assert file_it(lunel).number == 2

    def sit_out(self, town, **dates):
        return posted(town, town.webmestre, "dates/", sits_out="on", **dates)

    def test_what_cannot_be_is_said_beside_what_was_typed(self, lunel):
        response = posted(
            lunel, lunel.webmestre, "dates/", opens_on="2026-11-10", closes_on="2026-03-01"
        )

        assert "La clôture ne peut pas précéder l’ouverture." in text(response)
        assert 'value="2026-03-01"' in text(response)
        assert not Campaign.objects.exists()

    def test_no_day_at_all_is_said(self, lunel):
        response = posted(lunel, lunel.webmestre, "dates/", closes_on="demain")

        assert response.context["form"].errors["closes_on"]
        assert not Campaign.objects.exists()


class TestTheChecklist:
    def test_a_line_is_ticked_with_a_note(self, lunel):
        response = posted(
            lunel,
            lunel.referent,
            "liste/",
            **{"done-membership": "on", "note-membership": "Vu avec la compta"},
        )

        assert "La liste est enregistrée." in text(response)
        assert 'value="Vu avec la compta"' in text(response)
        step = Step.objects.get()
        assert (step.code, step.user) == ("membership", lunel.referent)
        assert step.done_on

    def test_what_somebody_else_ticked_meanwhile_stays(self, lunel):
        """The page of one was opened before the other ticked."""
        posted(lunel, lunel.webmestre, "liste/", **{"done-account": "on"})

        posted(lunel, lunel.referent, "liste/", **{"done-membership": "on"})

        done = Step.objects.exclude(done_on=None).values_list("code", flat=True)
        assert set(done) == {"account", "membership"}

    def test_a_line_is_unticked(self, lunel):
        posted(lunel, lunel.webmestre, "liste/", **{"done-account": "on", "note-account": "Oui"})

        posted(
            lunel,
            lunel.webmestre,
            "liste/",
            **{"was-done-account": "1", "was-note-account": "Oui", "note-account": "Oui"},
        )

        step = Step.objects.get()
        assert (step.done_on, step.note) == (None, "Oui")

    def test_nothing_changed_writes_nothing(self, lunel):
        posted(lunel, lunel.webmestre, "liste/")

        assert not Step.objects.exists()
        assert not Campaign.objects.exists()
