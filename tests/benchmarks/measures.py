"""The measures of design and contract, each with its bar."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import requests
from django.db import connection, transaction

from tests.factories import Town, next_siren
from tests.processes import RegistryProcess
from wagtail_villes_internet.blocks import addresses
from wagtail_villes_internet.registry.batches import cut, envelope
from wagtail_villes_internet.registry.types import Write
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Attempt, SyncRun

from .bench import Bench, forget_everything_sent, median, offer, say, start_again
from .block import BlockBench, Cost, costs, zipped
from .publication import queries_to_publish

ROOT = Path(__file__).resolve().parents[2]
PAIRS = 5


def measure(names: Sequence[str], folder: Path, *, share: int) -> int:
    """Runs the measures named, all by default; returns 1 when a bar does not hold."""
    bench = Bench(folder)
    held = True
    for name, one in MEASURES.items():
        if not names or name in names:
            print(f"\n{name}: {one.__doc__}", flush=True)
            held &= all([*one(bench, share)])
            start_again()
    return 0 if held else 1


def push(bench: Bench, share: int):
    """first push of 10,000 services, and a bare loop that posts the same batches"""
    number = 10_000 // share
    town = bench.town("Grande-Ville", number)
    ratios, shares = [], []
    batches: list[list[Write]] = []
    for pair in range(PAIRS):
        order = ("sync", "bare") if pair % 2 == 0 or not batches else ("bare", "sync")
        took: dict[str, tuple[float, float]] = {}
        for who in order:
            with bench.fresh_registry():
                if who == "sync":
                    forget_everything_sent()
                    cost = bench.run(town)
                    assert cost.result.is_done, cost.result
                    assert cost.result.tally.declared == number
                    took[who] = cost.seconds, cost.registry_seconds
                    batches = batches or _batches()
                else:
                    took[who] = _post(bench, batches)
        (sync, busy), (bare, bare_busy) = took["sync"], took["bare"]
        ratios.append(bare / sync)
        shares.append(busy / sync)
        say(
            f"pair {pair + 1}: sync {sync:.1f} s ({number / sync:.0f}/s), bare loop {bare:.1f} s",
            f"{bare / sync:.0%}",
            f"registry's CPU {busy:.1f} s and {bare_busy:.1f} s",
        )
    yield say("requests of a first push", f"{len(cost.requests)}")
    yield say("the registry's share of the sync's time, median", f"{median(shares):.0%}")
    ratio = median(ratios)
    yield say("throughput of the bare loop's, median", f"{ratio:.0%}", "≥ 50 %", holds=ratio >= 0.5)


def _batches() -> list[list[Write]]:
    writes = [
        Write(key=key, operation=operation, id=id, if_match=None, body=body)
        for key, operation, id, body in Attempt.objects.order_by("pk").values_list(
            "key", "operation", "declaration__remote_id", "body"
        )
    ]
    return [list(piece) for piece in cut(writes)]


def _post(bench: Bench, batches: list[list[Write]]) -> tuple[float, float]:
    """Post the batches under new keys; bodies are made before the clock starts."""
    bodies = [
        envelope([replace(write, key=str(uuid.uuid4())) for write in batch]) for batch in batches
    ]
    url = f"{bench.registry.base_url}authorities/{RegistryProcess.siren}/services/batch"
    headers = {
        "Authorization": f"Bearer {RegistryProcess.token}",
        "Content-Type": "application/json",
    }
    with requests.Session() as session:
        before, started = bench.cpu_seconds(), time.perf_counter()
        for body in bodies:
            answer = session.post(url, data=body, headers=headers, timeout=60)
            assert {result["status"] for result in answer.json()["results"]} == {201}
        return time.perf_counter() - started, bench.cpu_seconds() - before


def idle(bench: Bench, share: int):
    """nothing changed, with 25,000 declarations"""
    number = 25_000 // share
    sirens = [next_siren(), next_siren()]
    tokens = [f"token-{siren}" for siren in sirens]
    with bench.fresh_registry() as registry:
        small, large = (
            _new_town(bench, registry, siren, token, size)
            for siren, token, size in zip(sirens, tokens, (25, number), strict=True)
        )
        bench.run(small)
        first = bench.run(large)
        assert first.result.is_done, first.result
        shared = [
            line for line in first.requests if line.split()[1].endswith(("matrix", "editions"))
        ]
        yield say("second town reads matrix and editions", len(shared), "0", holds=not shared)
        for town in (small, large):
            bench.run(town)  # The echo of what was sent.
        journal = SyncRun.objects.count()
        few, many = (bench.run(town, counting=True) for town in (small, large))
        yield say(
            f"requests, {number} declarations",
            len(many.requests),
            "1",
            holds=len(many.requests) == 1,
        )
        yield say("writes at the registry", many.writes, "0", holds=many.writes == 0)
        yield say(
            f"queries here, 25 and {number}",
            f"{len(few.queries)} and {len(many.queries)}",
            "equal",
            holds=len(few.queries) == len(many.queries),
        )
        rows = SyncRun.objects.count() - journal
        yield say("rows in the journal", rows, "0", holds=not rows)
        yield say(
            "seconds, of which the registry", f"{many.seconds:.1f} s, {many.registry_seconds:.2f} s"
        )
        yield say("a re-push by night would send", f"{number} writes")


def _new_town(bench: Bench, registry: RegistryProcess, siren: str, token: str, size: int):
    file = bench.folder / f"{siren}.json"
    file.write_text(f'[{{"siren": "{siren}", "name": "Ville {siren}", "token": "{token}"}}]')
    registry.agent("add-authorities", file)
    bench.tokens[siren] = token
    return bench.town(f"Ville {siren}", size, siren=siren)


def edit(bench: Bench, share: int):
    """one service edited, among 1,000"""
    with bench.fresh_registry():
        town = bench.town("Ville", max(1_000 // share, 20))
        for _run in range(3):
            bench.run(town)
        service = DigitalService.objects.order_by("pk").first()
        service.title = "Modifié"
        service.save()
        edited, echo, after = (bench.run(town) for _run in range(3))
        yield say(
            "requests of the run", len(edited.requests), "≤ 3", holds=len(edited.requests) <= 3
        )
        reads = [line for line in echo.requests if line.startswith("GET")]
        yield say(
            "requests of the next, which reads the echo",
            len(echo.requests),
            "2, no write",
            holds=(len(reads), echo.writes) == (2, 0),
        )
        yield say(
            "requests of the one after", len(after.requests), "1", holds=len(after.requests) == 1
        )


def settle(bench: Bench, share: int):
    """acknowledgements of one answer in one transaction"""
    with bench.fresh_registry():
        town = bench.town("Ville", 100)
        bench.run(town)
        hundred = _again(bench, town, 100)
        ten = _again(bench, town, 10)
        yield say(
            "transactions to send again 10 and 100 services, one batch each",
            f"{ten} and {hundred}",
            "equal",
            holds=ten == hundred,
        )


def _again(bench: Bench, town, number: int) -> int:
    ids = list(DigitalService.objects.order_by("pk").values_list("pk", flat=True)[:number])
    DigitalService.objects.filter(pk__in=ids).update(title=f"Modifié {uuid.uuid4()}")
    bench.run(town)  # Not this one: it reads an echo.
    DigitalService.objects.filter(pk__in=ids).update(title=f"Modifié {uuid.uuid4()}")
    cost = bench.run(town, counting=True)
    assert cost.result.tally.declared == number, cost.result
    return cost.transactions


def admin(bench: Bench, share: int):
    """publishing a service in the admin, and the same snippet without us"""
    with transaction.atomic():
        plain, ours = (len(queries_to_publish(plain=plain)) for plain in (True, False))
        transaction.set_rollback(True)
    yield say(
        f"queries: {ours} with us, {plain} without",
        f"+ {ours - plain}",
        "≤ 2",
        holds=ours - plain <= 2,
    )


def memory(bench: Bench, share: int):
    """memory of the sync in a process of its own, with 1,000 and with 25,000 services"""
    peaks: dict[str, list[float]] = {"first push": [], "nothing changed": []}
    for number in (1_000, 25_000 // share):
        with bench.fresh_registry() as registry:
            start_again()
            bench.town(f"Ville de {number}", number)
            connection.close()
            peaks["first push"].append(_peak(registry))
            _peak(registry)  # The echo of what was sent.
            peaks["nothing changed"].append(_peak(registry))
    for what, (small, large) in peaks.items():
        grown = large - small
        yield say(
            f"{what}: {small:.0f} and {large:.0f} MB",
            f"+ {grown:.0f} MB",
            "< 50 MB",
            holds=grown < 50,
        )


def _peak(registry: RegistryProcess) -> float:
    """The most memory that one run of the command held, in MB."""
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        f"call_command('villes_internet_sync', '--authority', {RegistryProcess.siren!r})\n"
        # Not `ru_maxrss`, which a process inherits from the one that started it.
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "VI_TEST_REGISTRY_URL": registry.base_url,
            "VI_TEST_TOKEN": RegistryProcess.token,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1]) / 1024


def blocks(bench: Bench, share: int):
    """the block of the services, kept and when nothing is kept, and what it is measured against"""
    spent: dict[int, dict[str, Cost]] = {}
    for number in (10, 138, 1_000):
        town = Town(f"Ville de {number}")
        offer(town.authority, number)
        shown = BlockBench(town)
        with patch.object(addresses, "_finders", []):  # What the ready pages ask is theirs.
            spent[number] = costs(
                {
                    "bare template": shown.bare(),
                    "block": shown.kept(),
                    "block, nothing kept": shown.read(),
                    "choosers": shown.choosers(),
                }
            )
        bare = spent[number]["bare template"].ms
        for name, cost in spent[number].items():
            bar = {("block", 138): 2.0}.get((name, number))
            ratio = cost.ms / bare
            yield say(
                f"{number} services, {name}: {cost.ms:.1f} ms, {cost.queries} queries",
                f"× {ratio:.1f}",
                f"≤ {bar:.0f}" if bar else "",
                holds=None if bar is None else ratio <= bar,
            )
        weight = zipped(shown.kept()())
        yield say(
            f"{number} services, gzipped",
            f"{weight} bytes",
            "≤ 15,000" if number == 138 else "",
            holds=weight <= 15_000 if number == 138 else None,
        )
    for name in ("block", "block, nothing kept"):
        ratio = spent[1_000][name].ms / spent[138][name].ms
        yield say(f"1,000 services, of 138: {name}", f"× {ratio:.1f}", "≤ 8", holds=ratio <= 8)
        counts = {cost[name].queries for cost in spent.values()}
        yield say(
            f"queries at 10, 138 and 1,000: {name}",
            ", ".join(map(str, sorted(counts))),
            "equal",
            holds=len(counts) == 1,
        )


MEASURES: dict[str, Callable] = {
    "blocks": blocks,
    "push": push,
    "idle": idle,
    "edit": edit,
    "settle": settle,
    "admin": admin,
    "memory": memory,
}
