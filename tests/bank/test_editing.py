"""Entries of a bank changed one by one: what is meant is changed, and not a sign beside it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank import editing
from quizapp.bank.entries import Opened, Section, UnreadableError, free_id, open_text
from quizapp.bank.examples import example_yaml
from quizapp.bank.form_values import to_fields, to_form
from quizapp.bank.model import Stimulus
from quizapp.bank.shapes import Sort, shapes_of
from quizapp.bank.writing import cleaned
from quizapp.items.registry import kinds
from tests.structure.toy_kinds.guess import Guess

FOLDER = Path(__file__).resolve().parents[2] / "questions"
BANKS = sorted(path for path in FOLDER.glob("*.yaml") if path.name not in {"skills.yaml", "misconceptions.yaml"})

NOTED = """\
# about the file
format: 1   # always
bank: demo
title: 'Demo'
language: en

# about the list
questions:

  # about the first
  - id: one  # its name
    type: short
    prompt: |
      Who
      said it?
    accept: [a, "b: c"]   # both
    # about the reason
    why: no
    # about the hints
    hints:
      - x  # a hint
      - y

  # about the second
  # in two lines
  - id: two
    type: short
    prompt: Two
    accept: [z]
    odd: 1
  # at the end

# below all
"""


def lines_beside(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only one of two texts has, in order."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def changed(text: str, place: int, **fields: Any) -> str:
    was = dict(open_text(text).questions[place].fields or {})
    wanted = {name: value for name, value in {**was, **fields}.items() if value is not None}
    return editing.replace_entry(text, "questions", place, wanted)


def notes(text: str) -> list[str]:
    return sorted(line.partition("#")[2].strip() for line in text.split("\n") if "#" in line)


def test_only_the_line_that_changes_is_another() -> None:
    assert lines_beside(NOTED, changed(NOTED, 0, why="Because")) == (["    why: no"], ["    why: Because"])
    assert lines_beside(NOTED, changed(NOTED, 1, prompt="Three")) == (["    prompt: Two"], ["    prompt: Three"])
    assert changed(NOTED, 0) == NOTED
    assert changed(NOTED, 0, prompt="Who\nsaid it?") == NOTED


def test_an_entry_with_another_id_or_its_first_one_keeps_its_notes_where_they_stand() -> None:
    named = ["  - id: one  # its name"], ["  - id: first # its name"]
    assert lines_beside(NOTED, changed(NOTED, 0, id="first")) == named
    assert lines_beside(NOTED, changed(NOTED, 0, id="first", why="Because"))[1][-1] == "    why: Because"
    bare = NOTED.replace("id: one  # its name\n    type: short", "type: short  # its type")
    was, after = ["  - type: short  # its type"], ["  - id: one", "    type: short  # its type"]
    assert lines_beside(bare, changed(bare, 0, id="one")) == (was, after)


def test_a_note_whose_field_goes_is_kept_above_the_entry() -> None:
    after = changed(NOTED, 0, why=None, hints=["y"])
    assert notes(after) == notes(NOTED)
    assert "  # about the first\n  # about the hints\n" in after
    assert open_text(after).questions[0].fields == {
        "id": "one", "type": "short", "prompt": "Who\nsaid it?\n", "accept": ["a", "b: c"], "hints": ["y"]
    }  # fmt: skip


def test_notes_above_an_entry_move_with_it_and_go_with_it() -> None:
    moved = editing.move_entry(NOTED, "questions", 0, 1)
    assert sorted(moved.split("\n")) == sorted(NOTED.split("\n"))
    assert moved.index("# about the second") < moved.index("- id: two") < moved.index("# about the first")
    assert editing.move_entry(moved, "questions", 1, -1) == NOTED
    assert editing.move_entry(NOTED, "questions", 0, -1) == NOTED
    assert editing.move_entry(NOTED, "questions", 1, 1) == NOTED
    gone = editing.remove_entry(NOTED, "questions", 1)
    assert notes(NOTED) == sorted([*notes(gone), "about the second", "in two lines"])


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_question_that_is_put_back_stands_as_it_stood(place: int) -> None:
    for text in (BANKS[0].read_text("utf-8"), NOTED):
        entry = open_text(text).questions[place]
        written = editing.entry_text(text, "questions", entry.place)
        gone = editing.remove_entry(text, "questions", entry.place)
        back = editing.put_back(gone, "questions", entry.place, written)
        assert back == text if text is not NOTED else notes(back) == notes(text)
        assert [one.key for one in open_text(back).questions] == [one.key for one in open_text(text).questions]
        assert editing.put_back(back, "questions", entry.place, written) == back


def test_the_only_question_is_put_back_and_nothing_else_than_a_question() -> None:
    text = "format: 1\nbank: b\nquestions:\n- id: one\n  # a note\n  prompt: A\n"
    written = editing.entry_text(text, "questions", 0)
    assert editing.put_back(editing.remove_entry(text, "questions", 0), "questions", 0, written) == text.replace(
        "- id: one\n  # a note\n  prompt", "  - id: one\n    # a note\n    prompt"
    )
    for other in ("", "  - id: two\n  - id: three\n", "a: b: c\n", "  [{id: q9}]"):
        with pytest.raises(UnreadableError):
            editing.put_back(text, "questions", 0, other)


def test_a_question_whose_id_another_got_meanwhile_is_put_back_under_a_free_one() -> None:
    written = editing.entry_text(NOTED, "questions", 0)
    gone = editing.remove_entry(NOTED, "questions", 0)
    taken = editing.insert_entry(gone, "questions", {"id": "one", "type": "short", "prompt": "Another"})
    back = editing.put_back(taken, "questions", 0, written)
    was = dict(open_text(NOTED).questions[0].fields or {})
    assert [one.fields for one in open_text(back).questions if one.key == "one-2"] == [{**was, "id": "one-2"}]
    assert [one.key for one in open_text(back).questions] == ["one-2", "two", "one"]
    assert notes(back) == notes(NOTED)
    nameless = NOTED.replace("  - id: two\n    type", "  - type")
    written = editing.entry_text(nameless, "questions", 1)
    back = editing.put_back(editing.remove_entry(nameless, "questions", 1), "questions", 1, written)
    assert editing.put_back(back, "questions", 1, written) == back


def test_the_last_question_goes_and_another_comes() -> None:
    empty = editing.remove_entry(editing.remove_entry(NOTED, "questions", 0), "questions", 0)
    assert open_text(empty).questions == ()
    assert "questions:" not in empty
    assert "# below all" in empty
    again = editing.insert_entry(empty, "questions", {"id": "new", "type": "short", "prompt": "# what: why"})
    assert open_text(again).questions[0].fields == {"id": "new", "type": "short", "prompt": "# what: why"}
    assert notes(again) == sorted([*notes(empty), "what: why'"])


def test_something_to_look_at_comes_before_the_questions() -> None:
    text = editing.insert_entry(NOTED, "stimuli", {"id": "a", "kind": "quote", "quote": "So"})
    text = editing.insert_entry(text, "stimuli", {"id": "b", "kind": "quote", "quote": "Not so"})
    assert [one.key for one in open_text(text).stimuli] == ["a", "b"]
    assert text.index("stimuli:") < text.index("# about the list")
    assert notes(text) == notes(NOTED)


def test_the_head_is_set_field_by_field() -> None:
    text = editing.set_head(NOTED, {"title": "New", "note": "Read: this", "source": {"title": "A"}, "language": "de"})
    assert open_text(text).head == {
        "format": "1", "bank": "demo", "title": "New", "language": "de", "source": {"title": "A"}, "note": "Read: this"
    }  # fmt: skip
    assert notes(text) == notes(NOTED)
    back = editing.set_head(text, {"title": "Demo", "language": "en", "note": None, "source": None})
    assert back == NOTED


def test_what_the_head_does_not_touch_stays_sign_for_sign() -> None:
    spaced = "".join(f"{line}  \n" if "#" in line else f"{line}\n" for line in NOTED.splitlines())
    spaced = spaced.replace("language: en\n", "language: en\nlicence:\nskills:\n  a-b: one  # why  \n")
    assert editing.set_head(spaced, {"title": "Demo", "language": "en", "note": None}) == spaced
    text = editing.set_head(spaced, {"title": "New", "skills": {"a-b": "one", "c-d": "two"}})
    lines, before = text.split("\n"), spaced.split("\n")
    assert [line for line in lines if line not in before] == ["title: 'New'", "  c-d: two"]
    assert [line for line in before if line not in lines] == ["title: 'Demo'"]


@pytest.mark.parametrize(
    "text",
    [
        "questions: [{id: one, type: short, prompt: A}, {id: two, prompt: B}]\n",
        "questions:\n- id: one\n  type: short\n  prompt: A\n- {id: two, prompt: B}\n",
        "questions:\r\n    -   id: one\r\n        kind: x\r\n        prompt: A\r\n    -   id: two\r\n        prompt: B",
        "\ufeffformat: 1\ntitle:\nquestions:\n  - id: one\n    prompt: A\n    why:\n  - id: two\n    prompt: B\n",
    ],
)
def test_files_of_other_hands_are_changed_as_well(text: str) -> None:
    after = changed(text, 0, prompt="C\nD")
    assert (open_text(after).questions[0].fields or {})["prompt"] == "C\nD"
    assert open_text(after).questions[1].fields == {"id": "two", "prompt": "B"}
    assert ("\r\n" in after) == ("\r\n" in text)
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    assert [one.key for one in open_text(editing.move_entry(after, "questions", 0, 1)).questions] == ["two", "one"]
    added = editing.insert_entry(after, "questions", {"id": "three", "prompt": "E"})
    assert [one.key for one in open_text(added).questions] == ["one", "two", "three"]
    assert open_text(editing.remove_entry(added, "questions", 0)).questions[0].fields == {"id": "two", "prompt": "B"}


@pytest.mark.parametrize("text", ["a: b: c\n", "- a\n", "", "questions: words\n", "questions:\n  one: {}\n"])
def test_what_cannot_be_read_is_told_and_never_written_over(text: str) -> None:
    with pytest.raises(UnreadableError) as told:
        editing.insert_entry(text, "questions", {"id": "one"})
    assert told.value.problems


def test_entries_without_a_name_of_their_own_are_found_by_their_place() -> None:
    text = (
        "questions:\n  - prompt: A\n  - id: b\n    prompt: B\n  - id: b\n    prompt: C\n  - id: Not this\n  - words\n"
    )
    opened = open_text(text)
    assert [one.key for one in opened.questions] == ["@1", "b", "@3", "@4", "@5"]
    assert opened.questions[4].fields is None
    assert free_id("B!", opened.questions) == "b-2"
    assert free_id("?", opened.questions) == "question"
    with pytest.raises(KeyError):
        opened.entry("questions", "c")


def through_the_form(opened: Opened, section: Section, place: int) -> dict[str, Any]:
    """The fields of an entry after a form showed them and gave them back."""
    entries = opened.questions if section == "questions" else opened.stimuli
    fields = entries[place].fields or {}
    shapes = shapes_of(Stimulus if section == "stimuli" else kinds()[fields["type"]])
    values, kept = to_form(shapes, fields)
    assert kept in ((), ("type",))
    return to_fields(shapes, values, fields, kept)


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.name)
def test_saving_a_form_of_our_own_banks_changes_no_sign(path: Path) -> None:
    text = path.read_text("utf-8")
    opened = open_text(text)
    for section in ("stimuli", "questions"):
        for entry in opened.questions if section == "questions" else opened.stimuli:
            fields = through_the_form(opened, section, entry.place)
            assert editing.replace_entry(text, section, entry.place, fields) == text


def test_a_question_with_another_prompt_leaves_every_other_line_alone() -> None:
    """Over our own banks, with notes put between their lines."""
    rng = Random("lines")
    for path in BANKS:
        text = "\n".join(
            f"{line}\n{' ' * (len(line) - len(line.lstrip()))}# note {number}" if _may_be_noted(line, rng) else line
            for number, line in enumerate(path.read_text("utf-8").split("\n"))
        )
        opened = open_text(text)
        place = rng.randrange(len(opened.questions))
        written = changed(text, place, prompt="What now?")
        assert notes(written) == notes(text)
        entry = editing.entry_text(text, "questions", place)
        before, _entry, after = text.partition(entry)
        assert (written.startswith(before), written.endswith(after)) == (True, True)
        expected = [
            {**(one.fields or {}), **({"prompt": "What now?"} if one.place == place else {})}
            for one in opened.questions
        ]
        assert [one.fields for one in open_text(written).questions] == expected


def _may_be_noted(line: str, rng: Random) -> bool:
    return line.strip().startswith(("type:", "skill:", "difficulty:")) and rng.random() < 0.5


TEXTS = st.text(alphabet=st.sampled_from("ab ?:#-\"'[]{}|>&*!%@`,\\\n\tä\u2028\x07"), max_size=25)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(st.sampled_from(sorted(kinds())), TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_whatever_is_typed_comes_back_and_the_rest_stays(kind: str, prompt: str, why: str, hints: list[str]) -> None:
    head = "format: 1\nbank: a\ntitle: T\nlanguage: en\nquestions:\n"
    example = "".join(f"  {line}\n" for line in example_yaml(kind).rstrip("\n").split("\n"))
    other = "  # a note\n  - id: other\n    type: short\n    prompt: Other  # behind\n"
    text = head + example + other
    opened = open_text(text)
    shapes = shapes_of(kinds()[kind])
    was = opened.questions[0].fields or {}
    values, kept = to_form(shapes, was)
    typed = {**values, "prompt": prompt, "explain": {**values.get("explain", {}), "evidence": why}, "hints": hints}
    after = editing.replace_entry(text, "questions", 0, to_fields(shapes, typed, was, kept))
    assert after.endswith(other)
    again, _kept = to_form(shapes, open_text(after).questions[0].fields or {})
    assert again.get("prompt", "") == cleaned(prompt)
    assert again.get("explain", {}).get("evidence", "") == cleaned(why)
    assert again.get("hints", []) == cleaned(hints)
    untouched = set(values) - {"prompt", "explain", "hints"}
    assert {name: again[name] for name in untouched} == {name: values[name] for name in untouched}


def test_notes_stay_with_their_answer_when_another_one_goes() -> None:
    text = (
        "questions:\n  - id: one\n    options:\n      - right: A  # on A\n      - wrong: B  # on B\n"
        "      - wrong: C  # on C\n        why: c\n"
    )
    after = changed(text, 0, options=[{"right": "A"}, {"wrong": "C", "why": "c"}])
    assert "      - wrong: C  # on C\n        why: c\n" in after
    assert "# on B" in after.split("- id: one")[0]


def test_a_kind_that_nobody_foresaw_has_shapes_for_all_its_fields() -> None:
    shapes = {shape.name: shape for shape in shapes_of(Guess)}
    assert (shapes["truth"].sort, shapes["truth"].choices, shapes["truth"].required) == (
        Sort.CHOICE, ("yes", "no"), True
    )  # fmt: skip
    assert {"prompt", "why", "hints", "explain"} <= set(shapes)
