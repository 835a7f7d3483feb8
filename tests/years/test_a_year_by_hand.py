"""The same year without a registry: the town types the dates, copies, and types the receipt."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.timezone import localdate

from tests.factories import Town
from wagtail_villes_internet.dossiers.models import Dossier, Filing, Receipt
from wagtail_villes_internet.services.models import DigitalService

from .person import YEAR, Person, kept_as_filed, states

State = Filing.State


@pytest.mark.django_db
def test_from_one_campaign_to_the_next():
    town = Town("Quéven")
    setting = town.settings
    setting.agreement_required = True
    setting.save()
    referent, elu = Person(town.referent, town), Person(town.elu, town)
    closes_on = localdate() + timedelta(days=20)
    town.service(title="Portail famille")

    # The campaign opens, says the town.
    referent.posts(
        "dates/",
        opens_on=(localdate() - timedelta(days=30)).isoformat(),
        closes_on=closes_on.isoformat(),
        ceremony_on="",
    )
    assert "Il reste 20 jours" in referent.reads()
    call_command("villes_internet_sync", verbosity=0)

    # Prepared, agreed to; a change asks again.
    referent.posts("commencer/")
    referent.writes(statement="Notre année.")
    elu.posts_what_is_shown("accord/")
    town.service(title="Prise de rendez-vous")
    referent.forces_a_filing()
    assert states() == []
    elu.posts_what_is_shown("accord/")

    # Filed: to be copied, then the receipt is typed in.
    referent.posts_what_is_shown("deposer/")
    assert states() == [State.TO_COPY]
    referent.posts(
        "versions/1/", received_on=timezone.localdate().isoformat(), number="VI-2027-118"
    )
    assert states() == [State.FILED]
    assert Receipt.objects.get().typed
    assert "VI-2027-118" in referent.reads()
    filed = kept_as_filed()

    # Filed again.
    referent.writes(statement="Notre année, complétée.")
    elu.posts_what_is_shown("accord/")
    referent.posts_what_is_shown("deposer/")
    assert states() == [State.FILED, State.TO_COPY]
    DigitalService.objects.get(title="Portail famille").delete()
    assert kept_as_filed().items() >= filed.items()

    # It closes, by the dates typed: our clock only warns.
    referent.posts(
        "dates/",
        opens_on="",
        closes_on=(localdate() - timedelta(days=1)).isoformat(),
        ceremony_on="",
    )
    assert "semble close" in referent.reads("deposer/")

    # The next edition takes everything over.
    referent.posts("commencer/", YEAR + 1)
    following = Dossier.objects.get(year=YEAR + 1)
    assert following.statement == "Notre année, complétée."
    assert timezone.now() > Receipt.objects.get().received_at
