"""Texts that were written elsewhere: what is said of them at once, before what each line lacks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from quizapp.bank.problems import Problem
from quizapp.bank.source import SourceText

MOST_ALIKE = 8
"""Lines with the same sign of a word processor that are told one by one."""
_OF_BANKS = frozenset({"format", "bank", "questions", "stimuli"})
#: A field of a bank in quotes: at the beginning of a line, or anywhere in a text in braces, such as JSON.
_QUOTED = r"""["'](?:format|bank|questions|stimuli)["'][ \t]*:"""
_LINE_OF_ONE = re.compile(f"^{_QUOTED}", re.MULTILINE)
_IN_BRACES = re.compile(rf"{_QUOTED}|^[\s{{]*(?:format|bank|questions|stimuli):", re.MULTILINE)
_MANY = {
    "odd-space": "{n} lines begin with special spaces",
    "tab": "{n} lines begin with tabs",
    "bullet": "{n} lines begin with a bullet or a number in the place of a dash",
}


def not_a_bank(source: SourceText) -> Problem | None:
    """The one thing to say of a text that has no field of a bank at all; None for a bank, however broken."""
    if any(name in _OF_BANKS for name, _, _ in source.sections):
        return None
    line = next((number for number, text in enumerate(source.lines, 1) if text.strip()), 1)
    braces = source.lines[line - 1].lstrip().startswith("{")
    if (_IN_BRACES if braces else _LINE_OF_ONE).search("\n".join(source.lines)):
        return None
    message = (
        "This is not yet a bank: the lines “format: 1”, “bank:” and “questions:” are missing. Begin with the example "
        "of a new bank and write your questions in the place of its own; or use the form, or paste a table."
    )
    return source.problem(line, 1, "not-a-bank", message)


def each_once(problems: list[Problem]) -> list[Problem]:
    """The findings with one in the place of many lines that show the same sign of a word processor."""
    counts = Counter(one.code for one in problems if one.code in _MANY)
    told: set[str] = set()
    found = []
    for one in sorted(problems, key=lambda problem: problem.line):
        if counts[one.code] <= MOST_ALIKE:
            found.append(one)
        elif one.code not in told:
            told.add(one.code)
            many = _MANY[one.code].format(n=counts[one.code])
            advice = "Paste the text again as plain text, or replace them all; this is the first."
            found.append(replace(one, message=f"{many}, probably pasted from a word processor. {advice}"))
    return found
