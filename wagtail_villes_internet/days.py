"""The day it is for an installation, whoever looks and from wherever.

Wagtail reads the time in the zone of the profile of the person who looks: nobody's zone may decide
whether a service has begun, hence what is declared, agreed to and filed.
"""

from datetime import date, datetime

from django.utils import timezone


def today() -> date:
    """The day it is now in `TIME_ZONE`."""
    return day_of(timezone.now())


def day_of(instant: datetime) -> date:
    """The day it is in `TIME_ZONE` at `instant` (aware)."""
    return timezone.localdate(instant, timezone.get_default_timezone())
