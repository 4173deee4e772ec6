"""What a YAML parser's complaint means to somebody who writes questions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from quizapp.bank import brackets

# For lines without spaces at their end; each reads a line once, however long its spaces are.
_FIELD = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[A-Za-z_][\w-]*):[ \t]+)(?P<value>\S.*)")
_ENTRY = re.compile(r"(?P<head>\s*(?:- +)+)(?P<value>\S.*)")
_NO_SPACE = re.compile(r"(?P<head>\s*(?:- +)*[a-z_]+:)(?P<value>[^\s:/].*)")
_NO_COLON = re.compile(r"(?P<head>\s*(?:- +)*)(?P<key>[a-z_]+)(?P<value>(?: +\S.*)?)")
_DASH = re.compile(r"(?P<head>\s*-)(?P<value>[^\s-].*)")
_BAD_ESCAPE = re.compile(
    r"\\(?:[^0abtnvfre \"/\\N_LPxuU\t]|x(?![0-9A-Fa-f]{2})|u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8}))"
)
#: Fields whose name without its colon is not just a word of a text, where the parser has given up.
_NAMES = frozenset(
    {"format", "bank", "title", "language", "licence", "source", "skills", "stimuli", "questions", "id", "type"}
    | {"prompt", "options", "right", "wrong", "why", "explain", "hints", "skill", "about", "accept", "passage"}
    | {"verdict", "text", "kind", "quote", "context", "items", "heaps", "statements", "pairs", "left", "heap"}
    | {"answer", "evidence", "principle", "transfer", "fair", "more"}
)
_COLON = re.compile(r":(?=\s|$)")
_CURLY = "“”„‘’"
_QUOTE_NAMES = {'"': "double", "'": "single"}
SHORT_LISTS = frozenset({"accept", "also", "tags"})
"""Lists of words that stand in brackets, in a line of their own."""
MAYBE_SEVERAL = re.compile(r"[“”„‘‚\"\[\]{};|]|,(?![0-9]{3}\b)")
"""Signs of more than one word in a text that should be a list; the comma of 1,000 is none."""
#: A text in one pair of quotes, curly or straight, with no other pair inside.
_IN_QUOTES = re.compile(r"""[“”„]([^“”„"]+)[“”]|[‘‚]([^‘’‚“”„"]+)[‘’]|"([^"\\]+)"|'([^']+)'""")
#: Signs with which the bounds of the entries of a list are not certain.
_UNCERTAIN = re.compile(r"[\[\]{}“”„‘‚\"']|:\s|\s#|,\s*,|^\s*,")


@dataclass(frozen=True, slots=True)
class Suspect:
    """What looks wrong in one line: stable code, column from 1, sentence, corrected line."""

    code: str
    column: int
    message: str
    fix: str | None = None


