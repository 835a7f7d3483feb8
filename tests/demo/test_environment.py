"""What stands in the way of a first start is said in one line."""

import os
import shutil
import socket
import subprocess
import sys

import environment
import pytest
from demo_town import ROOT
from environment import Trouble, require_python


def run_script(*command, **variables):
    return subprocess.run(
        [sys.executable, *command], env=os.environ | variables, capture_output=True, text=True
    )


def test_a_python_too_old_is_named_with_what_to_do():
    with pytest.raises(Trouble) as trouble:
        require_python((3, 10, 4))

    assert str(trouble.value).startswith("Python 3.10 est trop ancien")
    assert "3.11" in str(trouble.value)


def test_a_port_in_use_is_named_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        ended = run_script("scripts/demo.py", SITE_PORT=port)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"Le port {port} est déjà pris" in ended.stderr
    assert "SITE_PORT=" in ended.stderr


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_what_is_not_a_port_is_refused(port):
    ended = run_script("scripts/demo.py", REGISTRY_PORT=port)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"REGISTRY_PORT={port}" in ended.stderr


def test_no_package_index_is_one_clear_line(tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    ended = run_script(
        tmp_path / "scripts" / "environment.py",
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple/",  # discard: nothing listens there
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "n'ont pas pu être installés" in ended.stderr
    assert (tmp_path / ".venv" / "pip.log").exists()


@pytest.fixture
def installs(tmp_path, monkeypatch):
    """What would be installed, in an environment that is made of nothing."""
    installs = []
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(environment, "_make", (tmp_path / "python").touch)
    monkeypatch.setattr(environment, "_install", installs.append)
    (tmp_path / "pyproject.toml").write_text("version = 1")
    return installs


def test_a_second_start_installs_nothing(installs):
    environment.ensure("test")
    environment.ensure()
    environment.ensure("test")

    assert installs == [["test"]]


def test_another_extra_is_added_to_what_is_there(installs):
    environment.ensure()
    environment.ensure("test")
    environment.ensure("lint")

    assert installs == [[], ["test"], ["lint", "test"]]


def test_what_the_project_needs_having_changed_it_is_installed_again(installs, tmp_path):
    environment.ensure("test")
    (tmp_path / "pyproject.toml").write_text("version = 2")
    environment.ensure()

    assert installs == [["test"], ["test"]]


def test_an_installation_that_failed_is_tried_again(installs, monkeypatch):
    def fail(extras):
        raise Trouble("no index")

    with monkeypatch.context() as patched:
        patched.setattr(environment, "_install", fail)
        with pytest.raises(Trouble):
            environment.ensure()
    environment.ensure()

    assert installs == [[]]
