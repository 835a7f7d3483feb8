"""Several services at once: what is done, what is left as it is, and what is said of both."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import Town, UserFactory
from tests.services.reviews import start_review
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.desk.bulk import ServiceBulkAction
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/services/"
ACTIONS = ["publish", "unpublish", "attach", "export"]
CHANGING = ["publish", "unpublish", "attach"]
OTHER = "p-formulaires"


def url(action: str, *services, query: str = "") -> str:
    ids = "&".join([*(f"id={service.pk}" for service in services), *([query] if query else [])])
    return f"/admin/bulk/wagtail_villes_internet/digitalservice/{action}/?{ids}&next={LIST}"


def posted(action: str, *codes: str, mode: str = "add") -> dict:
    """What the form of the page posts."""
    if action == "export":
        return {"format": "csv"}
    if action != "attach":
        return {}
    rows = ReferenceService.objects.filter(code__in=codes or [OTHER])
    return {"reference_services": [row.pk for row in rows], "mode": mode}


def do(browser, action, *services, query="", **form):
    """The page that follows."""
    data = form.pop("data", None) or posted(action)
    return browser.post(url(action, *services, query=query), data, follow=True)


def again(service) -> DigitalService:
    return DigitalService.objects.get(pk=service.pk)


def codes(service) -> set[str]:
    return set(service.reference_services.values_list("code", flat=True))


def actions(service) -> list[tuple[str, str]]:
    entries = AuthorityLogEntry.objects.for_instance(service).order_by("pk")
    return [(entry.action, entry.user.username if entry.user else "") for entry in entries]


class TestPublishing:
    def test_puts_online_what_is_complete(self, webmestre, lunel):
        services = [lunel.service(title=title, live=False) for title in ("Cantine", "Vélos")]

        page = text(do(webmestre, "publish", *services))

        assert "2 services publiés." in page
        for service in services:
            assert again(service).live
            assert actions(service)[-1] == ("wagtail.publish", lunel.webmestre.username)

    def test_asks_first(self, webmestre, lunel):
        service = lunel.service(title="Cantine", live=False)

        page = text(webmestre.get(url("publish", service)))

        assert "Mettre en ligne la dernière version de ces services ?" in page
        assert "Cantine" in page
        assert not again(service).live

    def test_leaves_what_is_incomplete_and_says_what_it_lacks(self, webmestre, lunel):
        ready = lunel.service(title="Cantine", live=False)
        lacking = lunel.service(title="Vélos", live=False, references=[])

        page = text(do(webmestre, "publish", ready, lacking))

        assert "1 service publié." in page
        assert "1 service est resté comme il était :" in page
        assert "« Vélos » : Il n’est rattaché à aucun service de référence" in page
        assert (again(ready).live, again(lacking).live) == (True, False)

    def test_of_a_live_service_an_incomplete_draft_stays_a_draft(self, webmestre, lunel):
        service = lunel.service(title="Cantine")
        service.title, service.reference_services = "Cantine en ligne", []
        service.save_revision(clean=False)

        page = text(do(webmestre, "publish", service))

        assert "Il n’est rattaché à aucun service de référence" in page
        assert (again(service).title, codes(again(service))) == ("Cantine", {"p-rdv-titres"})

    def test_says_what_is_published_already(self, webmestre, lunel):
        page = text(webmestre.get(url("publish", lunel.service(title="Cantine"))))

        assert "Aucun des services choisis ne peut l’être" in page
        assert "Sa dernière version est déjà publiée." in page
        assert "Oui, publier" not in page


class TestUnpublishing:
    def test_takes_off_the_site(self, webmestre, lunel):
        services = [lunel.service(), lunel.service()]

        page = text(do(webmestre, "unpublish", *services))

        assert "2 services dépubliés." in page
        for service in services:
            assert not again(service).live
            assert actions(service) == [("wagtail.unpublish", lunel.webmestre.username)]


class TestAttaching:
    def test_adds_to_what_they_have(self, webmestre, lunel):
        services = [lunel.service(), lunel.service(live=False)]

        page = text(do(webmestre, "attach", *services))

        assert "2 services rattachés." in page
        published, drafted = map(again, services)
        assert codes(published) == {"p-rdv-titres", OTHER}
        assert not drafted.live
        latest = drafted.get_latest_revision_as_object()
        assert codes(latest) == {"p-rdv-titres", OTHER}

    def test_or_takes_the_place_of_it(self, webmestre, lunel):
        service = lunel.service()

        do(webmestre, "attach", service, data=posted("attach", mode="replace"))

        assert codes(again(service)) == {OTHER}

    def test_reaches_the_open_draft_which_keeps_its_own(self, webmestre, lunel):
        service = lunel.service(title="Cantine")
        third = ReferenceService.objects.exclude(code__in=[OTHER, "p-rdv-titres"]).first()
        service.title = "Cantine en ligne"
        service.reference_services.add(third)
        service.save_revision(clean=False)

        do(webmestre, "attach", service)

        live = again(service)
        latest = live.get_latest_revision_as_object()
        assert (live.title, codes(live)) == ("Cantine", {"p-rdv-titres", OTHER})
        assert latest.title == "Cantine en ligne"
        assert codes(latest) == {"p-rdv-titres", OTHER, third.code}

    def test_whoever_may_not_publish_changes_the_draft(self, client, lunel):
        service = lunel.service()
        client.force_login(lunel.referent)

        page = text(do(client, "attach", service))

        assert "1 est en ligne : rien n’y change tant que personne ne publie" in page
        assert codes(again(service)) == {"p-rdv-titres"}
        assert codes(again(service).get_latest_revision_as_object()) == {"p-rdv-titres", OTHER}

    def test_leaves_what_is_so_already(self, webmestre, lunel):
        service = lunel.service()

        page = text(do(webmestre, "attach", service, data=posted("attach", "p-rdv-titres")))

        assert "C’est déjà le cas." in page
        assert not again(service).latest_revision

    def test_asks_what_to_attach_to(self, webmestre, lunel):
        service = lunel.service()

        page = text(do(webmestre, "attach", service, data={"mode": "add"}))

        assert "Cochez au moins un service de référence." in page
        assert codes(again(service)) == {"p-rdv-titres"}

    def test_takes_nothing_outside_the_matrix_in_use(self, webmestre, lunel):
        ReferenceService.objects.create(code="ancien", label="Ancien")
        service = lunel.service()

        do(webmestre, "attach", service, data=posted("attach", "ancien"))

        assert codes(again(service)) == {"p-rdv-titres"}


class TestExporting:
    def rows(self, response) -> list[dict]:
        content = b"".join(response.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(content)))

    def test_holds_the_chosen_alone(self, webmestre, lunel):
        chosen = [lunel.service(title=title) for title in ("Cantine", "Vélos")]
        lunel.service(title="Musée")

        response = do(webmestre, "export", *chosen)

        assert [row["Titre"] for row in self.rows(response)] == ["Cantine", "Vélos"]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@"])
    def test_runs_nothing_in_a_spreadsheet(self, webmestre, lunel, start):
        service = lunel.service(title=f"{start}HYPERLINK(1)")

        response = do(webmestre, "export", service, data={"format": "xlsx"})

        book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
        assert book.active["A2"].value == f"'{start}HYPERLINK(1)"

    def test_is_for_whoever_may_read(self, client, lunel):
        service = lunel.service(title="Cantine", locked=True)
        client.force_login(lunel.elu)

        assert [row["Titre"] for row in self.rows(do(client, "export", service))] == ["Cantine"]


def schedule(service, lunel):
    service.go_live_at = timezone.now() + timedelta(days=1)
    service.save_revision().publish()


def review(service, lunel):
    start_review(service, lunel.referent)


def lock(service, lunel):
    service.locked, service.locked_by = True, UserFactory()
    service.save()


@pytest.mark.parametrize("action", CHANGING)
@pytest.mark.parametrize(
    ("hinder", "reason"),
    [
        (lock, "Ce service est verrouillé"),
        (review, "Ce service est en cours de validation"),
        (schedule, "Une publication de ce service est programmée"),
    ],
)
def test_what_somebody_is_at_is_left_and_said(webmestre, lunel, action, hinder, reason):
    service = lunel.service(title="Cantine", live=action != "publish")
    free = lunel.service(live=action != "publish")
    hinder(service, lunel)
    before = again(service)

    confirmed = text(webmestre.get(url(action, service)))
    after = text(do(webmestre, action, service, free))

    assert reason in confirmed
    assert reason in after
    assert "1 service est resté comme il était" in after
    assert (again(service).live, codes(again(service))) == (before.live, codes(before))
    assert again(service).latest_revision_id == before.latest_revision_id


class TestWhoMay:
    @pytest.mark.parametrize("action", ["publish", "unpublish"])
    @pytest.mark.parametrize("who", ["referent", "elu"])
    def test_only_who_publishes_changes_what_is_online(self, client, lunel, action, who):
        service = lunel.service(live=action != "publish")
        client.force_login(getattr(lunel, who))

        page = text(do(client, action, service))

        assert "Vous n’en avez pas le droit." in page
        assert again(service).live is (action != "publish")

    def test_an_elu_attaches_nothing(self, client, lunel):
        service = lunel.service()
        client.force_login(lunel.elu)

        do(client, "attach", service)

        assert codes(again(service)) == {"p-rdv-titres"}
        assert not again(service).latest_revision

    @pytest.mark.parametrize("action", ACTIONS)
    def test_another_towns_is_not_found(self, webmestre, lunel, action):
        theirs = Town("Béziers").service(title="Ce que Béziers cache", live=action != "publish")

        for response in (
            webmestre.get(url(action, theirs)),
            webmestre.post(url(action, theirs), posted(action)),
        ):
            assert response.status_code == 404
        assert again(theirs).live is (action != "publish")
        assert codes(again(theirs)) == {"p-rdv-titres"}

    @pytest.mark.parametrize("action", ACTIONS)
    def test_of_a_mixed_choice_only_ours_is_touched(self, webmestre, lunel, action):
        live = action != "publish"
        ours, theirs = lunel.service(live=live), Town("Béziers").service(title="Caché", live=live)

        confirmed = text(webmestre.get(url(action, ours, theirs)))
        answer = webmestre.post(url(action, ours, theirs), posted(action))

        assert "Caché" not in confirmed
        assert "Caché" not in text(answer)
        assert again(theirs).live is live
        assert codes(again(theirs)) == {"p-rdv-titres"}

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_visitor_logs_in_first(self, client, lunel, action):
        service = lunel.service(live=action != "publish")

        response = client.post(url(action, service), posted(action))

        assert response["Location"].startswith("/admin/login/")
        assert again(service).live is (action != "publish")

    @pytest.mark.parametrize("key", ["x", "1;2", "-1", "", "9" * 25])
    def test_what_is_no_key_is_not_found(self, webmestre, lunel, key):
        assert webmestre.get(url("publish", query=f"id={key}")).status_code == 404


class TestAllInTheListing:
    """The button of the list gives its filters to the action."""

    def test_is_all_of_the_town(self, webmestre, lunel):
        services = [lunel.service() for _ in range(60)]
        theirs = Town("Béziers").service()

        page = text(do(webmestre, "unpublish", query="id=all"))

        assert "60 services dépubliés." in page
        assert not any(again(service).live for service in services)
        assert again(theirs).live

    @pytest.mark.parametrize("action", ["unpublish", "delete"])
    def test_is_what_the_filters_left(self, webmestre, lunel, action):
        found = lunel.service(title="Cantine", counted=False)
        others = [lunel.service(title="Cantine"), lunel.service(title="Vélos", counted=False)]

        do(webmestre, action, query="q=cantine&counted=false&id=all")

        assert list(DigitalService.objects.filter(live=True).order_by("pk")) == others
        assert DigitalService.objects.filter(pk=found.pk).exists() is (action == "unpublish")


class TestManyAtOnce:
    """One request changes so many, and no more; the next goes on from there."""

    @pytest.fixture(autouse=True)
    def two_at_once(self, monkeypatch):
        monkeypatch.setattr(ServiceBulkAction, "at_once", 2)

    def changed(self, action, services) -> int:
        def is_changed(service):
            if action == "attach":
                return OTHER in codes(service)
            return service.live is (action == "publish")

        return sum(is_changed(again(service)) for service in services)

    @pytest.mark.parametrize("action", CHANGING)
    def test_the_others_are_left_and_said_and_done_the_next_times(self, webmestre, lunel, action):
        services = [lunel.service(live=action != "publish") for _ in range(5)]

        confirmed = text(webmestre.get(url(action, query="id=all")))
        page = text(do(webmestre, action, query="id=all"))

        assert "2 services à la fois au plus" in confirmed
        assert self.changed(action, services) == 2
        assert "Restent 3 services, 2 au plus à la fois : recommencez pour les suivants." in page

        page = text(do(webmestre, action, query="id=all"))
        assert "Reste 1 service, 2 au plus à la fois : recommencez pour le suivant." in page

        page = text(do(webmestre, action, query="id=all"))
        assert "au plus à la fois" not in page
        assert self.changed(action, services) == 5

    def test_as_many_as_may_be_leave_nothing_to_say(self, webmestre, lunel):
        services = [lunel.service(live=False) for _ in range(2)]

        assert "à la fois" not in text(webmestre.get(url("publish", *services)))
        assert "à la fois" not in text(do(webmestre, "publish", *services))

    def test_an_export_holds_them_all(self, webmestre, lunel):
        services = [lunel.service() for _ in range(3)]

        response = do(webmestre, "export", *services)

        assert len(b"".join(response.streaming_content).decode().splitlines()) == 4


def test_the_page_asks_as_many_queries_for_many_as_for_few(webmestre, lunel):
    services = [lunel.service() for _ in range(15)]

    def count(chosen) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert webmestre.get(url("unpublish", *chosen)).status_code == 200
        return len(queries)

    count(services)

    assert count(services) == count(services[:2])


def test_many_that_are_left_are_not_all_named_in_the_message(webmestre, lunel):
    lacking = [lunel.service(title=f"Coupé {n:02}", live=False, references=[]) for n in range(13)]

    page = text(do(webmestre, "publish", *lacking))

    assert "13 services sont restés comme ils étaient :" in page
    assert "« Coupé 09 », 3 autres : Il n’est rattaché" in page


def test_a_title_is_a_text_in_the_message(webmestre, lunel):
    service = lunel.service(title="<script>alert(1)</script>", live=False, references=[])

    page = do(webmestre, "publish", service).content.decode()

    assert "<script>alert(1)" not in page
