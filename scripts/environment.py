"""Makes the project's virtual environment, `.venv/`, with the standard library only.

    python3 scripts/environment.py [EXTRA …]

installs again only when `pyproject.toml`, the interpreter or the extras changed. It runs, to say
that it cannot, on a Python that is too old.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = VENV / "installed.json"
PIP_LOG = VENV / "pip.log"


class Trouble(Exception):
    """Why what was asked for cannot be had, in one line for the person who asked."""


def require_python(version=sys.version_info):
    """Raises `Trouble` where this Python is too old for the project."""
    if tuple(version[:2]) < OLDEST:
        raise Trouble(
            "Python {}.{} est trop ancien : il faut Python {}.{} ou plus récent "
            "(PYTHON=python3.12 make …).".format(*version[:2], *OLDEST)
        )


def ensure(*extras):
    """The interpreter of `.venv/`, with the project and these extras installed.

    Raises `Trouble` where the environment cannot be made or its packages cannot be fetched.
    """
    require_python()
    wanted = {"pyproject": _digest(), "python": sys.version, "root": str(ROOT)}
    had = _stamp()
    installed = set(had.pop("extras", []))
    if had == wanted and installed >= set(extras) and PYTHON.exists():
        return PYTHON
    print(f"Installation dans {VENV.name}/ (une à deux minutes la première fois)…", flush=True)
    STAMP.unlink(missing_ok=True)
    if had.get("python") != sys.version or not PYTHON.exists():
        _make()
        installed = set()
    installed |= set(extras)
    _install(sorted(installed))
    STAMP.write_text(json.dumps({**wanted, "extras": sorted(installed)}), encoding="utf-8")
    return PYTHON


def _digest():
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def _stamp():
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _make():
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True
    )
    if made.returncode:
        raise Trouble(
            f"L'environnement Python n'a pas pu être créé dans {VENV}. Sous Debian ou Ubuntu : "
            "apt-get install python3-venv"
        )


def _install(extras):
    project = str(ROOT) + ("[" + ",".join(extras) + "]" if extras else "")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--retries", "1", "--timeout", "20", "--editable", project]
    with PIP_LOG.open("w", encoding="utf-8") as log:
        failed = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode
    if failed:
        raise Trouble(
            "Les paquets Python n'ont pas pu être installés : PyPI (ou l'index de pip) est-il "
            f"joignable ? Le détail est dans {PIP_LOG}"
        )


if __name__ == "__main__":
    try:
        ensure(*sys.argv[1:])
    except Trouble as trouble:
        sys.exit(str(trouble))
