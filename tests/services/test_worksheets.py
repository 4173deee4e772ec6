"""What a worksheet asks and what its key marks by: the quiz, an assignment's choice, draw, topics, corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from quizapp.models import CorrectionAction, Route
from quizapp.services import assigning, attempts, correcting, corrections, taking
from quizapp.services.assigning import AssignmentRules, QuizRef
from quizapp.services.corrections import Proposal
from quizapp.services.rosters import NotFoundError
from quizapp.services.worksheets import PaperOptions, PaperPage, assignment_paper, quiz_paper
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.factories import ARTICLE_BANK, BANK, MADE_UP_BANK, SchoolClass, Teacher

DEFAULT = PaperOptions()


def ids(page: PaperPage) -> list[str]:
    return [one.item.id for one in page.questions]


@pytest.fixture
def teacher() -> Teacher:
    return factories.make_teacher()


@pytest.fixture
def school_class(teacher: Teacher) -> SchoolClass:
    return factories.make_class(teacher, "Ada", "Ben")


def paper(
    school_class: SchoolClass, teacher: Teacher, assignment: str, *, key: bool = False, **chosen: Any
) -> PaperPage:
    options = replace(DEFAULT, **chosen)
    return assignment_paper(school_class.ref.public_id, assignment, teacher.id, options, key=key)


def test_a_quiz_is_printed_in_its_order_and_only_its_key_knows_answers(teacher: Teacher) -> None:
    quiz = factories.publish()
    sheet, key = (quiz_paper(quiz.public_id, teacher.id, DEFAULT, key=key) for key in (False, True))
    assert ids(sheet) == ids(key) == ["claimed", "caption", "share", "notice"]
    assert sheet.code == key.code
    assert sheet.solved == ()
    assert key.total == 4
    assert sheet.judges
    with pytest.raises(NotFoundError):
        quiz_paper(quiz.public_id, teacher.id, PaperOptions(version="Z"))


@ONE_DATABASE
def test_another_teachers_quiz_is_not_there(teacher: Teacher) -> None:
    own = factories.publish(owner_id=factories.make_teacher("okoye").id)
    with pytest.raises(NotFoundError):
        quiz_paper(own.public_id, teacher.id, DEFAULT)


def test_questions_on_the_whole_article_are_printed_when_wanted_or_when_the_class_has_it(
    teacher: Teacher, school_class: SchoolClass
) -> None:
    quiz = factories.publish(ARTICLE_BANK)
    without = quiz_paper(quiz.public_id, teacher.id, DEFAULT)
    assert (ids(without), without.needing, without.reads_article) == (["warned", "acres"], 1, False)
    assert without.source is not None
    wanted = quiz_paper(quiz.public_id, teacher.id, PaperOptions(article=True))
    assert (ids(wanted), wanted.reads_article) == (["voices", "warned", "acres"], True)
    assignment = factories.assign(school_class, teacher, quiz)
    assert ids(paper(school_class, teacher, assignment)) == ["warned", "acres"]
    factories.give_article(school_class, teacher, quiz)
    assert ids(paper(school_class, teacher, assignment)) == ["voices", "warned", "acres"]


def chosen_part(teacher: Teacher, school_class: SchoolClass, quiz: QuizRef, **questions: Any) -> str:
    return assigning.assign(
        school_class.ref, quiz, AssignmentRules(), account_id=teacher.id, now=START,
        questions=assigning.Questions(**questions),
    )  # fmt: skip


def test_an_assignment_prints_its_own_choice(teacher: Teacher, school_class: SchoolClass) -> None:
    quiz = factories.publish()
    pupil = school_class.pupils[0]
    first = factories.start(factories.assign(school_class, teacher, quiz), pupil)
    wanted = tuple(factories.question_of(first, place) for place in (2, 4))
    part = chosen_part(teacher, school_class, quiz, chosen=wanted)
    assert ids(paper(school_class, teacher, part)) == ["caption", "notice"]
    with pytest.raises(NotFoundError):
        assignment_paper(school_class.ref.public_id, part, factories.make_teacher("okoye").id, DEFAULT)
    with pytest.raises(NotFoundError):
        paper(school_class, teacher, "0123456789abcdef")


@ONE_DATABASE
def test_a_draw_keeps_to_its_blueprint_and_comes_again_for_the_key(teacher: Teacher, school_class: SchoolClass) -> None:
    assignment = chosen_part(teacher, school_class, factories.publish(), number=2)
    sheets = {version: paper(school_class, teacher, assignment, version=version) for version in "ABC"}
    for version, sheet in sheets.items():
        assert sorted(one.item.skill or "" for one in sheet.questions) == ["facts", "verbs"]
        assert ids(paper(school_class, teacher, assignment, version=version, key=True)) == ids(sheet)


def test_made_up_topics_are_those_of_the_class_or_a_second_worksheet(
    teacher: Teacher, school_class: SchoolClass
) -> None:
    quiz = factories.publish(ARTICLE_BANK)
    factories.publish(MADE_UP_BANK)
    everybody = factories.assign(school_class, teacher, quiz, route=Route.MADE_UP)
    attempt = factories.start(everybody, school_class.pupils[0])
    asked = [
        taking.question_page(school_class.pupils[0].taker, attempt, place, now=START).content.item.id
        for place in (1, 2)
    ]
    sheet = paper(school_class, teacher, everybody)
    assert ids(sheet) == asked
    assert (sheet.note, sheet.may_change) == (None, False)
    either = factories.assign(school_class, teacher, quiz, route=Route.EITHER)
    assert ids(paper(school_class, teacher, either)) == ["warned", "acres"]
    other = paper(school_class, teacher, either, other=True)
    assert other.may_change
    assert other.source is None
    assert set(ids(other)).isdisjoint({"warned", "acres"})
    article = factories.assign(school_class, teacher, quiz, route=Route.ARTICLE)
    assert ids(paper(school_class, teacher, article, other=True)) == ["warned", "acres"]


@ONE_DATABASE
def test_how_sure_follows_the_assignment(teacher: Teacher, school_class: SchoolClass) -> None:
    quiz = factories.publish()
    silent = factories.assign(school_class, teacher, quiz, ask_confidence=False)
    assert not paper(school_class, teacher, silent).options.sure
    assert paper(school_class, teacher, factories.assign(school_class, teacher, quiz)).options.sure


def correct(teacher: Teacher, school_class: SchoolClass, assignment: str, attempt: str, place: int, **how: Any) -> None:
    question = factories.question_of(attempt, place)
    proposal = Proposal(how.pop("action"), "The passage says so.", **how)
    made = corrections.propose(school_class.ref, assignment, question, proposal, account_id=teacher.id, now=START)
    while not correcting.prepare(made).complete:
        pass
    correcting.apply(made, now=START)


def test_the_key_of_an_assignment_has_its_corrections(teacher: Teacher, school_class: SchoolClass) -> None:
    assignment = factories.assign(school_class, teacher, factories.publish())
    pupil = school_class.pupils[0]
    attempt = factories.start(assignment, pupil)
    for place in (1, 2, 3, 4):
        wrong = factories.wrong_for(attempt, place)
        attempts.save(pupil.taker, attempt, place, wrong, confidence=None, drawn=None, now=START)
    attempts.hand_in(pupil.taker, attempt, now=START)
    before = paper(school_class, teacher, assignment)
    answer = factories.wrong_for(attempt, 1)
    correct(teacher, school_class, assignment, attempt, 1, action=CorrectionAction.KEY, answer=answer)
    correct(teacher, school_class, assignment, attempt, 2, action=CorrectionAction.VOID)
    correct(teacher, school_class, assignment, attempt, 3, action=CorrectionAction.ACCEPT, accepted=(0,))
    correct(teacher, school_class, assignment, attempt, 4, action=CorrectionAction.ALL)
    key = paper(school_class, teacher, assignment, key=True)
    rekeyed, void, also, everybody = key.solved
    assert rekeyed.item.key() == "It proves the statement true"
    assert not void.counts
    assert also.also == ("3",)
    assert everybody.rule.everybody
    assert key.total == 3
    assert key.code == before.code


@ONE_DATABASE
def test_a_key_with_other_answers_than_were_printed_says_so(teacher: Teacher, school_class: SchoolClass) -> None:
    assignment = factories.assign(school_class, teacher, factories.publish())
    pupil = school_class.pupils[0]
    attempt = factories.start(assignment, pupil)
    attempts.hand_in(pupil.taker, attempt, now=START)
    factories.publish(BANK.replace("It proves the statement false", "It doubts the speaker"))
    correct(teacher, school_class, assignment, attempt, 1, action=CorrectionAction.NEWER)
    first = paper(school_class, teacher, assignment, key=True).solved[0]
    assert first.moved
    assert first.item.key() == "It keeps a distance"
