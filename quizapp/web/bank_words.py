"""What the form for questions calls the fields of a bank file, and says about findings in them.

A field is looked up with the kind before it (`highlight.passage`), then by its way down (`options.why`), then by its
own name. A kind that is added later works without a word here; its fields are then called as in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from quizapp.bank.problems import Problem

_NOT_SAID = _l("Not said")


@dataclass(frozen=True)
class Words:
    """How one field is asked for.

    `lines` above 1 gives room for several; `more`: the fold it is in, if a short question does not need it;
    `spare`: how many empty rows a new question shows; `entry` and `another` name a row of a list; `hidden`: never
    shown, and kept as it is; `short`: as wide as a few words; `size` of a number.
    """

    label: Any = ""
    hint: Any = ""
    lines: int = 1
    more: str = ""
    spare: int = 1
    entry: Any = ""
    another: Any = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    blank: Any = _NOT_SAID
    hidden: bool = False
    width: str = ""


_WHY = _l("Why")
_FOLDED = {"id", "type", "options.id", "format", "bank", "stands_in", "twin", "skills"}

WORDS: Mapping[str, Words] = {
    **{name: Words(hidden=True) for name in _FOLDED},
    # every question
    "prompt": Words(_l("Question"), lines=2),
    "explain": Words(_WHY),
    "explain.evidence": Words(
        _l("Why the right answer is right"), _l("Everybody reads this after answering."), lines=3
    ),
    "explain.principle": Words(_l("The rule behind it"), _l("In one sentence."), lines=2, more="help"),
    "explain.transfer": Words(_l("What to do with the next text"), lines=2, more="help"),
    "explain.fair": Words(_l("The best that can be said for the other side"), lines=2, more="help"),
    "explain.more": Words(_l("Background"), _l("Folded away until somebody opens it."), lines=3, more="help"),
    "about": Words(_l("Something to look at"), more="about", blank=_l("Nothing: the question stands alone")),
    "skill": Words(_l("Skill"), _l("Answers feed this skill in your tables."), more="about", blank=_l("None")),
    "also": Words(
        _l("Other skills it touches"), more="about", entry=_l("Other skill"), another=_l("Add another skill"),
        blank=_l("None"),
    ),
    "tags": Words(_l("Words for finding it again"), more="about", entry=_l("Word"), another=_l("Add another word")),
    "difficulty": Words(
        _l("Difficulty"), more="about", choices={"easy": _l("Easy"), "medium": _l("Medium"), "hard": _l("Hard")}
    ),
    "needs": Words(
        _l("What a student must have read"), more="about", blank=_l("What the question shows"),
        choices={"excerpt": _l("What the question shows (said)"), "article": _l("The whole article")},
    ),
    "control": Words(
        _l("Nothing is wrong with what is shown"), _l("Half of a set should be like this."), more="about"
    ),
    "as_of": Words(_l("The facts are as of"), _l("A day, such as 2026-03-02."), more="facts", width="short"),
    "status": Words(
        _l("Are the facts agreed?"), more="facts",
        choices={"verified": _l("Checked and agreed"), "contested": _l("Informed people differ")},
    ),
    "review_by": Words(_l("Look at it again by"), _l("A day, such as 2027-09-01."), more="facts", width="short"),
    "sources": Words(
        _l("Where you checked the facts"), more="facts", entry=_l("Source"), another=_l("Add another source")
    ),
    "hints": Words(
        _l("Hints"), _l("Shown one at a time, when a student asks. They cost nothing."), more="help", lines=2,
        entry=_l("Hint"), another=_l("Add another hint"),
    ),
    "scoring": Words(
        _l("Marks"), more="kind", blank=_l("Part marks for part of the answer"),
        choices={"part": _l("Part marks for part of the answer (said)"), "all": _l("All or nothing")},
    ),
    "allow": Words(
        _l("Advice that does not fit this question"), more="facts", entry=_l("Advice"), another=_l("Add another")
    ),
    "allow.key": Words(_l("Its name"), width="medium"),
    "allow.text": Words(_l("Your reason")),
    # answers to choose from
    "options": Words(_l("Answers"), spare=3, entry=_l("Answer"), another=_l("Add another answer")),
    "multiple.options": Words(_l("Answers"), spare=4, entry=_l("Answer"), another=_l("Add another answer")),
    "gaps.options": Words(_l("Answers to choose from"), spare=3, entry=_l("Answer"), another=_l("Add another answer")),
    "options.text": Words(_l("Answer")),
    "options.right": Words(_l("This is right")),
    "options.why": Words(_l("Why it is right or wrong"), _l("Read by those who chose it."), lines=2, more="kind"),
    "options.misconception": Words(
        _l("The mistake behind it"), _l("A name for your tables: small letters and hyphens."), more="kind",
    ),
    "options.lure": Words(
        _l("What it tempts with"), more="kind",
        choices={
            "credulous": _l("Believing too easily"), "cynical": _l("Doubting everything"),
            "overreach": _l("Saying more than the text does"), "misread": _l("Reading too quickly"),
        },
    ),
    "options.pin": Words(
        _l("Where it stands"), more="kind", blank=_l("Mixed with the others"), choices={"last": _l("Always last")}
    ),
    "ask_reason": Words(_l("Ask for a reason too"), _l("It is kept and never marked."), more="kind"),
    # a passage to judge, or to mark words in
    "passage": Words(_l("Text to read"), lines=5),
    "highlight.passage": Words(
        _l("Text to read"),
        _l("Put [[ and ]] round each phrase to find, and (( and )) round words that look like it and are fine."),
        lines=5,
    ),
    "verdict": Words(
        _l("The right verdict"), blank=_l("Choose"),
        choices={"sound": _l("Sound: nothing wrong on this point"), "problem": _l("It has this problem")},
    ),
    "why": Words(_l("Why the right answer is right"), _l("Everybody reads this after answering."), lines=3),
    "where": Words(_l("The words that decide it"), _l("Copied from the text; shown after the verdict."), more="kind"),
    "spans": Words(
        _l("Why each phrase counts"), spare=2, entry=_l("Phrase"), another=_l("Add another phrase")
    ),
    "spans.words": Words(_l("Marked words"), _l("Copied from the text.")),
    "spans.why": Words(_WHY, lines=2),
    "highlight.unit": Words(
        _l("What students mark"), more="kind", blank=_l("Words"),
        choices={"word": _l("Words (said)"), "span": _l("Whole pieces, divided by |")},
    ),
    # statements, pairs, lines, gaps
    "heaps": Words(_l("Groups"), spare=2, entry=_l("Group"), another=_l("Add another group")),
    "statements": Words(_l("Statements to sort"), spare=3, entry=_l("Statement"), another=_l("Add another statement")),
    "statements.text": Words(_l("Statement")),
    "statements.heap": Words(_l("Belongs to"), blank=_l("Choose a group")),
    "statements.why": Words(_WHY, lines=2, more="kind"),
    "correct_guessing": Words(_l("Take off what guessing would earn"), more="kind"),
    "pairs": Words(_l("Pairs"), spare=3, entry=_l("Pair"), another=_l("Add another pair")),
    "pairs.left": Words(_l("This")),
    "pairs.right": Words(_l("goes with this")),
    "pairs.why": Words(_WHY, lines=2, more="kind"),
    "extra": Words(
        _l("Answers that go with nothing"), _l("So that the last pair is not a gift."),
        entry=_l("Left over"), another=_l("Add another"),
    ),
    "first": Words(_l("The top of the order is the"), _l("Such as softest, or earliest."), width="medium"),
    "last": Words(_l("The bottom of the order is the"), _l("Such as harshest, or latest."), width="medium"),
    "items": Words(
        _l("Lines in the right order"), _l("Students see them mixed."), spare=3, entry=_l("Line"),
        another=_l("Add another line"),
    ),
    "items.text": Words(_l("Line")),
    "items.tied": Words(_l("Same place as the line above")),
    "gaps.text": Words(
        _l("Text with gaps"), _l("Write [[1]] where the first gap goes, [[2]] for the second."), lines=3
    ),
    "gaps.gaps": Words(_l("What goes into the gaps"), spare=1, entry=_l("Gap"), another=_l("Add another gap")),
    "gaps.key": Words(_l("Number"), hidden=True),
    "gaps.accept": Words(
        _l("Or words that count, if students type"), spare=1, entry=_l("Typed answer"), another=_l("Add a typed answer")
    ),
    # typed answers
    "answer": Words(_l("The right number"), width="short"),
    "tolerance": Words(_l("How far off is still right"), _l("Leave it empty for exactly this number."), width="short"),
    "unit": Words(_l("Unit"), _l("Shown behind the field, such as km or %."), width="short"),
    "between": Words(_l("Or a range instead: any number between"), more="kind"),
    "near.between": Words(_l("Any number between")),
    "near": Words(
        _l("Close, but not right"), more="kind", entry=_l("Near answer"), another=_l("Add another near answer")
    ),
    "near.text": Words(_l("What somebody may type")),
    "near.why": Words(_l("Why it is not right"), lines=2),
    "accept": Words(
        _l("Answers that count as right"), _l("Capitals, accents and punctuation do not matter."), spare=2,
        entry=_l("Right answer"), another=_l("Add another right answer"),
    ),
    "rubric": Words(
        _l("Points, and what earns them"), _l("Begin with what earns nothing."), spare=3, entry=_l("Step"),
        another=_l("Add another step"),
    ),
    "rubric.key": Words(_l("Points"), width="short"),
    "rubric.text": Words(_l("What earns them")),
    "words": Words(_l("About how many words"), more="kind", width="short"),
    # something to look at
    "kind": Words(
        _l("What it is"), blank=_l("Choose"),
        choices={
            "quote": _l("Quotation"), "post": _l("Post"), "article": _l("Text"), "map": _l("Map"),
            "image": _l("Picture"), "cards": _l("Several short texts to compare"),
        },
    ),
    "title": Words(_l("Title")),
    "stimulus.title": Words(_l("Title")),
    "stimulus.text": Words(_l("Text"), lines=5),
    "quote": Words(_l("Words quoted exactly"), lines=3),
    "context": Words(_l("What readers need to know, in your words"), lines=2),
    "who": Words(_l("Who says it"), more="kind"),
    "date": Words(_l("When"), more="kind", width="medium"),
    "gloss": Words(_l("Hard words explained"), more="kind", entry=_l("Word"), another=_l("Add another word")),
    "gloss.key": Words(_l("Word"), width="medium"),
    "gloss.text": Words(_l("What it means")),
    "cards": Words(
        _l("Short texts to compare"), more="kind", spare=2, entry=_l("Text"), another=_l("Add another text")
    ),
    "cards.title": Words(_l("Title")),
    "cards.who": Words(_l("Who says it")),
    "cards.date": Words(_l("When")),
    "cards.text": Words(_l("Text"), lines=2),
    "image": Words(
        _l("Picture"), _l("One that this bank has already."), more="picture",
        blank=_l("No picture"), width="medium",
    ),
    "alt": Words(
        _l("The picture in words"),
        _l("For those who cannot see it. Do not give the answer away."),
        lines=2,
        more="picture",
    ),
    "credit": Words(_l("Who made the picture"), more="picture"),
    # the bank
    "bank.title": Words(_l("Title of the bank"), _l("What students and teachers read.")),
    "language": Words(_l("Language of the texts"), _l("Such as en, de or pt-BR."), width="short"),
    "ages": Words(
        _l("For which ages"), _l("In years, such as 11-14 or 13. Colleagues can search for it."), width="short"
    ),
    "licence": Words(
        _l("Licence"), _l("Under which others may use it, such as CC-BY-4.0."), more="kind", width="medium"
    ),
    "note": Words(
        _l("What readers should know before they begin"),
        _l("Shown wherever the bank is offered."),
        lines=2,
        more="kind",
    ),
    "source": Words(_l("The article it is about"), more="kind"),
    "source.title": Words(_l("Title of the article")),
    "source.outlet": Words(_l("Who published it")),
    "source.author": Words(_l("Who wrote it")),
    "source.date": Words(_l("When")),
    "source.url": Words(_l("Its address")),
}  # fmt: skip


def words_for(owner: str, way: Sequence[str]) -> Words:
    """What to say about a field.

    Args:
        owner: the kind of question, `stimulus` or `bank`.
        way: the names down to the field.
    """
    names = (".".join([owner, *way]), ".".join(way[-2:]), way[-1])
    found = next((WORDS[name] for name in names if name in WORDS), None)
    return found or Words(way[-1].replace("_", " ").capitalize(), another=_l("Add another"))


FOLDS: Mapping[str, Any] = {
    "picture": _l("A picture"),
    "kind": _l("More choices"),
    "about": _l("Skill, difficulty, something to look at"),
    "help": _l("Hints and more explanation"),
    "facts": _l("Sources and checks"),
}
"""What is folded away, in its order on the page. Fields without words of their own are in the first."""


PLAIN: Mapping[str, Any] = {
    "missing": _l("This is still empty."),
    "empty-value": _l("This is still empty."),
    "placeholder": _l("These words only hold the place. Write your own instead."),
    "maybe-placeholder": _l("These look like words of a template. Write your own instead, unless you mean them."),
    "no-why": _l("Say why the right answer is right."),
    "no-key": _l("Say which answer is right."),
    "many-keys": _l("Only one answer can be right in this kind of question."),
    "too-few": _l("There are too few of these. Add another."),
    "too-many": _l("There are too many of these. Take some out."),
    "option": _l("Write the text of this answer."),
    "gap": _l("Give this gap answers to choose from, or words that count when typed, not both."),
    "no-zero": _l("Begin with 0 points: say what earns nothing."),
    "one-partner": _l("All pairs go with the same thing. Add something that goes with nothing."),
    "unknown-heap": _l("Choose one of the groups."),
    "ends": _l("Write the smaller number first."),
    "tolerance": _l("“How far off” goes with one right number. Widen the range instead."),
    "few-heaps-only": _l("With four groups or more guessing earns little. Take the tick off."),
    "no-alt": _l("Describe the picture in words."),
    "empty-stimulus": _l("There is nothing to look at yet: write a text or a quotation, or choose a picture."),
    "unknown-stimulus": _l("What it is about is no longer there. Choose again."),
    "unknown-skill": _l("There is no such skill. Choose again."),
    "not-a-slug": _l("Use small letters, digits and single hyphens here, such as loaded-words."),
    "same-id": _l("Another one has the same name. Change it in the text."),
    "brackets": _l("Commas may have cut these lines apart. Look at them, then save."),
    "unpaired-mark": _l("A mark is open: put [[ and ]] round a phrase to find, (( and )) round a sound one."),
}  # fmt: skip
"""Sentences in the place of those that speak of the file."""

_NAMED = re.compile("“([a-z_]+):”")
_OF_ANOTHER = {("no-why", "warning")}
"""Advice that has the name of a mistake, and is about something else: here about one wrong answer."""


def sentence_of(problem: Problem, owner: str) -> Any:
    """What a finding says, without words of the file where there are others."""
    if problem.code in PLAIN and (problem.code, problem.level) not in _OF_ANOTHER:
        return PLAIN[problem.code]
    return _NAMED.sub(lambda match: f"“{_label(match[1], owner)}”", problem.message)


def _label(name: str, owner: str) -> Any:
    """What a form calls a field that a finding names without saying what it is a part of."""
    names = (f"{owner}.{name}", name, f"explain.{name}", f"options.{name}")
    return next((WORDS[one].label for one in names if one in WORDS), None) or words_for(owner, [name]).label
