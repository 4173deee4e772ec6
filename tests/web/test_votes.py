"""Vote, talk, vote again: a question of a bank in a room, without scripts."""

from __future__ import annotations

from textwrap import indent

import pytest
from flask import Flask

from quizapp.bank.examples import example, example_yaml
from quizapp.items.registry import kinds
from quizapp.models import ItemRevision, db
from tests import factories
from tests.pages import Browser
from tests.web.test_rooms import Room

KEYED = tuple(kind for kind in kinds() if not example(kind).rubric_points())


RIGHT = {
    "highlight": "Words that were looked for: right-sizing",
    "numeric": "15.5 % Best answer",
    "short": "advertisement Best answer",
    "gaps": "Gap 2, the best answer: 40",
}
"""What is told to be right where it is typed or marked."""


def bank_of_examples() -> str:
    lines = "".join(indent(example_yaml(kind), "  ") for kind in KEYED).splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.strip().startswith("skill:"))
    return f"format: 1\nbank: every-kind\ntitle: Every kind\nlanguage: en\nquestions:\n{kept}"


class VotingRoom(Room):
    """A room that votes, opened as the button on a question's page does it."""

    def vote_on(self, question: str) -> None:
        sent = self.teacher.post("/teach/rooms/vote", {"question": question})
        assert sent.status == 303, sent.words
        self.board = sent.location or ""
        self.path = self.board.removesuffix("/board")
        page = self.teacher.get(self.board)
        self.code = "".join("".join(e.itertext()) for e in page.elements() if e.get("class") == "join-code").replace(
            " ", ""
        )


@pytest.fixture
def questions(app: Flask) -> dict[str, str]:
    """Public ids of one question of every kind with a key, by kind."""
    with app.app_context():
        factories.publish(bank_of_examples())
        rows = db.session.scalars(db.select(ItemRevision)).all()
        return {row.content["item"]["type"]: row.public_id for row in rows}


@pytest.fixture
def room(app: Flask, questions: dict[str, str]) -> VotingRoom:
    made = VotingRoom(app)
    made.vote_on(questions["choice"])
    return made


def test_vote_talk_vote_again_and_reveal(app: Flask, room: VotingRoom) -> None:
    why = example("choice").explanation
    assert why is not None
    phones = [room.join(name) for name in ("Ann", "Ben", "Cy")]
    for phone, option in zip(phones, ("1", "1", "0"), strict=True):
        answer(room, phone, option)
    voting = room.teacher.get(room.board)
    assert "<em>claimed</em>" in voting.text.partition("</h1>")[0]
    assert "3 of 3 have voted" in voting.words
    assert "Chosen by" not in voting.words
    room.press("Stop, and talk first")
    talking = phones[0].get(f"/r/{room.code}")
    assert "How all voted is shown here when your teacher shows it." in talking.words
    assert "Your vote B: It" in talking.words
    assert "Chosen by" not in talking.words + room.teacher.get(room.board).words
    room.press("Vote again")
    assert "This is how you voted before." in phones[0].get(f"/r/{room.code}").words
    for phone in phones:
        answer(room, phone, "0")
    room.press("Stop and show")
    shown = room.teacher.get(room.board)
    assert "3 people voted both times, and only these votes are compared. 2 voted otherwise than before." in shown.words
    assert "best answer" not in shown.words
    assert "Wholly right" not in shown.words
    room.press("Show what is right")
    for page in (room.teacher.get(room.board), phones[2].get(f"/r/{room.code}")):
        assert "best answer" in page.words
        assert "Wholly right" in page.words
        assert "Ann" not in page.words


def answer(room: VotingRoom, phone: Browser, option: str) -> None:
    sent = phone.submit(phone.get(f"/r/{room.code}"), "/answer", fields={"a-answer": option})
    assert sent.status == 302, sent.words


