"""The check of what an author wrote, with the skills and beliefs that questions of every bank may name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from quizapp.bank.checking import Checked, check_text
from quizapp.bank.model import Skill as SkillEntry
from quizapp.models import Misconception, Skill, db


def check_draft(text: str, *, now: datetime, pictures: Collection[str] | None = None) -> Checked:
    """Say all about a text: what it holds, if it can be read, and every finding.

    Args:
        now: the moment for which ages are told.
        pictures: the names of the pictures it has; None: they are taken to be there.
    """
    return check_text(
        text.encode(),
        "bank.yaml",
        skills=shared_skills(),
        today=now.date(),
        misconceptions=frozenset(db.session.scalars(sa.select(Misconception.slug))),
        pictures=pictures,
    )


def shared_skills() -> tuple[SkillEntry, ...]:
    """Return the skills that questions of every bank may name, in their order."""
    rows = db.session.scalars(sa.select(Skill).order_by(Skill.position))
    return tuple(
        SkillEntry(id=row.slug, name=row.name, definition=row.definition, strand=row.strand or None) for row in rows
    )
