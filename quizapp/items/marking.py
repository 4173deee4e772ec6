"""The part-mark rules shared by kinds.

Shares are exact fractions from 0 to 1, so that full marks are exactly 1. Two ideas run
through all of them: a student earns the share they found, and choosing everything earns
nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

NOTHING = Fraction(0)
EVERYTHING = Fraction(1)


def several(hits: int, right: int, strays: int, wrong: int) -> Fraction:
    """Ticking several of many: the share found, less the share of strays, never below 0.

    max(0, h/P - f/min(P, N)) with P right and N wrong options; without wrong options h/P.

    Args:
        hits: right options ticked, h.
        right: right options there are, P, at least 1.
        strays: wrong options ticked, f.
        wrong: wrong options there are, N.
    """
    found = Fraction(hits, right)
    if wrong == 0:
        return found
    return max(NOTHING, found - Fraction(strays, min(right, wrong)))


def several_by_chance(right: int, wrong: int) -> Fraction:
    """Mean of `several` over all ways to tick at least one option."""
    total = sum(
        comb(right, hits) * comb(wrong, strays) * several(hits, right, strays, wrong)
        for hits in range(right + 1)
        for strays in range(wrong + 1)
    )
    return Fraction(total, 2 ** (right + wrong) - 1)


def matched(given: Mapping[str, str], key: Mapping[str, str]) -> Fraction:
    """Share of the prompts in `key` that were given their own partner."""
    hits = sum(given.get(prompt) == partner for prompt, partner in key.items())
    return Fraction(hits, len(key))


def above_chance(share: Fraction, choices: int) -> Fraction:
    """The share earned above what guessing among `choices` earns: 0 for guessing's share or less, 1 for all.

    The usual correction, (share − 1/c) / (1 − 1/c), never below 0.
    """
    guessed = Fraction(1, choices)
    return max(Fraction(0), (share - guessed) / (1 - guessed))


def matched_by_chance(prompts: int, choices: int) -> Fraction:
    """The mean of `above_chance` when every prompt gets one of `choices` partners at random."""
    return sum(
        (
            Fraction(comb(prompts, hits) * (choices - 1) ** (prompts - hits), choices**prompts)
            * above_chance(Fraction(hits, prompts), choices)
            for hits in range(prompts + 1)
        ),
        start=Fraction(0),
    )


def ordered(placed: Sequence[str], groups: Sequence[Collection[str]]) -> Fraction:
    """Ordering: pairs in the right order less pairs in the wrong order, over all pairs.

    Args:
        placed: ids from first to last; some may be left out and then earn nothing.
        groups: the right order; ids of one group are tied, and their pairs do not count.

    Returns:
        max(0, (right - wrong)/pairs), a signed Kendall's tau with negative values as 0.
    """
    rank = {item: level for level, group in enumerate(groups) for item in group}
    right = wrong = 0
    for earlier, later in combinations([item for item in placed if item in rank], 2):
        right += rank[earlier] < rank[later]
        wrong += rank[earlier] > rank[later]
    return max(NOTHING, Fraction(right - wrong, pairs_apart([len(group) for group in groups])))


def pairs_apart(sizes: Sequence[int]) -> int:
    """How many pairs lie in different groups, for groups of these sizes."""
    return comb(sum(sizes), 2) - sum(comb(size, 2) for size in sizes)


def ordered_by_chance(sizes: Sequence[int]) -> Fraction:
    """Mean of `ordered` over all orders, for tied groups of these sizes.

    The number of orders with k pairs the wrong way round is a coefficient of the
    q-multinomial of the group sizes; it is built up here one item at a time.
    """
    ways = [1]  # ways[k]: arrangements of the groups so far with k pairs the wrong way round
    before = 0
    for size in sizes:
        ways = _product(ways, _crossings(before, size))
        before += size
    pairs = len(ways) - 1
    earned = sum(count * max(0, pairs - 2 * wrong) for wrong, count in enumerate(ways))
    return Fraction(earned, pairs * sum(ways))


def _product(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """The coefficients of the product of two polynomials."""
    result = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            result[i + j] += a * b
    return result


def _crossings(before: int, added: int) -> list[int]:
    """Ways to merge two rows so that k pairs cross: the Gaussian binomial coefficients."""
    table = [[1] for _ in range(added + 1)]  # merging an empty row crosses nothing
    for length in range(1, before + 1):
        row = [[1]]
        for size in range(1, added + 1):
            # The last item comes from the first row, crossing `size`, or from the second.
            crossing = [0] * size + table[size]
            other = row[size - 1]
            width = length * size + 1
            row.append(
                [(crossing[k] if k < len(crossing) else 0) + (other[k] if k < len(other) else 0) for k in range(width)]
            )
        table = row
    return table[added]


def highlighted(marked: Collection[int], phrases: Sequence[Collection[int]], plain: Collection[int]) -> Fraction:
    """Marking words: the mean share of each key phrase marked, less the stray marks.

    max(0, mean share - strays/min(K, W)), with K words in key phrases and W plain ones.
    Words that are in neither are neutral.

    Args:
        marked: the marked words.
        phrases: the words of each key phrase; at least one phrase.
        plain: the words on which a mark is a stray.
    """
    chosen = set(marked)
    shares = [Fraction(len(chosen & set(phrase)), len(phrase)) for phrase in phrases]
    found = sum(shares, NOTHING) / len(shares)
    strays = len(chosen & set(plain))
    if not strays:
        return found
    return max(NOTHING, found - Fraction(strays, min(sum(map(len, phrases)), len(plain))))


#: What stands between words of ASCII text: of it only letters and digits are neither signs nor spaces.
_ASCII_BETWEEN = re.compile(r"[^a-z0-9]+")


def spoken(text: str) -> str:
    """A typed answer without the differences that do not matter.

    Case, width, accents on Latin, Greek and Cyrillic letters, punctuation and spacing go; a
    hyphen counts as a space and an apostrophe as nothing.
    """
    if text.isascii():
        return " ".join(_ASCII_BETWEEN.split(text.replace("'", "").lower())).strip()
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
    bare = re.sub("['\u2019\u02bc]", "", unicodedata.normalize("NFKC", bare).casefold())
    kept = (" " if unicodedata.category(sign)[0] in "PSZC" else sign for sign in bare)
    return " ".join("".join(kept).split())


def says(text: str, accepted: Collection[str]) -> bool:
    """Whether a typed answer is one of the accepted ones (see `spoken`)."""
    said = spoken(text)
    return bool(said) and any(said == spoken(one) for one in accepted)


def misspelt(text: str, accepted: Collection[str]) -> str | None:
    """The accepted answer that a typed one is a single slip away from, or None.

    A slip is one letter left out, added, changed, or two swapped, in at least five letters.
    """
    said = spoken(text)
    return next((one for one in accepted if len(spoken(one)) >= 5 and _one_slip(said, spoken(one))), None)


def _one_slip(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )
