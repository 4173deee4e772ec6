"""A room in the browser without scripts: paste, come in, mark, show, mark again, close."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from quizapp.services import room_door, room_members, rooms
from quizapp.services.rooms import RoomRef
from tests import factories
from tests.clock import START
from tests.pages import Browser, Fields, Form, Page

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
        return browser.submit(page, "/answer", fields={"a-answer": [str(word) for word in words]})

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
    assert "Ann" not in board.words
    # The warning comes while there is still a choice.
    for page in (board, room.teacher.get(room.path)):
        assert "Fewer than five have answered: if you show the answers now" in page.words
    room.press("Stop and show")
    board = room.teacher.get(room.board)
    assert "Fewer than five have answered: people may be able" in board.words
    assert "run-count" in board.text
    seen = ann.get(f"/r/{room.code}")
    assert "What 2 people answered" in seen.words
    assert "[you marked: right-size opening ]" in seen.words
    room.press("Once more: round 2")
    again = ann.get(f"/r/{room.code}")
    assert "This is your answer from round 1" in again.words
    assert again.form("/answer").fields.getlist("a-answer") == ["3", "4"]
    ann.submit(again, "/answer")
    room.mark(ben, 3, 4)
    room.press("Stop and show")
    board = room.teacher.get(room.board)
    assert "2 people answered both rounds, and only their marks are compared. 1 changed something." in board.words
    assert "In round 1, 1 of 2 marked it; in round 2, 2." in board.words
    assert "What changed since round 1" in ben.get(f"/r/{room.code}").words


def test_code_and_nickname_are_one_form_and_the_class_codes_box_takes_the_code_too(room: Room) -> None:
    browser = Browser(room.app)
    page = browser.submit(browser.get("/"), fields={"code": room.code[:3].lower() + " " + room.code[3:]})
    assert browser.get(page.location or "").location == f"/r/{room.code}"
    both: Fields = {"code": room.code.lower(), "nickname": "Ann"}
    assert browser.submit(browser.get("/r"), fields=both).location == f"/r/{room.code}"
    assert "you are Ann" in browser.get(f"/r/{room.code.lower()}").words
    twin = Browser(room.app)
    again = twin.submit(twin.get("/r"), fields={"code": room.code, "nickname": "ANN"})
    assert again.status == 422
    assert "has this nickname already. If it is you, go on with the device you came in with" in again.words
    assert 'value="ANN"' in again.text
    wrong = twin.submit(twin.get("/r"), fields={"code": "ZZZZZZ", "nickname": "Bo"})
    assert "No room has this code." in wrong.words
    assert "No room has this code." in twin.submit(twin.get("/"), fields={"code": "ZZZ-ZZZ"}).words
    assert twin.get("/r/ZZZZZZ").location == "/r"
    # The code of a class is longer; the page leads there, and looks the same whether there is such a class or not.
    with room.app.app_context():
        real = factories.make_class(factories.make_teacher("other")).ref.join_code
    for code in (real, "ZZZZ ZZZZ"):
        misled = twin.submit(twin.get("/r"), fields={"code": code, "nickname": "Bo"})
        assert (misled.status, "This looks like the code of a class" in misled.words) == (422, True)
        assert f'href="/j/{code.replace(" ", "")}"' in misled.text


def test_a_second_student_at_a_device_is_asked_who_it_is(room: Room) -> None:
    ann = room.join("Ann")
    room.mark(ann, 3)
    for path in ("/r", f"/r/{room.code}"):
        asked = ann.post(path, {"code": room.code, "nickname": "Ben"})
        assert (asked.status, "You are in as Ann" in asked.words) == (409, True)
        assert asked.form("/in").fields["nickname"] == "Ben"
    # The code typed again, or scanned, asks too; whoever is new goes to the door.
    assert ann.submit(ann.get("/"), fields={"code": room.code}).location == f"/r/{room.code}/in"
    assert Browser(room.app).get(f"/r/{room.code}/in").location == f"/r/{room.code}"
    taken = ann.submit(ann.get(f"/r/{room.code}/in"), "/in", fields={"nickname": "ANN "})
    assert taken.location == f"/r/{room.code}"
    assert "You are already here as Ann." in ann.follow(taken).words
    assert "already here" not in ann.get(f"/r/{room.code}").words
    same = ann.follow(ann.post(f"/r/{room.code}", {"nickname": "ann"}))
    assert "You are already here as Ann." in same.words
    room.join("Cleo")
    taken = ann.submit(asked, "/in", fields={"nickname": "Cleo"})
    assert (taken.status, "Somebody in this room has this nickname" in taken.words) == (422, True)
    assert ann.submit(asked, "/in").location == f"/r/{room.code}"
    page = ann.get(f"/r/{room.code}")
    assert "you are Ben" in page.words
    assert page.form("/answer").fields.getlist("a-answer") == []
    assert "1 of 3 have answered" in room.teacher.get(room.board).words


@pytest.mark.parametrize("path", ["/r", "/r/{code}", "/r/{code}/in"])
def test_a_room_that_closes_while_a_device_is_asked_who_it_is_says_so(
    room: Room, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    ann = room.join("Ann")
    room.join("Ben")
    join = room_members.join

    def slow_join(found: RoomRef, nickname: str, **how: Any) -> bool:
        try:
            return join(found, nickname, **how)
        finally:
            rooms.close_room(found, keep=False, now=how["now"])

    monkeypatch.setattr(room_members, "join", slow_join)
    sent = ann.post(path.format(code=room.code), {"code": room.code, "nickname": "Ben"})
    assert sent.location == f"/r/{room.code}"
    assert "This room is closed." in ann.follow(sent).words


def test_the_script_saves_asks_and_is_told(room: Room) -> None:
    ann = room.join("Ann")
    page = ann.get(f"/r/{room.code}")
    json = {"Accept": "application/json"}
    fields: Fields = {"round": "1", "a-answer": ["3"], "csrf_token": ann.token()}
    saved = [ann.open("POST", f"/r/{room.code}/answer", data=fields, headers=json).response.json for _ in range(2)]
    assert saved == [{"version": str(n), "saved_at": "09:00"} for n in (1, 2)]
    etag = ann.get(f"/r/{room.code}/now").headers["ETag"]
    state = etag.strip('"')
    assert f'data-room-state="{state}"' in page.text
    quiet = ann.get(f"/r/{room.code}/now", headers={"If-None-Match": etag})
    assert (quiet.status, quiet.body) == (304, b"")
    room.press("Stop, and talk first")
    assert ann.get(f"/r/{room.code}/now", headers={"If-None-Match": etag}).response.json == {"state": "1-talking"}
    # A phone that has not heard that its answer arrived sends it again; what comes new is too late.
    again = ann.open("POST", f"/r/{room.code}/answer", data=fields, headers=json)
    assert again.response.json == saved[1]
    late = ann.open("POST", f"/r/{room.code}/answer", data={**fields, "a-answer": ["4"]}, headers=json)
    assert (late.status, late.response.json) == (409, {"error": "over"})
    assert Browser(room.app).get(f"/r/{room.code}/now").response.json == {"state": "gone"}


def test_marks_that_come_too_late_are_shown_as_such_and_not_lost(room: Room) -> None:
    ann = room.join("Ann")
    page = ann.get(f"/r/{room.code}")
    room.press("Stop and show")
    late = ann.submit(page, "/answer", fields={"a-answer": ["3", "4"]})
    assert late.status == 409
    assert ann.get(late.path).location == f"/r/{room.code}"
    assert "came after round 1 was over, so it does not count; you can see it below" in late.words
    assert "[you marked: right-size opening ]" in late.words
    assert "Nobody has marked a word." in late.words
    room.press("Go on with this round")
    room.mark(ann, 0)
    room.press("Stop and show")
    both = ann.submit(page, "/answer", fields={"a-answer": ["3"]}).words
    assert both.index("[you marked: right-size ]") < both.index("Your answer that counts [you marked: The ]")
    room.press("Once more: round 2")
    late = ann.submit(page, "/answer", fields={"a-answer": ["3", "4"]})
    assert late.status == 409
    assert late.form("/answer").fields.getlist("a-answer") == ["3", "4"]
    assert late.form("/answer").fields["round"] == "2"
    assert "it is filled in below and counts in round 2 once you save it" in late.words
    unreadable: tuple[Fields, ...] = ({"round": "x"}, {"round": "9" * 30}, {"a-answer": ["77"]})
    for fields in unreadable:
        assert ann.submit(ann.get(f"/r/{room.code}"), "/answer", fields=fields).status == 422


def test_names_stand_on_the_teachers_own_page_only_and_one_click_takes_somebody_out(room: Room) -> None:
    rude = room.join("Rude Name")
    room.mark(rude, 0)
    assert "Rude Name" not in room.teacher.get(room.path).text
    assert "Rude Name" not in room.teacher.get(f"{room.board}/now").text
    listed = room.teacher.get(f"{room.path}?names=1")
    assert "Rude Name answered" in listed.words
    gone = room.teacher.follow(room.teacher.submit(listed, "/remove"))
    assert "This nickname and this browser cannot come back" in gone.words
    assert "0 of 0 have answered" in gone.words
    assert "Your teacher has taken out whoever was in this room with this browser." in rude.get(f"/r/{room.code}").words
    back = rude.post(f"/r/{room.code}", {"nickname": "Nicer"})
    assert "Your teacher has taken out whoever was in this room with this browser." in back.words
    barred = Browser(room.app).post(f"/r/{room.code}", {"nickname": "rude  NAME"})
    assert (barred.status, "This nickname cannot be used in this room any more." in barred.words) == (422, True)
    back = room.teacher.follow(room.teacher.submit(gone, "/let-back"))
    assert "“Rude Name” is back in, and the answers count again." in back.words
    assert "1 of 1 have answered" in back.words
    assert "Taken out" not in back.words
    shut = rude.post(f"/r/{room.code}", {"nickname": "Nicer"})
    assert (shut.status, "You are in as Rude Name" in shut.words) == (409, True)


def test_the_teacher_lets_nobody_else_in_and_sends_out_who_marked_nothing(room: Room) -> None:
    ann, slow = room.join("Ann"), room.join("Slow")
    room.mark(ann, 3)
    etag = room.teacher.get(f"{room.board}/now").headers["ETag"]
    control = room.teacher.get(room.path)
    assert "Nobody else may come in now." in room.teacher.follow(room.press("Nobody else may come in", control)).words
    told = room.teacher.get(f"{room.board}/now", headers={"If-None-Match": etag})
    assert (told.status, "nobody else may come in" in told.text) == (200, True)
    assert 'class="board is-locked"' in told.text
    late = Browser(room.app)
    refused = late.submit(late.get(f"/r/{room.code}"), fields={"nickname": "Late"})
    assert (refused.status, "Nobody else may come into this room now." in refused.words) == (422, True)
    gone = room.teacher.follow(room.press("Take them out", control))
    assert "1 person is out who had answered nothing." in gone.words
    assert "1 of 1 have answered" in gone.words
    room.press("Let people come in again", gone)
    assert slow.submit(slow.get(f"/r/{room.code}"), fields={"nickname": "Slow"}).status == 302


def test_the_parts_that_pages_ask_for_answer_304_until_something_changes(room: Room) -> None:
    for path in (f"{room.board}/now", f"{room.path}/now?names=1"):
        etag = room.teacher.get(path).headers["ETag"]
        assert room.teacher.get(path, headers={"If-None-Match": etag}).status == 304
        room.join(f"Ann {len(path)}")
        assert room.teacher.get(path, headers={"If-None-Match": etag}).status == 200


def test_what_cannot_be_used_is_told_in_a_sentence_and_stays_in_the_box(room: Room) -> None:
    for text, sentence in (
        ("", "Paste a paragraph first"),
        ("  \n ", "Paste a paragraph first"),
        ("word " * 5000, "This text has 5,000 words; a room takes up to 400."),
        ("市議会は図書館の開館時間を短縮すると発表した", "Put a bar (|) between the pieces"),
    ):
        page = room.start(text, PROMPT)
        assert page.status == 422
        assert sentence in page.words
        assert page.form(named="text").fields["text"].split() == text.split()
        assert page.form(named="text").fields["prompt"] == PROMPT
    long = room.start("Some words.", "x" * 301)
    assert "Shorten this to 300 characters or fewer." in long.words
    with room.app.app_context():
        assert len(room.teacher.get("/teach/rooms").words.split("Projector")) == 2


def test_markup_is_text_arabic_runs_from_the_right_and_an_empty_prompt_has_a_usual_one(room: Room) -> None:
    board = room.open("كلمة <b>x</b> & {{ 7*7 }}", "")
    assert "كلمة &lt;b&gt;x&lt;/b&gt; &amp; {{ 7*7 }}" in board.text
    assert 'class="passage marked" dir="rtl"' in board.text
    assert "Mark the words that make you feel something" in board.words
    page = room.join("Ann").get(f"/r/{room.code}")
    assert '<div class="passage" dir="rtl" data-wordpick>' in page.text


def test_closing_keeps_or_deletes_and_says_so(room: Room) -> None:
    assert room.teacher.post(f"{room.path}/delete").status == 404
    ann = room.join("Ann")
    room.mark(ann, 3)
    closed = room.teacher.follow(room.press("Close, and keep text and answers"))
    assert "kept, without nicknames" in closed.words
    assert "Round 1: 1 answered" in closed.words
    assert room.teacher.get(room.board).location == room.path
    over = ann.get(f"/r/{room.code}")
    assert (over.status, "This room is closed." in over.words) == (410, True)
    assert "This room is closed." in ann.submit(ann.get("/"), fields={"code": room.code}).words
    late = room.teacher.post(f"{room.path}/step", {"round": "1", "to": "open"})
    assert "This room was closed already" in room.teacher.follow(late).words
    room.teacher.submit(closed, "/delete")
    assert room.teacher.get(room.path).status == 404
    room.open()
    gone = room.teacher.follow(room.press("Close, and delete everything"))
    assert "Text, answers and nicknames are deleted." in gone.words
    # A projector that still asks is led to a page that says so, and a button in another tab leads there too.
    assert room.teacher.get(f"{room.board}/now").headers["HX-Redirect"] == room.path
    for page in (room.teacher.get(room.path), room.teacher.post(f"{room.path}/next", {"round": "1"})):
        assert (page.status, "all nicknames, are deleted" in page.words) == (410, True)
    stranger = Browser(room.app)
    with room.app.app_context():
        stranger.sign_in_staff(factories.make_teacher("stranger"))
    assert stranger.get(room.path).status == 404


def test_buttons_of_a_page_that_is_behind_do_nothing(room: Room) -> None:
    page = room.teacher.get(room.board)
    room.press("Stop and show", page)
    drawn = room.teacher.get(room.board)
    for _ in range(2):
        room.press("Once more: round 2", drawn)
    assert "round 2" in room.teacher.get(room.board).words
    behind = room.teacher.follow(room.press("Stop and show", page))
    assert "The room had moved on already" in behind.words
    odd: tuple[tuple[str, Fields], ...] = (
        ("step", {"round": "2", "seen": "open-00", "to": "nowhere"}),
        ("next", {}),
        ("lock", {}),
        ("close", {}),
    )
    for name, fields in odd:
        sent = room.teacher.follow(room.teacher.post(f"{room.path}/{name}", fields))
        assert (sent.status, "That button did nothing." in sent.words) == (200, True), name
    assert "round 2 · open · answers hidden" in sent.words
    assert "nobody else may come in" not in sent.words


def test_every_button_of_a_round_does_nothing_once_something_else_is_on(room: Room) -> None:
    before = {"open": room.teacher.get(room.path)}
    room.press("Stop, and talk first", before["open"])
    before["talking"] = room.teacher.get(room.path)
    room.press("Show", before["talking"])
    before["shown"] = room.teacher.get(room.path)
    states = {"shown": "round 1 · stopped: time to talk · answers shown", "again": "round 1 · open · answers hidden"}
    pressed = 0
    for now, drawn, twice in (("shown", ("open", "talking"), "talking-shown"), ("again", ("talking", "shown"), "open")):
        if now == "again":
            room.press("Go on with this round", before["shown"])
        for state in drawn:
            for form in round_forms(before[state]):
                sent = room.teacher.follow(room.teacher.open("POST", form.action or "", data=form.fields))
                assert states[now] in sent.words, form.fields
                assert ("moved on already" in sent.words) == (form.fields.get("to") != twice), form.fields
                pressed += 1
    assert pressed == 12


def round_forms(page: Page) -> list[Form]:
    return [form for form in page.forms() if "seen" in form.fields]


def test_every_button_of_a_room_that_was_closed_elsewhere_says_so(room: Room) -> None:
    room.join("Ann")
    room.join("Ben")
    out = room.teacher.submit(room.teacher.get(f"{room.path}?names=1"), f"{member_path(room, 'Ann')}/remove")
    page = room.teacher.follow(out)
    room.press("Close, and keep text and answers", page)
    forms = [form for form in page.forms() if (form.action or "").startswith("/teach/rooms/")]
    names = {(form.action or "").rsplit("/", 1)[1] for form in forms}
    assert names == {"step", "remove", "let-back", "lock", "send-out", "close"}
    for form in forms:
        sent = room.teacher.follow(room.teacher.open("POST", form.action or "", data={**form.fields, "keep": "no"}))
        assert "This room was closed already, so that button did nothing." in sent.words, form.action
        assert "kept" in sent.words.lower()
    room.teacher.submit(room.teacher.get(room.path), "/delete")
    for form in forms:
        assert room.teacher.open("POST", form.action or "", data=form.fields).status == 404


def member_path(room: Room, nickname: str) -> str:
    """The address of somebody in the room, as the list on the teacher's page has it."""
    with room.app.app_context():
        found = rooms.find_room(room.path.rsplit("/", 1)[1], room.owner.id, now=START)
        return next(f"/members/{one.public_id}" for one in room_door.members_of(found) if one.nickname == nickname)


def test_strangers_who_guess_codes_do_not_shut_out_who_is_in(app: Flask, room: Room) -> None:
    ann, stranger = room.join("Ann"), Browser(app)
    guesses = [stranger.get("/r/ZZZZZZ").status for _ in range(60)]
    assert guesses[-1] == 429
    assert ann.get(f"/r/{room.code}").status == 200
