"""A question of a draft as students would see it, on a page of its own; a question that has a mistake is left out."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.bank.loader import load_text
from quizapp.services.bank_forms import Placed, placed_findings
from quizapp.services.draft_checking import shared_skills
from quizapp.services.drafts import DraftView, read_draft
from quizapp.services.previewing import PreviewedQuestion, previewed
from quizapp.services.rosters import NotFoundError


@dataclass(frozen=True)
class DraftPreview:
    """One question of a draft, as it is stored."""

    draft: DraftView
    broken: bool
    """Whether something in the text cannot be read, so that not everything is shown."""
    mistakes: tuple[Placed, ...]
    """What that is; nothing, where the whole text cannot be read."""
    question: PreviewedQuestion | None
    """None: no question of the text can be read."""
    picture: str | None
    """The name under which the picture it shows is kept."""


def draft_preview(public_id: str, account_id: int, number: int) -> DraftPreview:
    """Return a question of a draft. The order of the answers depends on the question alone.

    Args:
        number: which of the questions that can be read, from 1.

    Raises:
        NotFoundError: there is no such draft of theirs, or no such question.
    """
    draft, skills = read_draft(public_id, account_id), shared_skills()
    loaded = load_text(draft.text.encode(), "bank.yaml", skills=skills)
    bank = loaded.readable
    mistakes = placed_findings(draft, [one for one in loaded.problems if one.level == "error"])
    if bank is None or not bank.items:
        return DraftPreview(draft, broken=True, mistakes=mistakes, question=None, picture=None)
    if not 0 < number <= len(bank.items):
        raise NotFoundError("question")
    question = previewed(bank, number, skills=skills, seed=bank.items[number - 1].id)
    stimulus = None if question is None else question.content.stimulus
    picture = draft.pictures.get(stimulus.image or "") if stimulus is not None else None
    return DraftPreview(draft, loaded.bank is None, mistakes, question, picture)
