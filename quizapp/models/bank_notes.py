"""What readers should know before they open a bank."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class BankNote(Base):
    """The note of a bank, as it was when the bank was last published. Banks without one have no row."""

    __tablename__ = "bank_note"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    """Plain text."""
