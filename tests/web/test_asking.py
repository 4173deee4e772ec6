"""The pages for help, reports and reading settings, as students and teachers use them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from quizapp.services.reading import CHOICES, known
from tests.pages import Browser
from tests.web.school import open_school


def html_tag(text: str) -> str:
    found = re.search(r"<html[^>]*>", text)
    assert found is not None
    return found[0]


def test_help_is_asked_with_the_answer_kept_and_cleared_by_the_teacher(app: Flask) -> None:
    school = open_school(app)
    student, teacher = school.browsers["student"], school.browsers["owner"]
    path = f"/t/{school.attempt}/3"
    page = student.get(path)
    form = page.form(named="version")
    answer = next(name for name in form.fields if name.endswith(("answer", "number")))
    asked = student.post(f"{path}/help", {**dict(form.fields.items()), answer: "15.5 %", "help": "ask"})
    again = student.follow(asked)
    assert "Your teacher can see that you want help." in again.words
    assert again.form(named="version").fields[answer] == "15.5 %"
    waiting = teacher.get(f"/teach/c/{school.section}/help")
    assert "Ada" in waiting.words
    assert "question 3" in waiting.words
    assert "1 student asks for help" in teacher.get(f"/teach/c/{school.section}").words
    live = teacher.get(f"/teach/c/{school.section}/a/{school.assignment}/live")
    assert f'href="/teach/c/{school.section}/help"' in live.text
    # Nothing of it on another student's pages.
    for other in ("/me", f"/t/{school.attempt}/3"):
        assert "want help" not in school.browsers["classmate"].get(other).text
    cleared = teacher.follow(teacher.submit(waiting, "/clear"))
    assert "Nobody waits for help" in cleared.words
    class_page = teacher.get(f"/teach/c/{school.section}")
    assert "asks for help" not in class_page.words
    assert class_page.text.count("Download as a table (CSV)") == 0
    assert "want help" not in student.get(path).words


def test_help_keeps_half_an_answer_on_the_page(app: Flask) -> None:
    school = open_school(app)
    student = school.browsers["student"]
    path = f"/t/{school.attempt}/3"
    form = student.get(path).form(named="version")
    answer = next(name for name in form.fields if name.endswith(("answer", "number")))
    page = student.post(f"{path}/help", {**dict(form.fields.items()), answer: "a lot", "help": "ask"})
    assert (page.status, page.form(named="version").fields[answer]) == (200, "a lot")
    assert student.post(f"{path}/help", {"help": "withdraw"}).status == 302
    assert "want help" not in student.get(path).words


def test_visitors_get_neither_help_nor_reports(app: Flask) -> None:
    school = open_school(app)
    visitor = Browser(app)
    page = visitor.follow(visitor.submit(visitor.get("/try"), f"/try/{school.quiz}"))
    assert "Ask for help" not in page.text
    assert "Report a problem" not in page.text


@pytest.mark.parametrize(("words", "sentence"), [(" ", "Say in a few words"), ("x" * 301, "Use at most 300 letters.")])
def test_a_report_that_cannot_be_taken_keeps_what_was_typed(app: Flask, words: str, sentence: str) -> None:
    school = open_school(app)
    student = school.browsers["student"]
    path = f"/t/{school.attempt}/2/report"
    page = student.submit(student.get(path), fields={"words": words})
    assert page.status == 422
    assert sentence in page.words
    assert words.strip() in page.text


def test_a_report_reaches_the_teacher_without_a_name_and_as_text(app: Flask) -> None:
    school = open_school(app)
    student, teacher = school.browsers["student"], school.browsers["owner"]
    path = f"/t/{school.attempt}/2/report"
    assert student.submit(student.get(path), fields={"words": "<b>هذا</b> is wrong"}).status == 302
    page = teacher.get(f"/teach/c/{school.section}/reports")
    assert "<b>هذا</b> is wrong" in page.words
    assert "Ada" not in page.words
    fixes = [link for link in page.links() if link.endswith("/fix")]
    assert len(fixes) == 2, "two assignments asked it, and it can be corrected in each"
    assert all("Correct this question" in teacher.get(link).words for link in fixes)
    assert "Edit the question" not in page.words, "what we ship is nobody's to change"
    settled = teacher.follow(teacher.submit(page, "/settle"))
    assert "All reports are settled." in settled.words
    # Whoever finds the fault in the feedback reports it from there.
    assert f"/t/{school.attempt}/1/report" in student.get(f"/t/{school.attempt}/1/feedback").links()
    assert student.post(f"/t/{school.attempt}/hand-in", {}).status == 302
    feedback = f"/t/{school.attempt}/2/feedback"
    assert path in student.get(feedback).links()
    assert feedback in student.get(path).links()
    assert "Thank you." in student.follow(student.submit(student.get(path), fields={"words": "Odd"})).words


def test_reading_settings_follow_the_student_and_nobody_else(app: Flask) -> None:
    school = open_school(app)
    student = school.browsers["student"]
    chosen = {"size": "largest", "spacing": "wide", "background": "cream", "font": "system"}
    kept = student.follow(student.submit(student.get("/me/settings"), named="size", fields=dict(chosen)))
    assert kept.form(named="size").fields.to_dict() | chosen == kept.form(named="size").fields.to_dict()
    for path in (f"/t/{school.attempt}/2", "/me", "/privacy", f"/t/{school.attempt}/check"):
        tag = html_tag(student.get(path).text)
        assert all(f'data-{name}="{value}"' in tag for name, value in chosen.items()), path
    second = Browser(app)
    second.sign_in_student(school.school_class, school.ada)
    assert 'data-size="largest"' in html_tag(second.get("/me").text)
    for other in ("classmate", "owner", "nobody"):
        assert "data-size" not in html_tag(school.browsers[other].get("/privacy").text)


def test_reading_settings_of_a_visitor_live_in_the_one_cookie(app: Flask) -> None:
    visitor = Browser(app)
    page = visitor.submit(visitor.get("/me/settings"), named="size", fields={"size": "large"})
    assert page.status == 302
    assert 'data-size="large"' in html_tag(visitor.get("/").text)
    refused = visitor.post("/me/settings", {"size": "enormous", "spacing": "wide"})
    assert refused.status == 422
    assert "data-spacing" not in html_tag(visitor.get("/").text)


def test_only_choices_we_have_are_known() -> None:
    assert known({"size": "huge", "font": ["system"], "spacing": "wide", "x": 1}) == {"spacing": "wide"}
    assert known({name: values[0] for name, values in CHOICES.items()}) == {}


def test_the_notice_is_short_and_simple(app: Flask) -> None:
    """At most 150 words, and sentences that a nine-year-old can hold."""
    browser = Browser(app)
    for path, title in (("/privacy", "What we keep about you"), ("/me/settings", "What we keep about you")):
        words = browser.get(path).words.split(title)[-1]
        sentences = [one for one in re.split(r"[.?]\s", words) if one]
        assert len(words.split()) <= 150
        assert max(len(one.split()) for one in sentences) <= 24
        assert len(words.split()) / len(sentences) <= 11
