"""Who is where while a class works: what the live page polls. Counts of what is saved, no answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.models import Attempt, AttemptItem, Response, db
from quizapp.services.help_requests import help_requests
from quizapp.services.rosters import SectionRef, get_section
from quizapp.services.sheet import AssignmentSheet, Person, concerned, find_assignment, newest_marks, people_of
from quizapp.services.tallies import Tally

LATELY = timedelta(hours=12)


@dataclass(frozen=True)
class LiveRow:
    """How far one student is, in the newest attempt."""

    person: Person
    state: str
    """One of handed-in, working, again (an attempt is handed in, another under way), not-started."""
    attempt: str | None
    answered: int
    questions: int
    saved_at: datetime | None
    """When something was last saved; None where nothing is."""
    saved_lately: bool
    """Whether that was in the last hours, so that the time of day says enough."""
    help_at: int | None
    """The question at which help is asked for; None where it is not."""
    right: Tally | None
    """Marks so far; None unless asked for."""


@dataclass(frozen=True)
class LivePage:
    section: SectionRef
    assignment: AssignmentSheet
    rows: tuple[LiveRow, ...]
    open_now: bool
    coming: bool
    """It opens later."""
    with_marks: bool

    @property
    def public_id(self) -> str:
        return self.assignment.public_id

    @property
    def version(self) -> int:
        """The state of the assignment that the buttons of a drawn page belong to."""
        return self.assignment.version

    @property
    def can_get_more_time(self) -> bool:
        return self.assignment.timed or self.assignment.closes_at is not None

    @property
    def handed_in(self) -> int:
        return sum(row.state in {"handed-in", "again"} for row in self.rows)

    @property
    def working(self) -> int:
        return sum(row.state == "working" for row in self.rows)

    @property
    def not_started(self) -> int:
        return sum(row.state == "not-started" for row in self.rows)

    @property
    def help_asked(self) -> int:
        return sum(row.help_at is not None for row in self.rows)

    @property
    def digest(self) -> str:
        """Changes whenever anything that the page shows does."""
        said = repr((self.section.name, self.assignment, self.rows, self.open_now, self.coming, self.with_marks))
        return hashlib.sha256(said.encode()).hexdigest()[:20]


def live_page(section: str, assignment: str, account_id: int, *, now: datetime, with_marks: bool = False) -> LivePage:
    """Return how far everybody in a class is with an assignment.

    Args:
        with_marks: count right answers too; whoever looks must ask for it.

    Raises:
        NotFoundError: no such assignment in a class of this teacher.
    """
    found = get_section(section, account_id)
    head = find_assignment(found.id, assignment)
    attempts = _attempts(head.id)
    people = concerned(head, found.id, people_of(found.id), attempts)
    waiting = {line.attempt: line.position for line in help_requests(found, assignment)}
    newest = {student: rows[-1] for student, rows in attempts.items()}
    tallies = _tallies([row.id for row in newest.values()]) if with_marks else {}
    return LivePage(
        section=found,
        assignment=head,
        rows=tuple(
            _row(person, attempts.get(person.id, []), waiting, tallies if with_marks else None, now)
            for person in people
        ),
        open_now=head.is_open(now),
        coming=head.opens_at > now,
        with_marks=with_marks,
    )


def _attempts(assignment_id: int) -> dict[int, list[Any]]:
    rows = db.session.execute(
        sa.select(
            Attempt.id,
            Attempt.public_id,
            Attempt.student_id,
            Attempt.submitted_at,
            sa.func.count(AttemptItem.id).label("questions"),
            sa.func.count(Response.content).label("answered"),
            sa.func.max(Response.saved_at, type_=Response.saved_at.type).label("saved_at"),
        )
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.assignment_id == assignment_id)
        .group_by(Attempt.id, Attempt.public_id, Attempt.student_id, Attempt.submitted_at, Attempt.number)
        .order_by(Attempt.number)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.student_id, []).append(row)
    return found


def _tallies(attempt_ids: list[int]) -> dict[int, Tally]:
    by_attempt: dict[int, list[float | None]] = {}
    for mark in newest_marks(attempt_ids).values():
        if not mark.void:
            by_attempt.setdefault(mark.attempt_id, []).append(mark.fraction)
    return {attempt: Tally.of(fractions) for attempt, fractions in by_attempt.items()}


def _row(
    person: Person, attempts: list[Any], waiting: dict[str, int], tallies: dict[int, Tally] | None, now: datetime
) -> LiveRow:
    none = None if tallies is None else Tally(0.0, 0)
    if not attempts:
        return LiveRow(person, "not-started", None, 0, 0, None, saved_lately=False, help_at=None, right=none)
    newest = attempts[-1]
    done = any(row.submitted_at is not None for row in attempts)
    return LiveRow(
        person=person,
        state="working" if not done else "handed-in" if newest.submitted_at is not None else "again",
        attempt=newest.public_id,
        answered=newest.answered,
        questions=newest.questions,
        saved_at=newest.saved_at,
        saved_lately=newest.saved_at is not None and now - newest.saved_at < LATELY,
        help_at=waiting.get(newest.public_id),
        right=none if tallies is None else tallies.get(newest.id, none),
    )
