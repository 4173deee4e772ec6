"""Can a student tell sound passages from unsound ones, and which way do errors lean?

The signal is a sound passage; a hit is trusting it, a false alarm is trusting
an unsound one. Someone who doubts everything and someone who trusts everything
can have the same percentage; sensitivity d' and tendency c keep them apart:

    H = (hits + 1/2) / (sound + 1)      F = (false alarms + 1/2) / (unsound + 1)
    d' = z(H) - z(F)                    c = -(z(H) + z(F)) / 2

with the log-linear correction always applied (Hautus, Behavior Research
Methods 27, 1995). c above 0 is over-suspicious, below 0 over-trusting.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.measure.distributions import normal_pdf, normal_quantile
from quizapp.measure.intervals import Interval, mean_interval, share_difference
from quizapp.measure.moments import mean

VERDICTS_FOR_LABEL = 20
"""Of each kind, before one student's numbers mean anything."""
VERDICTS_FOR_CLASS = 8
"""Of each kind, before a student's d' enters a class average."""
STRONG_TENDENCY = 0.5
CAREFUL_SENSITIVITY = 1.0


class Label(StrEnum):
    """Four plain words for a student's pattern."""

    careful = "careful"
    over_suspicious = "over-suspicious"
    over_trusting = "over-trusting"
    guessing = "still guessing"


@dataclass(frozen=True, slots=True)
class Counts:
    """Verdicts of one student, or of several pooled.

    sound, unsound: passages judged. trusted_sound: sound ones called sound.
    doubted_unsound: unsound ones called a problem.
    """

    trusted_sound: int
    sound: int
    doubted_unsound: int
    unsound: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not (0 <= self.trusted_sound <= self.sound and 0 <= self.doubted_unsound <= self.unsound):
            raise ValueError("A count of verdicts must lie between 0 and the number of passages.")

    @property
    def trusted_unsound(self) -> int:
        """Unsound passages called sound: too trusting."""
        return self.unsound - self.doubted_unsound

    @property
    def doubted_sound(self) -> int:
        """Sound passages called a problem: too suspicious."""
        return self.sound - self.trusted_sound

    @property
    def right(self) -> int:
        """All right verdicts, the veracity discernment score V of MIST (Maertens et al. 2023)."""
        return self.trusted_sound + self.doubted_unsound

    @property
    def distrust(self) -> int:
        """Passages doubted beyond the number of unsound ones, at least 0 (MIST's d)."""
        return max(0, self.doubted_sound - self.trusted_unsound)

    @property
    def naivety(self) -> int:
        """Passages trusted beyond the number of sound ones, at least 0 (MIST's n)."""
        return max(0, self.trusted_unsound - self.doubted_sound)

    def enough(self, of_each: int) -> bool:
        """Tell whether there are at least this many verdicts on each kind of passage."""
        return min(self.sound, self.unsound) >= of_each


@dataclass(frozen=True, slots=True)
class Discernment:
    """Sensitivity d' and tendency c, in standard deviations, with their standard errors."""

    sensitivity: float
    tendency: float
    sensitivity_se: float
    tendency_se: float


@dataclass(frozen=True, slots=True)
class ClassDiscernment:
    """A class's sensitivity and tendency.

    students: how many are behind the numbers. pooled: False when computed per
    student and then averaged, True when all verdicts were thrown together,
    which must be said wherever the numbers are shown. Intervals are 95 %; they
    are None when the students averaged are all alike.
    """

    students: int
    pooled: bool
    sensitivity: float
    tendency: float
    sensitivity_interval: Interval | None
    tendency_interval: Interval | None


@dataclass(frozen=True, slots=True)
class LureBalance:
    """Which way wrong choices lean: -1 all credulous, 0 even, 1 all cynical."""

    balance: float
    cynical: int
    credulous: int
    errors: int


