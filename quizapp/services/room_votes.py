"""A question of a bank as a room asks it: voted on, talked about, voted on again.

The counts say nothing of who voted what. What is right is told only once the teacher reveals it.
(Peer instruction: C. H. Crouch and E. Mazur, American Journal of Physics 69 (2001) 970, vote before and after the talk
and compare the votes of the same students.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from quizapp import text
from quizapp.items.base import Feedback, Offer, Response, Shown
from quizapp.items.controls import AnswerForm, PickMenu, PickOne, PickSeveral, PickWords
from quizapp.items.parts import Explanation
from quizapp.services.answer_keys import AnswerKey
from quizapp.services.answer_tables import Overlay, is_matrix, letter, overlay_of
from quizapp.services.catalogue import Content, Html
from quizapp.services.room_counts import Swing, swing_of

ALIKE = 2
"""An answer in somebody's own words is shown from so many who gave it: a projector is no place for a lone joke."""

LINE = 65
"""Characters of an answer that fit on one line of a projector in its usual type."""


class _Said(NamedTuple):
    """What makes two answers of one's own the same."""

    amounts: tuple[Decimal, ...]
    words: str
    """"" for a number."""
    state: str


@dataclass(frozen=True)
class VoteBar:
    """One answer that could be chosen, and how many chose it."""

    letter: str
    text: str
    right: bool
    count: int
    of: int
    before: int | None
    """How many of the same people chose it the round before; None where nothing is compared."""

    @property
    def change(self) -> int:
        return 0 if self.before is None else self.count - self.before


@dataclass(frozen=True)
class VoteTable:
    """The answers at one place of choice."""

    heading: str | None
    gap: int | None
    """The number of the gap that was to be filled, if it is one."""
    number: int
    bars: tuple[VoteBar, ...]


@dataclass(frozen=True)
class VoteGroup:
    """An answer that was typed or built, and how many gave it."""

    text: str
    state: str
    count: int
    before: int | None
    amount: Decimal | None = None
    """What it is worth, if it is a number."""

    @property
    def change(self) -> int:
        return 0 if self.before is None else self.count - self.before

    @property
    def is_shown(self) -> bool:
        """Whether it may stand on a projector: words that several gave, and any number."""
        return self.amount is not None or max(self.count, self.before or 0) >= ALIKE


@dataclass(frozen=True)
class Votes:
    """What a round came to."""

    tables: tuple[VoteTable, ...]
    overlay: Overlay | None
    groups: tuple[VoteGroup, ...]
    """For questions without answers to choose or words to mark: those that at least ALIKE gave, most frequent first;
    of numbers all, by value."""
    lone: int
    """How many gave answers of their own that nobody else gave."""
    blank: int
    right: int
    """How many were wholly right."""

    @property
    def numbers(self) -> bool:
        """Whether the groups are numbers."""
        return bool(self.groups) and all(group.amount is not None for group in self.groups)

    @property
    def matrix(self) -> bool:
        """Whether all places offer the same, so that one table of counts says it."""
        return is_matrix(self.tables)


@dataclass(frozen=True)
class VoteSwing:
    """What changed from one vote to the next; all counts are of those who voted both times."""

    both: int
    changed_their_mind: int
    votes: Votes
    """The later vote, each count beside the earlier one."""
    marks: Swing | None
    right_before: int
    right_after: int
    to_right: int
    from_right: int


