"""Broken files: what is found, and exactly where."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
import yaml

from quizapp.bank import reader
from quizapp.bank.indents import MOST_TRIED, Indents
from quizapp.bank.nodes import Mapping, data_of
from quizapp.bank.problems import Problem
from quizapp.bank.reader import read

HEAD = "format: 1\nbank: b\ntitle: T\nlanguage: en\nquestions:\n"


@pytest.fixture(params=["libyaml", "pure"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is read by both parsers."""
    if request.param == "pure":
        monkeypatch.setattr(reader, "LOADER", yaml.SafeLoader)


def found(data: bytes) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in sorted(read(data, "b.yaml").problems, key=lambda p: p.line)]


def only(text: str) -> Problem:
    (problem,) = read(text.encode(), "b.yaml").problems
    return problem


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("a: #MeToo was", "comment", 4),
        ("- #fakenews", "comment", 3),
        ("a: a claim #tag", "comment", 12),
        ("a: Wow #fakenews", "comment", 8),
        ("- a claim #tag", "comment", 11),
        ("- True or false:", "colon-end", 3),
        ("a:", "empty-value", 1),
        ("-", "empty-value", 2),
        ("a: Which is true: A or B", "colon", 17),
        ("a: “Which is true: A or B”", "curly-quotes", 18),
        ("- Note: this: here", "colon", 13),
        ("a: @bbc said", "start-character", 4),
        ("a: %50 of people", "start-character", 4),
        ("a: `x` marks", "start-character", 4),
        ("a: !important thing", "tag", 4),
        ("a: *bold* word", "start-character", 4),
        ("a: *bold", "alias", 4),
        ("a: &x y", "anchor", 4),
        ("a: > 50 %", "start-character", 4),
        ("a: | x", "start-character", 4),
        ('a: "Scientists say" is it', "text-after-quote", 20),
        ("a: 'It's me", "text-after-quote", 8),
        ("a: [Sponsored] post", "start-character", 4),
        ("a: {name} said", "start-character", 4),
        ("a: ]x", "start-character", 4),
        ("a: ,x", "start-character", 4),
        ("a: - b", "start-character", 4),
        ("a: ? b", "start-character", 4),
        ("<<: x", "merge", 1),
        ("? [a]", "field-name", 3),
        ("\ta: x", "tab", 1),
        (" \ta: x", "tab", 2),
        ("a:\u00a0x", "odd-space", 3),
        ("a\u00a0b: x", "odd-space", 2),
        ("\u00a0\u00a0a: x", "odd-space", 1),
        ("a: x\u2028y", "hidden-break", 5),
        ("a: x\u0085y", "hidden-break", 5),
        ("a: 🙂🙂\u2029y", "hidden-break", 6),
        ("a: x\x07y", "control-character", 5),
        ("\ufeff a: x", "odd-space", 1),
    ],
)
def test_one_line_is_named_with_its_place(line: str, code: str, column: int) -> None:
    text = f"z: y\n{line}\n" if not line.startswith("-") else f"{line}\n"
    row = 2 if not line.startswith("-") else 1
    assert (code, row, column) in found(text.encode()), read(text.encode(), "b").problems


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("a: Which is true: A or B", 'a: "Which is true: A or B"'),
        ("a: #MeToo was", 'a: "#MeToo was"'),
        ("a: a claim #tag", 'a: "a claim #tag"'),
        ('a: "Scientists say" is it', "a: '\"Scientists say\" is it'"),
        ("a: 'It's me", "a: \"'It's me\""),
        ("a: *bold", 'a: "*bold"'),
        ("a:\u00a0x", "a: x"),
        ("a: x\u2028y", "a: x y"),
    ],
)
def test_the_corrected_line_reads_without_problem(line: str, fix: str) -> None:
    assert only(f"z: y\n{line}\n").fix == fix
    assert read(f"z: y\n{fix}\n".encode(), "b").problems == []


def test_a_missing_quote_is_shown_where_it_opens() -> None:
    text = HEAD + '  - id: a\n    prompt: "Mark it\n    type: choice\n  - id: b\n    type: choice\n'
    assert found(text.encode()) == [("open-quote", 7, 13)]


