"""The question that every kind builds on.

An item is frozen data that knows how to show itself as a form, read an answer,
mark it and explain it. Nothing here touches a database, a request or a clock.
A kind imports everything it needs from here, from `controls` and from `marking`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from wtforms import Form

from quizapp.items.controls import AnswerForm, Controls, bind
from quizapp.items.numbers import numbers_in
from quizapp.items.options import (
    Alternative,
    Choosing,
    Offer,
    Option,
    Pick,
    alternative,
    find_option,
    offers,
    one_each,
    option_faults,
    picked,
    shuffled,
)
from quizapp.items.parts import (
    JSON,
    Day,
    Example,
    Explanation,
    Fault,
    Feedback,
    Flags,
    Markable,
    Markdown,
    Number,
    Part,
    Response,
    ResponseError,
    Row,
    RowState,
    Score,
    Shown,
    Slug,
    Text,
    Verdict,
    Whole,
    digest,
    find_text,
    fold,
    in_order,
    same_texts,
    shorten,
    text_id,
)
from quizapp.items.passages import Piece, cut_at_spaces
from quizapp.text import plain

__all__ = [
    "JSON",
    "Alternative",
    "Choosing",
    "Day",
    "Example",
    "Explanation",
    "Fault",
    "Feedback",
    "Flags",
    "Item",
    "Markable",
    "Markdown",
    "Number",
    "Offer",
    "Option",
    "Part",
    "Pick",
    "Piece",
    "Response",
    "ResponseError",
    "Row",
    "RowState",
    "Score",
    "Shown",
    "Slug",
    "Text",
    "Verdict",
    "Whole",
    "alternative",
    "cut_at_spaces",
    "find_option",
    "find_text",
    "fold",
    "in_order",
    "numbers_in",
    "offers",
    "one_each",
    "option_faults",
    "picked",
    "same_texts",
    "shorten",
    "shuffled",
    "text_id",
]


def _explanation(value: object) -> object:
    """Take one plain text as the evidence."""
    return {"evidence": value} if isinstance(value, str) else value


R = TypeVar("R", bound=Response)


class Item(BaseModel, Generic[R]):
    """One question. A kind subclasses this, adds its answer part and the methods marked *kind*.

    `allow` silences rules of the review for this question: the rule's code, and the reason
    why the rule is wrong here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    response_type: ClassVar[type[Response]]
    EXAMPLES: ClassVar[tuple[Example, ...]]
    strays_cost: ClassVar[bool] = False
    """Whether what was chosen and does not belong takes away from the part mark."""

    id: Slug
    prompt: Text
    about: Slug | None = None
    skill: Slug | None = None
    also: tuple[Slug, ...] = ()
    tags: tuple[Text, ...] = ()
    difficulty: Literal["easy", "medium", "hard"] | None = None
    needs: Literal["excerpt", "article"] = "excerpt"
    control: bool = False
    as_of: Day | None = None
    status: Literal["verified", "contested"] | None = None
    review_by: Day | None = None
    sources: tuple[Text, ...] = ()
    hints: tuple[Text, ...] = ()
    scoring: Literal["part", "all"] = "part"
    allow: dict[Slug, Text] = Field(default_factory=dict)
    explanation: Annotated[Explanation, BeforeValidator(_explanation)] | None = Field(default=None, alias="explain")

    # What each kind provides -------------------------------------------------

    def shuffle(self, rng: Random) -> Shown:
        """The order this attempt will see, drawn from `rng`; holds ids, stays on the server."""
        raise NotImplementedError

    def controls(self, shown: Shown) -> Controls:
        """*Kind*: the fields of the form by name, in the shown order."""
        raise NotImplementedError

    def filled(self, response: R, shown: Shown) -> Mapping[str, object]:
        """*Kind*: the data of each field for a response given earlier."""
        raise NotImplementedError

    def read(self, form: Form, shown: Shown) -> R | None:
        """The response in a validated form, or None when it was left blank."""
        raise NotImplementedError

    def from_words(self, words: JSON) -> R | None:
        """The response written in the author's words; None is blank.

        Raises ResponseError with a plain sentence when the words are no answer to this.
        """
        raise NotImplementedError

    def to_words(self, response: R) -> JSON:
        """*Kind*: a response in the author's words, the inverse of `from_words`."""
        raise NotImplementedError

    def key(self) -> JSON:
        """The right response in the author's words, or None where there is none."""
        raise NotImplementedError

    def mark(self, response: R) -> Fraction | None:
        """*Kind*: the share earned by the part-mark rule; None waits for a teacher."""
        raise NotImplementedError

    def explain(self, response: R | None, shown: Shown | None = None) -> Feedback:
        """What the student may read about this response, in the shown order if it is given."""
        raise NotImplementedError

    def chance(self) -> float | None:
        """The expected score of guessing at random, or None where guessing has no meaning."""
        raise NotImplementedError

    def summary(self, response: R | None) -> str:
        """What the student answered, as one short plain line; "" when blank."""
        raise NotImplementedError

    def answer_texts(self) -> Iterator[Markdown]:
        """*Kind*: the author texts of the answer part."""
        raise NotImplementedError

    def whys(self) -> Iterator[str]:
        """*Kind*: every reason the author gives in the answer part."""
        raise NotImplementedError

    def faults(self) -> Iterator[Fault]:
        """*Kind*: what a schema cannot say about the answer part."""
        yield from ()

    def alternatives(self) -> tuple[tuple[Alternative, ...], ...]:
        """*Kind*, if it offers answers to choose from: the alternatives, one set for each place of choice."""
        return ()

    def picks(self, response: R) -> tuple[Pick, ...]:
        """*Kind*, if it offers answers to choose from: what this response chose, for counts over many students."""
        return ()

    def reading(self) -> str:
        """*Kind*, if it shows more than prompt and fields: that, as Markdown and without its key, for paper."""
        return ""

    def choosings(self) -> tuple[Choosing, ...]:
        """*Kind*, if its answers can be counted: each place of choice with what can be chosen there."""
        return ()

    def chosen(self, response: R) -> tuple[frozenset[str], ...]:
        """For each of `choosings` the keys that a response holds. A kind whose picks tell less has its own."""
        picks = self.picks(response)
        return tuple(frozenset(one.option for one in picks if one.place == at.place) for at in self.choosings())

    def passage_words(self) -> tuple[Markable, ...]:
        """*Kind*, if words of a passage can be marked: all of them, in order."""
        return ()

    def marked(self, response: R) -> tuple[int, ...]:
        """*Kind*, with `passage_words`: the numbers of the marked words, from 1."""
        return ()

    def written(self, response: R) -> str:
        """*Kind*, if students write in their own words: what they wrote, plain text."""
        return ""

    def amounts(self, response: R) -> tuple[Decimal, ...]:
        """*Kind*, if students type a number: all that it can mean, the likeliest first."""
        return ()

    def flags(self) -> Flags:
        """*Kind*, if it asks to find what is wrong: how much of the item is sound and how much is not."""
        return Flags(0, 0)

    def fixed_place(self) -> tuple[int, int] | None:
        """*Kind*, if its answers always stand in the same order: the key's place from 0, and of how many."""
        return None

    def rubric_points(self) -> Mapping[int, str]:
        """*Kind*, if a teacher marks it: what each number of points looks like, Markdown, from 0 up."""
        return {}

    def keyed(self, response: R, why: str) -> dict[str, Any]:
        """*Kind*, if its key can be one response: the fields to change so that this one is wholly right.

        `why` takes the place of reasons that speak for the old key. Nothing: the key is more than
        one response can say, or there is none.
        """
        return {}

    def lineage(self) -> JSON:
        """*Kind*: the key and the options as JSON, without wording that may be mended."""
        raise NotImplementedError

    # What every kind has -----------------------------------------------------

    def form(self, shown: Shown, formdata: Any = None, response: R | None = None, *, place: str = "") -> AnswerForm:
        """The form of this question, prefix "a-", bound to a post or to an earlier response.

        `formdata` is a multidict with `getlist`, or None. Posted values are positions in
        the shown order. `validate()` gives field errors; a blank answer is none. `place` is a
        name for the question on a page that holds several: it keeps fields and ids apart,
        and the prompt is no longer the page's title.
        """
        data = self.filled(response, shown) if response is not None else {}
        return bind(self.controls(shown), formdata, data, place)

    def response_from_json(self, data: JSON) -> R:
        """The response stored by `Response.to_json`. Raises ResponseError if it is none."""
        try:
            return self.response_type.model_validate(data)  # type: ignore[return-value]  # response_type is R by the registry's check
        except ValidationError as error:
            raise ResponseError("This stored answer does not belong to this question.") from error

    def score(self, response: R | None) -> Score:
        """Mark a response: blank is 0; `scoring: all` keeps only full marks."""
        if response is None:
            return Score(0.0)
        share = self.mark(response)
        if share is not None and self.scoring == "all" and share < 1:
            share = Fraction(0)
        return Score(None if share is None else float(share))

    @staticmethod
    def plain(source: str) -> str:
        """An author text as plain words, for the entries of a menu."""
        return plain(source)

    def outcome(self, response: R | None) -> Verdict:
        """The score in a word, for `explain`."""
        if response is None:
            return "blank"
        fraction = self.score(response).fraction
        if fraction is None:
            return "waiting"
        return "right" if fraction == 1 else "partly" if fraction > 0 else "wrong"

    def texts(self) -> Iterator[Markdown]:
        """Every author text that must be clean HTML when this item is published.

        The prompt and the answer part are inline; hints and explanations are blocks.
        """
        yield Markdown(self.prompt, block=False)
        yield from (Markdown(hint, block=True) for hint in self.hints)
        if self.explanation is not None:
            yield from (Markdown(part, block=True) for part in self.explanation.parts())
        yield from self.answer_texts()

    def corrected(self, response: R, why: str) -> Self | None:
        """The same question with another key, or None where that takes an author.

        Explanation and hints are left out, since they lead to the old key; `why` is said instead.
        Raises ResponseError when the response cannot be a key.
        """
        changes = self.keyed(response, why)
        if not changes:
            return None
        changes = {**changes, "explanation": Explanation(evidence=why), "hints": ()}
        mended = self.model_copy(update=changes)
        if next(iter(mended.faults()), None) is not None or mended.score(response).fraction != 1:
            raise ResponseError("This answer cannot be the key. Answer every part of the question.")
        return mended

    def lineage_hash(self) -> str:
        """Changes only when the key or the options do, so a spelling fix keeps statistics."""
        return digest({"kind": self.kind, "lineage": self.lineage()})

    @model_validator(mode="after")
    def _without_faults(self) -> Self:
        found = list(self.faults())
        if self.explanation is None and next(self.whys(), None) is None:
            found.append(Fault("no-why", "Say why: add “explain:” to the question, or a “why:” to its answers."))
        if found:
            raise PydanticCustomError("faults", "{first}", {"first": found[0].message, "faults": found})
        return self
