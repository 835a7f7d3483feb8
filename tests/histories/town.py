"""A town, its editors, an agent of the registry and the network between: all that a history is
made of, and the runs of the command."""

from pathlib import Path
from typing import Any

from django.db.models import Expression, QuerySet

from tests.factories import AuthorityFactory, UserFactory
from tests.sync.conftest import site_matrix
from wagtail_villes_internet.sync.models import Link, Registry
from wagtail_villes_internet.sync.runner import run

from .mortal import Killed, Process, running
from .people import Agents, Editors, Filers
from .scene import BETWEEN_RUNS

# The tests' own frames know the tokens, of course.
HERE = str(Path(__file__).parent)


class Town(Editors, Filers, Agents):
    """Everybody, and the command that is run every minute."""

    def run(
        self,
        meet: Any = None,
        *,
        dies_at: int | None = None,
        elsewhere: bool = False,
        now: bool = False,
    ) -> None:
        """One run of the command. `meet` says what befalls each exchange; `dies_at`: before which
        statement the process is killed, on this machine or `elsewhere`, where nobody can tell."""
        self._agreed()
        self.clock.forward(BETWEEN_RUNS)
        process = Process(dies_at)
        self.wire.exchanges = 0
        meets, self.is_running = self.wire.meet, True
        self.wire.meet = lambda request: meet and meet(process, request)
        try:
            with running(process, self.patches, self.pids):
                self.result = run(self.authority, self.backend, now=now)
        except Killed as killed:
            self.died += 1
            self.result = None
            self._overhear(killed)
            if elsewhere:
                Link.objects.update(holder="another-machine 1")
        finally:
            self.wire.meet, self.is_running = meets, False
        if self.result is not None and self.result.error is not None:
            self._overhear(self.result.error)
        self._agreed()
        self._look_for_changes()

    def _agreed(self) -> None:
        wanted = self.wanted()
        for number in self.slots():
            self.far.agree(self.id(number), wanted.get(self.id(number)))

    def _overhear(self, error: BaseException | None) -> None:
        """All that a log or an error page would show of an error, the values of its frames
        included."""
        while error is not None:
            said = [str(error), repr(error), repr(vars(error))]
            trace = error.__traceback__
            while trace is not None:
                frame, trace = trace.tb_frame, trace.tb_next
                if HERE not in frame.f_code.co_filename:
                    said += map(shown, frame.f_locals.values())
            self._note_leaks("\n".join(said))
            error = error.__cause__ or error.__context__


class Base:
    """What every history begins with: a town that has read its registry's matrix once."""

    def __init__(self) -> None:
        self.authority = AuthorityFactory(name="Lunel")
        self.user = UserFactory(is_superuser=True)
        self.matrix = site_matrix()
        town = Town(self)
        town.run()
        Link.objects.all().delete()
        assert Registry.objects.get().matrix_version
        town.close()


def shown(value: object) -> str:
    """As an error page would show it; nothing, where that takes a query."""
    return "" if isinstance(value, QuerySet | Expression) else repr(value)
