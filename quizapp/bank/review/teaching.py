"""Rules about what a question teaches: reasons, lures, fairness, dates, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from quizapp.bank.mending import known_names
from quizapp.bank.places import Spot
from quizapp.bank.review.language import bag, words
from quizapp.bank.review.rule import (
    Desk,
    Finding,
    Question,
    Reviewed,
    bank_rule,
    question_rule,
    registered,
)
from quizapp.items.base import fold
from quizapp.text import plain

MOST_VISIBLE = 45
"""Words of an explanation's evidence, principle and transfer."""

MOST_EXPLAINED = 90
"""Words of all its parts but `more`, which is folded away."""

#: The longer of two lures may have that many times the letters of the shorter.
EVEN_LENGTH = 1 / 0.6

_NO = re.compile(r"^(?:no|nope|sorry)\b", re.IGNORECASE)
#: Reasons that are none, with their spaces as dashes.
_ONLY_WRONG = {""} | bag(
    "wrong incorrect false not-right not-correct not-true try-again "
    "this-is-wrong that-is-wrong it-is-wrong this-is-not-right this-is-false this-is-incorrect wrong-answer"
)


@question_rule(
    "no-why",
    "warning",
    "A wrong answer has no reason, all have the same one, or it only says that it is wrong.",
)
def _no_why(question: Question) -> Iterator[Finding]:
    for choices in question.sets:
        reasons = [fold(plain(one.why)) for one in choices.wrong if one.why]
        for one in choices.wrong:
            if one.why is None:
                yield question.finding("Say why this answer is wrong: add “why:”.", *one.at)
            elif "-".join(words(_NO.sub("", plain(one.why)))) in _ONLY_WRONG:
                message = "This says that it is wrong, not why. Name what in the text decides it."
                yield question.finding(message, *one.at[:-1], "why")
        if len(reasons) > 1 and len(set(reasons)) == 1:
            message = "All wrong answers have the same reason. Say what is wrong with each."
            yield question.finding(message, *choices.wrong[0].at[:-1], "why")


@question_rule(
    "explain-long",
    "warning",
    f"Evidence, principle and transfer have more than {MOST_VISIBLE} words, or with `fair` more than {MOST_EXPLAINED}.",
    guard="`more`, which is folded away",
    shipped="error",
)
def _explain_long(question: Question) -> Iterator[Finding]:
    explanation = question.item.explanation
    if explanation is None:
        return
    visible = sum(map(_count, (explanation.evidence, explanation.principle, explanation.transfer)))
    whole = visible + _count(explanation.fair)
    if visible > MOST_VISIBLE:
        message = (
            f"The explanation has {visible} words before “fair:”. Keep to {MOST_VISIBLE}; put the rest into “more:”."
        )
        yield question.finding(message, "explain")
    elif whole > MOST_EXPLAINED:
        message = f"The explanation has {whole} words. Keep to {MOST_EXPLAINED}; put the rest into “more:”."
        yield question.finding(message, "explain")


@question_rule(
    "unfilled",
    "info",
    "The skill, the difficulty, or the evidence, principle or transfer of the explanation is missing.",
    shipped="error",
)
def _unfilled(question: Question) -> Iterator[Finding]:
    item = question.item
    missing = [name for name in ("skill", "difficulty") if getattr(item, name) is None]
    parts = [name for name in ("evidence", "principle", "transfer") if getattr(item.explanation, name, None) is None]
    if missing:
        yield question.finding(f"Add {_listed(missing)}; without it some tables leave this question out.", "id")
    if parts:
        yield question.finding(f"Add {_listed(parts)} under “explain:”.", "explain")


@question_rule(
    "no-fair",
    "info",
    "The explanation has no `fair`: the best that can be said for the other reading.",
    shipped="error",
)
def _no_fair(question: Question) -> Iterator[Finding]:
    if question.item.explanation is None or question.item.explanation.fair is None:
        message = "Add “fair:” under “explain:”: what would a fair reader also say?"
        yield question.finding(message, "explain")


@question_rule(
    "lures",
    "info",
    "The wrong answers do not tempt both ways: one trusts too much (credulous), one doubts too much (cynical).",
    guard="only where the whole question is to choose one of 3 answers or more",
    shipped="error",
)
def _lures(question: Question) -> Iterator[Finding]:
    choices = question.single
    if choices is None or len(choices.all) < 3:
        return
    there = {one.lure for one in choices.wrong}
    missing = [lure for lure in ("credulous", "cynical") if lure not in there]
    if missing:
        message = f"No wrong answer has the lure {' or '.join(missing)}. Tempt those who trust and those who doubt."
        yield question.finding(message, *choices.all[0].at[:-2])


@question_rule(
    "no-lure",
    "info",
    "A wrong answer does not say what it tempts with.",
    guard="only where the whole question is to choose one answer",
    shipped="error",
)
def _no_lure(question: Question) -> Iterator[Finding]:
    for one in question.single.wrong if question.single is not None else ():
        if one.lure is None:
            yield question.finding("Add “lure:” to this answer, so that tables can show what tempted.", *one.at)


@question_rule(
    "lure-length",
    "info",
    "Of the answers that trust too much and doubt too much, one has less than 60 % of the letters of the other.",
    guard="differences of 12 letters or fewer",
    shipped="warning",
)
def _lure_length(question: Question) -> Iterator[Finding]:
    if question.single is None:
        return
    lengths = {
        lure: [len(plain(one.text)) for one in question.single.wrong if one.lure == lure]
        for lure in ("credulous", "cynical")
    }
    if not all(lengths.values()):
        return
    short, long = sorted(sum(found) / len(found) for found in lengths.values())
    if long > EVEN_LENGTH * short and long - short > 12:
        message = "The trusting and the doubting answer differ much in length. Make them alike."
        yield question.finding(message, *question.single.all[0].at[:-2])


@question_rule(
    "unknown-misconception",
    "info",
    "An answer names a misconception that is not on the list.",
    guard="without a list of misconceptions",
    shipped="error",
)
def _unknown_misconception(question: Question) -> Iterator[Finding]:
    known = question.desk.misconceptions
    for choices in question.sets if known is not None else ():
        for one in choices.all:
            if one.misconception is not None and known is not None and one.misconception not in known:
                names = known_names(one.misconception, known, "misconception")
                message = f"There is no misconception “{one.misconception}”. {names}"
                yield question.finding(message, *one.at[:-1], "misconception")


@question_rule(
    "no-misconception",
    "info",
    "A wrong answer names no misconception.",
    guard="only where the whole question is to choose one answer; without a list of misconceptions",
    shipped="error",
)
def _no_misconception(question: Question) -> Iterator[Finding]:
    if question.single is None or question.desk.misconceptions is None:
        return
    for one in question.single.wrong:
        if one.misconception is None:
            message = "Add “misconception:” to this answer: what does somebody believe who chooses it?"
            yield question.finding(message, *one.at)


@question_rule(
    "contested-key",
    "warning",
    "The question is contested, and yet marked by a key.",
    guard="questions that a teacher marks",
)
def _contested_key(question: Question) -> Iterator[Finding]:
    if question.item.status == "contested" and question.item.key() is not None:
        message = "Informed people differ here. Ask for reasons that a teacher reads, or for what can be known."
        yield question.finding(message, "status")


@question_rule(
    "undated",
    "info",
    "Facts have a source but no day (`as_of`), or a day but no source or no `review_by`.",
    shipped="error",
)
def _undated(question: Question) -> Iterator[Finding]:
    item = question.item
    given = {"as_of": item.as_of, "sources": item.sources or None, "review_by": item.review_by}
    missing = [name for name, value in given.items() if value is None]
    if 0 < len(missing) < 3:
        there = next(name for name in given if name not in missing)
        yield question.finding(f"Facts age. Add {_listed(missing)} beside “{there}:”.", there)


@question_rule("stale", "info", "The day of `review_by` is over.")
def _stale(question: Question) -> Iterator[Finding]:
    due = question.item.review_by
    if due is not None and due < question.desk.today:
        message = f"This was to be looked at again by {due}. Check the facts and set a new day."
        yield question.finding(message, "review_by")


@question_rule("future", "warning", "The day of `as_of` is still to come, or after `review_by`.")
def _future(question: Question) -> Iterator[Finding]:
    item = question.item
    last = min(filter(None, (item.review_by, question.desk.today)))
    if item.as_of is not None and item.as_of > last:
        yield question.finding(f"Nobody can know the facts of {item.as_of} yet. Check this day.", "as_of")


@question_rule("alt-leaks", "warning", "The description of the picture holds the right answer word for word.")
def _alt_leaks(question: Question) -> Iterator[Finding]:
    stimulus = question.stimulus
    if stimulus is None or stimulus.image is None or stimulus.alt is None:
        return
    for choices in question.sets:
        for one in choices.right:
            if len(fold(plain(one.text))) > 3 and fold(plain(one.text)).rstrip(".") in fold(stimulus.alt):
                message = "The “alt:” of the picture gives this answer away. Describe what is to be seen, no more."
                yield question.finding(message, *one.at)


@bank_rule("no-credit", "warning", "A picture does not say where it comes from.")
def _no_credit(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    for stimulus in of.bank.stimuli:
        if stimulus.image is not None and stimulus.credit is None:
            message = "Say who made this picture and where it comes from: add “credit:”."
            yield of.finding(message, Spot("stimuli", stimulus.id, ("image",)))


@question_rule("unknown-allow", "error", "`allow` names a rule that does not exist, or one about the bank as a whole.")
def _unknown_allow(question: Question) -> Iterator[Finding]:
    if not question.item.allow:
        return
    codes = [code for code, rule in registered().items() if rule.look_at is not None]
    for code in question.item.allow:
        if code not in codes:
            near = get_close_matches(code, codes, 1, 0.6)
            hint = f" Did you mean “{near[0]}”?" if near else " “quizapp rules” lists them."
            yield question.finding(f"There is no rule “{code}” to allow for a question.{hint}", "allow", code)


@question_rule(
    "idle-allow", "info", "`allow` silences a rule that has nothing to say about the question.", shipped="warning"
)
def _idle_allow(question: Question) -> Iterator[Finding]:
    for code in question.item.allow:
        rule = registered().get(code)
        if rule is None or rule.look_at is None or rule.look_at is _idle_allow:
            continue
        if next(rule.look_at(question), None) is None:
            yield question.finding(f"The rule “{code}” finds nothing here. Delete this line.", "allow", code)


def _count(text: str | None) -> int:
    return len(plain(text).split()) if text else 0


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}:”" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
