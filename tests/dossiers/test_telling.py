"""What reaches the two mailboxes of a town as the closing of a campaign comes near."""

from datetime import date, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from tests.factories import AuthorityFactory, EditionFactory, Town
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.dossiers import telling
from wagtail_villes_internet.dossiers.calendar import PARIS, closing
from wagtail_villes_internet.dossiers.campaign import sit_out, type_dates
from wagtail_villes_internet.dossiers.models import Campaign, Dossier, Filing, Notice, Receipt
from wagtail_villes_internet.dossiers.telling import tell
from wagtail_villes_internet.labels.models import Edition

pytestmark = pytest.mark.django_db

DAY = date(2027, 11, 10)
WEBMASTER, ELECTED = "webmestre@lunel.example", "maire@lunel.example"
SCREENS = {
    Notice.Mailbox.TECHNICAL: "https://lunel.example/admin/dossier/",
    Notice.Mailbox.ELECTED: "https://lunel.example/admin/elu/",
}


def before(days: int) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=PARIS) - timedelta(days=days)


@pytest.fixture
def town():
    Edition.objects.all().delete()
    EditionFactory(year=2028, state="open", closes_at=closing(DAY))
    town = Town("Lunel")
    mailboxes(town, technical_email=WEBMASTER, elected_email=ELECTED)
    return town


def mailboxes(town: Town, **fields) -> None:
    VillesInternetSettings.objects.filter(site=town.site).update(**fields)


def told(town: Town, days: int, outbox) -> list[EmailMessage]:
    """The mails of one run, that many days before the closing."""
    outbox.clear()
    tell(town.authority, before(days), SCREENS)
    return list(outbox)


def version(town: Town, state: str, number: int = 1, year: int = 2028) -> Filing:
    dossier, _created = Dossier.objects.get_or_create(authority=town.authority, year=year)
    return Filing.objects.create(
        dossier=dossier,
        number=number,
        octets=b"{}",
        annex=b"{}",
        state=state,
        frozen_at=timezone.now(),
    )


def text(mail: EmailMessage) -> str:
    return f"{mail.subject}\n{mail.body}".replace("\N{NO-BREAK SPACE}", " ")


def test_both_mailboxes_are_told_once_a_threshold(town, mailoutbox):
    mails = told(town, 90, mailoutbox)
    assert [mail.to for mail in mails] == [[WEBMASTER], [ELECTED]]
    for days in (89, 60, 31):
        assert told(town, days, mailoutbox) == []
    assert len(told(town, 30, mailoutbox)) == 2
    assert len(told(town, 7, mailoutbox)) == 2
    assert len(told(town, 1, mailoutbox)) == 2
    assert told(town, 0, mailoutbox) == []
    assert told(town, -1, mailoutbox) == []


def test_the_mails_say_how_long_it_lasts_and_where_to_look(town, mailoutbox):
    for mail in told(town, 12, mailoutbox):
        assert "Il reste 12 jours : clôture le 10 novembre 2027 à 23 h 59." in text(mail)
        assert "à 90, 30, 7 et 1 jour de la clôture" in text(mail)
    webmaster, elected = mailoutbox
    assert webmaster.subject.startswith("Lunel")
    assert SCREENS[Notice.Mailbox.TECHNICAL] in webmaster.body
    assert SCREENS[Notice.Mailbox.ELECTED] in elected.body


def test_they_press_more_from_one_threshold_to_the_next(town, mailoutbox):
    bodies = [{mail.body for mail in told(town, days, mailoutbox)} for days in (90, 30, 7, 1, 0)]
    assert len(set.union(*bodies)) == 8


def test_without_an_address_no_link_is_given(town, mailoutbox):
    tell(town.authority, before(5))
    assert len(mailoutbox) == 2
    assert not any("http" in mail.body or "Voir où" in mail.body for mail in mailoutbox)


def test_the_mail_of_an_elu_has_no_word_of_the_trade_and_nobody_s_name(town, mailoutbox):
    jargon = ["registre", "matrice", "version", "synchronis", "transmi", "export", "webmestre"]
    version(town, "to_send")
    for days in (90, 30, 7, 1):
        for mail in told(town, days, mailoutbox):
            if mail.to == [ELECTED]:
                said = text(mail).lower()
                assert [word for word in jargon if word in said] == []
            for person in (town.webmestre, town.referent, town.elu):
                assert person.username not in text(mail)


def test_an_elu_is_told_that_an_agreement_is_needed_where_it_is(town, mailoutbox):
    assert "votre accord" not in text(told(town, 90, mailoutbox)[1])
    mailboxes(town, agreement_required=True)
    assert "qu’avec votre accord" in text(told(town, 30, mailoutbox)[1])


