"""The review: a clean bank passes, and each rule finds the one flaw put into it, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from quizapp.bank.article import Article
from quizapp.bank.loader import load_text
from quizapp.bank.model import Skill
from quizapp.bank.problems import Problem
from quizapp.bank.review import Desk, Reviewed, review, rules

SKILLS = (Skill(id="agency", name="Who did what", definition="Find the doer."),)
MISCONCEPTIONS = frozenset({"text-is-complete", "gap-means-hidden", "word-not-in-text"})
TODAY = date(2026, 3, 1)
ARTICLE = Article(
    "On Monday the old bridge was closed after the storm, the council’s office said. “Nobody was hurt,” it added. "
    "Drivers now take the road along the river, which is longer by three miles and passes the school. An engineer will "
    "look at the northern pillar this week. The office could not say how long her work will take or what it will cost. "
    "Shops on the market square had fewer visitors than on other Mondays, and some closed before noon."
)

CHOICE = """\
  - id: closing
    type: choice
    about: report
    skill: agency
    difficulty: easy
    as_of: 2026-01-05
    review_by: 2027-01-05
    sources:
      - The log of the town
    prompt: What can no reader of these few lines find out?
    options:
      - right: Who decided that people had to stay away
        why: The sentence has no doer.
      - wrong: When it was that people had to stay away
        why: The day stands before the words.
        lure: credulous
        misconception: text-is-complete
      - wrong: What it was that people had to stay away from
        why: It is named.
        lure: cynical
        misconception: gap-means-hidden
    hints:
      - Look for somebody who acts.
    explain:
      evidence: "*Was closed* names nobody."
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: The next line may say it.
"""
GAPS = """\
  - id: doer
    type: gaps
    skill: agency
    difficulty: easy
    prompt: The log says that the mayor closed a road. Complete the sentence.
    text: At noon [[1]].
    gaps:
      1:
        options:
          - right: the mayor closed the road
            why: The log says so.
          - wrong: the road was closed by a storm
            why: No storm is in the log.
          - wrong: a storm closed the mayor in
            why: That is another story.
    explain:
      evidence: "*The mayor* is the doer."
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: A log is short.
"""
PICTURE = """\
  - id: lanes
    type: multiple
    about: plan
    skill: agency
    difficulty: easy
    prompt: Which parts of the crossing does the drawing show?
    options:
      - right: Two narrow lanes
        why: They are side by side.
      - right: A pillar
        why: It stands in the river.
      - wrong: A railing
        why: There is none.
    explain:
      evidence: Look at the lines.
      principle: A plan leaves things out.
      transfer: Ask what is not drawn.
      fair: A plan has to be simple.
"""
HEAD = """\
format: 1
bank: towns
title: Towns
language: en
source: {title: The bridge}
stimuli:
  - id: report
    kind: quote
    quote: the old bridge was closed
    context: A newspaper wrote this on a Monday.
  - id: plan
    kind: image
    image: plan.png
    alt: A drawing seen from above.
    credit: Made up for this quiz.
questions:
"""
CLEAN = HEAD + CHOICE + GAPS + PICTURE


def judge(name: str, verdict: str, *, control: bool = False) -> str:
    return f"""\
  - id: {name}
    type: judge
    skill: agency
    difficulty: easy
    control: {str(control).lower()}
    prompt: Check one thing. Does this text leave out who acted?
    passage: Somebody called {name} did it.
    verdict: {verdict}
    why: It names {name}.
    explain:
      evidence: The name.
      principle: A passive can leave the doer out.
      transfer: Ask who did it.
      fair: It is short.
"""


MANY_FLAWED = judge("a", "sound", control=True) + "".join(judge(f"p{n}", "problem") for n in range(5))


def with_judges(verdicts: str) -> str:
    """A clean bank with a passage for each letter: s(ound) or p(roblem)."""
    words = {"s": "sound", "p": "problem"}
    return CLEAN + "".join(judge(f"j{n}", words[one], control=one == "s") for n, one in enumerate(verdicts))


def findings(
    text: str, *, shipped: bool = True, article: Article | None = ARTICLE, language: str = "en"
) -> tuple[Problem, ...]:
    text = text.replace("language: en", f"language: {language}")
    loaded = load_text(text.encode(), "towns.yaml", skills=SKILLS)
    assert loaded.problems == ()
    assert loaded.bank is not None
    assert loaded.places is not None
    banks = (Reviewed(loaded.bank, loaded.places, shipped=shipped),)
    return review(Desk(banks, TODAY, MISCONCEPTIONS, article))


def test_clean_bank_has_no_findings() -> None:
    for text in (CLEAN, with_judges("spsspspsppsp"), with_judges("sp")):
        assert [str(one) for one in findings(text)] == []


RIGHT = "Who decided that people had to stay away"
CREDULOUS = "When it was that people had to stay away"
CYNICAL = "What it was that people had to stay away from"
PROMPT = "What can no reader of these few lines find out?"
FAIR = "The next line may say it."
CENTRE = (
    "Who decided early that visitors should keep out|Who decided it early on that same Monday"
    "|Whether it was right that visitors keep out"
)
RANGES = "10 to 20 people who had to stay away|20 to 30 people who had to stay away"
LONG_QUOTE = "the old bridge was closed … Drivers now take the road along the river"
ANOTHER = """\
      - wrong: How it was that people had to stay away
        why: It does not matter.
        misconception: word-not-in-text
