"""Rules about the answers that are offered: their form, their length, their likeness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from quizapp.bank.review.language import alike_in_order, likeness, words
from quizapp.bank.review.rule import Choices, Desk, Finding, Question, Reviewed, bank_rule, question_rule
from quizapp.bank.review.wording import NAMES_PLACE
from quizapp.items.base import Alternative, fold, shorten
from quizapp.items.registry import AnyItem
from quizapp.text import plain

#: The longest wrong answer must have this share of the right one's letters (threshold of SAQUET).
ENOUGH_LENGTH = 0.75

_OTHERS = re.compile(r"\b(?:all|none|both|neither|any|either|two|some) of the (?:above|below|other)", re.IGNORECASE)
_THESE = re.compile(r"^(?:all|none|both|neither|any) of (?:these|them|those)\b", re.IGNORECASE)
_COMBINED = re.compile(r"^(?:both |only )?(?:[A-H]|[1-9]|I{1,3}|IV)(?:,? (?:and|or|&) |, )(?:[A-H]|[1-9]|I{1,3}|IV)\b")
_NUMBER = r"(-?\d[\d,.  ]*)"
_RANGE = re.compile(rf"^\D*?{_NUMBER}\s*(?:–|-|to|and)\s*{_NUMBER}\D*$")
_BELOW = re.compile(rf"^(?:under|below|less than|fewer than)\s+{_NUMBER}", re.IGNORECASE)
_ABOVE = re.compile(rf"^(?:over|above|more than)\s+{_NUMBER}", re.IGNORECASE)
#: “Under 10” does not hold 10.
_EDGE = 1e-9
_TRUTH = frozenset({"true", "false", "yes", "no", "right", "wrong"})


@question_rule(
    "key-longest",
    "warning",
    "The right answer is much longer than every wrong one: the longest of those has less than 75 % of its letters.",
    guard="right answers of fewer than 4 words",
)
def _key_longest(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        if len(choices.right) != 1 or not choices.wrong:
            continue
        key = choices.right[0]
        if len(words(key.text)) >= 4 and max(map(_length, choices.wrong)) < ENOUGH_LENGTH * _length(key):
            yield question.finding(
                "The right answer is by far the longest. Shorten it, or say more in the others.", *key.at
            )


@question_rule(
    "all-none-above",
    "error",
    "An answer speaks of the other answers: all of the above, none of these, both A and B.",
    guard="“all” or “none of these” with `pin: last`, or where several answers are right",
)
def _all_none_above(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        for one in choices.all:
            text = plain(one.text)
            these = _THESE.search(text) and len(choices.right) == 1 and not one.pinned
            if _OTHERS.search(text) or NAMES_PLACE.search(text) or these:
                message = "Answers are shuffled, so none can speak of the others. Say what this one means."
                yield question.finding(message, *one.at)


@question_rule(
    "combo",
    "warning",
    "An answer is a combination: “1 and 3”, or two other answers joined.",
    guard="answers of one word inside longer ones",
)
def _combo(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        for one in choices.all:
            text = fold(plain(one.text))
            inside = [
                other
                for other in choices.all
                if other is not one and len(words(other.text)) > 1 and fold(plain(other.text)).rstrip(".") in text
            ]
            if _COMBINED.search(plain(one.text)) or len(inside) > 1:
                message = "This answer combines others. Offer each once, and let students tick several."
                yield question.finding(message, *one.at)


@question_rule(
    "lost-sequence",
    "info",
    "All answers, or all but one, are numbers, and shuffling loses their order.",
    guard="fewer than 3 numbers",
)
def _lost_sequence(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        numbers = [one for one in choices.all if re.fullmatch(r"\D{0,12}\d[\d,. ]*\D{0,12}", plain(one.text))]
        if len(numbers) >= max(3, len(choices.all) - 1):
            message = "Numbers in mixed order are hard to read. Ask for the number itself, or for what it means."
            yield question.finding(message, *choices.all[0].at[:-2])


@question_rule(
    "overlap-ranges", "error", "Two answers are ranges of numbers that overlap.", guard="several right answers"
)
def _overlap_ranges(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        if len(choices.right) != 1:
            continue
        ranges = [(one, found) for one in choices.all if (found := _range(plain(one.text))) is not None]
        for (_, first), (two, second) in combinations(ranges, 2):
            if max(first[0], second[0]) <= min(first[1], second[1]):
                yield question.finding("This range overlaps with another one. Let each number be in one only.", *two.at)


@question_rule(
    "near-option",
    "warning",
    "Two answers use almost the same words: 90 % of all their words are shared.",
    guard="answers that say the same are an error in every bank",
)
def _near_option(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        for one, other in combinations(choices.all, 2):
            if len(words(one.text)) > 3 and likeness(one.text, other.text) >= 0.9:
                message = f"This is almost “{shorten(plain(one.text), 60)}”. Make the difference plain."
                yield question.finding(message, *other.at)


@question_rule("tf-in-choice", "info", "The answers are only yes and no, or true and false.")
def _tf_in_choice(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        if all(fold(plain(one.text)).rstrip(".") in _TRUTH for one in choices.all):
            message = "Yes or no is right half of the time by luck. Show a passage to judge, or ask which."
            yield question.finding(message, *choices.all[0].at[:-2])


@question_rule(
    "option-count",
    "info",
    "Fewer than 3 or more than 5 answers to choose from.",
    guard="where several are right: more than 7",
)
def _option_count(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        most = 5 if len(choices.right) == 1 else 7
        if not 3 <= len(choices.all) <= most:
            message = f"There are {len(choices.all)} answers here. Three or four good ones are usually best."
            yield question.finding(message, *choices.all[0].at[:-2])


@question_rule(
    "option-form",
    "info",
    "Some answers end with a full stop, begin with a capital or stand in quotation marks, and others do not.",
    guard="begin: where an answer has up to 3 words, which may be a name",
)
def _option_form(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        texts = [plain(one.text) for one in choices.all]
        place = choices.all[0].at[:-2]
        if len({text[-1:] in ".!?" for text in texts}) == 2:
            yield question.finding("Some answers end with a full stop and some do not. Make them alike.", *place)
        if len({text[:1] in "“\"‘'*" and text[-1:] in "”\"’'*" for text in texts}) == 2:
            yield question.finding(
                "Quotation marks round some answers look like doubt. Use them for all or none.", *place
            )
        long = min(len(words(text)) for text in texts) > 3
        if long and len({text[0].isupper() for text in texts if text[:1].isalpha() and text[1:2].islower()}) == 2:
            yield question.finding("Some answers begin with a capital and some do not. Make them alike.", *place)


@question_rule(
    "weights",
    "warning",
    "More than 10 answers are right, and their equal shares cannot be written in other programs.",
)
def _weights(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        if len(choices.right) > 10:
            yield question.finding("Keep to 10 right answers, or make two questions of it.", *choices.all[0].at[:-2])


@bank_rule(
    "key-length",
    "warning",
    "Over the bank the right answer is the longest more often than chance allows (two standard errors).",
    guard="fewer than 8 questions with one right answer",
)
def _key_length(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    sets = [
        choices
        for question in desk.questions
        if question.of is of
        for choices in question.sets
        if len(choices.right) == 1 and len(choices.all) > 1
    ]
    if len(sets) < 8:
        return
    share = sum(map(_key_is_longest, sets)) / len(sets)
    expected = sum(1 / len(choices.all) for choices in sets) / len(sets)
    if share > expected + 2 * (expected * (1 - expected) / len(sets)) ** 0.5:
        message = f"In {share:.0%} of {len(sets)} questions the right answer is the longest; by chance {expected:.0%}."
        yield of.finding(f"{message} Lengthen wrong answers or shorten right ones.")


@bank_rule(
    "duplicate-stem",
    "warning",
    "Two questions ask the same about the same thing, or almost (90 % of the pairs of neighbouring words).",
    guard="the same prompt about different passages; the same words about two sides exchanged",
)
def _duplicate_stem(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    groups: dict[str | None, list[AnyItem]] = {}
    for item in of.bank.items:
        groups.setdefault(item.about, []).append(item)
    for items in groups.values():
        texts = [" ".join([item.prompt, *(text.source for text in item.answer_texts())]) for item in items]
        for one, other in alike_in_order(texts, 0.9):
            message = f"This is almost the question “{items[one].id}”. Keep one of them."
            yield Question(items[other], of, desk).finding(message, "prompt")


def _length(one: Alternative) -> int:
    return len(plain(one.text))


def _key_is_longest(choices: Choices) -> bool:
    return _length(choices.right[0]) > max(map(_length, choices.wrong))


def _range(text: str) -> tuple[float, float] | None:
    """The first and last number that an answer covers, or None when it is no range."""
    if found := _RANGE.match(text):
        low, high = _number(found[1]), _number(found[2])
    elif found := _BELOW.match(text):
        low, high = float("-inf"), _number(found[1]) - _EDGE
    elif found := _ABOVE.match(text):
        low, high = _number(found[1]) + _EDGE, float("inf")
    else:
        return None
    return (low, high) if low <= high else None


def _number(text: str) -> float:
    digits = re.sub(r"[, ](?=\d{3})", "", text).strip(" .,")
    try:
        return float(digits.replace(",", "."))
    except ValueError:
        return float("nan")
