"""Any mark of any date can be explained, to the teacher and to the student."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from quizapp.models import CorrectionAction
from quizapp.services import correcting, corrections, marking, reviewing, student_page
from quizapp.services.corrections import Proposal
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.services import test_correcting, test_marking
from tests.services.test_correcting import World, world, wrong_answer

__all__ = ["world"]

HOUR = timedelta(hours=1)


def at(hours: int) -> datetime:
    """A moment so many hours after the quiz."""
    return START + hours * HOUR


@ONE_DATABASE
def test_a_written_answer_with_every_kind_of_mark_is_explained_at_every_date() -> None:
    made = test_marking.make_world()
    ref, account = made.school_class.ref, made.teacher.id
    question = made.queue().question

    def mark(points: int, hours: int) -> None:
        page = made.answer(of="Ada")
        assert page is not None
        marking.give_mark(page, points, "", seen=page.seen, account_id=account, now=at(hours))

    def carry_out(correction: str, hours: int) -> str:
        while not correcting.prepare(correction).complete:
            pass
        correcting.apply(correction, now=at(hours))
        return correction

    def correct(action: CorrectionAction, hours: int) -> str:
        proposal = Proposal(action, f"Reason {hours}.", may_lower=True)
        made_so = corrections.propose(ref, made.assignment, question, proposal, account_id=account, now=at(hours))
        return carry_out(made_so, hours)

    mark(2, 1)
    everybody = correct(CorrectionAction.ALL, 2)
    undoing = corrections.propose_undo(ref, everybody, account_id=account, now=at(3))
    carry_out(undoing, 3)
    mark(1, 4)
    steps = reviewing.answer_lines(made.tries["Ada"])[0].steps
    assert [(one.at, one.cause, one.fraction, one.revision, one.by, one.why) for one in steps] == [
        (START, "first", None, 1, None, None),
        (at(1), "marked", 0.5, 1, "Rivera", None),
        (at(2), "all", 1.0, 1, "Rivera", "Reason 2."),
        (at(3), "undo", 0.5, 1, "Rivera", "Reason 2."),
        (at(4), "marked", 0.25, 1, "Rivera", None),
    ]


@ONE_DATABASE
def test_the_total_of_a_quiz_is_explained_since_when_and_why(world: World) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    voided = world.correct(CorrectionAction.VOID, 3, may_lower=True, reason="Two ways to read it.")
    world.undo(voided)
    ben, attempt = world.tries["Ben"]
    page = reviewing.result_page(ben.taker, attempt, now=test_correcting.LATER)
    assert isinstance(page, reviewing.ResultPage)
    told = [
        (one.total.earned, one.total.marked, one.question, one.step.cause, one.step.revision) for one in page.history
    ]
    assert told == [(2.0, 4, 0, "first", 1), (3.0, 4, 1, "key", 2), (3.0, 3, 3, "void", 1), (3.0, 4, 3, "undo", 1)]
    teachers = student_page.student_attempt_page(
        world.school_class.ref.public_id, ben.public_id, attempt, world.teacher.id, now=test_correcting.LATER
    )
    assert teachers.history == page.history
    ada, untouched = world.tries["Ada"]
    calm = reviewing.result_page(ada.taker, untouched, now=test_correcting.LATER)
    assert isinstance(calm, reviewing.ResultPage)
    assert [(one.total.earned, one.question) for one in calm.history] == [(4.0, 0), (3.0, 3), (4.0, 3)]


@ONE_DATABASE
@pytest.mark.parametrize("private", [False, True])
def test_where_students_change_questions_in_private_no_correction_names_the_question(
    world: World, monkeypatch: pytest.MonkeyPatch, *, private: bool
) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    monkeypatch.setattr(student_page, "is_private", lambda _assignment: private)
    ben, attempt = world.tries["Ben"]
    page = student_page.student_attempt_page(
        world.school_class.ref.public_id, ben.public_id, attempt, world.teacher.id, now=test_correcting.LATER
    )
    assert [line.verdict for line in page.lines] == ["right", "right", "wrong", "right"]
    assert (len(page.lines[0].steps), len(page.history)) == ((1, 0) if private else (2, 2))
