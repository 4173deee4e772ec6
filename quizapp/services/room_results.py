"""What a round came to, worked out once for all who look: three hundred phones ask in the same few seconds.

What is kept in memory belongs to one app, holds no names, is found again only by a fingerprint of the answers as they
are now, and is dropped when the room is closed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from quizapp.models import RoomAnswer, RoomMember, db
from quizapp.services.room_asked import Asked

ROUNDS_KEPT = 16

_Key = tuple[int, int]
"""A room and the number of a round."""


@dataclass(frozen=True)
class Round:
    """What a round came to, and how it differs from the one before."""

    number: int
    answered: int
    counted: Any
    """As what is asked counts it."""
    swing: Any | None
    """None in the first round, and while nobody has answered both."""


class Memory:
    """The rounds looked at last, with the fingerprint of the answers they were counted from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[Any, Round]] = OrderedDict()

    def get(self, key: _Key, fingerprint: Any) -> Round | None:
        """Return what is kept of a round, if it is still true."""
        with self._lock:
            found = self._kept.get(key)
        return None if found is None or found[0] != fingerprint else found[1]

    def put(self, key: _Key, fingerprint: Any, result: Round) -> None:
        """Keep a round, and forget the one counted longest ago when there are too many."""
        with self._lock:
            self._kept[key] = (fingerprint, result)
            self._kept.move_to_end(key)
            if len(self._kept) > ROUNDS_KEPT:
                self._kept.popitem(last=False)

    def drop(self, room_id: int) -> None:
        """Forget a room."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == room_id]:
                del self._kept[key]


def init_app(app: Flask) -> None:
    """Give the app its memory."""
    app.extensions["room_results"] = Memory()


def count_round(room_id: int, asked: Asked, number: int) -> Round:
    """Return what a round came to; those who were taken out are not counted."""
    memory: Memory = current_app.extensions["room_results"]
    fingerprint = (_fingerprint(room_id, number), asked.judged_by)
    kept = memory.get((room_id, number), fingerprint)
    if kept is not None:
        return kept
    result = _count(room_id, asked, number)
    memory.put((room_id, number), fingerprint, result)
    return result


def forget(room_id: int) -> None:
    """Drop what is kept in memory of a room."""
    memory: Memory = current_app.extensions["room_results"]
    memory.drop(room_id)


def _fingerprint(room_id: int, number: int) -> tuple[Any, ...]:
    """Changes with every save, and with everybody who is taken out."""
    rows = db.session.execute(
        sa.select(
            RoomAnswer.round,
            sa.func.count(),
            sa.func.sum(RoomAnswer.sequence),
            sa.func.sum(RoomAnswer.member_id),
        )
        .join(RoomMember, RoomMember.id == RoomAnswer.member_id)
        .where(_counting(room_id, number))
        .group_by(RoomAnswer.round)
        .order_by(RoomAnswer.round)
    )
    return tuple(tuple(row) for row in rows)


def _count(room_id: int, asked: Asked, number: int) -> Round:
    rows = db.session.execute(
        sa.select(RoomAnswer.member_id, RoomAnswer.round, RoomAnswer.content)
        .join(RoomMember, RoomMember.id == RoomAnswer.member_id)
        .where(_counting(room_id, number))
    ).all()
    now = {row.member_id: row.content for row in rows if row.round == number}
    before = {row.member_id: row.content for row in rows if row.round == number - 1}
    both = sorted(now.keys() & before.keys())
    return Round(
        number=number,
        answered=len(now),
        counted=asked.count(list(now.values())),
        swing=asked.swing([(before[member], now[member]) for member in both]) if both else None,
    )


def _counting(room_id: int, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        RoomMember.room_id == room_id, RoomMember.removed_at.is_(None), RoomAnswer.round.in_([number - 1, number])
    )
