"""Banks on their way to be published: what teachers are writing, and with whom they share what they wrote."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice_type, new_public_id


class ShareRight(StrEnum):
    """What a colleague may do with a bank; each includes those before it."""

    VIEW = "view"
    """See it, try it, assign it."""
    COPY = "copy"
    EDIT = "edit"


class BankDraft(Base):
    """A bank's text as one teacher is writing it. Colleagues who may edit the bank have each a draft of their own."""

    __tablename__ = "bank_draft"
    __table_args__ = (sa.UniqueConstraint("account_id", "bank_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    bank_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank.id", ondelete="SET NULL"), index=True)
    """None: never published."""
    base_number: Mapped[int | None]
    """Number of the bank's revision it began from; None: from none."""
    title: Mapped[str] = mapped_column(sa.String(200))
    """What the text last called the bank, for lists."""
    text: Mapped[str] = mapped_column(sa.Text)
    """As typed, with plain line ends; it may be no bank at all."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each save, so that two open tabs can be told apart."""
    changed: Mapped[bool] = mapped_column(default=True)
    """Whether it says something else than the revision it began from."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DraftPicture(Base):
    """A picture of a draft: its name in the text, and the name under which it is kept."""

    __tablename__ = "draft_picture"

    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_draft.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    kept_name: Mapped[str] = mapped_column(sa.String(80))


class RevisionPicture(Base):
    """A picture of a published revision by the name in its text, so that the next draft has it too."""

    __tablename__ = "revision_picture"

    bank_revision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("bank_revision.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    kept_name: Mapped[str] = mapped_column(sa.String(80))


class BankShare(Base):
    """What a colleague may do with somebody's bank. The owner has no row, and may do everything."""

    __tablename__ = "bank_share"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    right: Mapped[ShareRight] = mapped_column(choice_type(ShareRight))
    created_at: Mapped[datetime]
