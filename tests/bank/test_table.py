"""Tables from spreadsheets and quiz sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.loader import load_text
from quizapp.bank.nodes import data_of
from quizapp.bank.reader import read
from quizapp.bank.table import MOST_ROWS, draft_from_table

TABLES = Path(__file__).parent / "tables"
MENDABLE = {"no-why", "no-key", "too-few", "empty-text", "same-option", "hidden-break"}


def questions(table: str) -> list[Any]:
    tree = read(draft_from_table(table).text.encode(), "draft")
    assert tree.root is not None
    assert [one for one in tree.problems if one.level == "error"] == []
    found: list[Any] = data_of(tree.root)["questions"]
    return found


def told(table: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in draft_from_table(table).problems]


def test_a_row_is_a_question() -> None:
    assert questions("Who said it: him?\tThe mayor\tThe paper\t#nobody\n") == [
        {
            "id": "who-said-it-him",
            "type": "choice",
            "prompt": "Who said it: him?",
            "options": [{"right": "The mayor"}, {"wrong": "The paper"}, {"wrong": "#nobody"}],
        }
    ]


@pytest.mark.parametrize(
    "table",
    [
        'Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2\n"Which, of these?",a,b,c\n',
        "Question;Right;Wrong;Wrong\nWhich, of these?;a;b;c\n",
        "#\tQuestion text\tOption 1\tOption 2\tOption 3\tCorrect answer\tTime\n1\tWhich, of these?\tb\ta\tc\t2\t30\n",
        "Question\tA\tB\tC\tKey\nWhich, of these?\tb\ta\tc\t2\n",
        "Question\tAnswer 1\tAnswer 2\tAnswer 3\tCorrect\nWhich, of these?\tc\ta\tb\ta\n",
    ],
)  # fmt: skip
def test_layouts_of_quiz_sites(table: str) -> None:
    (question,) = questions(table)
    assert question["prompt"] == "Which, of these?"
    assert {"right": "a"} in question["options"]
    assert sorted(one["wrong"] for one in question["options"] if "wrong" in one) == ["b", "c"]


def test_several_right_answers_make_a_question_with_several() -> None:
    (question,) = questions(
        'Question,Answer 1,Answer 2,Answer 3,Time limit (sec),Correct answer(s)\nWhich?,a,b,c,20,"1,3"\n'
    )
    assert question["type"] == "multiple"
    assert question["options"] == [{"right": "a"}, {"right": "c"}, {"wrong": "b"}]


def test_a_draft_with_reasons_can_be_published() -> None:
    draft = draft_from_table("Question\tRight\tWrong\tExplanation\nWhich word leans?\tclaimed\tsaid\tIt doubts.\n")
    loaded = load_text(draft.text.encode(), "draft", skills=[])
    assert loaded.problems == ()
    assert loaded.bank is not None
    assert draft.problems == ()
    assert draft.questions == 1


def test_what_must_be_looked_at_is_told_by_line() -> None:
    table = 'Who?\tus\tthem\n\n\tus\nWhat?\n"Where\nto?"\ta\ta\tb\nHow?\tso\n'
    assert told(table) == [
        (1, "no-why"),
        (3, "no-prompt"),
        (4, "no-key"),
        (5, "no-why"),
        (5, "same-option"),
        (7, "no-why"),
        (7, "too-few"),
    ]
    assert [one["prompt"] for one in questions(table)] == ["Who?", "Where to?", "How?"]


def test_an_answer_that_is_there_again_is_named() -> None:
    table = "Question\tA\tB\tC\tD\tKey\nWho?\tshe\the\tHe\tshe\t1\n"
    assert [one.message for one in draft_from_table(table).problems if one.code == "same-option"] == [
        "The answer “He” is there twice. It was taken once.",
        "The answer “she” is there as right and as wrong. It was taken as right.",
    ]
    assert questions(table)[0]["options"] == [{"right": "she"}, {"wrong": "he"}]
    typed = "Question\tType\tAnswer\tAnswer\tRight\nWho?\ttyped\tshe\ther\tthe mayor\nWho else?\ttyped\the\t\t1\n"
    assert [one["accept"] for one in questions(typed)] == [["she", "her", "the mayor"], ["he"]]


def test_unpaired_quotation_marks_are_text() -> None:
    table = '"Fake" news is?\tx\ty\n'
    assert questions(table)[0]["prompt"] == '"Fake" news is?'
    assert (1, "not-a-table") in told(table)


def test_same_questions_get_names_of_their_own() -> None:
    assert [one["id"] for one in questions("Who?\ta\tb\nWho?\tc\td\n?\te\tf\n")] == ["who", "who-2", "question"]


@pytest.mark.parametrize("table", ["", "\n\n", "\t\t\n", ",,,\n"])
def test_nothing_to_read_is_told(table: str) -> None:
    draft = draft_from_table(table)
    assert draft.text == ""
    assert [one.code for one in draft.problems] == ["no-question"]


NAMED = "Question\tOption 1\tOption 2\tCorrect\n"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Question\tRight\tWrong\n", [(1, "only-names")]),
        ("A quiz\n\nQuestion\tRight\tWrong\n\n", [(1, "above-names"), (3, "only-names")]),
        ("Who?\ta\tb\n" + NAMED + "When?\tc\td\t1\n", [(1, "above-names")]),
        (NAMED + "Who?\ta\tb\t1\tc\t\td\n", [(2, "more-cells")]),
        (NAMED + "Who?\ta\tb\t1,7\n", [(2, "other-answer")]),
        (NAMED + "Who?\ta\tb\t7\nWhen?\tc\td\t1\n", [(2, "no-key")]),
        (NAMED + "Who?\ta\tb\nWhen?\tc\td\t1\n", [(2, "no-key")]),
        ("Question\tOption 1\tOption 2\tRight\tRight\nWho?\ta\tb\ta\tc\n", [(2, "other-answer")]),
        (NAMED + "Who?\ta\tb\t1\n" + NAMED + "When?\tc\td\t1\n", [(3, "another-table")]),
        (NAMED + "Who?\ta\tb\t1\n\nQuestion\tRight\tWrong\nWhen?\tc\td\n", [(4, "another-table")]),
        ("Question\tRight\tWrong\tTime\tAuthor\t\nWho?\ta\tb\t\tMe\tx\n", [(1, "column-left-out")]),
        ("Question\tRight\tWrong\tWhy\n\t\t\tSo.\nWho?\ta\tb\tSo.\n", [(2, "no-prompt")]),
        ("Question\tType\tAnswer\tWrong\nWho?\ttyped\ta\tb\n", [(2, "typed-answer")]),
        (NAMED + "Who?\ta\ta\t1\nWhen?\tb\tc\t1\n", [(2, "same-option"), (2, "too-few")]),
        ("Question\tType\tAnswer\tAnswer\nWho?\ttyped\ta\tA\n", [(2, "same-option")]),
        ("Question\tRight\tWrong\nWho? (required)\ta\tb\nWhen? (required)\ta\tb\n", [(2, "guidance")]),
    ],
)
def test_nothing_is_left_out_or_read_in_another_way_without_a_word(table: str, expected: list[tuple[int, str]]) -> None:
    assert [one for one in told(table) if one[1] != "no-why"] == expected


def test_second_table_is_read_by_its_own_names() -> None:
    table = NAMED + "Who?\ta\tb\t2\n\nQuestion\tRight\tWrong\tWhy\nWhen?\tc\td\tSo.\n"
    assert [(one["prompt"], one["options"][0], one.get("explain")) for one in questions(table)] == [
        ("Who?", {"right": "b"}, None),
        ("When?", {"right": "c"}, "So."),
    ]


def test_question_that_looks_like_names_is_a_question() -> None:
    table = NAMED + "The question is\twrong\tright\t1\n\nPick the key term\tan answer\tnoise\t1\n"
    assert [one["prompt"] for one in questions(table)] == ["The question is", "Pick the key term"]


def test_too_much_is_told() -> None:
    assert [one.code for one in draft_from_table("x" * 600_000).problems] == ["too-big"]
    assert (MOST_ROWS + 1, "too-many") in told("q\ta\tb\n" * (MOST_ROWS + 5))
    full = draft_from_table("Which?\tright\twrong" + ",[" * 60_000 + "\n")
    assert (full.text, full.problems[-1].code) == ("", "too-big")
    assert "100,000 lines, commas and brackets" in full.problems[-1].message


DISTANCE = ("choice", ("claimed",), ("said", "showed"))
SOURCES = ("multiple", ("The mayor said", "According to the report"), ("It is feared", "Many say"))


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("kahoot.tsv", [("choice", ("claimed",), ("said", "showed", "proved")), SOURCES]),
        (
            "quizizz.csv",
            [DISTANCE, SOURCES, ("short", ("advertisement", "ad", "advert"), ()), (None, (), ()),
             (None, (), ("The first", "The second"))],
        ),
        ("blooket.csv", [DISTANCE, ("multiple", SOURCES[1], ("It is feared",))]),
        ("gimkit.csv", [DISTANCE, ("short", ("advertisement",), ())]),
        ("moodle.csv", [DISTANCE, SOURCES]),
        ("by-hand.csv", [("choice", ("behauptet",), ("sagt", "zeigt"))]),
    ],
)  # fmt: skip
def test_tables_as_quiz_sites_lay_them_out(site: str, expected: list[tuple[str | None, object, object]]) -> None:
    draft = draft_from_table((TABLES / site).read_text("utf-8"), title=site)
    assert [(row.kind, row.right, row.wrong) for row in draft.rows] == expected
    assert {one.code for one in draft.problems if one.level != "info"} <= {"no-why", "no-key", "too-few"}
    loaded = load_text(draft.text.encode(), site, skills=[])
    assert {one.code for one in loaded.problems} <= {"no-why"}
    assert draft.questions == sum(kind is not None for kind, _right, _wrong in expected)


def test_rows_are_told_by_the_line_they_begin_in() -> None:
    draft = draft_from_table((TABLES / "quizizz.csv").read_text("utf-8"))
    assert [(row.line, row.kind is None) for row in draft.rows] == [
        (21, False), (22, False), (23, False), (24, True), (25, True)
    ]  # fmt: skip
    assert [one.code for one in draft.problems_at(24)] == ["no-key"]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("Who said it?\nWhen was it?\n", "one-column"),
        ("Who said it?  the mayor  the paper\n", "one-column"),
        ("Who?\t=SUM(A1:A3)\tb\n", "formula"),
        ("Who?\t=B2\tb\n", "formula"),
        ("Who?\t#REF!\tb\n", "formula"),
        ("Who?\ta\tb\nWho?\tA\tb\n", "same-question"),
        ("Question\tOption 1\tOption 2\tCorrect\nWho?\ta\tb\tcarrot\n", "other-answer"),
        ("Question\tOption 1\tOption 2\tCorrect\nWho?\ta\tb\t4\n", "no-key"),
        ("Who?\t" + "\t".join(map(str, range(13))) + "\n", "too-many-answers"),
    ],
)
def test_what_spreadsheets_bring_along_is_told(table: str, code: str) -> None:
    assert code in [one.code for one in draft_from_table(table).problems]


def test_signs_of_arithmetic_are_no_formula() -> None:
    for text in ("=", "= 4", "=) nice", "@home", "+1"):
        assert "formula" not in [one.code for one in draft_from_table(f"Who?\t{text}\tb\n").problems]


@settings(max_examples=60, derandomize=True, database=None)
@given(st.text(alphabet=st.sampled_from('ab?=\t\n\r",;\u2028\x00#|:- '), max_size=60))
def test_any_paste_is_read_or_refused_in_words(table: str) -> None:
    draft = draft_from_table(table)
    assert (draft.text == "") == (draft.questions == 0)
    if draft.text:
        assert {one.code for one in load_text(draft.text.encode(), "b", skills=[]).problems} <= MENDABLE
