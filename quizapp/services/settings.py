"""Settings an administrator changes while the app runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import AuditEntry, Setting, db
from quizapp.services.writing import upsert, writing


@dataclass(frozen=True)
class SchoolSettings:
    """What holds for the whole school."""

    school_name: str = ""
    trial_open: bool = True
    """Whether visitors may take a quiz without a class, unrecorded."""


def school_settings() -> SchoolSettings:
    """Return the settings, with defaults where nothing was chosen."""
    stored = dict(db.session.execute(sa.select(Setting.name, Setting.value)).all())
    return SchoolSettings(
        school_name=stored.get("school_name", ""),
        trial_open=stored.get("trial_open", "yes") == "yes",
    )


def change_school_settings(wanted: SchoolSettings, *, account_id: int, now: datetime) -> None:
    """Store the settings and who changed them."""
    values = {
        "school_name": wanted.school_name.strip(),
        "trial_open": "yes" if wanted.trial_open else "no",
    }
    with writing() as session:
        for name, value in values.items():
            statement = upsert(Setting).values(name=name, value=value)
            session.execute(
                statement.on_conflict_do_update(index_elements=[Setting.name], set_={"value": statement.excluded.value})
            )
        session.add(AuditEntry(at=now, account_id=account_id, action="settings", subject="school settings"))
