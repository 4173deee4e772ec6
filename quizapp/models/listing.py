"""What the library knows of each bank, so that no list and no search reads questions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice_type


class Trait(StrEnum):
    """By what the library can be narrowed down."""

    SKILL = "skill"
    KIND = "kind"
    DIFFICULTY = "difficulty"


class BankListing(Base):
    """A bank in the library, as it was when the bank was last published.

    All but the ages can be made again from the revisions; no bank that was published unlisted could say its ages.
    """

    __tablename__ = "bank_listing"
    __table_args__ = (
        sa.CheckConstraint(
            "(youngest IS NULL) = (oldest IS NULL) AND (youngest IS NULL OR youngest <= oldest)", name="ages"
        ),
    )

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    folded_title: Mapped[str] = mapped_column(sa.String(400))
    """The words of the title, each with a space before it: by these lists are sorted."""
    words: Mapped[str] = mapped_column(sa.Text)
    """Every word of its texts once, each with a space before it, so that a search can ask how one begins."""
    questions: Mapped[int]
    review_by: Mapped[date | None]
    """The first day by which facts of a question are to be checked again."""
    youngest: Mapped[int | None]
    """For which ages it is meant, in years; None for both where its file does not say."""
    oldest: Mapped[int | None]


class BankTrait(Base):
    """How many questions of a bank train a skill, are of a kind, or have a difficulty."""

    __tablename__ = "bank_trait"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    trait: Mapped[Trait] = mapped_column(choice_type(Trait), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    questions: Mapped[int]
