"""Whatever is corrected, taken back, marked and handed in: no mark is lost, and each can be had back.

Hypothesis makes the sequences, the same ones every time. Beside the program the test keeps an account of its own
of what every answer should earn: options as letters, rules as plain values, nothing of the code that marks.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from quizapp.models import Attempt, AttemptItem, CorrectionAction, Score, db
from quizapp.services import attempts, correcting, correction_pages, corrections, marking
from quizapp.services.assigning import QuizRef
from quizapp.services.corrections import Proposal
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher

BANK = """\
format: 1
bank: letters
title: Letters
language: en
questions:
  - id: one
    type: choice
    skill: verbs
    prompt: Which one?
    options:
      - right: A
        why: It is.
      - wrong: B
      - wrong: C
  - id: two
    type: multiple
    skill: facts
    prompt: Which ones?
    options:
      - right: A
        why: It is.
      - right: B
      - wrong: C
      - wrong: D
  - id: own
    type: open
    skill: facts
    prompt: In your own words?
    rubric: {0: nothing, 1: half, 2: all}
    explain: Words count.
"""
QUESTIONS = ("one", "two", "own")
LETTERS = {"one": "ABC", "two": "ABCD"}
KEYS = {"one": frozenset("A"), "two": frozenset("AB")}
MOST_LATE = 4

Given = frozenset[str] | str | None
"""Letters, a text, or None for blank."""
Mark = float | str | None
"""A share, "void", or None while it waits."""
WAITING: Mark = None

_names = itertools.count()


@dataclass(frozen=True)
class Rule:
    """How a question is marked, as the test sees it."""

    key: frozenset[str] = frozenset()
    accepted: tuple[Given, ...] = ()
    everybody: bool = False
    void: bool = False

    def mark(self, given: Given, first: Mark) -> Mark:
        """What an answer should earn."""
        if self.void:
            return "void"
        if self.everybody:
            return 1.0
        if given is None or isinstance(given, str):
            return 1.0 if given is not None and given in self.accepted else first
        return 1.0 if given in self.accepted else share(given, self.key)


def share(given: frozenset[str], key: frozenset[str]) -> float:
    """What was found less what strays, as `docs/measures.md` says; of one letter it is right or wrong."""
    if len(key) == 1:
        return float(given == key)
    others = 4 - len(key)
    return max(0.0, len(given & key) / len(key) - len(given - key) / min(len(key), others or 1))


@dataclass
class Answer:
    """One student's answer to one question."""

    attempt: str
    given: Given
    first: Mark
    """Without any correction: by the key as published, or a teacher's."""
    mark: Mark


@dataclass
class Applied:
    """A correction that holds, and what it found."""

    correction: str
    before: Rule
    marks: dict[str, Mark]
    """By attempt, as they were."""
    marked_since: set[str] = field(default_factory=set)


