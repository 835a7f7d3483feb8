"""What the registry answered for and then shows otherwise may be filed again: nobody is stuck."""

from dataclasses import replace

import pytest

from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.dossiers.content import sha256
from wagtail_villes_internet.dossiers.sealing import Flaw
from wagtail_villes_internet.sync import filing, filing_log

from .filer import YEAR, State, names, unreachable

pytestmark = pytest.mark.django_db


def altering(file):
    """A registry that files what it is sent, and answers with a receipt of something else."""

    def altered(siren, write):
        written = file(siren, write)
        return replace(written, receipt=replace(written.receipt, sha256="0" * 64))

    return altered


class TestAReceiptOfSomethingElse:
    @pytest.fixture
    def disputed(self, filer, monkeypatch):
        made = filer.file("Ce que nous disons")
        with monkeypatch.context() as patched:
            patched.setattr(filer.registry, "file", altering(filer.registry.file))
            filer.run()
        assert filer.again(made).state == State.DISPUTED
        return made

    @pytest.fixture
    def wrong_there(self, filer):
        """The registry shows that receipt, too, when it is read."""
        stored = filer.registry._town(filer.siren).filings.stored
        first, *others = stored[YEAR].receipts
        wrong = replace(first, sha256="0" * 64)
        stored[YEAR] = replace(stored[YEAR], receipts=(wrong, *others))

    def test_may_be_had_right_by_filing_the_same_octets_again(self, filer, disputed, wrong_there):
        filing.file_again(disputed, filer.user)

        assert filer.run().is_done

        assert filer.again(disputed).state == State.FILED
        assert filer.receipt(disputed).sha256 == disputed.sha256
        assert filer.attempts_of_filings.count() == 2
        assert filer.stored.receipts[0].sha256 == disputed.sha256

    def test_read_again_as_it_was_is_no_answer_to_the_new_sending(
        self, filer, disputed, wrong_there, monkeypatch
    ):
        filing.file_again(disputed, filer.user)
        with monkeypatch.context() as patched:
            patched.setattr(filer.registry, "file", unreachable)
            filer.run()
        assert filer.again(disputed).state == State.TO_SEND

        filer.run()
        assert filer.again(disputed).state == State.FILED

    def test_heals_once_the_registry_shows_the_right_one_under_our_key(self, filer, disputed):
        wrong = filer.receipt(disputed)

        assert filer.run().is_done

        right = filer.receipt(disputed)
        assert filer.again(disputed).state == State.FILED
        assert filer.again(disputed).message == ""
        assert (right.pk, right.sha256) == (wrong.pk, disputed.sha256)
        said = AuthorityLogEntry.objects.filter(action=filing_log.RECEIPT).get()
        assert said.data["received_sha256"] == disputed.sha256

    def test_stays_disputed_while_the_registry_shows_it(self, filer, disputed, wrong_there):
        filer.requests()

        assert filer.run().left == 1

        assert "dossier" in names(filer.requests())
        assert filer.again(disputed).state == State.DISPUTED
        assert AuthorityLogEntry.objects.filter(action=filing_log.DISPUTED).count() == 1


class TestAnotherInItsPlace:
    @pytest.fixture
    def replaced(self, filer):
        made = filer.filed("Le nôtre")
        filer.elsewhere()
        filer.run()
        return made

    def test_is_not_overwritten_by_filing_ours_again_somebody_decides(self, filer, replaced):
        filing.file_again(replaced, filer.user)
        filer.requests()

        filer.run()

        assert "file" not in names(filer.requests())
        assert filer.again(replaced).state == State.CONFLICT
        assert filer.stored.dossier["statement"] == "D'ailleurs"

        filing.replace_there(replaced, filer.user, shown=filer.remote.etag)
        assert filer.run().is_done
        assert filer.again(replaced).state == State.FILED
        assert filer.stored.dossier["statement"] == "Le nôtre"
        assert len(filer.receipts_there) == 3

    def test_that_changes_while_ours_is_sent_is_not_taken_for_ours(self, filer, replaced):
        filing.file_again(replaced, filer.user)
        filer.run()
        filing.replace_there(replaced, filer.user)
        summary = filer.registry.summary(filer.siren)
        filer.registry.summary = lambda siren: summary
        filer.elsewhere("elsewhere-2", statement="Encore un autre")

        filer.run()

        assert filer.again(replaced).state == State.CONFLICT
        assert filer.stored.dossier["statement"] == "Encore un autre"

    def test_gone_again_ours_is_filed_as_it_was(self, filer):
        made = filer.filed("Le nôtre")
        restore = filer.registry.backup()
        filer.elsewhere()
        filer.run()
        filing.file_again(made, filer.user)
        filer.run()
        restore()
        filer.registry._town(filer.siren).filings.etag = filer.registry.store.tag()

        assert filer.run().is_done

        assert filer.again(made).state == State.FILED
        assert len(filer.receipts_there) == 1