@pytest.mark.parametrize("kind", KEYED)
def test_every_kind_can_be_voted_on(app: Flask, questions: dict[str, str], kind: str) -> None:
    room = VotingRoom(app)
    room.vote_on(questions[kind])
    ann = room.join("Ann")
    page = ann.get(f"/r/{room.code}")
    assert page.status == 200
    for untrue in ("takes marks away", "costs you", "with the feedback", "Your teacher can read this"):
        assert untrue not in page.words
    assert ann.submit(page, "/answer").status == 302
    room.press("Stop, and talk first")
    room.press("Show, and what is right")
    board = room.teacher.get(room.board)
    assert "1 left it blank." in board.words
    assert "0 of 1 have it wholly right." in board.words
    assert RIGHT.get(kind, "") in board.words
    if kind == "gaps":
        captions = ["".join(e.itertext()) for e in board.elements() if e.tag == "caption"]
        assert captions == ["Gap 1"]
    assert "<select" not in board.text
    assert "You left it blank." in ann.get(f"/r/{room.code}").words
    room.press("Close, and keep text and answers")
    assert "1 voted" in room.teacher.get(room.path).words
    assert room.teacher.get("/teach/rooms").status == 200


def test_a_question_that_a_teacher_marks_or_that_does_not_exist_is_not_voted_on(room: VotingRoom) -> None:
    assert room.teacher.post("/teach/rooms/vote", {"question": "nothing"}).status == 404
    assert room.teacher.post("/teach/rooms/vote", {}).status == 404


def test_a_vote_is_started_where_the_bank_is_laid_open(room: VotingRoom, questions: dict[str, str]) -> None:
    library = room.teacher.get("/teach/banks")
    (address,) = {link for link in library.links() if link.endswith("/questions")}
    laid_open = room.teacher.get(address)
    forms = [form for form in laid_open.forms() if form.action == "/teach/rooms/vote"]
    assert {form.fields["question"] for form in forms} == set(questions.values())


def test_a_verdict_without_marked_words_has_no_list_of_them(app: Flask, questions: dict[str, str]) -> None:
    room = VotingRoom(app)
    room.vote_on(questions["judge"])
    ann = room.join("Ann")
    for number in (1, 2):
        answer(room, ann, "0")
        room.press("Stop, and talk first")
        if number == 1:
            room.press("Vote again")
    room.press("Show, and what is right")
    board = room.teacher.get(room.board).words
    assert "What changed" in board
    assert "marked each word" not in board
    shown = ann.get(f"/r/{room.code}").words
    assert ("The number after words" in shown, "Nobody has marked a word." in shown) == (False, True)


def test_the_way_back_to_the_question(room: VotingRoom, questions: dict[str, str]) -> None:
    teacher, page = room.teacher, "/teach/c/aaaa/a/bbbb/q/2"
    assert f'href="{page}"' not in teacher.get(room.board).text
    ends: dict[str, str | list[str]] = {
        "question": questions["short"],
        "section": "aaaa",
        "assignment": "bbbb",
        "number": "2",
    }
    board = teacher.post("/teach/rooms/vote", ends).location or ""
    # Other votes are opened meanwhile, and the same one from another class; its address knows the way all the same.
    for number, kind in enumerate(("gaps", "match", "order", "judge", "short"), 3):
        teacher.post("/teach/rooms/vote", {**ends, "question": questions[kind], "number": str(number)})
    assert f'href="{page}"' not in teacher.get(board.partition("?")[0]).text
    seen = [teacher.get(board)]
    seen.append(teacher.follow(room.press("Stop, and talk first", seen[0])))
    own = next(link for link in seen[0].links() if link.startswith(board.replace("/board", "")))
    seen.append(teacher.get(own))
    seen.append(teacher.follow(room.press("Nobody else may come in", seen[-1])))
    for one in seen:
        assert f'href="{page}"' in one.text, one.path
    assert "/q/" not in teacher.get(f"{room.path}?question=odd").text
    assert room.press("Close, and delete everything", seen[1]).location == page
    assert room.press("Close, and delete everything").location == "/teach/rooms"
