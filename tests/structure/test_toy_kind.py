"""A kind of question is one file: a toy one is put beside the real ones, and everything else finds it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask

from quizapp.bank.examples import example
from quizapp.bank.loader import load_text
from quizapp.items import kinds as kinds_package
from quizapp.items import registry
from quizapp.items.registry import KindError, item_from_json, item_to_json, kinds
from tests.clock import START
from tests.factories import assign, make_class, make_teacher, publish, start
from tests.items.pages import draw, draw_feedback, filled_in, parse, words_of
from tests.pages import Browser, choose

TOY = Path(__file__).parent / "toy_kinds" / "guess.py"
ROOT = Path(__file__).resolve().parents[2]
BANK = """\
format: 1
bank: toys
title: Toys
language: en
questions:
  - id: sea-level
    type: guess
    skill: facts
    prompt: The sea is *higher* than the mountain.
    truth: "no"
    why: A mountain stands above the sea.
"""


@pytest.fixture
def database() -> str:
    """Nothing here depends on which database it is."""
    return "sqlite"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of kinds; what is put into it is there from the next look on."""
    monkeypatch.setattr(kinds_package, "__path__", [*kinds_package.__path__, str(tmp_path)])
    kinds.cache_clear()
    yield tmp_path
    sys.modules.pop("quizapp.items.kinds.guess", None)
    vars(kinds_package).pop("guess", None)
    kinds.cache_clear()


@pytest.fixture
def toy(folder: Path) -> Path:
    """The folder with the toy kind in it."""
    shutil.copy(TOY, folder)
    return folder


def item() -> Any:
    loaded = load_text(BANK.replace("    skill: facts\n", "").encode(), "toys.yaml", skills=())
    assert loaded.problems == ()
    assert loaded.bank is not None
    return loaded.bank.item("sea-level")


def test_without_its_file_nobody_knows_the_toy() -> None:
    assert "guess" not in kinds()
    loaded = load_text(BANK.encode(), "toys.yaml", skills=())
    assert "unknown-type" in {problem.code for problem in loaded.problems} or loaded.bank is None
    named = [path for path in (ROOT / "quizapp").rglob("*.py") if '"guess"' in path.read_text("utf-8")]
    assert named == []


def test_toy_is_found_among_the_others(toy: Path) -> None:
    assert list(kinds()) == sorted({*kinds(), "guess"})
    assert len(kinds()) == 12


def test_toy_is_read_drawn_marked_and_explained(toy: Path) -> None:
    one = item()
    assert not (ROOT / "templates" / "items" / "guess.html").exists()
    assert item_from_json(item_to_json(one)) == one
    shown = one.shuffle(Random(1))
    for case in one.EXAMPLES:
        if case.case == "invalid":
            continue
        response = one.from_words(case.words)
        post = filled_in(draw(one, shown, response=response))
        form = one.form(shown, post)
        assert form.validate()
        assert one.read(form, shown) == response
        assert one.score(response).fraction == case.fraction
        feedback = one.explain(response, shown)
        assert feedback.verdict == case.case
        drawn = words_of(parse(draw_feedback(one, feedback)))
        assert "yes" in drawn
        assert "Your answer" in drawn or response is None
        assert feedback.reasons == (() if response is None else ("A mountain stands above the sea.",))


def test_author_of_a_toy_reads_what_is_wrong(toy: Path) -> None:
    loaded = load_text(BANK.replace('truth: "no"', "truth: perhaps").encode(), "toys.yaml", skills=())
    assert loaded.bank is None
    assert [problem.line for problem in loaded.problems if problem.code != "unknown-skill"] == [10]


def test_toy_hangs_in_the_gallery(toy: Path, app: Flask) -> None:
    with app.app_context():
        teacher = make_teacher()
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    page = browser.get("/author/kinds")
    assert "Choose whether a statement is true." in page.words
    tried = browser.submit(page, "#guess-marked", fields=choose_in(page, "guess", "no"))
    assert "Score: 1 of 1" in tried.words
    assert example("guess").id == "sea-level"


def choose_in(page: Any, kind: str, label: str) -> Any:
    """The field that picks a choice of one kind: other kinds may have one of the same name."""
    form = page.form(f"#{kind}-marked").element
    (target,) = [e.get("for") for e in form.iter() if e.tag == "label" and "".join(e.itertext()) == label]
    (control,) = [e for e in form.iter() if e.get("id") == target]
    return {control.get("name"): control.get("value")}


def test_student_takes_a_toy_and_the_teacher_sees_it(toy: Path, app: Flask) -> None:
    with app.app_context():
        teacher = make_teacher()
        school_class = make_class(teacher, "Ada")
        attempt = start(assign(school_class, teacher, publish(BANK)), school_class.pupils[0], now=START)
    student = Browser(app)
    student.sign_in_student(school_class, school_class.pupils[0])
    page = student.get(f"/t/{attempt}/1")
    feedback = student.follow(student.submit(page, "/t/", fields={**choose(page, "no"), "go": "check"}))
    assert "A mountain stands above the sea." in feedback.words
    result = student.follow(student.submit(student.get(f"/t/{attempt}/check"), "hand-in"))
    assert result.status == 200
    staff = Browser(app)
    staff.sign_in_staff(teacher)
    card = f"/teach/c/{school_class.ref.public_id}/students/{school_class.pupils[0].public_id}/{attempt}"
    assert "The sea is higher than the mountain." in staff.get(card).words


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("    def chance(self)", "    def chances(self)", "Guess does not define chance."),
        (
            'kind: ClassVar[str] = "guess"',
            'kind: ClassVar[str] = "other"',
            "Guess.kind must be “guess”, like the file.",
        ),
        ("    - id: sea-level\n", "    - sea-level\n", "the docstring must hold a complete question in YAML."),
        ('        Example("invalid", "perhaps"),\n', "", "EXAMPLES needs the cases"),
        ("class Guess(Item[Guessed]):", "class Guess:", "must define exactly one subclass of Item"),
    ],
)
def test_half_a_kind_stops_the_start(folder: Path, before: str, after: str, sentence: str) -> None:
    source = TOY.read_text("utf-8")
    assert before in source
    (folder / "guess.py").write_text(source.replace(before, after), encoding="utf-8")
    with pytest.raises(KindError, match=r"^kinds/guess\.py") as caught:
        registry.kinds()
    assert sentence in str(caught.value)
