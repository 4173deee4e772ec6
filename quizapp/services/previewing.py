"""A bank as students would see it, while its author writes: one question of a text, and a file that is watched.

The author's own text is rendered here in a request, which is the point of looking at it. No database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Lock

from quizapp.bank.checking import Checked, check_text
from quizapp.bank.model import Bank, Skill
from quizapp.bank.pictures import Picture, PictureError, read_picture
from quizapp.bank.problems import Problem
from quizapp.items.base import Response, Shown
from quizapp.services.catalogue import Content, Html
from quizapp.services.clean_texts import clean_rows
from quizapp.services.gallery import Marked


@dataclass(frozen=True)
class PreviewedQuestion:
    """One question of a text that nobody published."""

    position: int
    total: int
    content: Content
    html: Html
    shown: Shown
    skill_name: str | None


def previewed(bank: Bank, position: int, *, skills: Iterable[Skill], seed: str) -> PreviewedQuestion | None:
    """Render one question of a bank, by the functions that publishing uses.

    Args:
        bank: as it was read.
        position: of the question, from 1; where there is none, so is the result.
        skills: the shared skills.
        seed: what the order of the answers is drawn by.
    """
    if not 0 < position <= len(bank.items):
        return None
    item = bank.items[position - 1]
    content = Content(item, bank.stimulus(item.about) if item.about is not None else None)
    names = {one.id: one.name for one in (*skills, *bank.skills)}
    return PreviewedQuestion(
        position=position,
        total=len(bank.items),
        content=content,
        html=Html(clean_rows([content])),
        shown=item.shuffle(Random(seed)),  # noqa: S311 - an order, not a secret
        skill_name=names.get(item.skill or ""),
    )


@dataclass(frozen=True)
class PreviewPage:
    """One question of the file, and what is to be said about the file as it is now."""

    name: str
    stamp: str
    """Changes whenever the file does."""
    title: str
    position: int
    """Which was asked for, from 1."""
    question: PreviewedQuestion | None
    """None when nothing could be read yet, or there is no such question."""
    problems: tuple[Problem, ...]
    broken: bool
    """Whether the file has an error now, so that what is shown is older."""


class Watched:
    """A bank file that is looked at again at each call; the last good state stays when it breaks.

    Args:
        path: the file.
        skills: the shared skills that questions may name.
        misconceptions: the ids that questions may name, or None when there is no list.
    """

    def __init__(self, path: Path, *, skills: Iterable[Skill], misconceptions: frozenset[str] | None = None) -> None:
        self.path = path
        self._skills = tuple(skills)
        self._misconceptions = misconceptions
        self._turn = Lock()
        self._data: bytes | None = None
        self._checked = Checked(None, ())
        self._good: Bank | None = None

    def page(self, position: int, *, now: datetime) -> PreviewPage:
        """The question at a position from 1, of the file as it is now."""
        with self._turn:
            self._look(now)
            checked, good, stamp = self._checked, self._good, self._stamp()
        question = None
        if good is not None:
            question = previewed(good, position, skills=self._skills, seed=f"{stamp}:{position}")
        return PreviewPage(
            name=self.path.name,
            stamp=stamp,
            title=good.title if good is not None else self.path.name,
            position=position,
            question=question,
            problems=checked.problems,
            broken=checked.bank is None,
        )

    def stamp(self) -> str:
        """What stands for the file as it is now."""
        with self._turn:
            return hashlib.sha256(self._read() or b"").hexdigest()[:16]

    def picture(self, name: str) -> Picture | None:
        """A picture that the bank shows, or None."""
        good = self._good
        if good is None or name not in {stimulus.image for stimulus in good.stimuli}:
            return None
        try:
            return read_picture(self.path.parent, name)
        except PictureError:
            return None

    def _look(self, now: datetime) -> None:
        data = self._read()
        if data is None or data == self._data:
            return
        self._data = data
        self._checked = check_text(
            data,
            self.path.name,
            skills=self._skills,
            today=now.date(),
            misconceptions=self._misconceptions,
            folder=self.path.parent,
        )
        self._good = self._checked.bank or self._good

    def _read(self) -> bytes | None:
        """The file's bytes; None while an editor is replacing it."""
        try:
            return self.path.read_bytes()
        except OSError:
            return self._data

    def _stamp(self) -> str:
        return hashlib.sha256(self._data or b"").hexdigest()[:16]


def mark(question: PreviewedQuestion, response: Response | None) -> Marked:
    """Mark a response as a quiz would."""
    item = question.content.item
    return Marked(item.score(response).fraction, item.explain(response, question.shown))
