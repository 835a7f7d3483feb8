"""Keeps the registry in step with what the sites declare: one line in a crontab is enough."""

import logging
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ...authorities.admin_address import admin_address
from ...authorities.models import LocalAuthority
from ...dossiers.models import Notice
from ...dossiers.telling import tell
from ...registry.base import RegistryBackend
from ...registry.errors import Misconfigured, Unauthorized
from ...sync import lease, plan, tasks
from ...sync.errors import AnotherInstance
from ...sync.instance import is_copy
from ...sync.plan import Action
from ...sync.report import Status, intentions, planned_for, status
from ...sync.retention import prune_runs
from ...sync.runner import Result, run
from ..by_authority import DONE, LEFT, MISCONFIGURED, CommandByAuthority, Said

SIGNS = {
    Action.RESEND: "*",
    Action.CREATE: "+",
    Action.REPLACE: "*",
    Action.WITHDRAW: "-",
    Action.AGREE: "=",
}
WAITING = "!"

# Where a notice of the closing sends its reader; the home of the admin where that is not there.
SCREENS = {
    Notice.Mailbox.TECHNICAL: "villes_internet_dossier:index",
    Notice.Mailbox.ELECTED: "villes_internet_dossier:elected",
}
HOME = "wagtailadmin_home"

logger = logging.getLogger(__name__)


class Command(CommandByAuthority):
    help = (
        "Transmit what the sites declare to the registry, and read what it says; write to the "
        "mailboxes of the settings as the closing of a campaign comes near. "
        "Exit code 0: nothing is left to transmit, or transmission is by hand. "
        "1: something is left, or the registry could not be reached. 2: misconfigured."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
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
        parser.add_argument(
            "--now",
            action="store_true",
            help="try, however early it is after a failure",
        )
        parser.add_argument(
            "--enqueue",
            action="store_true",
            help="leave the runs to the workers of TASKS: one task an authority, and no more",
        )

    def prepare(self, options: dict[str, Any]) -> None:
        self.is_dry = options["dry_run"]
        self.is_enqueuing = options["enqueue"]
        self.how = {name: options[name] for name in ("force_withdraw", "adopt", "now")}
        if self.is_enqueuing and (self.is_dry or any(self.how.values())):
            raise ImproperlyConfigured(_("--enqueue is given alone, or with --authority."))
        if self.is_enqueuing and not tasks.has_worker():
            raise ImproperlyConfigured(
                _("TASKS names no backend that has a worker: leave --enqueue out, or name one.")
            )
        if not self.is_dry:
            with suppress(OperationalError):
                prune_runs()

    def _safely(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """Whatever became of the run, what is due about a closing is told; and whatever becomes of
        the mails, what the run did is said."""
        said = super()._safely(authority, backend)
        if not (self.is_dry or self.is_enqueuing):
            try:
                self._tell(authority)
            except Exception:
                logger.exception("the notices of a closing were not sent")
        return said

    def _tell(self, authority: LocalAuthority) -> None:
        # The installation that a copy was made of tells it.
        if self.how["adopt"] or not self._is_copy:
            tell(authority, screens=_screens(authority))

    @cached_property
    def _is_copy(self) -> bool:
        return is_copy()

    def by_hand(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        if self.is_enqueuing:
            return Said(DONE, _("transmission by hand"))
        now = status(authority, backend)
        line = _("transmission by hand: %(n)d to copy") % {"n": now.to_copy}
        return Said(DONE, " ".join([line, *_to_complete(now)]), now.as_json())

    def automatic(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        if self.is_dry:
            return _intended(authority, backend)
        if self.is_enqueuing:
            return _enqueued(authority, backend)
        result = run(authority, backend, patience=lease.PATIENCE, **self.how)
        if isinstance(result.error, Unauthorized):
            self.note_refused(authority, result.error)
        return _said(result, status(authority, backend))


def _screens(authority: LocalAuthority) -> dict[str, str]:
    """Where each mailbox is sent; nowhere where no address of the admin is known."""
    base = admin_address(authority)
    if not base:
        return {}
    return {mailbox: f"{base}{_path(name)}" for mailbox, name in SCREENS.items()}


def _path(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(HOME)


def _enqueued(authority: LocalAuthority, backend: RegistryBackend) -> Said:
    is_new = tasks.enqueue(authority.pk, backend)
    line = _("enqueued") if is_new else _("enqueued already, and not begun")
    return Said(DONE, line, {"enqueued": is_new})


def _said(result: Result, now: Status) -> Said:
    figures = {
        "did": {
            "declared": result.tally.declared,
            "withdrawn": result.tally.withdrawn,
            "read": result.tally.pulled,
            "filed": result.tally.filed,
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
        line = [*result.tally.notes, *result.tally.news, *_left(now), *_dossiers_left(now)]
        return Said(LEFT, " ".join(line), figures)
    return Said(DONE, _done(result, now), figures)


def _done(result: Result, now: Status) -> str:
    tally = result.tally
    if tally.declared or tally.withdrawn:
        line = _("%(declared)d transmitted, %(withdrawn)d withdrawn, nothing is left.")
        line %= {"declared": tally.declared, "withdrawn": tally.withdrawn}
    elif tally.news:
        line = _("Nothing is left.")
    else:
        line = _("nothing to transmit")
    return " ".join([*tally.news, line, *_to_complete(now)])


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


def _dossiers_left(now: Status) -> list[str]:
    counts = {
        _("to transmit: %(n)d"): now.dossiers_to_send,
        _("refused: %(n)d"): now.dossiers_refused,
        _("another one at the registry: %(n)d"): now.dossiers_conflicts,
        _("receipt that does not match: %(n)d"): now.dossiers_disputed,
    }
    if not now.dossiers_left:
        return []
    detail = ", ".join(text % {"n": count} for text, count in counts.items() if count)
    line = _("Yearly dossier: %(detail)s. See “Yearly dossier” in the admin.")
    return [line % {"detail": detail}]


def _to_complete(now: Status) -> list[str]:
    if not now.incomplete:
        return []
    return [_("(to complete, declared to nobody: %(n)d)") % {"n": len(now.incomplete)}]


def _intended(authority: LocalAuthority, backend: RegistryBackend) -> Said:
    planned = planned_for(authority, backend)
    intended = intentions(authority, backend, planned)
    details = [f"{SIGNS.get(one.action, WAITING)} {one.remote_id} {one.title}" for one in intended]
    would = sum(one.action in plan.SENT for one in intended)
    waiting = sum(one.action in plan.WAITING for one in intended)
    line = _("would be transmitted: %(n)d; waiting: %(waiting)d")
    now = status(authority, backend, planned)
    line = " ".join([line % {"n": would, "waiting": waiting}, *_dossiers_left(now)])
    is_left = would or waiting or now.dossiers_left
    return Said(LEFT if is_left else DONE, line, now.as_json(), details)
