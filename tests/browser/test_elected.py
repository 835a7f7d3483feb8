"""An élu on a phone: finds their page, reads the dossier, gives their agreement; the referent notes
a paper. Nothing is cut off at 320 px, axe finds nothing, and the paper says it all."""

import re

import pytest
from demo_town import SITE_MANAGE
from django.utils.timezone import localdate

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]

DOSSIER = "admin/villes-internet/dossier/"
BEGIN = """
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.dossiers.campaign import current_year
from wagtail_villes_internet.dossiers.drafting import open_dossier
setting = VillesInternetSettings.objects.get(authority__isnull=False)
setting.agreement_required = True
setting.save()
dossier = open_dossier(setting.authority, current_year(setting.authority))
dossier.statement = "Cette année, la ville a ouvert un guichet de plus."
dossier.save()
print(dossier.year)
"""
CHANGE = """
from wagtail_villes_internet.dossiers.models import Dossier
Dossier.objects.update(statement="Cette année, la ville a ouvert deux guichets.")
"""
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


class TownWithDossier:
    """A running town whose dossier is begun, and waits for the agreement of an élu."""

    def __init__(self, town):
        self.town = town
        began = self.shell(BEGIN)
        self.year = int(began.stdout.split()[-1])
        self.elected = f"{town.site_url}{DOSSIER}elu/"
        self.agreement = f"{town.site_url}{DOSSIER}{self.year}/accord/"
        self.outside = f"{self.agreement}hors-du-site/"

    def shell(self, script):
        done = self.town.run(SITE_MANAGE, "shell", "--no-imports", "-c", script)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture(scope="module")
def dossier(tmp_path_factory):
    with running_town(tmp_path_factory) as town:
        yield TownWithDossier(town)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("who", "screen"),
    [
        ("elu", "elected"),
        ("elu", "agreement"),
        ("webmestre", "agreement"),
        ("webmestre", "outside"),
    ],
)
def test_no_finding_and_nothing_beside_the_screen(
    dossier, visitor, axe, pictures, who, screen, look
):
    page = visitor(**LOOKS[look])
    log_in(page, dossier.town, who)

    answer = page.goto(getattr(dossier, screen), wait_until="networkidle")

    assert answer.status == 200
    page.screenshot(path=pictures / f"elected-{screen}-{who}-{look}.png", full_page=True)
    assert page.locator(".vi-elected, .vi-agreement").is_visible()
    assert findings(page, axe, WCAG) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == LOOKS[look]["viewport"]["width"]
    # Wagtail's own box, which hides what is too wide for it.
    assert (
        page.evaluate(
            "(main => main.scrollWidth - main.clientWidth)(document.querySelector('main'))"
        )
        == 0
    )


def test_every_service_unfolded_has_no_finding_either(dossier, visitor, axe):
    page = visitor(**LOOKS["phone"])
    log_in(page, dossier.town, "elu")
    page.goto(dossier.agreement)

    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    assert page.locator("details[open]").count() > 30
    assert findings(page, axe, WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_paper_says_everything_and_has_a_place_to_sign(dossier, visitor, pictures):
    page = visitor(**LOOKS["desktop"])
    log_in(page, dossier.town, "webmestre")
    page.goto(dossier.agreement, wait_until="networkidle")

    page.emulate_media(media="print")

    page.pdf(path=pictures / "elected-agreement.pdf", format="A4", print_background=True)
    told = page.locator("[data-vi-told] dd").first
    assert told.evaluate("one => one.checkVisibility({contentVisibilityAuto: true})")
    assert told.bounding_box()["height"] > 0, "what is folded on the screen is printed"
    assert page.get_by_text("Qualité et signature").is_visible()
    assert page.locator("[data-vi-digest]").is_visible()
    for furniture in (".sidebar", "form", ".vi-agreement__staff"):
        assert not page.locator(furniture).first.is_visible(), furniture


def test_an_elu_agrees_and_a_change_asks_again(dossier, visitor):
    page = visitor(**LOOKS["phone"])
    log_in(page, dossier.town, "elu")

    page.get_by_role("link", name=re.compile("où nous en sommes")).click()
    assert page.url == dossier.elected
    page.get_by_role("link", name="Lire le dossier et donner mon accord").click()
    assert page.url == dossier.agreement
    dossier.shell(CHANGE)
    page.get_by_role("button", name="Je donne mon accord").click()

    page.get_by_text("aucun accord n’a été donné").wait_for()
    assert page.get_by_text("la ville a ouvert deux guichets").is_visible()
    page.get_by_role("button", name="Je donne mon accord").click()

    page.get_by_text("Vous avez donné votre accord").wait_for()
    page.goto(dossier.elected)
    assert not page.locator("[data-vi-waits]").count()


def test_a_paper_is_noted_and_its_scan_comes_back_as_a_file(dossier, visitor, tmp_path):
    paper = tmp_path / "accord.pdf"
    paper.write_bytes(b"%PDF-1.7\n% signe")
    page = visitor(**LOOKS["desktop"])
    log_in(page, dossier.town, "webmestre")
    page.goto(dossier.outside)

    page.get_by_label("Jour de l’accord").fill(localdate().isoformat())
    page.get_by_label("Copie numérisée").set_input_files(paper)
    page.get_by_role("button", name="Noter l’accord").click()

    page.get_by_text("hors du site est noté").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Copie numérisée")).click()
    assert download.value.path().read_bytes() == paper.read_bytes()
    assert re.fullmatch(rf"accord-{dossier.year}-\d+\.pdf", download.value.suggested_filename)
