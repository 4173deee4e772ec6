"""What changed between two occasions, for the same students.

Scores are percentages, 0 to 100, one per student, in the same order on both
occasions; None where a student was missing. The gain in percentage points with
its interval comes first, the effect size second. Below ten pairs only the pairs
and the gain are worth telling.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.measure.discernment import Counts
from quizapp.measure.distributions import normal_quantile, t_quantile
from quizapp.measure.intervals import Interval, mean_interval
from quizapp.measure.moments import correlation, mean, standard_deviation, variance

FULL = 100.0
PAIRS_FOR_NUMBERS = 10
TRANSFER_TARGET = 10.0
"""A transfer gap under so many points is the aim."""

Scores = Sequence[float | None]


class Caveat(StrEnum):
    """What must be said beside a gain."""

    few_pairs = "too few pairs for more than the gain"
    practice = "practice effects included"
    regression = "chosen for low scores, so part of the rise is expected anyway"


@dataclass(frozen=True, slots=True)
class EffectSize:
    """A standardised difference, in standard deviations, with its variance and 95 % interval."""

    value: float
    variance: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Gain:
    """Change of one class.

    pairs: students measured twice. missing: positions of the others.
    before, after, gain: means and their difference, in points; None without pairs.
    The rest is None below 10 pairs: interval (95 %, in points; also None when all
    gained the same), hake (the class's normalised gain, at most 1; None when
    before is 100), normalised (mean of the individual normalised changes, -1 to 1;
    None when none is defined), effect (None when either occasion has no spread).
    """

    pairs: int
    missing: tuple[int, ...]
    before: float | None
    after: float | None
    gain: float | None
    interval: Interval | None
    hake: float | None
    normalised: float | None
    effect: EffectSize | None
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True, slots=True)
class DiscernmentGain:
    """Change in trust of sound passages and in doubt of unsound ones, told apart."""

    trust: Gain
    doubt: Gain


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean gain of one class minus that of another, in points.

    interval: Welch's 95 % interval; effect: Hedges's g on the gains. Both None
    under ten gains in either class or when gains do not vary.
    """

    difference: float
    interval: Interval | None
    effect: EffectSize | None


@dataclass(frozen=True, slots=True)
class TransferGap:
    """Accuracy on the article's own questions minus accuracy on new material.

    students: those with both. gap: mean, in points; a large one means the class
    learned this article. interval: 95 %, None below ten students or when all
    gaps are equal. on_target: whether the gap is under 10 points.
    """

    students: int
    gap: float
    interval: Interval | None
    on_target: bool


def gain(before: Scores, after: Scores, *, parallel_forms: bool = False, chosen_for_low_scores: bool = False) -> Gain:
    """Compare two occasions.

    parallel_forms: the occasions used different, comparable questions, so
    practice need not be named. chosen_for_low_scores: the students were picked
    because they had done badly. Raises ValueError for unequal lengths.
    """
    pairs, missing = _pairs(before, after)
    firsts, seconds = [first for first, _ in pairs], [second for _, second in pairs]
    gains = [second - first for first, second in pairs]
    enough = len(pairs) >= PAIRS_FOR_NUMBERS
    return Gain(
        pairs=len(pairs),
        missing=missing,
        before=mean(firsts),
        after=mean(seconds),
        gain=mean(gains),
        interval=mean_interval(gains) if enough else None,
        hake=hake(mean(firsts), mean(seconds)) if enough else None,
        normalised=mean([c for pair in pairs if (c := normalised_change(*pair)) is not None]) if enough else None,
        effect=standardised_gain(firsts, seconds) if enough else None,
        caveats=_caveats(enough=enough, practised=not parallel_forms, chosen=chosen_for_low_scores),
    )


def hake(before: float | None, after: float | None) -> float | None:
    """Hake's class gain (after - before) / (100 - before), from the two class means.

    At most 1; None without means and when before is 100 (Hake, Am. J. Phys. 66, 1998).
    """
    if before is None or after is None or before >= FULL:
        return None
    return (after - before) / (FULL - before)


def normalised_change(before: float, after: float) -> float | None:
    """One student's normalised change, -1 to 1 (Marx and Cummings, Am. J. Phys. 75, 2007).

    A gain is divided by what could be gained, a loss by what could be lost. None
    from 0 to 0 and from 100 to 100, which say nothing.
    """
    if after > before:
        return (after - before) / (FULL - before)
    if after < before:
        return (after - before) / before
    return None if before in (0, FULL) else 0.0


def standardised_gain(before: Sequence[float], after: Sequence[float]) -> EffectSize | None:
    """Gain in standard deviations of the first occasion, corrected for small n.

    g = J(n - 1) gain / SD_before, variance 2(1 - r)/n + g^2/2n (Becker 1988;
    Morris 2008). Never divided by the SD of the gains, which grows with r.
    None under three pairs or when either occasion has no spread.
    """
    n = len(before)
    first, second, spread = mean(before), mean(after), standard_deviation(before)
    r = correlation(before, after)
    if first is None or second is None or not spread or r is None:
        return None
    return standardised_mean_change(second - first, spread, r, n)


