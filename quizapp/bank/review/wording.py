"""Rules about the words of a prompt, and what they give away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizapp.bank.review.language import bag, own_words, topics, words
from quizapp.bank.review.rule import Choices, Finding, Question, question_rule
from quizapp.items.base import shorten
from quizapp.text import plain

ABSOLUTE = bag(
    "always never all none every everyone everybody everything nobody nothing only must impossible "
    "completely entirely totally certainly"
)
VAGUE = bag("usually often sometimes may might can could generally probably perhaps tend tends likely")

_NEGATIVE = re.compile(r"\b(?:not|except|(?<!at )least|never|without|[a-z]+n[’']t)\b(?!\W*$)")
_EMPHASIS = re.compile(r"\*+[^*]+\*+")
_OF_THESE = re.compile(r"\b(?:all|none) of (?:the|these|those|them)\b", re.IGNORECASE)
_BLANK = re.compile(r"_{2,}|\.{4,}|\[ *\]")
_ENDS = re.compile(r"[?:….!][”\")’*]*\s*$|_{2,}[.?]?\s*$")


@question_rule(
    "stem-unfocused",
    "info",
    "The prompt has fewer than 5 words, or does not end like a sentence.",
    guard="a prompt that ends in a blank",
)
def _stem_unfocused(question: Question) -> Iterator[Finding]:
    if len(words(question.item.prompt)) < 5:
        yield question.finding("The prompt is very short. Can it be understood without the answers?", "prompt")
    elif not _ENDS.search(question.stem):
        yield question.finding("The prompt does not end like a sentence. End it with “?” or “.”.", "prompt")


@question_rule(
    "negative-stem",
    "warning",
    "The last sentence of the prompt says not, except, least, never or without, and nobody can see it at a glance.",
    guard="English; only where answers are offered; the word in *emphasis* or CAPITALS; “at least”; at the very end",
)
def _negative_stem(question: Question) -> Iterator[Finding]:
    if not question.of.english or not question.sets:
        return
    sentences = re.split(r"(?<=[.?!:])\s+", _EMPHASIS.sub("", question.item.prompt).strip())
    found = _NEGATIVE.search(sentences[-1])
    if found:
        message = f"“{found[0]}” is easily missed in a prompt. Ask the positive question, or emphasise *{found[0]}*."
        yield question.finding(message, "prompt")


@question_rule("mid-blank", "info", "A blank stands in the middle of the prompt.", guard="a blank at its end")
def _mid_blank(question: Question) -> Iterator[Finding]:
    found = _BLANK.search(question.stem)
    if found and len(words(question.stem[found.end() :])) > 0:
        yield question.finding("Move the blank to the end, so that nobody has to read twice.", "prompt")


@question_rule(
    "a-an-cue",
    "warning",
    "The prompt ends in “a” or “an”, and that fits only some of the answers.",
    guard="English",
)
def _a_an_cue(question: Question) -> Iterator[Finding]:
    ends = re.search(r"\b(an?)[\s_…:.]*$", question.stem)
    if not question.of.english or not ends:
        return
    for choices in question.sets:
        if len({plain(one.text)[:1].casefold() in "aeiou" for one in choices.all}) == 2:
            message = f"“{ends[1]}” at the end fits only some answers. Write “a/an”, or put it into the answers."
            yield question.finding(message, "prompt")


@question_rule(
    "absolute-cue",
    "warning",
    "Words such as always, only or nothing stand in wrong answers and not in the right one, or the reverse.",
    guard="English; whole words; not inside quotation marks or emphasis; answers of up to 3 words; “all of these”",
)
def _absolute_cue(question: Question) -> Iterator[Finding]:
    for choices in _one_right(question):
        key = _said(choices.right[0].text, ABSOLUTE)
        wrong = {one.at: _said(one.text, ABSOLUTE) for one in choices.wrong if len(words(one.text)) > 3}
        if key and not any(wrong.values()) and len(words(choices.right[0].text)) > 3:
            yield question.finding(f"Only the right answer says “{key}”, which gives it away.", *choices.right[0].at)
        for place, said in wrong.items():
            if said and not key:
                message = f"“{said}” makes this answer easy to rule out. Make it as careful as the right one."
                yield question.finding(message, *place)


@question_rule(
    "vague-cue",
    "warning",
    "Only the right answer says usually, often, may or the like.",
    guard="English; whole words; not inside quotation marks or emphasis",
)
def _vague_cue(question: Question) -> Iterator[Finding]:
    for choices in _one_right(question):
        said = _said(choices.right[0].text, VAGUE)
        if said and not any(_said(one.text, VAGUE) for one in choices.wrong):
            message = f"Only the right answer is careful (“{said}”). Make the others careful too."
            yield question.finding(message, *choices.right[0].at)


@question_rule(
    "clang",
    "warning",
    "A word of the prompt comes back in the right answer and in no wrong one.",
    guard="English; words of 4 letters and more that carry a topic; not words of the thing to look at",
)
def _clang(question: Question) -> Iterator[Finding]:
    stimulus = question.stimulus
    known = " ".join(filter(None, (stimulus.title, stimulus.quote, stimulus.who))) if stimulus is not None else ""
    asked = set(topics(question.item.prompt)) - set(topics(known))
    for choices in _one_right(question):
        elsewhere = {one for wrong in choices.wrong for one in topics(wrong.text)}
        for one, word in topics(choices.right[0].text).items():
            if one in asked and one not in elsewhere:
                message = f"“{word}” is in the prompt and only in the right answer. Change one of the two."
                yield question.finding(message, *choices.right[0].at)


@question_rule(
    "convergence",
    "info",
    "The right answer shares more words with the others than any other does, so it is the common centre of all.",
    guard="English; 3 answers or more; a lead of 2 words or more",
)
def _convergence(question: Question) -> Iterator[Finding]:
    for choices in _one_right(question):
        if len(choices.all) < 3:
            continue
        bags = [set(topics(one.text)) for one in choices.all]
        shared = [sum(len(bag & other) for n, other in enumerate(bags) if n != at) for at, bag in enumerate(bags)]
        key = choices.all.index(choices.right[0])
        if shared[key] - max(count for n, count in enumerate(shared) if n != key) >= 2:
            message = "The right answer shares its words with most others. Let two wrong ones share theirs as well."
            yield question.finding(message, *choices.right[0].at)


@question_rule(
    "letter-in-feedback",
    "error",
    "A reason, a hint or the explanation names an answer by letter, number or place, but answers are shuffled.",
    guard="only where answers are offered",
)
def _letter_in_feedback(question: Question) -> Iterator[Finding]:
    if not question.sets:
        return
    texts = [((*one.at[:-1], "why"), one.why) for choices in question.sets for one in choices.all if one.why]
    texts += [(("hints", n), hint) for n, hint in enumerate(question.item.hints)]
    if question.item.explanation is not None:
        fields = question.item.explanation.model_dump(exclude_none=True)
        texts += [(("explain", name), text) for name, text in fields.items()]
    for path, text in texts:
        found = NAMES_PLACE.search(plain(text))
        if found:
            message = f"“{shorten(found[0], 40)}” means another answer for each student. Say what the answer says."
            yield question.finding(message, *path)


NAMES_PLACE = re.compile(
    r"\b(?:(?:[Oo]ption|[Aa]nswer|[Cc]hoice)s? (?:[A-H]|[1-9])\b(?! %)"
    r"|(?:[Tt]he )(?:first|second|third|fourth|last) (?:option|answer|choice)\b)"
)
"""Words that name an answer by where it stands."""


def _one_right(question: Question) -> Iterator[Choices]:
    """The sets with one right answer, in a bank whose language the rules know."""
    if question.of.english:
        yield from (choices for choices in question.sets if len(choices.right) == 1 and choices.wrong)


def _said(text: str, cues: frozenset[str]) -> str | None:
    return next((word for word in own_words(_OF_THESE.sub(" ", text)) if word in cues), None)
