"""The option of the commands that read a list whatever its columns are called."""

from argparse import ArgumentParser

from ..tables.columns import Columns


def add_column_option(parser: ArgumentParser, columns: Columns) -> None:
    """Take `--column NAME=FIELD`, which `Columns.parse_options` reads."""
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=FIELD",
        help="the column NAME says FIELD; may be repeated. Fields: " + ", ".join(columns.fields),
    )
