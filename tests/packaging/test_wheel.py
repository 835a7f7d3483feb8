"""What a host installs: the wheel and the sdist, away from this repository."""

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "wagtail_villes_internet"
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "node_modules", "var"
)


def run(*command, cwd: Path) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, folder: Path, *options: str) -> Path:
    run(sys.executable, "-m", "build", "--outdir", folder, *options, source, cwd=source)
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """The checkout as a clone has it: a build leaves folders behind, which the next one reads."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("clone") / "source", ignore=NOT_SOURCE)


@pytest.fixture(scope="module")
def dist(source, tmp_path_factory) -> Path:
    """An sdist, and the wheel built from it."""
    return build(source, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(dist) -> Path:
    [path] = dist.glob("*.whl")
    return path


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_whole_and_nothing_else(wheel, source):
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / PACKAGE).rglob("*")
        if path.is_file()
    }

    packed = {name for name in contents(wheel) if ".dist-info/" not in name}

    assert packed == expected
    for kind in ("templates/*.html", "static/*.css", "locale/fr/*.mo", "data/*.csv.xz"):
        folder, suffix = kind.rsplit("/*", 1)
        found = [n for n in packed if n.startswith(f"{PACKAGE}/{folder}/") and n.endswith(suffix)]
        assert found, f"no {kind}"


def test_the_sdist_holds_what_a_packager_reads_first(dist):
    [path] = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "setup.cfg"} <= names
    assert f"{PACKAGE}/locale/fr/LC_MESSAGES/django.po" in names


def test_a_wheel_from_the_checkout_is_the_one_from_the_sdist(wheel, source, tmp_path):
    [direct] = build(source, tmp_path, "--wheel").glob("*.whl")

    assert contents(direct) == contents(wheel)


def test_the_wheel_says_what_it_is_and_needs(wheel):
    [metadata] = [
        text.decode() for name, text in contents(wheel).items() if name.endswith("/METADATA")
    ]

    assert "\nLicense-Expression: BSD-3-Clause\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    plain = {line.split(": ")[1] for line in required if "extra ==" not in line}
    assert {line.split(">")[0] for line in plain} == {
        "wagtail",
        "django",
        "wagtail-modeladmin",
        "requests",
        "bleach",
    }
    # An upper bound here makes a host wait for us.
    assert not [line for line in plain if "<" in line or "~" in line or "==" in line]


def test_a_newcomer_runs_it_from_an_empty_environment(wheel, tmp_path):
    environment = tmp_path / "venv"
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    script = shutil.copy(Path(__file__).with_name("newcomer.py"), tmp_path)

    # -I: neither the working directory nor the tests' environment lends a module.
    seen = json.loads(run(python, "-I", script, cwd=tmp_path))

    assert Path(seen["imported_from"]).is_relative_to(environment)
    assert Path(seen["stylesheet"]).is_relative_to(environment)
    assert seen["authority"] == "Lunel (Hérault)"
    assert 'data-vi-level="5"' in seen["page"]
    assert 'data-vi-edition="2024"' in seen["page"]
    assert seen["french"] == "service numérique"
    assert seen["communes"] > 34_000
    assert seen["matrices"] == 1
    run(python, "-m", "pip", "check", cwd=tmp_path)