@dataclass(frozen=True)
class QuestionAsked:
    """A question with a key, in one order for the whole room."""

    template: ClassVar[str] = "rooms/question.html"
    keyed: ClassVar[bool] = True

    content: Content
    shown: Shown
    html: Html
    key: AnswerKey

    @property
    def judged_by(self) -> object:
        return self.key.rule

    @cached_property
    def long_answers(self) -> bool:
        offers = [offer for place in self.content.item.choosings() for offer in place.offers]
        return any(len(text.plain(offer.text)) > LINE for offer in offers)

    @cached_property
    def prompt(self) -> str:
        return text.plain(self.content.item.prompt)

    def form(self, formdata: Any = None, content: dict[str, Any] | None = None) -> AnswerForm:
        return _voting(self.content.item.form(self.shown, formdata, self._response(content)))

    def read(self, form: AnswerForm) -> dict[str, Any]:
        response = self.content.item.read(form, self.shown)
        return {"response": None if response is None else response.to_json()}

    def said(self, content: dict[str, Any]) -> str:
        """Return an answer as one plain line, with its letter if it has one; "" for blank."""
        response, item = self._response(content), self.content.item
        if response is None:
            return ""
        if not (self._fields and self._lettered):
            return item.written(response) or item.summary(response)
        (place,), (keys,) = item.choosings(), item.chosen(response)
        seen = enumerate(self._as_seen(place.offers))
        return "; ".join(f"{letter(n)}: {text.plain(offer.text)}" for n, offer in seen if offer.key in keys)

    @property
    def told(self) -> Feedback:
        """What may be read about the question by somebody who left it blank: what is right, and why."""
        return self.key.item.explain(None)

    @cached_property
    def lesson(self) -> Explanation | None:
        """What everybody may read once the answer is told.

        Where the teacher gave the question another key, their reason takes the place of what spoke for the old one; the
        rest is the question's own. The reason is left out where the best answer is shown with it.
        """
        told, own = self.key.item.explanation, self.content.item.explanation
        if told is None or told.evidence not in set(self.key.item.whys()):
            return told
        if self.key.mended is not None and own is not None and told == Explanation(evidence=told.evidence):
            told = own.model_copy(update={"evidence": told.evidence, "more": None})
        if self.shows_best:
            told = told.model_copy(update={"evidence": None})
        return told if any(told.parts()) else None

    @cached_property
    def shows_best(self) -> bool:
        """Whether the best answer is shown as in feedback, with its reason: where there is nothing to choose from."""
        return self.form().is_typed and not self.told.rows

    def to_look_at(self) -> AnswerForm:
        """Return the form for a page that shows the question and takes no answer."""
        form = _voting(self.content.item.form(self.shown, place="asked"))
        form.looked_at = True
        return form

    def count(self, answers: Sequence[dict[str, Any]]) -> Votes:
        return self._votes([self._response(one) for one in answers])

    def swing(self, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> VoteSwing:
        before = [self._response(one) for one, _ in pairs]
        after = [self._response(one) for _, one in pairs]
        right = [(self._is_right(one), self._is_right(other)) for one, other in zip(before, after, strict=True)]
        return VoteSwing(
            both=len(pairs),
            changed_their_mind=sum(_scored(one) != _scored(other) for one, other in zip(before, after, strict=True)),
            votes=self._votes(after, before),
            marks=self._marks_swing(before, after),
            right_before=sum(one for one, _ in right),
            right_after=sum(other for _, other in right),
            to_right=sum(other and not one for one, other in right),
            from_right=sum(one and not other for one, other in right),
        )

    def _response(self, content: dict[str, Any] | None) -> Response | None:
        stored = None if content is None else content["response"]
        return None if stored is None else self.content.item.response_from_json(stored)

    def _is_right(self, response: Response | None) -> bool:
        return self.key.outcome(response) == "right"

    def _votes(self, answers: Sequence[Response | None], before: Sequence[Response | None] | None = None) -> Votes:
        given = [one for one in answers if one is not None]
        earlier = None if before is None else [one for one in before if one is not None]
        item = self.content.item
        words = self.key.passage_words
        tables = self._tables(given, earlier)
        groups = [] if tables or words else self._groups(given, earlier)
        return Votes(
            tables=tables,
            overlay=overlay_of(words, [set(item.marked(one)) for one in given]) if words else None,
            groups=tuple(group for group in groups if group.is_shown),
            lone=sum(group.count for group in groups if group.amount is None and group.count < ALIKE),
            blank=len(answers) - len(given),
            right=sum(self._is_right(one) for one in given),
        )

    def _tables(self, given: Sequence[Response], earlier: Sequence[Response] | None) -> tuple[VoteTable, ...]:
        item = self.content.item
        now = [item.chosen(one) for one in given]
        then = None if earlier is None else [item.chosen(one) for one in earlier]
        tables = [
            VoteTable(
                heading=None if place.heading is None else text.plain(place.heading),
                gap=place.gap,
                number=at + 1,
                bars=tuple(
                    VoteBar(
                        letter=letter(n) if self._lettered else "",
                        text=text.plain(offer.text),
                        right=offer.right,
                        count=sum(offer.key in keys[at] for keys in now),
                        of=len(now),
                        before=None if then is None else sum(offer.key in keys[at] for keys in then),
                    )
                    for n, offer in enumerate(self._as_seen(place.offers))
                ),
            )
            for at, place in enumerate(self.key.choosings)
        ]
        headings = [text.plain(str(field.label.text)) for field in self._fields]
        return tuple(sorted(tables, key=lambda one: (headings.index(one.heading) if one.heading else 0, one.number)))

    @cached_property
    def _fields(self) -> tuple[Any, ...]:
        """What answers are chosen with, in the order that this room sees."""
        picking = (PickOne, PickSeveral)
        return tuple(one for one in self.form() if isinstance(one, picking) and not isinstance(one, PickWords))

    @cached_property
    def _lettered(self) -> bool:
        """Whether the answers stand on the page with letters; those of menus do not."""
        return not any(isinstance(field, PickMenu) for field in self._fields)

    def _as_seen(self, offers: Sequence[Offer]) -> list[Offer]:
        """Return what can be chosen at one place in the order of the page. The author's often begins with the key."""
        shown = [[str(choice.label) for choice in field.iter_choices()] for field in self._fields]
        # By text before any key: the id of one answer may be the text of another.
        for said in ([offer.text for offer in offers], [offer.key for offer in offers]):
            for seen in shown:
                if set(said) == set(seen):
                    return [
                        offer for _, offer in sorted(zip(said, offers, strict=True), key=lambda one: seen.index(one[0]))
                    ]
        raise LookupError("a place of choice without a field")

    def _groups(self, given: Sequence[Response], earlier: Sequence[Response] | None) -> list[VoteGroup]:
        now = Counter(self._said(one) for one in given)
        then = Counter(self._said(one) for one in earlier or ())
        typed: dict[_Said, list[str]] = {}
        for one in [*given, *(earlier or ())]:
            typed.setdefault(self._said(one), []).append(self._words(one))
        found = [
            VoteGroup(
                # One number is typed in several ways: the shortest stands for all.
                text=min(words, key=lambda one: (len(one), one)),
                state=said.state,
                count=now[said],
                before=None if earlier is None else then[said],
                amount=said.amounts[0] if said.amounts else None,
            )
            for said, words in typed.items()
        ]
        return sorted(found, key=lambda one: (-one.count if one.amount is None else one.amount, one.text))

    def _said(self, response: Response) -> _Said:
        amounts = self.content.item.amounts(response)
        return _Said(amounts, "" if amounts else self._words(response), self.key.outcome(response))

    def _words(self, response: Response) -> str:
        item = self.content.item
        return item.written(response) or item.summary(response)

    def _marks_swing(self, before: Sequence[Response | None], after: Sequence[Response | None]) -> Swing | None:
        words = self.key.passage_words
        marked = [[self._marked(one) for one in answers] for answers in (before, after)]
        return swing_of(words, list(zip(*marked, strict=True))) if words else None

    def _marked(self, response: Response | None) -> set[int]:
        return set() if response is None else set(self.content.item.marked(response))


def _voting(form: AnswerForm) -> AnswerForm:
    form.voting = True
    return form


def _scored(response: Response | None) -> dict[str, Any] | None:
    return None if response is None else response.scored()
