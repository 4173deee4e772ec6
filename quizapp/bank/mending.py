"""The corrected line for a mistake in the meaning of a file, where the program can know or guess it.

A correction replaces one line. It may be several lines (something is added), or empty (the
line goes). Where words are missing it holds words to write over, which nobody can publish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import datetime
from difflib import get_close_matches

from pydantic import ValidationError

from quizapp.bank.ages import meant_ages
from quizapp.bank.nodes import Mapping, Node, Scalar
from quizapp.bank.source import SourceText
from quizapp.bank.syntax import MAYBE_SEVERAL, SHORT_LISTS, as_list, quoted
from quizapp.items.base import JSON
from quizapp.items.registry import AnyItem, kinds

_EXAMPLES = {
    "format": "1",
    "bank": "my-bank",
    "title": "Write a title here.",
    "language": "en",
    "id": "my-question",
    "type": "choice",
    "kind": "quote",
    "prompt": "Write the question here.",
    "accept": "[Write the right answer here.]",
    "passage": "Write the text to look at here.",
    "explain": "Say why here.",
    "alt": "Say what the picture shows here.",
    "options": "\n  - right: Write the right answer here.\n  - wrong: Write a wrong answer here.",
    "heaps": "\n  - Write a heap here.\n  - Write another heap here.",
    "definition": "Write what it means here.",
    "name": "Write a name here.",
}
_WRITE_HERE = "Write this here."
OTHERWISE = " (say something else)"
"""What a correction puts behind a text that is there twice."""
WORDS_TO_WRITE_OVER = frozenset(
    {_WRITE_HERE, *(text for value in _EXAMPLES.values() for text in re.findall(r"[A-Z][\w ]+ here\.", value))}
)
"""The words that corrections write for the author to write over."""
_HOW = {
    "verdict": "Write “verdict: sound” or “verdict: problem”.",
    "heap": "Write “heap:” and the heap where this belongs.",
    "heaps": "Write a line with a dash for each heap.",
    "statements": "Write “- text:” and below it “heap:” for each statement.",
    "pairs": "Write “- left:” and below it “right:” for each pair.",
    "left": "Write “left:” and what “right:” goes with.",
    "right": "Write “right:” and what “left:” goes with.",
    "items": "Write a line with a dash for each, in the right order.",
    "gaps": "Write “1:” and below it “accept:” with a list, and so on for each gap.",
    "rubric": "Write “0:” and what earns nothing, and so on up to the most points.",
}
"""How fields are written that say what is right. Only the author knows that, so no line is proposed for them."""
_LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl"}
_DAY_FORMS = ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m-%dT%H:%M", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d. %B %Y")
_TRUE = frozenset({"true", "yes", "y", "1", "on", "ja", "oui", "si", "tru", "correct", "right"})
_FALSE = frozenset({"false", "no", "n", "0", "off", "nein", "non", "fals", "flase", "wrong", "incorrect"})
MOST_NAMES = 300
"""Names that are compared with one that is not known; more take too long, and are no list that anybody reads."""

FEW_NAMES = 20
"""So many names are listed when one is not known; of more, the nearest."""
_PLACES = {
    "skill": "Shared skills stand in questions/skills.yaml, a bank’s own under its “skills:”.",
    "stimulus": "They stand under “stimuli:”.",
    "misconception": "All stand in questions/misconceptions.yaml and on the page “Teaching it again”.",
}
"""Where the names are written down."""


def near(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant, or None."""
    if not _comparable(word, known):
        return None
    return next(iter(get_close_matches(word, sorted(known), 1, 0.6)), None)


def named_in(text: str, known: Collection[str]) -> str | None:
    """The one known word that a text of several words holds, or None when it holds none or several.

    >>> named_in("Short answer", ["open", "short"]), named_in("short or open", ["open", "short"])
    ('short', None)
    """
    held = set(slugged(text).split("-")) & set(known)
    return held.pop() if len(held) == 1 else None


def _comparable(word: str, known: Collection[str]) -> bool:
    return len(known) <= MOST_NAMES and len(word) <= 100


def how_to_write(name: str) -> str:
    """What to say when a field is missing or empty that only the author can fill, after a space; "" for others."""
    return f" {_HOW[name]}" if name in _HOW else ""


