"""Reviews of two towns on one Wagtail: whichever task the operator chose, each has its own.

Wagtail's own task knows groups, not towns: here it is given to the webmestres of both.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import (
    GroupApprovalTask,
    Page,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from tests.factories import Town, UserFactory
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.workflow import TownReviewTask

from .pages import text
from .reviewing import assign, town_review
from .test_review import address, again, decision, edit, filled, submitted

pytestmark = [
    pytest.mark.django_db,
    # Wagtail's messages, under Django 6.1.
    pytest.mark.filterwarnings("ignore:.*(mailer|connection)"),
]

SECRET = "Ce que Beziers prepare"
REPORTS = [
    f"/admin/reports/{report}/{part}{query}"
    for report in ("workflow", "workflow_tasks")
    for part in ("", "results/")
    for query in ("", "?reviewable=true", "?export=csv")
]


@pytest.fixture
def beziers(db):
    return Town("Béziers")


@pytest.fixture(params=["our task", "Wagtail's task, for the webmestres of both towns"])
def review(request, lunel, beziers):
    if request.param == "our task":
        return town_review()
    task = GroupApprovalTask.objects.create(name="Relecture")
    task.groups.set([*lunel.webmestre.groups.all(), *beziers.webmestre.groups.all()])
    return assign(task)


@pytest.fixture
def theirs(beziers, review):
    """What the référent of Béziers has submitted."""
    return submitted(beziers, title=SECRET)


@pytest.fixture
def ours(lunel, review):
    return submitted(lunel, title="Cantine de Lunel")


@pytest.fixture
def untouched(theirs):
    """Sees to it that the service of Béziers and its review stay as they were."""

    def state():
        return (
            DigitalService.objects.filter(pk=theirs.pk).values().get(),
            list(WorkflowState.objects.for_instance(theirs).values()),
            list(TaskState.objects.for_instance(theirs).values()),
        )

    before = state()
    yield
    assert state() == before


@pytest.mark.usefixtures("untouched")
class TestADecision:
    @pytest.mark.parametrize("action", ["approve", "reject"])
    @pytest.mark.parametrize("view", ["workflow_action", "collect_workflow_action_data"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_not_found_at_the_address_of_another_town(
        self, webmestre, theirs, view, action, method
    ):
        url = address(view, theirs.pk, action, theirs.current_workflow_task_state.pk)

        assert getattr(webmestre, method)(url, {"comment": "Non"}).status_code == 404

    @pytest.mark.parametrize("action", ["approve", "reject"])
    @pytest.mark.parametrize("view", ["workflow_action", "collect_workflow_action_data"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_not_found_at_the_address_of_ones_own_service(
        self, webmestre, theirs, ours, view, action, method
    ):
        """The state of another town's service in the address of one's own."""
        url = address(view, ours.pk, action, theirs.current_workflow_task_state.pk)

        response = getattr(webmestre, method)(url, {"comment": "Non"})

        assert response.status_code == 404
        assert SECRET not in text(response)
        assert again(ours).workflow_in_progress

    @pytest.mark.parametrize("action", ["approve", "reject"])
    def test_is_refused_at_the_address_of_a_page(self, client, lunel, theirs, review, action):
        """Wagtail's address for pages takes the state of anything."""
        page = lunel.site.root_page.add_child(instance=Page(title="Agenda", slug="agenda"))
        page.save_revision()
        groups = GroupApprovalTask.objects.create(name="Relecture des pages")
        groups.groups.set(lunel.webmestre.groups.all())
        workflow = Workflow.objects.create(name="Pages")
        WorkflowTask.objects.create(workflow=workflow, task=groups)
        WorkflowPage.objects.create(page=page, workflow=workflow)
        workflow.start(page, lunel.webmestre)
        client.force_login(lunel.webmestre)
        url = reverse(
            "wagtailadmin_pages:workflow_action",
            args=[page.pk, action, theirs.current_workflow_task_state.pk],
        )

        response = client.post(url, {"comment": "Non"})

        assert (response.status_code, response["Location"]) == (302, "/admin/")

    def test_is_not_taken_through_the_form_of_ones_own_service(self, webmestre, theirs, ours):
        webmestre.post(
            edit(ours),
            filled(
                title="À nous",
                **{
                    "action-workflow-action": "1",
                    "workflow-action-name": "approve",
                    "workflow-action-extra-data": '{"comment": ""}',
                    "task_state_id": theirs.current_workflow_task_state.pk,
                },
            ),
        )

        assert again(ours).live

    @pytest.mark.parametrize(
        "posted", ["action-cancel-workflow", "action-restart-workflow", "action-submit"]
    )
    def test_nor_is_a_review_begun_or_ended(self, webmestre, theirs, posted):
        assert webmestre.post(edit(theirs), filled(**{posted: "1"})).status_code == 404

    def test_nor_is_the_version_submitted_shown(self, webmestre, theirs, ours):
        task = theirs.current_workflow_task
        state = theirs.current_workflow_state

        for url in (
            address("workflow_preview", theirs.pk, task.pk),
            address("workflow_history", theirs.pk),
            address("workflow_history_detail", theirs.pk, state.pk),
            address("workflow_history_detail", ours.pk, state.pk),
            address("confirm_workflow_cancellation", theirs.pk),
        ):
            assert webmestre.get(url).status_code == 404

        shown = text(webmestre.get(address("workflow_preview", ours.pk, task.pk)))
        assert "Cantine de Lunel" in shown
        assert SECRET not in shown


