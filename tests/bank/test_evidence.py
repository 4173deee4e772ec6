"""The words of a passage that an explanation points at."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank import evidence
from quizapp.bank.evidence import pointed_at


def marked(passage: str, explanation: str | None) -> str:
    return "".join(f"[{one.text}]" if one.pointed_at else one.text for one in pointed_at(passage, explanation))


@pytest.mark.parametrize(
    ("passage", "explanation", "wanted"),
    [
        ("He claimed it.", "*claimed* holds back.", "He [claimed] it."),
        ("He claimed it.", "*Claimed* holds back.", "He [claimed] it."),
        ("US law binds us.", "*us* is who?", "US law binds [us]."),
        ("He claimed it.", "*claim* is no whole word here.", "He claimed it."),
        ("He claimed it.", "claimed, without emphasis, and **claimed** strongly", "He claimed it."),
        ("war, war and warm", "*war*", "[war], [war] and warm"),
        ("It didn’t happen.", "*didn't* is plain.", "It [didn’t] happen."),
        ("a so-called plan", "*so\u2011called*", "a [so-called] plan"),
        ("line one\nline two", "*one line*", "line [one\nline] two"),
        ("a b c", "*a b* and *b c*", "[a b c]"),
        ("a (b) c", "*(b)*", "a [(b)] c"),
        ("nothing", None, "nothing"),
        ("", "*x*", ""),
    ],
)
def test_words_in_emphasis_are_found_in_the_passage(passage: str, explanation: str | None, wanted: str) -> None:
    assert marked(passage, explanation) == wanted


@given(passage=st.text(max_size=60), explanation=st.text(alphabet="ab *_.\n(", max_size=40))
def test_pieces_are_the_passage_again(passage: str, explanation: str) -> None:
    pieces = pointed_at(passage, explanation)
    assert "".join(piece.text for piece in pieces) == passage
    assert all(piece.text for piece in pieces)


def test_examples_in_the_docstring_run() -> None:
    result = doctest.testmod(evidence)
    assert (result.failed, result.attempted) == (0, 1)
