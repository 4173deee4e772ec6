"""The review: a clean bank passes, and each rule finds the one flaw put into it, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from quizapp.bank.article import Article
from quizapp.bank.loader import load_text
from quizapp.bank.problems import Problem
from quizapp.bank.review import Desk, Reviewed, review, rules
from tests.bank.flawed_banks import (
    ARTICLE,
    CHOICE,
    CLEAN,
    CREDULOUS,
    CYNICAL,
    FAIR,
    FLAWS,
    HEAD,
    MISCONCEPTIONS,
    PICTURE,
    PROMPT,
    RIGHT,
    SKILLS,
    TODAY,
    judge,
    with_judges,
)


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
