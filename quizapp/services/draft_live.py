"""What the editor asks for while somebody types: the findings, the question at the cursor, and words that help.

Nothing is stored. The text is read and rendered here in a request, which is the point of looking at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quizapp.bank.checking import Checked
from quizapp.bank.loader import Loaded, load_text
from quizapp.bank.schema import bank_schema
from quizapp.bank.source import Region
from quizapp.items.base import JSON
from quizapp.models import db
from quizapp.services.bank_access import BankRight, right_over
from quizapp.services.draft_checking import check_draft, shared_skills
from quizapp.services.draft_rows import names_of_pictures, own_draft, plain_lines
from quizapp.services.misconceptions import kept_misconceptions
from quizapp.services.previewing import PreviewedQuestion, previewed

ALL_LINES = (1, 1_000_000)


class LiveState(StrEnum):
    """What became of showing a question."""

    SHOWN = "shown"
    BROKEN = "broken"
    """It has a mistake; what was shown before is the last good state."""
    NONE = "none"
    """There is no question."""


@dataclass(frozen=True)
class LivePreview:
    """The question at a line of a text."""

    state: LiveState
    lines: tuple[int, int]
    """The first and last line for which the answer is the same."""
    wanted: str | None = None
    """The id of the question that belongs to the line, if it says one."""
    question: PreviewedQuestion | None = None
    picture: str | None = None
    """The name under which the picture it shows is kept."""


@dataclass(frozen=True)
class LiveCheck:
    """What an author should know of a text that they are typing."""

    checked: Checked
    shut_out: bool
    """Whether somebody took back the right to change the bank meanwhile."""


def live_check(public_id: str, account_id: int, text: str, *, now: datetime) -> LiveCheck:
    """Return all findings in a text that its author is typing, and whether the bank is still theirs to change.

    Raises:
        NotFoundError: there is no such draft of theirs.
        TextTooLongError: the text is longer than a bank may be.
    """
    session = db.session()
    draft = own_draft(session, public_id, account_id)
    right = BankRight.OWN if draft.bank_id is None else right_over(session, draft.bank_id, account_id)
    checked = check_draft(plain_lines(text), now=now, pictures=names_of_pictures(session, draft.id))
    return LiveCheck(checked, right < BankRight.EDIT)


def live_preview(public_id: str, account_id: int, text: str, line: int) -> LivePreview:
    """Return the question in which a line of a text lies; of a thing to look at, the first question about it.

    The order of the answers depends on the question's id alone, so that it stays while one writes.

    Args:
        text: what the author is typing.
        line: where the cursor is, from 1.

    Raises:
        NotFoundError: there is no such draft of theirs.
        TextTooLongError: the text is longer than a bank may be.
    """
    pictures = _pictures(public_id, account_id)
    skills = shared_skills()
    loaded = load_text(plain_lines(text).encode(), "bank.yaml", skills=skills, pictures=pictures)
    if loaded.places is None or loaded.readable is None:
        return LivePreview(LiveState.BROKEN, ALL_LINES)
    region = _region_at(loaded, line)
    if region is None:
        return LivePreview(LiveState.NONE, ALL_LINES)
    wanted, lines = region
    ids = [item.id for item in loaded.readable.items]
    if wanted.id not in ids:
        return LivePreview(LiveState.BROKEN, lines, wanted.id)
    question = previewed(loaded.readable, ids.index(wanted.id) + 1, skills=skills, seed=wanted.id)
    return LivePreview(LiveState.SHOWN, lines, wanted.id, question, _picture(question, pictures))


def writing_help() -> JSON:
    """Return what an editor completes and explains from: the schema of banks, the skills, the misconceptions."""
    return {
        "schema": bank_schema(),
        "skills": [{"id": one.id, "name": one.name, "definition": one.definition} for one in shared_skills()],
        "misconceptions": [
            {"id": one.id, "name": one.name, "correction": one.correction}
            for one in sorted(kept_misconceptions(), key=lambda one: one.id)
        ],
    }


def _picture(question: PreviewedQuestion | None, pictures: Mapping[str, str]) -> str | None:
    stimulus = None if question is None else question.content.stimulus
    return None if stimulus is None else pictures.get(stimulus.image or "")


def _pictures(public_id: str, account_id: int) -> dict[str, str]:
    session = db.session()
    return names_of_pictures(session, own_draft(session, public_id, account_id).id)


def _region_at(loaded: Loaded, line: int) -> tuple[Region, tuple[int, int]] | None:
    """The entry of a question that belongs to a line, and the lines to which it belongs; None without questions."""
    assert loaded.places is not None  # noqa: S101 - what could be read has places
    regions = loaded.places.source.regions
    questions = [region for region in regions if region.section == "questions"]
    if not questions:
        return None
    here = next((region for region in regions if region.first <= line <= region.last), None)
    if here is None:  # the head, or a line between the lists
        after = next((region for region in questions if region.first > line), questions[-1])
        return after, (min(line, after.first), after.last)
    if here.section == "questions":
        return here, (here.first, here.last)
    items = () if loaded.readable is None else loaded.readable.items
    about = {item.id for item in items if item.about == here.id and here.id is not None}
    first = next((region for region in questions if region.id in about), questions[0])
    return first, (here.first, here.last)
