"""How many flaws the review finds in our own questions when each is put into them, and what it says that is wrong.

    python3 dev.py bench

For each rule about a question: how many flaws were found of how many put in, the share with its 95 % interval
(Wilson), and how often it had to be silenced, with a reason, in the questions that come with the program. Ends
with 1 when a rule finds fewer than 95 %.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.measure.intervals import wilson
from tests.bank.flaws import FLAWS
from tests.bank.test_mutations import NEEDED, alarms, desk, recall


def main() -> int:
    """Prints a line for each rule."""
    silenced, weak = alarms(), []
    print(f"{len(desk().questions)} questions")
    print(f"{'rule':<24}{'found':>7}{'of':>6}{'share':>8}{'interval':>16}{'silenced':>10}")
    for code in sorted(FLAWS):
        found, put_in = recall(code)
        interval = wilson(found, put_in)
        between = "" if interval is None else f"{interval.low:.0%} to {interval.high:.0%}"
        print(f"{code:<24}{found:>7}{put_in:>6}{found / put_in:>8.0%}{between:>16}{silenced[code]:>10}")
        if found / put_in < NEEDED:
            weak.append(code)
    others = ", ".join(f"{code} {count}" for code, count in silenced.items() if code not in FLAWS)
    print(f"Silenced: {sum(silenced.values())} times in all{f' (also {others})' if others else ''}")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
