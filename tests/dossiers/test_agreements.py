"""The agreement of an élu: to exactly what they were shown, and by nobody in their place."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.dossiers.agreements import (
    LARGEST_SCAN,
    agree,
    ask,
    current_agreement,
    is_required,
    kind_of_scan,
    note_outside,
    signed_off,
    standing,
)
from wagtail_villes_internet.dossiers.candidates import candidates
from wagtail_villes_internet.dossiers.drafting import choose, draft_of, open_dossier, write
from wagtail_villes_internet.dossiers.errors import BadScan, NotAsShown, TooEarly, YetToCome
from wagtail_villes_internet.dossiers.models import Agreement, Dossier, Scan
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db

PDF, JPEG, PNG = b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def lunel():
    town = Town("Lunel")
    town.service(title="Portail famille")
    return town


@pytest.fixture
def dossier(lunel):
    return open_dossier(lunel.authority, 2027)


def digest_of(dossier):
    return draft_of(Dossier.objects.get(pk=dossier.pk)).content.digest


def agreed(dossier, user):
    digest = digest_of(dossier)
    return agree(dossier, digest, user, shown=digest)


def noted(dossier, user, **said):
    digest = digest_of(dossier)
    said.setdefault("agreed_on", localdate())
    return note_outside(dossier, digest, user, shown=digest, **said)


def ask_for_agreements(town):
    settings = town.settings
    settings.agreement_required = True
    settings.save()


class TestAgreeing:
    def test_counts_for_what_was_shown_with_role_day_and_user(self, lunel, dossier):
        with time_machine.travel(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)):
            agreement = agreed(dossier, lunel.elu)

        # The day in Paris.
        assert agreement.agreed_on == date(2026, 11, 1)
        assert (agreement.role, agreement.user, agreement.outside) == ("elected", lunel.elu, False)
        assert current_agreement(dossier, digest_of(dossier)) == agreement
        [signed] = signed_off(dossier, digest_of(dossier))
        assert (signed.role, signed.on) == ("elected", date(2026, 11, 1))

    def test_must_be_to_what_was_shown(self, lunel, dossier):
        shown = digest_of(dossier)
        lunel.service(title="Arrivé entre-temps")

        with pytest.raises(NotAsShown):
            agree(dossier, digest_of(dossier), lunel.elu, shown=shown)
        with pytest.raises(NotAsShown):
            agree(dossier, digest_of(dossier), lunel.elu, shown="")

        assert not Agreement.objects.exists()

    def test_twice_is_once(self, lunel, dossier):
        assert agreed(dossier, lunel.elu) == agreed(dossier, lunel.elu)
        assert Agreement.objects.count() == 1

    def test_two_elus_may_both_agree(self, lunel, dossier):
        other = UserFactory(groups=lunel.elu.groups.all())
        agreed(dossier, lunel.elu)

        last = agreed(dossier, other)

        assert Agreement.objects.count() == 2
        assert current_agreement(dossier, digest_of(dossier)) == last


def drop_a_service(town, dossier):
    DigitalService.objects.get().unpublish()


def edit_a_service(town, dossier):
    service = DigitalService.objects.get()
    service.summary = "Pour inscrire ses enfants"
    service.save_revision().publish()


def leave_one_out(town, dossier):
    [candidate] = candidates(town.authority)
    choose(dossier, candidate, included=False, reason="Doublon")


CHANGES = {
    "a service more": lambda town, dossier: town.service(title="Neuf"),
    "a service less": drop_a_service,
    "a service edited": edit_a_service,
    "a service left out": leave_one_out,
    "the statement": lambda town, dossier: write(dossier, {"statement": "Autre"}, {}),
    "the answers": lambda town, dossier: write(dossier, {"answers": "Non"}, {}),
    "the town’s name": lambda town, dossier: (
        type(town.authority).objects.filter(pk=town.authority.pk).update(name="Lunel-Agglo")
    ),
    "the matrix": lambda town, dossier: Matrix.objects.update(official=True),
}


class TestALaterChangeAsksAgain:
    @pytest.mark.parametrize("change", CHANGES)
    def test_whatever_changed(self, lunel, dossier, change):
        ask_for_agreements(lunel)
        given = agreed(dossier, lunel.elu)

        CHANGES[change](lunel, dossier)

        now = standing(dossier, digest_of(dossier))
        assert now.is_missing
        assert (now.agreement, now.stale) == (None, given)
        assert signed_off(dossier, digest_of(dossier)) == ()

    def test_back_to_what_was_agreed_to_is_agreed_to(self, lunel, dossier):
        given = agreed(dossier, lunel.elu)
        write(dossier, {"statement": "Autre"}, {})

        write(dossier, {"statement": ""}, {"statement": "Autre"})

        assert standing(dossier, digest_of(dossier)).agreement == given

    def test_opening_another_year_asks_for_its_own(self, lunel, dossier):
        agreed(dossier, lunel.elu)

        following = open_dossier(lunel.authority, 2028)

        assert current_agreement(following, digest_of(following)) is None


class TestWhoMayNotAgree:
    @pytest.mark.parametrize("who", ["webmestre", "referent"])
    def test_who_publishes_or_files(self, lunel, dossier, who):
        with pytest.raises(PermissionDenied):
            agreed(dossier, getattr(lunel, who))

    def test_a_superuser(self, lunel, dossier):
        with pytest.raises(PermissionDenied):
            agreed(dossier, UserFactory(is_superuser=True))

    def test_an_operator_who_holds_every_right_of_the_package(self, lunel, dossier):
        operator = UserFactory()
        operator.user_permissions.set(
            Permission.objects.filter(content_type__app_label="wagtail_villes_internet")
        )

        with pytest.raises(PermissionDenied):
            agreed(dossier, operator)

    def test_the_elu_of_another_town(self, lunel, dossier):
        with pytest.raises(PermissionDenied):
            agreed(dossier, Town("Quéven").elu)

    def test_an_elu_elsewhere_who_is_a_referent_here(self, lunel, dossier):
        """The right and the town have to come through one group."""
        user = UserFactory(groups=[*Town("Quéven").elu.groups.all(), *lunel.referent.groups.all()])

        with pytest.raises(PermissionDenied):
            agreed(dossier, user)

    def test_an_elu_whose_account_was_closed(self, lunel, dossier):
        lunel.elu.is_active = False

        with pytest.raises(PermissionDenied):
            agreed(dossier, lunel.elu)

    def test_who_only_enters_the_admin(self, lunel, dossier):
        with pytest.raises(PermissionDenied):
            agreed(dossier, admin_only_user())

    def test_nothing_was_written(self, lunel, dossier):
        for user in (lunel.webmestre, UserFactory(is_superuser=True), admin_only_user()):
            with pytest.raises(PermissionDenied):
                agreed(dossier, user)

        assert not Agreement.objects.exists()

    def test_a_superuser_whom_the_town_made_its_elu_agrees_as_such(self, lunel, dossier):
        user = UserFactory(is_superuser=True, groups=lunel.elu.groups.all())

        assert agreed(dossier, user).user == user


class TestOutsideTheSite:
    def test_is_noted_as_such_by_who_files(self, lunel, dossier):
        day = localdate() - timedelta(days=3)
        dossier.opened_at -= timedelta(days=3)

        agreement = noted(dossier, lunel.referent, agreed_on=day)

        assert (agreement.outside, agreement.agreed_on) == (True, day)
        assert agreement.user == lunel.referent
        assert standing(dossier, digest_of(dossier)).agreement == agreement

    def test_a_day_that_is_yet_to_come_is_refused_in_words(self, lunel, dossier):
        with pytest.raises(YetToCome) as refused:
            noted(dossier, lunel.referent, agreed_on=localdate() + timedelta(days=1))

        assert str(refused.value) != str(YetToCome.message)
        assert not Agreement.objects.exists()

    @pytest.mark.parametrize("day", [date(1, 1, 1), date(1900, 1, 1), "the day before"])
    def test_a_day_before_the_dossier_was_begun_is_refused_in_words(self, lunel, dossier, day):
        if day == "the day before":
            day = localdate(dossier.opened_at) - timedelta(days=1)

        with pytest.raises(TooEarly) as refused:
            noted(dossier, lunel.referent, agreed_on=day)

        assert str(refused.value) != str(TooEarly.message)
        assert not Agreement.objects.exists()

    def test_must_be_to_what_was_shown(self, lunel, dossier):
        with pytest.raises(NotAsShown):
            note_outside(
                dossier, digest_of(dossier), lunel.referent, shown="", agreed_on=localdate()
            )

    def test_twice_is_once_with_the_same_scan_and_without_one(self, lunel, dossier):
        first = noted(dossier, lunel.referent, scan=("accord.pdf", PDF))

        assert noted(dossier, lunel.referent, scan=("accord.pdf", PDF)) == first
        assert noted(dossier, lunel.referent) == first
        assert (Agreement.objects.count(), Scan.objects.count()) == (1, 1)

    def test_another_scan_or_another_day_is_another_note(self, lunel, dossier):
        noted(dossier, lunel.referent)
        with_scan = noted(dossier, lunel.referent, scan=("accord.pdf", PDF))
        noted(dossier, lunel.referent, scan=("accord.png", PNG))
        dossier.opened_at -= timedelta(days=1)
        noted(dossier, lunel.referent, agreed_on=localdate() - timedelta(days=1))

        assert Agreement.objects.count() == 4
        assert bytes(with_scan.scan.octets) == PDF

    @pytest.mark.parametrize("who", ["elu", "superuser", "another town", "nobody"])
    def test_is_noted_by_nobody_else(self, lunel, dossier, who):
        people = {
            "elu": lambda: lunel.elu,
            "superuser": lambda: UserFactory(is_superuser=True),
            "another town": lambda: Town("Quéven").referent,
            "nobody": admin_only_user,
        }

        with pytest.raises(PermissionDenied):
            noted(dossier, people[who]())

        assert not Agreement.objects.exists()


class TestScans:
    @pytest.mark.parametrize(
        ("octets", "kind"),
        [(PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png")],
    )
    def test_are_known_by_their_first_octets_whatever_their_name(
        self, lunel, dossier, octets, kind
    ):
        agreement = noted(dossier, lunel.referent, scan=("accord.exe", octets))

        assert agreement.scan.content_type == kind
        assert bytes(Scan.objects.get().octets) == octets

    @pytest.mark.parametrize(
        "octets",
        [b"", b"<svg onload=alert(1)>", b"<!doctype html>", b"GIF89a", b" %PDF-1.7", b"PK"],
    )
    def test_what_is_none_is_refused_and_nothing_is_noted(self, lunel, dossier, octets):
        with pytest.raises(BadScan):
            noted(dossier, lunel.referent, scan=("accord.pdf", octets))

        assert not Agreement.objects.exists()

    def test_are_of_five_megabytes_at_most(self):
        assert kind_of_scan(PDF.ljust(LARGEST_SCAN, b" ")) == "application/pdf"
        with pytest.raises(BadScan):
            kind_of_scan(PDF.ljust(LARGEST_SCAN + 1, b" "))

    def test_a_long_name_is_cut(self, lunel, dossier):
        noted(dossier, lunel.referent, scan=("a" * 300, PDF))

        assert len(Scan.objects.get().name) == 255


class TestAsking:
    def test_is_for_what_the_dossier_is_now(self, lunel, dossier):
        assert ask(dossier, digest_of(dossier), lunel.referent)

        assert standing(dossier, digest_of(dossier)).asked
        assert Dossier.objects.get().asked_at is not None

    def test_a_later_change_is_not_asked_for_yet(self, lunel, dossier):
        ask(dossier, digest_of(dossier), lunel.referent)

        lunel.service(title="Neuf")

        assert not standing(dossier, digest_of(dossier)).asked
        assert ask(dossier, digest_of(dossier), lunel.referent)

    def test_nobody_is_asked_twice(self, lunel, dossier):
        ask(dossier, digest_of(dossier), lunel.referent)
        first = Dossier.objects.get().asked_at

        assert not ask(dossier, digest_of(dossier), lunel.webmestre)

        assert Dossier.objects.get().asked_at == first

    def test_nor_for_what_was_agreed_to_already(self, lunel, dossier):
        agreed(dossier, lunel.elu)

        assert not ask(dossier, digest_of(dossier), lunel.referent)

    def test_by_who_prepares_only(self, lunel, dossier):
        for user in (lunel.elu, Town("Quéven").referent, admin_only_user()):
            with pytest.raises(PermissionDenied):
                ask(dossier, digest_of(dossier), user)


class TestWhetherItIsRequired:
    def test_not_by_default(self, lunel, dossier):
        assert not is_required(lunel.authority)
        assert not standing(dossier, digest_of(dossier)).is_missing

    def test_where_the_town_says_so(self, lunel, dossier):
        ask_for_agreements(lunel)

        assert is_required(lunel.authority)
        assert standing(dossier, digest_of(dossier)).is_missing

    def test_another_town_s_setting_is_its_own(self, lunel):
        ask_for_agreements(Town("Quéven"))

        assert not is_required(lunel.authority)

    def test_given_where_nobody_required_it_it_is_told_all_the_same(self, lunel, dossier):
        agreed(dossier, lunel.elu)

        assert len(signed_off(dossier, digest_of(dossier))) == 1

    def test_costs_two_queries(self, lunel, dossier, django_assert_num_queries):
        digest = digest_of(dossier)
        agreed(dossier, lunel.elu)

        with django_assert_num_queries(2):
            str(standing(dossier, digest).agreement.user)
