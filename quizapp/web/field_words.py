"""What the fields of a bank file are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

WORDS = {
    "about": _l("About"),
    "accept": _l("Accepted answers"),
    "ages": _l("Ages"),
    "allow": _l("Silenced rules of the check"),
    "also": _l("Other skills"),
    "alt": _l("Picture in words"),
    "answer": _l("Right answer"),
    "as_of": _l("Facts as of"),
    "ask_reason": _l("Asks for a reason"),
    "author": _l("Author"),
    "bank": _l("Name of the file"),
    "between": _l("From and to"),
    "cards": _l("Cards"),
    "context": _l("Context"),
    "control": _l("Nothing wrong here"),
    "correct_guessing": _l("Takes off what guessing earns"),
    "credit": _l("Credit"),
    "date": _l("Date"),
    "difficulty": _l("Difficulty"),
    "evidence": _l("Evidence"),
    "explain": _l("Explanation"),
    "extra": _l("Partners left over"),
    "fair": _l("To be fair"),
    "first": _l("First end"),
    "gaps": _l("Gaps"),
    "gloss": _l("Words explained"),
    "heap": _l("Belongs to"),
    "heaps": _l("Heaps"),
    "hints": _l("Hints"),
    "id": _l("Id"),
    "image": _l("Picture"),
    "items": _l("Lines in the right order"),
    "kind": _l("Kind"),
    "language": _l("Language"),
    "last": _l("Last end"),
    "left": _l("Left side"),
    "licence": _l("Licence"),
    "lure": _l("Tempts by"),
    "misconception": _l("Shows the belief"),
    "more": _l("More"),
    "near": _l("Near misses"),
    "needs": _l("Needs"),
    "note": _l("Note for readers"),
    "options": _l("Answers"),
    "outlet": _l("Outlet"),
    "pairs": _l("Pairs"),
    "pairs.right": _l("Right side"),
    "passage": _l("Passage"),
    "pin": _l("Stays"),
    "principle": _l("Principle"),
    "prompt": _l("Question"),
    "quote": _l("Quoted words"),
    "review_by": _l("To be checked by"),
    "right": _l("Right answer"),
    "rubric": _l("What earns how many points"),
    "scoring": _l("Marked"),
    "skill": _l("Skill"),
    "skills": _l("Skills of this bank"),
    "source": _l("Article"),
    "sources": _l("Sources"),
    "spans": _l("Why these words"),
    "spans.words": _l("Words"),
    "stands_in": _l("Stands in for another bank"),
    "statements": _l("Statements"),
    "status": _l("Status"),
    "tags": _l("Tags"),
    "text": _l("Text"),
    "tied": _l("Of one rank"),
    "title": _l("Title"),
    "tolerance": _l("Tolerance"),
    "transfer": _l("Next time"),
    "twin": _l("Other form"),
    "type": _l("Kind of question"),
    "unit": _l("Unit"),
    "url": _l("Address"),
    "verdict": _l("Right verdict"),
    "where": _l("Words that decide it"),
    "who": _l("Who"),
    "why": _l("Why"),
    "words": _l("Length in words"),
    "wrong": _l("Wrong answer"),
}


def field_word(name: str, inside: str = "") -> str:
    """Return what a field is called on pages.

    Args:
        name: its name in the file; one that authors chose themselves is returned as it is.
        inside: the name of the list it is in, since “right” is another thing in a pair.
    """
    if name.isdigit():
        return _("Gap %(n)s", n=name) if inside == "gaps" else _("Points: %(n)s", n=name)
    return str(WORDS.get(f"{inside}.{name}") or WORDS.get(name) or name)
