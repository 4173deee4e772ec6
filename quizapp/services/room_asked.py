"""What a room asks, behind one small seam.

Everything that depends on what is asked is a method of `Asked`: the form on a student's page, reading an answer,
counting a round, and what changed from one round to the next. Everything else about rooms (codes, members, rounds,
showing, closing) knows only this. To ask something else: a table for what is asked, a class here, a line in `asked_in`,
and a template with the macros that `rooms/passage.html` has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.items import controls
from quizapp.items.base import Markable, cut_at_spaces
from quizapp.items.controls import AnswerForm
from quizapp.items.parts import digest
from quizapp.models import ItemRevision, RoomPassage, RoomQuestion
from quizapp.services.answer_keys import keys_in_force, rules_of_rooms
from quizapp.services.answer_tables import Overlay, overlay_of
from quizapp.services.catalogue import content_of, html_for
from quizapp.services.room_counts import Swing, swing_of
from quizapp.services.room_votes import QuestionAsked

PROMPT_MAX = 300
WORDS_MAX = 400
TEXT_MAX = 6000
"""Characters of a pasted text."""
UNBROKEN_MAX = 12
"""Signs of a script without spaces that may stand together: more is a sentence that nobody cut."""

Content = dict[str, Any]
"""An answer as it is stored."""

_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
"""How Unicode's names of letters begin in scripts that write without spaces between words."""


class Asked(Protocol):
    """What a room asks."""

    template: ClassVar[str]
    """Where its macros are; `rooms/passage.html` lists them."""
    keyed: ClassVar[bool]
    """Whether something is right, that can be revealed."""

    @property
    def prompt(self) -> str:
        """What is asked, plain."""

    @property
    def long_answers(self) -> bool:
        """Whether what can be chosen is so long that it must be smaller to fit on the projector."""

    @property
    def judged_by(self) -> object:
        """A value that changes when something else becomes right, so that counts are made anew."""

    def form(self, formdata: Any = None, content: Content | None = None) -> AnswerForm:
        """Return the form on a student's page, with a post or an earlier answer in it."""

    def read(self, form: AnswerForm) -> Content:
        """Return the answer in a validated form. Leaving everything blank is an answer too."""

    def count(self, answers: Sequence[Content]) -> Any:
        """Return what a round's answers come to, for `counted`."""

    def swing(self, pairs: Sequence[tuple[Content, Content]]) -> Any:
        """Return what changed, from the answers of all who answered both rounds, for `changed`."""


class PassageError(ValueError):
    """A pasted text cannot be used; `reason` says why, `amount` how much of it there is."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    TOO_MANY_WORDS = "too-many-words"
    UNBROKEN = "unbroken"

    def __init__(self, reason: str, amount: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.amount = amount


@dataclass(frozen=True)
class PassageAsked:
    """A paragraph whose words are to be marked."""

    template: ClassVar[str] = "rooms/passage.html"
    keyed: ClassVar[bool] = False
    judged_by: ClassVar[object] = None
    long_answers: ClassVar[bool] = False

    prompt: str
    text: str

    @cached_property
    def words(self) -> tuple[Markable, ...]:
        """The words that can be marked. In scripts without spaces, the pieces between bars."""
        return tuple(_words(self.text))

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr" by the first letter that has a direction (Unicode's annex 9, rules P2 and P3)."""
        strong = (unicodedata.bidirectional(sign) for sign in self.text)
        return "rtl" if next((one for one in strong if one in {"L", "R", "AL"}), "L") != "L" else "ltr"

    def form(self, formdata: Any = None, content: Content | None = None) -> AnswerForm:
        picked = controls.PickWords(labels=[word.text for word in self.words])
        return controls.bind({"answer": picked}, formdata, {"answer": [str(n - 1) for n in marked(content)]})

    def read(self, form: AnswerForm) -> Content:
        return {"words": [int(place) + 1 for place in form["answer"].data]}

    def count(self, answers: Sequence[Content]) -> Overlay:
        return overlay_of(self.words, [set(marked(one)) for one in answers])

    def swing(self, pairs: Sequence[tuple[Content, Content]]) -> Swing:
        return swing_of(self.words, [(set(marked(before)), set(marked(after))) for before, after in pairs])


