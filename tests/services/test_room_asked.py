"""What can be pasted into a room, and what marks on it come to."""

from __future__ import annotations

import pytest

from quizapp.services.room_asked import TEXT_MAX, WORDS_MAX, PassageAsked, PassageError, passage
from quizapp.services.room_counts import phrases_of


@pytest.fixture(autouse=True)
def context() -> None:
    """Nothing here needs the app."""


def words(text: str) -> list[str]:
    return [word.text for word in passage("", text).words]


def reason(text: str) -> tuple[str, int]:
    with pytest.raises(PassageError) as refused:
        passage("", text)
    return refused.value.reason, refused.value.amount


def test_anything_can_be_pasted_and_nothing_in_it_means_anything() -> None:
    assert words("One") == ["One"]
    assert words("<b>Bold</b> & \x00new [[not a key]] ((nor this)) {{ 7*7 }}") == [
        *("<b>Bold</b>", "&", "new", "[[not", "a", "key]]", "((nor", "this))", "{{", "7*7", "}}"),
    ]
    assert words("😀 🇺🇦 👩‍👩‍👧 a|b | c") == ["😀", "🇺🇦", "👩‍👩‍👧", "a|b", "|", "c"]
    asked = passage("  Mark\n it ", "First line.\r\n\r\nSecond \t line.")
    assert asked.prompt == "Mark it"
    assert "".join(word.text + word.gap for word in asked.words) == "First line.\nSecond line."


def test_scripts_without_spaces_are_cut_at_bars() -> None:
    sentence = "市議会は図書館の開館時間を短縮すると発表した"
    assert reason(sentence) == (PassageError.UNBROKEN, 0)
    assert reason("วันนี้ฝนตกหนักมากที่กรุงเทพ") == (PassageError.UNBROKEN, 0)
    assert words("市議会は|図書館の|開館時間を|短縮すると|発表した。") == [
        *("市議会は", "図書館の", "開館時間を", "短縮すると", "発表した。")
    ]
    assert "".join(word.text + word.gap for word in passage("", "今天|下雨 很大|").words) == "今天下雨 很大"
    assert words("https://example.org/a-long-address-without-any-space-at-all-in-it") != []


def test_too_much_and_nothing_are_refused_with_how_much_it_is() -> None:
    for nothing in ("", "  \n\t ", "\x00\x07"):
        assert reason(nothing) == (PassageError.EMPTY, 0)
    assert len(words("word " * WORDS_MAX)) == WORDS_MAX
    assert reason("word " * 5000) == (PassageError.TOO_MANY_WORDS, 5000)
    assert reason("x" * (TEXT_MAX + 1)) == (PassageError.TOO_LONG, TEXT_MAX + 1)


def test_a_text_runs_as_its_first_letter_does() -> None:
    directions = [passage("", text).direction for text in ("12 – كلمة word", "«שלום» abc", "word كلمة", "123 !?")]
    assert directions == ["rtl", "rtl", "ltr", "ltr"]


def test_an_answer_goes_into_its_form_and_comes_back() -> None:
    asked = PassageAsked("p", "One two three.")
    form = asked.form(content={"words": [1, 3]})
    assert asked.read(form) == {"words": [1, 3]}
    assert asked.read(asked.form()) == {"words": []}


def test_counts_are_told_as_phrases_most_marked_first() -> None:
    asked = PassageAsked("p", "One two three four five.")
    counted = asked.count([{"words": [2, 3]}, {"words": [2, 3, 5]}, {"words": []}])
    assert counted.markers == 2
    assert [(phrase.text, phrase.count) for phrase in phrases_of(counted)] == [("two three", 2), ("five.", 1)]
    swing = asked.swing([({"words": [1]}, {"words": [2]}), ({"words": [1]}, {"words": [1]})])
    assert (swing.both, swing.changed_their_mind) == (2, 1)
    assert [(one.text, one.before, one.after, one.change) for one in swing.phrases] == [
        ("One", 2, 1, -1),
        ("two", 0, 1, 1),
    ]
