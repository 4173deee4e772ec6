"""Rules about a bank as a whole: sound and flawed passages, controls, the order of keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from math import erfc, exp, gamma, sqrt

from quizapp.bank.review.rule import Desk, Finding, Question, Reviewed, bank_rule, banks_rule

LEAST_SOUND = 1 / 3
LONGEST_RUN = 4


@bank_rule(
    "balance",
    "info",
    "Less than a third of the passages and phrases to be judged are sound.",
    guard="fewer than 6 of them",
    shipped="error",
)
def _balance(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    flags = [item.flags() for item in of.bank.items]
    sound, flagged = sum(one.sound for one in flags), sum(one.flagged for one in flags)
    if sound + flagged >= 6 and sound < LEAST_SOUND * (sound + flagged):
        message = f"Of {sound + flagged} passages to judge {sound} are sound. Add sound ones, up to half."
        yield of.finding(f"{message} Who doubts everything should not score well.")


@banks_rule(
    "control",
    "info",
    "A skill has no question in which nothing is wrong (`control: true`).",
    guard="skills with fewer than 5 questions in the banks checked together",
    shipped="error",
)
def _control(desk: Desk) -> Iterator[Finding]:
    asked: dict[str, list[Question]] = {}
    for question in desk.questions:
        if question.item.skill is not None:
            asked.setdefault(question.item.skill, []).append(question)
    for skill, questions in asked.items():
        if len(questions) >= 5 and not any(question.item.control for question in questions):
            message = f"No question on the skill “{skill}” shows a text in which nothing is wrong. Add one."
            yield questions[0].finding(message, "skill")


@bank_rule(
    "key-position",
    "warning",
    "Where answers keep their order, the keys stand in one place too often (chi-square, p < .01) or "
    f"{LONGEST_RUN} times in a row and more.",
    guard="fewer than 12 such questions; runs that chance makes likely (p > .05)",
)
def _key_position(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    fixed = [place for item in of.bank.items if (place := item.fixed_place()) is not None]
    for size in sorted({size for _, size in fixed}):
        places = [place for place, of_how_many in fixed if of_how_many == size]
        if len(places) < 12:
            continue
        counts = Counter(places)
        expected = len(places) / size
        chi_square = sum((counts[place] - expected) ** 2 / expected for place in range(size))
        if chance_of(chi_square, size - 1) < 0.01:
            message = f"Of {len(places)} keys {max(counts.values())} stand in the same place. Even them out."
            yield of.finding(message)
        run = max(len(list(group)) for _, group in groupby(places))
        if run >= LONGEST_RUN and chance_of_run(run, len(places), size) < 0.05:
            yield of.finding(f"{run} keys in a row stand in the same place. Change the order of the questions.")


def chance_of(chi_square: float, freedom: int) -> float:
    """The probability of at least this chi-square under chance, for whole degrees of freedom.

    Recursion of the upper incomplete gamma function (Abramowitz and Stegun 26.4.8).

    >>> round(chance_of(6.635, 1), 4), round(chance_of(9.210, 2), 4), round(chance_of(11.345, 3), 4)
    (0.01, 0.01, 0.01)
    """
    half = chi_square / 2
    at, total = (1, erfc(sqrt(half))) if freedom % 2 else (2, exp(-half))
    while at < freedom:
        total += half ** (at / 2) * exp(-half) / gamma(at / 2 + 1)
        at += 2
    return total


def chance_of_run(run: int, length: int, size: int) -> float:
    """The probability that `length` random places out of `size` hold a run of `run` or more.

    >>> round(chance_of_run(2, 2, 2), 3), round(chance_of_run(3, 3, 2), 3), round(chance_of_run(4, 4, 2), 3)
    (0.5, 0.25, 0.125)
    """
    state = [0.0] * run  # state[n]: no long run so far, and the last n + 1 places are alike
    state[0] = 1.0
    for _ in range(length - 1):
        lasting = [0.0, *(share / size for share in state[:-1])]
        lasting[0] = sum(state[: run - 1]) * (size - 1) / size
        broken = state[run - 1]
        state = lasting
        state[run - 1] += broken
    return state[run - 1]
