"""Keeps the registry in step with what the sites declare: one line in a crontab is enough."""

import json
import logging
import sys
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from ...authorities.models import LocalAuthority
from ...conf import get_settings
from ...registry.base import RegistryBackend, get_backend
from ...registry.errors import Misconfigured, Unauthorized
from ...sync import lease, plan
from ...sync.errors import AnotherInstance
from ...sync.plan import Action
from ...sync.report import Status, intentions, status, transmits_by_hand
from ...sync.runner import Result, run

DONE, LEFT, MISCONFIGURED = 0, 1, 2

SIGNS = {
    Action.RESEND: "*",
    Action.CREATE: "+",
    Action.REPLACE: "*",
    Action.WITHDRAW: "-",
    Action.AGREE: "=",
}
WAITING = "!"

logger = logging.getLogger(__name__)


@dataclass
class Said:
    """What is said of one authority: an exit code, a line, and figures for `--format json`."""

    code: int
    line: str
    figures: dict[str, Any] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)


class Command(BaseCommand):
    help = (
        "Transmit what the sites declare to the registry, and read what it says. "
        "Exit code 0: nothing is left to transmit, or transmission is by hand. "
        "1: something is left, or the registry could not be reached. 2: misconfigured."
    )
    # A setting that is wrong is said by this command, in one line and with its exit code.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--authority", metavar="SIREN|INSEE", help="only this one; all of them by default"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="ask nobody, write nothing: say what would go"
        )
        parser.add_argument(
            "--force-withdraw",
            action="store_true",
            help="withdraw what is no longer on the site, however much it is",
        )
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="this installation takes over from the one whose database it has",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, authority, dry_run, format, force_withdraw, adopt, **options):
        how = {"force_withdraw": force_withdraw, "adopt": adopt}
        with translation.override(settings.LANGUAGE_CODE):
            code = self.synchronise(authority, format, is_dry=dry_run, how=how)
        if code:
            sys.exit(code)

    def synchronise(
        self, number: str | None, format: str, *, is_dry: bool, how: dict[str, bool]
    ) -> int:
        authorities = _authorities(number)
        if number and not authorities:
            return self.refuse(_unknown(number), format)
        try:
            backend = get_backend()
        except (Misconfigured, ImproperlyConfigured) as error:
            return self.refuse(str(error), format)
        transmission = Transmission(backend, is_dry=is_dry, how=how)
        said: list[tuple[LocalAuthority, Said]] = []
        with backend:
            for authority in authorities:
                said.append((authority, _safely(transmission, authority)))
                if format == "text":
                    self.say(*said[-1], name_it=len(authorities) > 1)
        code = max((one.code for _authority, one in said), default=DONE)
        if format == "json":
            self.stdout.write(json.dumps(_document(said, code), ensure_ascii=False, indent=2))
        elif not authorities:
            self.stdout.write(
                _("No local authority yet: create one with villes_internet_create_authority.")
            )
        return code

    def refuse(self, line: str, format: str) -> int:
        if format == "json":
            document = {"exit_code": MISCONFIGURED, "error": line, "authorities": []}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        self.stderr.write(_plain(line))
        return MISCONFIGURED

    def say(self, authority: LocalAuthority, said: Said, *, name_it: bool) -> None:
        line = said.line
        if name_it:
            line = _("%(authority)s: %(line)s") % {"authority": authority, "line": line}
        for detail in said.details:
            self.stdout.write(_plain(detail))
        (self.stderr if said.code else self.stdout).write(_plain(line))


class Transmission:
    """What one call of the command does for each authority.

    A token that was refused is not tried again for the next authorities that share it. `how` are
    the options of a run.
    """

    def __init__(self, backend: RegistryBackend, *, is_dry: bool, how: dict[str, bool]) -> None:
        self.backend = backend
        self.how = how
        self.is_dry = is_dry
        self.refused: dict[str, str] = {}

    def of(self, authority: LocalAuthority) -> Said:
        if transmits_by_hand(authority, self.backend):
            return _by_hand(status(authority, self.backend))
        token = get_settings().token_fingerprint(authority.siren or "")
        if self.backend.needs_token and not token:
            line = _("No token for the SIREN %(siren)s: add it to REGISTRY_TOKENS in the settings.")
            return _failed(line % {"siren": authority.siren}, MISCONFIGURED)
        if self.is_dry:
            return _intended(authority, self.backend)
        if token and token in self.refused:
            return _failed(self.refused[token])
        result = run(authority, self.backend, patience=lease.PATIENCE, **self.how)
        if isinstance(result.error, Unauthorized):
            self.refused[token] = str(result.error)
        return _said(result, status(authority, self.backend))


