"""What an assignment holds beside its rules: for whom it is, what is drawn, who may try again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class AssignmentRecipient(Base):
    """A group or a single student that an assignment is for, when it is not for the whole class."""

    __tablename__ = "assignment_recipient"
    __table_args__ = (
        sa.CheckConstraint("(group_name IS NULL) != (student_id IS NULL)", name="group_or_student"),
        sa.UniqueConstraint("assignment_id", "group_name"),
        sa.UniqueConstraint("assignment_id", "student_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"))
    group: Mapped[str | None] = mapped_column("group_name", sa.String(60))
    """As in the roster: whoever joins the group later has the assignment too."""
    student_id: Mapped[int | None] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)


class AssignmentDraw(Base):
    """How many questions of one skill and difficulty every attempt draws.

    Together the rows of an assignment are its blueprint: all attempts have the same mixture, and
    chance decides only which questions of a cell they get.
    """

    __tablename__ = "assignment_draw"
    __table_args__ = (sa.UniqueConstraint("assignment_id", "skill", "difficulty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"))
    skill: Mapped[str] = mapped_column(sa.String(80))
    """"" where questions name none."""
    difficulty: Mapped[str] = mapped_column(sa.String(12))
    """"" where questions name none."""
    count: Mapped[int] = mapped_column("questions")


class ExtraAttempt(Base):
    """How many more attempts one student has than the others."""

    __tablename__ = "extra_attempt"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    count: Mapped[int] = mapped_column("attempts")
