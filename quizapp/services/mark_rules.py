"""How one question of an assignment is marked once it has been corrected. Pure: rows in, marks out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from quizapp.items.base import JSON, Item
from quizapp.items.base import Response as GivenAnswer


@dataclass(frozen=True)
class MarkRule:
    """The rule of a corrected question; the empty rule is the question as it was published."""

    revision_id: int | None = None
    """The corrected revision; None: the one that was answered."""
    accepted: tuple[dict[str, Any], ...] = ()
    """Answers, as `Response.scored` gives them, that earn full marks whatever the key says."""
    everybody: bool = False
    """Full marks for all who were asked."""
    void: bool = False
    """The question does not count."""

    def to_json(self) -> dict[str, Any]:
        """Return the rule as a correction stores it."""
        return {
            "revision": self.revision_id,
            "accepted": list(self.accepted),
            "everybody": self.everybody,
            "void": self.void,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MarkRule:
        """Read what `to_json` wrote."""
        return cls(data["revision"], tuple(data["accepted"]), data["everybody"], data["void"])

    def accepting(self, answers: Iterable[dict[str, Any]]) -> MarkRule:
        """Return the rule that takes these answers as right too."""
        more = (answer for answer in answers if answer not in self.accepted)
        return replace(self, accepted=(*self.accepted, *more), everybody=False, void=False)

    def marked_with(self, revision_id: int) -> MarkRule:
        """Return the rule that marks with a corrected revision."""
        return replace(self, revision_id=revision_id, everybody=False, void=False)


@dataclass(frozen=True)
class Mark:
    """A mark that counts: a share from 0 to 1, None while it waits for a teacher, or void."""

    fraction: float | None
    void: bool = False


def lowers(before: Mark, after: Mark, rest: float) -> bool:
    """Tell whether a student would stand lower with the second mark than with the first.

    A question that is left out lowers the whole when it was worth more than the others were.

    Args:
        rest: the share, from 0 to 1, that the student earned in the other questions of the attempt.
    """

    def weight(mark: Mark) -> float:
        return rest if mark.void else mark.fraction or 0.0

    return weight(after) < weight(before)


def belongs(item: Item[Any], asked: Item[Any], stored: JSON) -> bool:
    """Tell whether an answer to the question that was asked can be marked by a mended one.

    Not where the mended question no longer offers what was chosen, or shows other words to mark: nobody
    could have given an answer to it.
    """
    if stored is None or item is asked:
        return True
    given: GivenAnswer = asked.response_from_json(stored)
    offered = {(pick.place, pick.option) for pick in item.picks(given)}
    words, shown = ([word.text for word in one.passage_words()] for one in (item, asked))
    return words == shown and all((pick.place, pick.option) in offered for pick in asked.picks(given))


def mark_by(rule: MarkRule, first: Mark, item: Item[Any], stored: JSON) -> Mark:
    """Mark one answer by a rule.

    Args:
        first: the mark without any correction: the automatic one, or a teacher's.
        item: the question of `rule.revision_id`, to which the answer `belongs`; or the one that was asked.
        stored: the response as it is stored; None was left blank.
    """
    if rule.void:
        return Mark(None, void=True)
    if rule.everybody:
        return Mark(1.0)
    if stored is None or (rule.revision_id is None and not rule.accepted):
        return first
    given: GivenAnswer = item.response_from_json(stored)
    if given.scored() in rule.accepted:
        return Mark(1.0)
    fraction = None if rule.revision_id is None else item.score(given).fraction
    return first if fraction is None else Mark(fraction)
