"""What a rule of the review is, what it looks at, and the list of all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

from quizapp.bank.article import Article
from quizapp.bank.model import Bank, Stimulus
from quizapp.bank.places import Places, Spot
from quizapp.bank.problems import Level, Problem
from quizapp.items.base import Alternative
from quizapp.items.registry import AnyItem
from quizapp.text import plain

Scope: TypeAlias = Literal["question", "bank", "banks"]


@dataclass(frozen=True)
class Reviewed:
    """A bank under review. `shipped` banks come with the program and are held to more."""

    bank: Bank
    places: Places
    shipped: bool = False

    @property
    def english(self) -> bool:
        """Whether rules that know English words may speak."""
        return self.bank.language.partition("-")[0] == "en"

    def finding(self, message: str, spot: Spot | None = None) -> Finding:
        """A finding in this bank; without a spot it is about the bank itself."""
        return Finding(self, spot or Spot(path=("questions",)), message)


@dataclass(frozen=True)
class Desk:
    """Everything a review looks at.

    Args:
        banks: the banks that are reviewed together.
        today: the day for which ages are told.
        misconceptions: the ids that questions may name, or None when there is no list.
        article: the text that the banks quote, or None when it is not at hand.
    """

    banks: tuple[Reviewed, ...]
    today: date
    misconceptions: frozenset[str] | None = None
    article: Article | None = None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question of every bank."""
        return tuple(Question(item, of, self) for of in self.banks for item in of.bank.items)


@dataclass(frozen=True)
class Question:
    """One question under review."""

    item: AnyItem
    of: Reviewed
    desk: Desk

    def finding(self, message: str, *path: str | int) -> Finding:
        """A finding at a part of this question."""
        return Finding(self.of, Spot("questions", self.item.id, path), message)

    @cached_property
    def stem(self) -> str:
        """The prompt as plain words."""
        return plain(self.item.prompt)

    @cached_property
    def sets(self) -> tuple[Choices, ...]:
        """The alternatives, one set for each place of choice."""
        return tuple(Choices(found) for found in self.item.alternatives())

    @cached_property
    def single(self) -> Choices | None:
        """The alternatives when the whole question is to choose one of them."""
        one = self.sets[0] if len(self.sets) == 1 else None
        return one if one is not None and len(one.right) == 1 and len(one.right[0].at) == 3 else None

    @cached_property
    def stimulus(self) -> Stimulus | None:
        """What the question is about."""
        return next((one for one in self.of.bank.stimuli if one.id == self.item.about), None)


@dataclass(frozen=True)
class Choices:
    """Alternatives among which a student chooses."""

    all: tuple[Alternative, ...]

    @cached_property
    def right(self) -> tuple[Alternative, ...]:
        """The right ones."""
        return tuple(one for one in self.all if one.right)

    @cached_property
    def wrong(self) -> tuple[Alternative, ...]:
        """The wrong ones."""
        return tuple(one for one in self.all if not one.right)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and where."""

    of: Reviewed
    spot: Spot
    message: str


@dataclass(frozen=True)
class Rule:
    """One rule. `shipped` is its level for banks that come with the program; `guard` says when it keeps silent."""

    code: str
    definition: str
    level: Level
    shipped: Level
    guard: str
    scope: Scope
    look: Callable[[Desk], Iterator[Finding]] | None = None
    look_at: Callable[[Question], Iterator[Finding]] | None = None

    def problem(self, found: Finding) -> Problem:
        """The finding as the check prints it."""
        level = self.shipped if found.of.shipped else self.level
        return found.of.places.problem(found.spot, level, self.code, found.message)


_RULES: dict[str, Rule] = {}

QuestionLook: TypeAlias = Callable[[Question], Iterator[Finding]]
BankLook: TypeAlias = Callable[[Reviewed, Desk], Iterator[Finding]]
BanksLook: TypeAlias = Callable[[Desk], Iterator[Finding]]


def question_rule(
    code: str, level: Level, definition: str, *, guard: str = "", shipped: Level | None = None
) -> Callable[[QuestionLook], QuestionLook]:
    """Put a rule about one question on the list. A question can silence it with `allow`."""

    def register(function: QuestionLook) -> QuestionLook:
        _add(Rule(code, definition, level, shipped or level, guard, "question", look_at=function))
        return function

    return register


def bank_rule(
    code: str, level: Level, definition: str, *, guard: str = "", shipped: Level | None = None
) -> Callable[[BankLook], BankLook]:
    """Put a rule about a whole bank on the list."""

    def register(function: BankLook) -> BankLook:
        def look(desk: Desk) -> Iterator[Finding]:
            for of in desk.banks:
                yield from function(of, desk)

        _add(Rule(code, definition, level, shipped or level, guard, "bank", look))
        return function

    return register


def banks_rule(
    code: str, level: Level, definition: str, *, guard: str = "", shipped: Level | None = None
) -> Callable[[BanksLook], BanksLook]:
    """Put a rule about all banks together on the list."""

    def register(function: BanksLook) -> BanksLook:
        _add(Rule(code, definition, level, shipped or level, guard, "banks", function))
        return function

    return register


def registered() -> dict[str, Rule]:
    """The rules by code, as far as their modules are loaded."""
    return _RULES


def _add(rule: Rule) -> None:
    if rule.code in _RULES:
        raise ValueError(f"Two rules have the code {rule.code!r}.")
    _RULES[rule.code] = rule
