"""Comments that a teacher keeps, for the next answer like the last."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import SavedComment, db
from quizapp.services.writing import writing

COMMENTS_KEPT = 30
"""Comments a teacher has at hand; the one unused for longest makes room."""

COMMENT_LENGTH = 300


def kept_comments(account_id: int) -> tuple[str, ...]:
    """Return the comments a teacher keeps, the last used first."""
    rows = db.session.scalars(
        sa.select(SavedComment.text)
        .where(SavedComment.account_id == account_id)
        .order_by(SavedComment.used_at.desc(), SavedComment.id.desc())
    )
    return tuple(rows)


def forget_comment(account_id: int, comment: str) -> None:
    """Take a comment out of those a teacher keeps."""
    with writing() as session:
        session.execute(
            sa.delete(SavedComment).where(SavedComment.account_id == account_id, SavedComment.text == comment)
        )


def keep_comment_for(session: Session, account_id: int, comment: str, now: datetime) -> None:
    """Keep a comment, or note that it was used again. The caller commits."""
    kept = session.scalars(
        sa.select(SavedComment)
        .where(SavedComment.account_id == account_id)
        .order_by(SavedComment.used_at.desc(), SavedComment.id.desc())
    ).all()
    row = next((one for one in kept if one.text == comment[:COMMENT_LENGTH]), None)
    if row is None:
        session.add(SavedComment(account_id=account_id, text=comment[:COMMENT_LENGTH], used_at=now))
        for one in kept[COMMENTS_KEPT - 1 :]:
            session.delete(one)
    else:
        row.used_at = now
