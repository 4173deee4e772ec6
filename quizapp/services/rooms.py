"""A teacher's rooms: opening, rounds, showing, closing, keeping.

What a room asks is behind `room_asked`; how people come in and answer is in `room_members`, whom the teacher sees in it
and takes out in `room_door`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import Room, RoomAnswer, RoomMember, RoomPhase, db
from quizapp.services import room_asked, room_results
from quizapp.services.credentials import new_room_code, request_hash, show_join_code
from quizapp.services.erasing import scrub
from quizapp.services.room_asked import Asked, PassageAsked
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing

ROOM_LASTS = timedelta(hours=24)
"""After so long a room that nobody closed is closed, and what is in it deleted."""
FEW = 5
"""Below so many answers people can tell whose is whose."""
ROUNDS_MAX = 20


class RoomClosedError(NotFoundError):
    """A teacher's own room is closed, and what was in it deleted."""


@dataclass(frozen=True)
class RoomRef:
    """A room as its pages name it."""

    id: int
    public_id: str
    code: str
    round: int
    phase: RoomPhase
    shown: bool
    revealed: bool
    opened_at: datetime
    closed_at: datetime | None
    kept: bool
    locked: bool
    """Nobody else may come in."""

    @property
    def shown_code(self) -> str:
        return show_join_code(self.code)

    @property
    def taking(self) -> bool:
        """Whether answers are taken."""
        return self.phase is RoomPhase.OPEN

    @property
    def closes_at(self) -> datetime:
        """When it is closed and deleted if nobody does."""
        return self.opened_at + ROOM_LASTS

    @property
    def look(self) -> str:
        """A word for what is on in this round: whether answers are taken, counts shown, and what is right told."""
        return f"{self.phase.value}-{int(self.shown)}{int(self.revealed)}"

    @property
    def told(self) -> bool:
        """Whether members see what all answered: not before their own answers are in."""
        return self.shown and not self.taking

    @property
    def state(self) -> str:
        """A word that changes whenever a member's page does."""
        seen = "revealed" if self.revealed else "told"
        return f"{self.round}-{seen if self.told else self.phase.value}"


@dataclass(frozen=True)
class RoomLine:
    """A room in the list."""

    room: RoomRef
    asked: Asked
    members: int


@dataclass(frozen=True)
class RoomsPage:
    open: tuple[RoomLine, ...]
    kept: tuple[RoomLine, ...]


@dataclass(frozen=True)
class Pulse:
    """What is cheap to know about a room, and tells whether a drawn page is still true."""

    room: RoomRef
    members: int
    answered: int
    """How many have answered in the present round."""
    saves: int
    key: str
    """What is right by now, as a word; "" where nothing is told of it."""

    @property
    def few(self) -> bool:
        return 0 < self.answered < FEW

    @property
    def digest(self) -> str:
        room = self.room
        return f"{room.round}-{room.look}{int(room.locked)}-{self.members}-{self.answered}-{self.saves}-{self.key}"


def open_passage(asked: PassageAsked, *, account_id: int, now: datetime, request_key: str | None = None) -> str:
    """Open a room that asks for words of a passage.

    Args:
        request_key: the form's random word; the same word never opens two rooms.

    Returns:
        The room's public id.
    """
    once = request_hash(request_key, account_id)
    try:
        with writing() as session:
            room = new_room(session, account_id, now=now, once=once)
            room_asked.store(session, room.id, asked)
            return room.public_id
    except IntegrityError:
        return db.session.scalars(
            sa.select(Room.public_id).where(Room.request_key == once, Room.account_id == account_id)
        ).one()


def new_room(session: Session, account_id: int, *, now: datetime, once: str | None = None) -> Room:
    """Add an open room with a code of its own, in the caller's transaction."""
    room = Room(account_id=account_id, code=_free_code(session), request_key=once, opened_at=now)
    session.add(room)
    session.flush()
    return room


def rooms_page(account_id: int, *, now: datetime) -> RoomsPage:
    """Return a teacher's open and kept rooms, newest first."""
    rows = db.session.scalars(
        sa.select(Room)
        .where(Room.account_id == account_id, sa.or_(Room.kept, is_open(now)))
        .order_by(Room.opened_at.desc(), Room.id.desc())
    ).all()
    asked = room_asked.asked_in(db.session(), [row.id for row in rows])
    members = dict(
        db.session.execute(
            sa.select(RoomMember.room_id, sa.func.count())
            .where(RoomMember.room_id.in_(asked), RoomMember.removed_at.is_(None))
            .group_by(RoomMember.room_id)
        ).all()
    )
    lines = [RoomLine(room_ref(row), asked[row.id], members.get(row.id, 0)) for row in rows if row.id in asked]
    return RoomsPage(
        open=tuple(line for line in lines if not line.room.kept), kept=tuple(line for line in lines if line.room.kept)
    )


