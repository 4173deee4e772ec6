"""One question of an assignment: what was chosen, by whom, how surely, and how the question behaved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from quizapp.items.base import Shown
from quizapp.measure.item_analysis import ItemStatistics, analyse
from quizapp.measure.options import Choices
from quizapp.models import CountingAttempt, db
from quizapp.services.answer_keys import AnswerKey, keys_in_force, rules_in_force
from quizapp.services.answer_tables import (
    AnswerGroup,
    Belief,
    Certainty,
    Given,
    OptionTable,
    Overlay,
    WrittenReason,
    answer_groups,
    certainty,
    option_tables,
    overlay,
    written_reasons,
)
from quizapp.services.catalogue import Html, html_of
from quizapp.services.misconceptions import misconceptions_named
from quizapp.services.results import Which, which_attempts
from quizapp.services.rosters import NotFoundError, SectionRef, find_section
from quizapp.services.sheet import Answer, AssignmentSheet, Person, Question, Sheet, Sitting, read_sheet

ANSWERS_TO_SHOW_SEPARATION = 100
"""Marked answers from which a page prints how well a question separates strong from weak work."""
ANSWERS_TO_PROJECT = 5
"""Fewer answers than this are not shown to a class: everybody would know whose they are."""


@dataclass(frozen=True)
class QuestionPage:
    """A question with its answers. Counts are of marked answers in the attempts that `which` names."""

    section: SectionRef
    assignment: AssignmentSheet
    which: Which
    question: Question
    key: AnswerKey
    """What is right: by a correction, where there is one."""
    questions: int
    shown: Shown
    """An order to draw the question in."""
    tables: tuple[OptionTable, ...]
    groups: tuple[AnswerGroup, ...]
    """For questions without one list of answers to choose from."""
    reasons: tuple[WrittenReason, ...]
    overlay: Overlay | None
    certainty: Certainty
    statistics: ItemStatistics
    states: dict[str, int]
    """How many answers are right, partly, wrong, blank, waiting."""
    blank: tuple[Person, ...]
    left_out: int
    """Answers that a correction leaves out of the marks; counted nowhere here."""
    unmarked: int
    """Students among the attempts whose answer has no mark yet.

    0 where students may change questions in private: who changed has no answer to mark here, and the
    number would differ from question to question by just these.
    """
    earlier: int
    """Answers to an earlier version with another key or other answers; counted nowhere here."""
    html: Html

    @property
    def marked(self) -> int:
        return sum(self.states.values())

    @property
    def answered(self) -> int:
        return self.marked - self.states["blank"]

    @property
    def separation_shown(self) -> bool:
        """Whether enough answers stand behind the correlation to print it."""
        return self.statistics.r is not None and self.statistics.shown >= ANSWERS_TO_SHOW_SEPARATION

    @property
    def can_be_projected(self) -> bool:
        return self.answered >= ANSWERS_TO_PROJECT


@dataclass(frozen=True)
class ItemLine:
    """A question of an assignment and how it behaved."""

    question: Question
    statistics: ItemStatistics


def item_lines(section: str, assignment: str, account_id: int, *, which: str | None = None) -> tuple[ItemLine, ...]:
    """Return how every question of an assignment behaved, with the numbers of their pages.

    Args:
        which: one of `Which`; None for the attempt that counts in this assignment.

    Raises:
        NotFoundError: no such assignment in a class of this teacher.
    """
    sheet = read_sheet(find_section(section, account_id).id, assignment)
    sittings = _sittings(sheet, which_attempts(which, sheet.assignment.counting))
    found = _statistics(sheet, _keys(sheet), [one for _, one in sittings])
    return tuple(ItemLine(question, one) for question, one in zip(sheet.questions, found, strict=True))


def question_page(
    section: str, assignment: str, number: int, account_id: int, *, now: datetime, which: str | None = None
) -> QuestionPage:
    """Return one question of an assignment with everything that was answered to it.

    Args:
        number: the question's number in the results, from 1.
        which: one of `Which`; None for the attempt that counts in this assignment.

    Raises:
        NotFoundError: no such question in an assignment of this teacher's class.
    """
    found = find_section(section, account_id)
    sheet = read_sheet(found.id, assignment)
    if not 1 <= number <= len(sheet.questions):
        raise NotFoundError("question")
    question = sheet.questions[number - 1]
    chosen = which_attempts(which, sheet.assignment.counting)
    sittings = _sittings(sheet, chosen)
    asked = [
        (person, one.answers[question.item_id])
        for person, one in sittings
        if question.item_id in one.answers and not one.answers[question.item_id].stands_in
    ]
    current = [(person, answer) for person, answer in asked if answer.lineage == question.lineage]
    left_out = sum(answer.void for _, answer in current)
    given = [Given(person, answer) for person, answer in current if answer.counts]
    return _page(found, sheet, chosen, question, sittings, given, left_out, len(current), len(asked) - len(current))


def _page(
    section: SectionRef,
    sheet: Sheet,
    which: Which,
    question: Question,
    sittings: Sequence[tuple[Person, Sitting]],
    given: Sequence[Given],
    left_out: int,
    current: int,
    earlier: int,
) -> QuestionPage:
    item, keys = question.item, _keys(sheet)
    key = keys[question.revision_id]
    beliefs = _beliefs(key)
    tables = option_tables(key, given, beliefs)
    states = [one.answer.state for one in given]
    return QuestionPage(
        section=section,
        assignment=sheet.assignment,
        which=which,
        question=question,
        key=key,
        questions=len(sheet.questions),
        shown=item.shuffle(Random(question.revision_id)),  # noqa: S311 - an order to look at, not a secret
        tables=tables,
        groups=answer_groups(item, given) if len(tables) != 1 and not item.passage_words() else (),
        reasons=written_reasons(item, given) if tables else (),
        overlay=overlay(key, given),
        certainty=certainty(given),
        statistics=_statistics(sheet, keys, [one for _, one in sittings])[question.number - 1],
        states={state: states.count(state) for state in ("right", "partly", "wrong", "blank", "waiting")},
        blank=tuple(one.person for one in given if one.answer.state == "blank"),
        left_out=left_out,
        unmarked=0 if sheet.assignment.private else current - len(given) - left_out,
        earlier=earlier,
        html=html_of(
            db.session(),
            [*question.content.texts(), *((one.correction, False) for one in beliefs.values() if one.correction)],
        ),
    )


def _sittings(sheet: Sheet, which: Which) -> list[tuple[Person, Sitting]]:
    if which is Which.ALL:
        return [(person, one) for person in sheet.people for one in sheet.sittings.get(person.id, ())]
    counting = CountingAttempt(which.value)
    chosen = ((person, sheet.counting(counting, person.id)) for person in sheet.people)
    return [(person, one) for person, one in chosen if one is not None]


def _keys(sheet: Sheet) -> dict[int, AnswerKey]:
    """What is right in each question of an assignment, by id of the revision."""
    asked = {question.revision_id: question.item for question in sheet.questions}
    return keys_in_force(db.session(), asked, rules_in_force(db.session(), sheet.assignment.id))


def _beliefs(key: AnswerKey) -> dict[str, Belief]:
    """The misconceptions behind the answers of a question, by slug; those not on the list are told by their slug."""
    slugs = {offer.misconception for place in key.choosings for offer in place.offers if offer.misconception}
    known = misconceptions_named(slugs) if slugs else {}
    return {
        slug: Belief(known[slug].name, known[slug].correction) if slug in known else Belief(slug.replace("-", " "), "")
        for slug in slugs
    }


def _statistics(sheet: Sheet, keys: Mapping[int, AnswerKey], sittings: Sequence[Sitting]) -> tuple[ItemStatistics, ...]:
    """How each question behaved among all questions of these attempts."""
    answers = [_counted(sheet, sitting) for sitting in sittings]
    return analyse(
        [[None if answer is None else answer.fraction for answer in row] for row in answers],
        [1.0] * len(sheet.questions),
        blanks=[[answer is not None and answer.response is None for answer in row] for row in answers],
        choices=[
            _choices(keys[question.revision_id], answers, place) for place, question in enumerate(sheet.questions)
        ],
        chances=[one.item.chance() for one in sheet.questions],
    ).items


def _choices(key: AnswerKey, answers: Sequence[Sequence[Answer | None]], place: int) -> Choices | None:
    """What was offered and chosen, where there is one list of answers."""
    if len(key.choosings) != 1:
        return None
    offers = key.choosings[0].offers
    return Choices(
        options=tuple(offer.key for offer in offers),
        key=frozenset(offer.key for offer in offers if offer.right),
        chosen=tuple(None if row[place] is None else _chosen(row[place]) for row in answers),
    )


def _counted(sheet: Sheet, sitting: Sitting) -> list[Answer | None]:
    """The marked answers of an attempt by question, without those to other versions.

    In a timed quiz what comes after the last answer was not reached: it is 0 in the marks, and says
    nothing about the question.
    """
    reached = max((one.place for one in sitting.answers.values() if one.response is not None), default=0)
    counted: list[Answer | None] = []
    for question in sheet.questions:
        answer = sitting.answers.get(question.item_id)
        own = answer is not None and answer.fraction is not None and not answer.stands_in
        current = own and answer is not None and answer.lineage == question.lineage
        left_out = answer is not None and sheet.assignment.timed and answer.place > reached
        counted.append(answer if current and not left_out else None)
    return counted


def _chosen(answer: Answer | None) -> frozenset[str]:
    return frozenset() if answer is None or answer.response is None else answer.item.chosen(answer.response)[0]
