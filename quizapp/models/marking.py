"""Marks that people give, and corrections of marks that were wrong."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice_type, new_public_id


class Marking(Base):
    """What one teacher gave for one answer. The mark that counts is a score; this says who and why."""

    __tablename__ = "marking"
    __table_args__ = (sa.UniqueConstraint("attempt_item_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_item_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_item.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    points: Mapped[int]
    """As the rubric counts, from 0."""
    comment: Mapped[str | None] = mapped_column(sa.Text)
    settled: Mapped[int | None]
    """The points that settled a difference between two markers, given by this one; NULL: not settled here."""
    marked_at: Mapped[datetime]


class MarkingPlan(Base):
    """How the written answers of an assignment are marked, where it is not by one teacher."""

    __tablename__ = "marking_plan"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True)
    two_markers: Mapped[bool]


class SavedComment(Base):
    """A comment that a teacher keeps for the next answer like it."""

    __tablename__ = "saved_comment"
    __table_args__ = (sa.UniqueConstraint("account_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.String(300))
    used_at: Mapped[datetime]


class CorrectionAction(StrEnum):
    KEY = "key"
    ACCEPT = "accept"
    NEWER = "newer"
    VOID = "void"
    ALL = "all"
    UNDO = "undo"


class Correction(Base):
    """A change of how one question of one assignment is marked, with its reason.

    `rule` is the whole rule from then on, not the difference; the newest applied one holds, also for
    answers handed in later.
    """

    __tablename__ = "correction"
    __table_args__ = (sa.Index("ix_correction_assignment_item", "assignment_id", "item_revision_id", "applied_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"))
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"), index=True)
    """The revision that was answered."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    action: Mapped[CorrectionAction] = mapped_column(choice_type(CorrectionAction))
    reason: Mapped[str] = mapped_column(sa.String(500))
    may_lower: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[dict[str, Any]]
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("correction.id", ondelete="SET NULL"))
    """The correction in force when this one was made: it can be applied only while that still is."""
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("correction.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class CorrectionLine(Base):
    """What a correction does to one answer: worked out before, applied together with all others."""

    __tablename__ = "correction_line"

    correction_id: Mapped[int] = mapped_column(sa.ForeignKey("correction.id", ondelete="CASCADE"), primary_key=True)
    attempt_item_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_item.id", ondelete="CASCADE"), primary_key=True)
    seen: Mapped[int]
    """Number of the score that was the newest when this was worked out."""
    before: Mapped[float | None]
    before_void: Mapped[bool]
    after: Mapped[float | None]
    after_void: Mapped[bool]
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"))
    """The revision the new mark is given with."""