def _safely(transmission: Transmission, authority: LocalAuthority) -> Said:
    """One authority that fails does not stop the others."""
    try:
        return transmission.of(authority)
    except (Misconfigured, ImproperlyConfigured) as error:
        return _failed(str(error), MISCONFIGURED)
    except OperationalError:
        return _failed(_("The database is busy: the next run will go on from here."))
    except Exception:
        logger.exception("villes_internet_sync failed")
        return _failed(
            _("Unexpected failure, described in the log; the next run will go on from here.")
        )


def _failed(line: str, code: int = LEFT) -> Said:
    return Said(code, line, {"error": line})


def _said(result: Result, now: Status) -> Said:
    figures = {
        "did": {
            "declared": result.tally.declared,
            "withdrawn": result.tally.withdrawn,
            "read": result.tally.pulled,
        },
        **now.as_json(),
    }
    if result.busy:
        line = _("Another synchronisation is under way, and will take this one into account.")
        return Said(LEFT, line, {**figures, "error": line})
    if result.error:
        code = MISCONFIGURED if isinstance(result.error, Misconfigured | AnotherInstance) else LEFT
        return Said(code, str(result.error), {**figures, "error": str(result.error)})
    if not result.is_done:
        return Said(LEFT, " ".join([*result.tally.notes, *_left(now)]), figures)
    return Said(DONE, _done(result, now), figures)


def _done(result: Result, now: Status) -> str:
    tally = result.tally
    if tally.declared or tally.withdrawn:
        line = _("%(declared)d transmitted, %(withdrawn)d withdrawn, nothing is left.")
        line %= {"declared": tally.declared, "withdrawn": tally.withdrawn}
    else:
        line = _("nothing to transmit")
    return " ".join([line, *_to_complete(now)])


def _left(now: Status) -> list[str]:
    counts = {
        _("to transmit: %(n)d"): now.to_send,
        _("to withdraw: %(n)d"): now.to_withdraw,
        _("refused: %(n)d"): now.rejected,
        _("two different versions: %(n)d"): now.conflicts,
        _("attachment to be confirmed: %(n)d"): now.unknown_codes,
        _("waiting for confirmation: %(n)d"): now.held,
    }
    if not now.left:
        return []
    detail = ", ".join(text % {"n": count} for text, count in counts.items() if count)
    line = _("%(left)d left (%(detail)s). See “Transmission” in the admin.")
    return [line % {"left": now.left, "detail": detail}]


def _to_complete(now: Status) -> list[str]:
    if not now.incomplete:
        return []
    return [_("(to complete, declared to nobody: %(n)d)") % {"n": len(now.incomplete)}]


def _by_hand(now: Status) -> Said:
    line = _("transmission by hand: %(n)d to copy") % {"n": now.to_copy}
    return Said(DONE, " ".join([line, *_to_complete(now)]), now.as_json())


def _intended(authority: LocalAuthority, backend: RegistryBackend) -> Said:
    intended = intentions(authority, backend)
    details = [f"{SIGNS.get(one.action, WAITING)} {one.remote_id} {one.title}" for one in intended]
    would = sum(one.action in plan.SENT for one in intended)
    waiting = sum(one.action in plan.WAITING for one in intended)
    line = _("would be transmitted: %(n)d; waiting: %(waiting)d")
    line %= {"n": would, "waiting": waiting}
    figures = status(authority, backend).as_json()
    return Said(LEFT if would or waiting else DONE, line, figures, details)


def _authorities(number: str | None) -> list[LocalAuthority]:
    if number is None:
        return list(LocalAuthority.objects.all())
    found = LocalAuthority.objects.filter(siren=number)
    return list(found or LocalAuthority.objects.filter(insee=number))


def _unknown(number: str) -> str:
    return _(
        "No local authority here has the SIREN or INSEE code %(number)s: "
        "create it with villes_internet_create_authority."
    ) % {"number": number}


def _document(said: list[tuple[LocalAuthority, Said]], code: int) -> dict[str, Any]:
    return {
        "exit_code": code,
        "authorities": [
            {
                "siren": authority.siren,
                "insee": authority.insee,
                "name": authority.name,
                "exit_code": one.code,
                "message": one.line,
                **one.figures,
            }
            for authority, one in said
        ],
    }


def _plain(line: str) -> str:
    """Lines of a log are looked for with the spaces that a keyboard types."""
    return line.replace("\N{NO-BREAK SPACE}", " ")
