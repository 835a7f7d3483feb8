"""« Un site neuf en dix minutes »: what the README says to type, in an empty folder.

Each block is taken as it stands, but for the environment, which is this one, and for the two
commands that ask or go on.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .host import HERE, ROOT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADINGS = {"README.md": "Un site neuf en dix minutes", "README.en.md": "A new site in ten minutes"}


def blocks(readme: str, heading: str) -> list[tuple[str, str]]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return FENCE.findall(text.partition(f"## {heading}\n")[2].partition("\n## ")[0])


def typed(folder: Path, command: str) -> str:
    program, *arguments = command.split()
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        | {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE / 'project'}"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}")


@pytest.fixture(scope="module")
def new_site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("ma-ville")
    (_, start), (_, settings), (_, urls), *then = blocks("README.md", HEADINGS["README.md"])
    typed(folder, start.splitlines()[-1])
    append(folder / "mairie" / "settings" / "base.py", settings)
    append(folder / "mairie" / "urls.py", urls)
    for command in (line for _, block in then for line in block.splitlines()):
        if command.split()[-1] not in ("createsuperuser", "runserver"):
            typed(folder, command)
    return folder


def test_what_is_appended_to_a_new_project_leaves_nothing_to_warn_of(new_site):
    assert "0 silenced" in typed(new_site, "python manage.py check --fail-level=WARNING")
    assert "No changes" in typed(new_site, "python manage.py makemigrations --check --dry-run")


def test_a_service_is_published_in_french_on_the_page_that_the_menu_offers(new_site):
    append(new_site / "mairie" / "settings" / "base.py", 'INSTALLED_APPS += ["visits"]\n')

    typed(new_site, "python manage.py open_ready")
    [answer] = json.loads(typed(new_site, "python manage.py visit /nos-services/")).values()

    assert answer["status"] == 200
    assert "Portail famille" in answer["body"]
    assert "css/mairie.css" in answer["body"]


def test_both_readmes_give_the_same_to_copy():
    french, english = (blocks(readme, heading) for readme, heading in HEADINGS.items())

    assert [(kind, text.replace("my-town", "ma-ville")) for kind, text in english] == french
