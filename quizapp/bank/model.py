"""The envelope round the questions: bank, article, skills and the things to judge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from quizapp.bank.ages import Ages, AgesText
from quizapp.items.base import Markdown, Part, Slug, Text
from quizapp.items.registry import AnyItem

#: A file beside the bank; nothing of a path, so that it cannot reach anything else.
ImageName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.(png|jpg|jpeg|webp)$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"\\]+$")]


class Source(Part):
    """The article a bank is about. Plain text."""

    title: Text
    outlet: Text | None = None
    author: Text | None = None
    date: Text | None = None
    url: WebAddress | None = None

    @property
    def key(self) -> str:
        """What tells articles apart, 64 signs: title, outlet and author, whatever their case and spaces."""
        said = (" ".join((one or "").split()).casefold() for one in (self.title, self.outlet, self.author))
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


class Skill(Part):
    """What questions train and tables report."""

    id: Slug
    name: Text
    definition: Text
    strand: Slug | None = None


class Card(Part):
    """One of several short texts to compare. `text` is Markdown, the rest plain."""

    title: Text
    who: Text | None = None
    date: Text | None = None
    text: Text


class Stimulus(Part):
    """What a question is about. `text` and `context` are Markdown, the rest plain.

    A quote holds words of the source exactly; its context and gloss are our own.
    """

    id: Slug
    kind: Literal["quote", "post", "article", "map", "image", "cards"]
    title: Text | None = None
    who: Text | None = None
    date: Text | None = None
    text: Text | None = None
    quote: Text | None = None
    context: Text | None = None
    gloss: Mapping[str, Text] = Field(default_factory=dict)
    cards: tuple[Card, ...] = ()
    image: ImageName | None = None
    alt: Text | None = None
    credit: Text | None = None

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if self.image is not None and self.alt is None:
            raise PydanticCustomError("no-alt", "Describe the image in words: add “alt:”.")
        if not (self.text or self.quote or self.cards or self.image):
            raise PydanticCustomError(
                "empty-stimulus", "There is nothing to look at: add text, a quote, cards or an image."
            )
        return self

    def texts(self) -> Iterator[Markdown]:
        """Every author text that must be clean HTML when this is published; all are blocks."""
        yield from (Markdown(text, block=True) for text in (self.text, self.context) if text)
        yield from (Markdown(card.text, block=True) for card in self.cards)


class Envelope(Part):
    """The fields of a bank file beside its questions and stimuli."""

    format: Literal["1"]
    bank: Slug
    title: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    ages: AgesText | None = None
    licence: Text | None = None
    source: Source | None = None
    stands_in: bool = False
    twin: Slug | None = None
    note: Annotated[Text, Field(max_length=400)] | None = None
    skills: dict[Slug, Text] = Field(default_factory=dict)
    stimuli: Any = ()
    questions: Any = None


@dataclass(frozen=True, slots=True)
class Bank:
    """A checked bank. `skills` are the ones it adds to the shared list."""

    slug: str
    title: str
    language: str
    licence: str | None
    source: Source | None
    skills: tuple[Skill, ...]
    stimuli: tuple[Stimulus, ...]
    items: tuple[AnyItem, ...]
    stands_in: bool = False
    """Its questions may stand in for those of a bank with an article, for who would rather not read of its subject."""
    twin: str | None = None
    """The slug of the bank that is the other form of the same check-in."""
    note: str | None = None
    """What readers should know before they begin, plain text; shown wherever the bank is offered."""
    ages: Ages | None = None
    """Of the readers it is meant for."""

    def item(self, item_id: str) -> AnyItem:
        """The question with this id. Raises KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def stimulus(self, stimulus_id: str) -> Stimulus:
        """The stimulus with this id. Raises KeyError when there is none."""
        for stimulus in self.stimuli:
            if stimulus.id == stimulus_id:
                return stimulus
        raise KeyError(stimulus_id)
