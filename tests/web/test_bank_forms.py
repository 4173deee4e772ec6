"""A bank made and changed by filling in forms: every kind, nothing lost, nothing else touched."""

from __future__ import annotations

from io import BytesIO

from flask import Flask

from quizapp.items.registry import kinds
from quizapp.services import drafts, publishing
from tests import factories
from tests.clock import START
from tests.factories import SKILLS
from tests.pages import Browser, Fields, Page

HEAD = "format: 1\nbank: made-by-form\ntitle: Made by form\nlanguage: en\n"

#: What a teacher fills in for the shortest question of each kind that can be published.
SHORTEST: dict[str, Fields] = {
    "choice": {
        "prompt": "What does claimed do?",
        "options-0-text": "It keeps a distance",
        "options-1-text": "It proves the statement",
        "options-2-text": "Nothing at all",
        "explain-evidence": "The word leaves it open.",
    },
    "multiple": {
        "prompt": "What does the caption say?",
        "options-0-text": "People left",
        "options-1-text": "The water rose",
        "options-1-right": "y",
        "options-2-text": "It was Tuesday",
        "explain-evidence": "Read it again.",
    },
    "judge": {
        "prompt": "Check one thing. Does it say where the news comes from?",
        "passage": "The pool is closed, a notice says.",
        "verdict": "sound",
        "why": "The notice is named.",
    },
    "classify": {
        "prompt": "What kind of statement is each?",
        "heaps-0": "Fact",
        "heaps-1": "Taste",
        "statements-0-text": "It runs 148 minutes.",
        "statements-0-heap": "#1",
        "statements-1-text": "It drags.",
        "statements-1-heap": "#2",
        "explain-evidence": "A clock settles one of them.",
    },
    "match": {
        "prompt": "Who could know?",
        "pairs-0-left": "The bridge shook.",
        "pairs-0-right": "A witness",
        "pairs-1-left": "It was built in 1931.",
        "pairs-1-right": "The archive",
        "explain-evidence": "Each was in a place to know.",
    },
    "order": {
        "prompt": "Order these by how sure they sound.",
        "first": "least sure",
        "last": "most sure",
        "items-0-text": "It may close.",
        "items-1-text": "It will probably close.",
        "items-2-text": "It is likely to close.",
        "items-2-tied": "y",
        "items-3-text": "It closes.",
        "why": "Small words say how sure.",
    },
    "highlight": {
        "prompt": "Mark the phrase that softens.",
        "passage": "The board is [[right-sizing opening hours]] from June, it says on its page.",
        "spans-0-words": "right-sizing opening hours",
        "spans-0-why": "Hours that are cut are not brought to a right size.",
    },
    "gaps": {
        "prompt": "Complete the sentence.",
        "text": "At 6 a.m. [[1]], and [[2]] litres ran out.",
        "gaps-0-options-0-text": "a driver opened the tap",
        "gaps-0-options-0-right": "y",
        "gaps-0-options-1-text": "the tap was opened",
        "gaps-1-accept-0": "40",
        "explain-evidence": "The log says so.",
    },
    "numeric": {"prompt": "What share voted?", "answer": "15.5", "why": "1,240 of 8,000."},
    "short": {"prompt": "Which label must it carry?", "accept-0": "advertisement", "why": "It was paid for."},
    "open": {
        "prompt": "Write a headline.",
        "rubric-0-text": "Blank",
        "rubric-1-text": "Takes a side",
        "rubric-2-text": "Says who decided what",
    },
}
#: Lists that need one more row than a new form has, by kind.
MORE_ROWS = {"order": ["items"], "gaps": ["gaps"]}


class Desk:
    """A teacher with a draft and a browser."""

    def __init__(self, app: Flask, text: str = HEAD) -> None:
        self.app = app
        with app.app_context():
            publishing.publish_skills(SKILLS)
            self.teacher = factories.make_teacher()
            self.draft = drafts.create_draft(self.teacher.id, text, now=START)
        self.browser = Browser(app)
        self.browser.sign_in_staff(self.teacher)
        self.path = f"/teach/drafts/{self.draft}/form"

    def view(self) -> drafts.DraftView:
        with self.app.app_context():
            return drafts.read_draft(self.draft, self.teacher.id)

    @property
    def text(self) -> str:
        return self.view().text

    def get(self, path: str = "") -> Page:
        return self.browser.get(self.path + path)

    def send(self, page: Page, fields: Fields, do: str = "save") -> Page:
        return self.browser.submit(page, named="owner", fields={**fields, "do": do})


