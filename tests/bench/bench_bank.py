"""How long reading and checking a bank of 500 questions takes.

    python3 dev.py bench

The bank holds the example of every kind, over and over under other ids. Prints the median and, beside it,
the time for 50 questions: the ratio shows whether the time grows with the number of questions or faster.
Ends with 1 when 500 questions take a second or longer.
"""

from __future__ import annotations

import sys
from itertools import cycle, islice
from statistics import median
from textwrap import indent
from time import perf_counter

from quizapp.bank.examples import example, example_yaml
from quizapp.bank.loader import load_text
from quizapp.bank.model import Skill
from quizapp.items.registry import kinds

LIMIT_SECONDS = 1.0
QUESTIONS, FEW, ROUNDS = 500, 50, 5
HEAD = "format: 1\nbank: long\ntitle: Long\nlanguage: en\nquestions:\n"


def bank(questions: int) -> tuple[bytes, tuple[Skill, ...]]:
    """A bank of so many questions, and the skills it names."""
    examples = {kind: (example(kind), example_yaml(kind)) for kind in kinds()}
    entries = []
    for number, kind in enumerate(islice(cycle(examples), questions), start=1):
        item, source = examples[kind]
        entries.append(indent(source.replace(f"- id: {item.id}\n", f"- id: {item.id}-{number}\n"), "  "))
    names = sorted({item.skill for item, _ in examples.values() if item.skill})
    skills = tuple(Skill(id=name, name=name.title(), definition="Of an example.") for name in names)
    return (HEAD + "".join(entries)).encode(), skills


def seconds(questions: int) -> float:
    """The median time to read and check a bank of so many questions."""
    data, skills = bank(questions)
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        loaded = load_text(data, "long.yaml", skills=skills)
        times.append(perf_counter() - start)
        if loaded.bank is None or len(loaded.bank.items) != questions:
            raise ValueError("\n".join(map(str, loaded.problems[:3])))
    return median(times)


def main() -> int:
    """Measures both sizes and says whether the large one keeps to the limit."""
    few, many = seconds(FEW), seconds(QUESTIONS)
    print(f"{FEW} questions: {few * 1000:.0f} ms")
    print(f"{QUESTIONS} questions: {many * 1000:.0f} ms, {many / QUESTIONS * 1000:.2f} ms each")
    print(f"{QUESTIONS // FEW} times the questions take {many / few:.1f} times as long")
    print(f"{many / LIMIT_SECONDS:.0%} of the limit of {LIMIT_SECONDS:g} s")
    return 0 if many < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
