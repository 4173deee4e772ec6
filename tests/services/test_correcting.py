"""Correcting a question: nobody falls unless told to, nothing is lost, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Bank, Correction, CorrectionAction, Score, db
from quizapp.services import attempts, correcting, correction_pages, corrections, progress, reviewing
from quizapp.services.correcting import CorrectionError
from quizapp.services.corrections import Proposal
from quizapp.services.older_keys import older_keys
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.factories import BANK, Pupil, SchoolClass, Teacher
from tests.services.test_dashboards import watching

LATER = START + timedelta(hours=1)
RIGHT, BLANK = "right", "blank"


@dataclass(frozen=True)
class World:
    teacher: Teacher
    school_class: SchoolClass
    assignment: str
    tries: dict[str, tuple[Pupil, str]]
    """Attempt by name."""

    def question(self, name: str, position: int) -> str:
        return factories.question_of(self.tries[name][1], position)

    def marks(self) -> dict[str, list[float | None]]:
        return {name: [line.fraction for line in reviewing.answer_lines(one)] for name, (_, one) in self.tries.items()}

    def feedback(self, name: str) -> reviewing.FeedbackPage:
        pupil, attempt = self.tries[name]
        return reviewing.feedback_page(pupil.taker, attempt, 1, now=LATER)

    def propose(self, action: CorrectionAction, position: int = 1, **more: Any) -> str:
        question = self.question(next(iter(self.tries)), position)
        proposal = Proposal(action, more.pop("reason", "The passage says so."), **more)
        account = self.teacher.id
        return corrections.propose(
            self.school_class.ref, self.assignment, question, proposal, account_id=account, now=LATER
        )

    def correct(self, action: CorrectionAction, position: int = 1, **more: Any) -> str:
        return self.carry_out(self.propose(action, position, **more))

    def undo(self, correction: str) -> str:
        account = self.teacher.id
        return self.carry_out(
            corrections.propose_undo(self.school_class.ref, correction, account_id=account, now=LATER)
        )

    def carry_out(self, correction: str) -> str:
        while not correcting.prepare(correction).complete:
            pass
        correcting.apply(correction, now=LATER)
        return correction

    def work(self, name: str, pupil: Pupil, answers: str) -> None:
        attempt = factories.start(self.assignment, pupil)
        for position, answer in enumerate(answers.split(), start=1):
            if answer != BLANK:
                content = factories.response_to(attempt, position, right=answer == RIGHT)
                attempts.save(pupil.taker, attempt, position, content, confidence=None, drawn=None, now=START)
        attempts.hand_in(pupil.taker, attempt, now=START)
        self.tries[name] = (pupil, attempt)


WORK = {"Ada": "right right right right", "Ben": "wrong right wrong right", "Cy": "blank wrong right wrong"}


@pytest.fixture
def world() -> World:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, *WORK, "Dee")
    made = World(teacher, school_class, factories.assign(school_class, teacher, quiz), {})
    for pupil in school_class.pupils[:3]:
        made.work(pupil.name, pupil, WORK[pupil.name])
    return made


def wrong_answer(world: World) -> dict[str, Any]:
    """What Ben chose in the first question."""
    return factories.wrong_for(world.tries["Ben"][1], 1)


def scores() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Score)) or 0


def test_a_corrected_key_raises_whom_it_should_and_lowers_nobody(world: World) -> None:
    old = world.feedback("Ada").content.item.explanation
    correction = world.propose(CorrectionAction.KEY, answer=wrong_answer(world))
    before, rows = world.marks(), scores()
    assert correcting.prepare(correction).complete
    page = correction_pages.dry_run(world.school_class.ref, correction)
    assert [(line.name, line.before.fraction, line.after.fraction) for line in page.changes] == [("Ben", 0.0, 1.0)]
    assert (page.raised, page.lowered, page.answers) == (1, 0, 3)
    assert (world.marks(), scores()) == (before, rows), "a dry run changes nothing"
    world.carry_out(correction)
    assert world.marks() == {**before, "Ben": [1.0, *before["Ben"][1:]]}
    assert scores() == rows + 1
    pages = {name: world.feedback(name) for name in world.tries}
    keys = {name: page.content.item.key() for name, page in pages.items()}
    assert set(keys.values()) == {"It proves the statement true"}, "nobody reads of the old key, whatever their mark"
    assert {name: page.kept for name, page in pages.items()} == {"Ada": True, "Ben": False, "Cy": False}
    ada = pages["Ada"]
    assert (ada.fraction, ada.verdict) == (1.0, "right")
    assert [row.state for row in ada.feedback.rows if row.text == "It keeps a distance"] == ["wrong"]
    assert not any(page.content.item.explanation in (None, old) for page in pages.values()), "it speaks for the old key"
    assert all(page.html(why, block=True) for page in pages.values() for why in _evidence(page))
    world.correct(CorrectionAction.ALL)
    assert not world.feedback("Ada").kept, "what everybody gets is not kept against the key"


def _evidence(page: reviewing.FeedbackPage) -> list[str]:
    why = page.content.item.explanation
    return [] if why is None or why.evidence is None else [why.evidence]


@ONE_DATABASE
def test_it_lowers_where_the_teacher_says_so(world: World) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world), may_lower=True)
    marks = world.marks()
    assert [marks[name][0] for name in ("Ada", "Ben", "Cy")] == [0.0, 1.0, 0.0]


@ONE_DATABASE
def test_applying_twice_is_once(world: World) -> None:
    correction = world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    marks, rows = world.marks(), scores()
    world.carry_out(correction)
    assert (world.marks(), scores()) == (marks, rows)


@ONE_DATABASE
def test_accepting_another_answer_keeps_the_first_key(world: World) -> None:
    question = world.question("Ben", 1)
    page = correction_pages.fix_page(world.school_class.ref, world.assignment, question)
    place = next(n for n, line in enumerate(page.given) if line.summary.startswith("It proves"))
    world.correct(CorrectionAction.ACCEPT, accepted=(place,))
    marks = world.marks()
    assert [marks[name][0] for name in ("Ada", "Ben", "Cy")] == [1.0, 1.0, 0.0]


@ONE_DATABASE
def test_given_to_all_means_blanks_too(world: World) -> None:
    world.correct(CorrectionAction.ALL)
    assert {marks[0] for marks in world.marks().values()} == {1.0}


@ONE_DATABASE
def test_a_void_question_counts_for_nobody(world: World) -> None:
    world.correct(CorrectionAction.VOID, may_lower=True)
    assert {name: totals(*one)[1] for name, one in world.tries.items()} == {"Ada": 3, "Ben": 3, "Cy": 3}


@ONE_DATABASE
def test_a_void_question_that_lifted_somebody_stays_for_them(world: World) -> None:
    # Cy earned the third question and little else: without it Cy would stand lower.
    world.correct(CorrectionAction.VOID, 3)
    assert {name: totals(*one)[1] for name, one in world.tries.items()} == {"Ada": 3, "Ben": 3, "Cy": 4}


@ONE_DATABASE
def test_leaving_out_and_taking_back_tell_what_becomes_of_each(world: World) -> None:
    def told(correction: str) -> tuple[int, int, int, int, int, bool]:
        page = correction_pages.dry_run(world.school_class.ref, correction)
        return page.raised, page.lowered, page.left_out, page.counted_again, page.kept, page.none_lower

    voided = world.correct(CorrectionAction.VOID, 3)
    assert told(voided) == (0, 0, 2, 0, 1, True), "Cy keeps the mark"
    _cy, attempt = world.tries["Cy"]
    notes = [line.re_mark for line in reviewing.answer_lines(attempt)]
    assert [(note.changed, note.void) if note else None for note in notes] == [None, None, (False, False), None]
    assert told(world.undo(voided)) == (0, 0, 0, 2, 0, False)
    assert told(world.correct(CorrectionAction.VOID, 3, may_lower=True)) == (0, 0, 3, 0, 0, False)
    assert told(world.correct(CorrectionAction.ALL, 3)) == (0, 0, 0, 3, 0, True)


def totals(pupil: Pupil, attempt: str) -> tuple[float, int]:
    page = reviewing.result_page(pupil.taker, attempt, now=LATER)
    assert isinstance(page, reviewing.ResultPage)
    return page.total.earned, page.total.marked


@pytest.mark.parametrize("action", [CorrectionAction.VOID, CorrectionAction.ALL, CorrectionAction.KEY])
@pytest.mark.parametrize("may_lower", [True, False])
def test_undoing_returns_every_mark(world: World, action: CorrectionAction, *, may_lower: bool) -> None:
    before = world.marks()
    skills = progress.scores_of_section(world.school_class.ref.id)
    answer = wrong_answer(world) if action is CorrectionAction.KEY else None
    world.undo(world.correct(action, may_lower=may_lower, answer=answer))
    assert world.marks() == before
    assert [(row.student_id, row.fraction) for row in progress.scores_of_section(world.school_class.ref.id)] == [
        (row.student_id, row.fraction) for row in skills
    ]


def test_what_is_handed_in_later_is_marked_by_the_correction(world: World) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    world.work("Dee", world.school_class.pupils[3], "wrong right right right")
    assert world.marks()["Dee"] == [1.0, 1.0, 1.0, 1.0]


@ONE_DATABASE
def test_an_answer_handed_in_between_dry_run_and_applying_is_corrected_too(world: World) -> None:
    correction = world.propose(CorrectionAction.KEY, answer=wrong_answer(world))
    correcting.prepare(correction)
    world.work("Dee", world.school_class.pupils[3], "wrong right right right")
    correcting.apply(correction, now=LATER)
    assert world.marks()["Dee"][0] == 1.0


def test_two_corrections_at_once_are_told_apart(world: World) -> None:
    first = world.propose(CorrectionAction.ALL)
    second = world.propose(CorrectionAction.VOID)
    world.carry_out(first)
    with pytest.raises(CorrectionError, match="Somebody corrected"):
        world.carry_out(second)
    assert {marks[0] for marks in world.marks().values()} == {1.0}


@ONE_DATABASE
def test_only_the_correction_in_force_can_be_taken_back(world: World) -> None:
    first = world.correct(CorrectionAction.ALL)
    world.correct(CorrectionAction.VOID, may_lower=True)
    with pytest.raises(CorrectionError, match="Take that one back first"):
        world.undo(first)


@ONE_DATABASE
def test_preparing_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "STEP", 2)
    correction = world.propose(CorrectionAction.ALL)
    steps = [correcting.prepare(correction), correcting.prepare(correction)]
    assert [(step.done, step.total, step.complete) for step in steps] == [(2, 3, False), (3, 3, True)]


@ONE_DATABASE
def test_a_quiz_is_never_left_without_anything_that_counts(world: World) -> None:
    for position in (2, 3, 4):
        world.correct(CorrectionAction.VOID, position, may_lower=True)
    with pytest.raises(CorrectionError, match="nothing would count"):
        world.propose(CorrectionAction.VOID, 1)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("action", "more", "sentence"),
    [
        (CorrectionAction.KEY, {}, "Give the right answer first"),
        (CorrectionAction.ACCEPT, {}, "Choose at least one answer"),
        (CorrectionAction.ACCEPT, {"accepted": (99,)}, "Choose at least one answer"),
        (CorrectionAction.NEWER, {}, "no newer key"),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, action: CorrectionAction, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CorrectionError, match=sentence):
        world.propose(action, **more)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Correction)) == 0


@ONE_DATABASE
def test_the_key_that_holds_already_is_no_correction(world: World) -> None:
    with pytest.raises(CorrectionError, match="the key already"):
        world.propose(CorrectionAction.KEY, answer=factories.key_of(world.tries["Ada"][1], 1))


@ONE_DATABASE
def test_the_first_key_can_be_set_again_and_the_new_one_not_twice(world: World) -> None:
    first = factories.key_of(world.tries["Ada"][1], 1)
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world), may_lower=True)
    with pytest.raises(CorrectionError, match="the key already"):
        world.propose(CorrectionAction.KEY, answer=wrong_answer(world))
    world.correct(CorrectionAction.KEY, answer=first, may_lower=True)
    assert [marks[0] for marks in world.marks().values()] == [1.0, 0.0, 0.0]


@ONE_DATABASE
def test_corrections_are_taken_back_one_after_the_other_and_none_twice(world: World) -> None:
    before = world.marks()
    first = world.correct(CorrectionAction.ALL)
    second = world.correct(CorrectionAction.KEY, answer=wrong_answer(world), may_lower=True)
    undone = world.undo(second)
    page = correction_pages.fix_page(world.school_class.ref, world.assignment, world.question("Ada", 1))
    lines = {line.public_id: (line.in_force, line.taken_back) for line in page.history}
    assert lines == {first: (True, False), second: (False, True), undone: (False, False)}
    assert {marks[0] for marks in world.marks().values()} == {1.0}
    for again in (second, undone):
        with pytest.raises(CorrectionError, match="taken back already"):
            world.undo(again)
    world.undo(first)
    assert world.marks() == before


@ONE_DATABASE
def test_an_answer_that_the_mended_question_does_not_offer_keeps_its_first_mark(world: World) -> None:
    mended = BANK.replace("right: It keeps a distance", "right: It keeps its distance").replace(
        "wrong: It proves the statement true", "wrong: It proves that the statement is true"
    )
    factories.publish(mended, now=LATER)
    before, rows = world.marks(), scores()
    newer = world.correct(CorrectionAction.NEWER, may_lower=True)
    assert (world.marks(), scores()) == (before, rows)
    # Its page can still be drawn, and full marks for all can still be given and explained.
    world.correct(CorrectionAction.ALL)
    ben, attempt = world.tries["Ben"]
    page = reviewing.feedback_page(ben.taker, attempt, 1, now=LATER)
    assert (page.fraction, page.steps[-1].revision) == (1.0, 1)
    assert correction_pages.dry_run(world.school_class.ref, newer).changes == ()


def test_a_mended_bank_can_mark_anew(world: World) -> None:
    bank = db.session.scalars(sa.select(Bank.id).where(Bank.slug == "small")).one()
    stranger = factories.make_teacher("okoye")
    assert older_keys(bank, world.teacher.id) == ()
    mended = BANK.replace("right: It keeps a distance", "wrong: It keeps a distance").replace(
        "wrong: It proves the statement true", "right: It proves the statement true"
    )
    factories.publish(mended, now=LATER)
    (line,) = older_keys(bank, world.teacher.id)
    assert (line.assignment, line.question) == (world.assignment, world.question("Ada", 1))
    assert older_keys(bank, stranger.id) == ()
    left_out = world.correct(CorrectionAction.VOID, may_lower=True)
    assert older_keys(bank, world.teacher.id) == (), "what does not count needs no key"
    world.undo(left_out)
    assert older_keys(bank, world.teacher.id) == (line,)
    world.correct(CorrectionAction.NEWER)
    marks = world.marks()
    assert [marks[name][0] for name in ("Ada", "Ben", "Cy")] == [1.0, 1.0, 0.0]
    assert older_keys(bank, world.teacher.id) == (), "it is marked by the newer key already"


@ONE_DATABASE
def test_what_an_older_key_marked_is_found_in_as_few_queries_however_much_it_is(world: World) -> None:
    bank = db.session.scalars(sa.select(Bank.id).where(Bank.slug == "small")).one()
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    asked = factories.publish()
    more = [factories.assign(world.school_class, world.teacher, asked) for _ in range(3)]
    factories.publish(BANK.replace("right: It keeps a distance", "right: It keeps its distance"), now=LATER)

    def cost(lines: int) -> int:
        with watching() as watched:
            assert len(older_keys(bank, world.teacher.id)) == lines
        return len(watched.statements)

    few = cost(1)
    for assignment in more:
        other = replace(world, assignment=assignment, tries={})
        other.work("Dee", world.school_class.pupils[3], "right wrong right wrong")
        other.correct(CorrectionAction.KEY, answer=factories.wrong_for(other.tries["Dee"][1], 1))
    assert cost(4) == few


@ONE_DATABASE
def test_a_correction_is_not_published_and_publishing_goes_on(world: World) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    quiz = factories.publish(BANK.replace("What does *claimed* do?", "What does the verb *claimed* do?"), now=LATER)
    fresh = factories.make_class(world.teacher, "Eve", title="9C")
    attempt = factories.start(factories.assign(fresh, world.teacher, quiz), fresh.pupils[0])
    assert factories.key_of(attempt, 1) != wrong_answer(world)


@ONE_DATABASE
def test_another_class_is_neither_touched_nor_seen(world: World) -> None:
    other = factories.make_class(factories.make_teacher("okoye"), "Eve", title="9C")
    with pytest.raises(NotFoundError):
        correction_pages.fix_page(other.ref, world.assignment, world.question("Ada", 1))
    correction = world.propose(CorrectionAction.ALL)
    with pytest.raises(NotFoundError):
        correction_pages.dry_run(other.ref, correction)
