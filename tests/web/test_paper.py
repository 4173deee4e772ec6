"""Worksheets and keys as pages: room to answer every kind, no key where students look, the same letters on both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from quizapp.items.registry import kinds
from quizapp.services import assigning, publishing
from quizapp.services.assigning import QuizRef
from quizapp.services.pictures import picture_path
from tests import factories
from tests.clock import START
from tests.factories import ARTICLE_BANK
from tests.pages import Browser, Page
from tests.web.test_no_key import SECRETS, leaks

#: What each kind has on paper to write on or to cross, and the words that say how.
ROOM = {
    "choice": (".lettered", "cross its letter"),
    "multiple": (".lettered.several", "every answer that fits"),
    "judge": (".lettered", "underline the words that decide it"),
    "classify": (".rows", "one letter for each line"),
    "match": (".boxed", "letter of one answer in each box"),
    "order": (".boxed", "Number the lines from 1 to 3"),
    "highlight": (".to-mark", "Underline the words"),
    "gaps": (".blank", "Fill every gap"),
    "numeric": (".blank", "A number:"),
    "short": (".blank", "Your answer:"),
    "open": (".ruled", "about 12 words"),
}


@pytest.fixture
def database() -> str:
    """Pages look the same on both databases; the queries behind them are tested on both as services."""
    return "sqlite"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A teacher's."""
    with app.app_context():
        teacher = factories.make_teacher()
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return browser


def publish(app: Flask, source: str) -> QuizRef:
    with app.app_context():
        return factories.publish(source)


def has_class(element: Element, wanted: str) -> bool:
    names = (element.get("class") or "").split()
    return all(one in names for one in wanted.strip(".").split("."))


def having(element: Element, wanted: str) -> list[Element]:
    return [one for one in element.iter() if has_class(one, wanted)]


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def question(page: Page, number: int) -> Element:
    return next(one for one in page.elements() if one.get("id") == f"q{number}")


def get(browser: Browser, quiz: QuizRef, rest: str = "") -> Page:
    page = browser.get(f"/teach/paper/{quiz.public_id}{rest}")
    assert page.status == 200
    return page


def test_every_kind_has_room_for_its_answer_and_no_worksheet_holds_a_key(app: Flask, browser: Browser) -> None:
    quiz = publish(app, SECRETS)
    order = [kind.removeprefix("k-") for kind in re.findall(r"id: (k-\w+)", SECRETS)]
    assert sorted(order) == sorted(ROOM) == sorted(kinds())
    for version in "ABC":
        sheet = get(browser, quiz, f"?version={version}&sure=1")
        assert leaks(sheet) == []
        for number, kind in enumerate(order, 1):
            found = question(sheet, number)
            room, said = ROOM[kind]
            assert having(found, room), kind
            assert said in words(found), kind
            assert "How sure are you? Guessing Fairly sure Certain" in words(found)
    assert "How sure" not in "".join(words(question(get(browser, quiz, "?version=A"), n)) for n in range(1, 12))
    assert "right-sizing hours from June. The doors stay shut." in words(question(sheet, order.index("highlight") + 1))
    assert len(leaks(get(browser, quiz, "/key"))) > 40


def letters(element: Element, list_class: str) -> dict[str, str]:
    """The letter of each answer that a worksheet offers."""
    lines = (words(line) for found in having(element, list_class) for line in found.iter("li"))
    return {text: letter for letter, text in (line.split(" ", 1) for line in lines)}


def keyed(element: Element) -> Iterator[tuple[str, str]]:
    """Each letter that a key gives, with the words beside it."""
    for line in [*having(element, ".right"), *element.iter("td"), *having(element, ".gap-key")]:
        for place in [line, *line.iter("span")]:
            children = list(place)
            for pick, text in pairwise(children):
                if has_class(pick, ".pick") and (strong := next(iter(text.iter("strong")), None)) is not None:
                    yield words(strong), words(pick)


def test_letters_of_the_key_are_those_of_its_worksheet(app: Flask, browser: Browser) -> None:
    quiz = publish(app, SECRETS)
    seen: dict[int, set[tuple[tuple[str, str], ...]]] = {}
    for version in "ABC":
        sheet, key = (get(browser, quiz, f"{rest}?version={version}") for rest in ("", "/key"))
        code = words(having(sheet.tree, ".sheet-version")[0])
        assert code.startswith(f"Version {version} ")
        assert words(having(key.tree, ".sheet-version")[0]) == code
        for number, list_class, count in (
            (1, ".lettered", 1), (2, ".lettered", 2), (3, ".lettered", 1), (4, ".heaps", 3), (5, ".still", 3),
            (7, ".bank", 1),
        ):  # fmt: skip
            offered = letters(question(sheet, number), list_class)
            answers = list(keyed(question(key, number)))
            assert len(answers) == count, number
            assert [offered[text] for text, _ in answers] == [letter for _, letter in answers]
            seen.setdefault(number, set()).add(tuple(sorted(offered.items())))
    assert {number: len(orders) for number, orders in seen.items()} == {1: 3, 2: 3, 3: 1, 4: 1, 5: 3, 7: 2}


