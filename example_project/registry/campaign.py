"""When an edition is open. Pure: no Django here."""

from datetime import datetime, timedelta


def state(
    now: datetime, opens_at: datetime | None, closes_at: datetime | None, *, published: bool
) -> str:
    """The contract's word for an edition, which moves on with the clock and never back.

    What arrives within the second of `closes_at` is in time (contract, `GET editions`).
    """
    if published:
        return "published"
    if opens_at is None or now < opens_at:
        return "upcoming"
    if closes_at is None or now < closes_at + timedelta(seconds=1):
        return "open"
    return "closed"
