"""A school made for measuring: one large class, one small, and as many others as are wanted.

The two are written row by row through the tables; the others are copies of the large one, made inside
the database. Everything is drawn from a fixed seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.model import Skill as SkillEntry
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Base,
    ChosenOption,
    FeedbackMode,
    ItemRevision,
    QuizItem,
    Response,
    RosterEntry,
    Score,
    ScoreReason,
    Section,
    Student,
    db,
)
from quizapp.models.base import new_public_id
from quizapp.services import assigning, publishing
from quizapp.services.catalogue import content_of
from quizapp.services.credentials import new_join_code
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START

SKILLS, BANKS, QUESTIONS = 12, 6, 10
STRANDS = ("sources", "words", "facts", "whole")
COPIED: tuple[type[Base], ...] = (
    *(Section, Student, RosterEntry, Assignment),
    *(Attempt, AttemptItem, Response, Score, ChosenOption),
)


@dataclass(frozen=True)
class Measured:
    """A class and how much is in it."""

    section: str
    assignment: str
    """The newest."""
    responses: int


def bank_text(number: int) -> str:
    """A bank of choices and judgements over all skills, a question after the other."""
    lines = [f"format: 1\nbank: bank-{number}\ntitle: Bank {number}\nlanguage: en\nquestions:"]
    for question in range(QUESTIONS):
        skill = f"skill-{(number * QUESTIONS + question) % SKILLS}"
        head = f"  - id: q{question}\n    skill: {skill}\n"
        if question % 3 == 0:
            lines.append(
                f"{head}    type: judge\n    control: {'true' if question % 2 else 'false'}\n"
                "    passage: The pool is closed, a notice says.\n    prompt: Does it name its source?\n"
                f"    verdict: {'sound' if question % 2 else 'problem'}\n    where: a notice says\n    why: Look there."
            )
        else:
            lines.append(
                f"{head}    type: choice\n    prompt: Question {question}?\n    options:\n"
                "      - {right: This one, why: It is.}\n      - {wrong: That one, why: No., lure: credulous}\n"
                "      - {wrong: Another, why: No., lure: cynical}"
            )
    return "\n".join(lines) + "\n"


def publish_banks() -> None:
    """Publishes skills and banks."""
    skills = tuple(
        SkillEntry(id=f"skill-{n}", name=f"Skill {n}", definition="A skill.", strand=STRANDS[n * 4 // SKILLS])
        for n in range(SKILLS)
    )
    publishing.publish_skills(skills)
    for number in range(BANKS):
        text = bank_text(number)
        bank = _bank(text, skills)
        publishing.publish_bank(bank, source=text, now=START, owner_id=None)


def _bank(text: str, skills: tuple[SkillEntry, ...]) -> BankFile:
    loaded = load_text(text.encode(), "bank.yaml", skills=skills)
    if loaded.bank is None:
        raise ValueError("\n".join(map(str, loaded.problems)))
    return loaded.bank


def make_class(teacher: factories.Teacher, name: str, *, students: int, assignments: int, responses: int) -> Measured:
    """Writes a class in which everybody has handed in everything, `responses` in all or as many as there can be."""
    rng = random.Random(f"{name}")
    ref = factories.make_class(teacher, *(f"Student {n:02}" for n in range(students)), title=name).ref
    people = list(db.session.scalars(sa.select(RosterEntry.student_id).where(RosterEntry.section_id == ref.id)))
    quizzes = assigning.list_quizzes(None)
    newest, written = "", 0
    for number in range(assignments):
        given = START - timedelta(days=assignments - number)
        quiz = quizzes[number % len(quizzes)]
        newest = assigning.assign(
            ref,
            quiz,
            assigning.AssignmentRules(feedback=FeedbackMode.IMMEDIATE),
            account_id=teacher.id,
            now=given,
        )
        room = (responses - written) // QUESTIONS
        written += _take(newest, ref.id, people[:room], given, rng)
    return Measured(ref.public_id, newest, written)


def _take(assignment: str, section_id: int, people: list[int], given: Any, rng: random.Random) -> int:
    """Lets some students hand in an assignment; returns how many responses that made."""
    head = db.session.execute(
        sa.select(Assignment.id, Assignment.quiz_revision_id).where(Assignment.public_id == assignment)
    ).one()
    revisions = db.session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == head.quiz_revision_id)
        .order_by(QuizItem.position)
    ).all()
    items = [(row.id, row.item_id, row.lineage, row.skill, content_of(row).item) for row in revisions]
    models: tuple[type[Base], ...] = (Attempt, AttemptItem, Score)
    starts = {model: (db.session.scalar(sa.select(sa.func.max(model.__table__.c.id))) or 0) + 1 for model in models}
    rows: dict[type[Base], list[dict[str, Any]]] = {
        model: [] for model in (Attempt, AttemptItem, Response, Score, ChosenOption)
    }
    for student in people:
        attempt_id = starts[Attempt] + len(rows[Attempt])
        rows[Attempt].append(
            {"id": attempt_id, "public_id": new_public_id(), "assignment_id": head.id, "student_id": student,
             "quiz_revision_id": head.quiz_revision_id, "number": 1, "started_at": given, "submitted_at": given}
        )  # fmt: skip
        for position, asked in enumerate(items, 1):
            _answer(rows, starts, attempt_id, section_id, student, position, asked, given, rng)
    with writing() as session:
        for model, found in rows.items():
            if found:
                session.execute(sa.insert(model), found)
    return len(rows[Response])


def _answer(
    rows: dict[type[Base], list[dict[str, Any]]],
    starts: dict[type[Base], int],
    attempt_id: int,
    section_id: int,
    student: int,
    position: int,
    asked: tuple[int, int, int, str | None, Any],
    given: Any,
    rng: random.Random,
) -> None:
    revision_id, item_id, lineage, skill, item = asked
    offers = item.choosings()[0].offers
    chosen = rng.choice(offers)
    place = starts[AttemptItem] + len(rows[AttemptItem])
    score = starts[Score] + len(rows[Score])
    content = {"verdict": chosen.key, "words": []} if item.kind == "judge" else {"option": chosen.key, "reason": ""}
    sure = rng.choice((0.5, 0.75, 0.95))
    (pick,) = item.picks(item.response_from_json(content))
    rows[AttemptItem].append(
        {"id": place, "attempt_id": attempt_id, "position": position, "item_revision_id": revision_id,
         "shown": item.shuffle(rng)}
    )  # fmt: skip
    rows[Response].append(
        {"attempt_item_id": place, "try_number": 1, "content": content, "confidence": sure, "saved_at": given,
         "sequence": 1, "frozen_at": given}
    )  # fmt: skip
    rows[Score].append(
        {"id": score, "attempt_item_id": place, "number": 1, "section_id": section_id, "student_id": student,
         "skill": skill, "item_id": item_id, "item_revision_id": revision_id, "lineage": lineage,
         "fraction": float(chosen.right), "chance": item.chance(), "answered": True, "confidence": sure,
         "review": False, "reason": ScoreReason.CHECKED, "created_at": given}
    )  # fmt: skip
    rows[ChosenOption].append(
        {"score_id": score, "number": 1, "section_id": section_id, "student_id": student, "item_id": item_id,
         "place": pick.place, "option": pick.option, "is_right": pick.right, "sound": pick.sound, "lure": pick.lure,
         "misconception": pick.misconception}
    )  # fmt: skip


def copy_class(section: str, copies: int) -> None:
    """Copies a class with all its students and answers so many times, inside the database."""
    with writing() as session:
        section_id = session.scalar(sa.select(Section.id).where(Section.public_id == section))
        members = sa.select(RosterEntry.student_id).where(RosterEntry.section_id == section_id)
        chosen: dict[type[Base], sa.ColumnElement[bool]] = {
            Section: Section.id == section_id,
            Student: Student.id.in_(members),
            RosterEntry: RosterEntry.section_id == section_id,
            Assignment: Assignment.section_id == section_id,
            Attempt: Attempt.student_id.in_(members),
            AttemptItem: AttemptItem.attempt_id.in_(sa.select(Attempt.id).where(Attempt.student_id.in_(members))),
            Response: Response.attempt_item_id.in_(
                sa.select(Score.attempt_item_id).where(Score.section_id == section_id)
            ),
            Score: Score.section_id == section_id,
            ChosenOption: ChosenOption.section_id == section_id,
        }
        tops = {
            model.__table__: session.scalar(sa.select(sa.func.max(model.__table__.c.id))) or 0
            for model in COPIED
            if "id" in model.__table__.c
        }
        for number in range(1, copies + 1):
            for model in COPIED:
                session.execute(_copy_of(model, chosen[model], tops, number))


def _copy_of(model: type[Base], which: sa.ColumnElement[bool], tops: dict[Any, int], number: int) -> sa.Insert:
    """INSERT … SELECT with ids moved up and random words drawn anew."""
    columns = list(model.__table__.columns)
    values = [_copied(column, tops, number) for column in columns]
    return sa.insert(model).from_select([column.name for column in columns], sa.select(*values).where(which))


def _copied(column: Any, tops: dict[Any, int], number: int) -> Any:
    if column.name == "id":
        return column + number * tops[column.table]
    for key in column.foreign_keys:
        if key.column.table in tops:
            return column + number * tops[key.column.table]
    if column.name == "public_id":
        return sa.func.lower(sa.func.hex(sa.func.randomblob(8)))
    if column.name == "join_code":
        return sa.literal(new_join_code())
    if column.name == "request_key":
        return sa.null()
    return column
