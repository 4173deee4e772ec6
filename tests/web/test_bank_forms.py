"""A bank made and changed by filling in forms: every kind, nothing lost, nothing else touched."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from quizapp.bank import source
from quizapp.items.registry import kinds
from quizapp.services import bank_form_saving, drafts, publishing
from tests import factories
from tests.bank.archives import png
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
    "numeric": {"prompt": "What share voted?", "answer": "15,5", "why": "1,240 of 8,000."},
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
        return self.browser.follow(self.browser.get(self.path + path))

    def send_picture(self, page: Page, fields: Fields, data: bytes, do: str = "save") -> Page:
        """Sends a form as a browser does when a file was chosen in it."""
        form = page.form(named="owner")
        sent = {**form.fields.to_dict(flat=False), **fields, "do": do, "picture_file": (BytesIO(data), "Old Map.PNG")}
        return self.browser.open("POST", form.action or page.path, data=sent)

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
        assert kind != "numeric" or again.form(named="owner").fields["answer"] == "15.5"
        before = desk.text
        assert desk.send(again, {}).status == 303
        assert desk.text == before, kind
    advice = desk.browser.get(f"/teach/drafts/{desk.draft}/publish")
    assert "Warning, Question 1, Answer 2. Say why this answer is wrong" in advice.words
    assert "Add “The best that can be said for the other side” under “Why”" in advice.words
    assert "Note, Question 8, Gap 1, Answers to choose from. There are 2 answers here." in advice.words
    assert ("<pre" in advice.text, f"{desk.path}/who-could-know#prompt" in advice.links()) == (False, True)
    with app.app_context():
        done = drafts.publish_draft(desk.draft, desk.teacher.id, version=len(kinds()) + 1, note="", now=START)
    assert (done.title, done.changed) == ("Made by form", len(kinds()))


TABLE = "Question\tRight\tWrong\tWhy\nWho said it?\tThe mayor\tThe paper\tIt names her.\nWho knows?\n"
SITE_TABLE = (
    "Question\tAnswer 1\tAnswer 2\tTime limit\tCorrect\nWho said it?\tShe\tHe\t30\t1\nWho knows?\tShe\tHe\t30\t2\n"
)


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
    assert "why its answer is right" not in made.words


def test_a_table_without_reasons_leads_to_the_questions_that_need_one(app: Flask) -> None:
    desk = Desk(app)
    page = desk.browser.get("/teach/banks/new/table")
    assert "one sentence that says why its answer is right" in page.words
    looked = desk.browser.submit(page, named="table", fields={"title": "T", "language": "en", "table": SITE_TABLE})
    assert "Line 1: What stands in these columns was left out: Time limit." in looked.words
    made = desk.browser.follow(desk.browser.submit(looked, named="table", fields={"do": "make"}))
    assert "2 questions do not say why their answer is right." in made.words
    first = desk.browser.get(f"{made.path}/who-said-it")
    assert first.path in made.links()
    saved = desk.browser.submit(first, named="owner", fields={"explain-evidence": "It names her.", "do": "save"})
    assert saved.status == 303, saved.words
    assert "Go to question 2, the first to mend" in desk.browser.get(made.path).words


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


BANK = """\
format: 1
bank: water
title: Water
language: en
stimuli:
  - id: notice
    kind: quote
    quote: The pool is closed.
questions:
  # keep this note
  - id: one
    type: choice
    about: notice
    prompt: What does it say?
    options:
      - right: It is closed
        why: It says so.
        odd: kept
      - wrong: It is old
  - id: two
    type: nothing
    prompt: A kind that is not there
  - id: three
    type: order
    prompt: Order these
    first: early
    last: late
    items: [a, b]
    why: So.
