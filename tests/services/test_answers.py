"""Every answer of a class, against an independent recount, in parts and in one stream."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from quizapp.models import AssignmentRoute, Route, db
from quizapp.services import answers, attempts, rosters
from quizapp.services.answers import AnswerRow, Wanted, all_answers, answers_page
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher

RECOUNT = """
SELECT a.public_id, ai.position, r.display_name, i.slug, v.number AS revision, v.lineage, i.kind, v.skill,
       n.fraction, p.confidence, p.content IS NOT NULL AS answered,
       n.id IS NOT NULL AS marked, g.public_id AS assignment
FROM attempt a
JOIN assignment g ON g.id = a.assignment_id
JOIN roster_entry r ON r.student_id = a.student_id AND r.section_id = g.section_id
JOIN attempt_item ai ON ai.attempt_id = a.id
JOIN item_revision v ON v.id = ai.item_revision_id
JOIN item i ON i.id = v.item_id
LEFT JOIN response p ON p.attempt_item_id = ai.id AND p.try_number = 1
LEFT JOIN score n ON n.attempt_item_id = ai.id
  AND n.number = (SELECT MAX(m.number) FROM score m WHERE m.attempt_item_id = ai.id)
WHERE g.section_id = :section AND r.removed_at IS NULL
ORDER BY a.id, ai.position
"""


def busy_class() -> tuple[SchoolClass, Teacher]:
    """Three students and two assignments: handed in, under way, blank, and a third one not begun."""
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben", "Cy")
    for number in range(2):
        assignment = factories.assign(school_class, teacher, quiz)
        for place, pupil in enumerate(school_class.pupils[: 3 - number]):
            attempt = factories.start(assignment, pupil)
            for position in range(1, 4 - place):
                give = factories.key_of if position % 2 else factories.wrong_for
                act = attempts.check if position < 3 else attempts.save
                act(pupil.taker, attempt, position, give(attempt, position), confidence=0.75, drawn=None, now=START)
            if place:
                attempts.hand_in(pupil.taker, attempt, now=START)
    return school_class, teacher


def plain(row: AnswerRow) -> tuple[object, ...]:
    return (
        *(row.attempt, row.position, row.name, row.item, row.revision, row.lineage, row.kind, row.skill),
        *(row.fraction, row.confidence, row.answered, row.marked, row.assignment),
    )


def test_every_row_as_recounted(monkeypatch: pytest.MonkeyPatch) -> None:
    school_class, teacher = busy_class()
    section = school_class.ref
    rows = db.session.execute(sa.text(RECOUNT), {"section": section.id}).all()
    expected = [(*row[:10], bool(row.answered), bool(row.marked), row.assignment) for row in rows]
    assert len(expected) == 20
    whole = answers_page(section.public_id, teacher.id, wanted=Wanted(), limit=10_000)
    assert not whole.more
    assert [plain(row) for row in whole.rows] == expected
    # The same in parts, whatever their size, and as a stream.
    monkeypatch.setattr(answers, "ROWS_AT_ONCE", 7)
    stream = list(all_answers(section.public_id, teacher.id, wanted=Wanted()))
    assert {len(part) for part in stream[:-1]} == {7}
    assert [row for part in stream for row in part] == list(whole.rows)
    parts: list[AnswerRow] = []
    after = None
    while True:
        page = answers_page(section.public_id, teacher.id, wanted=Wanted(), after=after, limit=3)
        parts += page.rows
        if not page.more:
            break
        after = (page.rows[-1].attempt, page.rows[-1].position)
    assert parts == list(whole.rows)
    student = whole.rows[0].student
    mine = answers_page(section.public_id, teacher.id, wanted=Wanted(student=student))
    assert list(mine.rows) == [row for row in whole.rows if row.student == student]


def test_a_part_costs_few_queries_however_many_rows() -> None:
    school_class, teacher = busy_class()
    section = school_class.ref
    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    answers_page(section.public_id, teacher.id, wanted=Wanted(), limit=15)
    assert len([one for one in seen if not one.startswith("BEGIN")]) == 4


def test_only_who_is_in_the_class_now_and_only_ones_own_classes() -> None:
    quiz, teacher, other = factories.publish(), factories.make_teacher(), factories.make_teacher("okoye")
    school_class = factories.make_class(teacher, "Ada", "Ben")
    assignment = factories.assign(school_class, teacher, quiz)
    for pupil in school_class.pupils:
        attempt = factories.start(assignment, pupil)
        attempts.hand_in(pupil.taker, attempt, now=START)
    ada, ben = (pupil.public_id for pupil in school_class.pupils)
    rosters.remove_student(school_class.ref, ada, now=START)
    section = school_class.ref.public_id
    assert {row.student for row in answers_page(section, teacher.id, wanted=Wanted()).rows} == {ben}
    for stranger, wanted in ((other.id, Wanted()), (teacher.id, Wanted(student=ada)), (teacher.id, Wanted("0" * 16))):
        with pytest.raises(NotFoundError):
            answers_page(section, stranger, wanted=wanted)
        with pytest.raises(NotFoundError):
            all_answers(section, stranger, wanted=wanted)
    with pytest.raises(NotFoundError):
        answers_page(section, teacher.id, wanted=Wanted(), after=("0" * 16, 1))


def test_answers_do_not_tell_who_changed_to_other_questions() -> None:
    """Where students may change unseen, nobody's answers are given out, only what they earned."""
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    ada = school_class.pupils[0]
    assignment = factories.assign(school_class, teacher, quiz)
    attempt = factories.start(assignment, ada)
    attempts.check(ada.taker, attempt, 1, factories.key_of(attempt, 1), confidence=None, drawn=None, now=START)
    section = school_class.ref.public_id

    def first() -> AnswerRow:
        return answers_page(section, teacher.id, wanted=Wanted()).rows[0]

    assert (first().answered, first().answer, first().fraction) == (True, "It keeps a distance", 1.0)
    with writing() as session:
        session.add(AssignmentRoute(assignment_id=_id_of(assignment), route=Route.EITHER))
    assert (first().answered, first().answer, first().fraction) == (True, None, 1.0)


def _id_of(assignment: str) -> int:
    found = db.session.scalar(sa.text("SELECT id FROM assignment WHERE public_id = :id"), {"id": assignment})
    assert isinstance(found, int)
    return found
