"""What readers are told before they begin, and what teachers get for teaching a thing again."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from quizapp.services import assigning, lessons, misconceptions, publishing
from tests.clock import START
from tests.factories import BANK, SKILLS, assign, make_class, make_teacher
from tests.pages import Browser

NOTE = "About a war. *Another quiz* counts <i>the same</i>."
SAID = "About a war. Another quiz counts <i>the same</i>."
LESSON = """\
---
bank: small
title: Small quiz
minutes: 10
aim: Read.
opener: Look.
cut: [claimed]
discussion: Talk.
exit: Write.
fair_answer: Fair.
---

The plan.
"""
LIST = """\
format: 1
misconceptions:
  - {id: doubted-means-false, name: Doubt is proof, correction: A verb *proves* nothing., card: Look out of the window.}
  - {id: never-named, name: Another one, correction: So., card: Do so.}
"""


def publish(folder: Path, note: str | None = NOTE) -> assigning.QuizRef:
    """The small bank with a note, a lesson and a list of mistakes, from files as an author has them."""
    folder.mkdir(exist_ok=True)
    (folder / "lessons").mkdir(exist_ok=True)
    (folder / "lessons" / "small.md").write_text(LESSON, "utf-8")
    (folder / "misconceptions.yaml").write_text(LIST, "utf-8")
    named = BANK.replace(
        "        why: A doubted statement can be true.\n",
        "        why: A doubted statement can be true.\n        misconception: doubted-means-false\n",
    )
    said = "" if note is None else f'note: "{note}"\n'
    (folder / "small.yaml").write_text(named.replace("questions:\n", f"{said}questions:\n", 1), "utf-8")
    misconceptions.publish_misconceptions(folder / "misconceptions.yaml")
    done = publishing.publish_file(folder / "small.yaml", skills=SKILLS, now=START)
    assert not done.failed, done.problems
    publishing.renew_clean_texts()
    (quiz,) = assigning.list_quizzes()
    return quiz


def test_the_note_stands_wherever_the_quiz_is_offered(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        teacher = make_teacher()
        school_class = make_class(teacher, "Ada")
        quiz = publish(tmp_path / "bank")
        assign(school_class, teacher, quiz)
        assignment = assign(school_class, teacher, quiz)
        section = school_class.ref.public_id
    staff, student, visitor = Browser(app), Browser(app), Browser(app)
    staff.sign_in_staff(teacher)
    # Two quizzes are open, so nothing is started at signing in.
    student.sign_in_student(school_class, school_class.pupils[0])
    assert student.get("/me").words.count("Read this first") == 2
    before = student.get(f"/a/{assignment}")
    plan = f"/teach/lessons/{quiz.public_id}"
    offers = [staff.get(f"/teach/c/{section}/assign"), staff.get(plan), visitor.get("/try"), before]
    for page in offers:
        assert page.words.count(SAID) == 1, page.path
        assert "<i>the" not in page.text
    # Once begun, it stands above the first question and nowhere else.
    first = student.follow(student.submit(before, "/start"))
    assert first.words.count(SAID) == 1
    assert SAID not in student.get(first.path[:-1] + "2").words
    assert student.get("/me").words.count("Read this first") == 1
    # Mistakes that the quiz looks for, with a way to each card.
    assert "Doubt is proof" in offers[1].words
    assert "Another one" not in offers[1].words
    assert "/teach/misconceptions#doubted-means-false" in offers[1].text
    cards = staff.get("/teach/misconceptions")
    assert cards.words.index("Another one") < cards.words.index("Doubt is proof")
    assert "<em>proves</em>" in cards.text
    assert "Look out of the window." in cards.words
    assert 'id="doubted-means-false"' in cards.text


def test_a_note_goes_when_the_bank_has_none_any_more(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        teacher = make_teacher()
        assert publish(tmp_path / "bank").note == SAID
        quiz = publish(tmp_path / "bank", None)
        assert quiz.note is None
        assert lessons.lesson_page(quiz.public_id, teacher.id).note is None


def test_a_list_without_entries_says_so(app: Flask) -> None:
    with app.app_context():
        teacher = make_teacher()
    staff = Browser(app)
    staff.sign_in_staff(teacher)
    assert "No mistakes are listed yet." in staff.get("/teach/misconceptions").words
