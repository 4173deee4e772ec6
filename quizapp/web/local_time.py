"""Times as people type and read them: on the clock of the school, summer time and all."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class NoSuchTimeError(ValueError):
    """The clock of the school never shows this time: it goes forward over it."""


def to_moment(typed: datetime, zone: str, *, latest: bool) -> datetime:
    """Return the moment, in UTC, at which the school's clock shows what somebody typed.

    Args:
        typed: without a time zone.
        latest: which of the two to take in the hour that the clock shows twice in autumn: for an end
            the later one, so that nobody loses an hour, and for a beginning the earlier one.

    Raises:
        NoSuchTimeError: the clock goes forward over it in spring.
    """
    local = typed.replace(tzinfo=ZoneInfo(zone), fold=int(latest))
    moment = local.astimezone(UTC)
    if to_local(moment, zone) != typed:
        raise NoSuchTimeError(typed.isoformat())
    return moment


def to_local(moment: datetime, zone: str) -> datetime:
    """Return what the school's clock shows at a moment, without a time zone, for a form."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