"""


def test_what_is_unfinished_is_kept_and_told_at_its_field(app: Flask) -> None:
    desk = Desk(app)
    page = desk.send(desk.get("/new/choice"), {"options-1-why": "A reason without its answer", "options-0-text": "A"})
    again = desk.browser.follow(page)
    assert "Saved." in again.words
    assert "to mend before it can be published" in again.words
    assert again.form(named="owner").fields["options-1-why"] == "A reason without its answer"
    assert "Write the text of this answer." in again.words
    prompt = next(one for one in again.elements() if one.get("name") == "prompt")
    assert prompt.get("aria-invalid") == "true"
    assert "prompt-error" in str(prompt.get("aria-describedby"))
    assert "“prompt:”" not in again.words
    listed = desk.get()
    assert "Nothing written yet" in listed.words
    assert "things to mend" in listed.words


def test_what_the_form_does_not_know_stays_and_is_named(app: Flask) -> None:
    desk = Desk(app, BANK)
    page = desk.get("/one")
    assert "It keeps as it is in the text: Odd" in page.words
    assert desk.send(page, {"options-0-text": "It is shut", "prompt": "What now?"}).status == 303
    assert desk.text == BANK.replace("What does it say?", "What now?").replace("It is closed\n", "It is shut\n")
    assert "Only in the text, line" in desk.get().words
    assert desk.get("/two").status == 404


def test_what_a_menu_no_longer_offers_is_shown_with_what_to_do(app: Flask) -> None:
    own = """\
  - id: four
    type: classify
    about: gone
    skill: Reporting verbs
    also: [Odd ones]
    heaps: [Fact, Taste]
    statements:
      - text: It runs 148 minutes.
        heap: Opinion
