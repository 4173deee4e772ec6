"""Marks are added, never changed; so is everything else that students answered against."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import quizapp.services
from quizapp.models import (
    FROZEN,
    AttemptItem,
    Base,
    ChosenOption,
    FrozenRowError,
    Item,
    ItemRevision,
    Score,
    ScoreReason,
    db,
)
from quizapp.services import attempts, progress, reviewing, starting
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import BANK, Pupil

CHANGES: dict[str, tuple[str, Any]] = {
    "BankRevision": ("title", "Another"),
    "ItemRevision": ("lineage", 9),
    "QuizRevision": ("title", "Another"),
    "QuizItem": ("item_revision_id", 999_999),
    "AttemptItem": ("shown", {"order": []}),
    "Score": ("fraction", 0.25),
    "ChosenOption": ("option", "another"),
}


@pytest.fixture
def handed_in() -> tuple[Pupil, str]:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    (ada,) = school_class.pupils
    attempt = factories.start(factories.assign(school_class, teacher, quiz), ada)
    attempts.check(ada.taker, attempt, 1, factories.wrong_for(attempt, 1), confidence=0.95, drawn=None, now=START)
    attempts.hand_in(ada.taker, attempt, now=START)
    return ada, attempt


@pytest.mark.usefixtures("handed_in")
def test_frozen_rows_refuse_every_change() -> None:
    assert set(CHANGES) == {table.__name__ for table in FROZEN}
    for table in FROZEN:
        field, value = CHANGES[table.__name__]
        with pytest.raises(FrozenRowError, match="add a new one"):
            change_newest(table, field, value)
        assert value not in db.session.scalars(sa.select(getattr(table, field))).all()


def change_newest(table: type[Base], field: str, value: object) -> None:
    with writing() as session:
        row = session.scalars(sa.select(table).order_by(*sa.inspect(table).primary_key)).all()[-1]
        assert getattr(row, field) != value
        setattr(row, field, value)


def bulk_changes(source: str, names: frozenset[str]) -> Iterator[str]:
    """Where a source changes frozen rows past the guard: `update(Score)`, `delete(Score)`, `upsert` that updates."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0] if node.args else None
        named = ast.unparse(first).split(".")[0] if first is not None else ""
        if called in {"update", "delete", "upsert", "insert", "bulk_update_mappings"} and named in names:
            yield f"line {node.lineno}: {ast.unparse(node)[:60]}"


TAKEN_AWAY = {
    "services/alternatives.py: sa.delete(AttemptItem)": "an unanswered question gives its place to another one",
    "services/erasing.py: sa.delete(Score)": "a person's data are deleted for good",
}
"""Where frozen rows are deleted, and why. Changed they are nowhere."""


def test_no_service_changes_frozen_tables_in_bulk() -> None:
    names = frozenset(table.__name__ for table in FROZEN)
    folder = Path(quizapp.services.__path__[0]).parent
    found = [
        f"{path.relative_to(folder)} {place}"
        for path in folder.rglob("*.py")
        if "migrations" not in path.parts
        for place in bulk_changes(path.read_text(encoding="utf-8"), names)
    ]
    assert {re.sub(r" line \d+", "", place) for place in found} == set(TAKEN_AWAY)
    planted = "session.execute(sa.update(Score).where(Score.id == 1).values(fraction=1.0))"
    assert len(list(bulk_changes(planted, names))) == 1


def test_a_mark_repeats_what_never_changes(handed_in: tuple[Pupil, str]) -> None:
    ada, _attempt = handed_in
    rows = db.session.execute(
        sa.select(Score, ItemRevision, Item, AttemptItem.position)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Item, Item.id == ItemRevision.item_id)
        .order_by(AttemptItem.position)
    ).all()
    assert [position for *_, position in rows] == [1, 2, 3, 4]
    for score, revision, item, _position in rows:
        assert (score.item_id, score.item_revision_id, score.lineage, score.skill) == (
            item.id,
            revision.id,
            revision.lineage,
            revision.skill,
        )
        assert (score.student_id, score.number, score.created_at) == (ada.id, 1, START)
    assert [score.confidence for score, *_ in rows] == [0.95, None, None, None]
    assert rows[0][0].chance == pytest.approx(1 / 3)
    assert rows[2][0].chance == 0


