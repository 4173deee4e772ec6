"""No byte of a key, a why or an explanation reaches a student before it may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from quizapp.items.registry import kinds
from quizapp.services import assigning
from quizapp.services.assigning import QuizRef
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass, Teacher
from tests.pages import Browser, Fields, Page, without_tokens

MARK = "zqx"
"""Begins every word that only a key, a why or an explanation holds."""

SECRETS = """\
format: 1
bank: secrets
title: Secrets
language: en
questions:
  - id: k-choice
    type: choice
    skill: verbs
    prompt: Which one?
    options:
      - right: One
        why: zqxa1 because.
      - wrong: Two
        why: zqxa2 because.
        misconception: zqxa3
      - wrong: Three
        why: zqxa4 because.
        lure: cynical
    explain:
      evidence: zqxa5
      principle: zqxa6
      transfer: zqxa7
      fair: zqxa8
      more: zqxa9
  - id: k-multiple
    type: multiple
    skill: verbs
    prompt: Which ones?
    options:
      - right: One
        why: zqxb1
      - right: Two
        why: zqxb2
      - wrong: Three
        why: zqxb3
    explain: zqxb4
  - id: k-judge
    type: judge
    skill: verbs
    control: true
    passage: A notice on its door says so.
    prompt: Sound or not?
    verdict: sound
    where: notice on its door
    why: zqxc1
    explain: zqxc2
  - id: k-classify
    type: classify
    skill: verbs
    prompt: Which heap?
    heaps:
      - Fact
      - Taste
    statements:
      - text: It runs for two hours.
        heap: Fact
        why: zqxd1
      - text: It drags.
        heap: Taste
        why: zqxd2
      - text: It cost a lot.
        heap: Fact
        why: zqxd3
    explain: zqxd4
  - id: k-match
    type: match
    skill: verbs
    prompt: Which partner?
    pairs:
      - left: Cars
        right: The counter
        why: zqxe1
      - left: Storm
        right: A witness
        why: zqxe2
      - left: Date
        right: The archive
        why: zqxe3
    explain: zqxe4
  - id: k-order
    type: order
    skill: verbs
    prompt: Which order?
    first: least
    last: most
    items:
      - May close
      - Will close
      - Has closed
    why: zqxf1
    explain: zqxf2
  - id: k-gaps
    type: gaps
    skill: verbs
    prompt: Fill in.
    text: At six [[1]], and [[2]] litres ran out.
    gaps:
      1:
        options:
          - right: a driver opened it
            why: zqxg1
          - wrong: it was opened
            why: zqxg2
      2:
        accept: ["zqxg3", zqxg4]
    explain: zqxg5
  - id: k-numeric
    type: numeric
    skill: facts
    prompt: How much?
    answer: 7351.5
    tolerance: 0.25
    near:
      - between: [9461, 9462]
        why: zqxh1
    why: zqxh2
    explain: zqxh3
  - id: k-short
    type: short
    skill: facts
    prompt: Which word?
    accept: [zqxi1, zqxi2]
    near:
      - text: zqxi3
        why: zqxi4
    why: zqxi5
    explain: zqxi6
  - id: k-open
    type: open
    skill: facts
    prompt: Say why.
    words: 12
    rubric:
      0: zqxj1
      1: zqxj2
      2: zqxj3
    explain: zqxj4
  - id: k-highlight
    type: highlight
    skill: verbs
    prompt: Mark them.
    passage: The board is [[right-sizing hours]] from June. ((The doors stay shut.)) It wants [[digital visits]] now.
    spans:
      - words: right-sizing hours
        why: zqxk1
      - words: digital visits
        why: zqxk2
      - words: The doors stay shut.
        why: zqxk3
    explain: zqxk4
