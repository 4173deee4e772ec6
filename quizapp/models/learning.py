"""What happened: assignments, attempts, responses, scores, and the answers chosen in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.models.base import Base, choice_type, new_public_id
from quizapp.models.content import ItemRevision, QuizRevision
from quizapp.models.people import Section, Student


class FeedbackMode(StrEnum):
    IMMEDIATE = "immediate"
    DEFERRED = "deferred"


class CountingAttempt(StrEnum):
    FIRST = "first"
    LAST = "last"
    BEST = "best"


class ScoreReason(StrEnum):
    CHECKED = "checked"
    HANDED_IN = "handed-in"
    MARKED = "marked"
    RE_MARKED = "re-marked"


class Assignment(Base):
    """A quiz revision given to a section, with its rules."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index("ix_assignment_section_id_created_at", "section_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    quiz_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_revision.id", ondelete="RESTRICT"), index=True)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    request_key: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    """A random word of the form it was made with, so that sending the form twice assigns once."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises with every change, so that a page drawn before it cannot undo it and no button works twice."""
    for_whole_class: Mapped[bool] = mapped_column(default=True)
    """False: only for those that `assignment_recipient` names."""
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    accept_late: Mapped[bool] = mapped_column(default=True)
    """Whether work handed in after `due_at` is taken, marked as late; if not, it closes when it is due."""
    feedback: Mapped[FeedbackMode] = mapped_column(choice_type(FeedbackMode))
    ask_confidence: Mapped[bool] = mapped_column(default=True)
    shuffle_items: Mapped[bool] = mapped_column(default=True)
    one_way: Mapped[bool] = mapped_column(default=False)
    attempts_allowed: Mapped[int | None]
    """NULL: as many as wanted."""
    counting: Mapped[CountingAttempt] = mapped_column(choice_type(CountingAttempt), default=CountingAttempt.FIRST)
    time_limit: Mapped[int | None]
    """Seconds for a student without extra time; NULL: untimed."""
    pass_mark: Mapped[float | None]
    """Share from 0 to 1; NULL: nobody passes or fails."""
    released_at: Mapped[datetime | None]
    """When deferred results were shown; NULL: not yet."""

    section: Mapped[Section] = relationship()
    quiz_revision: Mapped[QuizRevision] = relationship()


class Attempt(Base):
    """One sitting of one quiz revision.

    Without an assignment it is a visitor's trial, or a student's practice: a few questions that are
    due again, from any quiz, outside the marks.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "student_id", "number"),
        sa.CheckConstraint("assignment_id IS NULL OR student_id IS NOT NULL", name="assigned_to_a_student"),
        sa.CheckConstraint("(student_id IS NULL) = (visitor_hash IS NOT NULL)", name="student_or_visitor"),
        sa.CheckConstraint(
            "(practised_in IS NOT NULL) = (assignment_id IS NULL AND student_id IS NOT NULL)",
            name="practised_in_a_class",
        ),
        sa.CheckConstraint("(practised_in IS NOT NULL) = (quiz_revision_id IS NULL)", name="practice_of_no_quiz"),
        # One practice under way, however often Begin is pressed.
        sa.Index(
            "uq_attempt_practice",
            "student_id",
            unique=True,
            sqlite_where=sa.text("practised_in IS NOT NULL AND submitted_at IS NULL"),
            postgresql_where=sa.text("practised_in IS NOT NULL AND submitted_at IS NULL"),
        ),
        sa.Index("ix_attempt_student_id_started_at", "student_id", "started_at"),
        # What is still to be handed in when its time is over.
        sa.Index(
            "ix_attempt_ends_at",
            "ends_at",
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"))
    quiz_revision_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("quiz_revision.id", ondelete="RESTRICT"), index=True
    )
    """NULL: practice, which belongs to no quiz."""
    practised_in: Mapped[int | None] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"), index=True)
    """For practice, the class in which its answers feed the skills; NULL for all else."""
    student_id: Mapped[int | None] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"))
    visitor_hash: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    """Hash of the visitor's random cookie id, for a trial that belongs to nobody."""
    number: Mapped[int]
    """From 1, within assignment and student."""
    started_at: Mapped[datetime]
    time_allowed: Mapped[int | None]
    """Seconds this student has, extra time included; NULL: no limit. Never lowered once told."""
    ends_at: Mapped[datetime | None]
    """The moment from which nothing more is taken: end of the time, or the closing time for this student.

    It moves when the assignment or the student's support settings change; NULL: no end.
    """
    reached: Mapped[int] = mapped_column(default=1)
    """The question a one-way attempt is at; the number of questions plus one at the end."""
    submitted_at: Mapped[datetime | None]
    """Never later than `ends_at`, however late the handing in was noticed."""

    assignment: Mapped[Assignment | None] = relationship()
    quiz_revision: Mapped[QuizRevision | None] = relationship()
    student: Mapped[Student | None] = relationship()

    @property
    def is_practice(self) -> bool:
        return self.practised_in is not None


