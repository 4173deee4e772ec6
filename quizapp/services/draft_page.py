"""What a teacher sees while writing a bank: the text, its questions, and everything that is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quizapp import text as author_text
from quizapp.bank.checking import Checked, corrected
from quizapp.bank.problems import Problem
from quizapp.items.registry import AnyItem
from quizapp.services.drafts import DraftView, check_draft, read_draft


@dataclass(frozen=True)
class DraftQuestion:
    """A question of the text as it can be read now."""

    number: int
    id: str
    kind: str
    prompt: str
    """Plain words."""


@dataclass(frozen=True)
class DraftPage:
    """A draft with what its text says."""

    draft: DraftView
    text: str
    """What to show for editing; what was typed, where that is not stored."""
    checked: Checked
    questions: tuple[DraftQuestion, ...]
    """Empty while the text has a mistake."""

    def count(self, level: str) -> int:
        """How many findings there are of a level: error, warning or info."""
        return sum(problem.level == level for problem in self.checked.problems)


def draft_page(public_id: str, account_id: int, *, text: str | None = None, now: datetime) -> DraftPage:
    """Return a draft with the findings in its text.

    Args:
        text: what was typed instead of what is stored; None: what is stored.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    draft = read_draft(public_id, account_id)
    shown = draft.text if text is None else text
    checked = check_draft(shown, now=now, pictures=draft.pictures)
    items = () if checked.bank is None else checked.bank.items
    return DraftPage(
        draft, shown, checked, tuple(_question(number, item) for number, item in enumerate(items, start=1))
    )


def with_correction(text: str, place: str, *, now: datetime) -> str | None:
    """Return a text with the corrected line of one finding put in; None when that finding is no longer there.

    Args:
        text: what was typed.
        place: which finding, as `place_of` names it.
    """
    for problem in check_draft(text, now=now).problems:
        if place_of(problem) == place and problem.fix is not None:
            return corrected(text.encode(), problem).decode()
    return None


def place_of(problem: Problem) -> str:
    """Return what tells a finding from the others of the same text."""
    return f"{problem.line}:{problem.column}:{problem.code}"


def _question(number: int, item: AnyItem) -> DraftQuestion:
    return DraftQuestion(number, item.id, item.kind, author_text.plain(item.prompt))
