#!/usr/bin/env python
"""The reference registry's commands, from any folder."""

import os
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).resolve().parent
    # This folder itself comes off the path: its modules are `registry.…`, never top-level names.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]
    sys.path.insert(0, str(here.parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "registry.settings"

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
