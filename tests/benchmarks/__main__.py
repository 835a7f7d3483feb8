"""Prints the numbers, each beside its bar: `python -m tests.benchmarks [NAME …] [--small]`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="blocks push idle edit settle admin memory"
    )
    parser.add_argument("--small", action="store_true", help="a hundredth of the size, to try it")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "example_project")]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            "VI_TEST_DB": str(Path(folder) / "site.sqlite3"),
        }
        import django

        django.setup()
        from .measures import measure

        return measure(options.names, Path(folder), share=100 if options.small else 1)


if __name__ == "__main__":
    sys.exit(main())
