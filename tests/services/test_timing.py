"""When work opens, is due, closes and runs out: on the school's clock, and for students with more time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Attempt, Response, Score, db
from quizapp.services import attempts, changing, coursework, finishing, my_work, starting, support, taking
from quizapp.services.assigning import AssignmentRules, Recipients, RulesError
from quizapp.services.attempts import RefusedError
from quizapp.services.rosters import NotFoundError
from quizapp.services.starting import CannotStartError
from quizapp.services.timing import GRACE, Support, Timed, end_of, own_closing, time_allowed
from quizapp.web.local_time import to_moment
from tests import factories
from tests.clock import START
from tests.factories import Pupil

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Lesson:
    """A teacher, a class of three, a quiz."""

    def __init__(self) -> None:
        self.quiz, self.teacher = factories.publish(), factories.make_teacher()
        self.school_class = factories.make_class(self.teacher, "Ada", "Ben", "Cy")
        self.ada, self.ben, self.cy = self.school_class.pupils
        self.section = self.school_class.ref

    def assign(self, **rules: Any) -> str:
        return factories.assign(self.school_class, self.teacher, self.quiz, **rules)

    def give(self, pupil: Pupil, given: Support, now: datetime = START) -> None:
        support.give_support(self.section, pupil.public_id, given, account_id=self.teacher.id, now=now)

    def press(self, change: Callable[..., None], assignment: str, now: datetime) -> None:
        page = changing.assignment_page(self.section, assignment, now=now)
        change(self.section, assignment, version=page.version, now=now)

    def line(self, pupil: Pupil, now: datetime) -> coursework.AttemptLine:
        return coursework.list_attempts(pupil.id, now=now)[0]


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def save(pupil: Pupil, attempt: str, now: datetime, position: int = 1) -> str:
    """Saves an answer and says what came of it: saved, or the reason why not."""
    key = factories.key_of(attempt, position)
    try:
        attempts.save(pupil.taker, attempt, position, key, confidence=None, drawn=None, now=now)
    except RefusedError as refused:
        return refused.reason
    return "saved"


def start(assignment: str, pupil: Pupil, now: datetime) -> str:
    """Starts and says what came of it: started, or the reason why not."""
    try:
        factories.start(assignment, pupil, now=now)
    except CannotStartError as refused:
        return refused.reason
    return "started"


def ends(attempt: str) -> datetime | None:
    db.session.rollback()
    return db.session.scalars(sa.select(Attempt.ends_at).where(Attempt.public_id == attempt)).one()


# ---------------------------------------------------------------- the school's clock


@pytest.mark.parametrize(("zone", "change"), [("Europe/Berlin", 29), ("America/New_York", 8)])
def test_a_week_end_of_open_due_late_and_closed_across_the_change_to_summer_time(
    lesson: Lesson, zone: str, change: int
) -> None:
    def at(day: int, hour: int) -> datetime:
        return to_moment(datetime(2026, 3, day, hour), zone, latest=True)  # noqa: DTZ001 - as typed, without a zone

    opens, due, closes = at(change - 1, 8), at(change + 1, 8), at(change + 1, 12)
    assert due - opens == timedelta(hours=47)
    assignment = lesson.assign(opens_at=opens, due_at=due, closes_at=closes, attempts_allowed=None)
    assert start(assignment, lesson.ada, opens - SECOND) == "not-open"
    assert start(assignment, lesson.ada, opens) == "started"
    (attempt,) = db.session.scalars(sa.select(Attempt.public_id)).all()
    assert save(lesson.ada, attempt, due) == "saved"
    attempts.hand_in(lesson.ada.taker, attempt, now=due)
    assert not lesson.line(lesson.ada, due).late
    late = factories.start(assignment, lesson.ben, now=due)
    attempts.hand_in(lesson.ben.taker, late, now=due + SECOND)
    assert lesson.line(lesson.ben, closes).late
    unattended = factories.start(assignment, lesson.cy, now=closes - SECOND)
    assert save(lesson.cy, unattended, closes + GRACE - SECOND) == "saved"
    assert save(lesson.cy, unattended, closes + GRACE) == "closed"
    assert start(assignment, lesson.ada, closes) == "closed"
    assert finishing.hand_in_ended(now=closes + GRACE) == 1
    line = lesson.line(lesson.cy, closes + GRACE)
    assert (line.handed_in_at, line.total.earned) == (closes, 1.0)


def test_without_late_work_it_closes_when_it_is_due(lesson: Lesson) -> None:
    due = START + timedelta(hours=1)
    assignment = lesson.assign(due_at=due, accept_late=False)
    attempt = factories.start(assignment, lesson.ada)
    assert save(lesson.ada, attempt, due + GRACE) == "closed"
    assert start(assignment, lesson.ben, due) == "closed"


# ---------------------------------------------------------------- more time


def rules(**given: Any) -> Timed:
    found: Timed = AssignmentRules(**{"opens_at": START, **given})  # type: ignore[assignment]  # opens_at is given
    return found


def test_what_a_factor_does_to_time_limit_and_closing_time() -> None:
    more, unlimited, none = Support(1.5), Support(unlimited=True), Support()
    timed = rules(time_limit=1200, closes_at=START + 20 * MINUTE)
    assert [time_allowed(timed, one) for one in (none, more, unlimited)] == [1200, 1800, None]
    assert own_closing(timed, more) == START + 30 * MINUTE
    assert own_closing(timed, unlimited) == START + 20 * MINUTE + timedelta(days=1)
    assert own_closing(rules(closes_at=START + 40 * MINUTE), more) == START + 60 * MINUTE
    week = START + timedelta(days=7)
    assert own_closing(rules(closes_at=week), more) == week + timedelta(days=1)
    late_start = START + 19 * MINUTE
    assert end_of(timed, none, late_start, 1200) == START + 20 * MINUTE
    assert end_of(timed, more, late_start, 1800) == late_start + 30 * MINUTE
    assert end_of(timed, none, START + 25 * MINUTE, 1200) == START + 25 * MINUTE


def test_a_student_with_half_as_much_again_sees_and_gets_30_minutes_of_20_past_closing_too(lesson: Lesson) -> None:
    lesson.give(lesson.ada, Support(1.5))
    closes = START + 20 * MINUTE
    assignment = lesson.assign(time_limit=1200, closes_at=closes)
    page = starting.start_page(assignment, lesson.ada.id, now=START)
    assert (page.minutes, page.closes_at, page.worth_reading) == (30, START + 30 * MINUTE, True)
    assert starting.start_page(assignment, lesson.ben.id, now=START).minutes == 20
    hers, his = factories.start(assignment, lesson.ada), factories.start(assignment, lesson.ben)
    assert (ends(hers), ends(his)) == (START + 30 * MINUTE, closes)
    ref = taking.attempt_ref(lesson.ada.taker, hers, now=START)
    assert (ref.seconds_left, ref.ends_by_limit, ref.ended) == (1800, True, False)
    assert save(lesson.ben, his, closes + GRACE) == "out-of-time"
    assert save(lesson.ada, hers, closes + 9 * MINUTE) == "saved"
    assert start(assignment, lesson.ada, closes + MINUTE) == "started"
    (work,) = my_work.my_work(lesson.ada.id, lesson.section.id, now=closes + MINUTE).open_work
    assert (work.attempt, work.ends_at, work.over) == (hers, START + 30 * MINUTE, False)
    assert finishing.hand_in_ended(now=closes + GRACE) == 1
    assert save(lesson.ada, hers, START + 30 * MINUTE + GRACE) == "out-of-time"


def test_more_time_in_mid_attempt_moves_the_end_and_less_takes_nothing(lesson: Lesson) -> None:
    assignment = lesson.assign(time_limit=1200, closes_at=START + 20 * MINUTE)
    untimed = lesson.assign(closes_at=START + 40 * MINUTE)
    attempt, homework = factories.start(assignment, lesson.ada), factories.start(untimed, lesson.ada)
    lesson.give(lesson.ada, Support(1.5), START + 10 * MINUTE)
    assert (ends(attempt), ends(homework)) == (START + 30 * MINUTE, START + 60 * MINUTE)
    assert save(lesson.ada, attempt, START + 29 * MINUTE) == "saved"
    lesson.give(lesson.ada, Support())
    assert (ends(attempt), ends(homework)) == (START + 30 * MINUTE, START + 60 * MINUTE)
    lesson.give(lesson.ada, Support(unlimited=True))
    assert ends(attempt) == START + 20 * MINUTE + timedelta(days=1)
    with pytest.raises(NotFoundError):
        support.give_support(
            factories.make_class(lesson.teacher, title="9C").ref,
            lesson.ada.public_id,
            Support(2.0),
            account_id=lesson.teacher.id,
            now=START,
        )


# ---------------------------------------------------------------- changing it afterwards


def test_five_more_minutes_for_all_reach_attempts_under_way_and_those_to_come(lesson: Lesson) -> None:
    lesson.give(lesson.ada, Support(2.0))
    assignment = lesson.assign(time_limit=600, closes_at=START + 15 * MINUTE)
    hers, his = factories.start(assignment, lesson.ada), factories.start(assignment, lesson.ben)
    lesson.press(changing.give_more_time, assignment, START + MINUTE)
    assert (ends(hers), ends(his)) == (START + 30 * MINUTE, START + 15 * MINUTE)
    later = factories.start(assignment, lesson.cy, now=START + 10 * MINUTE)
    assert ends(later) == START + 20 * MINUTE


def test_closing_now_and_opening_again(lesson: Lesson) -> None:
    assignment = lesson.assign()
    attempt = factories.start(assignment, lesson.ada)
    now = START + 5 * MINUTE
    lesson.press(changing.close_now, assignment, now)
    assert save(lesson.ada, attempt, now + GRACE - SECOND) == "saved"
    assert start(assignment, lesson.ben, now) == "closed"
    lesson.press(changing.reopen, assignment, now + GRACE)
    assert save(lesson.ada, attempt, now + timedelta(days=9)) == "saved"
    assert start(assignment, lesson.ben, now + GRACE) == "started"
    lesson.press(changing.close_now, assignment, now + MINUTE)
    assert finishing.hand_in_ended(now=now + 2 * MINUTE) == 2
    lesson.press(changing.reopen, assignment, now + 3 * MINUTE)
    assert save(lesson.ada, attempt, now + 3 * MINUTE) == "handed-in"
    assert start(assignment, lesson.ada, now + 3 * MINUTE) == "no-attempts-left"
    changing.give_extra_attempt(lesson.section, assignment, lesson.ada.public_id)
    assert start(assignment, lesson.ada, now + 3 * MINUTE) == "started"


def test_a_shorter_limit_takes_nothing_from_who_has_started(lesson: Lesson) -> None:
    assignment = lesson.assign(time_limit=1200)
    attempt = factories.start(assignment, lesson.ada)

    def change(**changed: Any) -> None:
        page = changing.assignment_page(lesson.section, assignment, now=START)
        rules = AssignmentRules(**{**vars(page.rules), **changed})
        changing.change_assignment(lesson.section, assignment, rules, page.to, version=page.version, now=START)

    change(time_limit=300)
    assert ends(attempt) == START + 20 * MINUTE
    change(time_limit=None)
    assert ends(attempt) is None
    with pytest.raises(RulesError, match="one_way: started"):
        change(one_way=True)
    page = changing.assignment_page(lesson.section, assignment, now=START)
    nobody = Recipients(students=("0" * 16,))
    with pytest.raises(RulesError, match="recipients: nobody"):
        changing.change_assignment(lesson.section, assignment, page.rules, nobody, version=page.version, now=START)


# ---------------------------------------------------------------- nothing is lost


def test_what_was_saved_is_handed_in_at_the_end_and_a_reader_changes_nothing(lesson: Lesson) -> None:
    assignment = lesson.assign(time_limit=600, attempts_allowed=2)
    attempt = factories.start(assignment, lesson.ada)
    save(lesson.ada, attempt, START)
    over = START + 10 * MINUTE + GRACE
    assert taking.question_page(lesson.ada.taker, attempt, 2, now=over).attempt.ended
    assert my_work.my_work(lesson.ada.id, lesson.section.id, now=over).open_work[0].over
    assert starting.start_page(assignment, lesson.ada.id, now=over).under_way is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Score)) == 0
    again = factories.start(assignment, lesson.ada, now=over)
    assert again != attempt
    line = coursework.list_attempts(lesson.ada.id, now=over)[1]
    assert (line.handed_in_at, line.total.earned, line.total.marked) == (START + 10 * MINUTE, 1.0, 4)
    assert finishing.hand_in_ended(now=over) == 0


def test_a_clock_that_jumps_ends_nothing_for_good_and_gains_nothing(lesson: Lesson) -> None:
    attempt = factories.start(lesson.assign(time_limit=600), lesson.ada)
    told = [save(lesson.ada, attempt, START + timedelta(hours=hours)) for hours in (0, 2, -3, 0)]
    assert told == ["saved", "out-of-time", "saved", "saved"]
    assert ends(attempt) == START + 10 * MINUTE
    attempts.hand_in(lesson.ada.taker, attempt, now=START - timedelta(hours=3))
    row = db.session.scalars(sa.select(Attempt)).one()
    assert row.submitted_at == START - timedelta(hours=3)
    assert db.session.scalars(sa.select(Response.sequence)).all() == [3]