"""
    desk = Desk(app, BANK + own)
    page = desk.get("/four")
    form = page.form(named="owner").fields
    values = {"about": "gone", "skill": "Reporting verbs", "also-0": "Odd ones", "statements-0-heap": "Opinion"}
    assert {name: form[name] for name in values} == values
    assert "There is no such skill" in page.words
    assert "“Reporting verbs” is not in this list" not in page.words  # the check has said so
    added = desk.send(page, {"heaps-1": "", "statements-0-heap": "#7"}, "add heaps")
    for value in ("gone", "Reporting verbs", "Odd ones", "#7"):
        assert f"“{value}” is not in this list. Choose again." in added.words
    other = desk.get("/four")
    assert desk.send(page, {"prompt": "The first tab"}).status == 303
    changed = desk.send(other, {"prompt": "The second tab", "about": "notice"})
    assert (changed.status, "The second tab" in changed.text) == (409, True)
    assert "Something to look at: gone" in changed.text
    chosen = [one for one in changed.elements() if one.get("value") == "notice"]
    assert [one.get("selected") is not None for one in chosen] == [True]
    assert "“Reporting verbs” is not in this list." in changed.words
    assert changed.form(named="owner").fields["skill"] == "Reporting verbs"
    assert desk.send(changed, {}).status == 303
    assert "skill: Reporting verbs" in desk.text


def test_rows_are_added_and_moved_before_anything_is_saved(app: Flask) -> None:
    desk = Desk(app, BANK)
    page = desk.get("/three")
    more = desk.send(page, {"items-1-text": "c"}, "add items")
    moved = desk.send(more, {"items-2-text": "d", "items-2-tied": "y"}, "up items-2")
    assert [moved.form(named="owner").fields[f"items-{n}-text"] for n in range(3)] == ["a", "d", "c"]
    focused = next(one for one in moved.elements() if one.get("autofocus") is not None)
    assert focused.get("name") == "items-1-text"
    assert desk.text == BANK
    assert desk.send(moved, {}).status == 303
    assert "      - tied:\n          - a\n          - d\n      - c\n" in desk.text


def test_a_second_tab_is_shown_both_and_writes_over_only_knowingly(app: Flask) -> None:
    desk = Desk(app, BANK)
    first, second = desk.get("/one"), desk.get("/one")
    assert desk.send(first, {"prompt": "The first tab"}).status == 303
    page = desk.send(second, {"prompt": "The second tab"})
    assert page.status == 409
    said = "Question: The first tab\nSomething to look at: The pool is closed.\nAnswer 1: It is closed\n    This is"
    assert said in page.text
    assert page.form(named="owner").fields["prompt"] == "The second tab"
    assert "prompt: The first tab" in desk.text
    assert desk.send(page, {}).status == 303
    assert "prompt: The second tab" in desk.text
    assert "odd: kept" in desk.text
    asked = desk.send(desk.get("/one"), {}, "remove")
    assert desk.send(desk.get("/one"), {"prompt": "Changed once more"}).status == 303
    refused = desk.browser.submit(asked, fields={"do": "remove now"})
    assert (refused.status, "Changed once more" in refused.words) == (409, True)
    assert "prompt: Changed once more" in desk.text


def test_tabs_on_different_questions_do_not_get_in_each_others_way(app: Flask) -> None:
    desk = Desk(app, BANK)
    first, second, head = desk.get("/one"), desk.get("/three"), desk.get()
    assert desk.send(first, {"prompt": "The first tab"}).status == 303
    assert desk.send(second, {"prompt": "The second tab"}).status == 303
    assert desk.browser.submit(head, named="source-title", fields={"note": "The third", "do": "save"}).status == 303
    assert [f": The {name}" in desk.text for name in ("first tab", "second tab", "third")] == [True, True, True]


def test_going_back_to_an_empty_form_changes_the_question_it_made(app: Flask) -> None:
    desk = Desk(app, BANK)
    empty = desk.get("/new/short")
    assert desk.send(empty, {}, "back").location == desk.path
    nothing = desk.send(empty, {}, "another")
    assert (nothing.status, desk.text) == (422, BANK)
    assert "Nothing is written here yet" in nothing.words
    assert desk.send(empty, SHORTEST["short"]).status == 303
    assert desk.send(empty, SHORTEST["short"]).status == 303
    again = desk.send(empty, {**SHORTEST["short"], "prompt": "Said better"}, "another")
    assert again.location is not None
    assert desk.text.count("type: short") == 1
    assert "prompt: Said better" in desk.text
    assert "Said better" in desk.browser.follow(desk.browser.get(empty.form(named="owner").action or "")).text
    other = desk.browser.follow(again)
    assert desk.send(other, {**SHORTEST["short"], "prompt": "Another"}).status == 303
    assert desk.text.count("type: short") == 2
    elsewhere = desk.browser.get(f"{desk.path}/another")
    assert desk.send(elsewhere, {"prompt": "Another again"}).status == 303
    assert desk.send(other, {**SHORTEST["short"], "prompt": "Late"}).status == 409


def test_what_was_typed_survives_a_question_that_is_gone_and_a_text_that_broke(app: Flask) -> None:
    desk = Desk(app, BANK)
    page, head = desk.get("/one"), desk.get()
    asked = desk.send(page, {}, "remove")
    assert "What does it say?" in asked.words
    gone = desk.browser.submit(asked, fields={"do": "remove now"})
    assert "Question 1 was removed. What does it say?" in gone.words
    assert "keep this note" not in desk.text
    again = desk.send(page, {"prompt": "Typed meanwhile"})
    assert again.status == 409
    saved = desk.send(again, {})
    assert saved.status == 303
    assert "prompt: Typed meanwhile" in desk.text
    with app.app_context():
        drafts.save_draft(desk.draft, desk.teacher.id, "a: b: c", version=desk.view().version, now=START)
    broken = desk.send(again, {"prompt": "Kept"})
    assert broken.status == 409
    assert broken.form(named="owner").fields["prompt"] == "Kept"
    note = desk.browser.submit(head, named="source-title", fields={"note": "A note typed late.", "do": "save"})
    assert (note.status, "A note typed late." in note.text) == (409, True)
    listed = desk.get()
    assert "Nothing is lost: mend these places in the text" in listed.words
    assert "line 1" in listed.words


def test_questions_change_places_and_stale_presses_move_nothing(app: Flask) -> None:
    desk = Desk(app, BANK)
    version = str(desk.view().version)
    assert desk.browser.post(desk.path, {"do": "down one", "version": version}).status == 303
    assert desk.text.index("- id: two") < desk.text.index("# keep this note") < desk.text.index("- id: one")
    stale = desk.browser.post(desk.path, {"do": "up one", "version": version})
    assert stale.status == 409
    assert "nothing was moved" in stale.words


def test_something_to_look_at_is_made_and_chosen(app: Flask) -> None:
    desk = Desk(app, BANK)
    made = desk.send(desk.get("/new/stimulus"), {"kind": "post", "title": "A post", "text": "Wow, *look*."})
    assert made.location is not None
    assert made.location.endswith("/form/text/a-post")
    page = desk.get("/one")
    assert desk.send(page, {"about": "a-post"}).status == 303
    assert "about: a-post" in desk.text
    asked = desk.send(desk.get("/text/a-post"), {}, "remove")
    assert "One question is about it" in asked.words
    assert desk.send(desk.get("/new/stimulus"), {"kind": "image", "image": "", "alt": "A lock"}).status == 303
    assert "A lock" in desk.send(desk.get("/text/a-lock"), {}, "remove").words
    assert desk.send(desk.get("/text/a-lock"), {"alt": "", "credit": "The town archive"}).status == 303
    assert "It has no title yet." in desk.send(desk.get("/text/a-lock"), {}, "remove").words


def test_title_and_notes_of_the_bank_are_changed_in_place(app: Flask) -> None:
    desk = Desk(app, BANK)
    fields: Fields = {"title": "Water: all of it", "source-title": "An article", "note": "Read first.", "do": "save"}
    fields["ages"] = "11–14"
    page = desk.get()
    assert desk.browser.submit(page, named="source-title", fields=fields).status == 303
    assert desk.text == BANK.replace(
        "title: Water\nlanguage: en\n",
        "title: 'Water: all of it'\nlanguage: en\nages: 11–14\nsource:\n  title: An article\nnote: Read first.\n",
    )
    stale = desk.browser.submit(page, named="source-title", fields={**fields, "title": "Mine"})
    assert stale.status == 409
    assert stale.form(named="source-title").fields["title"] == "Mine"
    assert desk.browser.submit(stale, named="source-title").status == 303
    assert "title: 'Mine'" in desk.text


def test_a_text_too_long_to_keep_comes_back_whole(app: Flask) -> None:
    desk = Desk(app, BANK)
    page = desk.send(desk.get("/one"), {"prompt": "long " * 3000})
    assert page.status == 422
    assert "Shorten this to 10,000 characters" in page.words
    assert len(page.form(named="owner").fields["prompt"]) > 14_000
    head = desk.browser.submit(desk.get(), named="source-title", fields={"note": "long " * 3000, "do": "save"})
    assert head.status == 422
    assert "There is a problem" in head.words
    assert desk.text == BANK


def test_a_question_is_one_press_away_from_how_students_see_it(app: Flask) -> None:
    desk = Desk(app, BANK)
    broken = desk.browser.follow(desk.send(desk.get("/three"), {"first": ""}, "see"))
    assert "Students could not answer it yet" in broken.words
    fields = {**SHORTEST["short"], "prompt": "What must it be called?"}
    seen = desk.browser.follow(desk.send(desk.get("/new/short"), fields, "see"))
    assert "What must it be called?" in seen.words
    assert f"{desk.path}/what-must-it-be-called" in seen.links()


def test_a_question_is_removed_from_the_list_after_a_question(app: Flask) -> None:
    desk = Desk(app, BANK)
    asked = desk.browser.post(desk.path, {"do": "remove three"})
    assert "Order these" in asked.words
    assert desk.text == BANK
    assert desk.send(desk.get("/one"), {}, f"up options-{'9' * 5000}").status == 200
    removed = desk.browser.submit(asked, fields={"do": "remove now"})
    assert "three" not in desk.text
    assert desk.browser.submit(asked, fields={"do": "remove now"}).location == desk.path
    stale = desk.browser.post(desk.path, {"do": "remove three"})
    assert (stale.status, "not there any more" in stale.words) == (409, True)
    for _twice in range(2):
        back = desk.browser.submit(removed, named="written", fields={"do": "put back"})
        assert back.status == 303
        assert desk.text == BANK


def test_a_note_for_which_there_is_no_more_room_comes_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(app, BANK)
    first = desk.send(desk.get("/new/short"), {})
    assert first.status == 422
    removed = desk.browser.submit(desk.browser.post(desk.path, {"do": "remove three"}), fields={"do": "remove now"})
    rest = desk.text
    for limit, most in (("MAX_BYTES", len(rest.encode()) + 10), ("MAX_PIECES", sum(map(rest.count, "\n,[{")))):
        monkeypatch.setattr(source, limit, most)
        full = desk.browser.submit(desk.get(), named="source-title", fields={"note": "Read this first.", "do": "save"})
        assert (full.status, "This bank is full" in full.words) == (413, True)
        assert full.form(named="source-title").fields["note"] == "Read this first."
        for path, named in (("/one", "owner"), ("/new/short", "owner")):
            full = desk.send(desk.get(path), {"prompt": "Who says so, and how does he know?"})
            assert (full.status, "This bank is full" in full.words) == (413, True)
            assert full.form(named=named).fields["prompt"] == "Who says so, and how does he know?"
        for _twice in range(2):
            removed = desk.browser.submit(removed, named="written", fields={"do": "put back"})
            assert (removed.status, desk.text) == (413, rest)
            assert "This bank is full" in removed.words
        monkeypatch.undo()
    assert desk.browser.submit(removed, named="written", fields={"do": "put back"}).status == 303
    assert desk.text == BANK


def test_what_cannot_be_put_back_stays_on_the_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(app, BANK)
    removed = desk.browser.submit(desk.browser.post(desk.path, {"do": "remove one"}), fields={"do": "remove now"})
    rest = desk.text

    def save(text: str) -> None:
        with app.app_context():
            drafts.save_draft(desk.draft, desk.teacher.id, text, version=desk.view().version, now=START)

    save("a: b: c")
    kept = desk.browser.submit(removed, named="written", fields={"do": "put back"})
    assert kept.status == 409
    assert "It could not be put back into a text with a mistake." in kept.words
    assert "prompt: What does it say?" in kept.words  # to be copied
    save(rest)

    def saved_from_elsewhere(*_args: object, **_fields: object) -> None:
        raise drafts.DraftChanged(rest, 1, START)

    with monkeypatch.context() as patch:
        patch.setattr(bank_form_saving, "save_draft", saved_from_elsewhere)
        kept = desk.browser.submit(kept, named="written", fields={"do": "put back"})
    assert (kept.status, "another page saved this draft just then" in kept.words) == (409, True)
    assert desk.browser.submit(kept, named="written", fields={"do": "put back"}).status == 303
    assert desk.text == BANK


def test_who_was_signed_out_signs_in_with_the_form_they_filled_in(app: Flask) -> None:
    desk = Desk(app, BANK)
    page = desk.get("/one")
    desk.browser.sign_out()
    typed = 'First "line"\nand <second>'
    late = desk.send(page, {"prompt": typed})
    assert (late.status, desk.text) == (401, BANK)
    assert late.form(named="prompt").fields["prompt"] == typed
    wrong = desk.browser.submit(late, named="prompt", fields={"again-login": "rivera", "again-password": "wrong"})
    assert wrong.status == 422
    assert "Passwords distinguish capitals" in wrong.words
    fields: Fields = {"again-login": desk.teacher.login, "again-password": factories.PASSWORD}
    saved = desk.browser.submit(wrong, named="prompt", fields=fields)
    assert saved.status == 303
    assert "and <second>" in desk.text
    assert "odd: kept" in desk.text
    desk.browser.sign_out()
    desk.browser.sign_in_staff(desk.teacher)
    stale = desk.send(page, {"prompt": "From an old page"})
    assert stale.status == 400
    assert desk.browser.submit(stale, named="prompt").status == 409


def test_who_signs_in_with_a_form_goes_on_from_the_page_that_comes(app: Flask) -> None:
    desk = Desk(app, BANK)
    sheet = desk.browser.get("/teach/banks/new/table")
    desk.browser.sign_out()
    fields: Fields = {"title": "From a sheet", "language": "en", "table": TABLE, "do": "look"}
    late = desk.browser.submit(sheet, named="table", fields=fields)
    assert late.status == 401
    again: Fields = {"again-login": desk.teacher.login, "again-password": factories.PASSWORD}
    looked = desk.browser.submit(late, named="table", fields=again)
    assert "One question, one row left out" in looked.words
    assert desk.browser.submit(looked, named="table", fields={"do": "make"}).status == 303


def test_the_id_of_an_answer_goes_with_no_other_answer_on_a_stale_page(app: Flask) -> None:
    desk = Desk(app, BANK.replace("It is old\n", "It is old\n        id: old-one\n"))
    page = desk.get("/one")
    # Meanwhile the answers changed places, and the one with the id says something else.
    text = desk.text.replace("      - wrong: It is old\n        id: old-one\n", "").replace(
        "    options:\n", "    options:\n      - wrong: It is new\n        id: old-one\n"
    )
    with app.app_context():
        drafts.save_draft(desk.draft, desk.teacher.id, text, version=1, now=START)
    again = desk.send(page, {})
    assert again.status == 409
    assert desk.send(again, {}).status == 303
    assert "old-one" not in desk.text
    assert desk.text.index("right: It is closed") < desk.text.index("odd: kept") < desk.text.index("wrong: It is old")


def test_who_keeps_a_question_keeps_what_was_typed_into_it(app: Flask) -> None:
    desk = Desk(app, BANK)
    asked = desk.send(desk.get("/one"), {"prompt": "Typed, not saved", "options-1-text": "Another"}, "remove")
    assert "Remove this question?" in asked.words
    kept = desk.browser.submit(asked, named="prompt", fields={"do": "keep"})
    assert (kept.status, desk.text) == (200, BANK)
    assert kept.form(named="owner").fields["prompt"] == "Typed, not saved"
    assert desk.send(kept, {}).status == 303
    assert "prompt: Typed, not saved" in desk.text
    assert "wrong: Another" in desk.text


def test_what_was_typed_is_never_lost_with_its_draft(app: Flask) -> None:
    desk = Desk(app, BANK)
    page, head = desk.get("/one"), desk.get()
    with app.app_context():
        drafts.discard_draft(desk.draft, desk.teacher.id)
        other = factories.make_teacher(login="other")
    late = desk.send(page, {"prompt": "Typed too late"})
    assert late.status == 404
    assert "not there any more, or it is not yours" in late.words
    made = desk.browser.submit(late, named="text", fields={"do": "form"})
    assert made.location is not None
    assert "Typed too late" in desk.browser.follow(made).words
    note = desk.browser.submit(head, named="source-title", fields={"note": "Read it first.", "do": "save"})
    assert (note.status, "Read it first." in note.text) == (404, True)
    assert desk.browser.post(desk.path, {"do": "up one", "version": "1"}).status == 404
    with app.app_context():
        desk.draft = drafts.create_draft(desk.teacher.id, BANK, now=START)
    desk.path = f"/teach/drafts/{desk.draft}/form"
    page = desk.get("/one")
    desk.browser.sign_out()
    desk.browser.sign_in_staff(other)
    stale = desk.browser.submit(desk.send(page, {"prompt": "Mine"}), named="prompt")
    assert stale.status == 404
    fields: Fields = {"again-login": desk.teacher.login, "again-password": "wrong"}
    wrong = desk.browser.submit(stale, named="prompt", fields=fields)
    assert wrong.status == 422
    assert "Passwords distinguish capitals" in wrong.words
    again = desk.browser.submit(wrong, named="prompt", fields={**fields, "again-password": factories.PASSWORD})
    assert again.status == 303
    assert "prompt: Mine" in desk.text


def test_a_student_who_signed_in_meanwhile_sees_only_what_was_typed(app: Flask) -> None:
    desk = Desk(app, BANK)
    page = desk.get("/one")
    with app.app_context():
        school_class = factories.make_class(desk.teacher, "Ada Lovelace")
    desk.browser.sign_out()
    desk.browser.sign_in_student(school_class, school_class.pupils[0])
    late = desk.send(page, {"prompt": "Words of the teacher"})
    assert late.status == 404
    assert "Words of the teacher" in late.text
    assert "Keep it in a new bank" not in late.words
    fields: Fields = {"again-login": desk.teacher.login, "again-password": factories.PASSWORD}
    assert desk.browser.submit(late, named="prompt", fields=fields).status == 303
    assert "prompt: Words of the teacher" in desk.text


def test_everything_leads_back_to_the_form_until_a_text_is_saved(app: Flask) -> None:
    desk = Desk(app, BANK.replace("type: nothing", "type: open"))
    editor = f"/teach/drafts/{desk.draft}"
    desk.send(desk.get("/three"), {}, "back")
    broken = desk.browser.get(f"{editor}/publish")
    assert "Mistake, Question 1, Answer 1. There is no field “odd” here." in broken.words
    assert "Mistake, Question 2, Points, and what earns them. This is still empty." in broken.words
    assert {f"{desk.path}/one#options-0", f"{desk.path}/two#rubric"} <= broken.links()
    assert "<pre" not in broken.text
    pages = ["/teach/banks", f"{editor}/preview/1", f"{editor}/publish", f"{editor}/files"]
    for path in pages:
        links = desk.browser.get(path).links()
        assert (desk.path in links, editor in links) == (True, False), path
    assert desk.browser.submit(desk.browser.get(editor), named="text").location == editor
    for path in pages:
        links = desk.browser.get(path).links()
        assert (desk.path in links, editor in links) == (False, True), path
    assert desk.browser.submit(desk.browser.get(editor), named="text", fields={"do": "form"}).location == desk.path
    with app.app_context():
        published, draft = factories.publish_own(desk.teacher)
    opened = desk.browser.post(f"/teach/b/{published.bank}/edit")
    assert opened.location == f"/teach/drafts/{draft}/form"
    form = desk.browser.follow(opened)
    assert "Delete this draft" in form.words
    assert f"/teach/drafts/{draft}/files" in form.links()


def test_a_picture_comes_with_the_form_of_a_question_or_of_what_it_is_about(app: Flask) -> None:
    desk = Desk(app, BANK)
    lost = desk.send_picture(desk.get("/one"), {}, png(), "add options")
    assert "choose it again before you save" in lost.words
    bare = desk.send_picture(desk.get("/one"), {"prompt": "What does it show?"}, png())
    assert (bare.status, desk.text) == (422, BANK)
    assert "Say in words what the picture shows" in bare.words
    said: Fields = {"picture_alt": "A map of the valley", "picture_credit": "The town archive"}
    refused = desk.send_picture(bare, said, b"no picture")
    assert (refused.status, dict(desk.view().pictures)) == (422, {})
    saved = desk.send_picture(refused, said, png())
    assert saved.status == 303
    assert "about: a-map-of-the-valley\n    prompt: What does it show?" in desk.text
    assert "image: old-map.png\n    alt: A map of the valley\n    credit: The town archive" in desk.text
    other = desk.send_picture(desk.get("/text/notice"), {"kind": "", "alt": "Two"}, png(2))
    assert other.status == 303
    assert "kind: image\n    quote: The pool is closed.\n    image: old-map-2.png\n    alt: Two" in desk.text
    assert desk.send_picture(desk.get("/new/stimulus"), {"alt": "Three"}, png(2)).status == 303
    pictures = desk.view().pictures
    assert sorted(pictures) == ["old-map-2.png", "old-map.png"]
    assert f"/media/{pictures['old-map-2.png']}" in desk.get("/text/notice").text


def test_a_picture_of_a_question_that_is_not_saved_leaves_nothing_in_the_text(app: Flask) -> None:
    desk = Desk(app, BANK)
    stale = desk.get("/one")
    assert desk.send(desk.get("/one"), {"prompt": "Meanwhile"}).status == 303
    text = desk.text
    conflict = desk.send_picture(stale, {"prompt": "Late", "picture_alt": "A map"}, png())
    assert (conflict.status, desk.text) == (409, text)
    assert "choose it again before you save" in conflict.words
    for status in (303, 409):  # a second press of the same page
        assert desk.send_picture(conflict, {}, png()).status == status
        assert "about: a-map\n    prompt: Late" in desk.text
    assert (desk.text.count("alt: A map"), list(desk.view().pictures)) == (1, ["old-map.png"])