class AttemptItem(Base):
    """An item as this attempt sees it: which revision, in which place and order."""

    __tablename__ = "attempt_item"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id", ondelete="CASCADE"))
    position: Mapped[int]
    """From 1."""
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"), index=True)
    shown: Mapped[dict[str, Any]]
    """The order in which options were drawn; kept, never worked out again."""

    item_revision: Mapped[ItemRevision] = relationship()


class Response(Base):
    """What a student gave for one item in one try. A draft until it is frozen."""

    __tablename__ = "response"
    __table_args__ = (sa.UniqueConstraint("attempt_item_id", "try_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_item_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_item.id", ondelete="CASCADE"))
    try_number: Mapped[int] = mapped_column(default=1)
    """1 is scored; later tries are shown, never scored."""
    content: Mapped[dict[str, Any] | None]
    """The response as option ids; NULL: left blank."""
    confidence: Mapped[float | None]
    """.5 guessing, .75 fairly sure, .95 certain; NULL: not asked or not said."""
    saved_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=1)
    """Rises with every save; orders saves whatever the clock does."""
    saved_from: Mapped[str | None] = mapped_column(sa.String(8))
    """A random word of the page that saved last: tells two open tabs apart."""
    frozen_at: Mapped[datetime | None]


class Score(Base):
    """A mark for one item of one attempt. Rows are only added: a re-mark adds one.

    Class, student, skill and item are repeated here because they never change, so a class page
    reads one covering index and no other table.
    """

    __tablename__ = "score"
    __table_args__ = (
        sa.UniqueConstraint("attempt_item_id", "number"),
        sa.Index(
            "ix_score_section_page",
            "section_id",
            "student_id",
            "skill",
            "fraction",
            "attempt_item_id",
            "number",
            "item_id",
            "answered",
            "chance",
            "created_at",
            "confidence",
            "review",
        ),
        sa.Index("ix_score_item_id_lineage", "item_id", "lineage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_item_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_item.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    """From 1; the highest counts."""
    section_id: Mapped[int | None] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    student_id: Mapped[int | None] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    skill: Mapped[str | None] = mapped_column(sa.String(80))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id", ondelete="RESTRICT"))
    item_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("item_revision.id", ondelete="RESTRICT"), index=True)
    lineage: Mapped[int]
    fraction: Mapped[float | None]
    """From 0 to 1; NULL waits for a teacher, or is void."""
    void: Mapped[bool] = mapped_column(default=False)
    """The question does not count for this answer: neither earned nor missed."""
    chance: Mapped[float | None]
    """What guessing at random would earn; NULL where that has no meaning."""
    answered: Mapped[bool]
    confidence: Mapped[float | None]
    review: Mapped[bool] = mapped_column(default=False)
    """Given in practice, when the question was due again: counts for skills, never for marks."""
    reason: Mapped[ScoreReason] = mapped_column(choice_type(ScoreReason))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    correction_id: Mapped[int | None] = mapped_column(sa.ForeignKey("correction.id", ondelete="SET NULL"), index=True)
    """The correction that made this mark; NULL: it is the first mark, or a teacher's."""
    created_at: Mapped[datetime]

    chosen: Mapped[list[ChosenOption]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class ChosenOption(Base):
    """An answer chosen in a scored response, so that tables over a class need not read responses.

    Only for kinds that offer answers to choose from, and only for students. Rows belong to a score:
    a re-mark adds a score with its own, and those of the newest score count. `lure` and
    `misconception` are what the question said of the option when it was marked.
    """

    __tablename__ = "chosen_option"
    __table_args__ = (
        sa.Index(
            "ix_chosen_option_section_page",
            "section_id",
            "is_right",
            "score_id",
            "student_id",
            "item_id",
            "option",
            "misconception",
            "lure",
        ),
        sa.Index(
            "ix_chosen_option_verdicts",
            "section_id",
            "student_id",
            "is_right",
            "sound",
            "item_id",
            "score_id",
            sqlite_where=sa.text("sound IS NOT NULL"),
            postgresql_where=sa.text("sound IS NOT NULL"),
        ),
    )

    score_id: Mapped[int] = mapped_column(sa.ForeignKey("score.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1, within the response."""
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("student.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id", ondelete="RESTRICT"), index=True)
    place: Mapped[str] = mapped_column(sa.String(64))
    """The gap, where a question has several places to choose; "" otherwise."""
    option: Mapped[str] = mapped_column(sa.String(64))
    """The id that the response holds."""
    is_right: Mapped[bool]
    sound: Mapped[bool | None]
    """Whether what was judged is sound; NULL where the choice is no verdict on a passage."""
    lure: Mapped[str | None] = mapped_column(sa.String(24))
    misconception: Mapped[str | None] = mapped_column(sa.String(64))
