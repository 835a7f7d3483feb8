"""The files of a dossier: for whoever may see it, of their own town, and never a stale page."""

import hashlib
import sys
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.exports.formats import FORMATS
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Dossier, Filing

from .pages import text

pytestmark = pytest.mark.django_db
FAST = ("xlsx", "csv", "json", "octets")


@pytest.fixture
def filing(lunel):
    lunel.service(title="Portail famille")
    dossier = open_dossier(lunel.authority, 2027)
    content = draft_of(dossier).content
    return freeze(dossier, content, lunel.referent, shown=content.digest, registry_address="")


def of_version(name, year=2027, number=1):
    return reverse(
        "villes_internet_dossier:version_file",
        kwargs={"year": year, "number": number, "format": name},
    )


def of_draft(name, year=2027):
    return reverse("villes_internet_dossier:draft_file", kwargs={"year": year, "format": name})


def octets(response) -> bytes:
    return b"".join(response.streaming_content)


class TestWhatIsDownloaded:
    @pytest.mark.parametrize(
        ("name", "file_name", "content_type"),
        [
            ("xlsx", "dossier-villes-internet-2027-lunel-v1.xlsx", FORMATS["xlsx"].content_type),
            ("csv", "dossier-villes-internet-2027-lunel-v1.csv", "text/csv; charset=utf-8"),
            ("json", "dossier-villes-internet-2027-lunel-v1.json", "application/json"),
            ("octets", "dossier-villes-internet-2027-lunel-v1-octets.json", "application/json"),
            ("pdf", "dossier-villes-internet-2027-lunel-v1.pdf", "application/pdf"),
        ],
    )
    def test_a_version_has_a_name_one_finds_again(
        self, webmestre, filing, name, file_name, content_type
    ):
        response = webmestre.get(of_version(name))

        assert response.status_code == 200
        assert response["Content-Disposition"] == f'attachment; filename="{file_name}"'
        assert response["Content-Type"] == content_type
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
        assert octets(response)

    def test_the_octets_have_the_hash_that_the_screen_says(self, webmestre, filing):
        downloaded = octets(webmestre.get(of_version("octets")))

        assert hashlib.sha256(downloaded).hexdigest() == filing.sha256

    def test_a_draft_is_named_as_one_and_says_so(self, webmestre, filing):
        response = webmestre.get(of_draft("xlsx"))

        assert "2027-lunel-projet.xlsx" in response["Content-Disposition"]
        sheet = load_workbook(BytesIO(octets(response))).worksheets[0]
        assert "projet, non déposé" in [row[1] for row in sheet.values]

    def test_a_version_stays_what_it_was_and_the_draft_goes_on(self, webmestre, lunel, filing):
        lunel.service(title="Arrivé depuis")

        assert "Arrivé depuis" not in octets(webmestre.get(of_version("csv"))).decode()
        assert "Arrivé depuis" in octets(webmestre.get(of_draft("csv"))).decode()


class TestWhoDownloads:
    @pytest.mark.parametrize("role", ["webmestre", "referent", "elu"])
    @pytest.mark.parametrize("name", FAST)
    def test_every_role_of_the_town(self, client, lunel, filing, role, name):
        client.force_login(getattr(lunel, role))

        assert client.get(of_version(name)).status_code == 200
        if name != "octets":
            assert client.get(of_draft(name)).status_code == 200

    @pytest.mark.parametrize("address", [of_version, of_draft])
    def test_nobody_who_is_not_logged_in(self, client, filing, address):
        response = client.get(address("csv"))

        assert response.status_code == 302
        assert "login" in response["Location"]

    @pytest.mark.parametrize("address", [of_version, of_draft])
    def test_not_whoever_may_only_enter_the_admin(self, client, filing, address):
        client.force_login(admin_only_user())

        assert client.get(address("csv")).status_code in (302, 403)

    @pytest.mark.parametrize("address", [of_version, of_draft])
    @pytest.mark.parametrize("name", FAST)
    def test_another_town_finds_nothing_of_it(self, client, filing, address, name):
        client.force_login(Town("Quéven").webmestre)

        assert client.get(address(name)).status_code == 404

    def test_the_operator_does(self, client, lunel, filing):
        client.force_login(UserFactory(is_superuser=True, is_staff=True))

        assert client.get(of_version("csv")).status_code == 200


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("address", "name", "where"),
        [
            (of_version, "csv", {"year": 2026}),
            (of_version, "csv", {"number": 2}),
            (of_version, "docx", {}),
            (of_draft, "csv", {"year": 2026}),
            (of_draft, "docx", {}),
            (of_draft, "octets", {}),
        ],
    )
    def test_is_not_found(self, webmestre, filing, address, name, where):
        assert webmestre.get(address(name, **where)).status_code == 404

    def test_a_download_begins_no_dossier(self, webmestre):
        assert webmestre.get(of_draft("csv")).status_code == 404
        assert not Dossier.objects.exists()

    @pytest.mark.parametrize("address", [of_version, of_draft])
    def test_nothing_can_be_posted(self, webmestre, lunel, filing, address):
        response = webmestre.post(address("csv"), {"authority": lunel.authority.pk})

        assert response.status_code == 405


class TestWhatCannotBeMade:
    def test_a_version_that_was_altered(self, webmestre, filing):
        altered = bytes(filing.octets).replace(b"Portail", b"Portait")
        Filing.objects.filter(pk=filing.pk).update(octets=altered)

        response = webmestre.get(of_version("pdf"))

        assert response.status_code == 409
        assert "Portait" not in text(response)
        assert "Content-Disposition" not in response
        assert reverse("villes_internet_dossier:overview", args=[2027]) in text(response)

    def test_a_pdf_where_the_extra_is_not_installed(self, webmestre, filing, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        response = webmestre.get(of_version("pdf"))

        assert response.status_code == 409
        assert "Message à copier pour votre prestataire" in text(response)
        assert "son extra [pdf]" in text(response)

    @pytest.mark.parametrize("address", ["version", "file"])
    def test_nor_is_it_offered_there(self, webmestre, filing, monkeypatch, address):
        kwargs = {"year": 2027} | ({"number": 1} if address == "version" else {})
        screen = reverse(f"villes_internet_dossier:{address}", kwargs=kwargs)
        offered = (of_version if address == "version" else of_draft)("pdf")

        assert f'"{offered}"' in text(webmestre.get(screen))
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        without = text(webmestre.get(screen))

        assert f'"{offered}"' not in without
        links, said = without.split('<ul class="vi-files">')[1].split("</ul>", 1)
        assert "demandez-le à votre prestataire" not in links
        assert "demandez-le à votre prestataire" in said

    def test_no_link_hides_the_page_that_says_why(self, webmestre, filing):
        screen = reverse("villes_internet_dossier:version", kwargs={"year": 2027, "number": 1})

        assert f'"{of_version("pdf")}">' in text(webmestre.get(screen))
