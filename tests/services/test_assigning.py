"""What a teacher can give to a class."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Assignment, db
from quizapp.services import assigning
from quizapp.services.assigning import AssignmentRules
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import BANK
from tests.parallel import at_once


def count() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) or 0


def test_a_form_sent_twice_assigns_once(app: Flask) -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    ref = factories.make_class(teacher).ref

    def assign(key: str | None = "word") -> str:
        return assigning.assign(ref, quiz, AssignmentRules(), account_id=teacher.id, now=START, request_key=key)

    tasks = at_once(app, 8, assign)
    assert [task.error for task in tasks] == [None] * 8
    assert len({task.result for task in tasks} | {assign()}) == 1
    assert count() == 1
    assert len({assign("another"), assign(None), assign(None)}) == 3


def test_the_word_of_one_form_blocks_no_other_class_and_no_other_teacher() -> None:
    quiz, teacher, other = factories.publish(), factories.make_teacher("rivera"), factories.make_teacher("okoye")
    refs = [(factories.make_class(who).ref, who) for who in (teacher, teacher, other)]
    made = {
        assigning.assign(ref, quiz, AssignmentRules(), account_id=who.id, now=START, request_key="word")
        for ref, who in refs
    }
    assert len(made) == 3


def test_an_assignment_keeps_the_revision_it_was_made_with() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    factories.assign(school_class, teacher, quiz)
    factories.publish(BANK.replace("What does *claimed* do?", "What does the word do?"))
    row = db.session.scalars(sa.select(Assignment)).one()
    assert row.quiz_revision_id == quiz.revision_id != assigning.get_quiz(quiz.public_id).revision_id


def test_a_quiz_says_how_much_it_asks_and_what_it_practises() -> None:
    quiz = factories.publish()
    assert (quiz.title, quiz.questions, quiz.skills, quiz.article) == (
        "Small quiz",
        4,
        ("Reporting verbs", "Facts and figures"),
        None,
    )


def test_another_teachers_bank_cannot_be_assigned() -> None:
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("okoye")
    hers = factories.publish(owner_id=teacher.id)
    assert assigning.get_quiz(hers.public_id, teacher.id) == hers
    for stranger in (other.id, None):
        with pytest.raises(NotFoundError):
            assigning.get_quiz(hers.public_id, stranger)


def test_results_are_released_once_and_only_by_their_class() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class, elsewhere = factories.make_class(teacher), factories.make_class(teacher, title="9C")
    assignment = factories.assign(school_class, teacher, quiz)
    with pytest.raises(NotFoundError):
        assigning.release_results(elsewhere.ref, assignment, now=START)
    assigning.release_results(school_class.ref, assignment, now=START)
    assigning.release_results(school_class.ref, assignment, now=START.replace(hour=12))
    assert db.session.scalars(sa.select(Assignment.released_at)).all() == [START]
