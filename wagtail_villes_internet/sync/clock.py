"""The one clock of the leases: the database's, so that machines need not agree on the time."""

from datetime import UTC, datetime

from django.db import connection

_SQL = {
    "sqlite": "SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'now')",
    # Not CURRENT_TIMESTAMP, which stands still inside a transaction.
    "postgresql": "SELECT CLOCK_TIMESTAMP()",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
}


def now() -> datetime:
    """The database's time, aware. Tests replace this function."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL[connection.vendor])
        (value,) = cursor.fetchone()
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
