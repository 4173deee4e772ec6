"""Times as people type them, in two time zones and across the changes to and from summer time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from quizapp.web.local_time import NoSuchTimeError, to_local, to_moment


@pytest.mark.parametrize(
    ("zone", "typed", "latest", "moment"),
    [
        ("Europe/Berlin", "2026-03-28T08:00", True, "2026-03-28T07:00"),
        ("Europe/Berlin", "2026-03-30T08:00", True, "2026-03-30T06:00"),
        ("America/New_York", "2026-03-07T08:00", True, "2026-03-07T13:00"),
        ("America/New_York", "2026-03-09T08:00", True, "2026-03-09T12:00"),
        ("Europe/Berlin", "2026-10-25T02:30", False, "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-25T02:30", True, "2026-10-25T01:30"),
        ("America/New_York", "2026-11-01T01:30", True, "2026-11-01T06:30"),
    ],
)
def test_typed_times_are_moments_of_the_schools_clock(zone: str, typed: str, latest: bool, moment: str) -> None:
    local = datetime.fromisoformat(typed)
    found = to_moment(local, zone, latest=latest)
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert to_local(found, zone) == local


@pytest.mark.parametrize(
    ("zone", "typed"), [("Europe/Berlin", "2026-03-29T02:30"), ("America/New_York", "2026-03-08T02:00")]
)
def test_the_hour_that_the_clock_skips_does_not_exist(zone: str, typed: str) -> None:
    with pytest.raises(NoSuchTimeError):
        to_moment(datetime.fromisoformat(typed), zone, latest=True)
