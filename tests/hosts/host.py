"""Lives through the first day of a host: another project, in its own folder and process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Host:
    """A copy of `project/` in `folder`, run under one of its settings modules."""

    def __init__(self, folder: Path, settings: str):
        ignore = shutil.ignore_patterns("__pycache__")
        self.folder = shutil.copytree(HERE / "project", folder, ignore=ignore)
        self.settings = settings

    def manage(self, *arguments: str) -> str:
        """What a management command prints; it must succeed, and warn of nothing."""
        done = self.attempt(*arguments)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What comes of a management command that may fail."""
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "django", *arguments],
            cwd=self.folder,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": self.settings, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def visit(self, *paths: str) -> dict[str, dict]:
        return json.loads(self.manage("visit", *paths))

    def open(self) -> None:
        """Its developer adds the blocks to a page type, and the town's page goes online."""
        self.manage("makemigrations", "town")
        self.manage("migrate", "--verbosity=0")
        self.manage("open_town")

    def open_ready(self) -> None:
        """Its database is made, and its webmaster adds the ready pages: nobody writes code."""
        self.manage("migrate", "--verbosity=0")
        self.manage("open_ready")