class TestADecisionToReplaceBeforeANewerVersion:
    @pytest.fixture
    def decided(self, filer):
        filer.elsewhere()
        filer.run()
        first = filer.file("Premier")
        filer.run()
        filing.replace_there(filer.again(first), filer.user, shown=filer.remote.etag)
        return first

    def test_counts_for_the_newer_which_alone_is_sent(self, filer, decided):
        second = filer.file("Second")

        assert filer.run().is_done

        assert [one.sha256 for one in filer.receipts_there[:-1]] == [second.sha256]
        assert filer.again(decided).state == State.GIVEN_UP
        assert filer.again(second).state == State.FILED

    def test_but_not_for_anything_else_than_what_was_shown(self, filer, decided):
        second = filer.file("Second")
        filer.elsewhere("elsewhere-2", statement="Encore un autre")
        filer.requests()

        filer.run()

        assert "file" not in names(filer.requests())
        assert filer.again(decided).state == State.GIVEN_UP
        assert filer.again(second).state == State.CONFLICT
        assert not filer.attempts_of_filings.filter(answered_at=None).exists()


class TestAlteredBeforeItIsSent:
    @pytest.mark.parametrize("is_decided", [False, True], ids=["filed", "decided to replace"])
    def test_forged_octets_are_not_sent_though_their_hash_was_forged_too(self, filer, is_decided):
        if is_decided:
            filer.elsewhere()
            filer.run()
        made = filer.file("Vrai")
        if is_decided:
            filer.run()
            filing.replace_there(made, filer.user)
        octets = bytes(made.octets).replace(b"Vrai", b"Faux")
        forge(made, octets=octets, sha256=sha256(octets))
        filer.requests()

        assert filer.run().left == 1

        row = filer.again(made)
        assert "file" not in names(filer.requests())
        assert row.state == State.REJECTED
        assert str(Flaw.SEAL.message) in row.message
        assert AuthorityLogEntry.objects.filter(action=filing_log.REFUSED).count() == 1
        assert not filer.attempts_of_filings.filter(answered_at=None).exists()

    def test_a_forged_annex_is_not_sent_either(self, filer):
        made = filer.file()
        forge(made, annex=b"{}")

        filer.run()

        assert filer.again(made).state == State.REJECTED
        assert filer.stored is None

    def test_a_secret_key_that_was_lost_asks_for_a_new_version(self, filer, settings):
        made = filer.file()
        settings.SECRET_KEY = "another"

        filer.run(adopt=True)

        assert filer.again(made).state == State.REJECTED
        assert "SECRET_KEY" in filer.again(made).message
        assert not filing.may_be_filed_again(filer.again(made))
        anew = filer.file()
        assert filer.run().is_done
        assert filer.again(anew).state == State.FILED

    def test_a_secret_key_that_was_kept_as_a_fallback_changes_nothing(self, filer, settings):
        made = filer.file()
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"

        assert filer.run(adopt=True).is_done
        assert filer.again(made).state == State.FILED


def forge(made, **columns):
    """Write the columns that nothing else writes a second time."""
    type(made).objects.filter(pk=made.pk).update(**columns)
