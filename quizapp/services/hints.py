"""Whom to look in on, and why. For teachers' eyes only; a teacher can set a hint aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from quizapp.measure.calibration import SURE_AND_WRONG_FOR_HELP, Rating, is_sure_and_wrong
from quizapp.measure.mastery import needs_help
from quizapp.models import SetAside, db
from quizapp.services.members import Member, member
from quizapp.services.progress import ScoreRow, SkillColumn, since
from quizapp.services.rosters import SectionRef
from quizapp.services.writing import upsert, writing

QUIET = timedelta(days=7)
"""Without a sign of life, while there is open work."""
RECENT = timedelta(days=28)
"""What is older is no reason to act tomorrow."""


class Reason(StrEnum):
    HELP = "help"
    """Wrong on at least 4 of the last 6 answers in one skill."""
    SURE = "sure"
    """At least 3 recent answers sure and wrong."""
    QUIET = "quiet"
    """Open work, and nothing for 7 days."""


@dataclass(frozen=True)
class Hint:
    """One reason to look in on a student, with its evidence."""

    reason: Reason
    since: datetime
    """When the newest evidence arose; for QUIET, the last sign of life."""
    skill: SkillColumn | None = None
    wrong: int = 0
    of: int = 0

    @property
    def key(self) -> str:
        """What a teacher sets aside."""
        return self.reason if self.skill is None else f"{self.reason}:{self.skill.slug}"


@dataclass(frozen=True)
class LookIn:
    """A student to look in on, with all reasons."""

    student: Member
    hints: tuple[Hint, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(hint.key for hint in self.hints)


SetAsides = Mapping[tuple[int, str], datetime]
"""(student, key of a hint) to when it was set aside."""


def hints_of(
    student: Member,
    scores: Sequence[ScoreRow],
    skills: Iterable[SkillColumn],
    *,
    open_since: datetime | None,
    last_active: datetime | None,
    now: datetime,
) -> tuple[Hint, ...]:
    """Return every reason to look in on one student.

    Args:
        scores: the student's newest marks in this class, oldest answers first.
        open_since: when the oldest work that is open and not handed in was opened; None without any.
        last_active: the last sign of life in this class.
    """
    found = [*_needing_help(scores, skills), *_sure_and_wrong(scores, now)]
    if open_since is not None:
        quiet_since = max(moment for moment in (last_active, student.added_at, open_since) if moment is not None)
        if now - quiet_since >= QUIET:
            found.append(Hint(Reason.QUIET, last_active or student.added_at))
    return tuple(found)


def sort_out(
    students: Iterable[tuple[Member, tuple[Hint, ...]]], aside: SetAsides, *, now: datetime
) -> tuple[tuple[LookIn, ...], tuple[LookIn, ...]]:
    """Divide hints into those to show, most reasons first, and those that are set aside."""
    shown, hidden = [], []
    for student, hints in students:
        put_away = [hint for hint in hints if _is_aside(hint, aside.get((student.id, hint.key)), now)]
        left = tuple(hint for hint in hints if hint not in put_away)
        if left:
            shown.append(LookIn(student, left))
        if put_away:
            hidden.append(LookIn(student, tuple(put_away)))
    shown.sort(key=lambda one: (-len(one.hints), -sum(hint.wrong for hint in one.hints), one.student.name))
    return tuple(shown), tuple(hidden)


def set_asides(section_id: int) -> SetAsides:
    """Return what teachers of a class have set aside."""
    rows = db.session.execute(
        sa.select(SetAside.student_id, SetAside.reason, SetAside.at).where(SetAside.section_id == section_id)
    )
    return {(row.student_id, row.reason): row.at for row in rows}


def set_aside(section: SectionRef, student: str, keys: Iterable[str], *, account_id: int, now: datetime) -> None:
    """Stop showing some hints on a student until there is new reason for them.

    Args:
        keys: of the hints; what is no key of a hint is left out.

    Raises:
        NotFoundError: nobody of that id is in this class.
    """
    found = member(section.id, student)
    with writing() as session:
        for key in dict.fromkeys(keys):
            if key.partition(":")[0] not in set(Reason) or len(key) > 100:
                continue
            insert = upsert(SetAside).values(
                section_id=section.id, student_id=found.id, reason=key, account_id=account_id, at=now
            )
            session.execute(
                insert.on_conflict_do_update(
                    index_elements=[SetAside.section_id, SetAside.student_id, SetAside.reason],
                    set_={"at": insert.excluded.at, "account_id": insert.excluded.account_id},
                )
            )


def bring_back(section: SectionRef, student: str) -> None:
    """Show a student's hints again.

    Raises:
        NotFoundError: nobody of that id is in this class.
    """
    found = member(section.id, student)
    with writing() as session:
        session.execute(sa.delete(SetAside).where(SetAside.section_id == section.id, SetAside.student_id == found.id))


def _needing_help(scores: Sequence[ScoreRow], skills: Iterable[SkillColumn]) -> Iterable[Hint]:
    by_skill: dict[str | None, list[ScoreRow]] = {}
    for row in scores:
        by_skill.setdefault(row.skill, []).append(row)
    for skill in skills:
        rows = by_skill.get(skill.slug, [])
        counted = needs_help([row.fraction for row in rows])
        if counted is not None:
            yield Hint(Reason.HELP, rows[-1].at, skill, *counted)


def _sure_and_wrong(scores: Sequence[ScoreRow], now: datetime) -> Iterable[Hint]:
    found = list(sure_and_wrong(since(scores, now - RECENT)))
    if len(found) >= SURE_AND_WRONG_FOR_HELP:
        yield Hint(Reason.SURE, found[-1].at, wrong=len(found))


def sure_and_wrong(scores: Iterable[ScoreRow]) -> Iterable[ScoreRow]:
    """Yield the answers given as certain that earned nothing."""
    return (
        row
        for row in scores
        if row.answered and row.confidence is not None and is_sure_and_wrong(Rating(row.confidence, row.fraction))
    )


def _is_aside(hint: Hint, at: datetime | None, now: datetime) -> bool:
    """Tell whether nothing new has come since; silence itself is new after another week."""
    if at is None:
        return False
    if hint.reason is Reason.QUIET:
        return hint.since <= at and now - at < QUIET
    return hint.since <= at
