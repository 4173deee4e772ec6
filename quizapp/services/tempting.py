"""The wrong answers a class was tempted by, and what they show that somebody believes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp import text
from quizapp.bank.misconceptions import Misconception
from quizapp.models import BankRevision, ChosenOption, Item, ItemRevision, Score, db
from quizapp.services.alternatives import asked_in_private
from quizapp.services.catalogue import Html, content_of, html_of
from quizapp.services.hints import RECENT, sure_and_wrong
from quizapp.services.members import Member, members_of
from quizapp.services.misconceptions import misconceptions_named
from quizapp.services.progress import ScoreRow, scores_of_section
from quizapp.services.rosters import SectionRef, find_section
from quizapp.services.tallies import Tally

STUDENTS_TO_TELL = 3
"""Before a wrong answer is worth a class's time."""
LISTED = 8


@dataclass(frozen=True, slots=True)
class WrongChoice:
    """One wrong answer chosen by one student; not a verdict on a passage."""

    score_id: int
    student_id: int
    item_id: int
    option: str
    misconception: str | None
    lure: str | None

    @property
    def key(self) -> str:
        """What it is counted under: the belief behind it, or else the very answer."""
        return self.misconception or f"{self.item_id}-{self.option}"


@dataclass(frozen=True)
class Temptation:
    """A belief, or an answer, that tempted several students of a class."""

    key: str
    misconception: str | None
    students: tuple[int, ...]
    answered: int
    """Students who answered any of the questions in which it was chosen."""
    choices: tuple[WrongChoice, ...]

    @property
    def by_answer(self) -> dict[tuple[int, str], list[WrongChoice]]:
        """The choices by question and answer."""
        found: dict[tuple[int, str], list[WrongChoice]] = {}
        for choice in self.choices:
            found.setdefault((choice.item_id, choice.option), []).append(choice)
        return found


@dataclass(frozen=True)
class TemptingAnswer:
    """A wrong answer as it stands in its question."""

    question: str
    answer: str
    students: int


@dataclass(frozen=True)
class Who:
    """Students who gave an answer."""

    named: tuple[Member, ...]
    unnamed: int
    """Those who gave it only where students may change questions in private: counted, never named."""

    @property
    def count(self) -> int:
        return len(self.named) + self.unnamed


@dataclass(frozen=True)
class TemptationLine:
    """A temptation as a page tells it."""

    key: str
    belief: Misconception | None
    """None where the answers name no belief, or one that is not on the list."""
    who: Who
    answered: int
    answers: tuple[TemptingAnswer, ...]


@dataclass(frozen=True)
class SureAndWrong:
    """A question that students got wrong and were certain of."""

    question: str
    who: Who


@dataclass(frozen=True)
class Leanings:
    """Wrong answers by the way they lean."""

    errors: int
    doubting: int
    trusting: int


@dataclass(frozen=True)
class AnswersPage:
    """What the class's wrong answers say."""

    section: SectionRef
    recent: bool
    """Only the answers of the last four weeks; False where there are none and all are counted."""
    temptations: tuple[TemptationLine, ...]
    leanings: Leanings
    sure_and_wrong: tuple[SureAndWrong, ...]
    article: Tally
    elsewhere: Tally
    html: Html


