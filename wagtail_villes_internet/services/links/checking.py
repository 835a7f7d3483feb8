"""Checks the addresses of every town, host by host, and keeps what is known of each."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from ...authorities.models import LocalAuthority
from .addresses import addresses_of, as_asked
from .models import CheckedLink
from .network import Prober
from .verdict import Health, Outcome, Reason, Verdict, after

# Hosts asked at the same time; of one host, one address at a time.
AT_ONCE = 8
# Seconds between two requests to one host.
PAUSE = 1.0
# Seconds that one host may take of a run; its other addresses come first in the next ones.
MOST_OF_A_HOST = 1800
# A host that says it is asked too often, or is down, is left alone for the rest of the run.
ENOUGH = frozenset({"429", "503"})
# One run a day is the rule; a run an hour later asks nothing again.
AGAIN_AFTER = timedelta(hours=20)
# Where nothing at all answers, the fault is this machine's network, and nobody's page.
FEW_HOSTS = 3
OUR_NETWORK = frozenset({Reason.DNS, Reason.TIMEOUT, Reason.CONNECTION})

Check = Callable[[str], Verdict]
Facts = Health.__dataclass_fields__.keys()


@dataclass
class Report:
    """What a run did. `offline`: nothing answered, and nothing was noted."""

    checked: int = 0
    offline: bool = False
    states: dict[int, dict[str, int]] = field(default_factory=dict)
    """By key of the authority: the number of its addresses in each state."""


def run(
    authorities: Iterable[LocalAuthority],
    *,
    everything: bool = False,
    prober: Callable[[], Prober] = Prober,
    pause: Callable[[float], None] = sleep,
    clock: Callable[[], float] = monotonic,
) -> Report:
    """Check what `authorities` lead to and was not checked lately (`everything`: in any case).

    One address of several towns is asked once. Of a host that has no time for all its addresses,
    those that wait longest come first. What no service leads to any more is forgotten.
    """
    now = timezone.localtime()
    wanted = {authority.pk: addresses_of(authority) for authority in authorities}
    for key, addresses in wanted.items():
        _forget_others(key, addresses)
    due = {
        key: addresses if everything else addresses - _lately_checked(key, now)
        for key, addresses in wanted.items()
    }
    asked = {as_asked(address) for addresses in due.values() for address in addresses}
    verdicts = _ask(_by_host(asked, _last_checked(wanted)), prober, pause, clock)
    report = Report(checked=len(verdicts), offline=_is_offline(verdicts))
    for key, urls in due.items():
        if not report.offline:
            found = {url: verdicts.get(as_asked(url)) for url in urls}
            _note(key, {url: verdict for url, verdict in found.items() if verdict})
        report.states[key] = _states(key)
    return report


def digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _last_checked(authorities: Collection[int]) -> dict[str, datetime]:
    rows = CheckedLink.objects.filter(authority__in=authorities, checked_at__isnull=False)
    return {as_asked(url): at for url, at in rows.values_list("url", "checked_at").iterator()}


def _by_host(addresses: Collection[str], checked: Mapping[str, datetime]) -> list[list[str]]:
    hosts: dict[str, list[str]] = defaultdict(list)
    never = datetime.min.replace(tzinfo=UTC)
    for address in sorted(addresses, key=lambda one: (checked.get(one, never), one)):
        hosts[urlsplit(address).hostname or ""].append(address)
    # The longest first: they take longest.
    return sorted(hosts.values(), key=len, reverse=True)


def _ask(
    hosts: list[list[str]],
    prober: Callable[[], Prober],
    pause: Callable[[float], None],
    clock: Callable[[], float],
) -> dict[str, Verdict]:
    def ask(addresses: list[str]) -> dict[str, Verdict]:
        verdicts: dict[str, Verdict] = {}
        until = clock() + MOST_OF_A_HOST
        with prober() as one:
            for position, address in enumerate(addresses):
                if position:
                    pause(PAUSE)
                verdicts[address] = one.check(address)
                if verdicts[address].reason in ENOUGH or clock() >= until:
                    break
        return verdicts

    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="links") as pool:
        return {
            address: verdict
            for verdicts in pool.map(ask, hosts)
            for address, verdict in verdicts.items()
        }


def _is_offline(verdicts: Mapping[str, Verdict]) -> bool:
    hosts = {urlsplit(address).hostname for address in verdicts}
    return len(hosts) >= FEW_HOSTS and all(
        verdict.reason in OUR_NETWORK for verdict in verdicts.values()
    )


def _lately_checked(authority: int, now: datetime) -> set[str]:
    lately = CheckedLink.objects.filter(authority=authority, checked_at__gt=now - AGAIN_AFTER)
    # A clock that was ahead must not keep an address from being checked for ever.
    return set(lately.filter(checked_at__lte=now).values_list("url", flat=True))


def _forget_others(authority: int, addresses: Collection[str]) -> None:
    kept = {digest(address) for address in addresses}
    rows = CheckedLink.objects.filter(authority=authority).values_list("pk", "digest")
    gone = [pk for pk, known in rows if known not in kept]
    for start in range(0, len(gone), 500):
        CheckedLink.objects.filter(pk__in=gone[start : start + 500]).delete()


@transaction.atomic
def _note(authority: int, verdicts: Mapping[str, Verdict]) -> None:
    now = timezone.localtime()
    rows = {
        row.url: row for row in CheckedLink.objects.select_for_update().filter(authority=authority)
    }
    added, changed = [], []
    for url, verdict in verdicts.items():
        row = rows.get(url)
        if row is None:
            row = CheckedLink(authority_id=authority, digest=digest(url), url=url)
            health = Health()
            added.append(row)
        else:
            health = Health(**{name: getattr(row, name) for name in Facts})
            changed.append(row)
        for name, value in asdict(after(health, verdict, now)).items():
            setattr(row, name, value)
        row.checked_at = now
        if verdict.outcome is Outcome.WORKS:
            row.told_at = None
    CheckedLink.objects.bulk_create(added, batch_size=500, ignore_conflicts=True)
    CheckedLink.objects.bulk_update(changed, [*Facts, "checked_at", "told_at"], batch_size=200)


def _states(authority: int) -> dict[str, int]:
    states: dict[str, int] = defaultdict(int)
    for state in CheckedLink.objects.filter(authority=authority).values_list("state", flat=True):
        states[state] += 1
    return dict(states)
