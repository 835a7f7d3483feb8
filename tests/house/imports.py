"""Reads who imports whom from the source, without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "wagtail_villes_internet"


@dataclass(frozen=True)
class Import:
    """One imported name: `source` imports `target`, both dotted, at `line` of the source."""

    source: str
    target: str
    line: int
    in_function: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


@dataclass(frozen=True)
class Module:
    """A Python file by its dotted name; a package goes by the name of its folder."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @property
    def package(self) -> str:
        is_package = self.path.name == "__init__.py"
        return self.name if is_package else self.name.rpartition(".")[0]

    def imports(self, known: set[str]) -> Iterator[Import]:
        """Every import of the file; `from a import b` names `a.b` where that is a `known` module.

        Those under `if TYPE_CHECKING` count like the others: a circle of types is a circle.
        """
        for node, in_function in walk(self.tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                origin = self.absolute(node)
                members = [f"{origin}.{alias.name}" for alias in node.names]
                targets = [member if member in known else origin for member in members]
            else:
                continue
            for target in dict.fromkeys(targets):
                yield Import(self.name, target, node.lineno, in_function)

    def absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        above = parts[: len(parts) - node.level + 1]
        return ".".join([*above, *filter(None, [node.module])])


def walk(tree: ast.AST, in_function: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    for node in ast.iter_child_nodes(tree):
        yield node, in_function
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from walk(node, in_function or inside)


def modules_under(folder: Path, base: Path = ROOT) -> list[Module]:
    """The Python files under `folder`, migrations left out, named from `base`."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        if "migrations" not in parts:
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path))
    return found


def imports_under(folder: Path, base: Path = ROOT) -> list[Import]:
    modules = modules_under(folder, base)
    known = {module.name for module in modules}
    return [found for module in modules for found in module.imports(known)]
