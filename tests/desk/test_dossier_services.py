"""Which services are part of the dossier: taken in, left out, and those that do not count."""

from datetime import date
from uuid import uuid4

import pytest

from wagtail_villes_internet.dossiers.models import Choice

from .dossiers import URL, begin, posted
from .pages import text

pytestmark = pytest.mark.django_db

SERVICES = "services/"


@pytest.fixture
def choose(lunel):
    """Posts a choice of Lunel's webmestre about these services."""

    def choose(do, *services, path=SERVICES, **posted_too):
        named = [getattr(one, "remote_id", one) for one in services]
        return posted(lunel, lunel.webmestre, path, do=do, service=named, **posted_too)

    return choose


def titles(page, group) -> list[str]:
    return [
        row.title
        for section in page.context["sections"]
        if section["group"] == group
        for row in section["rows"]
    ]


class TestTheList:
    def test_groups_every_service_of_the_town(self, webmestre, lunel, choose):
        begin(lunel)
        out = lunel.service(title="Ancien portail")
        lunel.service(title="Brouillon", live=False)
        lunel.service(title="Sans rattachement", references=[])
        choose("leave", out, reason="En double")

        page = webmestre.get(URL + SERVICES)

        assert titles(page, "in") == ["Service 000"]
        assert titles(page, "left_out") == ["Ancien portail"]
        assert titles(page, "not_counting") == ["Brouillon", "Sans rattachement"]
        said = text(page)
        assert "Raison notée : En double" in said
        assert "Dans le dossier (1)" in said
        assert "Ne comptent pas (2)" in said

    def test_says_by_each_reason_to_write_that_it_is_filed(self, webmestre, lunel):
        begin(lunel, 2)

        said = text(webmestre.get(URL + SERVICES))

        # One for each service, and one for those that are ticked.
        assert said.count("Déposée avec le dossier : le jury peut la lire.") == 3

    def test_says_what_to_do_then_the_rule_and_its_source(self, webmestre, lunel):
        begin(lunel)
        lunel.service(title="Prévu", status="planned")

        said = text(webmestre.get(f"{URL}services/?show=not_counting"))

        advice, why = said.split("<summary>Pourquoi ?", 1)
        assert "Prévu, pas encore en service : il comptera une fois ouvert." in advice
        assert "weka.fr, mai 2017" not in advice
        assert "weka.fr, mai 2017" in why.split("</details>")[0]

    def test_leads_to_the_service_whoever_may_change_it(self, client, lunel):
        begin(lunel, 0)
        service = lunel.service(title="Cantine", references=[])
        address = f"/admin/villes-internet/services/edit/{service.pk}/"

        for user, leads in [(lunel.referent, True), (lunel.elu, False)]:
            client.force_login(user)
            assert (address in text(client.get(URL + SERVICES))) is leads

    def test_is_searched_by_words_and_filtered(self, webmestre, lunel):
        begin(lunel, 0)
        lunel.service(title="Prise de rendez-vous à l’état civil")
        lunel.service(title="Cantine", references=["p-paiement-cantine"])

        found = webmestre.get(f"{URL}services/?q=ETAT")
        assert titles(found, "in") == ["Prise de rendez-vous à l’état civil"]
        assert "Aucun service trouvé." in text(webmestre.get(f"{URL}services/?q=piscine"))
        everything = webmestre.get(f"{URL}services/?show=nimporte&p=zzz")
        assert everything.context["count"] == 2
        theme = everything.context["sections"][0]["rows"][0].themes
        by_theme = webmestre.get(f"{URL}services/?theme={next(iter(theme))}")
        assert 1 <= by_theme.context["count"] <= 2

    def test_is_cut_in_pages(self, webmestre, lunel):
        begin(lunel, 53)

        assert len(titles(webmestre.get(URL + SERVICES), "in")) == 50
        assert len(titles(webmestre.get(f"{URL}services/?p=2"), "in")) == 3


