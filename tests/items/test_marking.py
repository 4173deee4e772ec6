"""The part-mark rules, against worked examples and against counting every case."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, permutations, product
from statistics import fmean

import pytest
from pydantic import TypeAdapter, ValidationError

from quizapp.items.kinds.highlight import Highlight, Marked
from quizapp.items.marking import (
    above_chance,
    highlighted,
    matched,
    matched_by_chance,
    misspelt,
    ordered,
    ordered_by_chance,
    says,
    several,
    several_by_chance,
    spoken,
)
from quizapp.items.numbers import as_written, numbers_in
from quizapp.items.parts import Number


@pytest.mark.parametrize(
    ("right", "wrong", "hits", "strays", "share"),
    [
        (3, 2, 2, 0, Fraction(2, 3)),
        (3, 2, 3, 1, Fraction(1, 2)),
        (3, 2, 2, 1, Fraction(1, 6)),
        (3, 2, 3, 2, 0),
        (2, 3, 2, 1, Fraction(1, 2)),
        (2, 0, 1, 0, Fraction(1, 2)),
        (2, 0, 2, 0, 1),
        (1, 4, 0, 4, 0),
    ],
)
def test_several(right: int, wrong: int, hits: int, strays: int, share: Fraction) -> None:
    assert several(hits, right, strays, wrong) == share


@pytest.mark.parametrize(("right", "wrong", "chance"), [(2, 3, 0.11), (3, 2, 0.19), (4, 1, 0.26), (1, 4, 0.03)])
def test_several_by_chance_is_the_mean_over_all_ticks(right: int, wrong: int, chance: float) -> None:
    everything = range(right + wrong)
    ticks = chain.from_iterable(combinations(everything, size) for size in range(1, right + wrong + 1))
    scores = [several(sum(t < right for t in tick), right, sum(t >= right for t in tick), wrong) for tick in ticks]
    assert several_by_chance(right, wrong) == sum(scores) / len(scores)
    assert round(float(several_by_chance(right, wrong)), 2) == chance
    assert several(right, right, wrong, wrong) == 0


@pytest.mark.parametrize(
    ("placed", "share"),
    [("ABCDE", 1.0), ("ABCED", 0.8), ("BADCE", 0.6), ("BCDEA", 0.2), ("EDCBA", 0.0), ("ABC", 0.3), ("A", 0.0)],
)
def test_ordered(placed: str, share: float) -> None:
    assert float(ordered(placed, list("ABCDE"))) == pytest.approx(share)


def test_tied_lines_may_stand_either_way() -> None:
    assert ordered("ACBD", ["A", "BC", "D"]) == ordered("ABCD", ["A", "BC", "D"]) == 1


@pytest.mark.parametrize(("lines", "chance"), [(3, 0.28), (4, 0.19), (5, 0.16), (6, 0.15)])
def test_ordered_by_chance(lines: int, chance: float) -> None:
    assert float(ordered_by_chance([1] * lines)) == pytest.approx(chance, abs=0.0052)


@pytest.mark.parametrize("groups", [["A", "BC", "D"], ["AB", "CD"], ["A", "B", "C", "D", "E"], ["ABC", "D", "E"]])
def test_ordered_by_chance_is_the_mean_over_all_orders(groups: list[str]) -> None:
    scores = [ordered(placed, groups) for placed in permutations("".join(groups))]
    assert ordered_by_chance([len(group) for group in groups]) == sum(scores) / len(scores)


def test_matched() -> None:
    key = {"a": "1", "b": "2", "c": "3", "d": "4"}
    assert matched({"a": "1", "b": "2", "c": "3", "d": "1"}, key) == Fraction(3, 4)
    assert matched({}, key) == 0


def test_matched_six_claims_in_two_heaps() -> None:
    heaps = {str(number): "fact" if number < 3 else "claim" for number in range(6)}
    share = matched({**heaps, "5": "fact"}, heaps)
    assert round(float(share), 2) == 0.83
    assert round(float(above_chance(share, 2)), 2) == 0.67


@pytest.mark.parametrize(("prompts", "choices"), [(2, 2), (6, 2), (5, 3)])
def test_matched_by_chance_counts_every_guess(prompts: int, choices: int) -> None:
    guesses = list(product(range(choices), repeat=prompts))
    shares = [above_chance(Fraction(guess.count(0), prompts), choices) for guess in guesses]
    assert matched_by_chance(prompts, choices) == sum(shares) / len(guesses)
    assert max(shares) == 1
    assert min(shares) == 0


PASSAGE = "w1 w2 [[w3 w4 w5]] w6 w7 w8 w9 w10 w11 [[w12]] w13 w14 w15 w16 w17 w18 w19 w20"


@pytest.mark.parametrize(
    ("marked", "share"),
    [
        ([3, 4, 5, 12], 1.0),
        ([2, 3, 4, 5, 6, 11, 12, 13], 1.0),
        ([4, 5, 6], 1 / 3),
        ([3, 4, 12, 18], 7 / 12),
        (list(range(1, 21)), 0.0),
        ([18], 0.0),
    ],
)
def test_highlighted(marked: list[int], share: float) -> None:
    item = Highlight.model_validate({"id": "x", "prompt": "P", "passage": PASSAGE, "explain": "Because."})
    assert item.score(Marked(words=tuple(marked))).fraction == pytest.approx(share)
    neutral = {2, 6, 11, 13}
    plain = set(range(1, 21)) - neutral - {3, 4, 5, 12}
    assert item.strays_on == plain
    assert float(highlighted(marked, [(3, 4, 5), (12,)], plain)) == pytest.approx(share)


def test_a_decoy_beside_a_key_phrase_is_not_neutral() -> None:
    item = Highlight.model_validate({"id": "x", "prompt": "P", "passage": "a [[b]] ((c)) d e f", "explain": "Because."})
    assert item.strays_on == {3, 4, 5, 6}


def test_spans_serve_scripts_without_spaces() -> None:
    item = Highlight.model_validate(
        {
            "id": "x",
            "prompt": "P",
            "passage": "市议会|[[重新调整]]|晚间|((停运))。",
            "unit": "span",
            "explain": "B.",
        }
    )
    assert [piece.text for piece in item.cut.pieces] == ["市议会", "重新调整", "晚间", "停运", "。"]
    assert item.key() == [2]
    assert item.strays_on == {1, 3, 4, 5}


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("772", ["772"]),
        ("~772", ["772"]),
        ("about 772 sq miles", ["772"]),
        ("772 sq. mile", ["772"]),
        ("772 square miles", ["772"]),
        ("2,000", ["2000", "2"]),
        ("2.000", ["2", "2000"]),
        ("2 000", ["2000"]),
        ("2\u202f000", ["2000"]),
        ("2\u00a0000,5", ["2000.5"]),
        ("2\u2009000", ["2000"]),
        ("1,5", ["1.5"]),
        ("2.000,5", ["2000.5"]),
        ("1,234,567", ["1234567"]),
        ("\u22123", ["-3"]),
        ("٧٧٢", ["772"]),
        (".5", ["0.5"]),
        ("2’000", ["2000"]),
    ],
)
def test_numbers_as_people_type_them(typed: str, values: list[str]) -> None:
    assert list(numbers_in(typed, "sq miles")) == [Decimal(value) for value in values]


@pytest.mark.parametrize("typed", ["", "abc", "12 34", "1,2,3", "5 km", "1e3", "5 sq m", "--3", "3/4", "NaN", "∞"])
def test_what_is_no_number(typed: str) -> None:
    assert numbers_in(typed, "sq miles") == ()


@pytest.mark.parametrize(
    ("typed", "written"),
    [("3,5", "3.5"), (" 2 000,5", "2000.5"), ("\u22123,25", "-3.25"), ("2,000.5", "2000.5"), ("+0.50", "+0.50"),
     ("2,000", "2,000"), ("about 5", "about 5"), ("5 km", "5 km")],
)  # fmt: skip
def test_a_number_that_can_mean_only_one_is_written_as_files_say_it(typed: str, written: str) -> None:
    assert as_written(typed) == written


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("3,5", "Write 3.5."), ("2,000", "Write 2000 or 2.000: what stands here can mean both."),
     ("five", "Write a number, such as 12 or 0.5.")],
)  # fmt: skip
def test_what_a_number_in_a_file_can_mean_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Number).validate_python(typed)
    assert refused.value.errors()[0]["msg"] == sentence


def test_typed_words_are_folded() -> None:
    assert spoken("  L’État-RUN! ") == "letat run"
    assert says("STATE  run", ["state-run"])
    assert not says("!?", ["?"])
    assert says("हिंदी", ["हिंदी"])
    assert not says("हदी", ["हिंदी"])


@pytest.mark.parametrize("typed", ["satte", "stat", "statee", "stabe"])
def test_one_slip_is_named(typed: str) -> None:
    assert misspelt(typed, ["state"]) == "state"


@pytest.mark.parametrize("typed", ["state", "xx", "estates", "", "cat"])
def test_more_than_a_slip_is_not(typed: str) -> None:
    assert misspelt(typed, ["state", "car"]) is None


def test_guessing_pays_least_where_everything_is_ticked() -> None:
    assert fmean([float(several(right, right, wrong, wrong)) for right, wrong in ((2, 3), (3, 2), (1, 4))]) == 0


def test_short_cut_for_ascii_agrees_with_the_rule_for_all_texts() -> None:
    for code in range(128):
        for text in (f"a{chr(code)}B", f"{chr(code)} a", f"{chr(code)}{chr(code)}"):
            assert spoken(text) == spoken(f"é{text}").removeprefix("e").strip(), code
