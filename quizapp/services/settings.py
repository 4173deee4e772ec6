"""Settings an administrator changes while the app runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from quizapp.models import Section, Setting, db
from quizapp.services import auditing
from quizapp.services.writing import upsert, writing


@dataclass(frozen=True)
class SchoolSettings:
    """What holds for the whole school."""

    school_name: str = ""
    trial_open: bool = True
    """Whether visitors may take a quiz without a class, unrecorded."""


@dataclass(frozen=True)
class RetentionSettings:
    """How long what is kept."""

    guest_days: int = 30
    """Guests and their answers, from the day they came."""
    year_ends: str = ""
    """Month and day on which school years end, such as "07-31"; empty: classes are never deleted by themselves."""
    days_after_year: int = 60
    """So many days after the end of its school year a class is deleted."""
    audit_days: int = 365

    def deletion_day(self, since: datetime) -> datetime | None:
        """Return when a class that was made (or last kept) at a moment is deleted by itself; None: never."""
        if not self.year_ends:
            return None
        month, day = map(int, self.year_ends.split("-"))
        end = since.replace(month=month, day=day, hour=23, minute=59, second=59, microsecond=0)
        if end < since:
            end = end.replace(year=end.year + 1)
        return end + timedelta(days=self.days_after_year)


def year_end_problem(typed: str) -> str | None:
    """Return what is wrong with a typed end of the school year, or None.

    29 February is refused: three years of four have none.
    """
    try:
        date.fromisoformat(f"2001-{typed}")
    except ValueError:
        return "Type month and day with a dash, such as 07-31."
    return None


def school_settings() -> SchoolSettings:
    """Return the settings, with defaults where nothing was chosen."""
    stored = _stored()
    return SchoolSettings(
        school_name=stored.get("school_name", ""),
        trial_open=stored.get("trial_open", "yes") == "yes",
    )


def retention_settings() -> RetentionSettings:
    """Return how long what is kept, with defaults where nothing was chosen."""
    stored, usual = _stored(), RetentionSettings()
    return RetentionSettings(
        guest_days=int(stored.get("guest_days", usual.guest_days)),
        year_ends=stored.get("year_ends", usual.year_ends),
        days_after_year=int(stored.get("days_after_year", usual.days_after_year)),
        audit_days=int(stored.get("audit_days", usual.audit_days)),
    )


def section_deletion_day(section_id: int) -> datetime | None:
    """Return when a class is deleted by itself, by the settings of now; None: never."""
    row = db.session.execute(sa.select(Section.created_at, Section.kept_at).where(Section.id == section_id)).one()
    return retention_settings().deletion_day(row.kept_at or row.created_at)


def change_school_settings(wanted: SchoolSettings, *, account_id: int, now: datetime) -> None:
    """Store the settings and who changed them."""
    values = {
        "school_name": wanted.school_name.strip(),
        "trial_open": "yes" if wanted.trial_open else "no",
    }
    _store(values, "school settings", account_id=account_id, now=now)


def change_retention(wanted: RetentionSettings, *, account_id: int, now: datetime) -> None:
    """Store how long what is kept, and who decided it."""
    values = {
        "guest_days": str(wanted.guest_days),
        "year_ends": wanted.year_ends,
        "days_after_year": str(wanted.days_after_year),
        "audit_days": str(wanted.audit_days),
    }
    _store(values, "how long data are kept", account_id=account_id, now=now)


def _stored() -> dict[str, str]:
    return dict(db.session.execute(sa.select(Setting.name, Setting.value)).all())


def _store(values: dict[str, str], subject: str, *, account_id: int, now: datetime) -> None:
    with writing() as session:
        for name, value in values.items():
            statement = upsert(Setting).values(name=name, value=value)
            session.execute(
                statement.on_conflict_do_update(index_elements=[Setting.name], set_={"value": statement.excluded.value})
            )
        auditing.record(session, "settings", subject, account_id=account_id, now=now)
