"""Check-ins: two forms of one test, given crosswise before and after."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, new_public_id


class CheckIn(Base):
    """One class, two forms, sat as often as the teacher asks for it."""

    __tablename__ = "check_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"), index=True)
    first_form_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_revision.id", ondelete="RESTRICT"), index=True)
    second_form_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_revision.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]


class CheckInSitting(Base):
    """One time that a class sits a check-in; an assignment whose attempts have either form."""

    __tablename__ = "check_in_sitting"

    check_in_id: Mapped[int] = mapped_column(sa.ForeignKey("check_in.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1. At even sittings everybody has the other form than at odd ones."""
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), unique=True)


class CheckInPlace(Base):
    """With which form a student begins. Given once, so that the other one comes at the next sitting."""

    __tablename__ = "check_in_place"

    check_in_id: Mapped[int] = mapped_column(sa.ForeignKey("check_in.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    begins_with_second: Mapped[bool]
