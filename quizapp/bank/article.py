"""The text that banks quote: whether a quotation is exact, and how much of it is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quizapp.text import emphasised, plain

#: That many words in a row are taken from the text, not met by chance.
RUN = 5

_SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " "})
_EDGE = "“”„‘’\"'.,;:!?…()[]*_—–- "
_MARKED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*")


@dataclass(frozen=True)
class Article:
    """A text that is quoted, as it was printed."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in small letters, without the signs round them."""
        return tuple(spoken_words(self.text))

    def misquoted(self, quote: str) -> str | None:
        """What is wrong with a quotation, as the words that are in no place of the text.

        Returns:
            None when each part (parts are divided by “…”) stands in the text exactly, with
            its capitals and quotation marks; else the first part that does not.
        """
        whole = " ".join(self.text.split())
        return next((part for part in _parts(quote) if part not in whole), None)

    def own_form(self, part: str) -> str | None:
        """How the text itself writes words that differ in nothing but quotation marks or capitals."""
        whole = " ".join(self.text.split())
        at = whole.translate(_SIGNS).lower().find(part.translate(_SIGNS).lower())
        return whole[at : at + len(part)] if at >= 0 else None

    def quoted_by(self, source: str) -> frozenset[int]:
        """The places, from 0, of the words of this text that an author's Markdown takes from it.

        Taken are runs of five words and more, and phrases of two words and more in
        quotation marks or emphasis.
        """
        found: set[int] = set()
        said = spoken_words(plain(source))
        start = 0
        while start + RUN <= len(said):
            length = self._longest(said, start)
            if length:
                found.update(self.places(said[start : start + length]))
            start += length or 1
        marked = [one or other for one, other in _MARKED.findall(plain(source))]
        for phrase in (*marked, *emphasised(source)):
            some = spoken_words(phrase)
            found.update(self.places(some) if len(some) > 1 else ())
        return frozenset(found)

    def quotation(self, quote: str) -> frozenset[int]:
        """The places of the words of a quotation, by its parts."""
        return frozenset(place for part in _parts(quote) for place in self.places(spoken_words(part)))

    def places(self, some: list[str]) -> range:
        """The places of the first run of these words; none when there is no such run."""
        wanted = tuple(some)
        for at in self._starts.get(some[0], ()) if some else ():
            if self.words[at : at + len(wanted)] == wanted:
                return range(at, at + len(wanted))
        return range(0)

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        starts: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            starts.setdefault(word, []).append(at)
        return starts

    def _longest(self, said: list[str], start: int) -> int:
        """How many words from `start` stand in the text in a row; 0 when it is no run."""
        best = 0
        for at in self._starts.get(said[start], ()):
            length = 0
            while said[start + length : start + length + 1] == list(self.words[at + length : at + length + 1]) != []:
                length += 1
            best = max(best, length)
        return best if best >= RUN else 0


def spoken_words(text: str) -> list[str]:
    """The pieces between white space, in small letters, without the signs round them.

    >>> spoken_words("2,000sq km (770sq miles), “it” said")
    ['2,000sq', 'km', '770sq', 'miles', 'it', 'said']
    """
    pieces = (piece.strip(_EDGE) for piece in text.translate(_SIGNS).lower().split())
    return [piece for piece in pieces if piece]


def read_article(path: Path) -> Article:
    """The article in a file, or in the text files of a folder.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no text.
    """
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    text = "\n\n".join(file.read_text("utf-8-sig") for file in files)
    if not text.strip():
        raise ValueError(f"There is no text in {path}. Name a file, or a folder with .txt files.")
    return Article(text)


def _parts(quote: str) -> Iterator[str]:
    yield from (" ".join(part.split()) for part in _CUT.split(quote) if part.strip())
