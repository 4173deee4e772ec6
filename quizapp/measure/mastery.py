"""How well one student knows one skill, from that student's own answers.

Every student starts as if two questions had been answered, 60 % right. Each
answer moves that belief; an answer ten questions ago counts half as much as
the newest. The belief is a beta distribution: with x the score of an answer and
w = 0.5 ** (later answers / 10) its weight,

    A = 1.2 + sum of w x        B = 0.8 + sum of w (1 - x)

the estimate is A / (A + B) and the range runs from the 5 % to the 95 % point of
Beta(A, B). Levels are judged against the line from guessing to perfect, so a
true/false skill asks for more right answers than an open one.

Nothing about other students enters: the same answers give the same level in
every class. Levels are recomputed from answers and never stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.measure.distributions import beta_cdf, beta_quantile

PRIOR_RIGHT = 1.2
PRIOR_WRONG = 0.8
HALF_LIFE = 10
"""Number of later answers after which an answer counts half."""
MIN_ANSWERS = 5
MIN_ITEMS = 3
SECURE_SHARE = 0.7
"""How far from guessing to perfect the upper line lies."""
LOW_SHARE = 0.4
SECURE_PROBABILITY = 0.80
RANGE_TAIL = 0.05
REVIEWS_FOR_STRONG = 3
DAYS_FOR_STRONG = 14
RECENT = 6
WRONG_OF_RECENT = 4

_DECAY = 0.5 ** (1 / HALF_LIFE)


class Level(StrEnum):
    """The five words a teacher sees; the value is the word itself."""

    no_evidence = "no evidence"
    not_yet = "not yet"
    getting_there = "getting there"
    secure = "secure"
    strong = "strong"

    @property
    def rank(self) -> int:
        """Position from 0 (no evidence) to 4 (strong), for sorting and for comparing."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """One scored first try at one item.

    score: 0 to 1, a blank is 0.
    item: what identifies the question, the same for every variant of it.
    day: whole days on any fixed calendar, such as ``date.toordinal()``.
    chance: the item's random-guess score, 0 to 1; None (unknown, or nothing to
        guess from) counts as 0.
    review: True when the question came as spaced review.
    """

    score: float
    item: str
    day: int
    chance: float | None = None
    review: bool = False


@dataclass(frozen=True, slots=True)
class Mastery:
    """What one student's answers say about one skill.

    level: the word to show.
    estimate, low, high: centre and 90 % range of the expected score, 0 to 1;
        None while there is no evidence, because they would only repeat the prior.
    answers: answers counted. items: different items among them.
    earned: sum of their scores, the 7 in "7 of 9".
    recent: their scores, newest first.
    needed: further answers needed before there is a level; 0 once there is one.
    new_items_needed: how many of those must be to items not answered yet.
    guessing: weighted mean random-guess score of the items, 0 to 1.
    secure_line, low_line: the two scores the level is judged against, 0 to 1.
    """

    level: Level
    estimate: float | None
    low: float | None
    high: float | None
    answers: int
    items: int
    earned: float
    recent: tuple[float, ...]
    needed: int
    new_items_needed: int
    guessing: float
    secure_line: float
    low_line: float


def mastery(answers: Iterable[Answer]) -> Mastery:
    """Judge one student on one skill.

    answers: in the order given, oldest first. The first answer to an item on a
        day counts; later ones to the same item on that day do not.

    No answers at all is "no evidence". Never raises for scores in 0..1; scores
    and chances outside are clamped.
    """
    counted = _first_of_each_day(answers)
    needed, new_items = _still_needed(counted)
    belief = _Belief()
    for answer in counted:
        belief.add(answer)
    level = Level.no_evidence if needed else _level(belief, counted)
    known = level is not Level.no_evidence
    return Mastery(
        level=level,
        estimate=belief.estimate if known else None,
        low=beta_quantile(RANGE_TAIL, belief.a, belief.b) if known else None,
        high=beta_quantile(1 - RANGE_TAIL, belief.a, belief.b) if known else None,
        answers=len(counted),
        items=len({answer.item for answer in counted}),
        earned=sum(_clamp(answer.score) for answer in counted),
        recent=tuple(_clamp(answer.score) for answer in reversed(counted)),
        needed=needed,
        new_items_needed=new_items,
        guessing=belief.guessing,
        secure_line=belief.line(SECURE_SHARE),
        low_line=belief.line(LOW_SHARE),
    )


def needs_help(scores: Sequence[float]) -> tuple[int, int] | None:
    """Return (wrong, of) when at least 4 of the last 6 answers to a skill are wrong, else None.

    scores: 0 to 1, oldest first; under one half counts as wrong. With fewer
    than six answers, four wrong ones are still enough: (4, 5) reads "wrong on
    4 of 5". For teachers' eyes only.
    """
    last = scores[-RECENT:]
    wrong = sum(score < 0.5 for score in last)
    return (wrong, len(last)) if wrong >= WRONG_OF_RECENT else None


class _Belief:
    """The running beta belief; adding an answer first ages all earlier ones."""

    __slots__ = ("_guessed", "_right", "_weight", "_wrong")

    def __init__(self) -> None:
        self._right = self._wrong = self._guessed = self._weight = 0.0

    def add(self, answer: Answer) -> None:
        score = _clamp(answer.score)
        self._right = self._right * _DECAY + score
        self._wrong = self._wrong * _DECAY + (1 - score)
        self._guessed = self._guessed * _DECAY + _clamp(answer.chance or 0.0)
        self._weight = self._weight * _DECAY + 1

    @property
    def a(self) -> float:
        return PRIOR_RIGHT + self._right

    @property
    def b(self) -> float:
        return PRIOR_WRONG + self._wrong

    @property
    def estimate(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def guessing(self) -> float:
        return self._guessed / self._weight if self._weight else 0.0

    def line(self, share: float) -> float:
        """Return the score that lies this share of the way from guessing to perfect."""
        return self.guessing + share * (1 - self.guessing)

    @property
    def secure(self) -> bool:
        return 1 - beta_cdf(self.line(SECURE_SHARE), self.a, self.b) >= SECURE_PROBABILITY


def _first_of_each_day(answers: Iterable[Answer]) -> list[Answer]:
    first: dict[tuple[str, int], Answer] = {}
    for answer in answers:
        first.setdefault((answer.item, answer.day), answer)
    return list(first.values())


def _still_needed(counted: Sequence[Answer]) -> tuple[int, int]:
    new_items = max(0, MIN_ITEMS - len({answer.item for answer in counted}))
    return max(0, MIN_ANSWERS - len(counted), new_items), new_items


def _level(belief: _Belief, counted: Sequence[Answer]) -> Level:
    if belief.secure:
        return Level.strong if _confirmed(counted) else Level.secure
    if belief.estimate < belief.line(LOW_SHARE):
        return Level.not_yet
    return Level.getting_there


def _confirmed(counted: Sequence[Answer]) -> bool:
    """Tell whether a secure skill has been found secure again in later review.

    That takes three review answers, each at least 14 days after the skill first
    became secure and each leaving it secure; losing "secure" starts the count anew.
    """
    if sum(answer.review for answer in counted) < REVIEWS_FOR_STRONG:
        return False
    belief = _Belief()
    items: set[str] = set()
    first_secure: int | None = None
    confirmations = 0
    for number, answer in enumerate(counted, start=1):
        belief.add(answer)
        items.add(answer.item)
        if number < MIN_ANSWERS or len(items) < MIN_ITEMS or not belief.secure:
            confirmations = 0
            continue
        if first_secure is None:
            first_secure = answer.day
        if answer.review and answer.day - first_secure >= DAYS_FOR_STRONG:
            confirmations += 1
    return confirmations >= REVIEWS_FOR_STRONG


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))