def quoted(text: str) -> str:
    """The text in the quotation marks that need the fewest changes."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def without_curly(text: str) -> str:
    """The text without the curly quotes round the whole of it.

    >>> without_curly("“Real: or not?”"), without_curly("“Real” or “not”")
    ('Real: or not?', '“Real” or “not”')
    """
    match = _IN_QUOTES.fullmatch(text) if text[:1] in _CURLY else None
    return text if match is None else str(match[match.lastindex or 0])


def as_list(text: str) -> str | None:
    """A list in brackets, where its entries are certain: each in quotes of some sort, or behind an open bracket.

    >>> as_list("“yes”, “no”"), as_list("[yes, no"), as_list("yes, no")
    ('["yes", "no"]', '[yes, no]', None)
    """
    inner = text.removeprefix("[").removesuffix("]").strip()
    entries = list(_IN_QUOTES.finditer(inner))
    between = [inner[one.end() : two.start()].strip() for one, two in pairwise(entries)]
    inner = inner.removesuffix(",").rstrip()
    if entries and set(between) <= {","} and (entries[0].start(), entries[-1].end()) == (0, len(inner)):
        return f"[{', '.join(quoted(match[match.lastindex or 0]) for match in entries)}]"
    opened = text.startswith("[") and not text.endswith("]")
    return f"[{inner}]" if opened and inner and not _UNCERTAIN.search(inner) else None


def value_at(line: str) -> int:
    """Where the value begins in a line, after its indent, dashes and field name."""
    match = re.match(r"\s*(?:- +)*(?:[\w-]+:[ \t]+)?", line)
    return match.end() if match else 0


def in_single_quotes(line: str, event: Any) -> str:
    """The line with its text in double quotes, which begins and ends there, in single ones."""
    start, end = event.start_mark.column, event.end_mark.column
    inner = line[start + 1 : end - 1].replace('\\"', '"').replace("'", "''")
    return f"{line[:start]}'{inner}'{line[end:]}"


def suspect(line: str, following: str = "") -> Suspect | None:
    """What an author probably did in this line that YAML does not take, or None."""
    line = line.rstrip()
    match = _FIELD.fullmatch(line) or _ENTRY.fullmatch(line)
    if match is None:
        return _missing_sign(line)
    found = _in_value(line, match, following)
    if found is not None and match.groupdict().get("key") in SHORT_LISTS and MAYBE_SEVERAL.search(match["value"]):
        return _in_list(found, match, following)
    return found


def _in_list(found: Suspect, match: re.Match[str], following: str) -> Suspect | None:
    """What is found in a list of words: its line is proposed only where the entries are certain."""
    value = match["value"]
    listed = as_list(value)
    message = "This is a list. Put brackets round all of it, and straight quotes round each entry."
    if value.startswith("[") and "]" not in value:
        if _goes_on(following):
            return None  # it goes on in the next line
        message = "The bracket that opens this list is never closed. Close it at the end of the list."
    return replace(found, message=message, fix=match["head"] + listed if listed else None)


def _in_value(line: str, match: re.Match[str], following: str) -> Suspect | None:
    head, value = match["head"], match["value"]
    first, column = value[0], len(head) + 1
    fix = head + quoted(without_curly(value))
    if first in "\"'":
        return _after_quotes(head, value, following)
    if first in "[{":
        return _after_brackets(match.groupdict().get("key"), head, value, following)
    if first in "|>":
        rest = value.lstrip("|>+-0123456789").strip()
        if rest and not rest.startswith("#"):
            return Suspect("start-character", column, f"Text cannot begin with {first} unless it is in quotes.", fix)
        return None
    if first in "@`%*&!,]}#?" or value.startswith("- "):
        return Suspect("start-character", column, f"Text cannot begin with {first} unless it is in quotes.", fix)
    colon = _COLON.search(value)
    if colon:
        advice = " Curly quotes are not enough; use straight ones." if first in _CURLY else ""
        code = "curly-quotes" if first in _CURLY else "colon"
        message = f"There is a colon inside this text, so it needs quotes round it.{advice}"
        return Suspect(code, column + colon.start(), message, fix)
    return _missing_sign(line)


def _missing_sign(line: str) -> Suspect | None:
    """A field without its colon, or without a space after it; an entry without a space after its dash."""
    match = _NO_SPACE.fullmatch(line)
    if match is None:
        return _missing_colon(line)
    message = "Put a space after the colon that ends the field’s name."
    return Suspect("no-space", len(match["head"]) + 1, message, f"{match['head']} {match['value']}")


def _missing_colon(line: str) -> Suspect | None:
    match = _NO_COLON.fullmatch(line)
    if match is not None and match["key"] in _NAMES:
        message = f"Put a colon after “{match['key']}”."
        fix = f"{match['head']}{match['key']}:{match['value']}"
        return Suspect("no-colon", len(match["head"] + match["key"]) + 1, message, fix)
    dash = _DASH.fullmatch(line)
    if dash is not None:
        message = "Put a space after the dash that begins an entry."
        return Suspect("no-space", len(dash["head"]) + 1, message, f"{dash['head']} {dash['value']}")
    return None


def _after_quotes(head: str, value: str, following: str) -> Suspect | None:
    mark = value[0]
    end = _closing(value)
    column = len(head) + 1
    if end is None:
        if not _goes_on(following):
            name = _QUOTE_NAMES[mark]
            message = f"The {name} quotes that open here are never closed. Close them at the end of the text."
            bare = value[1:]
            return Suspect("open-quote", column, message, head + quoted(bare))
        return None
    rest = value[end + 1 :].strip()
    if not rest or rest.startswith("#"):
        return _bad_escape(head, value, end) if mark == '"' else None
    message = "The text goes on after its closing quotes. Put other quotes round the whole text."
    return Suspect("text-after-quote", column + end + 1, message, head + quoted(value))


def _bad_escape(head: str, value: str, end: int) -> Suspect | None:
    found = _BAD_ESCAPE.search(value.replace("\\\\", "  "), 1, end)
    if found is None:
        return None
    message = "A backslash means something special in double quotes. Use single quotes."
    inner = value[1:end].replace('\\"', '"').replace("'", "''")
    return Suspect("backslash", len(head) + found.start() + 1, message, f"{head}'{inner}'{value[end + 1 :]}")


def _closing(value: str) -> int | None:
    """The place of the quotes that close the text, or None."""
    pattern = r'"(?:[^"\\]|\\.)*"' if value[0] == '"' else r"'(?:[^']|'')*'"
    match = re.match(pattern, value)
    return match.end() - 1 if match else None


def _after_brackets(key: str | None, head: str, value: str, following: str) -> Suspect | None:
    close = value.rfind("]" if value[0] == "[" else "}")
    rest = value[close + 1 :].strip()
    if close >= 0 and (not rest or rest.startswith("#")) and brackets.balanced(value):
        return None
    goes_on = _goes_on(following)
    told = brackets.broken_off(key, value, goes_on=goes_on)
    if told is not None:
        message, right = told
        return Suspect("open-bracket", len(head) + 1, message, None if right is None else head + right)
    message = f"Text cannot begin with {value[0]} unless it is in quotes."
    return Suspect("start-character", len(head) + 1, message, None if goes_on else head + quoted(value))


def _goes_on(following: str) -> bool:
    """Whether a line seems to go on with what the line before it began: it begins no field and no entry."""
    begins = _FIELD.match(following) or _ENTRY.match(following) or following.endswith(":")
    return bool(following.strip()) and not begins


def explain_error(problem: str) -> tuple[str, str]:
    """A code and a sentence for a parser's own words, when no line looks wrong by itself."""
    if "tab" in problem or "\\t" in problem:
        return "tab", "A tab is used for indenting here. Use spaces."
    if "end of stream" in problem:
        return "open-quote", "A text that opens with quotes here is never closed."
    if "escape" in problem:
        return "backslash", "A backslash means something special in double quotes. Use single quotes, or write \\\\."
    if "mapping values" in problem:
        return "indent", "This line is indented more than the line before, or the line before lacks its colon."
    return "indent", "This line does not line up with the lines before it. Check the spaces at its start."