def test_nothing_is_said_any_more_once_filed(town, mailoutbox):
    version(town, "filed")
    version(town, "to_send", number=2)
    assert told(town, 5, mailoutbox) == []


@pytest.mark.parametrize(
    ("state", "message", "says"),
    [
        ("disputed", "", "is for something else"),
        ("filed", "Le registre ne montre plus cette version.", "no longer stands"),
    ],
)
def test_a_version_that_does_not_stand_at_the_registry_silences_nothing(
    town, mailoutbox, settings, state, message, says
):
    settings.LANGUAGE_CODE = "en"
    version(town, "filed")
    last = version(town, state, number=2)
    Filing.objects.filter(pk=last.pk).update(message=message)
    Receipt.objects.create(filing=last, number="R-2", received_at=timezone.now())

    webmaster, elected = told(town, 5, mailoutbox)

    assert says in webmaster.body
    assert "has not been received yet" in elected.body


def test_one_that_stands_after_it_does(town, mailoutbox):
    version(town, "disputed")
    version(town, "filed", number=2)
    assert told(town, 5, mailoutbox) == []


def test_a_typed_receipt_is_enough_and_taken_back_it_is_not(town, mailoutbox):
    receipt = Receipt.objects.create(
        filing=version(town, "to_copy"), received_at=timezone.now(), typed=True
    )
    assert told(town, 5, mailoutbox) == []
    receipt.delete()
    assert len(told(town, 5, mailoutbox)) == 2


def test_a_dossier_filed_in_another_year_or_by_another_town_silences_nothing(town, mailoutbox):
    version(town, "filed", year=2027)
    version(Town("Sète"), "filed")
    assert len(told(town, 5, mailoutbox)) == 2


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("to_send", "le registre ne l’a pas encore reçue"),
        ("to_copy", "recopiez-la dans l’outil de l’association"),
        ("rejected", "a été refusée"),
        ("conflict", "Un autre dossier est déposé au registre"),
        ("too_late", "après la clôture alors en vigueur"),
    ],
)
def test_the_webmaster_is_told_what_keeps_the_last_version(town, mailoutbox, state, says):
    version(town, "given_up", number=1)
    version(town, state, number=2)
    version(town, "given_up", number=3)
    assert says in text(told(town, 30, mailoutbox)[0])


def test_a_version_that_waits_for_the_registry_is_urgent_within_7_days(town, mailoutbox):
    version(town, "to_send")
    for days, is_loud in [(90, False), (30, False), (7, True), (1, True)]:
        webmaster, elected = told(town, days, mailoutbox)
        assert ("URGENT" in webmaster.body) is is_loud
        assert "URGENT" not in elected.body


@pytest.mark.parametrize("state", ["to_copy", "rejected", "conflict", "too_late"])
def test_a_version_that_waits_for_a_person_presses_within_7_days(town, mailoutbox, state):
    version(town, state)
    for days, presses in [(90, False), (30, False), (7, True), (1, True)]:
        webmaster, _elected = told(town, days, mailoutbox)
        assert ("plus rien ne peut être déposé" in webmaster.body) is presses


def test_a_date_that_the_town_typed_is_to_be_compared(town, mailoutbox):
    assert "saisie sur ce site" not in text(told(town, 90, mailoutbox)[0])
    Edition.objects.all().delete()
    type_dates(town.authority, 2028, closes_on=DAY, today=before(60).date())
    assert "saisie sur ce site" in text(told(town, 30, mailoutbox)[0])


def test_a_town_that_sits_it_out_is_told_nothing_until_it_takes_part_again(town, mailoutbox):
    sit_out(town.authority, 2028, sits_out=True)
    assert told(town, 30, mailoutbox) == []

    sit_out(town.authority, 2028, sits_out=False)
    assert len(told(town, 29, mailoutbox)) == 2


def test_a_closing_that_is_moved_is_told_anew(town, mailoutbox):
    told(town, 5, mailoutbox)
    Edition.objects.update(closes_at=closing(DAY + timedelta(days=20)))
    moved = told(town, 5, mailoutbox)

    assert len(moved) == 2
    for mail in moved:
        assert "La date de clôture a changé" in mail.body
        assert "30 novembre 2027" in text(mail)
    assert told(town, 4, mailoutbox) == []


def test_a_closing_that_is_moved_back_is_told_again_once(town, mailoutbox):
    told(town, 26, mailoutbox)
    Edition.objects.update(closes_at=closing(DAY + timedelta(days=10)))
    told(town, 19, mailoutbox)
    Edition.objects.update(closes_at=closing(DAY))
    back = told(town, 18, mailoutbox)

    assert len(back) == 2
    for mail in back:
        assert "La date de clôture a changé" in mail.body
        assert "10 novembre 2027" in text(mail)
    assert told(town, 17, mailoutbox) == []
    assert not any("a changé" in mail.body for mail in told(town, 6, mailoutbox))


