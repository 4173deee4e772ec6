"""Who chose which option: counts, strongest and weakest thirds, correlations."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from quizapp.measure.moments import correlation, mean

MANY_STUDENTS = 100
"""From here on the outer groups are 27 % (Kelley 1939); below, thirds keep them large enough."""
ANSWERS_TO_JUDGE_AN_OPTION = 30
WEAK_SHARE = 0.05
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Choices:
    """What was offered in one item and what each student chose.

    options: option ids in the author's order. key: ids of the right ones.
    chosen: one entry per student, the ids chosen; empty for a blank, None when
        the item was not shown.
    """

    options: tuple[str, ...]
    key: frozenset[str]
    chosen: tuple[frozenset[str] | None, ...]


class Work(StrEnum):
    """What a wrong option does, judged on at least 30 answers."""

    none = "nobody chose it"
    weak = "almost nobody chose it"
    enough = "chosen often enough"


@dataclass(frozen=True, slots=True)
class Groups:
    """Positions of the students with the best and the worst totals; they never overlap."""

    upper: frozenset[int]
    lower: frozenset[int]


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One line of the option table; option is None for the line of blanks.

    count: students who chose it. upper, lower: those of them in the outer groups,
    None when the totals form no groups.
    r: correlation of choosing it with the rest of the quiz, -1 to 1; None when
    all or none chose it, or the rest is the same for all.
    mean_total: mean share of marks earned by those who chose it, 0 to 1; None
    when nobody did.
    work: what a wrong option does: nothing when nobody of at least 30 chose it,
    weak under 5 %. None for keys, for blanks and below 30 answers.
    """

    option: str | None
    key: bool
    count: int
    upper: int | None
    lower: int | None
    r: float | None
    mean_total: float | None
    work: Work | None


def outer_groups(totals: Sequence[float | None]) -> Groups | None:
    """Split off the students with the best and the worst totals.

    With n totals and g = n/3 rounded up (27 % from 100 students), the upper group
    is everyone at or above the g-th best total and the lower group everyone at
    or below the g-th worst, so ties stay together and row order does not matter.

    totals: in any unit; None for a student who does not count.
    Returns None when the two cuts meet, and for fewer than two students.
    """
    known = {place: round(total, _DIGITS) for place, total in enumerate(totals) if total is not None}
    n = len(known)
    if n < 2:
        return None
    size = ceil(n * (Fraction(27, 100) if n >= MANY_STUDENTS else Fraction(1, 3)))
    ranked = sorted(known.values())
    low_cut, high_cut = ranked[size - 1], ranked[-size]
    if high_cut <= low_cut:
        return None
    return Groups(
        upper=frozenset(place for place, total in known.items() if total >= high_cut),
        lower=frozenset(place for place, total in known.items() if total <= low_cut),
    )


def option_table(
    choices: Choices, totals: Sequence[float | None], rests: Sequence[float | None]
) -> tuple[OptionRow, ...]:
    """Return a row per option in the given order, then a row for blanks.

    totals: each student's share of all marks, rests: the share without this item,
    both 0 to 1 and None where there is none. Only students shown the item count.
    """
    shown = [place for place, chosen in enumerate(choices.chosen) if chosen is not None]
    picked = {place: choices.chosen[place] or frozenset() for place in shown}
    groups = outer_groups([total if place in picked else None for place, total in enumerate(totals)])
    answered = sum(bool(chosen) for chosen in picked.values())

    def row(option: str | None) -> OptionRow:
        takers = frozenset(place for place in shown if _took(picked[place], option))
        with_rest = [(place, rest) for place in shown if (rest := rests[place]) is not None]
        judged = option is not None and option not in choices.key and answered >= ANSWERS_TO_JUDGE_AN_OPTION
        return OptionRow(
            option=option,
            key=option in choices.key,
            count=len(takers),
            upper=len(takers & groups.upper) if groups else None,
            lower=len(takers & groups.lower) if groups else None,
            r=correlation([float(place in takers) for place, _ in with_rest], [rest for _, rest in with_rest]),
            mean_total=mean([total for place in sorted(takers) if (total := totals[place]) is not None]),
            work=_work(len(takers), answered) if judged else None,
        )

    return tuple(row(option) for option in (*choices.options, None))


def _took(chosen: frozenset[str], option: str | None) -> bool:
    return not chosen if option is None else option in chosen


def _work(count: int, answered: int) -> Work:
    if not count:
        return Work.none
    return Work.weak if count < WEAK_SHARE * answered else Work.enough
