"""Copies of the whole registry, and its return to one.

After a return, what was told since is untold: the epoch says so to every site, and every tag is a
new one, so that none names two states (contract, Tags and Epoch).
"""

import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings

from .models import Authority, Dossier, Edition, Matrix, Registry, Service, new_tag

TAGS = {
    Registry: ("matrix_tag", "editions_tag"),
    Authority: ("tag", "awards_tag", "dossiers_tag"),
    Matrix: ("tag",),
    Edition: ("palmares_tag",),
    Service: ("tag",),
    Dossier: ("tag",),
}


class CannotCopy(Exception):
    """The copy cannot be made, or cannot be returned to; the text says why."""


def backup(target: Path) -> None:
    """Copies the registry, served or not, to a new file. Raises `CannotCopy`."""
    if target.exists():
        raise CannotCopy(f"{target} existe déjà.")
    with _opened(settings.DATABASE) as live, _opened(target, create=True) as copy:
        live.backup(copy)


def restore(source: Path) -> str:
    """Puts the registry, served or not, back to a copy. Returns the new epoch.

    Readers see all of it at once, under its epoch. Raises `CannotCopy`.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.sqlite3"
        with _opened(source) as copy, _opened(prepared, create=True) as database:
            copy.backup(database)
            epoch = _renew(database)
        with _opened(prepared) as database, _opened(settings.DATABASE) as live:
            database.backup(live)
    return epoch


def _renew(database: sqlite3.Connection) -> str:
    epoch = uuid.uuid4()
    database.create_function("new_tag", 0, new_tag)
    with database:
        for model, names in TAGS.items():
            changes = ", ".join(f"{name} = new_tag()" for name in names)
            database.execute(f"UPDATE {model._meta.db_table} SET {changes}")  # noqa: S608
        database.execute(f"UPDATE {Registry._meta.db_table} SET epoch = ?", [epoch.hex])  # noqa: S608
    return str(epoch)


@contextmanager
def _opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Raises `CannotCopy` for a file that is not there, is no database, or stays locked."""
    mode = "rwc" if create else "rw"
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=20)
        ) as connection:
            if not create:
                connection.execute(f"SELECT epoch FROM {Registry._meta.db_table}")  # noqa: S608
            yield connection
    except sqlite3.Error as error:
        raise CannotCopy(f"{path} : {error}.") from error