def marked(content: Content | None) -> tuple[int, ...]:
    """Return the numbers of the words in an answer, from 1."""
    return () if content is None else tuple(content["words"])


def passage(prompt: str, text: str) -> PassageAsked:
    """Return what was pasted, ready to be asked.

    Raises:
        PassageError: there are no words, too many, or pieces that nobody could mark.
    """
    asked = PassageAsked(" ".join(controls.clean(prompt).split()), controls.clean(text).strip())
    if not asked.words:
        raise PassageError(PassageError.EMPTY)
    if len(asked.words) > WORDS_MAX:
        raise PassageError(PassageError.TOO_MANY_WORDS, len(asked.words))
    if len(asked.text) > TEXT_MAX:
        raise PassageError(PassageError.TOO_LONG, len(asked.text))
    if any(_unspaced(word.text) > UNBROKEN_MAX for word in asked.words):
        raise PassageError(PassageError.UNBROKEN)
    return asked


def store(session: Session, room_id: int, asked: PassageAsked) -> None:
    """Store a passage that a new room asks about, in the caller's transaction."""
    session.add(RoomPassage(room_id=room_id, prompt=asked.prompt, text=asked.text))


def asked_in(session: Session, room_ids: Sequence[int]) -> Mapping[int, Asked]:
    """Return what rooms ask, by room; a room whose text is deleted is not among them."""
    passages = session.scalars(sa.select(RoomPassage).where(RoomPassage.room_id.in_(room_ids)))
    found: dict[int, Asked] = {row.room_id: PassageAsked(row.prompt, row.text) for row in passages}
    questions = session.execute(
        sa.select(RoomQuestion.room_id, RoomQuestion.shown, ItemRevision)
        .join(ItemRevision, ItemRevision.id == RoomQuestion.item_revision_id)
        .where(RoomQuestion.room_id.in_(room_ids))
    ).all()
    if not questions:
        return found
    rules = rules_of_rooms(session, [row.room_id for row in questions])
    contents = [content_of(row.ItemRevision) for row in questions]
    keys = keys_in_force(session, {row.room_id: one.item for row, one in zip(questions, contents, strict=True)}, rules)
    html = html_for(session, [*contents, *(key.mended for key in keys.values() if key.mended is not None)])
    for row, content in zip(questions, contents, strict=True):
        found[row.room_id] = QuestionAsked(content, row.shown, html, keys[row.room_id])
    return found


def key_sign(session: Session, room_id: int) -> str:
    """Return a word that changes when a correction makes something else right in what a room asks."""
    rule = rules_of_rooms(session, [room_id]).get(room_id)
    return "" if rule is None else digest(rule.to_json())[:12]


def forget(session: Session, room_id: int) -> None:
    """Delete what a room asks, in the caller's transaction."""
    for what in (RoomPassage, RoomQuestion):
        session.execute(sa.delete(what).where(what.room_id == room_id))


def _words(text: str) -> list[Markable]:
    found: list[Markable] = []
    for piece in (placed.piece for placed in cut_at_spaces(text)):
        parts = [part for part in piece.text.split("|") if part] if _unspaced(piece.text) else [piece.text]
        found += [Markable(part, "", wanted=False) for part in parts[:-1]]
        found += [Markable(part, piece.gap, wanted=False) for part in parts[-1:]]
    return found


def _unspaced(word: str) -> int:
    """How many letters of a word belong to scripts without spaces."""
    return 0 if word.isascii() else sum(unicodedata.name(sign, "").startswith(_NO_SPACES) for sign in word)
