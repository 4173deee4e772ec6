"""The review: what makes a question worse although it can be asked.

Rules say what they found, never that a question must go. Each can be silenced for one
question by `allow: {code: reason}`; those about a bank as a whole cannot. The rules follow
the literature on item writing (Haladyna, Downing and Rodriguez 2002 for the list;
Moore and others 2023 for thresholds where a rule names one).
"""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.bank.problems import Problem, in_order
from quizapp.bank.review import balance, options, quoting, teaching, wording
from quizapp.bank.review.rule import Desk, Reviewed, Rule, registered

__all__ = ["Desk", "Reviewed", "Rule", "review", "rules"]

#: The modules whose import puts the rules on the list.
RULE_MODULES = (wording, options, teaching, balance, quoting)


def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return tuple(rule for _, rule in sorted(registered().items()))


def review(desk: Desk) -> tuple[Problem, ...]:
    """Hold every bank on the desk against every rule.

    Returns:
        The findings, bank by bank, by place.
    """
    found = [(finding.of, rule.problem(finding)) for rule in rules() for finding in rule.look(desk)]
    return tuple(_by_bank(desk, found))


def _by_bank(desk: Desk, found: list[tuple[Reviewed, Problem]]) -> Iterator[Problem]:
    for bank in desk.banks:
        yield from in_order([problem for of, problem in found if of is bank])
