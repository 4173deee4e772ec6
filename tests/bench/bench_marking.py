"""How long marking one response takes, for every kind of question.

    python3 dev.py bench

Prints, for each kind, the median time of one mark and of one explanation, and how often that fits into
the limit of one millisecond. Ends with 1 when a mark takes longer than the limit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from quizapp.bank.examples import example
from quizapp.items.registry import kinds

LIMIT_SECONDS = 0.001
ROUNDS, REPEATS = 15, 100


def seconds(work: Callable[[], object]) -> float:
    """The median time of one call, over rounds of many."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(REPEATS):
            work()
        times.append((perf_counter() - start) / REPEATS)
    return median(times)


def main() -> int:
    """Measures every kind and says whether all keep to the limit."""
    print(f"{'kind':<12}{'mark µs':>10}{'explain µs':>12}{'fits into 1 ms':>16}")
    slow = []
    for kind in kinds():
        item = example(kind)
        response = max((item.from_words(case.words) for case in item.EXAMPLES if case.case != "invalid"), key=str)
        mark, explain = seconds(lambda: item.score(response)), seconds(lambda: item.explain(response))  # noqa: B023 - called before the loop goes on
        print(f"{kind:<12}{mark * 1e6:>10.1f}{explain * 1e6:>12.1f}{LIMIT_SECONDS / mark:>15.0f}×")
        if mark > LIMIT_SECONDS:
            slow.append(kind)
    if slow:
        print(f"Slower than {LIMIT_SECONDS * 1000:g} ms: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
