"""The agreement of an élu: to exactly what they were shown, by an élu of that town, by pressing."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import registry

from tests.factories import UserFactory
from wagtail_villes_internet.desk.agreement_parts import PARTS
from wagtail_villes_internet.dossiers.agreements import current_agreement
from wagtail_villes_internet.dossiers.drafting import choose, draft_of
from wagtail_villes_internet.dossiers.errors import AgreementMissing
from wagtail_villes_internet.dossiers.models import Agreement, Dossier, Filing
from wagtail_villes_internet.registry.base import get_backend
from wagtail_villes_internet.sync.filing import file

from .agreeing import ASK, HERE, YEAR, TownWithDossier, outcome, personas, working_for
from .pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return TownWithDossier("Lunel")


@pytest.fixture
def beziers():
    return TownWithDossier("Béziers")


@pytest.fixture
def elu(client, lunel):
    """The browser of Lunel's élu."""
    client.force_login(lunel.elu)
    return client


def filed(town) -> Filing:
    dossier = Dossier.objects.get(pk=town.dossier.pk)
    with get_backend() as backend:
        return file(dossier, backend, town.referent, shown=town.digest)


class TestWhoMay:
    def test_see_what_an_elu_agrees_to(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        found = {}
        for name, user in people.items():
            response = working_for(client, user, lunel).get(HERE)
            is_here = "Portail famille de Lunel" in text(response)
            found[name] = outcome(response) if is_here else f"not here: {outcome(response)}"

        assert found == {
            "visitor": "not here: login",
            "may only enter the admin": "not here: refused",
            "viewer": "shown",
            "webmestre": "shown",
            "référent": "shown",
            "élu": "shown",
            "operator": "shown",
            "superuser in the group Élu": "shown",
            # They see their own town's.
            "webmestre of another town": "not here: shown",
            "élu of another town": "not here: shown",
            "élu elsewhere, référent here": "shown",
            "élu here, référent elsewhere": "shown",
        }

    def test_agree(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        found = {}
        for name, user in people.items():
            response = working_for(client, user, lunel).post(HERE, lunel.posted())
            found[name] = outcome(response), lunel.dossier.agreements.filter(user=user).exists()

        assert found == {
            "visitor": ("login", False),
            "may only enter the admin": ("refused", False),
            "viewer": ("refused", False),
            "webmestre": ("refused", False),
            "référent": ("refused", False),
            "élu": ("done", True),
            # Neither the right to publish nor a superuser replaces an élu.
            "operator": ("refused", False),
            "superuser in the group Élu": ("done", True),
            "webmestre of another town": ("not found", False),
            "élu of another town": ("not found", False),
            "élu elsewhere, référent here": ("refused", False),
            "élu here, référent elsewhere": ("done", True),
        }
        assert not Agreement.objects.filter(dossier=beziers.dossier).exists()

    def test_be_offered_the_button(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        offered = {
            name
            for name, user in people.items()
            if "Je donne mon accord" in text(working_for(client, user, lunel).get(HERE))
        }

        assert offered == {
            "élu",
            "superuser in the group Élu",
            "élu here, référent elsewhere",
            # For their own town.
            "élu of another town",
        }

    def test_ask_for_it(self, client, lunel, beziers, admin_user):
        people = personas(lunel, beziers, admin_user)

        found = {}
        for name, user in people.items():
            Dossier.objects.update(asked_at=None, asked_sha256="")
            response = working_for(client, user, lunel).post(ASK, lunel.posted())
            found[name] = outcome(response), Dossier.objects.exclude(asked_sha256="").exists()

        assert found == {
            "visitor": ("login", False),
            "may only enter the admin": ("refused", False),
            "viewer": ("refused", False),
            "webmestre": ("done", True),
            "référent": ("done", True),
            "élu": ("refused", False),
            "operator": ("done", True),
            "superuser in the group Élu": ("done", True),
            "webmestre of another town": ("not found", False),
            "élu of another town": ("not found", False),
            "élu elsewhere, référent here": ("done", True),
            "élu here, référent elsewhere": ("refused", False),
        }

    def test_an_elu_who_works_for_another_town_now_agrees_nowhere(self, client, lunel, beziers):
        user = UserFactory(groups=[lunel.group("Élu"), beziers.group("Élu")])

        response = working_for(client, user, beziers).post(HERE, lunel.posted())

        assert outcome(response) == "not found"
        assert not Agreement.objects.exists()


class TestGiving:
    def test_is_noted_by_role_and_day(self, elu, lunel):
        response = elu.post(HERE, lunel.posted(), follow=True)

        assert f"Votre accord au dossier {YEAR} est noté." in text(response)
        agreement = lunel.dossier.agreements.get()
        assert agreement.shown_sha256 == lunel.digest
        assert agreement.role == Agreement.Role.ELECTED
        assert not agreement.outside
        assert "Vous n’avez rien de plus à faire" in text(elu.get(HERE))

    def test_twice_is_once(self, elu, lunel):
        elu.post(HERE, lunel.posted())
        elu.post(HERE, lunel.posted())

        assert lunel.dossier.agreements.count() == 1
        assert registry.get_logs_for_instance(lunel.dossier).count() == 1

    def test_is_never_done_by_reading(self, elu, lunel):
        elu.get(HERE, {"shown": lunel.digest, "authority": lunel.authority.pk})
        elu.head(HERE)

        assert not lunel.dossier.agreements.exists()

    def test_takes_a_form_of_this_site(self, lunel):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(lunel.elu)

        response = browser.post(HERE, lunel.posted())

        assert response.status_code == 403
        assert not lunel.dossier.agreements.exists()

    @pytest.mark.parametrize("shown", ["", "0" * 64, "n’importe quoi"])
    def test_not_to_what_was_not_shown(self, elu, lunel, shown):
        response = elu.post(HERE, lunel.posted(shown=shown))

        assert "Le dossier a changé" in text(response)
        assert not lunel.dossier.agreements.exists()

    def test_not_to_what_changed_while_it_was_read(self, elu, lunel):
        page = elu.get(HERE)
        posted = lunel.posted(parts=page.context["parts"])
        lunel.change()

        response = elu.post(HERE, posted)

        said = text(response)
        assert "Le dossier a changé depuis que vous avez ouvert cette page" in said
        assert f"<li>{PARTS['statement']}</li>" in said
        assert f"<li>{PARTS['answers']}</li>" not in said
        assert "Une année de plus." in said, "it is shown as it is now"
        assert not lunel.dossier.agreements.exists()
        assert elu.post(HERE, lunel.posted()).status_code == 302, "and asked about again"

    def test_to_a_dossier_that_nobody_began_leads_to_where_it_is_begun(self, elu):
        response = elu.get(HERE.replace(str(YEAR), "2026"))

        assert response["Location"] == "/admin/villes-internet/dossier/2026/"


class TestWhereItStands:
    def test_not_required_it_may_be_given_all_the_same(self, elu, lunel):
        said = text(elu.get(HERE))

        assert "n’est pas exigé" in said
        assert "Je donne mon accord" in said

    def test_required_and_missing(self, elu, lunel):
        lunel.require()

        assert "est nécessaire avant le dépôt du dossier" in text(elu.get(HERE))

    def test_asked_for(self, client, lunel):
        lunel.require()
        client.force_login(lunel.referent)
        client.post(ASK, lunel.posted())

        assert "Accord demandé le" in text(client.get(HERE))

    def test_given(self, elu, lunel):
        elu.post(HERE, lunel.posted())

        said = text(elu.get(HERE))
        assert "Accord donné le" in said
        assert "(élu)" in said

    def test_given_to_what_it_was_before(self, elu, lunel):
        elu.post(HERE, lunel.posted())
        lunel.change()

        said = text(elu.get(HERE))
        assert "à une version antérieure" in said
        assert "l’accord est à redemander" in said
        assert "Je donne mon accord" in said

    def test_given_again_when_the_dossier_is_again_what_it_was(self, elu, lunel):
        elu.post(HERE, lunel.posted())
        lunel.change()
        Dossier.objects.update(statement="")

        assert current_agreement(lunel.dossier, lunel.digest) is not None
        assert "Accord donné le" in text(elu.get(HERE))


class TestTheSetting:
    def test_is_off_by_default(self, lunel):
        assert lunel.settings.agreement_required is False
        assert filed(lunel).number == 1

    def test_is_on_the_page_of_the_settings(self, client, lunel):
        client.force_login(lunel.webmestre)
        address = f"/admin/settings/wagtail_villes_internet/villesinternetsettings/{lunel.site.pk}/"
        page = client.get(address)
        assert page.context["form"].initial["agreement_required"] is False
        assert 'name="agreement_required"' in page.content.decode()

        client.post(address, {"agreement_required": "on", "elected_email": "elu@lunel.example"})

        assert lunel.settings.agreement_required is True
        assert lunel.settings.elected_email == "elu@lunel.example"

    def test_once_on_nothing_is_filed_without_an_agreement(self, elu, lunel):
        lunel.require()
        with pytest.raises(AgreementMissing):
            filed(lunel)

        elu.post(HERE, lunel.posted())

        assert filed(lunel).number == 1

    def test_a_change_after_the_agreement_keeps_it_from_being_filed(self, elu, lunel):
        lunel.require()
        elu.post(HERE, lunel.posted())
        lunel.change()

        with pytest.raises(AgreementMissing):
            filed(lunel)


def test_what_is_filed_says_the_role_and_the_day_and_no_name(elu, lunel):
    lunel.elu.first_name, lunel.elu.last_name = "Camille", "Mairesse"
    lunel.elu.email = "camille@lunel.example"
    lunel.elu.save()
    elu.post(HERE, lunel.posted())

    filing = filed(lunel)

    body = json.loads(bytes(filing.octets))
    today = timezone.localdate().isoformat()
    assert body["signed_off"] == [{"role": "elected", "on": today}]
    everything = bytes(filing.octets) + bytes(filing.annex)
    for name in ("Camille", "Mairesse", "camille@", lunel.elu.username):
        assert name.encode() not in everything


class TestThePage:
    def test_says_everything_that_is_agreed_to(self, elu, lunel):
        lunel.service(
            title="Démarches d’état civil",
            summary="Demander un acte.",
            description="<p>À toute heure.</p>",
            url="https://lunel.example/etat-civil",
            offline_alternative="Au guichet, place de la mairie.",
            audiences=["residents", "elders"],
        )
        out = lunel.service(title="Vieille borne")
        draft = draft_of(lunel.dossier)
        candidate = next(one.candidate for one in draft.lines if one.candidate.title == out.title)
        choose(lunel.dossier, candidate, included=False, reason="Elle a été démontée.")
        Dossier.objects.update(statement="Notre année.", answers="Oui, partout.")

        said = text(elu.get(HERE))

        content = draft_of(Dossier.objects.get(pk=lunel.dossier.pk)).content
        matrix = content.matrix
        for expected in (
            "Lunel",
            lunel.authority.siren,
            lunel.authority.insee,
            "Démarches d’état civil",
            "Demander un acte.",
            "À toute heure.",
            "https://lunel.example/etat-civil",
            "Au guichet, place de la mairie.",
            "tous les habitants",
            "Vieille borne",
            "Elle a été démontée.",
            "Notre année.",
            "Oui, partout.",
            matrix["version"],
            content.digest,
        ):
            assert expected in said, expected

    def test_uses_no_word_of_the_trade(self, elu, lunel):
        lunel.require()
        main = text(elu.get(HERE)).split("<main", 1)[1].split("</main>")[0].lower()

        for word in ("enjeu", "registre", "synchronisation", "matrice", "workflow", "json"):
            assert word not in main, word

    def test_writes_markup_as_text(self, elu, lunel):
        Dossier.objects.update(statement="<script>alert(1)</script>")

        assert "<script>alert(1)" not in elu.get(HERE).content.decode()

    def test_takes_as_many_queries_for_sixty_services_as_for_two(
        self, elu, lunel, django_assert_max_num_queries
    ):
        lunel.service(title="Un autre")
        elu.get(HERE)
        with django_assert_max_num_queries(100) as few:
            elu.get(HERE)
        for number in range(60):
            lunel.service(title=f"Service numéro {number}")

        with django_assert_max_num_queries(len(few.captured_queries)):
            elu.get(HERE)


class TestAsking:
    @pytest.fixture
    def referent(self, client, lunel):
        client.force_login(lunel.referent)
        return client

    def test_writes_to_the_mailbox_of_the_elu(self, referent, lunel, mailoutbox):
        lunel.require(mailbox="elu@lunel.example")

        response = referent.post(ASK, lunel.posted(), follow=True)

        assert "le message est parti" in text(response)
        [mail] = mailoutbox
        assert mail.to == ["elu@lunel.example"]
        assert f"http://testserver{HERE}" in mail.body.splitlines()
        assert "Lunel" in mail.subject
        dossier = Dossier.objects.get(pk=lunel.dossier.pk)
        assert dossier.asked_sha256 == lunel.digest

    def test_names_nobody(self, referent, lunel, mailoutbox):
        lunel.referent.first_name, lunel.referent.last_name = "Sacha", "Preparateur"
        lunel.referent.save()
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted())

        written = str(mailoutbox[0].message())
        for name in ("Sacha", "Preparateur", lunel.referent.username, lunel.elu.username):
            assert name not in written

    def test_takes_the_address_from_the_settings_of_the_installation(
        self, referent, lunel, mailoutbox, settings
    ):
        """Not from the name that a browser asked for, which anybody may write."""
        settings.WAGTAILADMIN_BASE_URL = "https://mairie.example"
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted(), headers={"host": "pirate.example"})

        assert f"https://mairie.example{HERE}" in mailoutbox[0].body
        assert "pirate.example" not in mailoutbox[0].body

    def test_takes_that_of_the_town_where_the_settings_are_those_of_a_new_project(
        self, referent, lunel, mailoutbox, settings
    ):
        settings.WAGTAILADMIN_BASE_URL = "http://example.com"
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted(), headers={"host": "pirate.example"})

        assert f"{lunel.site.root_url}{HERE}" in mailoutbox[0].body
        assert "example.com" not in mailoutbox[0].body
        assert "pirate.example" not in mailoutbox[0].body

    def test_a_name_of_several_lines_writes_no_header(self, referent, lunel, mailoutbox):
        lunel.authority.name = "Lunel\r\nBcc: pirate@example.org"
        lunel.authority.save()
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted())

        message = mailoutbox[0].message()
        assert message["Bcc"] is None
        assert "\n" not in mailoutbox[0].subject

    def test_within_the_hour_writes_once_of_the_same_version(self, referent, lunel, mailoutbox):
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted())
        again = referent.post(ASK, lunel.posted(), follow=True)

        assert len(mailoutbox) == 1
        assert "il y a moins d’une heure" in text(again)

    def test_writes_again_of_another_version(self, referent, lunel, mailoutbox):
        lunel.require(mailbox="elu@lunel.example")
        referent.post(ASK, lunel.posted())
        lunel.change()

        referent.post(ASK, lunel.posted())

        assert len(mailoutbox) == 2

    def test_writes_again_after_an_hour(self, referent, lunel, mailoutbox):
        lunel.require(mailbox="elu@lunel.example")
        referent.post(ASK, lunel.posted())
        registry.get_logs_for_instance(lunel.dossier).update(
            timestamp=timezone.now() - timedelta(minutes=61)
        )

        referent.post(ASK, lunel.posted())

        assert len(mailoutbox) == 2

    def test_a_mail_that_does_not_go_loses_nothing(
        self, referent, lunel, mailoutbox, monkeypatch, caplog
    ):
        lunel.require(mailbox="elu@lunel.example")

        def refuse(mail, *args, **kwargs):
            raise ConnectionRefusedError

        with monkeypatch.context() as broken:
            broken.setattr("django.core.mail.EmailMessage.send", refuse)
            response = referent.post(ASK, lunel.posted(), follow=True)

        said = text(response)
        assert "le message n’est pas parti" in said
        assert f"http://testserver{HERE}" in said
        assert "Accord demandé le" in said
        # And it may be tried again at once.
        referent.post(ASK, lunel.posted())
        assert len(mailoutbox) == 1

    def test_without_a_mailbox_says_what_to_hand_on(self, referent, lunel, mailoutbox):
        response = referent.post(ASK, lunel.posted(), follow=True)

        said = text(response)
        assert "voici l’adresse à transmettre" in said
        assert not mailoutbox
        assert Dossier.objects.get(pk=lunel.dossier.pk).asked_sha256 == lunel.digest

    def test_the_mailbox_of_another_town_is_not_written_to(
        self, referent, lunel, beziers, mailoutbox
    ):
        beziers.require(mailbox="elu@beziers.example")
        lunel.require(mailbox="elu@lunel.example")

        referent.post(ASK, lunel.posted())

        assert [mail.to for mail in mailoutbox] == [["elu@lunel.example"]]

    def test_for_what_is_agreed_to_already_asks_nothing(self, client, lunel, mailoutbox):
        lunel.require(mailbox="elu@lunel.example")
        client.force_login(lunel.elu)
        client.post(HERE, lunel.posted())
        client.force_login(lunel.referent)

        response = client.post(ASK, lunel.posted(), follow=True)

        assert "a déjà donné son accord" in text(response)
        assert not mailoutbox

    def test_is_not_done_by_reading(self, referent):
        assert referent.get(ASK).status_code == 405


class TestTheAuditLog:
    def test_says_who_asked_and_who_agreed(self, client, lunel):
        client.force_login(lunel.referent)
        client.post(ASK, lunel.posted())
        client.force_login(lunel.elu)
        client.post(HERE, lunel.posted())

        entries = registry.get_logs_for_instance(lunel.dossier).order_by("timestamp")
        assert [(entry.action, entry.user) for entry in entries] == [
            ("villes_internet.dossier_agreement_asked", lunel.referent),
            ("villes_internet.dossier_agreed", lunel.elu),
        ]
        assert {entry.data["sha256"] for entry in entries} == {lunel.digest}
        assert [entry.message for entry in entries] == [
            "L’accord d’un élu a été demandé",
            "Un élu a donné son accord au dossier tel qu’il était",
        ]

    def test_of_one_town_is_not_shown_to_another(self, client, lunel, beziers):
        client.force_login(lunel.elu)
        client.post(HERE, lunel.posted())

        entry = registry.get_logs_for_instance(lunel.dossier).get()

        model = type(entry)
        assert entry in model.objects.viewable_by_user(lunel.webmestre)
        assert entry not in model.objects.viewable_by_user(beziers.webmestre)
