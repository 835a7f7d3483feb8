"""Review before publication: a référent prepares, the webmestre of the same town approves."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.urls import reverse
from wagtail.models import TaskState, Workflow, WorkflowState

from tests.factories import Town, UserFactory
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.workflow import TownReviewTask

from .pages import text
from .reviewing import town_review
from .test_services import ADD, LIST, edit, filled

pytestmark = [
    pytest.mark.django_db,
    # Wagtail's messages, under Django 6.1.
    pytest.mark.filterwarnings("ignore:.*(mailer|connection)"),
]


def address(name: str, *args) -> str:
    return reverse(f"wagtailsnippets_wagtail_villes_internet_digitalservice:{name}", args=args)


def decision(service, action="approve", state=None) -> str:
    state = state or service.current_workflow_task_state
    return address("workflow_action", service.pk, action, state.pk)


def again(service) -> DigitalService:
    return DigitalService.objects.get(pk=service.pk)


def said_after(client, response) -> str:
    """The page somebody is sent to, messages included."""
    return text(client.get(response["Location"]))


@pytest.fixture
def review(db):
    return town_review()


@pytest.fixture
def beziers(db):
    return Town("Béziers")


@pytest.fixture
def person(client):
    """The browser, in the hands of whoever is given."""

    def sits_down(user):
        client.force_login(user)
        return client

    return sits_down


def submitted(town, **fields) -> DigitalService:
    """A service that the town's référent has submitted."""
    service = town.service(live=False, has_unpublished_changes=True, **fields)
    service.save_revision(user=town.referent)
    service.get_workflow().start(service, town.referent)
    return again(service)


class TestSettingItUp:
    def test_the_operator_sets_it_up_for_all_towns_in_the_admin(self, admin_client):
        task = f"/admin/workflows/tasks/add/{TownReviewTask._meta.app_label}/townreviewtask/"
        offered = text(admin_client.get("/admin/workflows/tasks/select_type/"))
        admin_client.post(task, {"name": "Relecture"})
        admin_client.post(
            "/admin/workflows/add/",
            {
                "name": "Relecture avant publication",
                "active": "on",
                "workflow_tasks-TOTAL_FORMS": 1,
                "workflow_tasks-INITIAL_FORMS": 0,
                "workflow_tasks-0-task": TownReviewTask.objects.get().pk,
                "workflow_tasks-0-ORDER": 1,
                "pages-TOTAL_FORMS": 0,
                "pages-INITIAL_FORMS": 0,
                "content_types": ContentType.objects.get_for_model(DigitalService).pk,
            },
        )

        assert "Relecture par la collectivité" in offered
        workflow = DigitalService.get_default_workflow()
        assert [task.specific for task in workflow.tasks] == [TownReviewTask.objects.get()]

    def test_without_it_nothing_is_imposed(self, person, lunel):
        page = text(person(lunel.referent).get(ADD))

        assert not Workflow.objects.filter(workflow_content_types__isnull=False).exists()
        assert 'name="action-submit"' not in page


class TestFromOnePersonToTheOther:
    def test_a_referent_submits_and_the_webmestre_approves(self, person, lunel, review):
        client = person(lunel.referent)
        response = client.post(ADD, filled(**{"action-submit": "1"}))
        service = DigitalService.objects.get()
        assert "« Cantine en ligne » attend une relecture" in said_after(client, response)
        assert not service.live
        assert service.workflow_in_progress

        client = person(lunel.webmestre)
        home, to_approve = text(client.get("/admin/")), decision(service)
        client.post(to_approve)

        assert "Cantine en ligne" in home
        assert to_approve in home
        assert again(service).live
        assert not again(service).workflow_in_progress
        assert again(service).workflow_states.get().status == WorkflowState.STATUS_APPROVED

    def test_a_referent_publishes_nothing_by_themselves(self, person, lunel, review):
        service = submitted(lunel)
        client = person(lunel.referent)

        client.post(decision(service))
        client.post(edit(service), filled(**{"action-publish": "1"}))
        client.post(
            edit(service),
            filled(**{"action-workflow-action": "1", "workflow-action-name": "approve"}),
        )

        assert not again(service).live
        assert again(service).workflow_in_progress

    def test_during_the_review_the_referent_reads_and_the_webmestre_edits(
        self, person, lunel, review
    ):
        service = submitted(lunel, title="Avant")

        client = person(lunel.referent)
        assert "Ce service attend d’être relu" in text(client.get(edit(service)))
        client.post(edit(service), filled(title="Du référent"))
        assert again(service).get_latest_revision_as_object().title == "Avant"

        person(lunel.webmestre).post(edit(service), filled(title="Du webmestre"))
        assert again(service).get_latest_revision_as_object().title == "Du webmestre"

    def test_changes_are_asked_for_and_the_review_goes_on(self, person, lunel, review):
        service = submitted(lunel)
        person(lunel.webmestre).post(decision(service, "reject"), {"comment": "Et le midi ?"})
        assert again(service).current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES

        client = person(lunel.referent)
        history = address("workflow_history_detail", service.pk, service.current_workflow_state.pk)
        assert "Et le midi ?" in text(client.get(history))
        client.post(edit(service), filled(title="Midi et soir", **{"action-submit": "1"}))
        person(lunel.webmestre).post(decision(service))

        assert again(service).live
        assert again(service).title == "Midi et soir"

    def test_the_author_may_take_it_back(self, person, lunel, review):
        service = submitted(lunel)

        person(lunel.referent).post(edit(service), filled(**{"action-cancel-workflow": "1"}))

        assert not again(service).workflow_in_progress
        assert not again(service).live

    def test_the_webmestre_may_still_publish_without_a_review(self, person, lunel, review):
        person(lunel.webmestre).post(ADD, filled(**{"action-publish": "1"}))

        assert DigitalService.objects.get().live

    def test_a_service_locked_by_its_author_is_unlocked_for_the_reviewers(self, lunel, review):
        service = lunel.service(live=False, locked=True, locked_by=lunel.referent)
        service.save_revision()

        review.start(service, lunel.referent)

        assert not again(service).locked

    def test_one_locked_by_a_reviewer_stays_so_and_a_colleague_unlocks_it(
        self, person, lunel, review
    ):
        service = lunel.service(live=False, locked=True, locked_by=lunel.webmestre)
        service.save_revision()
        review.start(service, lunel.referent)
        assert again(service).locked

        colleague = UserFactory(groups=lunel.webmestre.groups.all())
        person(colleague).post(address("unlock", service.pk))

        assert not again(service).locked