"""
NUMBERS = ("7351", "9461", "9462")
"""The key of the numeric question, which cannot be a word."""


def leaks(page: Page) -> list[str]:
    """What of a key is in an answer, head and body."""
    everything = page.body.decode("utf-8", "replace") + "\n".join(f"{name}: {value}" for name, value in page.headers)
    shown = without_tokens(everything)
    found = re.findall(rf"{MARK}\w+", shown) + [number for number in NUMBERS if number in shown]
    words = ("data-right", "data-key", '"correct"', "misconception", "lure", "rubric")
    return found + [word for word in words if word in shown]


@dataclass
class Lesson:
    browser: Browser
    quiz: QuizRef
    teacher: Teacher
    school_class: SchoolClass
    ada: Pupil
    assignment: str
    attempt: str

    def path(self, rest: object) -> str:
        return f"/t/{self.attempt}/{rest}"


def begin(app: Flask, source: str = SECRETS, **rules: Any) -> Lesson:
    with app.app_context():
        quiz, teacher = factories.publish(source), factories.make_teacher()
        school_class = factories.make_class(teacher, "Ada")
        assignment = factories.assign(school_class, teacher, quiz, **rules)
    browser = Browser(app)
    came = browser.sign_in_student(school_class, school_class.pupils[0])
    assert came.location is not None
    attempt = came.location.split("/")[2]
    return Lesson(browser, quiz, teacher, school_class, school_class.pupils[0], assignment, attempt)


def test_every_kind_keeps_a_secret_here(app: Flask) -> None:
    with app.app_context():
        bank = factories.read_bank(SECRETS)
    assert {item.kind for item in bank.items} == set(kinds())
    hidden = re.findall(rf"{MARK}\w+", SECRETS)
    assert len(hidden) == len(set(hidden)) > 40


def any_answer(page: Page, *, last: bool = False) -> Fields:
    """Some answer, by the form alone: the first choice of everything, or the last."""
    groups: dict[str, list[str]] = {}
    typed: Fields = {}
    for element in page.form(named="csrf_token").element.iter():
        name = element.get("name") or ""
        if not name.startswith("a-"):
            continue
        if element.tag == "select":
            groups[name] = [value for option in element.iter("option") if (value := option.get("value", ""))]
        elif element.get("type") in {"radio", "checkbox"}:
            groups.setdefault(name, []).append(element.get("value", ""))
        elif element.get("type") != "hidden":
            typed[name] = "12" if last else "34"
    # Each menu another entry: an order needs every line once.
    menus = sorted(name for name in groups if len(groups[name]) > 1)
    places = {name: 0 if last else menus.index(name) % len(groups[name]) for name in menus}
    return typed | {name: values[-1 if last else places.get(name, 0)] for name, values in groups.items()}


def test_immediate_feedback_shows_a_question_only_once_it_is_checked(app: Flask) -> None:
    lesson = begin(app)
    browser = lesson.browser
    seen = [browser.get(path) for path in ("/me", "/", "/privacy", lesson.path("check"), lesson.path("result"))]
    for position in range(1, lesson.quiz.questions + 1):
        page = browser.get(lesson.path(position))
        seen += [page, browser.get(lesson.path(f"{position}/feedback"))]
        fields = page.form().fields.to_dict() | any_answer(page)
        seen.append(browser.open("POST", lesson.path(f"{position}/draft"), data=fields))
        assert seen[-1].status == 200
        seen.append(browser.submit(page, fields={"go": "check", "a-": "", "confidence": "3"}))
        seen.append(browser.submit(page, fields={**any_answer(page), "go": "save"}))
        assert seen[-1].status == 302, (seen[-1].words, any_answer(page))
        seen += [browser.get(lesson.path(position)), browser.get(lesson.path("check"))]
    assert [(page.path, leaks(page)) for page in seen if leaks(page)] == []
    told = 0
    for position in range(1, lesson.quiz.questions + 1):
        checked = browser.submit(
            browser.get(lesson.path(position)),
            fields={**any_answer(browser.get(lesson.path(position))), "go": "check"},
        )
        assert checked.location == lesson.path(f"{position}/feedback")
        told += bool(re.search(rf"{MARK}\w+", browser.follow(checked).text))
        later = [browser.get(lesson.path(n)) for n in range(position + 1, lesson.quiz.questions + 1)]
        assert [(page.path, leaks(page)) for page in later if leaks(page)] == []
    assert told == lesson.quiz.questions, "the markers are where a student reads them afterwards"


def test_deferred_feedback_shows_nothing_before_the_release(app: Flask) -> None:
    lesson = begin(app, feedback="deferred")
    browser = lesson.browser
    seen = []
    for position in range(1, lesson.quiz.questions + 1):
        page = browser.get(lesson.path(position))
        fields: Fields = {**any_answer(page), "go": "check", "confidence": "1"}
        answered = browser.submit(page, fields=fields)
        assert answered.location is not None
        assert "feedback" not in answered.location
        seen += [page, answered, browser.get(lesson.path(f"{position}/feedback"))]
    check = browser.get(lesson.path("check"))
    seen += [check, browser.submit(check)]
    after = ("result", "check", "1", "1/feedback")
    seen += [browser.follow(browser.get(lesson.path(rest))) for rest in after] + [browser.get("/me")]
    assert "%" not in seen[-1].words
    assert [(page.path, leaks(page)) for page in seen if leaks(page)] == []
    held_back = browser.get(lesson.path("result"))
    assert not re.search(r"\d", held_back.words)
    with app.app_context():
        assigning.release_results(lesson.school_class.ref, lesson.assignment, now=START)
    result = browser.get(lesson.path("result"))
    assert result.words != held_back.words
    told = [browser.get(lesson.path(f"{n}/feedback")) for n in range(1, lesson.quiz.questions + 1)]
    assert all(re.search(rf"{MARK}\w+", page.text) for page in told)


def test_a_visitor_learns_no_more_than_a_student(app: Flask) -> None:
    with app.app_context():
        quiz = factories.publish(SECRETS)
    browser = Browser(app)
    page = browser.follow(browser.submit(browser.get("/try")))
    seen = [browser.get("/try"), page, *(browser.get(page.path[:-1] + str(n)) for n in range(2, quiz.questions + 1))]
    assert [(one.path, leaks(one)) for one in seen if leaks(one)] == []


@pytest.mark.parametrize("feedback", ["immediate", "deferred"])
def test_saving_right_and_wrong_looks_the_same(app: Flask, feedback: str) -> None:
    lesson = begin(app, factories.BANK, feedback=feedback)
    browser = lesson.browser
    for position in (1, 2, 4):
        answers = []
        for last in (False, True):
            for where, fields in (("", {"go": "save"}), ("/draft", {})):
                page = browser.get(lesson.path(position))
                sent = {**page.form().fields.to_dict(), **any_answer(page, last=last), **fields}
                got = browser.open("POST", lesson.path(f"{position}{where}"), data=sent)
                head = {name: value for name, value in got.headers if name != "Set-Cookie"}
                answers.append((where, got.status, head, re.sub(r'"version":"\d+"', "", without_tokens(got.text))))
        assert answers[:2] == answers[2:]


def test_a_planted_leak_is_found(app: Flask) -> None:
    lesson = begin(app)
    page = lesson.browser.get(lesson.path(1))
    page.body += b"<p hidden>zqxa1</p>"
    assert leaks(page) == ["zqxa1"]
    page.body += b"<p data-right>7351.5</p>"
    assert leaks(page) == ["zqxa1", "7351", "data-right"]