class Corrections(RuleBasedStateMachine):
    """A teacher who cannot make up their mind."""

    quiz: QuizRef
    teacher: Teacher

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.now: datetime = START
        self.school_class: SchoolClass = factories.make_class(self.teacher, title=f"Class {next(_names)}")
        self.assignment = factories.assign(self.school_class, self.teacher, self.quiz)
        self.held = {"one": Rule(KEYS["one"]), "two": Rule(KEYS["two"]), "own": Rule()}
        self.answers: dict[str, list[Answer]] = {name: [] for name in QUESTIONS}
        self.applied: dict[str, list[Applied]] = {name: [] for name in QUESTIONS}
        self.rows: dict[int, tuple[Any, ...]] = {}
        self.revisions: dict[str, str] = {}
        for _ in range(2):
            self._work(data)

    # ------------------------------------------------ what happens

    @rule(data=st.data())
    @precondition(lambda self: len(self.answers["one"]) < 2 + MOST_LATE)
    def somebody_hands_in(self, data: st.DataObject) -> None:
        self._work(data)

    @rule(data=st.data(), question=st.sampled_from(QUESTIONS), may_lower=st.booleans())
    def correct(self, data: st.DataObject, question: str, *, may_lower: bool) -> None:
        wanted = self._some_correction(data, question)
        if wanted is None or (wanted[2].void and self._is_last(question)):
            return
        proposal, give, after = wanted
        proposal = replace(proposal, may_lower=may_lower, **give)
        before = {one.attempt: one.mark for one in self.answers[question]}
        rest = {one.attempt: self._rest(one.attempt, question) for one in self.answers[question]}
        correction = self._carry_out(self._propose(question, proposal))
        self.applied[question].append(Applied(correction, self.held[question], before))
        self.held[question] = after
        for one in self.answers[question]:
            new = after.mark(one.given, one.first)
            # The heart of it: nobody stands lower unless the teacher said so.
            one.mark = (
                new if may_lower or worth(new, rest[one.attempt]) >= worth(one.mark, rest[one.attempt]) else one.mark
            )
        rows = self._score_rows()
        self._carry_out(correction)
        assert self._score_rows() == rows, "applied twice is applied once"

    @rule(question=st.sampled_from(QUESTIONS))
    @precondition(lambda self: any(self.applied.values()))
    def take_back(self, question: str) -> None:
        if not self.applied[question]:
            return
        undone = self.applied[question].pop()
        self._undo(undone)
        self.held[question] = undone.before
        for one in self.answers[question]:
            if one.attempt not in undone.marked_since:
                one.mark = undone.marks.get(one.attempt, undone.before.mark(one.given, one.first))

    @rule(points=st.sampled_from((0, 1, 2)), which=st.integers(0, 9))
    def a_teacher_marks(self, points: int, which: int) -> None:
        written = [one for one in self.answers["own"] if one.given is not None and one.mark != "void"]
        if not written:
            return
        one = written[which % len(written)]
        page = marking.answer_page(
            self.school_class.ref, self.assignment, self.revisions["own"], self.teacher.id, attempt=one.attempt
        )
        assert page is not None
        marking.give_mark(page, points, "", seen=page.seen, account_id=self.teacher.id, now=self._later())
        one.first = one.mark = points / 2
        for applied in self.applied["own"]:
            applied.marked_since.add(one.attempt)

    # ------------------------------------------------ what must hold

    @invariant()
    def every_mark_is_as_the_account_says(self) -> None:
        found = self._newest_marks()
        for question, answers in self.answers.items():
            for one in answers:
                assert found[one.attempt, question] == pytest.approx(one.mark), (question, one)

    @invariant()
    def no_score_row_is_lost_or_changed(self) -> None:
        rows = self._score_rows()
        assert {key: rows.get(key) for key in self.rows} == self.rows
        self.rows = rows

    def teardown(self) -> None:
        """In the end everything is taken back, and every mark is the first one, or a teacher's."""
        if not hasattr(self, "answers"):
            return
        for question in QUESTIONS:
            while self.applied[question]:
                self.take_back(question)
        self.every_mark_is_as_the_account_says()
        assert all(one.mark == one.first for answers in self.answers.values() for one in answers)

    # ------------------------------------------------ how it is done

    def _work(self, data: st.DataObject) -> None:
        """Somebody new answers and hands in: marked as the rules of the moment say."""
        (pupil,) = factories.add_pupils(self.school_class.ref, self.teacher, f"Student {next(_names)}")
        attempt = factories.start(self.assignment, pupil)
        for position, question in enumerate(QUESTIONS, start=1):
            given = data.draw(given_to(question))
            if not self.revisions.get(question):
                self.revisions[question] = factories.question_of(attempt, position)
            if given is not None:
                stored = stored_as(attempt, position, given)
                attempts.save(pupil.taker, attempt, position, stored, confidence=None, drawn=None, now=START)
            first: Mark = 0.0 if given is None else WAITING if isinstance(given, str) else share(given, KEYS[question])
            mark = self.held[question].mark(given, first)
            self.answers[question].append(Answer(attempt, given, first, mark))
        attempts.hand_in(pupil.taker, attempt, now=self._later())

    def _some_correction(self, data: st.DataObject, question: str) -> tuple[Proposal, dict[str, Any], Rule] | None:
        """A correction that makes sense, and the rule it leads to."""
        held = self.held[question]
        kinds = [CorrectionAction.ALL, CorrectionAction.VOID, CorrectionAction.ACCEPT]
        action = data.draw(st.sampled_from([*kinds, CorrectionAction.KEY] if question in KEYS else kinds))
        if action is CorrectionAction.KEY:
            key = data.draw(keys_of(question))
            if key == held.key and not (held.void or held.everybody):
                return None
            answer = stored_as(self.answers[question][0].attempt, QUESTIONS.index(question) + 1, key)
            after = replace(held, key=key, everybody=False, void=False)
            return Proposal(action, "The key was wrong."), {"answer": answer}, after
        if action is CorrectionAction.ACCEPT:
            lines = correction_pages.fix_page(self.school_class.ref, self.assignment, self.revisions[question]).given
            places = [place for place, line in enumerate(lines) if line.summary]
            if not places:
                return None
            place = data.draw(st.sampled_from(places))
            given = self._given_as(question, lines[place].summary)
            after = replace(held, accepted=(*held.accepted, given), everybody=False, void=False)
            return Proposal(action, "That is right too."), {"accepted": (place,)}, after
        after = replace(held, everybody=action is CorrectionAction.ALL, void=action is CorrectionAction.VOID)
        return Proposal(action, "Nobody could know."), {}, after

    def _given_as(self, question: str, summary: str) -> Given:
        if question == "own":
            return summary
        return frozenset(summary.replace(";", " ").replace(",", " ").split())

    def _propose(self, question: str, proposal: Proposal) -> str:
        return corrections.propose(
            self.school_class.ref,
            self.assignment,
            self.revisions[question],
            proposal,
            account_id=self.teacher.id,
            now=self._later(),
        )

    def _undo(self, undone: Applied) -> None:
        undoing = corrections.propose_undo(
            self.school_class.ref, undone.correction, account_id=self.teacher.id, now=self._later()
        )
        self._carry_out(undoing)

    def _carry_out(self, correction: str) -> str:
        while not correcting.prepare(correction).complete:
            pass
        correcting.apply(correction, now=self._later())
        return correction

    def _is_last(self, question: str) -> bool:
        return all(self.held[other].void for other in QUESTIONS if other != question)

    def _rest(self, attempt: str, question: str) -> float:
        others = [
            one.mark
            for name, answers in self.answers.items()
            for one in answers
            if one.attempt == attempt and name != question
        ]
        shares = [mark for mark in others if isinstance(mark, float)]
        return sum(shares) / len(shares) if shares else 0.0

    def _newest_marks(self) -> dict[tuple[str, str], Mark]:
        rows = db.session.execute(
            sa.select(Attempt.public_id, AttemptItem.position, Score.fraction, Score.void)
            .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
            .join(Score, Score.attempt_item_id == AttemptItem.id)
            .order_by(Score.number)
        )
        return {
            (attempt, QUESTIONS[position - 1]): "void" if void else fraction
            for attempt, position, fraction, void in rows
        }

    def _score_rows(self) -> dict[int, tuple[Any, ...]]:
        db.session.rollback()
        rows = db.session.execute(sa.select(Score.__table__))
        return {row.id: tuple(row) for row in rows}

    def _later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def worth(mark: Mark, rest: float) -> float:
    """Where a mark leaves a student: left out, it is worth what the other questions are."""
    return rest if mark == "void" else float(mark or 0)


