"""Every sort of thing to judge, from a bank's file to the page beside its question."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from quizapp.services import assigning, publishing
from tests.clock import START
from tests.factories import assign, make_class, make_teacher, start
from tests.pages import Browser, Page

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40
STIMULI = """\
  - {id: quote, kind: quote, quote: "They <b>left</b> it & went.", context: "A *leaflet* says so.", gloss: {left: gone}}
  - {id: post, kind: post, who: Ana, date: 3 May, text: "**Look** at this!"}
  - {id: article, kind: article, title: Rain & wind, who: The Courier, text: "First.\\n\\nSecond."}
  - {id: map, kind: map, image: map.jpg, alt: Two roads that cross., credit: Drawn for this test.}
  - {id: image, kind: image, image: map.jpg, alt: A crossing., text: "In *words*."}
  - id: cards
    kind: cards
    cards: [{title: First card, who: Bo, text: "One *side*."}, {title: Second card, date: 4 May, text: "Another."}]
"""
KINDS = {
    "quote": "The words",
    "post": "The post",
    "article": "The article",
    "map": "The map",
    "image": "The picture",
    "cards": "The folder",
}
QUESTION = """\
  - {{id: about-{0}, type: numeric, about: {0}, prompt: How many?, answer: 2, why: Count.}}
"""
BANK = (
    "format: 1\nbank: stimuli\ntitle: Stimuli\nlanguage: en\nstimuli:\n"
    + STIMULI
    + "questions:\n"
    + "".join(QUESTION.format(kind) for kind in KINDS)
)


@pytest.fixture
def database() -> str:
    """Pages look the same on both databases."""
    return "sqlite"


@pytest.fixture
def asides(app: Flask, tmp_path: Path) -> dict[str, Element]:
    """The part beside each question, by the kind of its stimulus."""
    (tmp_path / "map.jpg").write_bytes(JPEG)
    (tmp_path / "bank.yaml").write_text(BANK, encoding="utf-8")
    with app.app_context():
        published = publishing.publish_file(tmp_path / "bank.yaml", skills=(), now=START)
        assert not published.failed, published.problems
        teacher = make_teacher()
        school_class = make_class(teacher, "Ada")
        attempt = start(assign(school_class, teacher, assigning.list_quizzes()[0]), school_class.pupils[0])
    browser = Browser(app)
    browser.sign_in_student(school_class, school_class.pupils[0])
    return {kind: aside(browser.get(f"/t/{attempt}/{place}")) for place, kind in enumerate(KINDS, start=1)}


def aside(page: Page) -> Element:
    (found,) = [e for e in page.elements() if e.tag == "section" and "evidence" in (e.get("class") or "").split()]
    return found


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_each_sort_has_its_name_and_no_other_part(asides: dict[str, Element]) -> None:
    for kind, title in KINDS.items():
        assert next(words(e) for e in asides[kind].iter() if e.tag == "h2") == title
        tags = {e.tag for e in asides[kind].iter()}
        assert ("blockquote" in tags) == (kind == "quote")
        assert ("img" in tags) == (kind in {"map", "image"})
        assert "mark" not in tags


def test_quote_is_plain_text_with_its_context_and_gloss(asides: dict[str, Element]) -> None:
    (quote,) = [e for e in asides["quote"].iter() if e.tag == "blockquote"]
    assert words(quote) == "They <b>left</b> it & went."
    assert [words(e) for e in asides["quote"].iter() if e.tag == "em"] == ["leaflet"]
    assert [words(e) for e in asides["quote"].iter() if e.tag in {"dt", "dd"}] == ["left", "gone"]


def test_post_and_article_name_who_and_when(asides: dict[str, Element]) -> None:
    assert "Ana · 3 May" in words(asides["post"])
    assert [words(e) for e in asides["post"].iter() if e.tag == "strong"] == ["Look"]
    assert [words(e) for e in asides["article"].iter() if e.tag == "h3"] == ["Rain & wind"]
    assert [words(e) for e in asides["article"].iter() if e.tag == "p"] == ["The Courier", "First.", "Second."]


def test_map_and_picture_have_words_and_credit(asides: dict[str, Element]) -> None:
    images = {kind: next(e for e in asides[kind].iter() if e.tag == "img") for kind in ("map", "image")}
    assert images["map"].get("alt") == "Two roads that cross."
    assert images["image"].get("alt") == "A crossing."
    assert images["map"].get("src") == images["image"].get("src")
    assert words(asides["map"]).count("Drawn for this test.") == 1
    assert "In words." in words(asides["image"])


def test_cards_lie_side_by_side(asides: dict[str, Element]) -> None:
    cards = [words(e) for e in asides["cards"].iter() if e.tag == "li"]
    assert cards == ["First card Bo One side.", "Second card 4 May Another."]