def test_a_question_of_each_kind_is_made_by_form_alone_and_published(app: Flask) -> None:
    assert set(SHORTEST) == set(kinds())
    desk = Desk(app)
    for kind, fields in SHORTEST.items():
        page = desk.get(f"/new/{kind}")
        for name in MORE_ROWS.get(kind, []):
            page = desk.send(page, {}, f"add {name}")
        page = desk.send(page, fields)
        assert page.status == 303, page.words
        again = desk.browser.follow(page)
        assert "Saved." in again.words
        assert "mend" not in again.words, (kind, again.words)
        before = desk.text
        assert desk.send(again, {}).status == 303
        assert desk.text == before, kind
    with app.app_context():
        done = drafts.publish_draft(desk.draft, desk.teacher.id, version=len(kinds()) + 1, note="", now=START)
    assert (done.title, done.changed) == ("Made by form", len(kinds()))


TABLE = "Question\tRight\tWrong\tWhy\nWho said it?\tThe mayor\tThe paper\tIt names her.\nWho knows?\n"


def test_a_pasted_table_is_shown_row_by_row_before_it_is_a_draft(app: Flask) -> None:
    desk = Desk(app)
    page = desk.browser.get("/teach/banks/new/table")
    fields: Fields = {"title": "From a sheet", "language": "en", "table": TABLE, "do": "look"}
    looked = desk.browser.submit(page, named="table", fields=fields)
    assert looked.status == 200
    assert "One question, one row left out" in looked.words
    assert "This row does not say which answer is right." in looked.words
    with app.app_context():
        assert len(drafts.my_drafts(desk.teacher.id)) == 1
    made = desk.browser.follow(desk.browser.submit(looked, named="table", fields={"do": "make"}))
    assert "One question is in your draft." in made.words
    assert "Who said it?" in made.words


def test_a_table_that_cannot_be_read_comes_back_with_what_to_do(app: Flask) -> None:
    desk = Desk(app)
    page = desk.browser.get("/teach/banks/new/table")
    for fields, sentence in (
        ({"title": "T", "table": " "}, "Paste a table, or choose a file."),
        ({"title": "", "table": TABLE}, "Give the bank a title."),
        ({"title": "T", "table": "Who said it?\nWho knows?"}, "The table has one column."),
        ({"title": "T", "table": "x" * 600_000}, "Paste a part of it."),
        ({"title": "T", "table": TABLE, "language": "English"}, "Write a language code"),
    ):
        again = desk.browser.submit(page, named="table", fields={"language": "en", **fields, "do": "make"})
        assert again.status == 422, fields["title"]
        assert sentence in again.words
        assert again.form(named="table").fields["table"].strip() == fields["table"].strip()


def test_a_file_is_read_into_the_page_and_looked_at_first(app: Flask) -> None:
    desk = Desk(app)
    token = desk.browser.token()
    for data, status, sentence in (
        (TABLE.encode("utf-16"), 200, "Who said it?"),
        (b"PK\x03\x04 a spreadsheet", 422, "choose “Save as” and CSV"),
    ):
        sent = {"csrf_token": token, "title": "T", "language": "en", "do": "make", "file": (BytesIO(data), "t.csv")}
        page = desk.browser.open("POST", "/teach/banks/new/table", data=sent)
        assert page.status == status
        assert sentence in page.words


def test_a_bank_begins_with_its_first_question(app: Flask) -> None:
    desk = Desk(app)
    page = desk.browser.submit(desk.browser.get("/teach/banks/new/form"), named="title", fields={"title": "Water"})
    first = desk.browser.follow(page)
    assert "New: One right answer" in first.words
    saved = desk.browser.submit(first, named="owner", fields={**SHORTEST["choice"], "do": "another"})
    assert "Here is room for the next one" in desk.browser.follow(saved).words
