"""How far a quiz total can be trusted: Cronbach's alpha and the error of a total."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.measure.distributions import f_quantile
from quizapp.measure.intervals import Interval
from quizapp.measure.moments import is_constant, variance

STUDENTS_TO_SHOW = 20
ITEMS_TO_SHOW = 5


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement among the questions that everyone was shown.

    alpha: at most 1. interval: Feldt's 95 % interval, None when alpha is 1.
    students, items: what alpha was computed from.
    sd: standard deviation of the totals over those items, in marks.
    sem: standard error of a total, in marks: two students within it are not
        different. To be told only when alpha is usable.
    """

    alpha: float
    interval: Interval | None
    students: int
    items: int
    sd: float
    sem: float

    @property
    def usable(self) -> bool:
        """False for a negative alpha, which is to be told as "not usable", without the number."""
        return self.alpha >= 0

    @property
    def shown(self) -> bool:
        """Whether enough students and items stand behind alpha to print it on a page."""
        return self.students >= STUDENTS_TO_SHOW and self.items >= ITEMS_TO_SHOW


def reliability(marks: Sequence[Sequence[float]]) -> Reliability | None:
    """Cronbach's alpha over a complete table, one row of marks per student.

    alpha = k/(k-1) (1 - sum of item variances / variance of totals), constant
    items included in k (Cronbach 1951). Interval: 1 - (1 - alpha) F at .975 and
    .025 with n-1 and (n-1)(k-1) degrees of freedom (Feldt 1965).
    SEM = SD sqrt(1 - alpha).

    None under two students or two items, or when all totals are equal.
    """
    students = len(marks)
    items = len(marks[0]) if marks else 0
    if students < 2 or items < 2:
        return None
    totals = [math.fsum(row) for row in marks]
    total_variance = variance(totals)
    if total_variance is None or is_constant(totals):
        return None
    within = math.fsum(variance(column) or 0.0 for column in zip(*marks, strict=True))
    alpha = min(1.0, items / (items - 1) * (1 - within / total_variance))
    sd = math.sqrt(total_variance)
    return Reliability(
        alpha=alpha,
        interval=feldt(alpha, students, items),
        students=students,
        items=items,
        sd=sd,
        sem=sd * math.sqrt(1 - alpha),
    )


def feldt(alpha: float, students: int, items: int, *, confidence: float = 0.95) -> Interval | None:
    """Feldt's interval for alpha from so many students and items.

    None under two students or items, and at alpha = 1.
    """
    if students < 2 or items < 2 or alpha >= 1:
        return None
    tail = (1 - confidence) / 2
    df1, df2 = students - 1, (students - 1) * (items - 1)
    return Interval(
        1 - (1 - alpha) * f_quantile(1 - tail, df1, df2),
        1 - (1 - alpha) * f_quantile(tail, df1, df2),
    )