def test_a_missing_quote_on_the_last_line() -> None:
    assert found(b'a: b\nc: "d\n') == [("open-quote", 2, 4)]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [("a: b\n c: d\n", "indent", 2), ("a:\n  - b\n - c\n", "indent", 3), ("a:b\nc: d\n", "no-space", 1)],
)
def test_lines_that_do_not_line_up(text: str, code: str, line: int) -> None:
    assert [(one.code, one.line) for one in read(text.encode(), "b").problems] == [(code, line)]


def test_a_field_written_twice_names_the_first() -> None:
    problem = only("a: b\nc: d\na: e\n")
    assert (problem.code, problem.line, problem.column) == ("duplicate", 3, 1)
    assert "line 1" in problem.message


def test_one_broken_question_does_not_hide_the_others() -> None:
    text = HEAD + "  - id: a\n    prompt: x: y\n  - id: b\n    prompt: @me\n  - id: c\n    prompt: fine\n    hint: #x\n"
    tree = read(text.encode(), "b.yaml")
    assert [(one.code, one.question) for one in tree.problems] == [
        ("colon", "a"),
        ("start-character", "b"),
        ("comment", "c"),
    ]
    assert isinstance(tree.root, Mapping)
    assert data_of(tree.root)["questions"] == [{"id": "c", "prompt": "fine", "hint": ""}]


def test_all_values_are_text_and_know_their_place() -> None:
    tree = read("a: no\nb: 1.10\nc: [012, 1:30]\n🙂: “x”\nd: 2024-01-01\n".encode(), "b")
    assert tree.problems == []
    assert tree.root is not None
    assert data_of(tree.root) == {"a": "no", "b": "1.10", "c": ["012", "1:30"], "🙂": "“x”", "d": "2024-01-01"}
    place = tree.root.fields["🙂"]
    assert (place.line, place.column) == (4, 4)


def test_special_spaces_and_tabs_inside_text_are_left_alone() -> None:
    text = "a: 10\u00a0km and 2\u202f000\nb: |\n  \u00a0text\n  \ttabbed #tag: x\nc: >-\n  a: b #c\n\n  d\n"
    tree = read(text.encode(), "b")
    assert tree.problems == []
    assert tree.root is not None
    assert data_of(tree.root)["b"] == "\u00a0text\n\ttabbed #tag: x\n"


def test_notes_after_a_value_are_allowed() -> None:
    notes = read(b"a: b   # slug, never changes\nc: two words  # note\n# whole line\n", "b").problems
    assert [(one.code, one.level, one.line, one.column) for one in notes] == [
        ("note", "info", 1, 8),
        ("note", "info", 2, 15),
    ]
    assert [one.level for one in read(b"a: two words # note\n", "b").problems] == ["warning"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_count_the_same(end: str) -> None:
    assert found(f"a: b{end}c: d #e{end}".encode()) == [("comment", 2, 6)]


def test_a_byte_order_mark_is_forgiven() -> None:
    assert read(b"\xef\xbb\xbfa: b\n", "b").problems == []


@pytest.mark.parametrize(
    ("data", "place"),
    [("a: café\n".encode("cp1252"), (1, 7)), (b"a: b\nc: \xff\n", (2, 4)), ("a: b".encode("utf-16"), (1, 1))],
)
def test_another_encoding_is_named(data: bytes, place: tuple[int, int]) -> None:
    (problem,) = read(data, "b").problems
    assert (problem.code, problem.line, problem.column) == ("not-utf8", *place)
    assert "UTF-8" in problem.message


BOMBS = {
    "too-deep": b"[" * 20_000,
    "alias": b"a: &a [x]\nb: *a\n",
    "merge": b"a: {<<: x}\n",
    "tag": b"a: !!python/object/apply:os.system [ls]\n",
    "anchor": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "too-long": b"a: " + b"x" * 20_001,
    "too-big": b"#" * 1_000_001,
    "second-document": b"a: b\n---\nc: d\n",
    "duplicate": b"a: b\na: c\n",
    "too-many": b"a: [" + b"x, " * 300_000 + b"]\n",
    "directive": b"%YAML 1.1\n---\na: b\n",
    "not-a-bank": b"- a\n- b\n",
}


@pytest.mark.parametrize("code", BOMBS)
def test_hostile_files_are_refused_at_once(code: str) -> None:
    start = time.process_time()
    tree = read(BOMBS[code], "b")
    assert code in {problem.code for problem in tree.problems}
    assert all(problem.level == "error" for problem in tree.problems)
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a: b\nc: " + b"x" * 30_000 + b"\n", ("too-long", 2, 1)),
        (b"a: " + b" " * 24_000 + b"x: y: z\n", ("colon", 1, 24_005)),
        (b"- " * 11_000 + b"\n", ("too-deep", 1, 25)),
        (b"a:\n  - b:\n" + b"      - c\n" * 300, ("too-many", 203, 9)),
        (b"a:\n" + b"".join(b"  b%d: c\n" % number for number in range(300)), ("too-many", 202, 3)),
        (b"a: |\n" + b"  some words\n" * 2_000, ("too-long", 1, 4)),
        (b"\n" * 150_000, ("too-many", 1, 1)),
    ],
    ids=["line", "spaces", "dashes", "entries", "fields", "text", "lines"],
)
def test_what_is_too_much_is_told_at_its_place(data: bytes, problem: tuple[str, int, int]) -> None:
    assert found(data)[0] == problem


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_EVENTS", 50)
    assert [one.code for one in read(b"a: [" + b"x," * 60 + b"]\n", "b").problems] == ["too-many"]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"# only a note\n", b"\x00", b"'", b'"', b"\\", b"%", b"---", b"? ", b":"]
)
def test_odd_little_files_give_a_problem_and_no_exception(data: bytes) -> None:
    tree = read(data, "b")
    assert tree.problems
    assert all(one.line >= 1 and one.column >= 1 for one in tree.problems)


