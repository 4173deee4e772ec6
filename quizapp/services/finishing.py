"""Handing in, by the student or because time is over: drafts are frozen, and what has no mark gets one."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Attempt, AttemptItem, Response, ScoreReason, db
from quizapp.services.correcting import apply_to_new, hold_rules
from quizapp.services.scoring import score_missing
from quizapp.services.timing import GRACE
from quizapp.services.writing import writing

AT_ONCE = 200
"""How many ended attempts one round hands in; the next round takes the rest."""

log = logging.getLogger(__name__)


def hand_in_ended(*, now: datetime) -> int:
    """Hand in what was saved in every attempt whose time is over and that nobody handed in.

    Each in a turn of its own, so that students who are still writing wait for one at most, and one
    that cannot be marked holds up no other.

    Returns:
        How many were handed in.
    """
    ended = sa.and_(Attempt.submitted_at.is_(None), Attempt.ends_at <= now - GRACE)
    ids = db.session.scalars(sa.select(Attempt.id).where(ended).order_by(Attempt.ends_at).limit(AT_ONCE)).all()
    done = 0
    for attempt_id in ids:
        try:
            with writing() as session:
                # Asked again: more time may have been given since.
                done += finish(session, sa.and_(Attempt.id == attempt_id, ended), now=now)
        except Exception:
            # One attempt that cannot be marked must not keep those after it from being handed in.
            log.exception("An attempt could not be handed in at its end; trying again later.")
    return done


def finish(session: Session, which: sa.ColumnElement[bool], *, now: datetime) -> bool:
    """Hand in one attempt, if it is not handed in already. The caller commits.

    Returns:
        Whether this call handed it in.
    """
    hold_rules(session, which)
    attempt_id = session.scalar(
        sa.update(Attempt)
        .where(which, Attempt.submitted_at.is_(None))
        .values(
            submitted_at=sa.case(
                (Attempt.ends_at < now, Attempt.ends_at), else_=sa.bindparam("now", now, Attempt.started_at.type)
            )
        )
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    if attempt_id is None:
        return False
    row = session.get_one(Attempt, attempt_id, populate_existing=True)
    session.execute(
        sa.update(Response)
        .where(
            Response.attempt_item_id.in_(sa.select(AttemptItem.id).where(AttemptItem.attempt_id == row.id)),
            Response.frozen_at.is_(None),
        )
        .values(frozen_at=now)
        .execution_options(synchronize_session=False)
    )
    score_missing(session, row, reason=ScoreReason.HANDED_IN, now=now)
    apply_to_new(session, row, now=now)
    return True
