"""Build the bundled table of communes and EPCI. Run by a maintainer once a year:

    python scripts/build_cog.py --npm 6.0.0            # fetches the package with `npm pack`
    python scripts/build_cog.py path/to/package        # or from the .tgz or its unpacked folder

Writes `wagtail_villes_internet/data/cog-<vintage>.csv.xz` and removes the one of another vintage.
Then update `data/SOURCES.md` and the figures of `tests/authorities/test_cog.py`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
settings.configure(USE_I18N=False)

from wagtail_villes_internet.authorities import cog, cog_build  # noqa: E402


def npm_pack(version: str, folder: str) -> Path:
    package = f"{cog_build.PACKAGE}@{version}"
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
    return next(Path(folder).glob("*.tgz"))


def write(data: bytes, folder: Path) -> Path:
    table = cog.parse(data)
    path = folder / f"cog-{table.vintage}.csv.xz"
    for other in folder.glob("cog-*.csv.xz"):
        other.unlink()
    path.write_bytes(data)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="?", type=Path, help="the .tgz or its unpacked folder")
    parser.add_argument("--npm", metavar="VERSION", help="fetch this version with npm")
    parser.add_argument("--vintage", type=int, help="the year, if the package does not say it")
    parser.add_argument("--output", type=Path, default=cog.DATA, help="folder (%(default)s)")
    options = parser.parse_args()
    if (options.source is None) == (options.npm is None):
        parser.error("give either the package or --npm VERSION")
    with tempfile.TemporaryDirectory() as folder:
        source = options.source or npm_pack(options.npm, folder)
        try:
            data = cog_build.build(source, options.vintage)
        except cog.CogError as error:
            sys.exit(str(error))
    path = write(data, options.output)
    print(f"{path}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