def discern(counts: Counts) -> Discernment | None:
    """Compute d' and c; None without verdicts on both kinds of passage.

    SE(d')^2 = H(1-H) / (n_sound phi(zH)^2) + F(1-F) / (n_unsound phi(zF)^2)
    (Gourevitch and Galanter 1967), SE(c) is half of it.
    """
    if not counts.enough(1):
        return None
    hit_rate = (counts.trusted_sound + 0.5) / (counts.sound + 1)
    alarm_rate = (counts.trusted_unsound + 0.5) / (counts.unsound + 1)
    z_hit, z_alarm = normal_quantile(hit_rate), normal_quantile(alarm_rate)
    se = math.sqrt(_variance_of_z(hit_rate, z_hit, counts.sound) + _variance_of_z(alarm_rate, z_alarm, counts.unsound))
    return Discernment(
        sensitivity=z_hit - z_alarm,
        tendency=-(z_hit + z_alarm) / 2,
        sensitivity_se=se,
        tendency_se=se / 2,
    )


def label(counts: Counts) -> Label | None:
    """Put one student's pattern into words; None below 20 verdicts of each kind.

    A tendency beyond 0.5 either way names the pattern; otherwise it is careful
    from d' = 1, else still guessing.
    """
    found = discern(counts) if counts.enough(VERDICTS_FOR_LABEL) else None
    if found is None:
        return None
    if found.tendency > STRONG_TENDENCY:
        return Label.over_suspicious
    if found.tendency < -STRONG_TENDENCY:
        return Label.over_trusting
    return Label.careful if found.sensitivity >= CAREFUL_SENSITIVITY else Label.guessing


def pool(students: Iterable[Counts]) -> Counts:
    """Throw the verdicts of several students together; no students give zeros."""
    everyone = list(students)
    return Counts(
        trusted_sound=sum(one.trusted_sound for one in everyone),
        sound=sum(one.sound for one in everyone),
        doubted_unsound=sum(one.doubted_unsound for one in everyone),
        unsound=sum(one.unsound for one in everyone),
    )


def discern_class(students: Sequence[Counts]) -> ClassDiscernment | None:
    """Sensitivity and tendency of a class.

    Averaged over the students with at least 8 verdicts of each kind when they
    are two or more and at least half of those who gave any; otherwise pooled
    over everyone. None below 8 + 8 pooled verdicts.
    """
    judging = [one for one in students if one.sound + one.unsound]
    able = [one for one in judging if one.enough(VERDICTS_FOR_CLASS)]
    if len(able) >= 2 and 2 * len(able) >= len(judging):
        return _averaged([found for one in able if (found := discern(one)) is not None])
    together = pool(judging)
    found = discern(together) if together.enough(VERDICTS_FOR_CLASS) else None
    if found is None:
        return None
    return ClassDiscernment(
        students=len(judging),
        pooled=True,
        sensitivity=found.sensitivity,
        tendency=found.tendency,
        sensitivity_interval=_around(found.sensitivity, found.sensitivity_se),
        tendency_interval=_around(found.tendency, found.tendency_se),
    )


def lure_balance(cynical: int, credulous: int, errors: int) -> LureBalance | None:
    """Return (cynical lures chosen - credulous lures chosen) / errors; None without errors.

    errors: all wrong choices, with or without a lure. Raises ValueError when
    the lures outnumber the errors or a count is negative.
    """
    if min(cynical, credulous) < 0 or cynical + credulous > errors:
        raise ValueError("Lures chosen are errors: their counts cannot be negative or exceed the errors.")
    if not errors:
        return None
    return LureBalance((cynical - credulous) / errors, cynical, credulous, errors)


def side_difference(flagged_one: int, shown_one: int, flagged_other: int, shown_other: int) -> Interval | None:
    """95 % interval for how much more often one invented side is flagged than the other, -1 to 1.

    For matched passages that differ only in whose side they take. None when
    either side was not shown.
    """
    return share_difference(flagged_one, shown_one, flagged_other, shown_other)


def _averaged(each: Sequence[Discernment]) -> ClassDiscernment:
    sensitivities = [one.sensitivity for one in each]
    tendencies = [one.tendency for one in each]
    return ClassDiscernment(
        students=len(each),
        pooled=False,
        sensitivity=mean(sensitivities) or 0.0,
        tendency=mean(tendencies) or 0.0,
        sensitivity_interval=mean_interval(sensitivities),
        tendency_interval=mean_interval(tendencies),
    )


def _around(centre: float, se: float) -> Interval:
    reach = normal_quantile(0.975) * se
    return Interval(centre - reach, centre + reach)


def _variance_of_z(rate: float, z: float, n: int) -> float:
    return rate * (1 - rate) / (n * normal_pdf(z) ** 2)