"""
HIDDEN = "        misconception: gap-means-hidden\n"
REPEATED = CHOICE.replace("id: closing", "id: closing-again")

#: A flaw for each rule: the code, what is replaced in the clean bank and by what, and words of the line it is found in.
FLAWS = [
    ("absolute-cue", CREDULOUS, "When it was that everybody had to stay away", "When it was that everybody"),
    ("absolute-cue", RIGHT, "Who decided that nobody had to come near it", "Who decided that nobody"),
    ("vague-cue", RIGHT, "Who may have told people to stay away", "Who may have"),
    ("negative-stem", PROMPT, "What do these few lines not tell their readers?", "not tell"),
    ("negative-stem", PROMPT, "These lines are short. Which of these couldn’t you find out?", "couldn’t"),
    ("mid-blank", PROMPT, "These few lines leave it open ____ about the closing.", "____"),
    ("a-an-cue", f"{PROMPT}|{CYNICAL}", f"These few lines are short and leave open an …|Any {CYNICAL[5:]}", "open an"),
    ("stem-unfocused", PROMPT, "What is missing?", "What is missing?"),
    ("stem-unfocused", PROMPT, "What no reader of these few lines can find out", "What no reader"),
    ("clang", PROMPT, "What was decided before, and by whom, as these lines tell?", "Who decided"),
    ("convergence", f"{RIGHT}|{CREDULOUS}|{CYNICAL}", CENTRE, "decided early that"),
    ("letter-in-feedback", "The day stands before the words.", "Option B is what the day says.", "Option B"),
    ("letter-in-feedback", FAIR, "Some would take the second answer.", "second answer"),
    ("letter-in-feedback", "Look for somebody who acts.", "The first option is a trap.", "first option"),
    ("key-longest", RIGHT, RIGHT + " from the crossing until the end of the week", "until the end"),
    ("all-none-above", CREDULOUS, "All of these things that people had to stay away from", "All of these"),
    ("all-none-above", CYNICAL, "None of the above, as people had to stay away", "None of the above"),
    ("combo", CREDULOUS, "1 and 3, when people had to stay away", "1 and 3"),
    ("overlap-ranges", f"{CREDULOUS}|{CYNICAL}", RANGES, "20 to 30"),
    ("near-option", CYNICAL, CREDULOUS + ", people", "away, people"),
    ("option-form", CYNICAL, CYNICAL + ".", "- right: "),
    ("option-form", CYNICAL, CYNICAL.replace("What", "what"), "- right: "),
    ("option-form", CYNICAL, f"“{CYNICAL}”", "- right: "),
    ("lost-sequence", f"{RIGHT}|{CREDULOUS}|{CYNICAL}", "The 3rd|The 1st|The 2nd", "- right: "),
    ("tf-in-choice", f"{RIGHT}|{CREDULOUS}|      - wrong: {CYNICAL}", "'True'|'False'|      - wrong: Yes", "- right: "),
    ("duplicate-stem", GAPS, REPEATED + GAPS, PROMPT),
    ("no-why", "        why: The day stands before the words.\n", "", CREDULOUS),
    ("no-why", "why: The day stands before the words.", "why: No, this is wrong!", "this is wrong"),
    ("no-why", "why: It is named.", "why: The day stands before the words.", "The day stands"),
    ("explain-long", "Ask who did it.\n      fair: The next", "ask " * 40 + "\n      fair: The next", "evidence:"),
    ("explain-long", FAIR, "It can. " * 45, "evidence:"),
    ("unfilled", "    difficulty: easy\n    as_of", "    as_of", "id: closing"),
    ("unfilled", "      principle: A plan leaves things out.\n", "", "evidence: Look"),
    ("no-fair", f"      fair: {FAIR}\n", "", "evidence:"),
    ("lures", "lure: cynical", "lure: misread", "- right: "),
    ("no-lure", HIDDEN, HIDDEN + ANOTHER, "How it was"),
    ("lure-length", CYNICAL, "What it was", "- right: "),
    ("unknown-misconception", "misconception: gap-means-hidden", "misconception: gap-means-hiding", "gap-means-hiding"),
    ("no-misconception", "        misconception: gap-means-hidden\n", "", CYNICAL),
    ("contested-key", "    as_of:", "    status: contested\n    as_of:", "status:"),
    ("undated", "    review_by: 2027-01-05\n", "", "as_of:"),
    ("stale", "review_by: 2027-01-05", "review_by: 2026-02-28", "review_by:"),
    ("future", "as_of: 2026-01-05", "as_of: 2026-03-02", "as_of:"),
    ("alt-leaks", "alt: A drawing", "alt: Two narrow lanes", "right: Two narrow lanes"),
    ("no-credit", "    credit: Made up for this quiz.\n", "", "image:"),
    ("unknown-allow", "    as_of:", "    allow: {clank: It is the topic}\n    as_of:", "clank"),
    ("unknown-allow", "    as_of:", "    allow: {balance: It is the topic}\n    as_of:", "balance"),
    ("idle-allow", "    as_of:", "    allow: {clang: It is the topic}\n    as_of:", "clang"),
    ("quote-inexact", "quote: the old bridge", "quote: The old bridge", "quote: The"),
    ("quote-inexact", "quote: the old bridge was closed", "quote: the council's office said", "quote: the council's"),
    ("quote-inexact", "quote: the old bridge was closed", "quote: the old bridge fell", "quote: the old"),
    ("quote-long", "the old bridge was closed", LONG_QUOTE, "about: report"),
    ("quote-long", FAIR, "Drivers now take the road along the river, which is longer by three miles.", "about: report"),
    ("balance", PICTURE, PICTURE + MANY_FLAWED, "  - id: closing"),
    ("control", PICTURE, PICTURE + judge("a", "sound") + judge("b", "problem"), "skill: agency"),
]  # fmt: skip


def mutated(old: str, new: str) -> str:
    text = CLEAN
    if "|" in old:
        for one, other in zip(old.split("|"), new.split("|"), strict=True):
            text = text.replace(one, other, 1)
        return text
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


@pytest.mark.parametrize(("code", "old", "new", "where"), FLAWS, ids=[f"{n}-{flaw[0]}" for n, flaw in enumerate(FLAWS)])
def test_rule_finds_its_flaw_and_no_other_rule_does(code: str, old: str, new: str, where: str) -> None:
    found = findings(mutated(old, new))
    assert {one.code for one in found} == {code}, [str(one) for one in found]
    assert any(where in one.source for one in found), [str(one) for one in found]
    rule = next(rule for rule in rules() if rule.code == code)
    assert {one.level for one in found} == {rule.shipped}
    assert {one.level for one in findings(mutated(old, new), shipped=False)} == {rule.level}


@pytest.mark.parametrize(("code", "old", "new", "where"), FLAWS, ids=[f"{n}-{flaw[0]}" for n, flaw in enumerate(FLAWS)])
def test_rule_about_a_question_is_silenced_by_a_reason(code: str, old: str, new: str, where: str) -> None:
    rule = next(rule for rule in rules() if rule.code == code)
    text = mutated(old, new)
    if rule.scope != "question" or "allow:" in text:
        return
    ids = {one.question for one in findings(text)}
    for one in ids:
        text = text.replace(f"  - id: {one}\n", f"  - id: {one}\n    allow: {{{code}: It is meant so}}\n", 1)
    assert findings(text) == ()


# ---------------------------------------------------------------- rules that need many questions or answers


def option_bank(count: int, options: Iterator[str] | list[str]) -> str:
    lines = "".join(f"      - {one}\n        why: Reason {n} of them.\n" for n, one in enumerate(options))
    return CLEAN + "".join(
        PICTURE.replace("id: lanes", f"id: set-{n}").replace(
            PICTURE[PICTURE.index("      - right") : PICTURE.index("    explain")], lines
        )
        for n in range(count)
    )


def codes(text: str) -> set[str]:
    return {one.code for one in findings(text)}


def test_option_count() -> None:
    assert codes(option_bank(1, ["right: A lane", "right: A pier"])) == {"option-count"}
    many = ["right: Lane one", "right: Lane two", *(f"wrong: Thing {chr(97 + n)}" for n in range(5))]
    assert codes(option_bank(1, many)) == set()
    assert codes(option_bank(1, [*many, "wrong: Thing x"])) == {"option-count"}


def test_weights() -> None:
    eleven = [f"right: Part {chr(97 + n)}" for n in range(11)]
    assert codes(option_bank(1, [*eleven, "wrong: Roof"])) == {"weights", "option-count"}


def choice_bank(longest_right: int, of: int) -> str:
    """A bank of choices, with the right answer a little longer than the others in some."""
    text = HEAD
    for n in range(of):
        one = CHOICE.replace("id: closing", f"id: c{n}").replace("about: report", "about: plan")
        one = one.replace(PROMPT, f"What can no reader of line {n} in the paper {n} of town {n} find out?")
        longer = CYNICAL.replace("from", "from it, as of now") if n >= longest_right else CYNICAL.replace(" from", "")
        one = one.replace(CYNICAL, longer.replace("people", f"people of town {n}"))
        one = one.replace(RIGHT, RIGHT.replace("people", f"people of town {n}") + ", we ask")
        text += one.replace(CREDULOUS, CREDULOUS.replace("people", f"people of town {n}"))
    return text + judge("a", "sound", control=True)


def test_key_length() -> None:
    assert codes(choice_bank(8, 8)) == {"key-length"}
    assert codes(choice_bank(2, 8)) == set()
    assert codes(choice_bank(7, 7)) == set()  # too few to say


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ("spssssspssssss", "stand in the same place"),
        ("spppsppssssssss", "in a row"),
        ("pss" + "p" * 9 + "sspsspss", "in a row"),
    ],
)
def test_key_position(verdicts: str, says: str) -> None:
    found = [one for one in findings(with_judges(verdicts)) if one.code != "balance"]
    assert {one.code for one in found} == {"key-position"}
    assert any(says in one.message for one in found)


def test_key_position_is_silent_for_ordinary_luck_and_for_few() -> None:
    assert codes(with_judges("sspsppspssps")) == set()
    assert codes(with_judges("sssss" + "ppp")) == set()


def test_quote_share() -> None:
    texts = [ARTICLE.text[n : n + 60] for n in range(0, 360, 60)]
    phrases = [" ".join(text.split()[1:-1]) for text in texts]
    text = CLEAN + "".join(
        judge(f"q{n}", "sound" if n % 2 else "problem", control=True).replace("did it", f"did it – {phrase}")
        for n, phrase in enumerate(phrases)
    )
    assert codes(text) == {"quote-share"}
    assert {one.code for one in findings(text, article=None)} == set()


# ---------------------------------------------------------------- guards


def silent(old: str, new: str, **more: str) -> bool:
    return findings(mutated(old, new), **more) == ()  # type: ignore[arg-type]  # only the language is given


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CREDULOUS, "When it was that “everybody” had to stay away"),
        (CREDULOUS, "When it was that *everybody* had to stay away"),
        (CREDULOUS, "When smallest and usual things had to stay away"),
        (PROMPT, "What do these few lines *not* tell their readers?"),
        (PROMPT, "What do these few lines NOT tell their readers?"),
        (PROMPT, "What do at least two of these few lines leave open?"),
        (PROMPT, "Which day is named here, and which is not?"),
        (PROMPT, "These few lines do not tell it all. What is left open?"),
        (PROMPT, "These few lines leave it open to any reader …"),
        ("      - right: Two narrow", "      - wrong: None of these\n        why: Look.\n      - right: Two narrow"),
        (FAIR, "Option prices and an answer like this one may be fair."),
        ("alt: A drawing", "alt: Lanes and a drawing"),
        ("quote: the old bridge was closed", "quote: the council’s office said"),
        ("quote: the old bridge was closed", "quote: the old … was closed"),
        ("the mayor closed the road\n", "nobody\n"),
    ],
)
def test_guard_keeps_a_rule_silent(old: str, new: str) -> None:
    assert [str(one) for one in findings(mutated(old, new))] == []


@pytest.mark.parametrize("code", ["absolute-cue", "vague-cue", "negative-stem", "clang", "convergence"])
def test_rules_that_know_english_are_silent_elsewhere(code: str) -> None:
    for one, old, new, _ in FLAWS:
        if one == code:
            assert silent(old, new, language="de")


def test_pinned_none_of_these_is_no_flaw() -> None:
    pinned = CYNICAL + "\n        pin: last"
    assert silent(CYNICAL, pinned.replace(CYNICAL, "None of these but that people had to stay away"))


# ---------------------------------------------------------------- the list


def test_every_rule_has_a_flaw_here() -> None:
    elsewhere = {"option-count", "weights", "key-length", "key-position", "quote-share"}
    assert {flaw[0] for flaw in FLAWS} | elsewhere == {rule.code for rule in rules()}


def test_every_rule_says_what_it_is() -> None:
    for rule in rules():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.code)
        assert rule.definition.endswith(".")
        assert not rule.guard.endswith(".")
        strength = ["info", "warning", "error"]
        assert strength.index(rule.shipped) >= strength.index(rule.level)


def test_findings_of_a_bank_come_by_place_and_name_their_question() -> None:
    text = mutated(CREDULOUS, "When it was that everybody had to stay away").replace(
        "why: There is none.", "why: Wrong."
    )
    found = findings(text)
    assert [(one.code, one.question) for one in found] == [("absolute-cue", "closing"), ("no-why", "lanes")]
    assert [text.split("\n")[one.line - 1][one.column - 1 :] for one in found] == [
        "When it was that everybody had to stay away",
        "Wrong.",
    ]
