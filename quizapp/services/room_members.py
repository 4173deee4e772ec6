"""The people in a room: coming in with a nickname, answering, and being told what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Room, RoomAnswer, RoomMember, RoomPhase, db
from quizapp.services import throttling
from quizapp.services.credentials import fold_name, read_join_code, token_hash
from quizapp.services.room_asked import Asked, Content
from quizapp.services.room_results import Round, count_round
from quizapp.services.rooms import RoomRef, asked_by, is_open, room_ref
from quizapp.services.rosters_import import clean
from quizapp.services.writing import upsert, writing

NICKNAME_MAX = 30
MEMBERS_MAX = 400
"""People in a room: a whole school, but no flood."""


class RoomError(ValueError):
    """Somebody was not let in, or an answer not taken; `reason` says why."""

    UNKNOWN = "unknown"
    """No room has this code."""
    CLOSED = "closed"
    OUT = "out"
    """The teacher has taken this browser out."""
    FULL = "full"
    LOCKED = "locked"
    """The teacher lets nobody else in."""
    TAKEN = "taken"
    BARRED = "barred"
    """The nickname of somebody whom the teacher has taken out."""
    NICKNAME = "nickname"
    OVER = "over"
    """No answers are taken in this round any more."""
    STRANGER = "stranger"
    """This browser has not come in."""
    SOMEBODY = "somebody"
    """This browser is in already, as somebody of another nickname."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MemberPage:
    """A room as one member sees it."""

    room: RoomRef
    asked: Asked
    nickname: str
    own: Content | None
    """What this member answered in the present round; None: nothing yet."""
    earlier: Content | None
    """What this member answered in the round before, to begin this one with."""
    sequence: int
    saved_at: datetime | None
    result: Round | None
    """What all answered, once no more answers are taken and the teacher shows it."""


@dataclass(frozen=True)
class Saved:
    """What came of a save."""

    sequence: int
    at: datetime


def open_room(code: str, *, network: str, key: str, now: datetime) -> RoomRef:
    """Return the room behind a code as typed, counting wrong codes of one network together with those of classes.

    Raises:
        RoomError: no room has this code, or it is closed.
        TooManyFailuresError: this network has tried too many codes.
    """
    limits = {throttling.throttle_key("code", network, key=key, now=now): throttling.CODES_PER_NETWORK}
    throttling.refuse_if_exhausted(limits, now=now)
    row = db.session.scalar(sa.select(Room).where(Room.code == read_join_code(code)))
    if row is None:
        throttling.count_failure(limits, now=now)
        raise RoomError(RoomError.UNKNOWN)
    if db.session.scalar(sa.select(Room.id).where(Room.id == row.id, is_open(now))) is None:
        raise RoomError(RoomError.CLOSED)
    return room_ref(row)


def join(
    room: RoomRef, nickname: str, *, visitor_hash: str, network: str, key: str, now: datetime, instead: bool = False
) -> bool:
    """Let somebody in with a nickname. Coming in twice from one browser with one nickname is the same as once.

    Args:
        visitor_hash: hash of the random id in this browser's cookie.
        instead: somebody else has the device now: whoever was in with this browser parts from it. Their answers
            stay and count; with none they leave, and the nickname is free again.

    Returns:
        Whether they are new; False where this browser was in with this nickname already.

    Raises:
        RoomError: the room is closed, locked or full, the nickname is taken, barred or cannot be used, this
            browser is in as somebody else, or the teacher has taken it out.
        TooManyFailuresError: this network has sent too many people.
    """
    name, folded = clean(nickname), fold_name(clean(nickname))
    if not folded or len(name) > NICKNAME_MAX or len(folded) > RoomMember.folded_name.type.length:
        raise RoomError(RoomError.NICKNAME)
    limits = {throttling.throttle_key("room", network, key=key, now=now): throttling.ROOM_JOINS_PER_NETWORK}
    throttling.refuse_if_exhausted(limits, now=now)
    throttling.count_failure(limits, now=now)
    hidden = _hidden(visitor_hash, room.code)
    with writing() as session:
        # One comes in at a time, so that neither a nickname nor the last seat is given twice.
        locked = session.scalar(sa.select(Room.locked).where(Room.id == room.id, is_open(now)).with_for_update())
        if locked is None:
            raise RoomError(RoomError.CLOSED)
        known = session.scalar(
            sa.select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.visitor_hash == hidden)
        )
        if known is not None and _stays(known, folded, instead=instead):
            return False
        if locked:
            raise RoomError(RoomError.LOCKED)
        if known is not None:
            _part(session, known, now)
        _refuse_taken_or_full(session, room.id, folded)
        session.add(RoomMember(room_id=room.id, nickname=name, folded_name=folded, visitor_hash=hidden, joined_at=now))
    return True


def nickname_in(code: str, visitor_hash: str, *, now: datetime) -> str:
    """Return as whom a browser is in a room.

    Raises:
        RoomError: this browser is not in a room of this code, was taken out, or the room is closed.
    """
    return _member(db.session(), code, visitor_hash, now).nickname or ""