def test_a_key_says_what_earns_what(app: Flask, browser: Browser) -> None:
    key = get(browser, publish(app, SECRETS), "/key")
    said = [words(question(key, number)) for number in range(1, 12)]
    for number, part in (
        (1, "Marks: 1 mark."),
        (2, "A right answer left out costs 1/2, a wrong one 1; never below 0."),
        (4, "0 right: 0; 1 right: 1/3; 2 right: 2/3; 3 right: 1."),
        (6, "Two neighbours the wrong way round: 1/3."),
        (8, "7351.5 (7351.25 to 7351.75 counts)"),
        (9, "zqxi1 or zqxi2"),
        (10, "the points divided by 2"),
        (11, "Each phrase found earns 1/2"),
    ):
        assert part in said[number - 1], said[number - 1]
    assert "11 marks in all" in key.words
    assert [words(one) for one in question(key, 11).iter("u")] == ["right-sizing hours", "digital visits"]


def test_the_articles_questions_say_what_to_read_first(app: Flask, browser: Browser) -> None:
    quiz = publish(app, ARTICLE_BANK)
    plain = get(browser, quiz)
    assert "Read the article first" not in plain.words
    assert "With 1 question that needs the whole article" in plain.words
    whole = get(browser, quiz, "?version=A&article=1")
    assert "Read the article first: “Smoke over the hills”, Evening Post" in whole.words
    assert "You need the whole article for this question." in words(question(whole, 1))
    assert any("article=1" in link and "/key" in link for link in whole.links())


def test_choices_hold_from_worksheet_to_key(app: Flask, browser: Browser) -> None:
    sheet = get(browser, publish(app, SECRETS), "?version=C&large=1")
    (key,) = [link for link in sheet.links() if "/key" in link]
    assert "version=C" in key
    assert "large=1" in key
    assert "sure" not in key
    assert having(sheet.tree, ".sheet.large.version-c")
    assert browser.get("/teach/paper/0123456789abcdef").status == 404
    assert browser.get(sheet.path.replace("version=C", "version=Z")).status == 404


ODD = """\
format: 1
bank: odd
title: شبكات
language: ar
note: About storms.
questions:
  - id: long
    type: choice
    prompt: ما الكلمة التي تحمل حكماً؟
    options:
      - right: {long}
        why: So.
      - wrong: <b>short</b> & plain
""" + "".join(
    f"  - {{id: more-{n}, type: short, prompt: Which word is number {n}?, accept: [a], why: So.}}\n" for n in range(99)
)


def test_a_hundred_questions_long_answers_and_another_script(app: Flask, browser: Browser) -> None:
    quiz = publish(app, ODD.replace("{long}", "سطر طويل " * 60 + "x" * 300))
    sheet = get(browser, quiz)
    sections = having(sheet.tree, ".ask")
    assert len(sections) == 100
    assert {one.get("dir") for one in sections} == {"auto"}
    assert having(sheet.tree, ".sheet")[0].get("lang") == "ar"
    assert "x" * 300 in sheet.text
    assert "&lt;b&gt;short" in sheet.text
    assert "Before you begin: About storms." in sheet.words
    assert "About storms." not in get(browser, quiz, "?version=A").words
    assert len(having(get(browser, quiz, "/key").tree, ".solution")) == 100


def test_a_shared_text_is_printed_once_and_a_lost_picture_in_words(
    app: Flask, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    source = (
        "format: 1\nbank: maps\ntitle: Maps\nlanguage: en\nstimuli:\n"
        "  - {id: valley, kind: map, image: map.png, alt: Two rivers that meet., credit: Drawn here.}\n"
        "questions:\n"
    ) + "".join(
        f"  - {{id: q-{n}, type: short, about: valley, prompt: Which {n}?, accept: [a], why: So.}}\n" for n in (1, 2)
    )
    (tmp_path / "maps.yaml").write_text(source, encoding="utf-8")
    with app.app_context():
        assert not publishing.publish_file(tmp_path / "maps.yaml", skills=(), now=START).failed
        (quiz,) = assigning.list_quizzes()
    sheet = get(browser, quiz)
    (picture,) = [one for one in sheet.elements() if one.tag == "img"]
    assert sheet.words.count("Drawn here.") == 1
    with app.app_context():
        kept = picture_path((picture.get("src") or "").rsplit("/", 1)[-1])
    assert kept is not None
    kept.unlink()
    lost = get(browser, quiz)
    assert "A picture belongs here. It shows: Two rivers that meet." in lost.words
    assert not [one for one in lost.elements() if one.tag == "img"]


def test_pages_of_quizzes_and_results_lead_here(app: Flask, browser: Browser) -> None:
    quiz = publish(app, SECRETS)
    with app.app_context():
        teacher = factories.make_teacher("okoye")
        school_class = factories.make_class(teacher, "Ada")
        assignment = factories.assign(school_class, teacher, quiz)
    other = Browser(app)
    other.sign_in_staff(teacher)
    section = school_class.ref.public_id
    own = f"/teach/c/{section}/a/{assignment}"
    assert f"{own}/paper" in other.get(own).links()
    assert f"/teach/paper/{quiz.public_id}" in other.get(f"/teach/banks/{quiz.public_id}").links()
    assert f"/teach/paper/{quiz.public_id}" in other.get(f"/teach/c/{section}/assign").links()
    sheet = other.get(f"{own}/paper")
    assert "Class 9B" in words(having(sheet.tree, ".who-lines")[0])
    assert leaks(sheet) == []
    assert any(link.startswith(f"{own}/paper/key?") for link in sheet.links())
