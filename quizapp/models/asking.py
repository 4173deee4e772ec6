"""What a student says beside the answers: that help is wanted, that a question is faulty."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, new_public_id


class HelpRequest(Base):
    """A student in mid-quiz wants help. Gone when the student or the teacher takes it back."""

    __tablename__ = "help_request"

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    """The question, from 1."""
    asked_at: Mapped[datetime]


class QuestionReport(Base):
    """A student found something wrong with a question. Shown without the name."""

    __tablename__ = "question_report"
    __table_args__ = (
        sa.UniqueConstraint("item_revision_id", "student_id"),
        sa.Index("ix_question_report_section_id", "section_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(300))
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When a teacher had dealt with it."""