def test_a_closing_that_is_moved_back_is_tried_again_where_the_mail_failed(
    town, mailoutbox, monkeypatch
):
    told(town, 26, mailoutbox)
    Edition.objects.update(closes_at=closing(DAY + timedelta(days=10)))
    told(town, 19, mailoutbox)
    Edition.objects.update(closes_at=closing(DAY))

    def fails(self, *args, **kwargs):
        raise SMTPException("down")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", fails)
        assert tell(town.authority, before(18)).failed == 2

    assert len(told(town, 18, mailoutbox)) == 2


def test_an_elu_without_a_mailbox_is_told_nothing_and_the_webmaster_falls_back(town, mailoutbox):
    mailboxes(town, technical_email="", elected_email="")
    assert told(town, 90, mailoutbox) == []
    assert not Notice.objects.exists(), "nobody was told: it is due as soon as there is a mailbox"

    town.webmestre.email = "agent@lunel.example"
    town.webmestre.save()
    assert [mail.to for mail in told(town, 89, mailoutbox)] == [["agent@lunel.example"]]

    mailboxes(town, elected_email=ELECTED)
    assert [mail.to for mail in told(town, 88, mailoutbox)] == [[ELECTED]]


def test_the_mailboxes_of_another_town_are_told_nothing(town, mailoutbox):
    mailboxes(Town("Sète"), technical_email="web@sete.example", elected_email="elu@sete.example")
    assert [mail.to for mail in told(town, 5, mailoutbox)] == [[WEBMASTER], [ELECTED]]


def test_a_name_puts_nothing_into_the_header(town, mailoutbox):
    town.authority.name = "Lunel\r\nBcc: all@lunel.example\u2028Viel"
    for mail in told(town, 5, mailoutbox):
        assert len(mail.subject.splitlines()) == 1
        assert mail.recipients() == mail.to
        assert "Bcc" not in mail.message()


@pytest.mark.parametrize("error", [SMTPException("down"), OSError("down"), ValueError("odd")])
def test_a_mail_that_cannot_be_sent_is_tried_again(town, mailoutbox, monkeypatch, error, caplog):
    def fails(self, *args, **kwargs):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", fails)
        tally = tell(town.authority, before(5))
    assert (tally.sent, tally.failed) == (0, 2)
    assert not Notice.objects.exists()
    assert str(error) in caplog.text

    assert len(told(town, 5, mailoutbox)) == 2


def test_one_mailbox_that_fails_does_not_keep_the_other(town, mailoutbox, monkeypatch):
    send = EmailMessage.send

    def fails_once(self, *args, **kwargs):
        if self.to == [WEBMASTER]:
            raise OSError
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", fails_once)
    tally = tell(town.authority, before(5))
    assert (tally.sent, tally.failed) == (1, 1)
    assert [mail.to for mail in mailoutbox] == [[ELECTED]]


def test_two_runs_at_once_send_one(town, mailoutbox, monkeypatch):
    """The other run begins while the first is sending, and has read before it noted anything."""
    send = EmailMessage.send

    def meanwhile(self, *args, **kwargs):
        with monkeypatch.context() as other:
            other.setattr(EmailMessage, "send", send)
            other.setattr(telling, "_told", lambda *args: {})
            assert tell(town.authority, before(5)).sent == (1 if self.to == [WEBMASTER] else 0)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", meanwhile)
    tell(town.authority, before(5))
    assert sorted(mail.to for mail in mailoutbox) == [[ELECTED], [WEBMASTER]]


def test_they_are_in_the_language_of_the_site(town, mailoutbox, settings):
    settings.LANGUAGE_CODE = "en"
    assert "5 days left" in told(town, 5, mailoutbox)[0].subject


def test_several_sites_of_one_town_make_one_mail(town, mailoutbox):
    mailboxes(second := Town(), authority=town.authority, elected_email="cabinet@lunel.example")
    assert second.settings.authority == town.authority
    _webmaster, elected = told(town, 5, mailoutbox)
    assert elected.to == ["cabinet@lunel.example", ELECTED]


def test_a_town_with_nothing_to_tell_costs_little(town, mailoutbox, django_assert_num_queries):
    neighbour = AuthorityFactory()
    for idle in (town.authority, neighbour):
        with django_assert_num_queries(3):
            tell(idle, before(200))
    assert not Campaign.objects.exists()

    told(town, 5, mailoutbox)
    with django_assert_num_queries(5):
        tell(town.authority, before(4))
