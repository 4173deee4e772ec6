"""Changing who is on a roster: names, groups and codes, one student or many; made-up names."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from quizapp.models import RosterEntry, Student
from quizapp.services.card_secrets import PICTURES, card_words
from quizapp.services.credentials import fold_name
from quizapp.services.rosters import (
    CODE_MAX,
    GROUP_MAX,
    CardsPage,
    NotFoundError,
    SectionRef,
    add_students,
    roster_lines,
)
from quizapp.services.rosters_import import NAMES_AT_ONCE, clean, name_problem
from quizapp.services.writing import writing


@dataclass(frozen=True)
class RosterChange:
    """How one student shall stand on the roster from now on."""

    public_id: str
    name: str
    group: str = ""
    mark_code: str = ""


class RosterConflictError(ValueError):
    """The changes contradict each other or the class; nothing was changed."""

    def __init__(self, problems: dict[str, tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _field, sentence in problems.values()))
        self.problems = problems
        """By student's public id: the field (name, group or mark_code) and the sentence."""


def change_roster(section: SectionRef, changes: Sequence[RosterChange]) -> int:
    """Change names, groups and codes of students, all of them or none.

    In a class with made-up names the names stay as they are.

    Returns:
        How many students were changed.

    Raises:
        NotFoundError: one of them is not in this class.
        RosterConflictError: two would have the same name or code, or a name cannot be used.
    """
    wanted = {change.public_id: _cleaned(change) for change in changes}
    try:
        with writing() as session:
            rows = session.execute(
                sa.select(RosterEntry, Student.public_id)
                .join(Student, Student.id == RosterEntry.student_id)
                .where(RosterEntry.section_id == section.id)
                .with_for_update()
            ).all()
            entries = {public_id: entry for entry, public_id in rows}
            if any(one not in entries or entries[one].removed_at is not None for one in wanted):
                raise NotFoundError("student")
            problems = _problems(section, wanted, entries)
            if problems:
                raise RosterConflictError(problems)
            changed = [entries[one] for one, change in wanted.items() if _differs(entries[one], change, section)]
            # Two who swap names or codes must not meet half-way.
            for entry in changed:
                entry.folded_name, entry.mark_code = f"\x7f{entry.id}", None
            session.flush()
            by_entry = {entries[one].id: change for one, change in wanted.items()}
            for entry in changed:
                change = by_entry[entry.id]
                if not section.pseudonyms:
                    entry.display_name = change.name
                entry.folded_name = fold_name(entry.display_name)
                entry.group, entry.mark_code = change.group or None, change.mark_code or None
            return len(changed)
    except IntegrityError:
        raise RosterConflictError({}) from None


def add_pseudonyms(section: SectionRef, count: int, *, key: str, now: datetime) -> CardsPage:
    """Add students under made-up names: one everyday word each, drawn without any order.

    Raises:
        ValueError: no number of students from 1 to what a class may hold.
    """
    taken = {fold_name(line.name) for line in roster_lines(section.id)}
    free = [word for word in card_words() if word not in taken and word not in PICTURES]
    if not 1 <= count <= min(NAMES_AT_ONCE, len(free)):
        raise ValueError(f"Give a number from 1 to {min(NAMES_AT_ONCE, len(free))}.")
    drawn = secrets.SystemRandom().sample(free, count)
    return add_students(section, [word.capitalize() for word in drawn], key=key, now=now)


def _cleaned(change: RosterChange) -> RosterChange:
    return RosterChange(change.public_id, clean(change.name), clean(change.group), clean(change.mark_code))


def _differs(entry: RosterEntry, change: RosterChange, section: SectionRef) -> bool:
    same_name = section.pseudonyms or entry.display_name == change.name
    return not (same_name and entry.group == (change.group or None) and entry.mark_code == (change.mark_code or None))


def _problems(
    section: SectionRef, wanted: dict[str, RosterChange], entries: dict[str, RosterEntry]
) -> dict[str, tuple[str, str]]:
    names = {entry.folded_name: entry.display_name for one, entry in entries.items() if one not in wanted}
    codes = {entry.mark_code: entry.display_name for one, entry in entries.items() if one not in wanted}
    problems = {}
    for one, change in wanted.items():
        name = entries[one].display_name if section.pseudonyms else change.name
        folded = fold_name(name)
        problem = name_problem(name) if name else "Type a name."
        if problem:
            problems[one] = ("name", problem)
        elif folded in names:
            problems[one] = ("name", f"There is another “{names[folded]}” in this class. Add an initial.")
        elif change.mark_code and change.mark_code in codes:
            problems[one] = ("mark_code", f"“{codes[change.mark_code]}” has this code already.")
        elif len(change.mark_code) > CODE_MAX:
            problems[one] = ("mark_code", f"A code has at most {CODE_MAX} characters.")
        elif len(change.group) > GROUP_MAX:
            problems[one] = ("group", f"The name of a group has at most {GROUP_MAX} characters.")
        names[folded], codes[change.mark_code] = name, name
    return problems
