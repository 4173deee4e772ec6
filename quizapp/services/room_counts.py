"""What marks of a whole room come to: phrases by how many marked them, and what changed between two rounds.

Pure: sets of word numbers in, plain numbers out.

The rule for the change is that only those count who answered both rounds, each against themselves: who came late or
left in between would otherwise look like a change of mind. (Peer instruction reports votes in the same manner:
C. H. Crouch and E. Mazur, American Journal of Physics 69 (2001) 970, compare the answers of the same students.)
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

from quizapp.items.base import Markable
from quizapp.services.answer_tables import Overlay


@dataclass(frozen=True)
class MarkedPhrase:
    """Neighbouring words that the same number of people marked."""

    text: str
    count: int


@dataclass(frozen=True)
class SwingPart:
    """A word, or neighbouring words, with how many marked it before and after, of those who answered both times."""

    text: str
    gap: str
    """What stands between it and the next word; "" where it is told by itself."""
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Swing:
    """What changed from one round to the next."""

    both: int
    """How many answered both rounds; all counts are of them."""
    changed_their_mind: int
    """How many of these marked anything else than before."""
    words: tuple[SwingPart, ...]
    phrases: tuple[SwingPart, ...]
    """Those with a change, the largest first."""


def phrases_of(overlay: Overlay) -> tuple[MarkedPhrase, ...]:
    """Return the marked words of a passage as phrases, most marked first; in the order of the text among equals."""
    found = []
    for count, group in groupby(overlay.words, key=lambda word: word.count):
        if count:
            found.append(MarkedPhrase("".join(word.text + word.gap for word in group).strip(), count))
    return tuple(sorted(found, key=lambda phrase: -phrase.count))


def swing_of(words: Sequence[Markable], pairs: Sequence[tuple[AbstractSet[int], AbstractSet[int]]]) -> Swing:
    """Return how the marks of a passage changed.

    Args:
        words: the passage.
        pairs: for each person who answered both rounds, the numbers of the words marked, before and after.
    """
    counted = tuple(
        SwingPart(
            word.text,
            word.gap,
            sum(number in before for before, _ in pairs),
            sum(number in after for _, after in pairs),
        )
        for number, word in enumerate(words, 1)
    )
    found = []
    for (before, after), group in groupby(counted, key=lambda word: (word.before, word.after)):
        if before != after:
            found.append(SwingPart("".join(word.text + word.gap for word in group).strip(), "", before, after))
    return Swing(
        both=len(pairs),
        changed_their_mind=sum(before != after for before, after in pairs),
        words=counted,
        phrases=tuple(sorted(found, key=lambda phrase: -abs(phrase.change))),
    )
