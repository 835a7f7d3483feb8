"""The house: one room per idea, and imports that go down only.

Rooms speak upwards by signals of their own or by registering, never by importing up.
"""

import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .imports import PACKAGE, ROOT, Import, Module, imports_under, modules_under

# What every room may use. They know nothing of the rooms.
CELLAR = {"bounded", "conf", "days", "sanitize", "tables", "words"}

# Each room, and the rooms it stands on directly; it may also import what those stand on.
STANDS_ON = {
    "authorities": set(),
    "matrix": set(),
    "registry": set(),
    "labels": {"authorities"},
    "services": {"authorities", "matrix"},
    "declared": {"services", "registry"},
    "dossiers": {"declared", "labels"},
    "sync": {"dossiers"},
    "opendata": {"sync"},
    "blocks": {"opendata"},
    "desk": {"blocks"},
    "pages": {"desk"},
}

# What joins the rooms to Django and Wagtail. It may import any room, and no room imports it.
ROOF = {
    "apps",
    "bundled",
    "checks",
    "management",
    "models",
    "templatetags",
    "urls",
    "wagtail_hooks",
}

# The places of each library that must not spread.
ONLY_PLACES = {
    "bleach": (f"{PACKAGE}.sanitize",),
    "wagtail_modeladmin": (f"{PACKAGE}.desk.registers",),
    "requests": (f"{PACKAGE}.bounded", f"{PACKAGE}.registry", f"{PACKAGE}.services.links"),
    "urllib3": (f"{PACKAGE}.bounded", f"{PACKAGE}.registry", f"{PACKAGE}.services.links"),
    "resvg_py": (f"{PACKAGE}.blocks.png",),
    "font_lato": (f"{PACKAGE}.blocks.png", f"{PACKAGE}.dossiers.exports.as_pdf"),
    "weasyprint": (f"{PACKAGE}.dossiers.exports.as_pdf",),
}

# What an extra brings, imported in the one place that does without it.
EXTRAS = {"resvg_py": "resvg-py", "font_lato": "font-lato", "weasyprint": "weasyprint"}

IMPORTS = imports_under(ROOT / PACKAGE)
OURS = [found for found in IMPORTS if found.target.split(".")[0] == PACKAGE]


def room(module: str) -> str:
    """The room of a dotted name, or the root module it is; empty for the package itself."""
    return ".".join(module.split(".")[1:2])


def below(name: str) -> set[str]:
    return STANDS_ON[name].union(*map(below, STANDS_ON[name]))


def is_within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def lines(found: list[Import]) -> str:
    return "\n".join(map(str, found))


def test_every_module_has_its_place_in_the_house():
    places = {room(module.name) for module in modules_under(ROOT / PACKAGE)} - {""}

    assert places <= CELLAR | STANDS_ON.keys() | ROOF


def test_imports_go_down_only():
    upward = []
    for found in OURS:
        source, target = room(found.source), room(found.target)
        allowed = {source} | CELLAR
        if source in STANDS_ON:
            allowed |= below(source)
        elif source in ROOF:
            allowed |= STANDS_ON.keys() | ROOF
        if target not in allowed:
            upward.append(found)

    assert not upward, lines(upward)


def test_no_two_modules_import_each_other_however_far_round():
    graph: dict[str, set[str]] = {}
    for found in OURS:
        graph.setdefault(found.source, set()).add(found.target)

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


def test_no_import_inside_a_function_hides_a_circle():
    # Django's own place for late imports is `AppConfig.ready`.
    hidden = [found for found in OURS if found.in_function and not found.source.endswith(".apps")]

    assert not hidden, lines(hidden)


@pytest.mark.parametrize("library", ONLY_PLACES)
def test_a_library_stays_in_its_place(library):
    elsewhere = [
        found
        for found in IMPORTS
        if is_within(found.target, library)
        and not any(is_within(found.source, place) for place in ONLY_PLACES[library])
    ]

    assert not elsewhere, lines(elsewhere)


def test_the_remote_side_knows_no_model():
    found = [
        found
        for found in IMPORTS
        if is_within(found.source, f"{PACKAGE}.registry")
        and (is_within(found.target, "django.db") or is_within(found.target, "wagtail"))
    ]

    assert not found, lines(found)


def required_names(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines if "extra ==" not in line}


def test_the_package_imports_nothing_that_is_not_installed_with_it():
    """Only what `dependencies` names, and what those themselves require, comes with the wheel;
    an extra is imported where the package does without it (`ONLY_PLACES`)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    extras = required_names(optional["png"]) | required_names(optional["pdf"])
    assert extras == set(EXTRAS.values())
    declared = required_names(project["dependencies"])
    installed = declared.union(*(required_names(requires(name) or []) for name in declared))
    distributions = packages_distributions()

    foreign = []
    for found in IMPORTS:
        top = found.target.split(".")[0]
        names = {canonicalize_name(name) for name in distributions.get(top, [])}
        ours = top == PACKAGE or top in EXTRAS
        if not ours and top not in sys.stdlib_module_names and not names & installed:
            foreign.append(found)

    assert not foreign, lines(foreign)


def test_the_reference_registry_shares_no_code_with_the_package():
    """It stands for the association's side: only the contract joins the two."""
    found = [
        found
        for found in imports_under(ROOT / "example_project" / "registry")
        if is_within(found.target, PACKAGE)
    ]

    assert not found, lines(found)


class TestTheReaderOfImports:
    """A reader that sees nothing would let everything through."""

    def read(self, tmp_path, source: str, name: str = "house/room/door.py") -> list[Import]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        dotted = ".".join(path.relative_to(tmp_path).with_suffix("").parts)
        known = {"house.room.key", "house.cellar"}
        return list(Module(dotted.removesuffix(".__init__"), path).imports(known))

    @pytest.mark.parametrize(
        ("source", "target"),
        [
            ("import house.cellar", "house.cellar"),
            ("from house import cellar", "house.cellar"),
            ("from house.cellar import wine", "house.cellar"),
            ("from . import key", "house.room.key"),
            ("from .key import ring", "house.room.key"),
            ("from .. import cellar", "house.cellar"),
            ("from ..cellar import wine", "house.cellar"),
            ("if TYPE_CHECKING:\n    from .. import cellar", "house.cellar"),
        ],
    )
    def test_names_what_is_imported(self, tmp_path, source, target):
        [found] = self.read(tmp_path, source)

        assert (found.source, found.target) == ("house.room.door", target)
        assert not found.in_function

    def test_counts_dots_from_the_package_itself_in_an_init(self, tmp_path):
        [found] = self.read(tmp_path, "from .key import ring", "house/room/__init__.py")

        assert (found.source, found.target) == ("house.room", "house.room.key")

    def test_sees_an_import_inside_a_method(self, tmp_path):
        source = "class A:\n    def f(self):\n        if self:\n            from . import key"

        [found] = self.read(tmp_path, source)

        assert found.in_function
        assert found.line == 4
