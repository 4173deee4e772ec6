"""Deleting people for good: every table, and on the disk."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Assignment, Attempt, RosterEntry, Score, Section, SignIn, Student, db
from quizapp.services import auditing
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.sections import UNDO_DAYS
from quizapp.services.writing import writing

log = logging.getLogger(__name__)


def erase_from_section(section: SectionRef, student: str, *, account_id: int, now: datetime) -> bool:
    """Delete a student's name, attempts and marks of one class; the whole person if in no other class.

    Returns:
        Whether nothing at all is left of the student.

    Raises:
        NotFoundError: that student was never in this class.
    """
    with writing() as session:
        row = session.scalar(
            sa.select(Student)
            .join(RosterEntry, RosterEntry.student_id == Student.id)
            .where(RosterEntry.section_id == section.id, Student.public_id == student)
            .with_for_update()
        )
        if row is None:
            raise NotFoundError("student")
        elsewhere = sa.select(RosterEntry.id).where(
            RosterEntry.student_id == row.id, RosterEntry.section_id != section.id
        )
        whole = session.scalar(elsewhere.limit(1)) is None
        if whole:
            session.execute(sa.delete(Student).where(Student.id == row.id))
        else:
            _forget_in_section(session, row.id, section.id)
        auditing.record(
            session, "student-erased", f"class {section.name}, student {student}", account_id=account_id, now=now
        )
    scrub()
    return whole


def erase_everywhere(student: str, *, account_id: int, now: datetime) -> None:
    """Delete a student with everything kept about them, in all classes; for administrators.

    Raises:
        NotFoundError: there is no such student.
    """
    with writing() as session:
        row = session.scalar(sa.select(Student.id).where(Student.public_id == student))
        if row is None:
            raise NotFoundError("student")
        session.execute(sa.delete(Student).where(Student.id == row))
        auditing.record(session, "student-erased", f"student {student}", account_id=account_id, now=now)
    scrub()


def purge(session: Session, *, guests_before: datetime, now: datetime) -> int:
    """Delete what its time has come for, in the caller's transaction: old guests, deleted classes.

    Args:
        guests_before: guests who came in earlier are deleted.

    Returns:
        How many people and classes went; `scrub` is needed when any did.
    """
    old = session.scalars(sa.select(Student.id).where(Student.guest, Student.created_at < guests_before)).all()
    gone = session.scalars(sa.select(Section.id).where(Section.deleted_at <= now - timedelta(days=UNDO_DAYS))).all()
    session.execute(sa.delete(Student).where(Student.id.in_(old)))
    for section_id in gone:
        _purge_section(session, section_id)
    return len(old) + len(gone)


def scrub() -> None:
    """Make a deletion real on the disk: empty SQLite's log, in which old pages would live on.

    Deleted rows are overwritten in the file itself (`secure_delete`). PostgreSQL clears its pages
    by itself in its own time. Backups keep what they hold until they are deleted.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        busy, _pages, _moved = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        # "Table is locked": somebody is still reading, a long file for instance.
        busy = True
    finally:
        connection.close()
    if busy:
        # A reader holds on to old pages; the next round of the keeper tries again.
        log.warning("Deleted data stays in the database's log for now; it goes within the hour.")


def _forget_in_section(session: Session, student_id: int, section_id: int) -> None:
    given = sa.select(Assignment.id).where(Assignment.section_id == section_id)
    for statement in (
        sa.delete(Attempt).where(
            Attempt.student_id == student_id,
            sa.or_(Attempt.assignment_id.in_(given), Attempt.practised_in == section_id),
        ),
        sa.delete(Score).where(Score.student_id == student_id, Score.section_id == section_id),
        sa.delete(SignIn).where(SignIn.student_id == student_id, SignIn.section_id == section_id),
        sa.delete(RosterEntry).where(RosterEntry.student_id == student_id, RosterEntry.section_id == section_id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    for table in _tables_about_both():
        session.execute(sa.delete(table).where(table.c.student_id == student_id, table.c.section_id == section_id))


def _tables_about_both() -> Iterable[sa.Table]:
    """Every table that says something about a student in a class."""
    tables = db.metadata.sorted_tables
    return [table for table in tables if {"student_id", "section_id"} <= set(table.columns.keys())]


def _purge_section(session: Session, section_id: int) -> None:
    members = session.scalars(sa.select(RosterEntry.student_id).where(RosterEntry.section_id == section_id)).all()
    # Attempts hang on assignments and go with the class; people only if no other class has them.
    session.execute(sa.delete(Section).where(Section.id == section_id))
    still = sa.select(RosterEntry.student_id)
    session.execute(
        sa.delete(Student)
        .where(Student.id.in_(members), Student.id.not_in(still))
        .execution_options(synchronize_session=False)
    )
