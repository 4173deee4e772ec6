"""Every kind of question on paper: how it is answered, and no key."""

from __future__ import annotations

import re

import pytest

from quizapp.bank.examples import example
from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank
from quizapp.bank.paper import paper
from quizapp.items.registry import kinds

#: What must stand on the paper of each kind's example.
ANSWERED = {
    "choice": ["Choose one answer.", "- D: It has no effect on the reader", "- Question 1. Put *said* in its place"],
    "classify": ["one letter in front", "- A: It can be checked", "\\_\\_\\_ The second hour drags."],
    "gaps": ["At 6 a.m. (1) …, and (2) … litres", "- (1) ", " / ", "- (2) \\_\\_"],
    "highlight": ["Underline the words.", "The library board is right-sizing opening hours from June."],
    "judge": ["*sound* means", "- A: sound\n- B: problem", "If you like, underline"],
    "match": ["- \\_\\_\\_ The bridge was built in 1931.", ": The maker of the cars"],
    "multiple": ["Tick every answer", "- [ ] People were leaving"],
    "numeric": ["Write a number: \\_\\_\\_\\_ %"],
    "open": ["Write about 12 words."],
    "order": ["1 is *least sure*", "from 1 to 4", "\\_\\_\\_ The shop may close"],
    "short": ["Write a short answer:"],
}

STIMULI = """\
format: 1
bank: things
title: Things
language: en
source: {title: Pool stays closed, outlet: The Town Paper, author: R. Example, date: 3 May 2026}
stimuli:
  - id: closing
    kind: quote
    quote: right-sizing opening hours
    context: A board announced a change.
    gloss: {right-sizing: making smaller}
    credit: Made up
  - id: headlines
    kind: cards
    cards:
      - {title: Paper A, who: A national paper, date: 3 May, text: Council shuts pool}
      - {title: Paper B, text: Pool closed}
questions:
  - {id: one-of-two, type: short, about: closing, needs: article, prompt: Which word?, accept: [cut], why: So.}
  - {id: two-of-two, type: short, about: headlines, prompt: Which paper?, accept: [a], why: So.}
"""


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_says_how_it_is_answered(kind: str) -> None:
    item = example(kind)
    printed = paper(Bank("a-bank", "A bank", "en", None, None, (), (), (item,)))
    said = " ".join(printed.split())
    assert [part for part in ANSWERED[kind] if part not in printed and part not in said] == []
    assert not re.search(r"\[\[|\]\]|\(\(|\)\)", printed)
    assert [why for why in item.whys() if why in said and item.kind != "open"] == []
    assert item.id not in printed


def test_things_to_look_at_are_printed_whole() -> None:
    bank = load_text(STIMULI.encode(), "things.yaml", skills=()).bank
    assert bank is not None
    printed = paper(bank)
    for part in (
        "*Pool stays closed* (The Town Paper, R. Example, 3 May 2026)",
        "> In the article: “right-sizing opening hours”",
        "> A board announced a change.",
        "> - *right-sizing*: making smaller",
        "> (Made up)",
        "**Paper A** · A national paper · 3 May\\\n> Council shuts pool",
        "**Paper B**\\\n> Pool closed",
        "You need the whole article",
    ):
        assert part in printed
    assert "one-of-two" not in printed
