"""Rooms: who comes in, what is counted and when, what the teacher shows, and that nothing is left of a closed one."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Room, RoomAnswer, RoomMember, RoomPassage, RoomPhase, db
from quizapp.services import retention, room_door, room_members, rooms, throttling
from quizapp.services.credentials import is_room_code, token_hash
from quizapp.services.room_members import MEMBERS_MAX, RoomError
from quizapp.services.room_results import Round, count_round
from quizapp.services.rooms import ROOM_LASTS, RoomRef
from quizapp.services.rosters import NotFoundError
from quizapp.services.throttling import TooManyFailuresError
from tests import factories
from tests.clock import START
from tests.factories import NETWORK, Teacher, instance_key
from tests.parallel import Task, at_once, pause_at
from tests.services.test_overlap import count

TABLES = (Room, RoomPassage, RoomMember, RoomAnswer)


class Lesson:
    """A room with Ann and Ben in it."""

    def __init__(self) -> None:
        self.teacher: Teacher = factories.make_teacher()
        self.first = factories.join_room(factories.open_room(self.teacher), "Ann", "Ben")

    @property
    def room(self) -> RoomRef:
        db.session.rollback()
        return rooms.find_room(self.first.public_id, self.teacher.id, now=START)

    def join(self, nickname: str, *, browser: str, instead: bool = False) -> None:
        visitor = token_hash(browser)
        room_members.join(
            self.first, nickname, visitor_hash=visitor, network=NETWORK, key=instance_key(), now=START, instead=instead
        )

    def mark(self, name: str, *words: int, number: int = 1, now: Any = START) -> int:
        content = {"words": list(words)}
        return room_members.save(self.first.code, token_hash(name), number, content, now=now).sequence

    def page(self, name: str) -> room_members.MemberPage:
        return room_members.member_page(self.first.code, token_hash(name), now=START)

    def state(self, name: str) -> str:
        return room_members.member_state(self.first.code, token_hash(name), now=START)

    def member(self, name: str) -> str:
        return next(line.public_id for line in room_door.members_of(self.room) if line.nickname == name)

    def step(self, phase: RoomPhase, *, shown: bool) -> bool:
        return rooms.set_phase(self.room, phase, shown=shown, now=START)

    def result(self, number: int) -> Round:
        return count_round(self.room.id, rooms.asked_by(self.room), number)

    def counts(self) -> dict[str, int]:
        overlay = self.result(self.room.round).counted
        return {word.text: word.count for word in overlay.words if word.count}


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def refused(reason: str) -> Any:
    return pytest.raises(RoomError, match=f"^{reason}$")


def reasons(tasks: list[Task]) -> list[str]:
    return sorted(str(task.error) for task in tasks if task.error is not None)


# ---------------------------------------------------------------- coming in


def test_whoever_is_taken_out_leaves_the_seat_to_another(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_members, "MEMBERS_MAX", 2)
    with refused(RoomError.FULL):
        factories.join_room(lesson.room, "Cy")
    room_door.remove_member(lesson.room, lesson.member("Ben"), now=START)
    factories.join_room(lesson.room, "Cy")
    assert [line.nickname for line in room_door.members_of(lesson.room)] == ["Ann", "Cy"]


def test_a_code_opens_its_room_and_wrong_ones_are_counted_with_those_of_classes(lesson: Lesson) -> None:
    code = lesson.first.code
    assert is_room_code(code)
    assert not is_room_code(code + "7K")

    def knock(typed: str) -> RoomRef:
        return room_members.open_room(typed, network=NETWORK, key=instance_key(), now=START)

    assert knock(lesson.first.shown_code.lower()).id == lesson.first.id
    for _ in range(throttling.CODES_PER_NETWORK.failures):
        with refused(RoomError.UNKNOWN):
            knock("ZZZ ZZZ")
    with pytest.raises(TooManyFailuresError):
        knock(code)
    with pytest.raises(TooManyFailuresError):
        factories.sign_in_pupil(factories.make_class(lesson.teacher, "Ada"), factories.Pupil(0, "", "Ada", ""))


def test_a_nickname_belongs_to_one_browser(lesson: Lesson) -> None:
    for taken in ("ann", " ÁNN ", "Ben"):
        with refused(RoomError.TAKEN):
            room_members.join(
                lesson.first, taken, visitor_hash="c" * 64, network=NETWORK, key=instance_key(), now=START
            )
    for impossible in ("", " \u200b ", "x" * 31, "ﷺ" * 30):
        with refused(RoomError.NICKNAME):
            room_members.join(
                lesson.first, impossible, visitor_hash="c" * 64, network=NETWORK, key=instance_key(), now=START
            )
    lesson.join("ann", browser="Ann")
    with refused(RoomError.SOMEBODY):
        lesson.join("Somebody else", browser="Ann")
    assert lesson.page("Ann").nickname == "Ann"
    with refused(RoomError.STRANGER):
        lesson.page("Cleo")
    hashes = set(db.session.scalars(sa.select(RoomMember.visitor_hash)))
    assert token_hash("Ann") not in hashes


def test_a_device_passes_to_somebody_else_and_what_was_marked_with_it_stays(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    lesson.join("Cleo", browser="Ann", instead=True)
    assert (lesson.page("Ann").nickname, lesson.page("Ann").own) == ("Cleo", None)
    lesson.mark("Ann", 5)
    assert lesson.counts() == {"right-size": 1, "opening": 1}
    for nickname, reason in (("ann", RoomError.TAKEN), ("Ben", RoomError.TAKEN)):
        with refused(reason):
            lesson.join(nickname, browser="Ann", instead=True)
    assert lesson.page("Ann").nickname == "Cleo"
    # Ben has marked nothing: he leaves, and his nickname is free.
    lesson.join("Dan", browser="Ben", instead=True)
    lesson.join("Ben", browser="Another")
    assert [line.nickname for line in room_door.members_of(lesson.room)] == ["Ann", "Cleo", "Dan", "Ben"]
    room_door.remove_member(lesson.room, lesson.member("Dan"), now=START)
    with refused(RoomError.OUT):
        lesson.join("Eve", browser="Ben", instead=True)


def test_a_locked_room_lets_nobody_else_in_and_who_has_marked_nothing_can_be_sent_out(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    room_door.set_locked(lesson.first, locked=True, now=START)
    for browser, instead in (("Cleo", False), ("Ann", True)):
        with refused(RoomError.LOCKED):
            lesson.join("Cleo", browser=browser, instead=instead)
    lesson.join("Ann", browser="Ann")
    assert room_door.remove_silent(lesson.first, now=START) == 1
    assert [line.nickname for line in room_door.members_of(lesson.room)] == ["Ann"]
    assert lesson.state("Ben") == "gone"
    with refused(RoomError.STRANGER):
        lesson.mark("Ben", 4)
    room_door.set_locked(lesson.first, locked=False, now=START)
    lesson.join("Ben", browser="Ben")
    lesson.mark("Ben", 4)
    assert room_door.remove_silent(lesson.first, now=START) == 0
    assert lesson.counts() == {"right-size": 2}


def test_whoever_is_taken_out_stays_out_under_any_name_and_no_longer_counts(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    lesson.mark("Ben", 4, 5)
    assert lesson.counts() == {"right-size": 2, "opening": 1}
    assert room_door.remove_member(lesson.room, lesson.member("Ben"), now=START) == "Ben"
    assert lesson.counts() == {"right-size": 1}
    assert [line.nickname for line in room_door.members_of(lesson.room)] == ["Ann"]
    with refused(RoomError.OUT):
        lesson.mark("Ben", 1)
    with refused(RoomError.OUT):
        lesson.page("Ben")
    assert lesson.state("Ben") == "gone"
    for nickname, browser, reason in (("Max", "Ben", RoomError.OUT), ("ben", "Max", RoomError.BARRED)):
        with refused(reason):
            room_members.join(
                lesson.first, nickname, visitor_hash=token_hash(browser), network=NETWORK, key=instance_key(), now=START
            )


def test_whoever_was_taken_out_by_mistake_is_let_back_in_with_name_and_marks(lesson: Lesson) -> None:
    lesson.mark("Ben", 4, 5)
    ann, ben = lesson.member("Ann"), lesson.member("Ben")
    room_door.remove_member(lesson.room, ben, now=START)
    assert [line.nickname for line in room_door.taken_out(lesson.room)] == ["Ben"]
    room_door.set_locked(lesson.room, locked=True, now=START)
    for _ in range(2):
        assert room_door.let_back(lesson.room, ben, now=START) == "Ben"
    assert room_door.taken_out(lesson.room) == ()
    assert (lesson.counts(), lesson.page("Ben").nickname) == ({"right-size": 1, "opening": 1}, "Ben")
    # Ann, who had marked nothing, left: nobody can take her out or let her in any more.
    room_door.remove_silent(lesson.room, now=START)
    assert room_door.taken_out(lesson.room) == ()
    for move in (room_door.remove_member, room_door.let_back):
        assert move(lesson.room, ann, now=START) is None
    assert [line.nickname for line in room_door.members_of(lesson.room)] == ["Ben"]
    rooms.close_room(lesson.room, keep=True, now=START)
    with pytest.raises(NotFoundError):
        room_door.let_back(lesson.first, ben, now=START)


def test_a_room_holds_a_school_and_no_flood(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MEMBERS_MAX >= 300
    assert throttling.ROOM_JOINS_PER_NETWORK.failures >= 2 * 300
    monkeypatch.setattr(room_members, "MEMBERS_MAX", 3)
    factories.join_room(lesson.first, "Cleo")
    with refused(RoomError.FULL):
        factories.join_room(lesson.first, "Dan")
    monkeypatch.setattr(throttling, "ROOM_JOINS_PER_NETWORK", throttling.Limit(4, timedelta(minutes=10)))
    with pytest.raises(TooManyFailuresError):
        factories.join_room(lesson.first, "Dan")


# ---------------------------------------------------------------- rounds


def test_marks_can_be_changed_while_the_round_is_open_and_not_after(lesson: Lesson) -> None:
    assert [lesson.mark("Ann", 1), lesson.mark("Ann", 4, 5)] == [1, 2]
    assert lesson.page("Ann").own == {"words": [4, 5]}
    lesson.step(RoomPhase.TALKING, shown=False)
    with refused(RoomError.OVER):
        lesson.mark("Ann", 1)
    lesson.step(RoomPhase.OPEN, shown=False)
    lesson.mark("Ann", 4)
    for other in (0, 2):
        with refused(RoomError.OVER):
            lesson.mark("Ann", 1, number=other)
    assert lesson.counts() == {"right-size": 1}
    assert count(RoomAnswer) == 1


def test_nobody_is_told_what_others_marked_before_the_own_marks_are_in(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    told, states = [], []
    for phase, shown in ((RoomPhase.OPEN, False), (RoomPhase.OPEN, True), (RoomPhase.TALKING, False)):
        lesson.step(phase, shown=shown)
        told.append(lesson.page("Ben").result)
        states.append(lesson.state("Ben"))
    assert told == [None, None, None]
    # Showing on the projector draws no phone anew while people mark.
    assert states == ["1-open", "1-open", "1-talking"]
    lesson.step(RoomPhase.TALKING, shown=True)
    result = lesson.page("Ben").result
    assert result is not None
    assert (result.answered, lesson.state("Ben")) == (1, "1-told")


def test_the_change_counts_only_who_answered_both_rounds(lesson: Lesson) -> None:
    factories.join_room(lesson.first, "Cleo")
    for name in ("Ann", "Ben", "Cleo"):
        lesson.mark(name, 1)
    rooms.next_round(lesson.room, now=START)
    page = lesson.page("Ann")
    assert (page.own, page.earlier, page.sequence) == (None, {"words": [1]}, 0)
    factories.join_room(lesson.first, "Late")
    lesson.mark("Ann", 4, 5, number=2)
    lesson.mark("Ben", 1, 4, 5, number=2)
    lesson.mark("Late", 4, number=2)
    found = lesson.result(2)
    assert found.swing is not None
    assert (found.answered, found.swing.both, found.swing.changed_their_mind) == (3, 2, 2)
    assert [(one.text, one.before, one.after) for one in found.swing.phrases] == [
        ("right-size opening", 0, 2),
        ("The", 2, 1),
    ]
    assert lesson.counts() == {"The": 1, "right-size": 3, "opening": 2}
    # Leaving everything blank is an answer, not absence.
    lesson.mark("Cleo", number=2)
    found = lesson.result(2)
    assert found.swing is not None
    assert found.swing.both == 3
    assert lesson.result(1).swing is None


def test_a_button_of_an_earlier_round_does_nothing(lesson: Lesson) -> None:
    before = lesson.room
    assert rooms.next_round(before, now=START)
    assert not rooms.next_round(before, now=START)
    assert not rooms.set_phase(before, RoomPhase.TALKING, shown=True, now=START)
    assert (lesson.room.round, lesson.room.phase, lesson.room.shown) == (2, RoomPhase.OPEN, False)
    before = lesson.room
    assert lesson.step(RoomPhase.TALKING, shown=False)
    assert not rooms.set_phase(before, RoomPhase.TALKING, shown=True, revealed=True, now=START)
    assert not rooms.next_round(before, now=START)
    for _ in range(2, rooms.ROUNDS_MAX):
        assert rooms.next_round(lesson.room, now=START)
    assert not rooms.next_round(lesson.room, now=START)


def test_what_the_teachers_pages_ask_for_changes_with_everything_they_show(lesson: Lesson) -> None:
    def digest() -> str:
        return rooms.pulse(lesson.first.public_id, lesson.teacher.id, now=START).digest

    seen = [digest()]
    for act in (
        lambda: lesson.mark("Ann", 1),
        lambda: lesson.mark("Ann", 2),
        lambda: lesson.mark("Ben"),
        lambda: factories.join_room(lesson.first, "Cleo"),
        lambda: lesson.step(RoomPhase.OPEN, shown=True),
        lambda: lesson.step(RoomPhase.TALKING, shown=True),
        lambda: room_door.remove_member(lesson.room, lesson.member("Ben"), now=START),
        lambda: rooms.next_round(lesson.room, now=START),
    ):
        act()
        seen.append(digest())
    assert len(set(seen)) == len(seen)
    assert digest() == seen[-1]


# ---------------------------------------------------------------- the end


def left() -> list[int]:
    return [count(table) for table in TABLES]


def test_closing_deletes_everything_but_that_there_was_a_room(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    room = lesson.room
    rooms.close_room(room, keep=False, now=START)
    assert left() == [1, 0, 0, 0]
    rooms.close_room(room, keep=True, now=START)
    assert not db.session.scalars(sa.select(Room.kept)).one()
    with pytest.raises(NotFoundError):
        _ = lesson.room
    with refused(RoomError.CLOSED):
        room_members.open_room(room.code, network=NETWORK, key=instance_key(), now=START)
    assert lesson.state("Ann") == "gone"
    retention.forget_the_old(now=START + ROOM_LASTS)
    assert left() == [0, 0, 0, 0]


def test_what_is_kept_has_no_names_and_can_be_deleted(lesson: Lesson) -> None:
    factories.join_room(lesson.first, "Rude")
    for name in ("Ann", "Ben", "Rude"):
        lesson.mark(name, 4)
    room_door.remove_member(lesson.room, lesson.member("Rude"), now=START)
    rooms.close_room(lesson.room, keep=True, now=START)
    columns = (RoomMember.nickname, RoomMember.folded_name, RoomMember.visitor_hash)
    assert set(db.session.execute(sa.select(*columns)).all()) == {(None, None, None)}
    retention.forget_the_old(now=START + timedelta(days=4000))
    assert left() == [1, 1, 2, 2]
    assert lesson.counts() == {"right-size": 2}
    page = rooms.rooms_page(lesson.teacher.id, now=START)
    assert [(line.room.public_id, line.members) for line in page.kept] == [(lesson.first.public_id, 2)]
    assert page.open == ()
    with refused(RoomError.STRANGER):
        lesson.page("Ann")
    rooms.delete_room(lesson.room)
    assert left() == [0, 0, 0, 0]


def test_a_room_that_nobody_closed_is_over_after_a_day(lesson: Lesson) -> None:
    lesson.mark("Ann", 4)
    late = START + ROOM_LASTS
    with refused(RoomError.CLOSED):
        lesson.mark("Ann", 5, now=late)
    with pytest.raises(NotFoundError):
        rooms.find_room(lesson.first.public_id, lesson.teacher.id, now=late)
    retention.forget_the_old(now=late - timedelta(seconds=1))
    assert left() == [1, 1, 2, 1]
    retention.forget_the_old(now=late)
    assert left() == [0, 0, 0, 0]


def test_rooms_belong_to_one_teacher(lesson: Lesson) -> None:
    other = factories.make_teacher("okoye")
    with pytest.raises(NotFoundError):
        rooms.pulse(lesson.first.public_id, other.id, now=START)
    assert rooms.rooms_page(other.id, now=START).open == ()
    theirs = factories.open_room(other)
    with pytest.raises(NotFoundError):
        room_door.remove_member(theirs, lesson.member("Ann"), now=START)


# ---------------------------------------------------------------- in the same instant


def test_a_mark_that_overlaps_the_end_of_the_round_is_refused_not_lost(
    app: Flask, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = lesson.room
    db.session.rollback()
    pause = pause_at(monkeypatch, rooms, "_change", after=True)
    ending = Task(app, lambda: rooms.set_phase(room, RoomPhase.TALKING, shown=True, now=START))
    pause.wait_until_reached()
    saving = Task(app, lambda: lesson.mark("Ann", 1))
    assert saving.waits()
    pause.let_go()
    assert ending.finish().result is True
    assert reasons([saving.finish()]) == [RoomError.OVER]
    assert count(RoomAnswer) == 0


def test_everything_at_once_has_one_outcome_each(app: Flask, lesson: Lesson) -> None:
    room = lesson.room
    assert sorted(task.result for task in at_once(app, 8, lambda: lesson.mark("Ann", 4))) == list(range(1, 9))
    twice = at_once(app, 6, lambda: factories.join_room(room, "Cleo"))
    assert (reasons(twice), count(RoomMember)) == ([], 3)
    numbers = itertools.count()

    def same_name() -> None:
        visitor = token_hash(f"browser {next(numbers)}")
        room_members.join(room, "Dan", visitor_hash=visitor, network=NETWORK, key=instance_key(), now=START)

    assert reasons(at_once(app, 6, same_name)) == [RoomError.TAKEN] * 5
    begun = at_once(app, 6, lambda: rooms.next_round(room, now=START))
    assert sorted(task.result for task in begun) == [False] * 5 + [True]
    present, turn = lesson.room, itertools.count()

    def mark_or_close() -> None:
        if next(turn) == 3:
            rooms.close_room(present, keep=False, now=START)
        else:
            lesson.mark("Ben", 1, number=2)

    tasks = at_once(app, 8, mark_or_close)
    assert set(reasons(tasks)) <= {RoomError.STRANGER, RoomError.CLOSED}
    assert left() == [1, 0, 0, 0]