def test_a_problem_shows_its_line_with_a_caret() -> None:
    assert str(only("z: y\na: Which is true: A\n")) == (
        "b.yaml:2:17: error: There is a colon inside this text, so it needs quotes round it. [colon]\n"
        "  2 | a: Which is true: A\n"
        "    |                 ^\n"
        '  Write: a: "Which is true: A"'
    )


def test_straight_quotes_take_the_place_of_curly_ones() -> None:
    assert only("a: “Which is true: A”").fix == 'a: "Which is true: A"'
    assert only("a: “Yes: A” or “no”").fix == 'a: "“Yes: A” or “no”"'


def test_spaces_in_the_place_of_tabs_fit_the_file() -> None:
    wide = HEAD + "    -   id: a\n        options:\n            -   right: x\n                why: y\n        hints:\n"
    lines = wide.split("\n")
    for number, head in ((6, "\t"), (8, "\t\t\t"), (9, "   \t\t\t\t"), (10, "  \t")):
        tabs = [*lines[: number - 1], head + lines[number - 1].lstrip(), *lines[number:]]
        assert [one.fix for one in read("\n".join(tabs).encode(), "b").problems if one.code == "tab"] == [
            lines[number - 1]
        ]


def test_each_tab_is_two_spaces_where_the_file_has_no_other_indent() -> None:
    text = HEAD + "\t- id: a\n\t  options:\n\t\t\t- right: x\n\t\t\t\twhy: y\n"
    fixes = [one.fix for one in read(text.encode(), "b").problems if one.code == "tab"]
    assert fixes == ["  - id: a", "    options:", "      - right: x", "        why: y"]


def test_beginnings_are_tried_out_in_the_entry_and_in_no_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    broken_at = Indents._broken_at

    def counted(first: int, lines: Sequence[str]) -> int:
        given.append(len(lines))
        return broken_at(first, lines)

    monkeypatch.setattr(Indents, "_broken_at", staticmethod(counted))
    entry = "  - id: a\n    prompt: b\n    options:\n      - right: x\n{}why: y\n"
    text = HEAD + entry.format("        ") * 300 + entry.format("\t\t\t\t") * 40
    fixes = [one.fix for one in read(text.encode(), "b").problems if one.code == "tab"]
    assert fixes == ["        why: y"] * 40
    assert given
    assert max(given) <= entry.count("\n")
    given.clear()
    text = HEAD + "  - id: a\n    hints:\n" + "      - b\n" * MOST_TRIED + "\t\twhy: y\n"
    assert [one.fix for one in read(text.encode(), "b").problems if one.code == "tab"] == ["    why: y"]
    assert given == []


def test_long_rows_of_spaces_are_looked_at_once() -> None:
    text = "questions:\n" + (" " * 20_000 + "1" * 20 + "\n") * 40
    assert "bullet" not in {one.code for one in read(text.encode(), "b").problems}