def test_answers_are_marked_with_the_revision_they_were_given_to(handed_in: tuple[Pupil, str]) -> None:
    ada, attempt = handed_in
    factories.publish(BANK.replace("wrong: It proves the statement true", "wrong: It makes the statement true"))
    page = reviewing.result_page(ada.taker, attempt, now=START)
    assert isinstance(page, reviewing.ResultPage)
    assert page.lines[0].summary == "It proves the statement true"
    assert page.lines[0].fraction == 0.0


def test_the_newest_mark_counts_everywhere(handed_in: tuple[Pupil, str]) -> None:
    ada, attempt = handed_in
    first = db.session.scalars(sa.select(Score).order_by(Score.attempt_item_id)).first()
    assert first is not None
    values = {column.name: getattr(first, column.name) for column in sa.inspect(Score).columns}
    later = START + timedelta(days=2)
    with writing() as session:
        session.add(
            Score(
                **{
                    **values,
                    "id": None,
                    "number": 2,
                    "fraction": 1.0,
                    "reason": ScoreReason.RE_MARKED,
                    "created_at": later,
                }
            )
        )
    page = reviewing.result_page(ada.taker, attempt, now=START)
    assert isinstance(page, reviewing.ResultPage)
    assert page.lines[0].fraction == 1.0
    rows = progress.scores_of_student(ada.id)
    assert len(rows) == 4
    assert [row.at for row in rows] == [START] * 4
    assert sum(row.fraction for row in rows) == 1.0


def test_two_first_marks_cannot_be(handed_in: tuple[Pupil, str]) -> None:
    first = db.session.scalars(sa.select(Score)).first()
    assert first is not None
    values = {column.name: getattr(first, column.name) for column in sa.inspect(Score).columns if column.name != "id"}
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        session.add(Score(**values))


CHOSEN = """
SELECT i.slug, c.option, c.is_right, c.sound, c.misconception, c.lure, c.section_id = s.section_id AS same_class
FROM chosen_option c JOIN score s ON s.id = c.score_id JOIN item i ON i.id = c.item_id
ORDER BY i.slug, c.number
"""
TEMPTING = BANK.replace(
    "wrong: It proves the statement true\n",
    "wrong: It proves the statement true\n        misconception: quoted-means-true\n",
).replace("wrong: It was a Tuesday\n", "id: tuesday\n        wrong: It was a Tuesday\n        lure: overreach\n")


def test_what_was_chosen_is_noted_beside_the_mark() -> None:
    quiz, teacher = factories.publish(TEMPTING), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    (ada,) = school_class.pupils
    attempt = factories.start(factories.assign(school_class, teacher, quiz), ada)
    for position in (1, 2, 4):
        response = factories.wrong_for(attempt, position)
        attempts.save(ada.taker, attempt, position, response, confidence=None, drawn=None, now=START)
    attempts.hand_in(ada.taker, attempt, now=START)
    found = [tuple(row) for row in db.session.execute(sa.text(CHOSEN))]
    assert [(row[0], *map(bool_or_text, row[2:])) for row in found] == [
        ("caption", False, None, None, "overreach", True),
        ("claimed", False, None, "quoted-means-true", None, True),
        ("notice", False, True, None, None, True),
    ]
    assert {row[1] for row in found} >= {"tuesday", "problem"}


def bool_or_text(value: object) -> object:
    """SQLite has no booleans of its own."""
    return bool(value) if isinstance(value, int) else value


def test_a_trial_leaves_no_choices_behind() -> None:
    quiz = factories.publish()
    attempt = starting.start_trial(
        quiz, "v" * 64, network=factories.NETWORK, key=factories.instance_key(), now=START, rng=random.Random(1)
    )
    taker = attempts.Taker(visitor_hash="v" * 64)
    attempts.check(taker, attempt, 4, factories.key_of(attempt, 4), confidence=None, drawn=None, now=START)
    attempts.hand_in(taker, attempt, now=START)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Score)) == 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ChosenOption)) == 0