def answers_page(public_id: str, account_id: int, *, now: datetime) -> AnswersPage:
    """Return the answers that tempted a class, those given sure and wrong, and where marks were earned.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = find_section(public_id, account_id)
    members = {one.id: one for one in members_of(section.id)}
    private = asked_in_private(section.id)
    every_score = [
        row
        for row in scores_of_section(section.id)
        if row.student_id in members and not private.get(row.attempt_item_id)
    ]
    scores = recent(every_score, now)
    named = {row.score_id for row in scores if row.attempt_item_id not in private}
    choices = wrong_choices(section.id, scores)
    found = temptations(choices, scores)[:LISTED]
    beliefs = misconceptions_named(one.misconception for one in found if one.misconception)
    sure = _by_item(sure_and_wrong(scores))
    examples = [chosen[0].score_id for one in found for chosen in one.by_answer.values()]
    revisions = _revisions([*examples, *(rows[0].score_id for rows in sure)])
    article_items = _items_on_articles(section.id)
    return AnswersPage(
        section=section,
        recent=any(now - row.at <= RECENT for row in every_score),
        temptations=tuple(_line(one, beliefs, _who(one.choices, members, named), revisions) for one in found),
        leanings=_leanings(choices),
        sure_and_wrong=tuple(
            SureAndWrong(
                text.plain(content_of(revisions[rows[0].score_id]).item.prompt),
                _who(rows, members, named),
            )
            for rows in sure
        ),
        article=Tally.of(row.fraction for row in every_score if row.item_id in article_items),
        elsewhere=Tally.of(row.fraction for row in every_score if row.item_id not in article_items),
        html=html_of(db.session(), (pair for belief in beliefs.values() for pair in belief.texts())),
    )


def recent(scores: Sequence[ScoreRow], now: datetime) -> Sequence[ScoreRow]:
    """Return the answers of the last four weeks, or all where there are none."""
    return [row for row in scores if now - row.at <= RECENT] or scores


_c = ChosenOption.__table__.c


def wrong_choices(section_id: int, scores: Iterable[ScoreRow]) -> list[WrongChoice]:
    """Return the wrong answers chosen in some marks of a class; verdicts on passages are told elsewhere."""
    wanted = {row.score_id for row in scores}
    if not wanted:
        return []
    # The table, not the entity: see `progress`. The index is in the order of scores, so what is older
    # than all of these is not even read.
    rows = db.session.connection().execute(
        sa.select(_c.score_id, _c.student_id, _c.item_id, _c.option, _c.misconception, _c.lure, _c.sound).where(
            _c.section_id == section_id, _c.is_right.is_(False), _c.score_id >= min(wanted)
        )
    )
    return [WrongChoice(*row[:-1]) for row in rows if row[0] in wanted and row[-1] is None]


def temptations(choices: Iterable[WrongChoice], scores: Iterable[ScoreRow]) -> tuple[Temptation, ...]:
    """Return what tempted at least three students, most students first."""
    answered: dict[int, set[int]] = {}
    for row in scores:
        answered.setdefault(row.item_id, set()).add(row.student_id)
    by_key: dict[str, list[WrongChoice]] = {}
    for choice in choices:
        by_key.setdefault(choice.key, []).append(choice)
    found = []
    for key, chosen in by_key.items():
        students = tuple(dict.fromkeys(choice.student_id for choice in chosen))
        if len(students) < STUDENTS_TO_TELL:
            continue
        asked = {student for item in {choice.item_id for choice in chosen} for student in answered.get(item, ())}
        found.append(Temptation(key, chosen[0].misconception, students, len(asked), tuple(chosen)))
    # A belief can be taught again; a single answer without one only looked at.
    found.sort(key=lambda one: (-len(one.students), one.misconception is None, one.key))
    return tuple(found)


def _line(
    found: Temptation,
    beliefs: dict[str, Misconception],
    who: Who,
    revisions: dict[int, ItemRevision],
) -> TemptationLine:
    answers = [
        TemptingAnswer(
            question=text.plain(content_of(revisions[chosen[0].score_id]).item.prompt),
            answer=_option_text(revisions[chosen[0].score_id], chosen[0].option),
            students=len({choice.student_id for choice in chosen}),
        )
        for chosen in found.by_answer.values()
    ]
    return TemptationLine(
        key=found.key,
        belief=beliefs.get(found.misconception or ""),
        who=who,
        answered=found.answered,
        answers=tuple(sorted(answers, key=lambda one: (-one.students, one.question))),
    )


def _who(given: Iterable[WrongChoice | ScoreRow], members: dict[int, Member], named: Collection[int]) -> Who:
    """Return who gave some answers.

    Args:
        named: the marks beside which a name may stand.
    """
    by_student: dict[int, bool] = {}
    for one in given:
        by_student[one.student_id] = by_student.get(one.student_id, False) or one.score_id in named
    names = sorted((members[student] for student, told in by_student.items() if told), key=lambda one: one.name)
    return Who(tuple(names), len(by_student) - len(names))


def option_text(score_id: int, option: str) -> str:
    """Return what an option says in the question that was marked, in plain words."""
    return _option_text(_revisions([score_id])[score_id], option)


def _option_text(revision: ItemRevision, option: str) -> str:
    for alternatives in content_of(revision).item.alternatives():
        for alternative in alternatives:
            if alternative.key == option:
                return text.plain(alternative.text)
    return ""


def _by_item(rows: Iterable[ScoreRow]) -> list[list[ScoreRow]]:
    found: dict[int, list[ScoreRow]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    most_first = sorted(found.values(), key=lambda each: (-len({row.student_id for row in each}), each[0].item_id))
    return most_first[:LISTED]


def _leanings(choices: Sequence[WrongChoice]) -> Leanings:
    return Leanings(
        errors=len(choices),
        doubting=sum(choice.lure == "cynical" for choice in choices),
        trusting=sum(choice.lure == "credulous" for choice in choices),
    )


def _revisions(score_ids: Iterable[int]) -> dict[int, ItemRevision]:
    rows = db.session.execute(
        sa.select(Score.id, ItemRevision)
        .join(ItemRevision, ItemRevision.id == Score.item_revision_id)
        .where(Score.id.in_(list(score_ids)))
    )
    return dict(rows.all())


def _items_on_articles(section_id: int) -> set[int]:
    """Return the items a class has met that come from a bank about a published article."""
    met = sa.select(Score.item_id).where(Score.section_id == section_id).distinct()
    about = sa.exists().where(BankRevision.bank_id == Item.bank_id, BankRevision.article.is_not(None))
    return set(db.session.scalars(sa.select(Item.id).where(Item.id.in_(met), about)))
