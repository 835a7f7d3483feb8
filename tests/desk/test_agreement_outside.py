"""« Accord recueilli hors du site »: noted by the town's people, with a scan for them alone."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from wagtail.log_actions import registry

from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.desk.agreement_log import NOTED
from wagtail_villes_internet.dossiers.agreements import LARGEST_SCAN
from wagtail_villes_internet.dossiers.models import Agreement, Dossier, Scan

from .agreeing import HERE, OUTSIDE, PDF, SCAN, TownWithDossier, outcome, personas, working_for
from .pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return TownWithDossier("Lunel")


@pytest.fixture
def beziers():
    return TownWithDossier("Béziers")


@pytest.fixture
def referent(client, lunel):
    """The browser of Lunel's référent."""
    client.force_login(lunel.referent)
    return client


def paper(octets: bytes = PDF, name: str = "accord signé.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, octets, content_type="application/octet-stream")


def noted(town, **values) -> dict[str, object]:
    return town.posted(agreed_on=localdate().isoformat(), **values)


@pytest.fixture
def scan(referent, lunel) -> Scan:
    referent.post(OUTSIDE, noted(lunel, scan=paper()))
    return Scan.objects.get()


class TestNoting:
    def test_says_that_it_was_outside_and_when(self, referent, lunel):
        day = localdate() - timedelta(days=3)
        Dossier.objects.update(opened_at=timezone.now() - timedelta(days=3))

        response = referent.post(OUTSIDE, lunel.posted(agreed_on=day.isoformat()), follow=True)

        assert "hors du site" in text(response)
        agreement = lunel.dossier.agreements.get()
        assert (agreement.outside, agreement.agreed_on) == (True, day)
        assert agreement.user == lunel.referent, "who noted it; the élu is not named"
        assert agreement.shown_sha256 == lunel.digest

    def test_twice_is_once_and_told_once_in_the_history(self, referent, lunel):
        for _time in range(2):
            referent.post(OUTSIDE, noted(lunel, scan=paper()))

        assert lunel.dossier.agreements.count() == 1
        assert AuthorityLogEntry.objects.filter(action=NOTED).count() == 1

    def test_lets_the_dossier_be_filed(self, referent, lunel):
        lunel.require()
        referent.post(OUTSIDE, noted(lunel))

        assert "Accord donné le" in text(referent.get(HERE))

    def test_not_of_what_changed_meanwhile(self, referent, lunel):
        posted = noted(lunel)
        lunel.change()

        response = referent.post(OUTSIDE, posted)

        assert "rien n’a été noté" in text(response)
        assert not lunel.dossier.agreements.exists()

    def test_shows_the_fingerprint_that_the_paper_bears(self, referent, lunel):
        assert lunel.digest in text(referent.get(OUTSIDE))
        assert lunel.digest in text(referent.get(HERE)), "printed at the end of what is signed"

    def test_not_on_a_day_to_come(self, referent, lunel):
        tomorrow = (localdate() + timedelta(days=1)).isoformat()

        response = referent.post(OUTSIDE, lunel.posted(agreed_on=tomorrow))

        assert "Ce jour est encore à venir." in text(response)
        assert not lunel.dossier.agreements.exists()

    def test_not_on_a_day_before_the_dossier_was_begun(self, referent, lunel):
        response = referent.post(OUTSIDE, lunel.posted(agreed_on="1900-01-01"))

        assert response.context["form"].non_field_errors()
        assert not lunel.dossier.agreements.exists()

    def test_takes_a_day(self, referent, lunel):
        response = referent.post(OUTSIDE, lunel.posted(agreed_on=""))

        assert response.context["form"].errors["agreed_on"]
        assert not lunel.dossier.agreements.exists()

    @pytest.mark.parametrize(
        ("octets", "kind"),
        [
            (PDF, "application/pdf"),
            (b"\xff\xd8\xff\xe0 photo", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n image", "image/png"),
        ],
    )
    def test_keeps_a_scan_as_what_it_is(self, referent, lunel, octets, kind):
        """Whatever the browser says that it is."""
        referent.post(OUTSIDE, noted(lunel, scan=paper(octets, "n’importe.html")))

        kept = Scan.objects.get()
        assert (bytes(kept.octets), kept.content_type) == (octets, kind)

    @pytest.mark.parametrize(
        "octets",
        [
            b"<html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a",
            b" %PDF-1.7",
            PDF + b"\0" * LARGEST_SCAN,
        ],
        ids=["html", "svg", "gif", "not at its start", "more than 5 MB"],
    )
    def test_refuses_any_other_file(self, referent, lunel, octets):
        response = referent.post(OUTSIDE, noted(lunel, scan=paper(octets, "papier.pdf")))

        assert "PDF, JPEG ou PNG" in str(response.context["form"].errors["scan"])
        assert not lunel.dossier.agreements.exists()

    def test_is_told_by_the_audit_log_without_the_paper(self, scan, lunel):
        entry = registry.get_logs_for_instance(lunel.dossier).get()

        assert entry.action == "villes_internet.dossier_agreement_noted"
        assert entry.user == lunel.referent
        assert entry.data == {
            "year": lunel.dossier.year,
            "sha256": lunel.digest,
            "agreed_on": localdate().isoformat(),
            "has_scan": True,
        }

    def test_takes_a_form_of_this_site(self, lunel):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(lunel.referent)

        assert browser.post(OUTSIDE, noted(lunel)).status_code == 403
        assert not lunel.dossier.agreements.exists()


class TestWhoMay:
    NOTE = {
        "visitor": "login",
        "may only enter the admin": "refused",
        "viewer": "refused",
        "webmestre": "done",
        "référent": "done",
        "élu": "refused",
        # The people of the town, never who hosts it.
        "operator": "refused",
        "superuser in the group Élu": "refused",
        "webmestre of another town": "not found",
        "élu of another town": "not found",
        "élu elsewhere, référent here": "done",
        "élu here, référent elsewhere": "refused",
    }
    OPEN = NOTE | {
        "webmestre": "shown",
        "référent": "shown",
        "élu elsewhere, référent here": "shown",
        # Their own town's.
        "webmestre of another town": "shown",
        "élu of another town": "refused",
    }
    READ = {
        "visitor": "login",
        "may only enter the admin": "refused",
        "viewer": "shown",
        "webmestre": "shown",
        "référent": "shown",
        "élu": "shown",
        "operator": "shown",
        "superuser in the group Élu": "shown",
        "webmestre of another town": "not found",
        "élu of another town": "not found",
        "élu elsewhere, référent here": "shown",
        "élu here, référent elsewhere": "shown",
    }

    def test_note_it(self, client, lunel, beziers, admin_user):
        found, wrote = {}, {}
        for name, user in personas(lunel, beziers, admin_user).items():
            response = working_for(client, user, lunel).post(OUTSIDE, noted(lunel))
            found[name] = outcome(response)
            wrote[name] = Agreement.objects.filter(user=user).exists()

        assert found == self.NOTE
        assert wrote == {name: outcome == "done" for name, outcome in self.NOTE.items()}

    def test_open_the_form(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        found = {
            name: outcome(working_for(client, user, lunel).get(OUTSIDE))
            for name, user in people.items()
        }

        assert found == self.OPEN

    def test_read_the_scan(self, client, scan, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        found = {
            name: outcome(working_for(client, user, lunel).get(f"{SCAN}{scan.pk}/"))
            for name, user in people.items()
        }

        assert found == self.READ


class TestTheScan:
    def test_is_kept_from_being_run_shown_or_cached(self, client, scan, lunel):
        client.force_login(lunel.elu)

        response = client.get(f"{SCAN}{scan.pk}/")

        assert response.content == PDF
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment; ")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in response["Cache-Control"]
        assert "signé" not in response["Content-Disposition"]

    def test_is_of_its_own_year_only(self, client, scan, lunel):
        client.force_login(lunel.elu)

        elsewhere = f"{SCAN.replace('2027', '2026')}{scan.pk}/"

        assert client.get(elsewhere).status_code == 404

    def test_that_does_not_exist_is_not_found(self, client, lunel):
        client.force_login(lunel.elu)

        assert client.get(f"{SCAN}999/").status_code == 404

    def test_is_reached_from_the_page_which_does_not_read_it(
        self, client, scan, lunel, django_assert_max_num_queries
    ):
        client.force_login(lunel.elu)

        with django_assert_max_num_queries(100) as asked:
            page = client.get(HERE)

        assert f"{SCAN}{scan.pk}/" in page.content.decode()
        assert not [one for one in asked.captured_queries if '"octets"' in one["sql"]]

    def test_stays_when_the_dossier_changes(self, client, scan, lunel):
        """The paper is the proof of what was agreed to then."""
        lunel.change()
        client.force_login(lunel.elu)

        said = text(client.get(HERE))

        assert f"{SCAN}{scan.pk}/" in said
        assert "à une version antérieure" in said
        assert Dossier.objects.get(pk=lunel.dossier.pk).agreements.count() == 1
