"""Which field was meant by a name that no field has: a misspelt one, or another word for the same."""

from __future__ import annotations

from collections.abc import Collection

from quizapp.bank.mending import near

_OTHER_WORDS = {
    "prompt": "question stem task ask",
    "options": "answers choices alternatives responses answer-options",
    "answer": "correct right solution value number",
    "accept": "answer answers correct right solution accepted",
    "verdict": "answer correct right solution",
    "right": "correct true answer",
    "wrong": "incorrect false distractor",
    "why": "feedback reason because rationale explanation explain comment",
    "explain": "explanation why feedback reason because rationale comment",
    "hints": "hint clue clues tip tips",
    "passage": "text sentence excerpt",
    "statements": "sentences items claims",
    "heaps": "groups categories bins piles",
    "items": "order sequence steps options answers",
    "difficulty": "level",
    "skill": "topic",
    "about": "stimulus",
    "title": "name",
    "language": "lang",
    "questions": "quiz items",
    "bank": "id slug",
    "stimuli": "texts articles sources",
    "image": "picture photo file",
    "alt": "description",
}
"""Words that people write for a field, as quiz sites and textbooks have them. Where several fields could be
meant, the first that is possible and not written yet."""


_FIELDS: dict[str, list[str]] = {}
for _name, _others in _OTHER_WORDS.items():
    for _word in _others.split():
        _FIELDS.setdefault(_word, []).append(_name)


def meant(word: str, known: Collection[str], written: Collection[str] = ()) -> str | None:
    """The field that was probably meant by a name, or None.

    Args:
        word: the name as it was written.
        known: the names that are possible in this place.
        written: those that stand there already; only a misspelling means one of these.

    >>> meant("answers", ["options", "prompt"]), meant("promt", ["prompt"]), meant("answer", ["near", "kind"])
    ('options', 'prompt', None)
    """
    folded = word.strip().casefold().replace("_", "-").replace(" ", "-")
    if folded in known and folded not in written:
        return folded
    if folded in _FIELDS:
        return next((name for name in _FIELDS[folded] if name in known and name not in written), None)
    return near(word, known)


def words_for(*names: str) -> tuple[str, ...]:
    """The names of some fields and the other words for them, in small letters and as a sentence begins."""
    words = [word for name in names for word in (name, *_OTHER_WORDS.get(name, "").split())]
    return tuple(dict.fromkeys([*words, *map(str.capitalize, words)]))
