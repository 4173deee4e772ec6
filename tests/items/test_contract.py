"""Every kind of question, taken the whole way: YAML, page, post, response, score, feedback."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from quizapp.bank.examples import example
from quizapp.items.base import Example, Markdown, ResponseError
from quizapp.items.controls import PickSeveral
from quizapp.items.registry import AnyItem, item_from_json, item_to_json, kinds
from tests.items.pages import draw, draw_feedback, filled_in, parse, words_of

KINDS = tuple(kinds())
CASES = [(kind, case) for kind in KINDS for case in kinds()[kind].EXAMPLES]


def named(value: object) -> str:
    return value if isinstance(value, str) else getattr(value, "case", "")


@pytest.mark.parametrize("kind", KINDS)
def test_item_survives_its_stored_form(kind: str) -> None:
    item = example(kind)
    stored = json.loads(json.dumps(item_to_json(item)))
    again = item_from_json(stored)
    assert again == item
    assert item_to_json(again) == stored
    assert again.lineage_hash() == item.lineage_hash()


@pytest.mark.parametrize("kind", KINDS)
def test_shuffle_is_plain_json_and_repeatable(kind: str) -> None:
    item = example(kind)
    shown = item.shuffle(Random(7))
    assert json.loads(json.dumps(shown)) == shown == item.shuffle(Random(7))


@pytest.mark.parametrize(("kind", "case"), [c for c in CASES if c[1].case != "invalid"], ids=named)
def test_example_goes_through_page_and_post_to_its_score(kind: str, case: Example) -> None:
    item = example(kind)
    shown = item.shuffle(Random(3))
    response = item.from_words(case.words)

    page = draw(item, shown, response=response)
    form = item.form(shown, filled_in(page))
    assert form.validate(), form.errors
    posted = item.read(form, shown)
    assert posted == response

    if posted is not None:
        stored = json.loads(json.dumps(posted.to_json()))
        assert item.response_from_json(stored) == posted
    assert item.score(posted).fraction == (None if case.fraction is None else pytest.approx(case.fraction, abs=1e-9))
    assert (posted is None) == (case.case == "blank")
    assert bool(item.summary(posted)) == (posted is not None)
    assert "\n" not in item.summary(posted)
    assert len(item.summary(posted)) <= 160


@pytest.mark.parametrize(("kind", "case"), [c for c in CASES if c[1].case != "invalid"], ids=named)
def test_feedback_says_what_the_score_says(kind: str, case: Example) -> None:
    item = example(kind)
    response = item.from_words(case.words)
    feedback = item.explain(response, item.shuffle(Random(3)))
    assert feedback.verdict == case.case
    page = draw_feedback(item, feedback)
    parse(page)
    for reason in feedback.reasons:
        assert reason in list(item.whys())


@pytest.mark.parametrize(("kind", "case"), [c for c in CASES if c[1].case not in {"invalid", "blank"}], ids=named)
def test_what_tables_count_is_what_was_answered(kind: str, case: Example) -> None:
    item = example(kind)
    response = item.from_words(case.words)
    assert response is not None
    places, chosen = item.choosings(), item.chosen(response)
    assert len(places) == len(chosen)
    for place, keys in zip(places, chosen, strict=True):
        assert keys <= {offer.key for offer in place.offers}
        assert len(keys) <= 1 or place.several
        assert any(offer.right for offer in place.offers)
        if case.case == "right":
            rights = {offer.key for offer in place.offers if offer.right}
            assert keys <= rights
            assert keys == rights or not place.several
    words, marked = item.passage_words(), item.marked(response)
    assert all(1 <= number <= len(words) for number in marked)
    assert not words or any(word.wanted for word in words)
    assert any((places, words, item.written(response)))


@pytest.mark.parametrize(("kind", "case"), [c for c in CASES if c[1].case != "invalid"], ids=named)
def test_words_of_a_response_say_it_again(kind: str, case: Example) -> None:
    item = example(kind)
    response = item.from_words(case.words)
    if response is not None:
        words = json.loads(json.dumps(item.to_words(response)))
        assert item.from_words(words) == response


@pytest.mark.parametrize(("kind", "case"), [c for c in CASES if c[1].case == "invalid"], ids=named)
def test_words_that_are_no_answer_are_refused_in_a_sentence(kind: str, case: Example) -> None:
    with pytest.raises(ResponseError, match=r"^[A-Z“].*\.$"):
        example(kind).from_words(case.words)


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_earns_full_marks(kind: str) -> None:
    item = example(kind)
    key = item.key()
    if key is None:
        assert any(case.case == "waiting" for case in item.EXAMPLES)
        return
    response = item.from_words(key)
    assert item.score(response).fraction == 1.0
    assert item.explain(response).verdict == "right"


def test_lines_left_out_make_no_new_key() -> None:
    item = example("order")
    key = item.key()
    assert isinstance(key, list)
    response = item.from_words(key[1:])
    assert response is not None
    with pytest.raises(ResponseError, match="every line"):
        item.corrected(response, "So it is.")


@pytest.mark.parametrize("kind", KINDS)
def test_all_or_nothing_keeps_only_full_marks(kind: str) -> None:
    item = item_from_json({**item_to_json(example(kind)), "scoring": "all"})
    for case in item.EXAMPLES:
        if case.fraction is not None:
            assert item.score(item.from_words(case.words)).fraction == (1.0 if case.fraction == 1 else 0.0)


def test_what_does_not_belong_costs_where_the_kind_says_so() -> None:
    costly = {kind for kind in KINDS if kinds()[kind].strays_cost}
    assert costly >= {"multiple", "highlight"}
    assert costly.isdisjoint({"classify", "match", "order", "gaps"})
    for kind in costly:
        item = example(kind)
        shown = item.shuffle(Random(5))
        (field,) = item.form(shown)
        assert isinstance(field, PickSeveral)
        everything = item.form(shown, MultiDict((field.name, str(n)) for n, _ in enumerate(field.iter_choices())))
        assert everything.validate()
        response = item.read(everything, shown)
        assert response is not None
        assert item.mark(response) == 0, kind


def test_a_form_knows_whether_its_answer_is_typed() -> None:
    typed = {kind for kind in KINDS if example(kind).form(example(kind).shuffle(Random(5))).is_typed}
    assert typed >= {"short", "numeric", "open"}
    assert typed.isdisjoint({"choice", "judge", "match", "highlight", "gaps"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_response_of_another_shape_is_refused(kind: str) -> None:
    others: tuple[Any, ...] = (None, [], "x", 3, {"no such": "field"})
    for data in others:
        with pytest.raises(ResponseError):
            example(kind).response_from_json(data)


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_sound_without_styles_or_scripts(kind: str) -> None:
    item = example(kind)
    tree = parse(draw(item, item.shuffle(Random(1))))
    assert [words_of(h) for h in tree.iter("h1")] == [words_of(parse(draw_prompt(item)))]
    assert len(list(tree.iter("fieldset"))) == len(list(tree.iter("legend"))) >= 1
    ids = Counter(e.get("id") for e in tree.iter() if e.get("id"))
    assert [one for one, count in ids.items() if count > 1] == []
    labelled = {label.get("for") for label in tree.iter("label")}
    for element in tree.iter():
        if element.tag in {"input", "select", "textarea"}:
            assert element.get("id") in labelled or element.get("aria-label"), element.attrib
            assert str(element.get("name", "")).startswith("a-")
        for reference in str(element.get("aria-describedby") or "").split():
            assert reference in ids
        assert not {"style", "onclick", "onchange", "required"} & set(element.keys())
    assert list(tree.iter("form")) == []
    assert [b for b in tree.iter("button") if b.get("type") != "button"] == []


def draw_prompt(item: AnyItem) -> str:
    from tests.items.pages import html  # noqa: PLC0415 - one small use

    return str(html(item.prompt))


@pytest.mark.parametrize("kind", KINDS)
def test_errors_stand_beside_their_field_and_can_be_reached(kind: str) -> None:
    item = example(kind)
    shown = item.shuffle(Random(1))
    names = [field.name for field in item.form(shown)]
    post: MultiDict[str, str] = MultiDict([(name, value) for name in names for value in ("no such place", "x" * 9000)])
    form = item.form(shown, post)
    assert not form.validate()
    page = draw(item, shown, post=post)
    tree = parse(page)
    ids = {element.get("id") for element in tree.iter()}
    fields: Any = form  # our controls know more than the published stubs say
    for field in fields:
        for error in field.errors:
            assert error.endswith(".")
            assert str(error) in words_of(tree)
            assert field.first_id in ids
            assert f"{field.id}-error" in ids


HIDDEN_FIELDS = {"misconception", "lure", "id", "why", "where", "accept", "rubric", "near"}


def secrets(item: AnyItem) -> set[str]:
    """What must not be in a page before the answer: reasons, tags of options, their ids."""
    data = item_to_json(item)
    data.pop("id")
    explained = () if item.explanation is None else item.explanation.parts()
    found = {*item.whys(), *explained, *hidden_texts(data), *texts_in(item.shuffle(Random(0)))}
    return {secret for secret in found if len(secret) > 1}


def hidden_texts(value: Any) -> set[str]:
    """The texts of fields that only feedback may show."""
    if isinstance(value, dict):
        return set().union(*(texts_in(v) if key in HIDDEN_FIELDS else hidden_texts(v) for key, v in value.items()))
    return set().union(*map(hidden_texts, value)) if isinstance(value, list) else set()


def texts_in(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(texts_in, inner))


@pytest.mark.parametrize("kind", KINDS)
def test_page_before_the_answer_holds_no_trace_of_the_key(kind: str) -> None:
    item = example(kind)
    page = draw(item, item.shuffle(Random(5)))
    tree = parse(page)
    public = item.prompt + str(getattr(item, "passage", ""))
    for secret in secrets(item):
        assert secret in public or secret not in page
    attributes = {f"{name}={value}" for e in tree.iter() for name, value in e.attrib.items()}
    for word in ("right", "wrong", "correct", "key", "decoy", "[[", "(("):
        assert not [one for one in attributes if word in one.replace("data-wordkeys", "")]


def turned(data: Any) -> Any:
    """The same question with another key, and nothing else changed that a student could see."""
    if isinstance(data, list):
        partners = [one["heap" if "heap" in one else "right"] for one in data if isinstance(one, dict) and _paired(one)]
        if partners and len(partners) == len(data):
            name = "heap" if "heap" in data[0] else "right"
            return [{**one, name: partner} for one, partner in zip(data, partners[1:] + partners[:1], strict=True)]
        options = [one for one in data if isinstance(one, dict) and ("right" in one) != ("wrong" in one)]
        return _swapped(data) if options else [turned(one) for one in data]
    if not isinstance(data, dict):
        return data
    changed = {key: turned(value) for key, value in data.items()}
    other = {
        "accept": ["something else"],
        "answer": "987654",
        "between": ["987654", "987655"],
        "rubric": {"0": "Nothing", "1": "Something"},
        "spans": [],
    }
    changed.update({key: value for key, value in other.items() if key in data})
    if "verdict" in data:
        changed["verdict"] = {"sound": "problem", "problem": "sound"}[data["verdict"]]
    if "items" in data:
        changed["items"] = list(reversed(data["items"]))
    if "[[" in str(data.get("passage")):
        changed["passage"] = data["passage"].translate(str.maketrans("[]()", "()[]"))
    return changed


def _paired(one: dict[str, Any]) -> bool:
    return "heap" in one or {"left", "right"} <= set(one)


def _swapped(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    right = next(place for place, one in enumerate(options) if "right" in one)
    wrong = next(place for place, one in enumerate(options) if "wrong" in one)
    result = list(options)
    for place, old, new in ((right, "right", "wrong"), (wrong, "wrong", "right")):
        result[place] = {new if key == old else key: value for key, value in options[place].items()}
    return result


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_the_same_whatever_the_key_is(kind: str) -> None:
    item = example(kind)
    data = json.loads(json.dumps(item_to_json(item)))
    twin = item_from_json({**turned(data), "explain": "Another reason."})
    assert twin.lineage_hash() != item.lineage_hash()
    shown = item.shuffle(Random(11))
    assert draw(twin, shown) == draw(item, shown)


@pytest.mark.parametrize("kind", KINDS)
def test_shown_order_tells_nothing_of_the_authored_order(kind: str) -> None:
    item = example(kind)
    shown = [item.shuffle(Random(seed)) for seed in range(60)]
    for name, first in shown[0].items():
        if name != "heaps" and isinstance(first, list) and len(first) > 1:
            assert len({one[name][0] for one in shown}) > 1
            assert len({tuple(one[name]) for one in shown}) > 3 or len(first) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_lineage_changes_with_the_key_only(kind: str) -> None:
    item = example(kind)
    data = item_to_json(item)
    assert item_from_json({**data, "prompt": "Mended prompt", "hints": ["New"]}).lineage_hash() == item.lineage_hash()
    reworded = json.loads(json.dumps(data), object_hook=lambda d: {**d, "why": "Reworded."} if "why" in d else d)
    assert item_from_json(reworded).lineage_hash() == item.lineage_hash()


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_all_that_pages_ask_for(kind: str) -> None:
    """A page may only ask for the HTML of a text that publishing has prepared."""
    from tests.items.pages import ENVIRONMENT, html, macros  # noqa: PLC0415 - one small use

    item = example(kind)
    ready = set(item.texts())

    def prepared(source: str, *, block: bool = False) -> Any:
        assert Markdown(source, block) in ready, (source, block)
        return html(source, block=block)

    shown = item.shuffle(Random(2))
    assert ENVIRONMENT.autoescape
    macros(kind).draw(item, item.form(shown), prepared)
    for case in item.EXAMPLES:
        if case.case != "invalid":
            macros(kind).feedback(item, item.explain(item.from_words(case.words), shown), prepared)


def test_chance_is_a_share() -> None:
    for kind in KINDS:
        chance = example(kind).chance()
        assert chance is None or 0 <= chance < 1


@pytest.mark.parametrize("kind", KINDS)
def test_marking_is_fast(kind: str) -> None:
    item = example(kind)
    response = item.from_words(item.EXAMPLES[0].words)
    item.score(response)
    best = min(_time(lambda: item.score(response)) for _ in range(20))
    assert best < 0.001


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


NASTY = st.one_of(
    st.sampled_from(["", "0", "1", "2", "-1", "99", "1.0", "\uff11", " 1", "1_0", "0x1", "None", "on", "772 sq mi"]),
    st.sampled_from(["\x00", "\ud800", "\U0001f642", "\u202eabc", "\u0661", "1e999", "9" * 5000]),
    st.integers(-3, 40).map(str),
    st.text(max_size=40),
    st.just("x" * 20_000),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_post_is_a_response_or_a_field_error(kind: str, data: st.DataObject) -> None:
    item = example(kind)
    shown = item.shuffle(Random(1))
    names = [field.name for field in item.form(shown)]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from([*names, "a-other", "answer"]), NASTY), max_size=12))
    post = MultiDict(pairs)
    form = item.form(shown, post)
    if not form.validate():
        assert any(field.errors for field in form)
        draw(item, shown, post=post)
        return
    response = item.read(form, shown)
    draw(item, shown, post=post)
    if response is None:
        return
    stored = json.loads(json.dumps(response.to_json(), ensure_ascii=False).encode("utf-8"))
    assert item.response_from_json(stored) == response
    fraction = item.score(response).fraction
    assert fraction is None or 0 <= fraction <= 1
    item.summary(response)
    draw_feedback(item, item.explain(response, shown))
    again: Any = item.form(shown, None, response)
    for field in again:
        if field.control in {"one", "several", "words", "menu"} and field.data:
            chosen = field.data if isinstance(field.data, list) else [field.data]
            assert set(chosen) <= set(post.getlist(field.name)), "credit for an option that was not posted"


def test_picks_name_the_chosen_answers_and_nothing_else() -> None:
    choice, judge, gaps = example("choice"), example("judge"), example("gaps")
    (pick,) = choice.picks(choice.from_words("It shows that the statement was checked"))
    assert (pick.right, pick.lure, pick.misconception, pick.sound) == (
        False,
        "credulous",
        "reported-means-checked",
        None,
    )
    assert [(p.option, p.right, p.sound) for p in judge.picks(judge.from_words("problem"))] == [
        ("problem", False, True)
    ]
    words = {"1": "the tap was opened", "2": "40"}
    assert [(p.place, p.right) for p in gaps.picks(gaps.from_words(words))] == [("1", False)]


@pytest.mark.parametrize("kind", KINDS)
def test_picks_agree_with_the_alternatives_and_the_mark(kind: str) -> None:
    item = example(kind)
    for case in item.EXAMPLES:
        if case.case == "invalid" or (response := item.from_words(case.words)) is None:
            continue
        picks = item.picks(response)
        assert all(len(pick.option) <= 64 and len(pick.place) <= 64 for pick in picks)
        if picks and item.score(response).fraction == 1:
            assert all(pick.right for pick in picks)
        if item.alternatives():
            assert picks or kind == "gaps"
