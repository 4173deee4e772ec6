"""What forms say, and what options may do, beyond what every kind's examples show."""

from __future__ import annotations

from random import Random

from werkzeug.datastructures import MultiDict

from quizapp.bank.examples import example
from quizapp.items.kinds.choice import Choice, Chosen
from tests.items.pages import draw, draw_feedback, parse, words_of


def choice(**changes: object) -> Choice:
    data = {"id": "x", "prompt": "P", "options": [{"right": "A", "why": "W"}, {"wrong": "B"}, {"wrong": "C"}]}
    return Choice.model_validate({**data, **changes})


def test_pinned_option_stays_last() -> None:
    item = choice(options=[{"wrong": "Z", "pin": "last"}, {"right": "A", "why": "W"}, {"wrong": "B"}])
    last = item.options[0].key
    assert all(item.shuffle(Random(seed))["options"][-1] == last for seed in range(30))


def test_two_answers_to_a_single_choice_are_an_error() -> None:
    item = choice()
    form = item.form(item.shuffle(Random(1)), MultiDict([("a-answer", "0"), ("a-answer", "1")]))
    assert not form.validate()
    assert form.errors == {"answer": ["Choose one answer only."]}


def test_a_reason_is_kept_and_never_marked() -> None:
    item = choice(ask_reason=True)
    shown = item.shuffle(Random(1))
    place = str(shown["options"].index(item.options[0].key))
    form = item.form(shown, MultiDict({"a-answer": place, "a-reason": " because\r\nof it "}))
    assert form.validate()
    response = item.read(form, shown)
    assert response == Chosen(option=item.options[0].key, reason="because\nof it")
    assert item.score(response).fraction == 1.0
    assert "because" in draw(item, shown, response=response)
    assert "because" in draw_feedback(item, item.explain(response, shown))


def test_a_reason_alone_is_kept_but_blank() -> None:
    item = choice(ask_reason=True)
    shown = item.shuffle(Random(1))
    form = item.form(shown, MultiDict({"a-reason": "not sure yet"}))
    assert form.validate()
    response = item.read(form, shown)
    assert response == Chosen(option=None, reason="not sure yet")
    assert item.score(response).fraction == 0.0
    assert item.explain(response, shown).verdict == "blank"


def test_a_students_words_are_never_markup() -> None:
    for kind, name in (("short", "a-answer"), ("open", "a-answer"), ("gaps", "a-g2")):
        item = example(kind)
        shown = item.shuffle(Random(1))
        form = item.form(shown, MultiDict({name: "<img src=x onerror=alert(1)> {{7*7}}"}))
        assert form.validate()
        response = item.read(form, shown)
        for page in (draw(item, shown, response=response), draw_feedback(item, item.explain(response, shown))):
            assert list(parse(page).iter("img")) == []
            assert "{{7*7}}" in page


def test_two_lines_in_one_place_are_an_error_that_says_what_to_do() -> None:
    item = example("order")
    shown = item.shuffle(Random(1))
    form = item.form(shown, MultiDict({"a-p0": "1", "a-p1": "1", "a-p2": "2"}))
    assert not form.validate()
    assert form.errors == {"p1": ["Two lines have place 2. Give each line its own place."]}


def test_places_with_holes_are_kept_as_they_were_given() -> None:
    item = example("order")
    shown = item.shuffle(Random(1))
    form = item.form(shown, MultiDict({"a-p0": "3", "a-p2": "0"}))
    assert form.validate()
    response = item.read(form, shown)
    again = item.form(shown, None, response)
    assert [field.data for field in again] == ["3", None, "0", None]


def test_a_number_that_is_none_is_an_error_with_the_unit() -> None:
    item = example("numeric")
    form = item.form({}, MultiDict({"a-answer": "15 km"}))
    assert not form.validate()
    assert form.errors == {"answer": ["Write a number, such as 12 or 1,500, in %."]}


def test_near_misses_are_named_and_not_marked() -> None:
    short, numeric = example("short"), example("numeric")
    why = "A review is written for readers. This was paid for by the maker."
    assert short.explain(short.from_words("review")).reasons == (why,)
    assert numeric.explain(numeric.from_words("84.5")).reasons == ("That is the share of those who did not vote.",)
    page = draw_feedback(short, short.explain(short.from_words("advertisment")))
    assert "Check the spelling: advertisement" in words_of(parse(page))


def test_marks_in_a_passage_are_told_without_colour() -> None:
    item = example("highlight")
    page = draw_feedback(item, item.explain(item.from_words([5, 6, 11, 12, 18])))
    said = words_of(parse(page))
    for words in (
        "[found: right-sizing opening✓ ]",
        "○ ]",
        "✕ ]",
        "Partly found",
        "Missed",
        "Marked, but not asked for",
    ):
        assert words in said
    assert "You marked this; it is sound" in said
