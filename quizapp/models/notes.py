"""What teachers write beside a student's work. Students never see it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, new_public_id


class StudentNote(Base):
    """A note by a teacher on a student of a class."""

    __tablename__ = "student_note"
    __table_args__ = (sa.Index("ix_student_note_section_id_student_id", "section_id", "student_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    request_key: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    """A random word of the form it was written in, so that sending the form twice keeps one note."""
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]


class SetAside(Base):
    """A hint on the class page that a teacher has dealt with. It returns when there is new reason for it."""

    __tablename__ = "set_aside"

    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    """Which hint: "quiet", "sure", or "help:" and a skill."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[datetime]
