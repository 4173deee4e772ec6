"""Prints how often the rules mislead, as the table of docs/measures.md. Run it with

    .venv/bin/python -m tests.measure.print_simulations

It is not a test; a test compares what it prints with the document.
"""

import random
from collections.abc import Iterator

from quizapp.measure.discernment import Label
from quizapp.measure.mastery import Level
from tests.measure import simulations
from tests.measure.simulations import Reading

CAREFUL = ((0.85, 0.85), (0.90, 0.90), (0.85, 0.80))
STEADY = Reading(sharpness=2, suspicion=0)
CYNICAL = Reading(sharpness=2, suspicion=1)


def lines() -> Iterator[str]:
    """The rows, one claim each, ready for the document."""
    yield "| What is asked | Invented students or classes | Found |"
    yield "|---|---|---|"
    for trust, doubt in CAREFUL:
        drawn = simulations.labels(random.Random(3), trust_sound=trust, doubt_unsound=doubt, each=20, students=1000)
        wrong = 1 - drawn.count(Label.careful) / len(drawn)
        yield (
            f"| How often is a careful student called something else? | 1000 who trust {trust:.0%} of sound passages "
            f"and catch {doubt:.0%} of problems, 20 + 20 verdicts | {wrong:.1%} |"
        )
    levels = [
        level
        for chance in (0.25, 0.5)
        for level in simulations.guessers(random.Random(11), chance=chance, answers=12, cells=240)
    ]
    high = sum(level in (Level.secure, Level.strong) for level in levels)
    yield f"| How many cells of guessing classes say secure or strong? | 480 cells of 12 guesses | {high} |"
    for name, chance in (("typed answers", 0.0), ("four options", 0.25), ("two options", 0.5)):
        taken = sorted(
            simulations.answers_until_secure(random.Random(8), right=0.9, chance=chance, students=400, most=40)
        )
        yield (
            f"| After how many answers is someone who is right 90 % of the time called secure, with {name}? "
            f"| 400 | half by {taken[199]}, three quarters by {_capped(taken[299])} |"
        )
    rates = simulations.secure_rates(random.Random(2), answers=12, students=2000)
    yield f"| How many of those called secure are truly below the line? | 2000, 12 answers | {rates.below_line:.0%} |"
    for name, after, passages in (
        ("falsely raised", STEADY, 4),
        ("falsely raised", STEADY, 8),
        ("rightly raised", CYNICAL, 8),
    ):
        rate = simulations.alarms(
            random.Random(7), before=STEADY, after=after, students=28, passages=passages, classes=400
        )
        yield (
            f"| How often is the warning of growing distrust {name}? "
            f"| 400 classes of 28, {passages} + {passages} passages before and after | {rate:.1%} |"
        )


def _capped(answers: int) -> str:
    return f"{answers}" if answers <= 40 else "more than 40"


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201 - what this file is for
