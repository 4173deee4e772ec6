"""Notes that teachers keep on a student. Students never see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from quizapp.models import Account, StudentNote, db
from quizapp.services.credentials import request_hash
from quizapp.services.members import member
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import rows_changed, writing

NOTE_MAX = 2000
"""Characters."""


@dataclass(frozen=True)
class NoteLine:
    """One note."""

    public_id: str
    text: str
    written_at: datetime
    author: str | None
    """None when the account is gone."""


def list_notes(section_id: int, student_id: int) -> tuple[NoteLine, ...]:
    """Return the notes on a student of a class, newest first."""
    rows = db.session.execute(
        sa.select(StudentNote.public_id, StudentNote.text, StudentNote.written_at, Account.name)
        .outerjoin(Account, Account.id == StudentNote.account_id)
        .where(StudentNote.section_id == section_id, StudentNote.student_id == student_id)
        .order_by(StudentNote.written_at.desc(), StudentNote.id.desc())
    )
    return tuple(NoteLine(*row) for row in rows)


def write_note(
    section: SectionRef, student: str, text: str, *, account_id: int, now: datetime, request_key: str | None = None
) -> None:
    """Keep a note.

    Args:
        request_key: the form's random word; the same word never keeps two notes.

    Raises:
        NotFoundError: nobody of that id is in this class.
    """
    found = member(section.id, student)
    try:
        with writing() as session:
            session.add(
                StudentNote(
                    section_id=section.id,
                    student_id=found.id,
                    account_id=account_id,
                    request_key=request_hash(request_key, account_id),
                    text=text.strip(),
                    written_at=now,
                )
            )
    except IntegrityError:
        # Sent twice: the first one is kept.
        if request_key is None:
            raise


def delete_note(section: SectionRef, student: str, note: str) -> None:
    """Delete a note.

    Raises:
        NotFoundError: there is no such note on this student.
    """
    found = member(section.id, student)
    with writing() as session:
        gone = rows_changed(
            session,
            sa.delete(StudentNote).where(
                StudentNote.public_id == note,
                StudentNote.section_id == section.id,
                StudentNote.student_id == found.id,
            ),
        )
        if not gone:
            raise NotFoundError("note")
