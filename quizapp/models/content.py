"""What is asked: banks, and the frozen revisions of their items and quizzes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.models.base import Base, new_public_id


class Bank(Base):
    """A bank of items with one owner. Without an owner it is one that we ship: read-only here."""

    __tablename__ = "bank"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "slug"),
        # NULLs are distinct in a unique constraint, so shipped banks need their own.
        sa.Index(
            "uq_bank_shipped_slug",
            "slug",
            unique=True,
            sqlite_where=sa.text("owner_id IS NULL"),
            postgresql_where=sa.text("owner_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    slug: Mapped[str] = mapped_column(sa.String(80))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class BankRevision(Base):
    """One published state of a bank's file. Never edited."""

    __tablename__ = "bank_revision"
    __table_args__ = (sa.UniqueConstraint("bank_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(20))
    licence: Mapped[str | None] = mapped_column(sa.String(80))
    article: Mapped[dict[str, Any] | None]
    """Title, outlet, author, date and address of the article the bank is built from."""
    source: Mapped[str] = mapped_column(sa.Text)
    """The author's text as it was published."""
    source_hash: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(sa.Text, default="", server_default=sa.text("''"))
    """What the author said about it when publishing; plain text, empty for most."""


class BankLesson(Base):
    """The lesson that comes with a bank, as it was when the bank was last published."""

    __tablename__ = "bank_lesson"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    fields: Mapped[dict[str, Any]]
    plan: Mapped[str] = mapped_column(sa.Text)


class Item(Base):
    """One thing asked, through all its revisions. Its slug and kind never change."""

    __tablename__ = "item"
    __table_args__ = (sa.UniqueConstraint("bank_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(24))


class ItemRevision(Base):
    """An item frozen as it was published, with the stimulus it is about."""

    __tablename__ = "item_revision"
    __table_args__ = (sa.UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id", ondelete="CASCADE"))
    number: Mapped[int]
    lineage: Mapped[int]
    """Rises only when the key or the options change, so a spelling fix keeps its statistics."""
    content: Mapped[dict[str, Any]]
    """`{"item": normalised item, "stimulus": normalised stimulus or null}`."""
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    lineage_hash: Mapped[str] = mapped_column(sa.String(64))
    skill: Mapped[str | None] = mapped_column(sa.String(80))
    difficulty: Mapped[str | None] = mapped_column(sa.String(12))
    needs: Mapped[str | None] = mapped_column(sa.String(12))
    control: Mapped[bool] = mapped_column(default=False)
    corrects: Mapped[bool] = mapped_column(default=False)
    """Made to mark answers anew, not published: no later quiz asks it."""
    created_at: Mapped[datetime]

    item: Mapped[Item] = relationship()


class Quiz(Base):
    """What is assigned: a named choice of items. Every bank has one that holds all its items."""

    __tablename__ = "quiz"
    __table_args__ = (
        sa.Index(
            "uq_quiz_whole_bank",
            "bank_id",
            unique=True,
            sqlite_where=sa.text("whole_bank"),
            postgresql_where=sa.text("whole_bank"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), index=True)
    whole_bank: Mapped[bool] = mapped_column(default=True)


class QuizRevision(Base):
    """An ordered list of item revisions. Never edited; an assignment points to one."""

    __tablename__ = "quiz_revision"
    __table_args__ = (sa.UniqueConstraint("quiz_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]

    quiz: Mapped[Quiz] = relationship()


class QuizItem(Base):
    """The place of one item revision in a quiz revision."""

    __tablename__ = "quiz_item"

    quiz_revision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz_revision.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"), index=True)


class CleanText(Base):
    """Safe HTML of an author's text. Can be thrown away and made again from the revisions."""

    __tablename__ = "clean_text"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    rules_version: Mapped[int] = mapped_column(primary_key=True)
    html: Mapped[str] = mapped_column(sa.Text)


class Skill(Base):
    """One of the skills that items practise and that progress is told in."""

    __tablename__ = "skill"

    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    definition: Mapped[str] = mapped_column(sa.Text)
    strand: Mapped[str] = mapped_column(sa.String(80))
    strand_name: Mapped[str] = mapped_column(sa.String(80), default="")
    """What pages call the strand; "" where the list of skills does not say."""
    position: Mapped[int]


class Misconception(Base):
    """A belief that leads to wrong answers, with what mends it; options name it by its slug."""

    __tablename__ = "misconception"

    slug: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    correction: Mapped[str] = mapped_column(sa.Text)
    card: Mapped[str] = mapped_column(sa.Text)
    """An activity of a few minutes for the whole class, Markdown."""
