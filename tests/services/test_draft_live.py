"""What the editor is told while somebody types; nothing of it is stored."""

from __future__ import annotations

import pytest

from quizapp.services import draft_live, drafts, publishing
from quizapp.services.draft_live import LiveState
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import SKILLS, Teacher

TEXT = """\
format: 1
bank: towns
title: Towns
language: en
stimuli:
  - id: plan
    kind: image
    image: plan.png
    alt: A drawing
    credit: Us
questions:
  - id: first
    type: short
    skill: verbs
    prompt: Who says <b>so</b>?
    accept: [nobody]
    why: No name is given.
  - id: second
    type: choice
    about: plan
    prompt: Which?
    options:
      - right: A
        why: Yes.
      - wrong: B
        why: No.
"""


@pytest.fixture
def teacher() -> Teacher:
    publishing.publish_skills(SKILLS)
    return factories.make_teacher()


@pytest.fixture
def draft(teacher: Teacher) -> str:
    return drafts.create_draft(teacher.id, "title: Towns", pictures={"plan.png": "0" * 64 + ".png"}, now=START)


def test_the_question_at_the_cursor_is_shown(teacher: Teacher, draft: str) -> None:
    def at(line: int) -> tuple[str, tuple[int, int]]:
        live = draft_live.live_preview(draft, teacher.id, TEXT, line)
        assert live.question is not None
        return live.question.content.item.id, live.lines

    first, second = ("first", (12, 17)), ("second", (18, 27))
    assert [at(line) for line in (12, 17, 18, 27)] == [first, first, second, second]
    assert [at(3), at(11)] == [("first", (3, 17)), ("first", (11, 17))]
    assert at(7) == ("second", (6, 10))  # the question that is about the picture
    shown = draft_live.live_preview(draft, teacher.id, TEXT, 20)
    assert shown.picture == "0" * 64 + ".png"
    assert drafts.read_draft(draft, teacher.id).text == "title: Towns"


def test_text_is_cleaned_and_answers_keep_their_order_while_one_writes(teacher: Teacher, draft: str) -> None:
    seen = draft_live.live_preview(draft, teacher.id, TEXT, 12).question
    assert seen is not None
    assert "<b>" not in seen.html(seen.content.item.prompt)
    assert seen.skill_name is not None
    orders = [
        draft_live.live_preview(draft, teacher.id, TEXT.replace("Which?", prompt), 19).question
        for prompt in ("Which", "Which?", "Which one", "Which one?", "Which of", "Which of them?", "What", "What?")
    ]
    assert len({str(one.shown) for one in orders if one is not None}) == 1


@pytest.mark.parametrize(
    ("broken", "line", "state"),
    [
        (TEXT.replace("format: 1", "format: 7\nnonsense: x"), 13, LiveState.SHOWN),  # the head is no question
        (TEXT.replace("accept: [nobody]", "acept: [nobody]"), 12, LiveState.BROKEN),
        (TEXT.replace("accept: [nobody]", "acept: [nobody]"), 18, LiveState.SHOWN),
        (TEXT.replace("prompt: Who", "prompt: 'Who"), 12, LiveState.BROKEN),
        (TEXT.replace("prompt: Who", "prompt: 'Who"), 18, LiveState.SHOWN),
        (TEXT.partition("questions:")[0], 3, LiveState.NONE),
        ("", 1, LiveState.BROKEN),
    ],
)
def test_a_mistake_elsewhere_does_not_stop_the_preview(
    teacher: Teacher, draft: str, broken: str, line: int, state: LiveState
) -> None:
    live = draft_live.live_preview(draft, teacher.id, broken, line)
    assert (live.state, live.question is not None) == (state, state is LiveState.SHOWN)
    # The browser must know whether what it shows is the question that broke.
    assert live.wanted == ({12: "first", 13: "first", 18: "second"}.get(line))


def test_findings_know_the_pictures_of_the_draft(teacher: Teacher, draft: str) -> None:
    codes = {one.code for one in draft_live.live_check(draft, teacher.id, TEXT, now=START).checked.problems}
    assert "no-picture" not in codes
    other = draft_live.live_check(draft, teacher.id, TEXT.replace("plan.png", "map.png"), now=START)
    assert "no-picture" in {one.code for one in other.checked.problems}


def test_a_colleagues_draft_is_not_there(draft: str) -> None:
    other = factories.make_teacher("other")
    with pytest.raises(NotFoundError):
        draft_live.live_check(draft, other.id, TEXT, now=START)
    with pytest.raises(NotFoundError):
        draft_live.live_preview(draft, other.id, TEXT, 1)
