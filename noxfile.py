"""The checks that need environments of their own: linters, messages, the version matrix."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "venv"
# A combination that was not tried is not supported: never a skip.
nox.options.error_on_missing_interpreters = True

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
PACKAGE = Path("wagtail_villes_internet")
# Those of the blocks are left out, and what they are measured against: every visitor is sent their
# white space.
TEMPLATES = [
    *(str(path) for path in (PACKAGE / "templates" / PACKAGE).iterdir() if path.name != "blocks"),
    "example_project",
    *(str(path) for path in Path("tests").iterdir() if path.is_dir() and path.name != "benchmarks"),
]

# Oldest and newest of what is supported, and what lies between: Python, Django, Wagtail.
COMBINATIONS = [
    ("3.11", "5.2", "7.4"),
    ("3.11", "5.2", "8.0"),
    ("3.12", "6.0", "8.0"),
    ("3.13", "6.1", "8.0"),
]


def choose_pyenv_interpreters() -> None:
    """Let pyenv's `python3.11`, `python3.12`… all answer; it offers one version by default."""
    if "PYENV_VERSION" in os.environ or not shutil.which("pyenv"):
        return
    installed = subprocess.run(
        ["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True
    ).stdout.split()
    wanted = tuple(f"{python}." for python, _, _ in COMBINATIONS)
    os.environ["PYENV_VERSION"] = ":".join(v for v in installed if v.startswith(wanted))


choose_pyenv_interpreters()


@nox.session
@nox.parametrize(
    ("python", "django", "wagtail"),
    [nox.param(*each, id="python{}-django{}-wagtail{}".format(*each)) for each in COMBINATIONS],
)
def matrix(session: nox.Session, django: str, wagtail: str) -> None:
    """Checks, migrations and tests on one combination; browsers and packaging are run once, apart.

    Real processes are started on the oldest and the newest: what they show lies in the wire, not
    in a version between. Arguments after `--` go to pytest.
    """
    session.install("-e", ".[test]", f"django~={django}.0", f"wagtail~={wagtail}.0")
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    session.run("python", "-m", "django", "check", "--fail-level=WARNING", env=settings)
    session.run("python", "-m", "django", "makemigrations", "--check", "--dry-run", env=settings)
    left_out = ["browser", "packaging"]
    if (session.python, django, wagtail) not in (COMBINATIONS[0], COMBINATIONS[-1]):
        left_out.append("processes")
    chosen = session.posargs or ["-m", " and ".join(f"not {name}" for name in left_out), "-n2"]
    # `make test` has told the histories, and what they catch, at length.
    fewer = {"VI_HISTORIES": os.environ.get("VI_HISTORIES", "50")}
    without = "--ignore=tests/histories/test_mutants.py"
    session.run("python", "-m", "pytest", "-q", without, *chosen, env=fewer)


# What the issue on the transmission asks for, at full size.
PROOFS = {
    "histories": ("pytest", "-q", "-m", "not processes", "tests/histories"),
    "kills": (
        *("pytest", "-q", "-m", "processes", "tests/histories"),
        *("tests/sync/test_processes.py", "tests/sync/test_reconcile.py"),
    ),
    "workers": ("pytest", "-q", "tests/workers"),
    "hostile": (
        *("pytest", "-q", "tests/registry/test_hostile.py"),
        *("tests/registry/test_hostile_contents.py", "tests/sync/hostile"),
    ),
    "isolation": (
        *("pytest", "-q", "tests/sync/test_by_hand.py", "tests/sync/test_isolation.py"),
        "tests/desk/test_isolation.py",
    ),
    "benchmarks": ("tests.benchmarks",),
    "mutation": ("scripts.mutation", "400"),
}
FULL_SIZE = {"VI_HISTORIES": "2000", "VI_KILLS": "50", "VI_WORKERS": "200x20"}


@nox.session
def prove(session: nox.Session) -> None:
    """The proofs of the transmission at full size, and what came of each.

    Hours on two cores. `nox -s prove -- workers benchmarks` runs these two alone; variables that
    are set already win over the full size.
    """
    session.install("-e", ".[proof]")
    sizes = {name: os.environ.get(name, value) for name, value in FULL_SIZE.items()}
    unknown = set(session.posargs) - set(PROOFS)
    if unknown:
        session.error(f"No such proof: {', '.join(sorted(unknown))}. There are: {[*PROOFS]}")
    outcomes = {}
    for name, command in PROOFS.items():
        if session.posargs and name not in session.posargs:
            continue
        started = time.monotonic()
        try:
            session.run("python", "-m", *command, env=sizes)
            outcome = "holds"
        except CommandFailed:
            outcome = "DOES NOT HOLD"
        outcomes[name] = f"{outcome} ({(time.monotonic() - started) / 60:.0f} min)"
    session.log("\n".join(["Proofs:", *(f"  {name}: {said}" for name, said in outcomes.items())]))
    if any(said.startswith("DOES") for said in outcomes.values()):
        session.error("Something does not hold: see above.")


@nox.session
def lint(session: nox.Session) -> None:
    """Python, templates and the types of the pure modules (listed in `setup.cfg`)."""
    session.install(*PROJECT["optional-dependencies"]["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("djhtml", "--check", *TEMPLATES)
    session.run("mypy")


@nox.session
def messages(session: nox.Session) -> None:
    """The French catalogue holds every message of the source, and no other (needs gettext)."""
    session.install("django")

    def gettext(*command: str | Path) -> None:
        session.run(*map(str, command), external=True)

    catalogue = (PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po").absolute()
    source = Path(session.create_tmp()) / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("*.po", "*.mo"))
    (source / "locale").mkdir(exist_ok=True)
    with session.chdir(source):
        session.run("python", "-m", "django", "makemessages", "--locale=fr", "--verbosity=0")
        found = "locale/fr/LC_MESSAGES/django.po"
        gettext("msgfmt", "--check", f"--output-file={os.devnull}", catalogue)
        gettext("msgcmp", catalogue, found)
        gettext("msgcmp", "--use-untranslated", found, catalogue)
