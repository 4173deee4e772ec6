"""From a file to a bank, with everything wrong said at once."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from quizapp import BankError, load_bank
from quizapp.bank import brackets, examples
from quizapp.bank.ages import Ages
from quizapp.bank.checking import corrected
from quizapp.bank.loader import Loaded, load_file, load_text, read_skills
from quizapp.bank.mending import known_names
from quizapp.bank.model import Skill, Stimulus
from quizapp.bank.problems import Problem
from quizapp.items import marking

ROOT = Path(__file__).resolve().parents[2]
SKILLS = (Skill(id="verbs", name="Verbs", definition="D"), Skill(id="loaded", name="Loaded", definition="D"))

GOOD = """\
format: 1
bank: demo
title: Demo
language: en
skills:
  extra-skill: Something new
stimuli:
  - id: words
    kind: quote
    quote: so they say
questions:
  - id: one
    type: choice
    about: words
    skill: verbs
    also: [extra-skill]
    prompt: Which one?
    options:
      - right: no
        why: Because.
      - wrong: 1.10
"""


def load(text: str) -> Loaded:
    return load_text(text.encode(), "demo.yaml", skills=SKILLS)


def changed(old: str, new: str) -> Loaded:
    assert old in GOOD
    return load(GOOD.replace(old, new, 1))


def brief(problems: tuple[Problem, ...]) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in problems]


def test_a_good_bank_loads() -> None:
    loaded = load(GOOD)
    assert loaded.problems == ()
    bank = loaded.bank
    assert bank is not None
    assert bank.item("one").from_words("no") is not None
    assert bank.item("one").control is False
    assert [skill.id for skill in bank.skills] == ["extra-skill"]
    assert bank.stimulus("words").quote == "so they say"
    assert Stimulus.model_validate(bank.stimulus("words").model_dump(mode="json")) == bank.stimulus("words")
    for missing in (bank.item, bank.stimulus):
        with pytest.raises(KeyError):
            missing("none")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("format: 1", "format: 2", ("not-a-choice", 1, 9)),
        ("bank: demo", "bank: My Bank", ("not-a-slug", 2, 7)),
        ("title: Demo\n", "", ("missing", 1, 1)),
        ("language: en", "language: English please", ("not-a-language", 4, 11)),
        ("language: en", "language: en\nages: 14-11", ("ages-order", 5, 7)),
        ("language: en", "language: en\nages: 3-6", ("ages-bounds", 5, 7)),
        ("language: en", "language: en\nages: 100", ("ages-bounds", 5, 7)),
        ("language: en", "language: en\nages: 11-14-16", ("not-ages", 5, 7)),
        ("language: en", "language: en\nages: [11, 14]", ("not-ages", 5, 7)),
        ("title: Demo", "titel: Demo", ("unknown-field", 3, 1)),
        ("  extra-skill:", "  verbs:", ("known-skill", 6, 3)),
        ("kind: quote", "kind: quot", ("not-a-choice", 9, 11)),
        ("quote: so they say", "credit: us", ("empty-stimulus", 8, 5)),
        ("quote: so they say", "image: x.svg", ("not-a-file-name", 10, 12)),
        ("quote: so they say", "image: x.png", ("no-alt", 8, 5)),
        ("  - id: one\n    type: choice", "  - type: choice", ("missing", 12, 5)),
        ("id: one", "id: One!", ("not-a-slug", 12, 9)),
        ("    type: choice\n", "", ("missing", 12, 5)),
        ("    type: choice", "    typ: choice", ("missing", 13, 5)),
        ("type: choice", "type: choise", ("unknown-type", 13, 11)),
        ("type: choice", "type: [choice]", ("unknown-type", 13, 11)),
        ("about: words", "about: word", ("unknown-stimulus", 14, 12)),
        ("skill: verbs", "skill: verb", ("unknown-skill", 15, 12)),
        ("[extra-skill]", "[extra-skil]", ("unknown-skill", 16, 12)),
        ("also: [extra-skill]", "also: extra-skill", ("not-a-list", 16, 11)),
        ("    prompt: Which one?\n", "", ("missing", 12, 5)),
        ("prompt: Which one?", 'prompt: ""', ("empty-text", 17, 13)),
        ("prompt: Which one?", "promt: Which one?", ("unknown-field", 17, 5)),
        ("prompt: Which one?", "prompt: [a, b]", ("not-text", 17, 13)),
        ("prompt: Which one?", "prompt: W\n    control: maybe", ("not-true-false", 18, 14)),
        ("prompt: Which one?", "prompt: W\n    as_of: soon", ("not-a-date", 18, 12)),
        ("prompt: Which one?", "prompt: W\n    difficulty: so-so", ("not-a-choice", 18, 17)),
        ("prompt: Which one?", "prompt: W\n    hints: [Look again, slowly]", ("brackets", 18, 12)),
        ("prompt: Which one?", "prompt: W\n    hints:\n      - Note: look", ("colon", 19, 9)),
        ("- right: no", "- rihgt: no", ("unknown-field", 19, 9)),
        ("- right: no", "- wrong: no", ("no-key", 19, 7)),
        ("- wrong: 1.10", "- right: 1.10", ("many-keys", 19, 7)),
        ("- wrong: 1.10", "- wrong: No", ("same-option", 21, 9)),
        ("- wrong: 1.10", "- lure: cynical", ("option", 21, 9)),
        ("- wrong: 1.10", "- wrong: a\n        lure: cynicism", ("not-a-choice", 22, 15)),
        ("      - wrong: 1.10\n", "", ("too-few", 19, 7)),
        ("        why: Because.\n", "", ("no-why", 12, 5)),
    ],
)
def test_one_mistake_is_named_with_its_place(old: str, new: str, problem: tuple[str, int, int]) -> None:
    loaded = changed(old, new)
    assert loaded.bank is None
    assert problem in brief(loaded.problems), loaded.problems
    for one in loaded.problems:
        assert one.message.endswith((".", "?"))
        assert "pydantic" not in one.message.lower()


def test_a_near_name_is_offered_with_the_corrected_line() -> None:
    (problem,) = [one for one in changed("prompt:", "promt:").problems if one.code == "unknown-field"]
    assert problem.message == "There is no field “promt” here. Did you mean “prompt”?"
    assert problem.fix == "    prompt: Which one?"
    assert problem.question == "one"


@pytest.mark.parametrize(
    ("written", "fix"),
    [("14 - 11", "11-14"), ("Ages 9 to 12", "9-12"), ("13 years old", "13"), ("13+", None), ("7-9 grade", None)],
)
def test_ages_in_other_words_are_put_right_where_that_is_certain(written: str, fix: str | None) -> None:
    (problem,) = changed("language: en", f"language: en\nages: {written}").problems
    assert problem.fix == (fix and f"ages: {fix}")


@pytest.mark.parametrize(("written", "ages"), [("13", Ages(13, 13)), ("5-99", Ages(5, 99)), ("11–14", Ages(11, 14))])
def test_ages_are_one_or_a_range(written: str, ages: Ages) -> None:
    loaded = changed("language: en", f"language: en\nages: {written}")
    assert (loaded.problems, loaded.bank and loaded.bank.ages) == ((), ages)


def test_every_problem_of_every_question_comes_at_once_in_file_order() -> None:
    text = GOOD + "  - id: two\n    type: choise\n    prompt: x: y\n  - id: one\n    type: multiple\n    promt: x\n"
    loaded = load(text)
    assert loaded.bank is None
    codes = [(one.question, one.code) for one in loaded.problems]
    for expected in (("two", "colon"), ("one", "unknown-field"), ("one", "missing"), ("one", "same-id")):
        assert expected in codes
    assert [one.line for one in loaded.problems] == sorted(one.line for one in loaded.problems)


def test_a_broken_stimulus_is_not_also_missing() -> None:
    assert [one.code for one in changed("kind: quote", "kind: quote: x").problems] == ["colon"]


def test_a_bank_without_questions() -> None:
    assert ("missing", 1, 1) in brief(load(GOOD.partition("questions:")[0]).problems)
    assert "not-a-list" in {one.code for one in load(GOOD.partition("questions:")[0] + "questions: none\n").problems}
    assert "empty-value" in {one.code for one in load(GOOD.partition("questions:")[0] + "questions:\n").problems}


def test_format_for_machines() -> None:
    (problem,) = changed("skill: verbs", "skill: verb").problems
    assert problem.to_json() == {
        "file": "demo.yaml",
        "line": 15,
        "column": 12,
        "level": "error",
        "code": "unknown-skill",
        "question": "one",
        "message": "There is no skill “verb”. Did you mean “verbs”? There are: extra-skill, loaded, verbs. "
        "Shared skills stand in questions/skills.yaml, a bank’s own under its “skills:”.",
        "fix": "    skill: verbs",
    }


def test_public_names_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(GOOD, encoding="utf-8")
    skills = ROOT / "questions" / "skills.yaml"
    bank = load_bank(path, skills=skills)
    item = bank.item("one")
    assert item.score(item.from_words("no")).fraction == 1.0
    path.write_text(GOOD.replace("type: choice", "type: choise"), encoding="utf-8")
    with pytest.raises(BankError, match="choise") as caught:
        load_bank(path, skills=skills)
    assert caught.value.problems[0].line == 13


def test_documented_uses_work() -> None:
    for module in (brackets, examples, marking):
        assert doctest.testmod(module).failed == 0
    assert doctest.testmod(examples).attempted > 3


def test_skills_file(tmp_path: Path) -> None:
    assert len(read_skills(ROOT / "questions" / "skills.yaml")) == 12
    broken = tmp_path / "skills.yaml"
    broken.write_text("format: 1\nskills:\n  - id: a\n    name: A\n", encoding="utf-8")
    with pytest.raises(BankError, match="definition"):
        read_skills(broken)


@pytest.mark.parametrize(
    ("old", "new", "proposed"),
    [
        ("skill: verbs", "skill: “verbs”", "skill: verbs"),
        ("skill: verbs", "skill: Verbs", "skill: verbs"),
        ("skill: verbs", "skill: Words of saying", "skill: verbs"),
        ("skill: verbs", "skill: “Reporting verbs”", "skill: verbs"),
        ("also: [extra-skill]", "also: [Extra skill]", "also: [extra-skill]"),
        ("about: words", "about: The words", "about: words"),
        ("skill: verbs", "skill: Something Else", ""),
    ],
)
def test_a_name_in_other_words_is_one_finding_with_a_real_name(old: str, new: str, proposed: str) -> None:
    skills = (Skill(id="verbs", name="Words of saying", definition="D"),)
    (found,) = load_text(GOOD.replace(old, new, 1).encode(), "demo.yaml", skills=skills).problems
    assert found.code in {"unknown-skill", "unknown-stimulus"}
    assert (found.fix or "").strip() == proposed
    assert "““" not in found.message
    assert "no skill “verbs”" not in found.message


IN_BRACES = '{"id": "two", "type": "short", "prompt": "Two", "accept": ["a"], "why": "So."}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prompt: Which one?", "prompt: W\n    hints: [Look, again"),
        ("prompt: Which one?", "prompt: W\n    hints: ['Look', \"again\""),
        ("prompt: Which one?", 'prompt: W\n    explain: {evidence: \'A\', "principle": "B"'),
        ("- right: no\n        why: Because.", '- {"right": "no", "why": "Because."'),
        ("title: Demo\n", "title: Demo\nsource: {title: A, url: https://a.org\n"),
        ("questions:\n", f"questions:\n  - {IN_BRACES[:-1]}\n"),
        ("questions:\n", f"questions:\n  - {IN_BRACES},\n"),
        ("      - wrong: 1.10\n", f"      - wrong: 1.10\n  {IN_BRACES}\n"),
        ("      - wrong: 1.10\n", f"      - wrong: 1.10\n{IN_BRACES}\n"),
    ],
)
def test_brackets_that_break_off_are_closed_line_by_line(old: str, new: str) -> None:
    data = GOOD.replace(old, new, 1).encode()
    loaded = load_text(data, "demo.yaml", skills=SKILLS)
    assert loaded.bank is None
    for _ in range(3):
        if loaded.problems:
            data = corrected(data, loaded.problems[0])
            loaded = load_text(data, "demo.yaml", skills=SKILLS)
    assert loaded.problems == ()
    assert '["[' not in data.decode()
    assert '"{' not in data.decode()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("prompt: Which one?", "prompt: W\n    hints: [Look\n      again", 18),
        ("prompt: Which one?", "prompt: W\n    hints: [Look] again", 18),
        ("prompt: Which one?", 'prompt: W\n    hints: ["Look", "again', 18),
        ("prompt: Which one?", "prompt: W\n    hints: [\n      Look,\n      again", 18),
        ("questions:\n", 'questions:\n  - {"prompt":\n', 12),
        ("questions:\n", f"questions:\n  - {IN_BRACES.replace(', ', chr(10) + '     ')[:-1]}\n", 12),
        ("questions:\n", f"questions:\n  - {IN_BRACES.replace(', ', ' ', 1)}\n", 12),
    ],
)
def test_brackets_of_which_nobody_knows_how_they_end_are_told_without_a_line(old: str, new: str, line: int) -> None:
    found = changed(old, new).problems[0]
    assert (found.code, found.line, found.fix) == ("open-bracket", line, None)
    assert "cannot be read. Look for a comma, quotes or" in found.message


def test_a_type_among_other_words_is_hinted_at() -> None:
    (found,) = changed("type: choice", "type: A short answer").problems
    assert "Did you mean “short”?" in found.message
    assert found.fix == "    type: short"


@pytest.mark.parametrize(
    "text",
    [
        "[Your question]",
        "…your question here…",
        "TODO",
        "TODO: ask Ana",
        "Explain here",
        "Explain why here.",
        "<answer>",
        "Wrong because ...",
        "Right because …",
        "This is correct, because ___",
        "Insert your own text here",
        "{A reason}",
    ],
)
def test_words_of_a_template_are_not_published(text: str) -> None:
    for old, field in (("prompt: Which one?", "prompt"), ("why: Because.", "why")):
        (found,) = changed(old, f"{field}: '{text}'").problems
        assert (found.code, found.level, found.fix) == ("placeholder", "error", None)
        assert found.message.endswith("Write your own words instead.")


@pytest.mark.parametrize("text", ["TODO", "[Your name]", "[Write your text here]", "[Wrong answer]"])
def test_words_of_a_template_are_asked_about_where_they_could_be_meant(text: str) -> None:
    for old, field in (("wrong: 1.10", "wrong"), ("quote: so they say", "quote"), ("title: Demo", "title")):
        loaded = changed(old, f"{field}: '{text}'")
        (found,) = loaded.problems
        assert (found.code, found.level, found.fix) == ("maybe-placeholder", "warning", None)
        assert loaded.bank is not None


@pytest.mark.parametrize(
    "text",
    [
        "Because.",
        "here",
        "Your name",
        "Todo",
        "The name here",
        "[The mayor]",
        "Is your question here?",
        "Wrong because of it",
        "Right because it is dated ...",
        "Explain what is wrong here.",
        "TODO ES FALSO",
        "[Sponsored]",
        "Say who is speaking here.",
        "…",
        "[",
        "Which words tell you to write your answer here?",
        "The text",
        "Wrong",
        "[Laughter] Your question",
        "(the answer)",
    ],
)
def test_real_words_hold_no_place(text: str) -> None:
    for old, field in (("prompt: Which one?", "prompt"), ("why: Because.", "why")):
        assert changed(old, f"{field}: '{text}'").problems == ()


@pytest.mark.parametrize("path", sorted((ROOT / "questions").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_banks_have_no_problem(path: Path) -> None:
    if path.name not in {"skills.yaml", "misconceptions.yaml"}:
        assert load_file(path, skills=read_skills(path.with_name("skills.yaml"))).problems == ()


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [("1,5", "1.5"), ("-0,25", "-0.25"), ("12,345.5", "12345.5"), ("1,500", "1500"), ("1,2,3", None)],
)
def test_a_comma_in_a_number_is_not_simply_dropped(typed: str, proposed: str | None) -> None:
    question = "  - id: two\n    type: numeric\n    prompt: How much?\n    explain: Because.\n    answer: "
    (found,) = [one for one in load(f"{GOOD}{question}{typed}\n").problems if one.question == "two"]
    assert found.fix == (None if proposed is None else f"    answer: {proposed}")


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("“yes”, “no”", '["yes", "no"]'),
        ("„yes“, ‘no’", '["yes", "no"]'),
        ('"yes", "no"', '["yes", "no"]'),
        ("“no: a”, “b”", '["no: a", "b"]'),
        ("“yes”", '["yes"]'),
        ("[yes, no", "[yes, no]"),
        ("[yes, no,", "[yes, no]"),
        ("[“yes”, “no”", '["yes", "no"]'),
        ("1,000", '["1,000"]'),
        ("yes, no", None),
        ("yes, no]", None),
        ("“yes” or “no”", None),
        ("“yes”, no", None),
        ("[yes, 'no", None),
        ('"yes, no', None),
        ('"[yes, no"', None),
    ],
)
def test_a_list_is_proposed_where_its_entries_are_certain(typed: str, proposed: str | None) -> None:
    question = f"  - id: two\n    type: short\n    prompt: Which?\n    accept: {typed}\n    why: Because.\n"
    found = load(GOOD + question).problems[0]
    assert (found.line, found.fix) == (GOOD.count("\n") + 4, None if proposed is None else f"    accept: {proposed}")


@pytest.mark.parametrize(
    "text",
    [
        "Hello, this is my quiz: it is about news.\n\nWhat is news?\nA) yes\nB) no\n",
        "1. What should you check first?\n\u2022\tthe place\n\u2022\tthe shares\nAnswer: the place\n",
        "Question: What is news?\nAnswer: Something new\nQuestion: What is old?\nAnswer: Something else\n",
        "Question\tRight\tWrong\nWhich label?\tad\tnews\n",
        "title: My quiz\n\u00a0\u00a0Which label?\n",
        "# only a note\n",
        "{A note} My bank: it is about news.\n",
        "",
    ],
)
def test_a_text_that_is_no_bank_is_told_in_one_sentence(text: str) -> None:
    (problem,) = load(text).problems
    assert (problem.code, problem.line, problem.fix) == ("not-a-bank", 1, None)
    assert "example" in problem.message
    assert "form" in problem.message
    assert "table" in problem.message


def test_many_lines_with_the_same_sign_of_a_word_processor_are_one_finding() -> None:
    spaced = GOOD.replace("\n  ", "\n\u00a0\u00a0")
    problem, *others = load(spaced).problems
    assert problem.code == "odd-space"
    assert problem.message.startswith(f"{spaced.count(chr(10) + chr(160))} lines begin with special spaces")
    assert "odd-space" not in {one.code for one in others}
    assert [one.code for one in load(GOOD.replace("\n  -", "\n\u00a0\u00a0-")).problems] == ["odd-space"] * 2


def test_a_text_that_goes_on_with_a_bullet_or_a_number_is_a_text() -> None:
    text = GOOD.replace("prompt: Which one?", "prompt: Which of\n      \u2022 these or\n      2. those?")
    assert "bullet" not in {one.code for one in load(text).problems}


def test_names_that_there_are_stand_beside_one_that_is_not() -> None:
    (few,) = [one for one in changed("skill: verbs", "skill: photography").problems if one.code == "unknown-skill"]
    assert "There are: extra-skill, loaded, verbs." in few.message
    assert "questions/skills.yaml" in few.message
    many = {f"skill-{number}" for number in range(40)} | {"photo-dates", "photo-places"}
    assert "Near it are: photo-places, photo-dates." in known_names("photos-place", many, "skill")


@pytest.mark.parametrize(
    ("source", "fix", "certain"),
    [
        ("    prompt: Who: he?", '    prompt: "Who: he?"', True),
        ("    • wrong: Nobody", "    - wrong: Nobody", True),
        ("    tolerance: -5", "    tolerance: 5", False),
        ("    promt: Who?", "    prompt: Who?", False),
        ("    tolerance: 5", "", False),
    ],
)
def test_a_correction_is_certain_that_changes_no_word_and_no_number(source: str, fix: str, certain: bool) -> None:
    assert Problem("b", 1, 1, "error", "any", "Any.", fix=fix, source=source).certain is certain