def given_to(question: str) -> st.SearchStrategy[Given]:
    """Answers to a question, blanks too."""
    if question == "own":
        return st.sampled_from([None, "Rain", "Snow"])
    some = st.sampled_from(LETTERS[question]).map(frozenset)
    several = st.frozensets(st.sampled_from("ABCD"), min_size=1, max_size=4)
    return st.one_of(st.none(), some if question == "one" else several)


def keys_of(question: str) -> st.SearchStrategy[frozenset[str]]:
    """What may be the key of a question."""
    if question == "one":
        return st.sampled_from("ABC").map(frozenset)
    return st.frozensets(st.sampled_from("ABCD"), min_size=2, max_size=3)


def stored_as(attempt: str, position: int, given: Given) -> dict[str, Any]:
    """An answer as the program stores it."""
    if isinstance(given, str):
        return {"text": given}
    assert given is not None
    return factories.in_words(attempt, position, sorted(given) if position > 1 else next(iter(given)))


EXAMPLES = {"sqlite": 14, "postgresql": 3}


def test_no_order_of_corrections_loses_or_lowers_a_mark(database: str) -> None:
    Corrections.quiz, Corrections.teacher = factories.publish(BANK), factories.make_teacher()
    run_state_machine_as_test(
        Corrections,
        settings=settings(
            max_examples=EXAMPLES[database],
            stateful_step_count=12,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
