"""Choose every answer that fits.

For a passage of which several things are true at once. One option or more is right;
"None of these" is an option like any other. The mark: each right option found earns its
share, each wrong one ticked takes some away, never below zero. `scoring: all` gives the
mark only for exactly the right options.

A complete question::

    - id: what-the-caption-says
      type: multiple
      skill: visuals
      prompt: The caption reads *Residents flee as the river rises, Tuesday*. What does it state?
      options:
        - right: People were leaving
          why: That is what *flee* says, and it adds fear.
        - right: The water was getting higher
          why: The caption says *rises*.
        - wrong: Somebody had ordered them to leave
          why: Nobody who gives an order is mentioned.
          lure: misread
        - wrong: The photo was taken on Tuesday
          why: The day belongs to the event. A photo can be older than its caption.
          lure: credulous
          misconception: caption-dates-photo
        - wrong: The photo does not show that river
          why: The caption gives no reason to think so. Look it up.
          lure: cynical
      explain: Two statements are in the verbs, and nothing else is in the words.
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
    ResponseError,
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
from quizapp.items.marking import several, several_by_chance
from quizapp.text import plain


class ChosenSeveral(Response):
    """The ids of the ticked options, sorted."""

    options: tuple[str, ...]


class Multiple(Item[ChosenSeveral]):
    """One or more right options among several."""

    kind: ClassVar[str] = "multiple"
    response_type: ClassVar[type[Response]] = ChosenSeveral
    strays_cost: ClassVar[bool] = True

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=12)]

    def faults(self) -> Iterator[Fault]:
        """Options alike, or no right option."""
        yield from option_faults(self.options, "options")
        if not any(option.is_right for option in self.options):
            yield Fault(
                "no-key",
                "No option is marked as right. In the line of each right one, write “right:” for “wrong:”; "
                "if none fits, add “right: None of these”.",
                ("options",),
            )

    def shuffle(self, rng: Random) -> Shown:
        """The options in random order, pinned ones last."""
        return {"options": shuffled(self.options, rng)}

    def controls(self, shown: Shown) -> controls.Controls:
        """Checkboxes."""
        texts = {option.key: option.text for option in self.options}
        return {"answer": controls.PickSeveral(labels=[texts[one] for one in self._order(shown)])}

    def filled(self, response: ChosenSeveral, shown: Shown) -> Mapping[str, object]:
        """The places of the ticked options in the shown order."""
        ticked = set(response.options)
        return {"answer": [str(place) for place, one in enumerate(self._order(shown)) if one in ticked]}

    def read(self, form: Form, shown: Shown) -> ChosenSeveral | None:
        """The options at the posted places."""
        order = self._order(shown)
        ticked = sorted(order[int(place)] for place in form["answer"].data)
        return ChosenSeveral(options=tuple(ticked)) if ticked else None

    def from_words(self, words: JSON) -> ChosenSeveral | None:
        """The options with these texts."""
        if words is None or words == []:
            return None
        if not isinstance(words, list):
            raise ResponseError("Write the texts of the options as a list.")
        return ChosenSeveral(options=tuple(sorted({find_option(one, self.options).key for one in words})))

    def to_words(self, response: ChosenSeveral) -> JSON:
        """The texts of the ticked options, as the author orders them."""
        return [option.text for option in self.options if option.key in response.options]

    def key(self) -> JSON:
        """The texts of the right options."""
        return [option.text for option in self.options if option.is_right]

    def mark(self, response: ChosenSeveral) -> Fraction:
        """The share found, less the share of strays (`marking.several`)."""
        ticked = [option for option in self.options if option.key in response.options]
        hits = sum(option.is_right for option in ticked)
        right = self._rights()
        return several(hits, right, len(ticked) - hits, len(self.options) - right)

    def chance(self) -> float:
        """The mean over all ways to tick at least one option."""
        if self.scoring == "all":
            return 1 / ((1 << len(self.options)) - 1)
        return float(several_by_chance(self._rights(), len(self.options) - self._rights()))

    def explain(self, response: ChosenSeveral | None, shown: Shown | None = None) -> Feedback:
        """Every option with its why, and whether it was rightly ticked or left."""
        ticked = set(response.options) if response is not None else set()
        rows = {option.key: self._row(option, ticked=option.key in ticked) for option in self.options}
        return Feedback(
            verdict=self.outcome(response),
            rows=tuple(rows[one] for one in (self._order(shown) if shown else rows)),
            reasons=tuple(option.why for option in self.options if option.key in ticked and option.why),
        )

    def summary(self, response: ChosenSeveral | None) -> str:
        """The ticked options in the author's order."""
        ticked = response.options if response is not None else ()
        return shorten("; ".join(plain(option.text) for option in self.options if option.key in ticked))

    def answer_texts(self) -> Iterator[Markdown]:
        """Options and whys, inside a line."""
        yield from (Markdown(option.text, block=False) for option in self.options)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The why of each option that has one."""
        yield from (option.why for option in self.options if option.why)

    def alternatives(self) -> tuple[tuple[Alternative, ...], ...]:
        """The options, one set."""
        return (tuple(alternative(option, [option.text], "options", n) for n, option in enumerate(self.options)),)

    def picks(self, response: ChosenSeveral) -> tuple[Pick, ...]:
        """The ticked options."""
        return tuple(picked(option) for option in self.options if option.key in response.options)

    def keyed(self, response: ChosenSeveral, why: str) -> dict[str, Any]:
        """The ticked options right, all others wrong."""
        return {"options": tuple(one.turned(right=one.key in response.options, why=why) for one in self.options)}

    def choosings(self) -> tuple[Choosing, ...]:
        """One place with all options, any number of which may be ticked."""
        return (Choosing(offers(self.options), several=True),)

    def lineage(self) -> JSON:
        """The option ids and which are right."""
        return sorted([option.key, option.is_right] for option in self.options)

    def _rights(self) -> int:
        return sum(option.is_right for option in self.options)

    def _order(self, shown: Shown) -> list[str]:
        return in_order(shown, "options", (option.key for option in self.options))

    @staticmethod
    def _row(option: Option, *, ticked: bool) -> Row:
        if option.is_right:
            return Row(option.text, "right" if ticked else "missed", option.why)
        return Row(option.text, "wrong" if ticked else "plain", option.why)

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", ["The water was getting higher", "People were leaving"], 1.0),
        Example("partly", ["People were leaving"], 0.5),
        Example(
            "partly",
            ["People were leaving", "The water was getting higher", "The photo was taken on Tuesday"],
            0.5,
        ),
        Example("wrong", ["People were leaving", "The photo was taken on Tuesday"], 0.0),
        Example("wrong", ["The photo does not show that river"], 0.0),
        Example("blank", None, 0.0),
        Example("blank", [], 0.0),
        Example("invalid", ["Some other answer"]),
        Example("invalid", "People were leaving"),
    )