class TestChoosing:
    def test_a_service_is_left_out_with_a_reason_and_taken_in_again(self, webmestre, lunel, choose):
        begin(lunel, 2)
        service = lunel.service(title="Ancien portail")

        said = text(choose("leave", service, reason="En double"))
        assert "1 service est laissé de côté." in said
        choice = Choice.objects.get()
        assert (choice.title, choice.included, choice.reason) == (
            "Ancien portail",
            False,
            "En double",
        )

        assert "1 service est dans le dossier." in text(choose("take", service))
        assert not Choice.objects.exists()

    def test_a_reason_is_asked_for_and_the_ticks_stay(self, lunel, choose):
        begin(lunel)
        service = lunel.service(title="Ancien portail")

        response = choose("leave", service)

        assert "Dites pourquoi ce service est laissé de côté." in text(response)
        assert f'id="service-{service.remote_id}" checked' in text(response)
        assert not Choice.objects.exists()

    def test_what_does_not_count_is_out_already(self, lunel, choose):
        begin(lunel)
        draft = lunel.service(title="Brouillon", live=False)
        planned = lunel.service(title="Prévu", status="planned")

        said = text(choose("leave", draft, planned))

        assert "2 services ne comptent pas : ils ne sont déjà pas dans le dossier." in said
        assert "laissés de côté." not in said
        assert f'id="service-{draft.remote_id}" checked' in said
        assert not Choice.objects.exists()

        assert "2 services sont laissés de côté." in text(
            choose("leave", draft, planned, reason="L’an prochain")
        )
        assert Choice.objects.count() == 2

    def test_what_is_counted_is_what_was_kept(self, lunel, choose):
        begin(lunel)
        draft = lunel.service(title="Brouillon", live=False)
        planned = lunel.service(title="Prévu", status="planned")
        choose("take", planned)

        said = text(choose("leave", draft, planned))

        assert "1 service ne compte pas : il n’est déjà pas dans le dossier." in said
        assert "1 service est laissé de côté." in said

    def test_a_reason_that_is_too_long_is_refused_with_all_that_was_typed(self, lunel, choose):
        begin(lunel)
        service = lunel.service(title="Ancien portail")

        response = choose("leave", service, reason="a" * 501)

        assert "500" in str(next(iter(response.context["messages"])))
        assert "a" * 501 in text(response)
        assert not Choice.objects.exists()

    def test_several_at_once_and_what_cannot_be_is_said(self, lunel, choose):
        begin(lunel, 0)
        planned = lunel.service(title="Prévu", status="planned")
        draft = lunel.service(title="Brouillon", live=False)

        said = text(choose("take", planned, draft, reason="Ouvre en janvier"))

        assert "1 service est dans le dossier." in said
        assert "Brouillon" in said
        assert [choice.title for choice in Choice.objects.all()] == ["Prévu"]

    def test_a_choice_leaves_the_others(self, lunel, choose):
        begin(lunel, 0)
        first, second = lunel.service(title="Un"), lunel.service(title="Deux")

        choose("leave", first, reason="Un doublon")
        choose("leave", second, reason="Un autre")

        assert set(Choice.objects.values_list("title", flat=True)) == {"Un", "Deux"}

    def test_all_that_was_looked_for_on_every_page(self, lunel, choose):
        begin(lunel, 52)
        lunel.service(title="Cantine")

        choose("leave", path="services/?q=service", all="1", reason="Hors sujet")

        assert Choice.objects.count() == 52
        assert not Choice.objects.filter(title="Cantine").exists()

    def test_nothing_ticked_is_said(self, lunel, choose):
        begin(lunel)

        assert "Cochez au moins un service." in text(choose("take"))

    def test_the_page_shown_again_is_the_one_looked_at(self, lunel, choose):
        begin(lunel)
        service = lunel.service(title="Cantine")

        response = choose("leave", service, path="services/?q=cantine", reason="Doublon")

        assert response.redirect_chain[-1][0] == f"{URL}services/?q=cantine"

    def test_what_is_not_of_this_town_is_not_found(self, lunel, choose):
        begin(lunel)

        for service in (uuid4(), "nimporte", ""):
            assert choose("leave", service, reason="x").status_code == 404
        assert choose("autre").status_code == 404
        assert not Choice.objects.exists()

    def test_an_old_one_is_counted_on_the_word_of_the_town(self, webmestre, lunel, choose):
        begin(lunel, 0)
        old = lunel.service(
            title="Vieux", started_on=date(2018, 1, 1), ended_on=date(2020, 1, 1), status="ended"
        )
        assert titles(webmestre.get(URL + SERVICES), "not_counting") == ["Vieux"]

        choose("take", old, reason="Repris cette année")

        said = text(webmestre.get(URL + SERVICES))
        assert "sur la parole de votre collectivité" in said
        choose("leave", old)
        assert titles(webmestre.get(URL + SERVICES), "not_counting") == ["Vieux"]
