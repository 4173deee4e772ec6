"""What is kept of a class's marks is what a fresh reading gives, after whatever happened."""

from __future__ import annotations

import sqlalchemy as sa

from quizapp.models import CountingAttempt, Score, ScoreReason, Student, db
from quizapp.services import attempts
from quizapp.services.kept_marks import marks_of_section
from quizapp.services.progress import list_skills, scores_of_section, since, skill_cells
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass


def hand_in(assignment: str, pupil: Pupil, *, right: int) -> str:
    attempt = factories.start(assignment, pupil)
    for position in range(1, 4):
        response = factories.response_to(attempt, position, right=position <= right)
        attempts.check(pupil.taker, attempt, position, response, confidence=0.95, drawn=None, now=START)
    attempts.hand_in(pupil.taker, attempt, now=START)
    return attempt


def assert_fresh(school_class: SchoolClass) -> None:
    skills, kept = list_skills(), marks_of_section(school_class.ref.id)
    rows = scores_of_section(school_class.ref.id)
    assert sorted(row for one in kept.by_student.values() for row in one.rows) == sorted(rows)
    for pupil in school_class.pupils:
        mine = tuple(row for row in rows if row.student_id == pupil.id)
        assert kept.of(pupil.id).rows == mine
        assert kept.of(pupil.id).cells(skills) == skill_cells(skills, mine)
    assert marks_of_section(school_class.ref.id) is kept


def test_nothing_kept_is_ever_out_of_date() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class, other = factories.make_class(teacher, "Ada", "Ben"), factories.make_class(teacher, "Cy", title="9C")
    ada, ben = school_class.pupils
    assert_fresh(school_class)
    assignment = factories.assign(school_class, teacher, quiz, attempts_allowed=None, counting=CountingAttempt.LAST)
    hand_in(assignment, ada, right=1)
    assert_fresh(school_class)
    before = marks_of_section(school_class.ref.id)
    hand_in(assignment, ben, right=3)
    assert_fresh(school_class)
    # Ada has not answered since: what was worked out for her stays.
    assert marks_of_section(school_class.ref.id).of(ada.id) is before.of(ada.id)
    hand_in(factories.assign(other, teacher, quiz), other.pupils[0], right=2)
    assert marks_of_section(school_class.ref.id).of(ben.id) is marks_of_section(school_class.ref.id).of(ben.id)
    assert_fresh(other)
    # Another attempt, of which only the last counts; a new mark; a student who is deleted.
    hand_in(assignment, ada, right=2)
    assert_fresh(school_class)
    with writing() as session:
        old = session.scalars(sa.select(Score).where(Score.student_id == ben.id).order_by(Score.id)).first()
        assert old is not None
        values = {column.name: getattr(old, column.name) for column in Score.__table__.columns if column.name != "id"}
        session.add(Score(**{**values, "number": 2, "fraction": 0.0, "reason": ScoreReason.RE_MARKED}))
    assert_fresh(school_class)
    with writing() as session:
        session.execute(sa.delete(Student).where(Student.id == ben.id))
    db.session.rollback()
    assert marks_of_section(school_class.ref.id).of(ben.id).rows == ()
    assert_fresh(school_class)


def test_since_is_what_is_not_older() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    hand_in(factories.assign(school_class, teacher, quiz), school_class.pupils[0], right=2)
    rows = scores_of_section(school_class.ref.id)
    assert list(since(rows, START)) == [row for row in rows if row.at >= START] == list(rows)
    assert list(since(rows, START.replace(hour=10))) == []
