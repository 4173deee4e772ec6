"""Two ways through one assignment: the article's questions, or as many on made-up topics."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice_type


class Route(StrEnum):
    """What a teacher chooses when assigning a bank that is built from an article."""

    EITHER = "either"
    """The article; a student may change to made-up topics, and nobody else sees it."""
    ARTICLE = "article"
    MADE_UP = "made-up"
    """Made-up topics for the whole class."""


class BankUse(Base):
    """What a bank is for, beside being assigned as it is; as it was when the bank was last published."""

    __tablename__ = "bank_use"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    stands_in: Mapped[bool] = mapped_column(default=False)
    """Its questions can stand in for those of a bank that is built from an article."""
    twin: Mapped[str | None] = mapped_column(sa.String(80))
    """The slug of the bank that is the other form of the same check-in."""
    article_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    """The article it is built from: title, outlet and author as a hash."""


class AssignmentRoute(Base):
    """Which ways an assignment has. Without a row there is only one."""

    __tablename__ = "assignment_route"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True)
    route: Mapped[Route] = mapped_column(choice_type(Route))


class PrivateSwitch(Base):
    """A student changed to made-up topics. No page for anybody else reads this table."""

    __tablename__ = "private_switch"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    switched_at: Mapped[datetime]


class StandIn(Base):
    """The question of the assignment in whose place an attempt asks another one."""

    __tablename__ = "stand_in"

    attempt_item_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_item.id", ondelete="CASCADE"), primary_key=True)
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"), index=True)
