"""Every bank that comes with the program, every question of it, the whole way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from quizapp.bank.article import Article, read_article
from quizapp.bank.lessons import read_lesson
from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.misconceptions import FILE_NAME, read_misconceptions
from quizapp.bank.model import Bank
from quizapp.bank.review import Desk, Reviewed, review
from quizapp.bank.review.quoting import MOST_OF_ARTICLE, quoted_share
from quizapp.commands.authoring import bank_files
from quizapp.items.base import Alternative
from quizapp.items.registry import AnyItem
from quizapp.text import RULES_VERSION, render
from tests.items.pages import draw, draw_feedback, filled_in, parse, words_of

QUESTIONS = Path(__file__).resolve().parents[2] / "questions"
FILES = tuple(bank_files([QUESTIONS]))
SKILLS = read_skills(QUESTIONS / "skills.yaml")
LOADED = {file.stem: load_file(file, skills=SKILLS) for file in FILES}
BANKS: dict[str, Bank] = {name: loaded.bank for name, loaded in LOADED.items() if loaded.bank is not None}
LESSONS = sorted((QUESTIONS / "lessons").glob("*.md"))
EVERY_ITEM = [pytest.param(item, id=f"{name}:{item.id}") for name, bank in BANKS.items() for item in bank.items]
EVERY_ALTERNATIVE = [
    pytest.param(item, one, id=f"{name}:{item.id}:{'-'.join(map(str, one.at))}")
    for name, bank in BANKS.items()
    for item in bank.items
    for choices in item.alternatives()
    for one in choices
    if not one.right
]


def desk(article: Article | None = None) -> Desk:
    return Desk(
        tuple(
            Reviewed(loaded.bank, loaded.places, shipped=True)
            for loaded in LOADED.values()
            if loaded.bank is not None and loaded.places is not None
        ),
        today=datetime.now(UTC).date(),
        misconceptions=frozenset(one.id for one in read_misconceptions(QUESTIONS / FILE_NAME)),
        article=article,
    )


@pytest.mark.parametrize("name", LOADED)
def test_bank_has_no_problem_and_is_called_like_its_file(name: str) -> None:
    assert [str(problem) for problem in LOADED[name].problems] == []
    assert BANKS[name].slug == name


def test_ids_and_titles_are_told_apart() -> None:
    assert len({bank.title for bank in BANKS.values()}) == len(BANKS) == len(FILES)


# ---------------------------------------------------------------- every question, the whole way


@pytest.mark.parametrize("item", EVERY_ITEM)
def test_key_goes_through_the_page_and_scores_everything(item: AnyItem) -> None:
    for seed in (1, 2):
        shown = item.shuffle(Random(seed))
        given = item.from_words("An answer in words." if item.key() is None else item.key())
        page = draw(item, shown, response=given)
        form = item.form(shown, filled_in(page))
        assert form.validate(), form.errors
        posted = item.read(form, shown)
        assert posted == given
        assert item.score(posted).fraction == (None if item.key() is None else 1.0)
        feedback = item.explain(posted, shown)
        assert feedback.verdict == ("waiting" if item.key() is None else "right")
        assert words_of(parse(draw_feedback(item, feedback)))


@pytest.mark.parametrize("item", EVERY_ITEM)
def test_blank_goes_through_the_page_and_scores_nothing(item: AnyItem) -> None:
    shown = item.shuffle(Random(3))
    form = item.form(shown, filled_in(draw(item, shown)))
    assert form.validate(), form.errors
    assert item.read(form, shown) is None
    assert item.score(None).fraction == 0
    assert item.explain(None, shown).verdict == "blank"
    draw_feedback(item, item.explain(None, shown))


@pytest.mark.parametrize(("item", "wrong"), EVERY_ALTERNATIVE)
def test_wrong_answer_scores_nothing_and_gets_its_own_why(item: AnyItem, wrong: Alternative) -> None:
    response = item.from_words(wrong.words)
    assert item.score(response).fraction == 0
    feedback = item.explain(response, item.shuffle(Random(5)))
    assert feedback.verdict == "wrong"
    assert wrong.why is not None
    assert feedback.reasons == (wrong.why,)  # which the page says beside the verdict
    assert words_of(parse(render(wrong.text, block=False))) in words_of(parse(draw_feedback(item, feedback)))


def test_there_are_wrong_answers_to_try() -> None:
    assert len(EVERY_ALTERNATIVE) > len(BANKS) * 5


# ---------------------------------------------------------------- the rules of the review


def test_review_has_no_error_and_no_warning() -> None:
    # A day to look at a fact again may come and go without a change here.
    found = [problem for problem in review(desk()) if problem.level != "info" and problem.code != "stale"]
    assert [str(problem) for problem in found] == []


def test_a_flaw_would_be_found() -> None:
    (first, *_) = desk().banks
    item = next(item for item in first.bank.items if item.explanation is not None)
    unfair = item.model_copy(update={"explanation": None})
    spoilt = replace(first, bank=replace(first.bank, items=(unfair,)))
    found = review(replace(desk(), banks=(spoilt,)))
    assert {"no-fair", "unfilled"} <= {problem.code for problem in found if problem.level == "error"}


@pytest.mark.parametrize("item", EVERY_ITEM)
def test_a_rule_is_silenced_only_with_a_reason(item: AnyItem) -> None:
    for code, reason in item.allow.items():
        assert len(reason.split()) >= 4, f"{item.id}: why is {code} wrong here?"


# ---------------------------------------------------------------- what is quoted


def article() -> Article | None:
    """The article that some banks are about. It is not ours to ship, so the tests are told where it is."""
    path = os.environ.get("QUIZAPP_ARTICLE")
    return read_article(Path(path)) if path else None


def test_quotations_are_exact_and_few(capsys: pytest.CaptureFixture[str]) -> None:
    text = article()
    if text is None:
        with capsys.disabled():
            sys.stdout.write("\nQuotations were NOT compared: set QUIZAPP_ARTICLE to the article's file or folder.\n")
        return
    found = [problem for problem in review(desk(text)) if problem.code.startswith("quote-")]
    assert [str(problem) for problem in found] == []
    share = quoted_share(desk(text), text)
    assert 0 < share < MOST_OF_ARTICLE
    other = Article(text.text.replace("e", "a"))
    assert "quote-inexact" in {problem.code for problem in review(desk(other))}
    with capsys.disabled():
        sys.stdout.write(f"\nAll banks together quote {share:.0%} of the article.\n")


# ---------------------------------------------------------------- what lies beside the banks


def texts() -> Iterator[str]:
    for one in read_misconceptions(QUESTIONS / FILE_NAME):
        yield from (text.source for text in one.texts())
    for file in LESSONS:
        yield from (text.source for text in read_lesson(file).texts())


def test_every_bank_has_a_lesson_that_names_five_of_its_questions() -> None:
    assert [file.stem for file in LESSONS] == sorted(BANKS)
    for file in LESSONS:
        lesson = read_lesson(file)
        bank = BANKS[file.stem]
        assert lesson.fields.bank == bank.slug
        assert lesson.fields.title == bank.title
        assert set(lesson.fields.cut) <= {item.id for item in bank.items}
        assert len(set(lesson.fields.cut)) == 5
        assert lesson.plan


def test_texts_beside_the_banks_are_ordinary_markdown() -> None:
    assert RULES_VERSION >= 1
    for text in texts():
        assert "&lt;" not in render(text, block=True), text


def test_every_misconception_tempts_somewhere_and_no_note_is_missing() -> None:
    named = {
        one.misconception for bank in BANKS.values() for item in bank.items for of in item.alternatives() for one in of
    }
    assert {one.id for one in read_misconceptions(QUESTIONS / FILE_NAME)} == named - {None}
    for bank in BANKS.values():
        # Who would rather not read the article is told beforehand, and told where to go instead.
        assert (bank.source is None) == (bank.note is None)
        assert bank.note is None or f"“{BANKS['somewhere-else'].title}”" in bank.note
