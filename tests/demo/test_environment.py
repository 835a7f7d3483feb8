"""What stands in the way of a first start is said in one line."""

import os
import shutil
import socket
import subprocess
import sys

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
