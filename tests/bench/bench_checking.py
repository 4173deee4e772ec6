"""How long a whole check takes, of the reader and of the review, where it is long; and how soon hostile files end.

    python3 dev.py bench

A megabyte of five-line questions (about 5,500), as `quizapp check` does it; a bank of 100 questions, as an
editor does it after each change; and files made to be slow. Prints medians, the memory of the process, and
how much of each limit is used. Ends with 1 when a limit is passed.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import cycle, islice
from statistics import median
from textwrap import indent
from time import process_time

from quizapp.bank.checking import Checked, check_text
from quizapp.bank.examples import example, example_yaml
from quizapp.items.registry import kinds

ROUNDS = 5
LIMIT_LONG, LIMIT_EDITOR, LIMIT_HOSTILE = 1.0, 0.2, 0.1
LIMIT_MEGABYTES = 200
HEAD = "format: 1\nbank: long\ntitle: Long\nlanguage: en\nquestions:\n"
FIVE_LINES = """\
  - id: q-{n}
    type: short
    prompt: A paid post praises phone {n}. Which label must it have?
    accept: [advertisement, ad {n}]
    why: Readers weigh it {n} differently.
"""
HOSTILE = {
    "deep": b"[" * 900_000,
    "deep, many lines": b"[\n" * 90_000,
    "long list": b"a: [" + b"x," * 400_000 + b"]\n",
    "long list, many lines": b"a:\n" + b"- x\n" * 220_000,
    "long text": b"a: " + b"x" * 990_000 + b"\n",
    "long text, many lines": b"a: |\n" + b"  some words\n" * 75_000,
    "many spaces": b"a: x" + b" " * 24_000 + b"x: y\n",
    "many dashes": b"- " * 12_000 + b"\n",
    "aliases": b"a: &a [x]\n" + b"b: *a\n" * 90,
    "binary": bytes(range(256)) * 3_900,
}


def seconds(work: Callable[[], Checked]) -> float:
    """The median processor time of some work, with the collection of cycles put off as the command does it."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        start = process_time()
        work()
        times.append(process_time() - start)
        gc.enable()
    return median(times)


def check(data: bytes) -> Checked:
    """Read and review a file."""
    return check_text(data, "long.yaml", skills=(), today=date(2026, 3, 1))


def long_bank() -> tuple[bytes, int]:
    """A bank of nearly a megabyte, and how many questions it has."""
    count, size, entries = 0, len(HEAD), [HEAD]
    while size + len(entry := FIVE_LINES.format(n=count)) < 1_000_000:
        entries.append(entry)
        size += len(entry)
        count += 1
    return "".join(entries).encode(), count


def editor_bank() -> bytes:
    """A hundred questions of every kind."""
    entries = []
    for number, kind in enumerate(islice(cycle(kinds()), 100)):
        item = example(kind)
        source = example_yaml(kind).replace(f"- id: {item.id}\n", f"- id: {item.id}-{number}\n")
        entries.append(indent(source.replace(f"  skill: {item.skill}\n", ""), "  "))
    return (HEAD + "".join(entries)).encode()


def megabytes() -> float | None:
    """The most memory this process has had, or None where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000)


def main() -> int:
    """Measures all three and says whether each keeps to its limit."""
    data, count = long_bank()
    hundred = editor_bank()
    if check(data).bank is None:
        raise ValueError("The long bank should be one without errors.")
    used = [
        (f"{len(data):,} bytes, {count:,} questions", seconds(partial(check, data)), LIMIT_LONG),
        ("100 questions in an editor", seconds(partial(check, hundred)), LIMIT_EDITOR),
        *((f"hostile: {name}", seconds(partial(check, bomb)), LIMIT_HOSTILE) for name, bomb in HOSTILE.items()),
    ]
    for name, time, limit in used:
        print(f"{name:<40}{time * 1000:>8.1f} ms{time / limit:>8.0%} of {limit * 1000:g} ms")
    memory = megabytes()
    if memory is not None:
        print(f"{'memory':<40}{memory:>8.0f} MB{memory / LIMIT_MEGABYTES:>8.0%} of {LIMIT_MEGABYTES} MB")
    return int(any(time > limit for _, time, limit in used) or (memory or 0) > LIMIT_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
