"""What a teacher can choose from when assigning: quizzes, questions, groups and students."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp import text
from quizapp.models import Assignment, ItemRevision, QuizItem, RosterEntry, Skill, Student, db
from quizapp.services.assigning import QuizRef, get_quiz, list_quizzes
from quizapp.services.catalogue import can_be_asked, content_of
from quizapp.services.rosters import SectionRef


@dataclass(frozen=True)
class Classmates:
    """The groups of a class, by name, and its students: public id and name."""

    groups: tuple[str, ...]
    students: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionChoice:
    """A question as the list to choose from shows it."""

    public_id: str
    prompt: str
    skill: str
    skill_name: str
    difficulty: str


@dataclass(frozen=True)
class QuizChoices:
    """A quiz with all its questions, in its order."""

    quiz: QuizRef
    questions: tuple[QuestionChoice, ...]

    @property
    def skills(self) -> tuple[tuple[str, str, int], ...]:
        """Slug and name of every skill, and how many questions it has."""
        names = {question.skill: question.skill_name for question in self.questions}
        return tuple(
            (slug, name, sum(question.skill == slug for question in self.questions)) for slug, name in names.items()
        )


def classmates(section: SectionRef) -> Classmates:
    """Return whom an assignment of a class can be for."""
    rows = db.session.execute(
        sa.select(Student.public_id, RosterEntry.display_name, RosterEntry.group)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    ).all()
    return Classmates(
        groups=tuple(sorted({row.group for row in rows if row.group})),
        students=tuple((row.public_id, row.display_name) for row in rows),
    )


def quiz_choices(section: SectionRef, quiz: str, account_id: int) -> QuizChoices:
    """Return the questions of a quiz that this teacher may assign and that this class can answer.

    Raises:
        NotFoundError: there is none, or it is another teacher's.
    """
    ref = get_quiz(quiz, account_id)
    rows = db.session.execute(
        sa.select(ItemRevision, Skill.name)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .outerjoin(Skill, Skill.slug == ItemRevision.skill)
        .where(QuizItem.quiz_revision_id == ref.revision_id, can_be_asked(section.id))
        .order_by(QuizItem.position)
    )
    return QuizChoices(
        ref,
        tuple(
            QuestionChoice(
                public_id=revision.public_id,
                prompt=text.plain(content_of(revision).item.prompt),
                skill=revision.skill or "",
                skill_name=name or "",
                difficulty=revision.difficulty or "",
            )
            for revision, name in rows
        ),
    )


def practice_quiz(section: SectionRef, skill: str, besides: str, account_id: int) -> str | None:
    """Return the quiz that trains a skill best: the one with most questions of it, another than was just taken.

    Args:
        skill: slug.
        besides: public id of an assignment, whose quiz comes last.

    Returns:
        Its public id, or None where no quiz has a question of this skill.
    """
    taken = db.session.scalar(
        sa.select(Assignment.quiz_revision_id).where(
            Assignment.public_id == besides, Assignment.section_id == section.id
        )
    )
    rows = db.session.execute(
        sa.select(QuizItem.quiz_revision_id, sa.func.count())
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .where(ItemRevision.skill == skill, can_be_asked(section.id))
        .group_by(QuizItem.quiz_revision_id)
    )
    counts = dict(rows.all())
    found = [one for one in list_quizzes(account_id) if one.revision_id in counts]
    best = max(found, key=lambda one: (one.revision_id != taken, counts[one.revision_id]), default=None)
    return None if best is None else best.public_id
