"""Every admin address of the desk, read from the resolver: a new view cannot be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse

from wagtail_villes_internet.matrix.models import Matrix

OURS = ("villes-internet/", "wagtail_villes_internet/")
OBJECT = ("pk", "instance_pk", "remote_id")


@dataclass(frozen=True)
class Address:
    """One named address, and what its path takes."""

    namespace: str
    name: str
    arguments: frozenset[str]

    @property
    def full_name(self) -> str:
        return f"{self.namespace}:{self.name}" if self.namespace else self.name

    @property
    def has_object(self) -> bool:
        return bool(self.arguments.intersection(OBJECT))

    @property
    def is_shared(self) -> bool:
        """Whether what it shows belongs to every town: only the operator gets there."""
        return self.namespace in {"villes_internet_programmes", "villes_internet_label_editions"}

    @property
    def is_of_a_dossier(self) -> bool:
        """Whether it is one of the yearly dossier's, which have tests of their own: what somebody
        finds there is their own town's of that year."""
        return self.namespace == "villes_internet_dossier"

    @property
    def needs_a_further_right(self) -> bool:
        """Whether the three roles of a town lack it, or it is of one sender alone: such an address
        has tests of its own."""
        return self.name == "villes_internet_translate" or "upload" in self.arguments

    @property
    def shows_rows(self) -> bool:
        return bool(self.model_name) and self.name not in {"add", "preview_on_add", "echoes"}

    @property
    def model_name(self) -> str:
        """The model, in lower case, of the rows it shows; empty for screens of several."""
        if self.namespace.startswith("wagtailsnippet"):
            return self.namespace.rpartition("_")[2]
        if "registre_modeladmin" in self.name or "remote_id" in self.arguments:
            return "declaration"
        return "syncrun" if "journal_modeladmin" in self.name else ""

    def url(self, row=None) -> str:
        values = {}
        for argument in self.arguments:
            if argument == "remote_id":
                values[argument] = row.remote_id
            elif argument in OBJECT:
                values[argument] = row.pk
            elif argument == "revision_id":
                values[argument] = row.latest_revision_id or 0
            elif argument == "revision_id_a":
                values[argument] = "earliest"
            elif argument == "revision_id_b":
                values[argument] = "latest"
            elif argument == "action_name":
                values[argument] = "approve"
            elif argument == "task_state_id":
                values[argument] = row.current_workflow_task_state.pk
            elif argument == "task_id":
                values[argument] = row.current_workflow_task.pk
            elif argument == "workflow_state_id":
                values[argument] = row.current_workflow_state.pk
            elif argument == "matrix":
                values[argument] = Matrix.objects.values_list("pk", flat=True).first()
            else:
                raise AssertionError(f"{self.full_name} takes {argument}: say what to give it")
        return reverse(self.full_name, kwargs=values)

    def __str__(self) -> str:
        return self.full_name


def desk_addresses() -> list[Address]:
    return sorted(_walk(get_resolver(), "", ()), key=str)


def _walk(resolver: URLResolver, path: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, here, inner)
        elif here.startswith("admin/") and any(part in here for part in OURS):
            arguments = frozenset(
                getattr(entry.pattern, "converters", {}) or entry.pattern.regex.groupindex
            )
            yield Address(":".join(namespaces), entry.name, arguments)
