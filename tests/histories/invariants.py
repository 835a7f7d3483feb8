"""What must hold at every moment of a history: each is one named check of a town."""

from collections import Counter

from wagtail_villes_internet.dossiers.models import Filing, Receipt
from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.registry.types import RemoteService, ServiceBody
from wagtail_villes_internet.sync.declarations import State
from wagtail_villes_internet.sync.models import (
    Attempt,
    Backoff,
    Declaration,
    FilingAttempt,
    Link,
    SyncRun,
)

from .scene import YEAR
from .town import Town

# What the desk shows as waiting for a person.
VISIBLE = {
    State.CONFLICT,
    State.REJECTED,
    State.HELD,
    State.UNKNOWN_CODE,
    State.GIVEN_UP,
}


def a_key_has_one_effect(town: Town) -> None:
    """(a) Each key has at most one line in the registry's log, of services and of dossiers."""
    effects = Counter(line.key for line in town.far.log if line.key)
    effects.update(line.key for line in town.far.filed)
    assert max(effects.values(), default=1) == 1, f"one key, two effects: {effects}"


def nothing_is_overwritten_unseen(town: Town) -> None:
    """(b) A write of the site changes no value that an agent wrote and nobody here decided on."""
    assert not town.far.trespasses, town.far.trespasses


def nobody_is_bothered_for_nothing(town: Town) -> None:
    """(c) No conflict, proposal or « went back » where nobody else wrote."""
    if town.others_wrote:
        return
    for filing in Filing.objects.all():
        assert filing.state != Filing.State.CONFLICT, "somebody else's dossier, and there is none"
        assert filing.state != Filing.State.FILED or not filing.message, filing.message
    for row in Declaration.objects.all():
        assert row.state != State.CONFLICT, f"a conflict with nobody: {row.message}"
        assert row.remote is None, f"nobody's version: {row.remote}"
        assert row.state != State.HELD or (town.guarded and row.etag), f"held: {row.message}"


def only_editors_change_the_site(town: Town) -> None:
    """(d) The site's content is as the editors left it."""
    assert not town.changed, town.changed


def all_that_was_read_was_applied(town: Town) -> None:
    """(f) The stored sequence never passes a change that is not applied."""
    link = town.link
    if link is None or link.epoch != town.far.store.epoch:
        return
    rows = {row.remote_id: row for row in Declaration.objects.all()}
    pending = set(
        Attempt.objects.filter(answered_at__isnull=True).values_list(
            "declaration__remote_id", flat=True
        )
    )
    for id, item in town.far.store.towns[town.siren].resources.items():
        if item.sequence > link.sequence or id in pending or id not in rows:
            continue
        there = item.etag if isinstance(item, RemoteService) else ""
        assert rows[id].etag == there, f"{id}: {there} was read, {rows[id].etag} is known"


def what_was_filed_is_kept(town: Town) -> None:
    """(h) No version loses an octet, no receipt goes away, and each is for what was sent."""
    rows = {row.pk: row for row in Filing.objects.all()}
    for pk, octets in town.frozen.items():
        assert bytes(rows[pk].octets) == octets, f"{rows[pk]} is not what was filed"
    receipts = dict(Receipt.objects.values_list("filing", "number"))
    assert receipts.keys() >= town.received.keys(), "a receipt is gone"
    town.received |= receipts
    for pk, row in rows.items():
        has_one = row.state in (Filing.State.FILED, Filing.State.DISPUTED)
        assert not has_one or pk in receipts, f"{row} is said to be filed, without a receipt"
        assert row.state != Filing.State.DISPUTED, f"{row}: {row.message}"


def a_dossier_is_filed_as_it_was_frozen(town: Town) -> None:
    """(i) The octets at the registry are those kept, and a version is filed once,
    but for those who have it filed again."""
    attempts = {one.key: one for one in FilingAttempt.objects.select_related("filing")}
    effects: Counter[int] = Counter()
    for line in town.far.filed:
        if line.key in town.far.elsewhere:
            continue
        filing = attempts[line.key].filing
        assert line.octets == bytes(filing.octets), f"{filing}: other octets were sent"
        effects[filing.pk] += 1
    for pk, times in effects.items():
        assert times <= 1 + town.filed_again[pk], f"one version, two effects: {effects}"


def no_dossier_of_somebody_else_is_overwritten(town: Town) -> None:
    """(j) The site files over somebody else's dossier only where a person decided on that one."""
    elsewhere = town.far.elsewhere
    for line in town.far.filed:
        if line.key not in elsewhere and line.before in elsewhere:
            assert line.tag_before in town.replaced, f"{line.before} was overwritten"


def nobody_sees_a_token(town: Town) -> None:
    """(g) No token in a log, a journal, a row or a traceback."""
    said, town.heard.lines = town.heard.lines, []
    for model in (SyncRun, Link, Declaration, Backoff):
        said += map(repr, model.objects.values_list())
    town._note_leaks("\n".join(said))
    assert not town.leaks, "a token is shown"


ALWAYS = (
    a_key_has_one_effect,
    nothing_is_overwritten_unseen,
    nobody_is_bothered_for_nothing,
    only_editors_change_the_site,
    all_that_was_read_was_applied,
    what_was_filed_is_kept,
    a_dossier_is_filed_as_it_was_frozen,
    no_dossier_of_somebody_else_is_overwritten,
    nobody_sees_a_token,
)


def both_sides_are_equal_or_it_shows(town: Town) -> None:
    """(e) Once all is quiet: equal hashes, or something for a person to see, which is so."""
    assert town.result is not None
    assert town.result.error is None, town.result.error
    assert not Attempt.objects.filter(answered_at__isnull=True).exists(), "an answer is awaited"
    differing = differences(town)
    rows = town.rows()
    for id in differing:
        assert id in rows, f"{id} is unheard of"
        is_shown = rows[id].state in VISIBLE or rows[id].remote is not None
        assert is_shown, f"{id} silently differs: {rows[id].state}"
    there = town.there()
    for id, row in rows.items():
        if row.remote is not None and row.etag:
            assert row.remote == there.get(id), f"{id}: what is shown is not what is there"
        if not row.etag:
            assert id not in there, f"{id}: shown as gone, and it is there"


def the_dossier_stands_there_or_it_shows(town: Town) -> None:
    """(k) Once all is quiet, the last version stands at the registry, or a person is told."""
    assert not FilingAttempt.objects.filter(answered_at__isnull=True).exists(), "awaited"
    last = town.last_version()
    if last is None:
        return
    assert last.state != Filing.State.TO_SEND, "a version was not sent"
    if last.state == Filing.State.FILED and not last.message:
        assert stands(town, last), "a version is said to be filed, and another stands there"


def stands(town: Town, filing: Filing) -> bool:
    """Whether the registry holds that version."""
    stored = town.far.stored(YEAR)
    return stored is not None and stored.receipts[0].sha256 == filing.sha256


def differences(town: Town) -> list[str]:
    """The ids of which the two sides say different things."""
    here, there = town.wanted(), town.there()
    return [id for id in sorted({*here, *there}) if _hash(here.get(id)) != _hash(there.get(id))]


def _hash(body: dict | None) -> str:
    return content_hash(ServiceBody.from_json(body)) if body else ""