class TestWhatIsPublishedIsWhatWasRead:
    def test_a_version_saved_since_the_submission_is_not_published_unseen(
        self, person, lunel, review
    ):
        service = submitted(lunel, title="Soumis")
        version = again(service)
        version.title = "Changé depuis"
        version.save_revision(user=lunel.webmestre)

        client = person(lunel.webmestre)
        response = client.post(decision(service))

        assert not again(service).live
        assert again(service).workflow_in_progress
        assert "modifié depuis qu’il a été soumis" in said_after(client, response)

    def test_nor_where_the_answer_is_asked_for_by_a_script(self, person, lunel, review):
        service = submitted(lunel)
        service.save_revision()

        response = person(lunel.webmestre).post(
            decision(service), headers={"x-requested-with": "XMLHttpRequest"}
        )

        assert response.json() == {"step": "success", "redirect": edit(service)}
        assert not again(service).live

    def test_what_the_reviewer_saves_and_approves_at_once_is_published(self, person, lunel, review):
        service = submitted(lunel, title="Soumis")
        service.save_revision()

        person(lunel.webmestre).post(
            edit(service),
            filled(
                title="Relu et corrigé",
                **{
                    "action-workflow-action": "1",
                    "workflow-action-name": "approve",
                    "workflow-action-extra-data": '{"comment": "Titre", "update": false}',
                },
            ),
        )

        assert again(service).live
        assert again(service).title == "Relu et corrigé"
        assert TaskState.objects.get().comment == "Titre"

    def test_the_version_submitted_is_never_written_over(self, person, lunel, review):
        """As the form does when it saves by itself."""
        service = lunel.service(live=False, title="Soumis")
        service.save_revision(user=lunel.webmestre)
        review.start(service, lunel.webmestre)
        shown = again(service).latest_revision

        person(lunel.webmestre).post(
            edit(service), filled(title="Par-dessus", overwrite_revision_id=shown.pk)
        )

        shown.refresh_from_db()
        assert shown.as_object().title == "Soumis"
        assert again(service).get_latest_revision_as_object().title == "Par-dessus"

    def test_an_incomplete_version_is_not_approved_and_the_reason_is_said(
        self, person, lunel, review
    ):
        service = submitted(lunel, references=[])

        client = person(lunel.webmestre)
        response = client.post(decision(service))

        assert not again(service).live
        said = said_after(client, response)
        assert "n’apparaîtrait nulle part" in said
        assert "Il n’est rattaché à aucun service de référence" in said

    def test_a_scheduled_version_is_approved_for_its_date(self, person, lunel, review):
        service = submitted(lunel)
        version = again(service)
        version.go_live_at = "2999-01-01T08:00:00Z"
        person(lunel.webmestre).post(
            edit(service),
            filled(
                go_live_at="2999-01-01 09:00",
                **{"action-workflow-action": "1", "workflow-action-name": "approve"},
            ),
        )

        assert not again(service).live
        assert again(service).approved_schedule


class TestWhoIsTold:
    @pytest.fixture(autouse=True)
    def with_mailboxes(self, lunel, beziers):
        for town in (lunel, beziers):
            for role in ("webmestre", "referent", "elu"):
                person = getattr(town, role)
                person.email = f"{role}@{town.site.hostname}"
                person.save()

    def test_those_of_the_town_who_may_publish(
        self, person, lunel, review, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            person(lunel.referent).post(ADD, filled(**{"action-submit": "1"}))

        assert [message.to for message in mail.outbox] == [[lunel.webmestre.email]]
        assert "Cantine en ligne" in mail.outbox[0].body
        assert edit(DigitalService.objects.get()) in mail.outbox[0].body

    def test_whoever_submits_is_not_told(
        self, person, lunel, review, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            person(lunel.webmestre).post(ADD, filled(**{"action-submit": "1"}))

        assert not mail.outbox

    def test_the_author_is_told_of_the_answer(self, person, lunel, review):
        service = submitted(lunel)

        person(lunel.webmestre).post(decision(service))

        assert [message.to for message in mail.outbox] == [[lunel.referent.email]]


def test_the_list_keeps_its_address(person, lunel, review):
    submitted(lunel, title="En relecture")

    assert "En relecture" in text(person(lunel.referent).get(LIST))