def standardised_mean_change(difference: float, sd_before: float, r: float, n: int) -> EffectSize:
    """The same from summaries: mean difference, SD before (above 0), correlation, pairs (at least 3)."""
    g = small_sample_factor(n - 1) * difference / sd_before
    return _effect(g, 2 * (1 - r) / n + g * g / (2 * n))


def small_sample_factor(df: float) -> float:
    """Hedges's correction J = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)), about 1 - 3/(4 df - 1); df > 1."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2) - math.log(df / 2) / 2)


def compare_gains(gains: Sequence[float], other_gains: Sequence[float]) -> Comparison | None:
    """Compare the gains of two classes, first minus other; None when either is empty."""
    first, second = mean(gains), mean(other_gains)
    if first is None or second is None:
        return None
    enough = min(len(gains), len(other_gains)) >= PAIRS_FOR_NUMBERS
    return Comparison(
        difference=first - second,
        interval=_welch(gains, other_gains) if enough else None,
        effect=hedges_g(gains, other_gains) if enough else None,
    )


def hedges_g(xs: Sequence[float], ys: Sequence[float]) -> EffectSize | None:
    """Hedges's g of two independent groups, first minus second.

    g = J(n1 + n2 - 2) (m1 - m2) / pooled SD, variance 1/n1 + 1/n2 + g^2 / 2(n1 + n2)
    (Hedges and Olkin 1985). None under two values in a group or without spread.
    """
    n1, n2 = len(xs), len(ys)
    v1, v2, m1, m2 = variance(xs), variance(ys), mean(xs), mean(ys)
    if v1 is None or v2 is None or m1 is None or m2 is None or not v1 + v2:
        return None
    pooled = math.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2))
    g = small_sample_factor(n1 + n2 - 2) * (m1 - m2) / pooled
    return _effect(g, 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)))


def discernment_gain(
    before: Sequence[Counts | None], after: Sequence[Counts | None], *, parallel_forms: bool = False
) -> DiscernmentGain:
    """Compare two occasions of judging, one entry per student in the same order.

    Trust is the percentage of sound passages trusted, doubt that of unsound ones
    doubted. One number for both would hide a class that only learned to say no.
    """
    return DiscernmentGain(
        trust=gain([_trust(one) for one in before], [_trust(one) for one in after], parallel_forms=parallel_forms),
        doubt=gain([_doubt(one) for one in before], [_doubt(one) for one in after], parallel_forms=parallel_forms),
    )


def transfer_gap(article: Scores, transfer: Scores) -> TransferGap | None:
    """Compare percentages on the article's questions with those on new material.

    One entry per student in the same order. None when nobody has both.
    """
    pairs, _ = _pairs(article, transfer)
    gaps = [own - new for own, new in pairs]
    gap = mean(gaps)
    if gap is None:
        return None
    return TransferGap(
        students=len(gaps),
        gap=gap,
        interval=mean_interval(gaps) if len(gaps) >= PAIRS_FOR_NUMBERS else None,
        on_target=gap < TRANSFER_TARGET,
    )


def _pairs(before: Scores, after: Scores) -> tuple[list[tuple[float, float]], tuple[int, ...]]:
    if len(before) != len(after):
        raise ValueError("Both occasions need one entry per student, None where a student was missing.")
    pairs: list[tuple[float, float]] = []
    missing: list[int] = []
    for place, (first, second) in enumerate(zip(before, after, strict=True)):
        if first is None or second is None:
            missing.append(place)
        else:
            pairs.append((first, second))
    return pairs, tuple(missing)


def _caveats(*, enough: bool, practised: bool, chosen: bool) -> tuple[Caveat, ...]:
    said = ((not enough, Caveat.few_pairs), (practised, Caveat.practice), (chosen, Caveat.regression))
    return tuple(caveat for applies, caveat in said if applies)


def _welch(xs: Sequence[float], ys: Sequence[float]) -> Interval | None:
    """Welch's interval for a difference of means (Biometrika 34, 1947)."""
    v1, v2 = variance(xs), variance(ys)
    m1, m2 = mean(xs), mean(ys)
    if v1 is None or v2 is None or m1 is None or m2 is None or not v1 + v2:
        return None
    e1, e2 = v1 / len(xs), v2 / len(ys)
    df = (e1 + e2) ** 2 / (e1**2 / (len(xs) - 1) + e2**2 / (len(ys) - 1))
    reach = t_quantile(0.975, df) * math.sqrt(e1 + e2)
    return Interval(m1 - m2 - reach, m1 - m2 + reach)


def _effect(g: float, spread: float) -> EffectSize:
    reach = normal_quantile(0.975) * math.sqrt(spread)
    return EffectSize(g, spread, Interval(g - reach, g + reach))


def _trust(counts: Counts | None) -> float | None:
    return FULL * counts.trusted_sound / counts.sound if counts and counts.sound else None


def _doubt(counts: Counts | None) -> float | None:
    return FULL * counts.doubted_unsound / counts.unsound if counts and counts.unsound else None