def find_room(room: str, account_id: int, *, now: datetime) -> RoomRef:
    """Return a room of this teacher that is open, or kept.

    Raises:
        RoomClosedError: it is closed and deleted; told for a day after it was opened.
        NotFoundError: there is none, or another teacher's.
    """
    row = db.session.execute(
        sa.select(Room, is_open(now)).where(Room.public_id == room, Room.account_id == account_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("room")
    found, still_open = row
    if not (found.kept or still_open):
        raise RoomClosedError("room")
    return room_ref(found)


def pulse(room: str, account_id: int, *, now: datetime) -> Pulse:
    """Return how many are in a room and have answered; two short queries, for pages that ask every few seconds.

    A third, once what is right is told: a correction may change it under a page that stands open.

    Raises:
        RoomClosedError: it is closed and deleted.
        NotFoundError: no such room of this teacher.
    """
    found = find_room(room, account_id, now=now)
    row = db.session.execute(
        sa.select(
            sa.func.count(RoomMember.id),
            sa.func.count(RoomAnswer.member_id),
            sa.func.coalesce(sa.func.sum(RoomAnswer.sequence), 0),
        )
        .outerjoin(RoomAnswer, sa.and_(RoomAnswer.member_id == RoomMember.id, RoomAnswer.round == found.round))
        .where(RoomMember.room_id == found.id, RoomMember.removed_at.is_(None))
    ).one()
    return Pulse(found, *row, key=room_asked.key_sign(db.session(), found.id) if found.revealed else "")


def asked_by(room: RoomRef) -> Asked:
    """Return what a room asks.

    Raises:
        NotFoundError: it was closed a moment ago.
    """
    asked = room_asked.asked_in(db.session(), [room.id]).get(room.id)
    if asked is None:
        raise NotFoundError("room")
    return asked


def set_phase(room: RoomRef, phase: RoomPhase, *, shown: bool, revealed: bool = False, now: datetime) -> bool:
    """Take answers or stop taking them, show the counts or hide them.

    Args:
        revealed: show what is right too.
        room: as the page with the button showed it; once anything else is on, the button does nothing.

    Returns:
        Whether it was still so.
    """
    with writing() as session:
        return _change(session, room, now, phase=phase, shown=shown, revealed=revealed)


def next_round(room: RoomRef, *, now: datetime) -> bool:
    """Begin another round: counts are hidden again. Pressing the button twice begins one.

    Returns:
        Whether it began; not when anything else was on than on the page with the button, nor after the last of
        ROUNDS_MAX.
    """
    with writing() as session:
        if room.round >= ROUNDS_MAX:
            return False
        return _change(session, room, now, round=room.round + 1, phase=RoomPhase.OPEN, shown=False, revealed=False)


def close_room(room: RoomRef, *, keep: bool, now: datetime) -> None:
    """Close a room. Unless kept, everything asked, answered and called is deleted at once; nicknames always are.

    Closing twice is the same as once; what was kept stays.
    """
    with writing() as session:
        closed = rows_changed(
            session,
            sa.update(Room)
            .where(Room.id == room.id, Room.closed_at.is_(None))
            .values(closed_at=now, kept=keep)
            .execution_options(synchronize_session=False),
        )
        if closed:
            _forget_people(session, room.id) if keep else _empty(session, room.id)
    room_results.forget(room.id)
    scrub()


def delete_room(room: RoomRef) -> None:
    """Delete a kept room for good.

    Raises:
        NotFoundError: it is not a kept one; an open room is closed first.
    """
    with writing() as session:
        if not rows_changed(session, sa.delete(Room).where(Room.id == room.id, Room.kept)):
            raise NotFoundError("room")
    room_results.forget(room.id)
    scrub()


def end_old_rooms(session: Session, *, now: datetime) -> int:
    """Delete rooms that nobody closed in time, and what is left of closed ones, in the caller's transaction.

    Returns:
        How many rooms went.
    """
    old = sa.delete(Room).where(Room.opened_at <= now - ROOM_LASTS, ~Room.kept)
    return rows_changed(session, old.execution_options(synchronize_session=False))


def is_open(now: datetime) -> sa.ColumnElement[bool]:
    """The condition that a room is neither closed nor past its time."""
    return sa.and_(Room.closed_at.is_(None), Room.opened_at > now - ROOM_LASTS)


def room_ref(row: Room) -> RoomRef:
    """Return a stored room as its pages name it."""
    return RoomRef(
        row.id,
        row.public_id,
        row.code,
        row.round,
        row.phase,
        row.shown,
        row.revealed,
        row.opened_at,
        row.closed_at,
        row.kept,
        row.locked,
    )


def _change(session: Session, room: RoomRef, now: datetime, **values: Any) -> bool:
    changed = rows_changed(
        session,
        sa.update(Room)
        .where(
            Room.id == room.id,
            Room.round == room.round,
            Room.phase == room.phase,
            Room.shown == room.shown,
            Room.revealed == room.revealed,
            is_open(now),
        )
        .values(**values)
        .execution_options(synchronize_session=False),
    )
    return changed == 1


def _empty(session: Session, room_id: int) -> None:
    room_asked.forget(session, room_id)
    session.execute(sa.delete(RoomMember).where(RoomMember.room_id == room_id))


def _forget_people(session: Session, room_id: int) -> None:
    """Delete who was taken out, and make the others numbers."""
    here = RoomMember.room_id == room_id
    session.execute(sa.delete(RoomMember).where(here, RoomMember.removed_at.is_not(None)))
    session.execute(
        sa.update(RoomMember)
        .where(here)
        .values(nickname=None, folded_name=None, visitor_hash=None)
        .execution_options(synchronize_session=False)
    )


def _free_code(session: Session) -> str:
    while True:
        code = new_room_code()
        if session.scalar(sa.select(Room.id).where(Room.code == code)) is None:
            return code
