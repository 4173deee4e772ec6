"""A bank that has every kind, written with care: it must load, draw, and give its key full marks."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from quizapp.bank.loader import load_file, read_skills
from quizapp.items.registry import kinds
from tests.items.pages import draw, draw_feedback, filled_in

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(os.environ.get("QUIZAPP_EXEMPLARS") or ROOT.parent / "shared" / "product" / "exemplars.yaml")


def test_exemplars_load_draw_and_give_their_key_full_marks() -> None:
    if not FILE.is_file():
        message = f"Not run: {FILE} is not here. Set QUIZAPP_EXEMPLARS to its path."
        assert not os.environ.get("CI"), message
        pytest.skip(message)
    loaded = load_file(FILE, skills=read_skills(ROOT / "questions" / "skills.yaml"))
    assert loaded.problems == ()
    assert loaded.bank is not None
    assert {item.kind for item in loaded.bank.items} == set(kinds())
    for item in loaded.bank.items:
        shown = item.shuffle(Random(4))
        response = item.from_words(item.key())
        form = item.form(shown, filled_in(draw(item, shown, response=response)))
        assert form.validate(), form.errors
        posted = item.read(form, shown)
        assert posted == response
        assert item.score(posted).fraction == (1.0 if item.key() is not None else 0.0)
        draw_feedback(item, item.explain(posted, shown))
