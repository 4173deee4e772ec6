"""The gallery of kinds: every example drawn, every answer marked, nothing stored."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.bank.examples import example, example_yaml
from quizapp.items.base import Example
from quizapp.items.registry import kinds
from quizapp.models import db
from quizapp.services import gallery as gallery_service
from quizapp.web.author import seed_of
from tests.factories import make_class, make_teacher
from tests.pages import Browser, Form, Page

KINDS = tuple(kinds())
CASES = [(kind, case) for kind in KINDS for case in kinds()[kind].EXAMPLES if case.case != "invalid"]
HEADINGS = {
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not this time",
    "blank": "Left blank",
    "waiting": "A teacher reads this",
}


@pytest.fixture
def database() -> str:
    """The gallery reads no table of its own, so one database is enough."""
    return "sqlite"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody on the staff."""
    with app.app_context():
        teacher = make_teacher()
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return browser


def form_of(page: Page, kind: str) -> Form:
    (found,) = [form for form in page.forms() if form.fields.get("kind") == kind]
    return found


def answer(app: Flask, page: Page, kind: str, case: Example) -> dict[str, str | list[str]]:
    """What a browser sends when this answer is chosen on this page."""
    with app.app_context():
        order = form_of(page, kind).fields["order"]
        seed = seed_of(order)
        assert seed is not None
        exhibit = gallery_service.gallery(seed).exhibit(kind)
    assert exhibit is not None
    item = exhibit.item
    response = item.from_words(case.words)
    filled = item.form(exhibit.shown, response=response, place=kind)
    sent: dict[str, str | list[str]] = {"kind": kind, "order": order}
    for field in filled:
        if field.data not in (None, "", []):
            sent[field.name] = field.data
    return sent


def section_of(page: Page, kind: str) -> str:
    (found,) = [e for e in page.elements() if e.tag == "section" and e.get("id") == kind]
    return " ".join("".join(found.itertext()).split())


def test_every_kind_is_drawn_with_its_source_and_purpose(browser: Browser) -> None:
    page = browser.get("/author/kinds")
    assert page.status == 200
    sources = ["".join(e.itertext()) for e in page.elements() if e.tag == "pre"]
    assert sources == [example_yaml(kind) for kind in KINDS]
    for kind in KINDS:
        form = form_of(page, kind)
        assert form.action == f"/author/kinds#{kind}-marked"
        assert any(name.startswith(f"a-{kind}-") for name in _names(form))
        legends = [e for e in form.element.iter() if e.tag == "legend"]
        assert len(legends) == 1
        assert [e.tag for e in legends[0]] == ["h3"]
    assert "Choose the one best answer." in section_of(page, "choice")


def _names(form: Form) -> list[str]:
    return [e.get("name", "") for e in form.element.iter() if e.get("name")]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value.case)
def test_answer_is_marked_as_its_kind_says(app: Flask, browser: Browser, kind: str, case: Example) -> None:
    page = browser.get("/author/kinds")
    marked = browser.post("/author/kinds", answer(app, page, kind, case))
    assert marked.status == 200
    words = section_of(marked, kind)
    assert HEADINGS[case.case] in words
    score = "none until a teacher has read it" if case.fraction is None else f"{case.fraction:.3g} of 1"
    assert f"Score: {score}" in words
    explanation = example(kind).explanation
    assert explanation is not None
    assert ("In the words" in words) == (explanation.evidence is not None)
    assert ("The idea" in words) == (explanation.principle is not None)
    assert [e for e in marked.elements() if "verdict" in (e.get("class") or "").split()] != []
    assert sum("Score:" in section_of(marked, other) for other in KINDS) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_order_and_answer_stay_on_the_page(app: Flask, browser: Browser, kind: str) -> None:
    page = browser.get("/author/kinds")
    case = next(case for case in kinds()[kind].EXAMPLES if case.case in {"right", "waiting"})
    sent = answer(app, page, kind, case)
    marked = browser.post("/author/kinds", sent)
    before, after = form_of(page, kind), form_of(marked, kind)
    assert _names(before) == _names(after)
    assert _labels(before) == _labels(after)
    for name, value in sent.items():
        assert after.fields.getlist(name) == (value if isinstance(value, list) else [value])


def _labels(form: Form) -> list[str]:
    return ["".join(e.itertext()) for e in form.element.iter() if e.tag in {"label", "option"}]


def test_visits_differ_in_their_order(app: Flask, browser: Browser) -> None:
    seen = {tuple(_labels(form_of(browser.get("/author/kinds"), "order"))) for _ in range(12)}
    assert len(seen) > 1
    with app.app_context():
        orders = {str(gallery_service.gallery(str(n)).exhibit("choice")) for n in range(12)}
    assert len(orders) > 1


@pytest.mark.parametrize("order", ["", "x", "seed.signature", None])
def test_changed_order_is_not_obeyed(browser: Browser, order: str | None) -> None:
    sent: dict[str, str | list[str]] = {"kind": "choice", "a-choice-answer": "0"}
    if order is not None:
        sent["order"] = order
    page = browser.post("/author/kinds", sent)
    assert page.status == 400
    assert "This page was changed on its way." in page.words
    assert "Score:" not in page.words


def test_unknown_kind_is_told_in_a_sentence(browser: Browser) -> None:
    order = form_of(browser.get("/author/kinds"), "choice").fields["order"]
    page = browser.post("/author/kinds", {"kind": "riddle", "order": order})
    assert page.status == 400
    assert "Choose your answer again." in page.words


def test_answer_that_cannot_be_is_an_error_beside_its_field(browser: Browser) -> None:
    order = form_of(browser.get("/author/kinds"), "numeric").fields["order"]
    page = browser.post("/author/kinds", {"kind": "numeric", "order": order, "a-numeric-answer": "many"})
    assert page.status == 422
    assert "#a-numeric-answer" in page.links()
    assert "Write a number" in section_of(page, "numeric")
    assert "Score:" not in page.words


def test_source_is_shown_as_text(browser: Browser) -> None:
    page = browser.get("/author/kinds")
    assert not [
        e for pre in page.elements() if pre.tag == "pre" for e in pre.iter() if e.tag not in {"pre", "code", "span"}
    ]


def test_only_staff_may_look(app: Flask, browser: Browser) -> None:
    stranger = Browser(app)
    page = stranger.get("/author/kinds")
    assert page.status == 302
    assert page.location is not None
    assert page.location.startswith("/sign-in")
    with app.app_context():
        school_class = make_class(make_teacher("okafor"), "Ada")
    student = Browser(app)
    student.sign_in_student(school_class, school_class.pupils[0])
    assert student.get("/author/kinds").status == 404
    assert "/author/kinds" in browser.get("/teach").links()
    assert "/author/kinds" not in student.get("/me").links()


def test_gallery_writes_nothing(app: Flask, browser: Browser) -> None:
    def rows() -> dict[str, int]:
        with app.app_context():
            names = sa.inspect(db.engine).get_table_names()
            count = {name: db.session.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) for name in names}  # noqa: S608 - the names of our tables
            db.session.remove()
        return count

    before = rows()
    page = browser.get("/author/kinds")
    for kind in KINDS:
        browser.post("/author/kinds", answer(app, page, kind, kinds()[kind].EXAMPLES[0]))
    assert rows() == before
    assert before
