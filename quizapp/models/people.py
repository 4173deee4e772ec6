"""Who uses it: staff accounts, students, sections and their rosters, sign-in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.models.base import Base, choice_type, new_public_id


class Role(StrEnum):
    TEACHER = "teacher"
    ADMIN = "admin"


class SecretKind(StrEnum):
    """What is on a card: two words to type, or six pictures to tick."""

    WORDS = "words"
    PICTURES = "pictures"


class Account(Base):
    """A teacher or administrator. Only staff have passwords."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    login: Mapped[str] = mapped_column(sa.String(120), unique=True)
    """Folded: lower case, no spaces around it."""
    name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[Role] = mapped_column(choice_type(Role))
    simulated: Mapped[bool] = mapped_column(default=False)
    """Made by `quizapp demo`; does not count as set up, and is removed with the demo."""
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    """Tells which accounts nobody uses any more."""
    disabled_at: Mapped[datetime | None]


class Student(Base):
    """One person who learns, in however many sections. Holds no e-mail, birth date or photo."""

    __tablename__ = "student"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    secret_hmac: Mapped[str | None] = mapped_column(sa.String(64))
    """HMAC of the words or pictures on the card under the instance key; NULL until a card is made."""
    secret_made_at: Mapped[datetime | None]
    time_factor: Mapped[float] = mapped_column(default=1.0)
    """Support setting: how much longer than others; a plain number, never a diagnosis."""
    no_time_limit: Mapped[bool] = mapped_column(default=False)
    reading: Mapped[dict[str, Any] | None]
    """Reading settings: size, spacing, background, font."""
    guest: Mapped[bool] = mapped_column(default=False)
    """Came in with a nickname and no card; deleted with all answers after some weeks unless merged."""
    simulated: Mapped[bool] = mapped_column(default=False)
    """Made by `quizapp demo`; removed with it."""
    created_at: Mapped[datetime]


class Section(Base):
    """A class of students."""

    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(sa.String(120))
    join_code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    """40 random bits in letters and digits that are not mistaken for each other."""
    door_open_until: Mapped[datetime | None]
    """Until then the joining page may list names, and take guests where they are welcome."""
    secret_kind: Mapped[SecretKind] = mapped_column(choice_type(SecretKind), default=SecretKind.WORDS)
    """What new cards show."""
    guests_welcome: Mapped[bool] = mapped_column(default=False)
    """Whether somebody without a card may join with a nickname while the door is open."""
    pseudonyms: Mapped[bool] = mapped_column(default=False)
    """Students appear under made-up names; who is who stands on the teacher's paper only."""
    simulated: Mapped[bool] = mapped_column(default=False)
    request_key: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    """A random word of the form it was made with, so that sending the form twice makes one class."""
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    """Since then read only and out of the way."""
    deleted_at: Mapped[datetime | None]
    """Since then nobody sees it; some days later it is gone."""
    kept_at: Mapped[datetime | None]
    """When a teacher last brought it back: deletion after a school year counts from here."""


class SectionTeacher(Base):
    """Who teaches a section; the first one made it."""

    __tablename__ = "section_teacher"

    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RosterEntry(Base):
    """A student's place in a section, under a name that is unique there."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        sa.UniqueConstraint("section_id", "folded_name"),
        sa.UniqueConstraint("section_id", "student_id"),
        sa.UniqueConstraint("section_id", "mark_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    display_name: Mapped[str] = mapped_column(sa.String(80))
    folded_name: Mapped[str] = mapped_column(sa.String(80))
    """The name without case, accents and double spaces: what is compared at joining."""
    group: Mapped[str | None] = mapped_column("group_name", sa.String(60))
    mark_code: Mapped[str | None] = mapped_column(sa.String(60))
    """A code the teacher supplies to key exported marks."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    student: Mapped[Student] = relationship()
    section: Mapped[Section] = relationship()


class GuestPass(Base):
    """The browser in which a guest came in, so that it finds its way back, or stays out once removed."""

    __tablename__ = "guest_pass"
    __table_args__ = (sa.UniqueConstraint("section_id", "visitor_hash"),)

    student_id: Mapped[int] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    visitor_hash: Mapped[str] = mapped_column(sa.String(64))
    """Hash of the random id in that browser's cookie."""


class SignIn(Base):
    """A signed-in browser. The cookie holds a random id; this row holds its hash."""

    __tablename__ = "sign_in"
    __table_args__ = (sa.CheckConstraint("account_id IS NULL OR student_id IS NULL", name="one_person"),)

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    student_id: Mapped[int | None] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int | None] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    """The class through which a student came in."""
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    expires_at: Mapped[datetime]


class TokenPurpose(StrEnum):
    SETUP = "setup"
    RESET = "reset"
    INVITE = "invite"


class OneTimeToken(Base):
    """A link that works once: first set-up, a new password, an invitation. Stored hashed."""

    __tablename__ = "one_time_token"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(choice_type(TokenPurpose))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something failed lately. Keys are short-lived hashes, never addresses or names."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    window_ends: Mapped[datetime]


class Setting(Base):
    """A setting an administrator changes while the app runs."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text)


class AuditEntry(Base):
    """Who did what and when; never an answer, a password or a token."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(200))
