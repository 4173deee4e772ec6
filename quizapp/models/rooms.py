"""A room: a class that answers one thing together, live, in rounds. No roster, no marks, gone when it is closed.

What is asked stands in a table of its own (`RoomPassage`, `RoomQuestion`), so that a room can ask other things
too: `services/room_asked.py` is the only place that tells them apart.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice_type, new_public_id


class RoomPhase(StrEnum):
    """What a room is at in its present round."""

    OPEN = "open"
    """Answers are taken."""
    TALKING = "talking"
    """None are taken: people talk, with the counts before them or without."""


class Room(Base):
    """A room of one teacher.

    Closed and not kept, only this row is left, for a day, so that a late phone can be told what became of the room.
    """

    __tablename__ = "room"
    __table_args__ = (
        sa.CheckConstraint("NOT kept OR closed_at IS NOT NULL", name="kept_when_closed"),
        sa.Index("ix_room_account_id_opened_at", "account_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(6), unique=True)
    """30 random bits in signs that are not mistaken for each other; shorter than any class's code."""
    round: Mapped[int] = mapped_column(default=1)
    """From 1."""
    phase: Mapped[RoomPhase] = mapped_column(choice_type(RoomPhase), default=RoomPhase.OPEN)
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether the teacher shows the counts of this round."""
    revealed: Mapped[bool] = mapped_column(default=False)
    """Whether the teacher shows what is right, where what is asked has a key."""
    locked: Mapped[bool] = mapped_column(default=False)
    """Whether nobody else may come in."""
    request_key: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    """A random word of the form it was opened with, so that sending the form twice opens one room."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    kept: Mapped[bool] = mapped_column(default=False)
    """Whether the teacher kept what was asked and answered when closing; never nicknames."""


class RoomPassage(Base):
    """What a room asks: words of a passage are to be marked."""

    __tablename__ = "room_passage"

    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    prompt: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
    """Plain text as it was pasted; never markup."""


class RoomQuestion(Base):
    """What a room asks: a question of a bank, in one order for everybody, so that letters mean the same to all."""

    __tablename__ = "room_question"

    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="CASCADE"), index=True)
    shown: Mapped[dict[str, Any]]
    """The order of its parts, as attempts keep theirs."""


class RoomMember(Base):
    """Somebody who came in with a nickname. In a kept room they are a number and nothing else."""

    __tablename__ = "room_member"
    __table_args__ = (
        sa.UniqueConstraint("room_id", "folded_name"),
        sa.UniqueConstraint("room_id", "visitor_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    nickname: Mapped[str | None] = mapped_column(sa.String(30))
    folded_name: Mapped[str | None] = mapped_column(sa.String(80))
    """The nickname without case, accents and double spaces: taken, even by somebody who was taken out."""
    visitor_hash: Mapped[str | None] = mapped_column(sa.String(64))
    """Hash of the room and the random id in that browser's cookie: it finds its way back, or stays out."""
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RoomAnswer(Base):
    """What a member answered in a round; written over while the round is open."""

    __tablename__ = "room_answer"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("room_member.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    """As what is asked reads it: for a passage the numbers of the marked words, from 1; for a question the response,
    null for blank."""
    saved_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=1)
    """Rises with every save."""
