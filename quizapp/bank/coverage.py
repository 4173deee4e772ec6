"""What the questions of banks cover: counts for `quizapp banks` and the table in the author's guide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from quizapp.bank.model import Bank, Skill
from quizapp.bank.strategies import is_verdict

Purpose: TypeAlias = Literal["article", "transfer", "check-in"]
"""What a bank is for: one article, the same skills elsewhere, or measuring by verdicts alone."""

PURPOSES: tuple[Purpose, ...] = ("article", "transfer", "check-in")


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one bank.

    `control` counts questions in which nothing is wrong; `sound` and `flagged` count the
    passages and phrases to be judged; `lures` counts wrong answers by what they tempt with.
    """

    bank: Bank
    skills: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    difficulty: Counter[str] = field(default_factory=Counter)
    lures: Counter[str] = field(default_factory=Counter)
    control: int = 0
    sound: int = 0
    flagged: int = 0

    def to_json(self) -> dict[str, Any]:
        """The counts as JSON, with the names that the text has."""
        return {
            "bank": self.bank.slug,
            "title": self.bank.title,
            "purpose": purpose(self.bank),
            "questions": len(self.bank.items),
            "skills": dict(self.skills),
            "kinds": dict(self.kinds),
            "difficulty": dict(self.difficulty),
            "control": self.control,
            "sound": self.sound,
            "flagged": self.flagged,
            "lures": dict(self.lures),
        }


def counts(bank: Bank) -> Counts:
    """Count the questions of a bank."""
    flags = [item.flags() for item in bank.items]
    alternatives = [one for item in bank.items for choices in item.alternatives() for one in choices]
    return Counts(
        bank,
        skills=Counter(item.skill or "none" for item in bank.items),
        kinds=Counter(item.kind for item in bank.items),
        difficulty=Counter(item.difficulty or "none" for item in bank.items),
        lures=Counter(one.lure for one in alternatives if one.lure is not None),
        control=sum(item.control for item in bank.items),
        sound=sum(one.sound for one in flags),
        flagged=sum(one.flagged for one in flags),
    )


def purpose(bank: Bank) -> Purpose:
    """What a bank is for: with a source it is about an article; of verdicts alone it is a check-in."""
    if bank.source is not None:
        return "article"
    return "check-in" if all(map(is_verdict, bank.items)) else "transfer"


def coverage(banks: Iterable[Bank], skills: Sequence[Skill]) -> str:
    """The table skill × purpose as Markdown, with a row of sums.

    Args:
        banks: the banks to count.
        skills: the rows, in order; questions on other skills, or on none, stand in a row of their own.
    """
    found = Counter((item.skill, purpose(bank)) for bank in banks for item in bank.items)
    return "\n".join(_rows(found, skills))


def _rows(found: Counter[tuple[str | None, Purpose]], skills: Sequence[Skill]) -> Iterator[str]:
    yield "| Skill | Article | Transfer | Check-in | All |"
    yield "|---|---|---|---|---|"
    known = {skill.id for skill in skills}
    for skill in skills:
        yield _row(f"{skill.name} (`{skill.id}`)", [found[skill.id, one] for one in PURPOSES])
    others = [sum(n for (skill, of), n in found.items() if skill not in known and of == one) for one in PURPOSES]
    if any(others):
        yield _row("Other skills, or none", others)
    yield _row("All", [sum(n for (_, of), n in found.items() if of == one) for one in PURPOSES])


def _row(name: str, numbers: list[int]) -> str:
    return f"| {name} | {' | '.join(map(str, [*numbers, sum(numbers)]))} |"
