"""A room in the browser without scripts: paste, come in, mark, show, mark again, close."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import factories
from tests.pages import Browser, Fields, Page

PROMPT = "Mark what softens."


class Room:
    """A teacher's browser with an open room, and browsers of students."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.owner = factories.make_teacher()
        self.teacher = Browser(app)
        self.teacher.sign_in_staff(self.owner)

    def open(self, text: str = factories.PASSAGE, prompt: str = PROMPT) -> Page:
        started = self.start(text, prompt)
        assert started.status == 302, started.words
        self.board = started.location or ""
        self.path = self.board.removesuffix("/board")
        page = self.teacher.get(self.board)
        self.code = "".join("".join(e.itertext()) for e in page.elements() if e.get("class") == "join-code").replace(
            " ", ""
        )
        return page

    def start(self, text: str, prompt: str) -> Page:
        return self.teacher.submit(self.teacher.get("/teach/rooms"), fields={"text": text, "prompt": prompt})

    def join(self, nickname: str) -> Browser:
        browser = Browser(self.app)
        page = browser.submit(browser.get(f"/r/{self.code}"), fields={"nickname": nickname})
        assert page.status == 302, page.words
        return browser

    def mark(self, browser: Browser, *words: int) -> Page:
        page = browser.get(f"/r/{self.code}")
        return browser.submit(page, "/marks", fields={"a-answer": [str(word) for word in words]})

    def press(self, words: str, page: Page | None = None) -> Page:
        """Use the button of the board that says `words`."""
        page = page or self.teacher.get(self.board)
        (form,) = [
            form
            for form in page.forms()
            if words in ["".join(e.itertext()).strip() for e in form.element.iter("button")]
        ]
        (button,) = [e for e in form.element.iter("button") if "".join(e.itertext()).strip() == words]
        fields: Fields = {name: form.fields.getlist(name) for name in form.fields}
        if button.get("name"):
            fields[button.get("name", "")] = button.get("value", "")
        return self.teacher.open("POST", form.action or page.path, data=fields)


@pytest.fixture
def room(app: Flask) -> Room:
    made = Room(app)
    made.open()
    return made


def test_from_a_pasted_paragraph_to_the_swing(room: Room) -> None:
    ann, ben = room.join("Ann"), room.join("Ben")
    assert PROMPT in ann.get(f"/r/{room.code}").words
    assert room.mark(ann, 3, 4).status == 302
    assert room.mark(ben, 0).status == 302
    board = room.teacher.get(room.board)
    assert "2 of 2 have answered" in board.words
    assert "run-count" not in board.text
    assert "Ann" not in board.text
    room.press("Stop and show")
    board = room.teacher.get(room.board)
    assert "run-count" in board.text
    seen = ann.get(f"/r/{room.code}")
    assert "What 2 people marked" in seen.words
    assert "[you marked: right-size opening ]" in seen.words
    room.press("Once more: round 2")
    again = ann.get(f"/r/{room.code}")
    assert "These are your marks from round 1" in again.words
    assert again.form("/marks").fields.getlist("a-answer") == ["3", "4"]
    ann.submit(again, "/marks")
    room.mark(ben, 3, 4)
    room.press("Stop and show")
    board = room.teacher.get(room.board)
    assert "2 people answered both rounds, and only their marks are compared. 1 changed something." in board.words
    assert "In round 1, 1 of 2 marked it; in round 2, 2." in board.words
    assert "What changed since round 1" in ben.get(f"/r/{room.code}").words
