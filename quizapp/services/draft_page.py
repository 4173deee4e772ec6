"""What a teacher sees while writing a bank: the text, its questions, and everything that is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quizapp import text as author_text
from quizapp.bank.checking import Checked, corrected
from quizapp.bank.coverage import Counts, counts
from quizapp.bank.problems import Problem
from quizapp.services.draft_checking import check_draft
from quizapp.services.drafts import DraftView, read_draft
from quizapp.services.reports import Report, waiting_reports

MOST_ROUNDS, CHARACTERS_CHECKED = 120, 1_000_000
"""How often a text is checked while it is corrected, and how much of it in all, so that nobody waits long."""


@dataclass(frozen=True)
class DraftQuestion:
    """A question of the text as it can be read now."""

    number: int
    id: str
    kind: str
    prompt: str
    """Plain words."""
    reports: tuple[Report, ...]
    """What students found wrong with it and nobody has settled, newest first."""


@dataclass(frozen=True)
class DraftPage:
    """A draft with what its text says."""

    draft: DraftView
    text: str
    """What to show for editing; what was typed, where that is not stored."""
    checked: Checked
    questions: tuple[DraftQuestion, ...]
    """Empty while the text has a mistake."""
    counts: Counts | None
    """What the questions are made of; None while the text has a mistake."""

    @property
    def stored(self) -> bool:
        """Whether the text shown is the one that is stored."""
        return self.text == self.draft.text


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
    bank = checked.bank
    if bank is None:
        return DraftPage(draft, shown, checked, (), None)
    reports = waiting_reports(draft.bank.public_id, account_id) if draft.bank else {}
    questions = tuple(
        DraftQuestion(number, item.id, item.kind, author_text.plain(item.prompt), reports.get(item.id, ()))
        for number, item in enumerate(bank.items, start=1)
    )
    return DraftPage(draft, shown, checked, questions, counts(bank))


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


def with_certain_corrections(text: str, *, now: datetime) -> tuple[str, tuple[int, ...]]:
    """Return a text with all corrections put in that change no word, and the lines that they were for.

    A correction can bring others to light, so the text is checked again and again; of a very long one not to the end.
    """
    lines: list[int] = []
    for _round in range(min(MOST_ROUNDS, CHARACTERS_CHECKED // max(1, len(text)) + 1)):
        certain = {one.line: one for one in check_draft(text, now=now).problems if one.certain}
        for line in sorted(certain, reverse=True):  # a correction may be several lines
            text = corrected(text.encode(), certain[line]).decode()
        lines += certain
        if not certain:
            break
    return text, tuple(sorted(set(lines)))


def place_of(problem: Problem) -> str:
    """Return what tells a finding from the others of the same text."""
    return f"{problem.line}:{problem.column}:{problem.code}"
