"""Tokens with which a teacher's other programs read through the API."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, new_public_id


class ApiScope(StrEnum):
    """What a token may read. Each one stands alone."""

    CLASSES = "classes"
    """Classes, assignments, and how questions behaved: nothing about one student."""
    RESULTS = "results"
    """Attempts, answers and skills of each student, under a code."""
    NAMES = "names"
    """Students' names and groups beside the code."""


class ApiToken(Base):
    """A token as we keep it: only its hash. It acts for one teacher, until it ends or is revoked."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    label: Mapped[str] = mapped_column(sa.String(80))
    """What the teacher calls it."""
    scopes: Mapped[str] = mapped_column(sa.String(80))
    """Words of ApiScope with spaces between them."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_seen: Mapped[datetime | None]
    """When it was last used, to ten minutes; NULL: never."""
