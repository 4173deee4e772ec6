"""What an administrator sees of the data: counts of classes; names only after saying so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Account, Attempt, RosterEntry, Section, SectionTeacher, db
from quizapp.services import auditing
from quizapp.services.rosters import NotFoundError, RosterLine, roster_lines
from quizapp.services.sections import SectionError, let_colleague_teach
from quizapp.services.settings import RetentionSettings, retention_settings
from quizapp.services.writing import writing

__all__ = ["DataPage", "OpenRoster", "SectionCounts", "SectionError", "data_page", "give_section", "open_roster"]


@dataclass(frozen=True)
class SectionCounts:
    """A class without its names."""

    public_id: str
    name: str
    teachers: str
    students: int
    archived: bool
    deleted_on: datetime | None
    """When it is deleted by itself; None: never."""
    waiting: bool
    """Already deleted; only the days for bringing it back have not run out."""


@dataclass(frozen=True)
class DataPage:
    kept: RetentionSettings
    sections: tuple[SectionCounts, ...]
    trials: int
    """Visitors' attempts that are kept for a day."""


@dataclass(frozen=True)
class OpenRoster:
    public_id: str
    name: str
    students: tuple[RosterLine, ...]


def data_page() -> DataPage:
    """Return how long what is kept, and all classes with counts."""
    kept = retention_settings()
    students = dict(
        db.session.execute(
            sa.select(RosterEntry.section_id, sa.func.count())
            .where(RosterEntry.removed_at.is_(None))
            .group_by(RosterEntry.section_id)
        ).all()
    )
    teachers: dict[int, list[str]] = {}
    for section_id, name in db.session.execute(
        sa.select(SectionTeacher.section_id, Account.name)
        .join(Account, Account.id == SectionTeacher.account_id)
        .where(Account.disabled_at.is_(None))
        .order_by(Account.name)
    ):
        teachers.setdefault(section_id, []).append(name)
    rows = db.session.scalars(sa.select(Section).order_by(Section.name, Section.id)).all()
    trials = db.session.scalar(sa.select(sa.func.count()).select_from(Attempt).where(Attempt.student_id.is_(None)))
    return DataPage(
        kept,
        tuple(
            SectionCounts(
                public_id=row.public_id,
                name=row.name,
                teachers=", ".join(teachers.get(row.id, [])),
                students=students.get(row.id, 0),
                archived=row.archived_at is not None,
                deleted_on=kept.deletion_day(row.kept_at or row.created_at),
                waiting=row.deleted_at is not None,
            )
            for row in rows
        ),
        trials or 0,
    )


def open_roster(section: str, *, account_id: int, now: datetime) -> OpenRoster:
    """Return the names of a class, and write down who looked.

    Raises:
        NotFoundError: there is no such class.
    """
    with writing() as session:
        row = session.scalar(sa.select(Section).where(Section.public_id == section))
        if row is None:
            raise NotFoundError("class")
        auditing.record(session, "roster-opened", f"class {row.name}", account_id=account_id, now=now)
        section_id, name = row.id, row.name
    return OpenRoster(section, name, roster_lines(section_id))


def give_section(section: str, login: str, *, account_id: int, now: datetime) -> str:
    """Let a colleague teach a class whose teacher has gone.

    Returns:
        The colleague's name.

    Raises:
        NotFoundError: there is no such class.
        SectionError: nobody who may sign in has this login.
    """
    with writing() as session:
        row = session.scalar(sa.select(Section).where(Section.public_id == section))
        if row is None:
            raise NotFoundError("class")
        return let_colleague_teach(session, row, login, account_id=account_id, now=now)
