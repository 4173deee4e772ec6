"""What docs/measures.md tells schools is what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from quizapp.measure import calibration, discernment, distrust, item_analysis, mastery, spacing
from tests.measure import print_simulations

PAGE = " ".join((Path(__file__).resolve().parents[2] / "docs" / "measures.md").read_text("utf-8").split())

SENTENCES = (
    f"fewer than {mastery.MIN_ANSWERS} answers, or fewer than {mastery.MIN_ITEMS} different questions",
    f"A = {mastery.PRIOR_RIGHT} + sum of w·x",
    f"B = {mastery.PRIOR_WRONG} + sum of w·(1 − x)",
    f"0.5 ^ (later answers / {mastery.HALF_LIFE})",
    f"lower line = g + {mastery.LOW_SHARE}·(1 − g)",
    f"upper line = g + {mastery.SECURE_SHARE}·(1 − g)",
    f"is at least {mastery.SECURE_PROBABILITY:.2f}",
    f"the lines are {25 + 75 * mastery.LOW_SHARE:.0f} % and {25 + 75 * mastery.SECURE_SHARE:.1f} %",
    f"range = {mastery.RANGE_TAIL:.0%} to {1 - mastery.RANGE_TAIL:.0%} point".replace("%", " %"),
    f"from {discernment.VERDICTS_FOR_LABEL} verdicts on each kind",
    f"c is above {discernment.STRONG_TENDENCY}",
    f"careful from d′ = {discernment.CAREFUL_SENSITIVITY:.0f}",
    f"from {discernment.VERDICTS_FOR_CLASS} and {discernment.VERDICTS_FOR_CLASS}",
    f"at least 1 and at most {spacing.LONGEST}",
    f"*{mastery.WRONG_OF_RECENT} of the last {mastery.RECENT}*".replace("*4", "*Wrong on 4"),
    f"*{calibration.SURE_AND_WRONG_FOR_HELP} answers sure and wrong*",
    f"needs {distrust.PASSAGES_OF_EACH} sound and {distrust.PASSAGES_OF_EACH} unsound passages in each period",
    f"with {distrust.VERDICTS_A_PASSAGE} verdicts each",
    f"whole {distrust.CONFIDENCE:.0%} interval".replace("%", " %"),
    f"From {calibration.RATINGS_FOR_NUMBERS} ratings on",
    f"from {item_analysis.STUDENTS_FOR_KEY_FLAG} students",
    f"from {item_analysis.STUDENTS_FOR_SEPARATION_FLAG} students",
    f"under {item_analysis.SEPARATION_FLOOR:.2f}",
    f"none is shown below {item_analysis.STUDENTS_TO_SHOW_R}",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_number_in_the_document_is_the_number_in_the_code(sentence: str) -> None:
    assert sentence in PAGE


@pytest.mark.parametrize("level", mastery.Level)
def test_each_level_is_explained(level: mastery.Level) -> None:
    # Pages say "not enough yet" for what the code calls no evidence.
    word = "not enough yet" if level is mastery.Level.no_evidence else level.value
    assert f"| {word} |" in PAGE


def test_the_simulations_in_the_document_are_those_that_run() -> None:
    for line in print_simulations.lines():
        assert line in PAGE
