"""Services put forward: those an editor chose, or the most recent."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.log_actions import LogContext
from wagtail.models import Locale

from tests.blocks.pages import fetch, offer, our_queries, publish, said, show
from tests.factories import Town
from wagtail_villes_internet.blocks import FeaturedServicesBlock
from wagtail_villes_internet.blocks.service_chooser import ServiceChooserBlock
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db


def featured(*services, **more):
    return "featured_services", {"services": [*services], **more}


def titles(page) -> list[str]:
    return [
        said(row.select_one(".vi-service__title"))
        for row in page.select("[data-vi-featured] [data-vi-service]")
    ]


def published_on(service: DigitalService, day: int) -> DigitalService:
    service.first_published_at = timezone.make_aware(timezone.datetime(2026, 10, day, 12))
    service.save()
    return service


class TestChosenOnes:
    def test_come_in_the_order_of_the_editor_each_once(self, lunel):
        one, two, three = (lunel.service(title=title) for title in ("Un", "Deux", "Trois"))

        page = show(lunel, featured(three, one, three))

        assert titles(page) == ["Trois", "Un"]
        assert two.title not in said(page)

    def test_whatever_residents_must_not_see_is_left_out(self, lunel, other_town):
        seen = lunel.service(title="Montré")
        hidden = [
            lunel.service(title="Brouillon", live=False),
            lunel.service(title="Interne", public=False),
            lunel.service(title="Terminé", status=DigitalService.Status.ENDED),
            lunel.service(title="Incomplet", references=[]),
            other_town.service(title="Celui d'une autre ville"),
        ]

        assert titles(show(lunel, featured(*hidden, seen))) == ["Montré"]

    def test_with_none_to_show_there_is_nothing_not_even_a_heading(self, lunel):
        lunel.service(title="Un autre")
        draft = lunel.service(title="Brouillon", live=False)

        page = show(lunel, featured(draft, heading="À la une"))

        assert said(page.main) == "Page"

    def test_one_that_was_deleted_since_is_left_out(self, lunel):
        kept, gone = lunel.service(title="Gardé"), lunel.service(title="Supprimé")
        page = publish(lunel, featured(gone, kept))
        only_gone = publish(lunel, featured(gone), title="Seul")
        gone.delete()

        assert "Gardé" in fetch(lunel, page)
        assert "data-vi-service=" not in fetch(lunel, only_gone)

    def test_speak_the_language_of_the_page(self, lunel, settings):
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
        english, _created = Locale.objects.get_or_create(language_code="en")
        french = lunel.service(title="Prendre rendez-vous")
        translated = french.copy_for_translation(english)
        translated.title = "Make an appointment"
        translated.live = True
        translated.save()
        page = publish(lunel, featured(french))

        headers = {"host": lunel.site.hostname, "accept-language": "en"}
        with translation.override("fr"):  # LocaleMiddleware leaves its own behind
            answer = Client().get(f"/{page.slug}/", headers=headers).content.decode()

        assert "Make an appointment" in answer
        assert "Prendre rendez-vous" not in answer


class TestTheMostRecent:
    def test_are_those_put_online_last(self, lunel):
        for day, title in [(3, "Troisième"), (1, "Premier"), (2, "Deuxième")]:
            published_on(lunel.service(title=title), day)

        page = show(lunel, ("featured_services", {"number": 2}))

        assert titles(page) == ["Troisième", "Deuxième"]

    def test_of_one_day_come_in_alphabetical_order_and_undated_ones_last(self, lunel):
        for title in ("Zèbre", "Âne"):
            published_on(lunel.service(title=title), 1)
        DigitalService.objects.filter(pk=lunel.service(title="Abeille").pk).update(
            first_published_at=None
        )

        assert titles(show(lunel, ("featured_services", {}))) == ["Âne", "Zèbre", "Abeille"]

    def test_are_three_unless_the_editor_says_more(self, lunel):
        offer(lunel, 20)

        assert len(titles(show(lunel, ("featured_services", {})))) == 3
        assert len(titles(show(lunel, ("featured_services", {"number": 12})))) == 12


def test_a_heading_of_the_level_the_editor_chose(lunel):
    lunel.service()

    page = show(lunel, featured(heading="À la une", heading_level="h3"))

    assert said(page.select_one("[data-vi-featured] > h3")) == "À la une"


def test_a_site_bound_to_no_authority_shows_nothing(lunel):
    service = lunel.service()
    lunel.settings.delete()

    assert said(show(lunel, featured(service, heading="À la une")).main) == "Page"


def test_hostile_words_are_text(lunel):
    service = lunel.service(title="</li></ul><script>alert(1)</script>")

    page = show(lunel, featured(service, heading="<script>alert(2)</script>"))

    assert not page.select("script")
    assert titles(page) == ["</li></ul><script>alert(1)</script>"]


class TestWhatItCosts:
    def test_the_most_recent_cost_what_the_list_costs(self, lunel):
        offer(lunel, 138)
        listed = our_queries(lunel, publish(lunel, ("services_by_theme", {})))

        recent = ("featured_services", {"number": 12})
        page = publish(lunel, recent, ("services_by_theme", {}), recent, title="Récents")

        assert our_queries(lunel, page) == listed

    @pytest.mark.parametrize("number", [1, 12])
    def test_chosen_ones_take_wagtails_one_query_whatever_their_number(self, lunel, number):
        offer(lunel, 138)
        listed = our_queries(lunel, publish(lunel, ("services_by_theme", {})))
        services = list(DigitalService.objects.order_by("pk")[:number])

        page = publish(
            lunel, featured(*services), featured(*reversed(services)), title=f"{number} choisis"
        )

        assert our_queries(lunel, page) == listed + 1


class TestChoosing:
    def test_the_chooser_offers_no_service_of_another_town(self, lunel, other_town):
        other_town.service(title="Secret d'Aubagne")
        lunel.service(title="Le nôtre")
        client = Client()
        client.force_login(lunel.webmestre)
        widget = ServiceChooserBlock().widget

        offered = client.get(widget.get_chooser_modal_url()).json()["html"]

        assert "Le nôtre" in offered
        assert "Secret" not in offered

    def test_a_posted_key_of_another_town_chooses_nothing(self, lunel, other_town):
        mine, theirs = lunel.service(), other_town.service(title="Secret", live=False)
        block = ServiceChooserBlock()

        with LogContext(user=lunel.webmestre):
            chosen = [block.value_from_form(str(service.pk)) for service in (mine, theirs)]

        assert chosen == [mine, None]

    def test_the_title_of_another_towns_draft_never_comes_back_in_a_form(self, lunel, other_town):
        theirs = other_town.service(title="Secret d'Aubagne", live=False)
        page = publish(lunel, featured(lunel.service()))
        client = Client()
        client.force_login(lunel.webmestre)
        block = page.body[0]
        posted = {
            "title": page.title,
            "slug": page.slug,
            "body-count": "1",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-type": "featured_services",
            "body-0-id": block.id,
            "body-0-value-heading": "",
            "body-0-value-heading_level": "h2",
            "body-0-value-presentation": "cards",
            "body-0-value-number": "3",
            "body-0-value-services-count": "1",
            "body-0-value-services-0-deleted": "",
            "body-0-value-services-0-order": "0",
            "body-0-value-services-0-type": "",
            "body-0-value-services-0-value": str(theirs.pk),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
        }

        answer = client.post(
            reverse("wagtailadmin_pages:edit", args=[page.pk]), posted, follow=True
        )
        again = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

        assert answer.status_code == again.status_code == 200
        assert "Secret" not in answer.content.decode() + again.content.decode()


def test_hosts_migrations_stand_on_wagtails_own_block():
    path, args, kwargs = ServiceChooserBlock().deconstruct()

    assert path == "wagtail.snippets.blocks.SnippetChooserBlock"
    assert (args, kwargs) == (["wagtail_villes_internet.DigitalService"], {})


def test_the_api_gives_remote_ids_and_where_the_rest_is():
    service = Town("Lunel").service()
    block = FeaturedServicesBlock()

    said_to_machines = block.get_api_representation(
        block.to_python({"heading": "À la une", "services": [service.pk], "number": 4})
    )

    assert said_to_machines == {
        "heading": "À la une",
        "services": [service.remote_id],
        "heading_level": "h2",
        "presentation": "cards",
        "number": 4,
        "links": ["/villes-internet/services.json"],
    }
