"""Rows that are written once. A correction is a new revision or a new score, never an edit."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Mapper

from quizapp.models.base import Base
from quizapp.models.content import BankRevision, ItemRevision, QuizItem, QuizRevision
from quizapp.models.learning import AttemptItem, ChosenOption, Score

FROZEN: tuple[type[Base], ...] = (
    BankRevision,
    ItemRevision,
    QuizRevision,
    QuizItem,
    AttemptItem,
    Score,
    ChosenOption,
)


class FrozenRowError(RuntimeError):
    """Something tried to change a row that must never change."""


def _refuse(mapper: Mapper[Base], connection: object, row: Base) -> None:
    raise FrozenRowError(f"{type(row).__name__} rows are never changed; add a new one.")


for _model in FROZEN:
    event.listen(_model, "before_update", _refuse)
