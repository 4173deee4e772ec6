"""Two texts as one, with the words marked that went and came."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.words import MOST_PAIRS, bag, likeness, marked_words


def written(before: str, after: str) -> str:
    """The pieces with signs round what changed."""
    signs = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(signs[one.state].format(one.text) for one in marked_words(before, after))


def test_one_word_instead_of_another() -> None:
    assert written("The mayor *claimed* it was safe.", "The mayor *said* it was safe.") == (
        "The mayor *[-claimed-][+said+]* it was safe."
    )


def test_words_put_in_and_taken_out() -> None:
    assert written("It was closed on Monday", "It was closed") == "It was closed [-on Monday-]"
    assert written("It was closed", "It was never closed, they say") == "It was [+never+][+ +]closed[+, they say+]"


def test_marks_of_a_passage_are_words_of_their_own() -> None:
    assert written("the board is right-sizing hours", "the board is [[right-sizing hours]]") == (
        "the board is [+[[+]right-sizing hours[+]]+]"
    )


def test_a_mere_word_between_two_changes_is_no_island() -> None:
    before, after = "Who of us saw the red car go by at noon?", "Who of us met the old bus go by at noon?"
    assert written(before, after) == "Who of us [-saw the red car-][- -][+met the old bus+][+ +]go by at noon?"


def test_texts_with_little_in_common_are_shown_whole() -> None:
    assert written("One thing", "Entirely another sentence") == "[-One thing-][+Entirely another sentence+]"
    before, after = "Nobody looked at that bridge for years", "Some say a bridge stays up by itself"
    assert written(before, after) == f"[-{before}-][+{after}+]"
    assert written("", "New") == "[+New+]"
    assert written("Old", "") == "[-Old-]"


def test_texts_that_say_the_same() -> None:
    assert written("a  b\nc", "a b c ") == "a b c"
    assert marked_words("", " ") == ()


def test_scripts_without_spaces_are_marked_sign_by_sign() -> None:
    assert written("橋は安全です", "橋は危険です") == "橋は[-安全-][+危険+]です"


def test_a_text_of_the_same_word_takes_no_time() -> None:
    many = round(MOST_PAIRS**0.5) + 10
    assert [one.state for one in marked_words("so " * many, "so " * many + "it")] == ["gone", "new"]


def test_likeness_is_the_share_of_common_words() -> None:
    assert likeness(bag("a b c d"), bag("D c x y")) == 0.5
    assert likeness(bag(""), bag("")) == 1
    assert likeness(bag("a"), bag("")) == 0


words = st.lists(st.sampled_from(["the", "a", "bridge", "was", "[[shut]]", "(no", "one)", "*said*", ",", "\n"]))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(words, words)
def test_the_pieces_say_both_texts(old: list[str], new: list[str]) -> None:
    before, after = " ".join(old), " ".join(new)
    pieces = marked_words(before, after)
    assert "".join("".join(one.text for one in pieces if one.state != "new").split()) == "".join(before.split())
    assert "".join("".join(one.text for one in pieces if one.state != "gone").split()) == "".join(after.split())
    assert all(one.text for one in pieces)