def known_names(word: str, known: Collection[str], what: str, meant: str | None = None) -> str:
    """Sentences on the names that there are in the place of one that is not known: all, or the nearest of many.

    Args:
        word: what the author wrote.
        known: the names.
        what: what they are names of, as in `PLACES`.
        meant: the name that was probably meant, where more is known than how near they are.
    """
    place = _PLACES[what]
    if len(known) <= FEW_NAMES:
        listed = f"There are: {', '.join(sorted(known))}." if known else "There are none yet."
    else:
        found = get_close_matches(word, sorted(known), 5, 0.5) if _comparable(word, known) else []
        listed = f"Near it are: {', '.join(found)}." if len(found) > 1 else ""
    meant = meant or near(word, known)
    return " ".join(filter(None, (f"Did you mean “{meant}”?" if meant else "", listed, place)))


def fitting_kind(fields: JSON) -> str | None:
    """The kind whose question these fields are, whatever `type` says; None when none or several could be meant."""
    data = {name: value for name, value in fields.items() if name != "type"}
    fitting = [name for name, kind in kinds().items() if _fits(kind, data)]
    return "choice" if "choice" in fitting else fitting[0] if len(fitting) == 1 else None


def _fits(kind: type[AnyItem], data: JSON) -> bool:
    try:
        kind.model_validate(data)
    except ValidationError:
        return False
    return True


