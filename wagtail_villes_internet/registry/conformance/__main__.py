"""The command, in the language of whoever runs it. It needs no Django project, and reads none."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..errors import RegistryError
from ..types import SIREN
from .probe import Probe
from .run import CHECKS, CannotRun, Result, prepare, run

PACKAGE = Path(__file__).resolve().parents[2]
PASSED, FAILED, NOT_RUN = range(3)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when no check failed, 1 when one did, 2 when they could not be run."""
    _configure()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        for check in CHECKS:
            print(f"{check.name:24} {check.section} | {check.title}")
        return PASSED
    if not options.url or not SIREN.fullmatch(options.siren or ""):
        parser.error(_("the address, and a SIREN of nine digits, are needed"))
    if unknown := set(options.only) - {check.name for check in CHECKS}:
        parser.error(_("no such check: {names}").format(names=", ".join(sorted(unknown))))
    token = options.token or os.environ.get("VI_REGISTRY_TOKEN", "")
    if not token:
        parser.error(_("a token is needed: --token, or VI_REGISTRY_TOKEN"))
    try:
        probe = Probe(options.url, options.siren, token)
    except RegistryError as error:
        return _not_run(error)
    try:
        return _report(probe, options.only)
    except CannotRun as error:
        return _not_run(error)
    finally:
        probe.close()


def _report(probe: Probe, only: Sequence[str]) -> int:
    prepare(probe)
    results: list[Result] = []
    try:
        for result in run(probe, only):
            results.append(result)
            _say(result)
    finally:
        left = _withdraw(probe)
    failed = sum(result.fault is not None for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    said = [
        ngettext("{count} check", "{count} checks", len(results)).format(count=len(results)),
        ngettext("{count} failed", "{count} failed", failed).format(count=failed),
    ]
    if skipped:
        said.append(ngettext("{count} not made", "{count} not made", skipped).format(count=skipped))
    print(", ".join(said))
    if left:
        message = ngettext(
            "{count} test service could not be withdrawn.",
            "{count} test services could not be withdrawn.",
            left,
        )
        print(message.format(count=left), file=sys.stderr)
    return FAILED if failed else PASSED


def _say(result: Result) -> None:
    check, fault = result.check, result.fault
    word = "SKIP" if result.skipped else "PASS" if fault is None else "FAIL"
    print(f"{word}  {check.name:24} {check.section} | {check.title}")
    if result.skipped:
        print(f"      {result.skipped}")
    if fault is not None:
        said = _("{what}: expected {expected}, seen {seen}").format(
            what=fault.what, expected=fault.expected, seen=fault.seen
        )
        print(f"      {said}")
    sys.stdout.flush()


def _withdraw(probe: Probe) -> int:
    try:
        return probe.withdraw_all()
    except RegistryError:
        return len(probe.made)


def _not_run(error: Exception) -> int:
    print(error, file=sys.stderr)
    return NOT_RUN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wagtail_villes_internet.registry.conformance",
        description=_(
            "Checks that a registry speaks the contract. Declares and withdraws test services of "
            "its own, and files test dossiers, which stay: use the token of a test authority."
        ),
    )
    parser.add_argument(
        "url", nargs="?", help=_("the base, such as https://registry.example/api/v1/")
    )
    parser.add_argument("--siren", help=_("the test authority"))
    parser.add_argument("--token", help=_("its token; better in VI_REGISTRY_TOKEN"))
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help=_("this check only; may be repeated"),
    )
    parser.add_argument("--list", action="store_true", help=_("list the checks and run none"))
    return parser


def _configure() -> None:
    if settings.configured:
        return
    language = os.environ.get("LANG", "").partition("_")[0]
    settings.configure(
        LANGUAGE_CODE=language if language == "en" else "fr",
        LOCALE_PATHS=[PACKAGE / "locale"],
        USE_I18N=True,
    )
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
