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
from quizapp.bank.review.rule import Desk, Finding, Reviewed, Rule, registered

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
    found: dict[int, list[Problem]] = {id(bank): [] for bank in desk.banks}
    for rule, finding in _findings(desk):
        found[id(finding.of)].append(rule.problem(finding))
    return tuple(problem for problems in found.values() for problem in in_order(problems))


def _findings(desk: Desk) -> Iterator[tuple[Rule, Finding]]:
    """Question by question, so that what is worked out about a text is still at hand for the next rule."""
    about_one = [(rule, rule.look_at) for rule in rules() if rule.look_at is not None]
    for question in desk.questions:
        for rule, look_at in about_one:
            if rule.code not in question.item.allow:
                for finding in look_at(question):
                    yield rule, finding
    for rule in rules():
        if rule.look is not None:
            yield from ((rule, finding) for finding in rule.look(desk))