def member_page(code: str, visitor_hash: str, *, now: datetime) -> MemberPage:
    """Return a room as a member sees it.

    Raises:
        RoomError: this browser is not in a room of this code, was taken out, or the room is closed.
    """
    member = _member(db.session(), code, visitor_hash, now)
    room = room_ref(db.session.get_one(Room, member.room_id))
    asked = asked_by(room)
    answers = {
        row.round: row
        for row in db.session.scalars(
            sa.select(RoomAnswer).where(
                RoomAnswer.member_id == member.id, RoomAnswer.round.in_([room.round - 1, room.round])
            )
        )
    }
    own, earlier = answers.get(room.round), answers.get(room.round - 1)
    return MemberPage(
        room=room,
        asked=asked,
        nickname=member.nickname or "",
        own=None if own is None else own.content,
        earlier=None if earlier is None else earlier.content,
        sequence=0 if own is None else own.sequence,
        saved_at=None if own is None else own.saved_at,
        result=count_round(room.id, asked, room.round) if room.told else None,
    )


def member_state(code: str, visitor_hash: str, *, now: datetime) -> str:
    """Return a word that changes when a member's page does: one short query, for phones that ask every few seconds."""
    row = db.session.scalar(
        sa.select(Room)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(_is_member(code, visitor_hash), RoomMember.removed_at.is_(None), is_open(now))
    )
    return "gone" if row is None else room_ref(row).state


def save(code: str, visitor_hash: str, number: int, content: Content, *, now: datetime) -> Saved:
    """Keep an answer: one guarded statement, so that none is taken after the round is over.

    What is stored already is confirmed at any time: a phone may not have heard it the first time.

    Args:
        number: the round that the answer is for, as its page said.

    Raises:
        RoomError: not in the room, taken out, the room closed or the round over.
    """
    seat = (
        sa.select(
            RoomMember.id,
            sa.literal(number),
            sa.literal(content, type_=RoomAnswer.content.type),
            sa.literal(now, type_=RoomAnswer.saved_at.type),
            sa.literal(1),
        )
        .join(Room, Room.id == RoomMember.room_id)
        .where(
            _is_member(code, visitor_hash),
            RoomMember.removed_at.is_(None),
            is_open(now),
            Room.phase == RoomPhase.OPEN,
            Room.round == number,
        )
        # On PostgreSQL a save that overlaps the end of the round waits for it; SQLite leaves the words out. The room is
        # taken before anything in it, as closing does, so that the two never wait for each other.
        .with_for_update(read=True, of=Room)
    )
    insert = upsert(RoomAnswer).from_select(["member_id", "round", "content", "saved_at", "sequence"], seat)
    guarded = insert.on_conflict_do_update(
        index_elements=[RoomAnswer.member_id, RoomAnswer.round],
        set_={
            "content": insert.excluded.content,
            "saved_at": insert.excluded.saved_at,
            "sequence": RoomAnswer.sequence + 1,
        },
    ).returning(RoomAnswer.sequence)
    with writing() as session:
        sequence = session.execute(guarded).scalar_one_or_none()
        if sequence is None:
            member = _member(session, code, visitor_hash, now)
            kept = session.get(RoomAnswer, (member.id, number))
            if kept is None or kept.content != content:
                raise RoomError(RoomError.OVER)
            return Saved(kept.sequence, kept.saved_at)
        return Saved(sequence, now)


def _stays(known: RoomMember, folded: str, *, instead: bool) -> bool:
    """Whether somebody who is in already comes in again, rather than somebody else with the same browser."""
    if known.removed_at is not None:
        raise RoomError(RoomError.OUT)
    if known.folded_name != folded and not instead:
        raise RoomError(RoomError.SOMEBODY)
    return known.folded_name == folded


def _refuse_taken_or_full(session: Session, room_id: int, folded: str) -> None:
    members = sa.select(RoomMember).where(RoomMember.room_id == room_id)
    namesake = session.scalar(members.where(RoomMember.folded_name == folded))
    if namesake is not None:
        raise RoomError(RoomError.TAKEN if namesake.removed_at is None else RoomError.BARRED)
    seated = sa.select(sa.func.count()).select_from(members.where(RoomMember.removed_at.is_(None)).subquery())
    if (session.scalar(seated) or 0) >= MEMBERS_MAX:
        raise RoomError(RoomError.FULL)


def _part(session: Session, member: RoomMember, now: datetime) -> None:
    """Part somebody from their browser."""
    member.visitor_hash = None
    if session.scalar(sa.select(RoomAnswer.round).where(RoomAnswer.member_id == member.id).limit(1)) is None:
        member.removed_at, member.folded_name = now, None
    session.flush()  # before the browser's id is given to the next, of whom there must be one


def _member(session: Session, code: str, visitor_hash: str, now: datetime) -> RoomMember:
    row = session.execute(
        sa.select(RoomMember, is_open(now))
        .join(Room, Room.id == RoomMember.room_id)
        .where(_is_member(code, visitor_hash))
    ).one_or_none()
    if row is None:
        raise RoomError(RoomError.STRANGER)
    member, still_open = row
    if not still_open:
        raise RoomError(RoomError.CLOSED)
    if member.removed_at is not None:
        raise RoomError(RoomError.OUT)
    found: RoomMember = member
    return found


def _is_member(code: str, visitor_hash: str) -> sa.ColumnElement[bool]:
    typed = read_join_code(code)
    return sa.and_(Room.code == typed, RoomMember.visitor_hash == _hidden(visitor_hash, typed))


def _hidden(visitor_hash: str, code: str) -> str:
    """What is stored of a browser's id: another hash in every room, so that rows of two rooms cannot be joined."""
    return token_hash(f"{code}:{visitor_hash}")
