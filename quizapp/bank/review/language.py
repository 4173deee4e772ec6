"""Words, stems and likeness of short texts, as far as rules need them."""

from __future__ import annotations

import re
from itertools import pairwise

from quizapp.text import plain

_WORD = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
_QUOTED = re.compile(r"\*+[^*]+\*+|“[^”]*”|‘[^’]*’|\"[^\"]*\"|«[^»]*»|„[^“]*“")


def bag(listed: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(listed.split())


#: Words of four letters and more that say nothing about a topic.
SMALL_WORDS = bag(
    """
    about above after again also among anything around back because been before being below best better between both
    cannot come could does done down each either else even ever every everything first fits from give given gives have
    having here himself into itself just know least less like made make makes many more most much must nobody none
    nothing once only other others ought over part people rather really right said same says shall should show shows
    since some somebody something such take taken takes tell tells text than that their them then there these they
    thing things this those though through together under until upon very want wants were what whatever when where
    whether which while whom whose will with within without word words would wrong your yours
    """
)


def words(text: str) -> list[str]:
    """The words of a Markdown text, in small letters."""
    return _WORD.findall(plain(text).casefold().replace("’", "'"))


def own_words(text: str) -> list[str]:
    """The words of a Markdown text outside quotation marks and emphasis, which often quote."""
    return words(_QUOTED.sub(" ", text))


def stem(word: str) -> str:
    """The word without its commonest English endings, so that forms of one word are alike.

    >>> {stem("maps"), stem("mapping"), stem("mapped")}
    {'map'}
    """
    word = word.removesuffix("'s").removesuffix("'")
    for ending in ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]
            break
    return word.removesuffix("e")


def topics(text: str) -> dict[str, str]:
    """The stems of the words that carry a topic, each with the word it came from."""
    return {stem(one): one for one in words(text) if len(one) >= 4 and one not in SMALL_WORDS}


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: shared words over all words (Jaccard)."""
    return _jaccard(set(words(one)), set(words(other)))


def likeness_in_order(one: str, other: str) -> float:
    """The same for pairs of neighbouring words, so that exchanged names make a difference."""
    return _jaccard(set(pairwise(words(one))), set(pairwise(words(other))))


def _jaccard(one: set[object], other: set[object]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