def slugged(text: str) -> str:
    """A text as a name for the program: small letters, digits, single dashes.

    >>> slugged("“Zürich: a Tale!”")
    'zurich-a-tale'
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:64].strip("-")


class Mender:
    """Corrects lines of one file."""

    def __init__(self, source: SourceText) -> None:
        self.source = source

    def renamed(self, key: Scalar, name: str) -> str:
        """The line with another name for a field."""
        line = self.source.lines[key.line - 1]
        return line[: key.column - 1] + name + line[key.column - 1 + len(key.value) :]

    def replaced(self, node: Scalar, value: str) -> str | None:
        """The line with another value, or None when the value does not stand there as it is."""
        line = self.source.lines[node.line - 1]
        start = node.column - 1 + (not node.plain)
        if not line[start:].startswith(node.value):
            return None
        end = start + len(node.value)
        return line[: node.column - 1] + value + line[end + (not node.plain) :]

    def removed(self, key: Scalar, node: Node) -> str | None:
        """An empty line, when a field is alone in its line and no entry begins there."""
        line = self.source.lines[key.line - 1]
        below = self.source.lines[key.line] if key.line < len(self.source.lines) else ""
        goes_on = bool(below.strip()) and len(below) - len(below.lstrip()) >= key.column
        in_line = node.line == key.line and (isinstance(node, Scalar) or node.flow)
        alone = not line[: key.column - 1].strip() and in_line
        return "" if alone and not goes_on else None

    def added(self, place: Node, name: str, value: str | None = None) -> str | None:
        """The first line of an entry with one more field before it."""
        if not isinstance(place, Mapping) or not place.fields or (value is None and name in _HOW):
            return None
        line = self.source.lines[place.line - 1]
        value = _EXAMPLES.get(name, _WRITE_HERE) if value is None else value
        if place.flow:
            flow = "" if "\n" in value else value
            return f"{line[: place.column]}{name}: {quoted(flow)}, {line[place.column :]}" if flow else None
        indent = " " * (place.column - 1)
        text = value.replace("\n", f"\n{indent}")
        head, rest = line[: place.column - 1], line[place.column - 1 :]
        return f"{head}{name}:{'' if text.startswith(chr(10)) else ' '}{text}\n{indent}{rest}"

    def to_text(self, place: Node) -> str | None:
        """The line with what was taken for a list or for fields as one text in quotes."""
        line = self.source.lines[place.line - 1]
        if isinstance(place, Scalar) or not (place.flow or isinstance(place, Mapping)):
            return None
        if re.search(r"[\[{]", line[: place.column - 1]):
            return None
        below = self.source.lines[place.line] if place.line < len(self.source.lines) else ""
        if below.strip() and len(below) - len(below.lstrip()) >= place.column:
            return None
        return line[: place.column - 1] + quoted(line[place.column - 1 :].strip())

    def to_list(self, place: Node, name: str) -> str | None:
        """The line with the text of a field as a list: of one, unless it is a list in all but its brackets.

        None where it could be one answer or several.
        """
        if not isinstance(place, Scalar):
            return None
        line = self.source.lines[place.line - 1]
        text = line[place.column - 1 :].rstrip()
        if not line[: place.column - 1].strip() and text.strip("\"'") == place.value:
            return f"{line[: place.column - 1]}- {text}"
        if place.value.startswith("[") and not place.plain:
            return None  # quotes round a bracket come from a correction, and are no entry
        if name in SHORT_LISTS and place.plain and MAYBE_SEVERAL.search(place.value):
            listed = as_list(place.value)
            return self.replaced(place, listed) if listed else None
        return f"{line[: place.column - 1]}[{text if not place.plain else quoted(text)}]"

    def said_otherwise(self, place: Mapping | Scalar) -> str | None:
        """The line with a text that is there already made another one, for the author to word."""
        texts = [place] if isinstance(place, Scalar) else [*place.fields.values()]
        said = next((text for text in texts if isinstance(text, Scalar)), None)
        return None if said is None else self.replaced(said, quoted(said.value + OTHERWISE))

    def value(self, code: str, name: str, place: Node, choices: list[str]) -> str | None:
        """The line with a value that will do for what was typed, by the code of the problem.

        Args:
            code: the code of the problem.
            name: the field.
            place: the value.
            choices: the words that are possible, if they can be counted.
        """
        if not isinstance(place, Scalar):
            return None
        better = _BETTER[code](place.value, name, choices) if code in _BETTER else None
        return self.replaced(place, better) if better else None


def _day(text: str, name: str, choices: list[str]) -> str | None:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _number(text: str, name: str, choices: list[str]) -> str | None:
    if re.search(r"[0-9][^\W0-9_]+[0-9]", text):
        return None
    bare = re.sub(r"[^0-9.,\-]", "", text.replace("\u2212", "-")).strip(",")
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", bare):
        bare = bare.replace(",", "")
    elif "." not in bare:  # 1,5 is one and a half; 1,2,3 stays no number
        bare = bare.replace(",", ".")
    return bare if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", bare) else None


def _truth(text: str, name: str, choices: list[str]) -> str | None:
    word = text.strip().casefold()
    return "true" if word in _TRUE else "false" if word in _FALSE else None


def _choice(text: str, name: str, choices: list[str]) -> str | None:
    return near(text.strip("“”\"'").casefold(), choices) or (choices[0] if len(choices) == 1 else None)


def _slug(text: str, name: str, choices: list[str]) -> str | None:
    return slugged(text) or None


def _address(text: str, name: str, choices: list[str]) -> str | None:
    bare = re.sub(r"[\s<>\"\\]", "", text.removeprefix("//"))
    return f"https://{bare}" if bare and ":" not in bare.partition("/")[0] else None


def _language(text: str, name: str, choices: list[str]) -> str | None:
    word = next(iter(text.casefold().replace("_", "-").split()), "")
    if word in _LANGUAGES:
        return _LANGUAGES[word]
    return word if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", word) and len(text.split()) == 1 else None


def _ages(text: str, name: str, choices: list[str]) -> str | None:
    return meant_ages(text)


def _file_name(text: str, name: str, choices: list[str]) -> str | None:
    stem, dot, ending = text.rpartition("/")[2].rpartition("\\")[2].rpartition(".")
    ending = ending.lower()
    return f"{slugged(stem)}.{ending}" if dot and slugged(stem) and ending in {"png", "jpg", "jpeg", "webp"} else None


def _written(text: str, name: str, choices: list[str]) -> str | None:
    return None if name in _HOW else _EXAMPLES.get(name, _WRITE_HERE)


_BETTER: dict[str, Callable[[str, str, list[str]], str | None]] = {
    "not-a-date": _day,
    "not-a-number": _number,
    "not-true-false": _truth,
    "not-a-choice": _choice,
    "not-a-slug": _slug,
    "too-long": _slug,
    "not-an-address": _address,
    "not-a-language": _language,
    "not-ages": _ages,
    "ages-order": _ages,
    "not-a-file-name": _file_name,
    "empty-text": _written,
}
