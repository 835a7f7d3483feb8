"""What is kept of a town's services is forgotten at once when it changes, and costs one query until
then."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.blocks.pages import fetch, publish
from tests.factories import Town
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService, Theme
from wagtail_villes_internet.matrix.store import take_into_use
from wagtail_villes_internet.services.listing import PICTURE
from wagtail_villes_internet.services.models import DigitalService

# Wagtail leaves the file it makes a rendition from to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file", "ignore:Exception ignored in")
CARDS = ("services_by_theme", {"presentation": "cards"})
ALL = [("label_badge", {}), ("label_history", {}), CARDS]


def picture(name: str):
    return get_image_model().objects.create(
        title=name, file=get_test_image_file(filename=f"{name}.png", size=(640, 480))
    )


@pytest.fixture
def page(lunel):
    cache.clear()
    lunel.award(year=2024)
    lunel.service(title="Cantine", references=["p-rdv-titres"], image=picture("cantine"))
    page = publish(lunel, *ALL)
    fetch(lunel, page)  # The rendition is made.
    return page


def the_service() -> DigitalService:
    return DigitalService.objects.get(title="Cantine")


def asked(town, page) -> list[str]:
    """The queries of a page that are for our blocks."""
    with CaptureQueriesContext(connection) as queries:
        fetch(town, page)
    ours = ('"wagtail_villes_internet_', '"wagtailimages_')
    return [query["sql"] for query in queries if any(name in query["sql"] for name in ours)]


def test_kept_the_whole_page_costs_the_query_of_the_setting(lunel, page):
    (query,) = asked(lunel, page)

    assert '"wagtail_villes_internet_villesinternetsettings"' in query


def test_that_there_is_no_service_is_kept_too(lunel):
    cache.clear()
    page = publish(lunel, CARDS)
    fetch(lunel, page)

    assert len(asked(lunel, page)) == 1


def title_changes(town):
    service = the_service()
    service.title = "Restauration scolaire"
    service.save()


def draft_is_published(town):
    service = the_service()
    service.title = "Restauration scolaire"
    service.save_revision().publish()


def it_is_unpublished(town):
    the_service().unpublish()


def it_goes(town):
    the_service().delete()


def another_comes(town):
    town.service(title="Piscine")


def it_expires(town):
    service = the_service()
    service.expire_at = timezone.now() - timedelta(minutes=1)
    service.save()
    service.unpublish(set_expired=True)


def it_is_attached_elsewhere(town):
    service = the_service()
    service.reference_services.set(ReferenceService.objects.filter(code="p-wifi-ecoles"))
    service.save()


def it_is_detached_at_once(town):
    service = the_service()
    service.reference_services.clear()
    service.reference_services.commit()


def a_reference_service_takes_another(town):
    other = town.service(title="Piscine", references=[])
    ReferenceService.objects.get(code="p-rdv-titres").digital_services.add(other)


def a_reference_service_lets_all_go(town):
    ReferenceService.objects.get(code="p-rdv-titres").digital_services.clear()


def a_reference_service_lets_it_go(town):
    reference = ReferenceService.objects.get(code="p-rdv-titres")
    reference.digital_services.remove(the_service())


def its_picture_is_another(town):
    service = the_service()
    service.image = picture("refectoire")
    service.save()


def its_picture_is_deleted(town):
    the_service().image.delete()


def a_theme_is_renamed(town):
    theme = Theme.objects.get(code="services-publics")
    theme.label = "Services à la population"
    theme.save()


def another_matrix_is_taken_into_use(town):
    take_into_use(Matrix.objects.create(version="vide"))


CHANGES = [
    *(title_changes, draft_is_published, it_is_unpublished, it_goes, another_comes, it_expires),
    *(it_is_attached_elsewhere, it_is_detached_at_once, a_reference_service_takes_another),
    *(a_reference_service_lets_it_go, a_reference_service_lets_all_go),
    *(its_picture_is_another, its_picture_is_deleted),
    *(a_theme_is_renamed, another_matrix_is_taken_into_use),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_seen_on_the_next_page(lunel, page, change):
    before = fetch(lunel, page)

    change(lunel)

    assert fetch(lunel, page) != before


def test_a_rendition_that_is_thrown_away_is_made_again(lunel, page):
    rendition = the_service().image.renditions.get(filter_spec=PICTURE)

    rendition.delete()

    assert fetch(lunel, page)
    assert the_service().image.renditions.filter(filter_spec=PICTURE).exists()


def test_what_was_rolled_back_is_not_shown(lunel, page):
    before = fetch(lunel, page)

    with transaction.atomic():
        title_changes(lunel)
        assert "Restauration scolaire" in fetch(lunel, page)
        transaction.set_rollback(True)

    assert fetch(lunel, page) == before


def test_a_draft_leaves_what_is_kept(lunel, page):
    new = lunel.service(title="Brouillon", live=False)
    fetch(lunel, page)

    for service in (the_service(), new):
        service.title = "En préparation"
        service.save_revision()
    DigitalService.objects.create(title="Autre", authority=lunel.authority, live=False)

    assert len(asked(lunel, page)) == 1


def test_another_town_leaves_what_is_kept(lunel, page):
    Town("Aubagne").service(title="Piscine")

    assert len(asked(lunel, page)) == 1


def test_a_new_day_is_seen_without_any_change(lunel):
    lunel.service(title="Éphémère", ended_on=date(2024, 3, 1))
    page = publish(lunel, CARDS)

    with time_machine.travel("2024-03-01 23:59 +0100", tick=False):
        assert "Éphémère" in fetch(lunel, page)
    with time_machine.travel("2024-03-02 00:01 +0100", tick=False):
        assert "Éphémère" not in fetch(lunel, page)
