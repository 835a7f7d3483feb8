"""`villes_internet_reconcile`: what differs between the two sides, and its repair."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import translation

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import canonical_body
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import lease, reconciling
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link
from wagtail_villes_internet.sync.runner import run

from .conftest import everything, in_french, retitle, site_matrix

State = Declaration.State
THEIRS = "0b7d2f6e-1111-4222-8333-444455556666"
WRITES = {"put", "delete", "batch"}


@pytest.fixture
def reconcile(command):
    return partial(command, "villes_internet_reconcile")


@pytest.fixture
def declared(town):
    """A service that both sides know, its echo read."""
    service = town.service(title="Payer la cantine")
    town.run()
    town.run()
    town.requests()
    return service


@pytest.fixture
def signs(reconcile):
    """Run the command; returns what it wrote before each title."""

    def call(*arguments):
        _code, said, _complaint = reconcile(*arguments)
        lines = [line.split(" ", 2) for line in said.splitlines() if line[1:2] == " "]
        return {title: sign for sign, _id, title in lines}

    return call


def summary(same=0, differs=0, here_only=0, there_only=0, unknown=0):
    return in_french(
        "Same: %(same)d; different: %(differs)d; here only: %(here_only)d; "
        "there only: %(there_only)d; unknown: %(unknown)d.",
        same=same,
        differs=differs,
        here_only=here_only,
        there_only=there_only,
        unknown=unknown,
    )


def an_agents(town, title="Saisi par l'agent", id=THEIRS):
    body = canonical_body(title=title, reference_services=["p-rdv-titres"])
    town.registry.agent_create(town.siren, id, body)


def forget_everything(town):
    """The site is restored from a backup of before its first transmission."""
    Declaration.objects.all().delete()
    Link.objects.all().delete()


def written(town):
    return [call for call in town.requests() if call[0] in WRITES]


class TestWhatIsSaid:
    def test_the_same_on_both_sides_is_exit_0(self, reconcile, town, declared):
        code, said, complaint = reconcile()

        assert (code, complaint) == (0, "")
        assert said.splitlines() == [
            f"= {declared.remote_id} Payer la cantine",
            summary(same=1),
        ]

    def test_each_drift_has_its_sign_and_is_exit_1(self, reconcile, town, declared):
        gone, edited = town.service(title="Dépublié"), town.service(title="Modifié")
        town.run()
        gone.unpublish()
        retitle(edited, "Modifié depuis")
        new = town.service(title="Nouveau")
        incomplete = town.service(title="Sans thème", references=[])

        code, said, complaint = reconcile()

        assert (code, complaint) == (1, summary(1, 1, 1, 1, 1))
        assert said.splitlines() == [
            f"- {gone.remote_id} Dépublié",
            f"* {edited.remote_id} Modifié depuis",
            f"+ {new.remote_id} Nouveau",
            f"= {declared.remote_id} Payer la cantine",
            f"! {incomplete.remote_id} Sans thème ({in_french('to complete')})",
        ]

    def test_what_an_agent_changes_and_enters_is_seen(self, signs, town, declared):
        town.registry.agent_edit(town.siren, declared.remote_id, title="Titre de l'agent")
        an_agents(town)

        assert signs() == {
            "Payer la cantine": "*",
            f"Saisi par l'agent ({in_french('not from this site')})": "-",
        }

    def test_what_an_agent_withdraws_is_here_only(self, signs, town, declared):
        town.registry.agent_delete(town.siren, declared.remote_id)
        assert signs() == {"Payer la cantine": "+"}

    def test_every_field_is_compared(self, signs, town, declared):
        town.registry.agent_edit(town.siren, declared.remote_id, summary="Autre résumé")
        assert signs() == {"Payer la cantine": "*"}

    def test_what_the_registry_altered_is_noted(self, reconcile, signs, town, monkeypatch):
        put = town.registry._put
        monkeypatch.setattr(
            town.registry,
            "_put",
            lambda town, id, body, key: put(town, id, replace(body, summary="Publicité"), key),
        )
        town.service(title="Cantine")
        town.run()

        note = in_french("altered by the registry")
        assert signs() == {f"Cantine ({note})": "*"}
        document = json.loads(reconcile("--format", "json")[1])
        (lunel,) = document["authorities"]
        assert lunel["counts"]["altered"] == 1
        assert lunel["lines"][0]["altered"] is True

    def test_what_lacks_in_the_matrix_of_the_registry_is_unknown(self, signs, town, declared):
        matrix = town.registry.matrix().value
        first, *others = matrix.axes
        town.registry.set_matrix(replace(matrix, axes=tuple(others)))
        town.run()
        code = first.themes[0].services[0].code
        assert code not in replace(matrix, axes=tuple(others)).codes
        town.service(title="Cantine", references=[code])

        note = in_french("attachment to be confirmed")
        assert signs()[f"Cantine ({note})"] == "!"

    def test_what_waits_for_confirmation_is_unknown(self, signs, town):
        services = [town.service(title=f"Service {n}") for n in range(15)]
        town.run()
        for service in services:
            service.delete()
        town.run()

        note = in_french("waiting for confirmation")
        assert signs() == {f"Service {n} ({note})": "!" for n in range(15)}

    def test_a_registry_that_contradicts_itself_is_unknown(self, signs, town, declared):
        resources = town.registry.store.towns[town.siren].resources
        there = resources[declared.remote_id]
        body = replace(there.body, title="Autre chose")
        resources[declared.remote_id] = replace(there, body=body)

        (title,) = signs()
        assert signs()[title] == "!"
        assert in_french("the registry gives the hash of another content") in title

    def test_a_title_of_the_registry_is_one_line(self, reconcile, town):
        an_agents(town)
        resources = town.registry.store.towns[town.siren].resources
        there = resources[THEIRS]
        body = replace(there.body, title="Un\n= titre\x1b[2J")
        resources[THEIRS] = replace(there, body=body)

        _code, said, _complaint = reconcile()

        assert len(said.splitlines()) == 1
        assert "\x1b" not in said

    def test_figures_for_a_monitor(self, reconcile, town, declared):
        new = town.service(title="Nouveau")
        an_agents(town)

        code, said, _complaint = reconcile("--format", "json")

        document = json.loads(said)
        (lunel,) = document["authorities"]
        assert code == document["exit_code"] == lunel["exit_code"] == 1
        assert lunel["counts"] == {
            "same": 1,
            "differs": 0,
            "here_only": 1,
            "there_only": 1,
            "unknown": 0,
            "altered": 0,
        }
        assert lunel["lines"] == [
            {
                "sign": sign,
                "id": id,
                "title": title,
                "altered": False,
                "minted_here": minted,
                "doubt": None,
            }
            for sign, id, title, minted in [
                ("+", new.remote_id, "Nouveau", True),
                ("=", declared.remote_id, "Payer la cantine", True),
                ("-", THEIRS, "Saisi par l'agent", False),
            ]
        ]

    def test_by_hand_there_is_nothing_to_compare_with(self, reconcile, db):
        DigitalServiceFactory()
        line = in_french("transmission by hand: there is no registry to compare with")
        assert reconcile() == (0, line, "")
        assert reconcile("--repair") == (0, line, "")

    def test_a_town_without_a_siren_is_by_hand(self, reconcile, town):
        town.authority.siren = None
        town.authority.save()
        assert reconcile()[0] == 0

    @pytest.mark.parametrize("number", ["siren", "insee"])
    def test_only_the_town_that_is_named_is_read_and_shown(self, reconcile, town, number):
        other = AuthorityFactory(name="Massy")
        town.registry.add_authority(other.siren)
        DigitalServiceFactory(authority=other, title="Secret de Massy")
        town.service(title="À nous")

        for arguments in ((), ("--repair",), ("--format", "json")):
            said = "".join(
                map(str, reconcile("--authority", getattr(town.authority, number), *arguments))
            )
            assert "À nous" in said
            assert "Secret" not in said
            assert "Massy" not in said
        assert {call[1] for call in town.requests() if len(call) > 1} == {town.siren}

    def test_an_unknown_town_is_misconfigured(self, reconcile, town):
        code, said, complaint = reconcile("--authority", "999999999")
        assert (code, said) == (2, "")
        assert len(complaint.splitlines()) == 1

    def test_several_towns_are_told_apart_and_one_that_fails_stops_no_other(self, reconcile, town):
        AuthorityFactory(name="Abeilhan")  # unknown to the registry
        town.service()
        town.run()

        code, said, complaint = reconcile()

        assert code == 1
        assert complaint.startswith("Abeilhan")
        assert said.splitlines()[-1].startswith("Lunel")


class TestNothingIsWritten:
    def test_with_drift_of_every_kind(self, reconcile, town, declared):
        edited, gone = town.service(title="Modifié"), town.service(title="Parti")
        town.run()
        town.registry.agent_edit(town.siren, edited.remote_id, title="Titre de l'agent")
        an_agents(town)
        gone.delete()
        town.service(title="Nouveau")
        before, there = everything(), town.there()
        town.requests()

        assert reconcile()[0] == 1

        assert everything() == before
        assert town.there() == there
        assert {call[0] for call in town.requests()} == {"feed"}

    def test_before_the_first_run(self, reconcile, town):
        town.service()
        before = everything()

        assert reconcile()[0] == 1

        assert everything() == before
        assert not Link.objects.exists()

    def test_beside_a_run_under_way(self, reconcile, town, declared):
        taken = lease.take(town.link.pk)
        before = everything()

        assert reconcile()[0] == 0

        assert everything() == before
        taken.hold()

    def test_when_the_registry_fails(self, reconcile, town, declared):
        before = everything()
        town.registry.fail_next(errors.Unreachable())
        code, said, complaint = reconcile()

        assert (code, said) == (1, "")
        with translation.override("fr"):
            assert complaint == str(errors.Unreachable())
        assert everything() == before


class TestRepair:
    def test_what_is_the_same_stays_as_it_is(self, reconcile, town, declared):
        code, said, complaint = reconcile("--repair")
        assert (code, complaint) == (0, "")
        assert summary(same=1) in said
        assert written(town) == []
        assert town.state(declared) == State.SENT

    def test_what_is_here_only_is_created(self, reconcile, town):
        service = town.service(title="Nouveau")
        assert reconcile("--repair")[0] == 0
        assert town.there() == {service.remote_id: "Nouveau"}
        assert town.state(service) == State.SENT

    def test_what_was_changed_there_becomes_a_proposal(self, reconcile, signs, town, declared):
        unseen(
            town,
            lambda: town.registry.agent_edit(
                town.siren, declared.remote_id, title="Titre de l'agent"
            ),
        )

        assert reconcile("--repair")[0] == 1

        assert town.declaration(declared).remote["title"] == "Titre de l'agent"
        assert town.state(declared) == State.SENT
        assert town.there() == {declared.remote_id: "Titre de l'agent"}
        assert written(town) == []
        declared.refresh_from_db()
        assert declared.title == "Payer la cantine"
        assert signs() == {"Payer la cantine": "*"}

    def test_what_was_changed_on_both_sides_becomes_a_conflict(self, reconcile, town, declared):
        unseen(
            town,
            lambda: town.registry.agent_edit(
                town.siren, declared.remote_id, title="Titre de l'agent"
            ),
        )
        retitle(declared, "Titre du site")

        assert reconcile("--repair")[0] == 1

        assert town.state(declared) == State.CONFLICT
        assert town.there() == {declared.remote_id: "Titre de l'agent"}
        assert written(town) == []

    def test_what_was_only_changed_here_is_sent(self, reconcile, town, declared):
        retitle(declared, "Titre du site")
        assert reconcile("--repair")[0] == 0
        assert town.there() == {declared.remote_id: "Titre du site"}

    def test_a_site_that_forgot_what_it_declared_overwrites_nothing(
        self, reconcile, town, declared
    ):
        forget_everything(town)
        retitle(declared, "Titre du site")

        assert reconcile("--repair")[0] == 1

        assert town.state(declared) == State.CONFLICT
        assert town.there() == {declared.remote_id: "Payer la cantine"}

    def test_what_was_withdrawn_by_an_agent_is_not_created_again(self, reconcile, town, declared):
        unseen(town, lambda: town.registry.agent_delete(town.siren, declared.remote_id))
        assert reconcile("--repair")[0] == 1
        assert not town.there()
        assert town.state(declared) == State.CONFLICT

    def test_what_the_registry_lost_waits_for_one_decision(self, reconcile, signs, town, declared):
        del town.registry.store.towns[town.siren].resources[declared.remote_id]
        assert signs() == {"Payer la cantine": "+"}

        code, said, complaint = reconcile("--repair")

        assert code == 1
        assert summary(unknown=1) in complaint
        assert in_french("waiting for confirmation") in said
        assert town.state(declared) == State.HELD
        assert not town.there()

    @pytest.mark.parametrize("leave", [DigitalService.unpublish, DigitalService.delete])
    def test_what_is_there_only_and_was_declared_is_withdrawn(
        self, reconcile, town, declared, leave
    ):
        leave(declared)
        assert reconcile("--repair")[0] == 0
        assert not town.there()

    def test_what_is_there_only_and_forgotten_here_is_withdrawn(self, reconcile, town, declared):
        forget_everything(town)
        declared.unpublish()
        town.run()
        assert town.there()

        assert reconcile("--repair")[0] == 0

        assert not town.there()
        assert town.state(declared) == State.WITHDRAWN

    def test_what_was_declared_from_here_under_another_address_is_withdrawn(
        self, reconcile, town, declared
    ):
        """The registry moved, and a service was deleted since."""
        forget_everything(town)
        before = MemoryRegistry({"name": "before it moved"})
        before.add_authority(town.siren)
        before.set_matrix(site_matrix())
        assert run(town.authority, before).is_done
        declared.delete()

        assert reconcile("--repair")[0] == 0
        assert not town.there()

    def test_an_agents_last_word_on_what_is_gone_here_is_not_withdrawn_unseen(
        self, reconcile, town, declared
    ):
        forget_everything(town)
        declared.unpublish()
        town.registry.agent_edit(town.siren, declared.remote_id, title="Titre de l'agent")

        assert reconcile("--repair")[0] == 1

        assert town.there() == {declared.remote_id: "Titre de l'agent"}

    def test_an_agent_who_writes_during_the_repair_is_not_withdrawn_unseen(
        self, reconcile, town, declared, monkeypatch
    ):
        forget_everything(town)
        declared.unpublish()
        read = MemoryRegistry.service

        def edited(self, siren, id):
            self.agent_edit(siren, id, title="Titre de l'agent")
            return read(self, siren, id)

        monkeypatch.setattr(MemoryRegistry, "service", edited)

        assert reconcile("--repair")[0] == 1

        assert town.there() == {declared.remote_id: "Titre de l'agent"}

    def test_what_goes_during_the_repair_is_gone(self, reconcile, town, declared, monkeypatch):
        forget_everything(town)
        declared.unpublish()
        read = MemoryRegistry.service

        def withdrawn(self, siren, id):
            self.agent_delete(siren, id)
            return read(self, siren, id)

        monkeypatch.setattr(MemoryRegistry, "service", withdrawn)

        assert reconcile("--repair")[0] == 0
        assert not town.there()

    def test_what_does_not_come_from_here_is_only_reported(self, reconcile, signs, town, declared):
        an_agents(town)
        assert reconcile("--repair")[0] == 1
        assert set(town.there()) == {declared.remote_id, THEIRS}
        assert not Declaration.objects.filter(remote_id=THEIRS).exists()
        assert written(town) == []

    @pytest.mark.parametrize("forgotten", [False, True])
    def test_many_withdrawals_wait_for_confirmation(self, reconcile, town, forgotten):
        services = [town.service() for _n in range(15)]
        town.run()
        if forgotten:
            forget_everything(town)
        DigitalService.objects.filter(pk__in=[one.pk for one in services]).update(live=False)

        code, said, _complaint = reconcile("--repair")

        assert code == 1
        assert said.count(f"({in_french('waiting for confirmation')})") == 15
        assert len(town.there()) == 15

    def test_what_the_registry_altered_is_not_sent_again(self, reconcile, town, monkeypatch):
        put = town.registry._put
        monkeypatch.setattr(
            town.registry,
            "_put",
            lambda town, id, body, key: put(town, id, replace(body, summary="Publicité"), key),
        )
        town.service()
        town.run()
        town.requests()

        assert reconcile("--repair")[0] == 1

        assert written(town) == []

    def test_a_restored_registry_after_an_agents_edits(self, reconcile, signs, town, declared):
        """Old, missing and proposed: nothing is pushed over any of them."""
        proposed = town.service(title="Proposé")
        town.run()
        town.registry.agent_edit(town.siren, proposed.remote_id, title="Titre de l'agent")
        restore = town.registry.backup()
        retitle(declared, "Titre suivant")
        missing = town.service(title="Disparu")
        town.run()
        restore()
        town.requests()
        assert signs() == {"Titre suivant": "*", "Disparu": "+", "Proposé": "*"}

        assert reconcile("--repair")[0] == 1

        note = in_french("waiting for confirmation")
        assert signs() == {f"Titre suivant ({note})": "!", f"Disparu ({note})": "!", "Proposé": "*"}
        assert town.declaration(proposed).remote["title"] == "Titre de l'agent"
        assert town.state(missing) == State.HELD
        assert written(town) == []

    def test_a_second_repair_changes_nothing(self, reconcile, town, declared):
        an_agents(town)
        town.registry.agent_edit(town.siren, declared.remote_id, title="Titre de l'agent")
        town.service(title="Nouveau")
        first = reconcile("--repair")
        rows = list(Declaration.objects.values("remote_id", "state", "acknowledged", "remote"))
        town.requests()

        second = reconcile("--repair")

        assert second[0] == first[0] == 1
        assert second[1] == first[1]
        assert written(town) == []
        after = list(Declaration.objects.values("remote_id", "state", "acknowledged", "remote"))
        assert after == rows

    def test_the_lease_is_given_back(self, reconcile, town, declared):
        reconcile("--repair")
        assert town.link.leased_until is None

    def test_what_was_done_is_said(self, reconcile, town, declared):
        town.service(title="Nouveau")
        _code, said, _complaint = reconcile("--repair")
        did = in_french(
            "Repair: %(declared)d transmitted, %(withdrawn)d withdrawn, %(read)d read.",
            declared=1,
            withdrawn=0,
            read=0,
        )
        assert said.splitlines()[-1] == f"{did} {summary(same=2)}"

        (lunel,) = json.loads(reconcile("--repair", "--format", "json")[1])["authorities"]
        assert lunel["did"] == {"declared": 0, "withdrawn": 0, "read": 0}

    def test_a_copy_of_the_database_is_refused(self, reconcile, town, configured):
        configured(INSTANCE="production")
        town.service()
        town.run()
        configured(INSTANCE="staging")
        town.service()
        assert reconcile()[0] == 1, "to read is allowed"
        declarations = everything()["Declaration"]
        town.requests()

        code, said, complaint = reconcile("--repair")

        assert (code, said) == (2, "")
        assert "--adopt" in complaint
        assert written(town) == []
        assert everything()["Declaration"] == declarations

    def test_a_run_under_way_is_waited_for_and_then_said(
        self, reconcile, town, declared, monkeypatch
    ):
        monkeypatch.setattr(lease, "PATIENCE", timedelta(0))
        taken = lease.take(town.link.pk)
        sequence = town.link.sequence

        code, said, complaint = reconcile("--repair")

        assert (code, said) == (1, "")
        assert len(complaint.splitlines()) == 1
        assert town.link.sequence == sequence
        taken.hold()

    def test_a_registry_that_fails_is_one_line_and_forgets_nothing(self, reconcile, town, declared):
        town.registry.fail_next(errors.Unreachable())
        before = everything()

        code, said, complaint = reconcile("--repair")

        assert (code, said) == (1, "")
        assert len(complaint.splitlines()) == 1
        assert everything() == before, "what was read before still counts"

    def test_a_registry_that_fails_half_way_is_gone_on_with(
        self, reconcile, town, declared, monkeypatch
    ):
        feed = MemoryRegistry.feed
        calls = []

        def fails_the_second_time(self, *args, **kwargs):
            calls.append(args)
            if len(calls) == 2:
                raise errors.Busy(60)
            return feed(self, *args, **kwargs)

        monkeypatch.setattr(MemoryRegistry, "feed", fails_the_second_time)
        assert reconcile("--repair")[0] == 1
        monkeypatch.undo()

        assert town.run().is_done
        assert town.state(declared) == State.SENT
        assert Attempt.objects.count() == 1


def unseen(town, act):
    """Something happens at the registry, and the feed's sequence passes it: the site was restored
    from a backup, say, or the registry had a fault."""
    act()
    sequence = town.registry.summary(town.siren).sequence
    Link.objects.filter(pk=town.link.pk).update(sequence=sequence)
    town.requests()


class TestAFeedThatLies:
    @pytest.fixture
    def pages(self, monkeypatch):
        """Let each page of the feed hold two services."""
        feed = MemoryRegistry.feed

        def short(self, siren, *, since=0, epoch=None, limit=100):
            return feed(self, siren, since=since, epoch=epoch, limit=2)

        monkeypatch.setattr(MemoryRegistry, "feed", short)
        return short

    def test_every_page_is_read(self, signs, town, pages):
        for n in range(5):
            town.service(title=f"Service {n}")
        town.run()
        assert signs() == {f"Service {n}": "=" for n in range(5)}

    def test_what_changes_while_it_is_read_counts_once_as_it_is_last(
        self, signs, town, pages, monkeypatch
    ):
        services = [town.service(title=f"Service {n}") for n in range(3)]
        town.run()
        done = []

        def changing(self, siren, **kwargs):
            page = pages(self, siren, **kwargs)
            if not done:
                done.append(self.agent_edit(siren, services[0].remote_id, title="De l'agent"))
                self.agent_delete(siren, services[1].remote_id)
            return page

        monkeypatch.setattr(MemoryRegistry, "feed", changing)
        assert signs() == {"Service 0": "*", "Service 1": "+", "Service 2": "="}

    def test_a_registry_restored_while_it_is_read_is_read_again(
        self, signs, town, pages, monkeypatch
    ):
        for n in range(3):
            town.service(title=f"Service {n}")
        town.run()
        restore = town.registry.backup()
        done = []

        def restored(self, siren, **kwargs):
            page = pages(self, siren, **kwargs)
            if not done:
                done.append(restore())
            return page

        monkeypatch.setattr(MemoryRegistry, "feed", restored)
        assert set(signs().values()) == {"="}

    @pytest.mark.parametrize(
        "lie",
        [
            lambda page, n: replace(page, epoch=str(n)),
            lambda page, n: replace(page, more=True, items=(), sequence=0),
            lambda page, n: replace(page, more=True, sequence=n),
        ],
        ids=["another epoch each time", "stands still", "never ends"],
    )
    def test_a_feed_that_leads_nowhere_is_one_line(self, reconcile, town, pages, monkeypatch, lie):
        for n in range(3):
            town.service(title=f"Service {n}")
        town.run()
        monkeypatch.setattr(reconciling, "MOST_PAGES", 19)
        calls = []

        def lying(self, siren, **kwargs):
            calls.append(kwargs)
            return lie(pages(self, siren), len(calls))

        monkeypatch.setattr(MemoryRegistry, "feed", lying)

        for arguments in ((), ("--repair",)):
            calls.clear()
            code, said, complaint = reconcile(*arguments)
            assert (code, said) == (1, "")
            assert len(complaint.splitlines()) == 1
            assert len(calls) < 20
