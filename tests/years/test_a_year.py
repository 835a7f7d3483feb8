"""A whole year of a town, from the opening of a campaign to that of the next.

Its people click through the admin; the association's registry is another process, over HTTP.
"""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
import requests
from django.core.management import call_command
from django.utils.timezone import localdate

from tests.factories import Town
from tests.processes import RegistryProcess
from wagtail_villes_internet.dossiers.campaign import current_year
from wagtail_villes_internet.dossiers.models import Dossier, Filing, Receipt
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.wanted import known_codes_of

from .person import YEAR, Person, filings, kept_as_filed, states

SIREN, TOKEN = RegistryProcess.siren, RegistryProcess.token
State = Filing.State


@pytest.mark.processes
@pytest.mark.django_db
class TestWithARegistry:
    @pytest.fixture
    def registry(self, tmp_path):
        with RegistryProcess(tmp_path) as registry:
            yield registry

    @pytest.fixture
    def town(self, registry, settings):
        settings.WAGTAIL_VILLES_INTERNET = {
            "REGISTRY": {
                "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
                "OPTIONS": {"url": registry.base_url, "timeout": 5},
            },
            "REGISTRY_TOKENS": {SIREN: TOKEN},
        }
        town = Town("Lunel", siren=SIREN, insee="34145")
        setting = town.settings
        setting.agreement_required = True
        setting.technical_email = "numerique@ville.example"
        setting.elected_email = "elu@ville.example"
        setting.save()
        return town

    def synchronise(self, *, succeeds: bool = True) -> None:
        with nullcontext() if succeeds else pytest.raises(SystemExit):
            call_command("villes_internet_sync", "--now", verbosity=0)

    def at_the_registry(self, registry) -> dict:
        return requests.get(
            f"{registry.base_url}authorities/{SIREN}/dossiers/{YEAR}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=10,
        ).json()

    def test_from_one_campaign_to_the_next(self, registry, town, mailoutbox):
        webmestre, referent, elu = (
            Person(user, town) for user in (town.webmestre, town.referent, town.elu)
        )
        # The campaign is open; the first run learns it, and the association's matrix.
        town.service(title="Portail famille")
        self.synchronise()
        assert current_year(town.authority) == YEAR
        assert "Il reste 60 jours" in referent.reads()
        codes = known_codes_of(town.authority.declarations.get().registry)
        assert codes

        # Services change.
        town.service(title="Prise de rendez-vous")
        old = localdate() - timedelta(days=1200)
        town.service(title="Borne retirée", status="ended", started_on=old, ended_on=old)
        planned = town.service(title="Capteurs à venir", status="planned")
        referent.posts("commencer/")
        diagnosis = referent.reads("prediagnostic/")
        assert "Portail famille" in diagnosis
        assert "vieux de plus de deux ans" in diagnosis
        assert " %" not in diagnosis

        # The dossier opens with what counts.
        referent.writes(statement="Une année de services.", answers="Facile à remplir.")
        prepared = referent.reads("deposer/")
        assert "Prise de rendez-vous" in prepared
        assert "Une année de services." in prepared

        # An élu has to agree, and is asked.
        referent.forces_a_filing()
        assert states() == []
        referent.posts("accord/demander/")
        assert [mail.to for mail in mailoutbox if "ccord" in mail.subject] == [
            ["elu@ville.example"]
        ]
        elu.posts_what_is_shown("accord/")
        assert 'name="shown"' in referent.get("deposer/")

        # A change asks again.
        DigitalService.objects.filter(pk=planned.pk).update(status="active")
        referent.forces_a_filing()
        assert states() == []
        elu.posts_what_is_shown("accord/")

        # The registry is down: what is filed waits, and is sent again.
        registry.stop()
        referent.posts_what_is_shown("deposer/")
        assert states() == [State.TO_SEND]
        self.synchronise(succeeds=False)
        assert states() == [State.TO_SEND]
        registry.start()
        self.synchronise()
        assert states() == [State.FILED]
        first = Receipt.objects.get()
        assert first.sha256 == filings()[0].sha256
        at = self.at_the_registry(registry)
        assert [one["sha256"] for one in at["receipts"]] == [first.sha256]
        assert at["dossier"]["signed_off"] == [{"role": "elected", "on": localdate().isoformat()}]
        assert town.elu.username not in json.dumps(at)

        # Filed again, while the campaign is open: both versions are kept.
        referent.writes(statement="Une année de services, et deux nouveautés.")
        elu.posts_what_is_shown("accord/")
        referent.posts_what_is_shown("deposer/")
        self.synchronise()
        assert states() == [State.FILED, State.FILED]
        assert len(self.at_the_registry(registry)["receipts"]) == 2
        filed = kept_as_filed()

        # Whatever happens to the services afterwards, what was filed stays.
        DigitalService.objects.get(title="Portail famille").unpublish()
        DigitalService.objects.get(title="Prise de rendez-vous").delete()
        town.authority.name = "Lunel-sur-Mer"
        town.authority.save()
        assert kept_as_filed() == filed

        # It closes: a late filing is refused, clearly, and nothing of it is lost.
        registry.agent("close-edition", YEAR)
        referent.writes(statement="Trop tard.")
        elu.posts_what_is_shown("accord/")
        referent.posts_what_is_shown("deposer/")
        self.synchronise(succeeds=False)
        assert states() == [State.FILED, State.FILED, State.TOO_LATE]
        assert len(self.at_the_registry(registry)["receipts"]) == 2
        assert "close" in referent.reads("versions/3/")
        assert "Trop tard." in referent.reads("versions/3/")
        assert kept_as_filed().items() >= filed.items()

        # The next edition opens with everything carried over.
        registry.agent("open-edition", YEAR + 1)
        self.synchronise(succeeds=False)
        referent.posts("commencer/", YEAR + 1)
        following = Dossier.objects.get(year=YEAR + 1)
        assert (following.statement, following.answers) == ("Trop tard.", "Facile à remplir.")
        assert following.carried_from == YEAR
        assert "Portail famille" in referent.reads("comparer/", YEAR + 1)
        assert webmestre.reads("", YEAR + 1)
