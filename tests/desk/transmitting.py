"""A town that transmits by itself to a registry which refuses what a test wants refused."""

from collections.abc import Callable

from tests.factories import Town
from tests.sync.conftest import site_matrix
from wagtail_villes_internet.registry.errors import Rejected
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.registry.types import ServiceBody
from wagtail_villes_internet.sync.models import Declaration
from wagtail_villes_internet.sync.runner import run

MEMORY = {"REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}}
SCREEN = "/admin/villes-internet/transmission/"


class PickyRegistry(MemoryRegistry):
    """Refuses a body for the problems that `faults` finds in it."""

    faults: Callable[[ServiceBody], tuple[FieldProblem, ...]] = staticmethod(lambda body: ())

    def _judged(self, text: str) -> ServiceBody:
        body = super()._judged(text)
        if problems := self.faults(body):
            raise Rejected(422, problems, epoch=self.store.epoch)
        return body


class Transmitting(Town):
    """A town, its registry, and the words that tests need."""

    def __init__(self, name: str):
        super().__init__(name)
        self.registry = PickyRegistry()
        self.registry.add_authority(self.authority.siren)
        self.registry.set_matrix(site_matrix())

    def run(self):
        return run(self.authority, self.registry)

    def refuse(self, *problems: tuple[str, str], titles: tuple[str, ...] = ()) -> None:
        """From now on, the registry finds these faults, pointer and code, in what has these
        titles; in everything when none is given."""
        found = tuple(FieldProblem(*problem) for problem in problems)
        self.registry.faults = lambda body: found if not titles or body.title in titles else ()

    def refused(self, *problems: tuple[str, str], **fields):
        """A service that the registry has just refused for these faults."""
        service = self.service(**fields)
        self.refuse(*(problems or [("/title", "too_long")]), titles=(service.title,))
        self.run()
        return service

    def take_away(self, number: int) -> list[str]:
        """Publish `number` services, transmit them, and unpublish them by a script; their ids."""
        services = [self.service(title=f"Service {n:02}") for n in range(number)]
        self.run()
        type(services[0]).objects.filter(pk__in=[one.pk for one in services]).update(live=False)
        return [one.remote_id for one in services]

    def state(self, service) -> str:
        return Declaration.objects.get(
            authority=self.authority, remote_id=getattr(service, "remote_id", service)
        ).state

    def there(self) -> set[str]:
        """The titles at the registry."""
        found = self.registry.services(self.authority.siren)
        return {item.body.title for item in found.values()}
