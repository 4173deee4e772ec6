"""Words, stems and likeness of short texts, as far as rules need them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice, pairwise
from math import ceil
from types import MappingProxyType

from quizapp.text import plain

_WORD = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
_QUOTED = re.compile(r"\*+[^*]+\*+|“[^”]*”|‘[^’]*’|\"[^\"]*\"|«[^»]*»|„[^“]*“")


def bag(listed: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(listed.split())


MOST_COMPARED = 100
"""Texts that share a rare pair of words with another are more only in files made to be slow."""

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


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a Markdown text, in small letters."""
    return tuple(_WORD.findall(plain(text).casefold().replace("’", "'")))


def own_words(text: str) -> tuple[str, ...]:
    """The words of a Markdown text outside quotation marks and emphasis, which often quote."""
    return words(_QUOTED.sub(" ", text))


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=4096)
def topics(text: str) -> Mapping[str, str]:
    """The stems of the words that carry a topic, each with the word it came from."""
    return MappingProxyType({stem(one): one for one in words(text) if len(one) >= 4 and one not in SMALL_WORDS})


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: shared words over all words (Jaccard)."""
    return _jaccard(frozenset(words(one)), frozenset(words(other)))


def alike_in_order(texts: Sequence[str], least: float) -> Iterator[tuple[int, int]]:
    """For each text the place of an earlier one that shares at least this part of the pairs of neighbouring words.

    Pairs of words are compared, and not words, so that exchanged names make a difference. Two sets
    can only be that alike when they share one of their few rarest members (prefix filtering:
    Chaudhuri, Ganti and Kaushik 2006), so most texts are never compared, and none with more than
    `MOST_COMPARED`.
    """
    sets = [frozenset(pairwise(words(text))) for text in texts]
    common = Counter(member for one in sets for member in one)
    holders: dict[object, list[int]] = {}
    first: dict[frozenset[object], int] = {}
    for place, one in enumerate(sets):
        if first.setdefault(one, place) < place:
            yield first[one], place
            continue
        rarest = sorted(one, key=lambda member: (common[member], member))
        shown = rarest[: len(one) - ceil(least * len(one)) + 1]
        earlier = islice(chain.from_iterable(holders.get(member, ()) for member in shown), MOST_COMPARED)
        found = next((other for other in earlier if _jaccard(sets[other], one) >= least), None)
        if found is not None:
            yield found, place
        for member in shown:
            holders.setdefault(member, []).append(place)


def _jaccard(one: frozenset[object], other: frozenset[object]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
