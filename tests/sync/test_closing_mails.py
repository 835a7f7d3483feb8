"""`villes_internet_sync` writes as a closing comes near, and never fails because of a mail."""

from functools import partial

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.urls import reverse

from tests.factories import AuthorityFactory, EditionFactory, SiteFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.dossiers import telling
from wagtail_villes_internet.dossiers.calendar import closing, paris_day
from wagtail_villes_internet.dossiers.models import Notice
from wagtail_villes_internet.labels.models import Edition
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.sync import clock

from .conftest import everything
from .queue import TASKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def sync(command):
    return partial(command, "villes_internet_sync")


@pytest.fixture
def pressing(db):
    """The campaign of Lunel closes today."""
    today = paris_day(clock.now())
    Edition.objects.exclude(state="published").delete()
    EditionFactory(year=today.year + 1, state="open", closes_at=closing(today))
    with time_machine.travel(closing(today), tick=False):
        yield today


def give_mailboxes(authority) -> None:
    VillesInternetSettings.objects.create(
        site=SiteFactory(),
        authority=authority,
        technical_email="webmestre@lunel.example",
        elected_email="maire@lunel.example",
    )


@pytest.fixture
def by_hand(pressing):
    give_mailboxes(authority := AuthorityFactory(name="Lunel"))
    return authority


@pytest.fixture
def with_registry(town, pressing):
    give_mailboxes(town.authority)
    return town


def test_a_town_by_hand_is_told_once(by_hand, sync, mailoutbox):
    first, second = sync("--authority", by_hand.siren), sync("--authority", by_hand.siren)
    assert first == second
    assert first[0] == 0
    assert [mail.to for mail in mailoutbox] == [
        ["webmestre@lunel.example"],
        ["maire@lunel.example"],
    ]


def test_a_town_with_a_registry_is_told_once(with_registry, sync, mailoutbox):
    assert [sync()[0], sync()[0]] == [0, 0]
    assert len(mailoutbox) == 2


def test_the_mails_lead_to_the_admin_of_this_installation(by_hand, sync, mailoutbox, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://gestion.lunel.example"
    sync()
    screens = [reverse("villes_internet_dossier:index"), reverse("villes_internet_dossier:elected")]
    assert len(mailoutbox) == 2
    for mail, screen in zip(mailoutbox, screens, strict=True):
        assert f"https://gestion.lunel.example{screen}" in mail.body.splitlines()


def test_without_an_address_of_the_admin_they_lead_nowhere(by_hand, sync, mailoutbox, settings):
    settings.WAGTAILADMIN_BASE_URL = None
    sync()
    assert len(mailoutbox) == 2
    assert not any("http" in mail.body for mail in mailoutbox)


def test_a_registry_that_is_down_keeps_nobody_from_being_told(with_registry, sync, mailoutbox):
    with_registry.service()
    with_registry.registry.fail_next(errors.Unreachable())
    assert sync()[0] == 1
    assert len(mailoutbox) == 2


def test_a_dry_run_writes_to_nobody(with_registry, sync, mailoutbox):
    before = everything()
    sync("--dry-run")
    assert (mailoutbox, everything()) == ([], before)


def test_leaving_the_runs_to_workers_writes_to_nobody(with_registry, sync, mailoutbox, settings):
    settings.TASKS = TASKS
    assert sync("--enqueue")[0] == 0
    assert mailoutbox == []


def test_mails_that_cannot_be_sent_change_nothing_of_the_run(
    with_registry, sync, monkeypatch, caplog
):
    def fails(self, *args, **kwargs):
        raise OSError("no mail here")

    monkeypatch.setattr(EmailMessage, "send", fails)
    with_registry.service()
    code, said, complaint = sync()
    assert (code, complaint) == (0, "")
    assert said
    assert len(with_registry.there()) == 1
    assert "no mail here" in caplog.text
    assert not Notice.objects.exists()


def test_what_breaks_before_a_mail_changes_nothing_of_the_run(
    with_registry, sync, monkeypatch, caplog
):
    monkeypatch.setattr(telling, "calendars", lambda authority: 1 / 0)
    with_registry.service()
    assert sync()[0] == 0
    assert len(with_registry.there()) == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_copy_of_the_database_writes_to_nobody(with_registry, sync, mailoutbox, configured):
    configured(INSTANCE="production")
    with_registry.run()
    neighbour = AuthorityFactory(name="Abeilhan", siren=None)
    give_mailboxes(neighbour)

    configured(INSTANCE="staging")
    assert sync()[0] == 2
    assert mailoutbox == []

    sync("--adopt")
    assert len(mailoutbox) == 4
