"""Choose the one best answer.

For one idea with tempting wrong answers, each of which tells the teacher something.
Not for "none of the above", nor for two ideas at once: ask two questions.

- Options are shuffled; `pin: last` keeps one at the end ("I can't tell from this").
- `why` under an option is shown to those who chose it; `misconception` and `lure` say
  what a wrong option tempts with, for the teacher's tables.
- `ask_reason: true` adds room to say why. It is kept with the answer and never marked.

A complete question::

    - id: what-claimed-does
      type: choice
      skill: verbs
      difficulty: easy
      prompt: The report says the mayor *claimed* the bridge was safe. What does *claimed* do?
      options:
        - right: It keeps the writer at a distance from the statement
          why: The word leaves open whether the statement is true.
        - wrong: It shows that the statement is false
          why: A doubted statement can still be true.
          lure: cynical
          misconception: doubted-means-false
        - wrong: It shows that the statement was checked
          why: The word says who spoke, not who checked.
          lure: credulous
          misconception: reported-means-checked
        - id: cannot-tell
          wrong: It has no effect on the reader
          why: Try it with *said* and compare.
          pin: last
      hints:
        - Put *said* in its place and read again.
      explain:
        evidence: "*Claimed* reports the words and holds back agreement."
        principle: Some reporting verbs carry a judgement.
        transfer: Swap the verb for *said* and see what is gone.
        fair: A writer may have good grounds for the distance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field
from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Alternative,
    Choosing,
    Example,
    Fault,
    Feedback,
    Item,
    Markdown,
    Option,
    Pick,
    Response,
    Row,
    Shown,
    alternative,
    find_option,
    in_order,
    offers,
    option_faults,
    picked,
    shorten,
    shuffled,
)
from quizapp.items.marking import EVERYTHING, NOTHING
from quizapp.text import plain


class Chosen(Response):
    """The id of the chosen option, and the reason where one was asked for."""

    beside: ClassVar[frozenset[str]] = frozenset({"reason"})

    option: str | None = None
    reason: str = ""


class Choice(Item[Chosen]):
    """One right option among several."""

    kind: ClassVar[str] = "choice"
    response_type: ClassVar[type[Response]] = Chosen

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=12)]
    ask_reason: bool = False

    def faults(self) -> Iterator[Fault]:
        """Options alike, or not exactly one right option."""
        yield from option_faults(self.options, "options")
        right = sum(option.is_right for option in self.options)
        if right == 0:
            yield Fault(
                "no-key",
                "No option is marked as right. In the line of the right one, write “right:” for “wrong:”.",
                ("options",),
            )
        elif right > 1:
            yield Fault(
                "many-keys",
                f"{right} options are right. Write “wrong:” for “right:” in the others, or “type: multiple” above.",
                ("options",),
            )

    def shuffle(self, rng: Random) -> Shown:
        """The options in random order, pinned ones last."""
        return {"options": shuffled(self.options, rng)}

    def controls(self, shown: Shown) -> controls.Controls:
        """Radio buttons, and room for a reason if one is asked for."""
        texts = self._texts()
        fields = {"answer": controls.PickOne(labels=[texts[one] for one in self._order(shown)])}
        return {**fields, "reason": controls.Reason()} if self.ask_reason else fields

    def filled(self, response: Chosen, shown: Shown) -> Mapping[str, object]:
        """The chosen option's place in the shown order."""
        order = self._order(shown)
        place = str(order.index(response.option)) if response.option in order else None
        return {"answer": place, "reason": response.reason}

    def read(self, form: Form, shown: Shown) -> Chosen | None:
        """The option at the posted place."""
        place = form["answer"].data
        option = None if place is None else self._order(shown)[int(place)]
        reason = form["reason"].data or "" if self.ask_reason else ""
        return Chosen(option=option, reason=reason) if option is not None or reason else None

    def from_words(self, words: JSON) -> Chosen | None:
        """The option with this text."""
        return None if words is None else Chosen(option=find_option(words, self.options).key)

    def to_words(self, response: Chosen) -> JSON:
        """The text of the chosen option; None where only a reason was written."""
        return self._texts().get(response.option or "")

    def key(self) -> JSON:
        """The text of the right option."""
        return self._right.text

    def mark(self, response: Chosen) -> Fraction:
        """All or nothing."""
        return EVERYTHING if response.option == self._right.key else NOTHING

    def chance(self) -> float:
        """One over the number of options."""
        return 1 / len(self.options)

    def explain(self, response: Chosen | None, shown: Shown | None = None) -> Feedback:
        """Every option with its why; the chosen and the best one marked."""
        chosen = response.option if response is not None else None
        rows = {option.key: self._row(option, chosen) for option in self.options}
        whys = (option.why for option in self.options if option.key == chosen)
        return Feedback(
            verdict="blank" if chosen is None else self.outcome(response),
            rows=tuple(rows[one] for one in (self._order(shown) if shown else rows)),
            reasons=tuple(why for why in whys if why),
            given=response.reason or None if response is not None else None,
        )

    def summary(self, response: Chosen | None) -> str:
        """The text of the chosen option."""
        texts = self._texts()
        return shorten(plain(texts.get(response.option or "", ""))) if response is not None else ""

    def answer_texts(self) -> Iterator[Markdown]:
        """Options and whys, inside a line."""
        yield from (Markdown(option.text, block=False) for option in self.options)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The why of each option that has one."""
        yield from (option.why for option in self.options if option.why)

    def alternatives(self) -> tuple[tuple[Alternative, ...], ...]:
        """The options, one set."""
        return (tuple(alternative(option, option.text, "options", n) for n, option in enumerate(self.options)),)

    def picks(self, response: Chosen) -> tuple[Pick, ...]:
        """The chosen option."""
        return tuple(picked(option) for option in self.options if option.key == response.option)

    def keyed(self, response: Chosen, why: str) -> dict[str, Any]:
        """The chosen option right, all others wrong."""
        return {"options": tuple(one.turned(right=one.key == response.option, why=why) for one in self.options)}

    def choosings(self) -> tuple[Choosing, ...]:
        """One place with all options."""
        return (Choosing(offers(self.options)),)

    def written(self, response: Chosen) -> str:
        """The reason, where one was asked for."""
        return response.reason

    def lineage(self) -> JSON:
        """The option ids and which is right."""
        return sorted([option.key, option.is_right] for option in self.options)

    @property
    def _right(self) -> Option:
        return next(option for option in self.options if option.is_right)

    def _texts(self) -> dict[str, str]:
        return {option.key: option.text for option in self.options}

    def _order(self, shown: Shown) -> list[str]:
        return in_order(shown, "options", (option.key for option in self.options))

    @staticmethod
    def _row(option: Option, chosen: str | None) -> Row:
        if option.is_right:
            return Row(option.text, "right" if option.key == chosen else "missed", option.why)
        return Row(option.text, "wrong" if option.key == chosen else "plain", option.why)

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", "It keeps the writer at a distance from the statement", 1.0),
        Example("wrong", "It shows that the statement is false", 0.0),
        Example("wrong", "cannot-tell", 0.0),
        Example("blank", None, 0.0),
        Example("invalid", "Some other answer"),
        Example("invalid", 3),
    )