class TestLists:
    @pytest.mark.parametrize("url", REPORTS)
    def test_a_report_says_nothing_of_another_town(self, webmestre, theirs, ours, url):
        said = text(webmestre.get(url))

        assert SECRET not in said
        assert theirs.current_workflow_state.requested_by.username not in said

    @pytest.mark.parametrize("url", REPORTS)
    def test_a_report_says_what_is_ours(self, webmestre, theirs, ours, url):
        assert "Cantine de Lunel" in text(webmestre.get(url))

    @pytest.mark.parametrize("url", REPORTS)
    def test_a_report_says_everything_to_the_operator(self, admin_client, theirs, ours, url):
        said = text(admin_client.get(url))

        if "reviewable" not in url or isinstance(theirs.current_workflow_task, TownReviewTask):
            assert SECRET in said
            assert "Cantine de Lunel" in said

    def test_the_home_page_offers_the_reviews_of_ones_own_town(self, webmestre, theirs, ours):
        said = text(webmestre.get("/admin/"))

        assert "Cantine de Lunel" in said
        assert decision(ours) in said
        assert SECRET not in said

    def test_the_home_page_forgets_what_one_submitted_for_a_town_one_has_left(
        self, client, lunel, beziers, review
    ):
        moved = UserFactory(groups=beziers.referent.groups.all())
        beziers.referent = moved
        submitted(beziers, title=SECRET)
        client.force_login(moved)
        assert SECRET in text(client.get("/admin/"))

        moved.groups.set(lunel.referent.groups.all())

        assert SECRET not in text(client.get("/admin/"))

    @pytest.mark.parametrize("query", ["", "?export=csv"])
    def test_the_site_history_says_nothing_of_another_towns_review(
        self, webmestre, theirs, ours, query
    ):
        said = text(webmestre.get(f"/admin/reports/site-history/{query}"))

        assert "Cantine de Lunel" in said
        assert SECRET not in said

    def test_the_report_goes_on_showing_pages(self, client, lunel, review):
        page = lunel.site.root_page.add_child(instance=Page(title="Agenda", slug="agenda"))
        page.save_revision()
        review.start(page, lunel.webmestre)
        client.force_login(lunel.webmestre)

        assert "Agenda" in text(client.get("/admin/reports/workflow/"))


class TestRolesOfTheTown:
    def test_the_elu_decides_nothing(self, client, lunel, ours):
        client.force_login(lunel.elu)

        for method in (client.get, client.post):
            response = method(decision(ours))
            assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert client.get(address("confirm_workflow_cancellation", ours.pk)).status_code == 302
        assert again(ours).workflow_in_progress

    def test_nor_does_the_referent(self, client, lunel, ours):
        client.force_login(lunel.referent)

        assert client.post(decision(ours)).status_code == 302
        assert again(ours).workflow_in_progress

    def test_somebody_with_rights_on_models_and_no_town_reviews_nothing(self, ours):
        nobody = UserFactory(is_staff=True)

        assert not TaskState.objects.reviewable_by(nobody).exists()


def test_one_task_serves_many_towns_at_the_same_cost(lunel, django_assert_num_queries):
    town_review()
    mine = submitted(lunel)
    submitted(Town())
    with CaptureQueriesContext(connection) as few:
        list(TaskState.objects.reviewable_by(again_with(lunel.webmestre)))

    for _number in range(30):
        submitted(Town())

    with django_assert_num_queries(len(few)):
        waiting = list(TaskState.objects.reviewable_by(again_with(lunel.webmestre)))
    assert [state.workflow_state.object_id for state in waiting] == [str(mine.pk)]


def again_with(user):
    """The same person at their next request."""
    return type(user).objects.get(pk=user.pk)
