"""A bank file as students would see it, while its author writes: read again when it changes, no database.

The author's own text is rendered here in a request, which is the point of looking at it.
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
class Draft:
    """The last state of the file that could be read."""

    bank: Bank
    html: Html


@dataclass(frozen=True)
class PreviewPage:
    """One question of the file, and what is to be said about the file as it is now."""

    name: str
    stamp: str
    """Changes whenever the file does."""
    title: str
    position: int
    total: int
    content: Content | None
    """None when nothing could be read yet, or there is no such question."""
    html: Html
    shown: Shown
    skill_name: str | None
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
        self._good: Draft | None = None

    def page(self, position: int, *, now: datetime) -> PreviewPage:
        """The question at a position from 1, of the file as it is now."""
        with self._turn:
            self._look(now)
            checked, good, stamp = self._checked, self._good, self._stamp()
        items = good.bank.items if good is not None else ()
        item = items[position - 1] if 0 < position <= len(items) else None
        content = None
        if item is not None and good is not None:
            stimulus = good.bank.stimulus(item.about) if item.about is not None else None
            content = Content(item, stimulus)
        skills = (*self._skills, *(good.bank.skills if good is not None else ()))
        return PreviewPage(
            name=self.path.name,
            stamp=stamp,
            title=good.bank.title if good is not None else self.path.name,
            position=position,
            total=len(items),
            content=content,
            html=good.html if good is not None else Html({}),
            shown=item.shuffle(Random(f"{stamp}:{position}")) if item is not None else {},  # noqa: S311 - an order, not a secret
            skill_name=next((one.name for one in skills if item is not None and one.id == item.skill), None),
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
        if good is None or name not in {stimulus.image for stimulus in good.bank.stimuli}:
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
        bank = self._checked.bank
        if bank is not None:
            stimuli = {stimulus.id: stimulus for stimulus in bank.stimuli}
            rows = clean_rows(Content(item, stimuli.get(item.about or "")) for item in bank.items)
            self._good = Draft(bank, Html(rows))

    def _read(self) -> bytes | None:
        """The file's bytes; None while an editor is replacing it."""
        try:
            return self.path.read_bytes()
        except OSError:
            return self._data

    def _stamp(self) -> str:
        return hashlib.sha256(self._data or b"").hexdigest()[:16]


def mark(page: PreviewPage, response: Response | None) -> Marked | None:
    """Mark a response as a quiz would; None when the page has no question."""
    if page.content is None:
        return None
    item = page.content.item
    return Marked(item.score(response).fraction, item.explain(response, page.shown))
