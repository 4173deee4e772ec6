"""The author's guide: everything in it that can be tried is tried."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest
from pydantic import BaseModel

from quizapp.bank.examples import example
from quizapp.bank.loader import Loaded, load_text, read_skills
from quizapp.bank.model import Card, Source, Stimulus
from quizapp.items.base import Explanation, Item
from quizapp.items.registry import item_to_json, kinds

FOLDER = Path(__file__).resolve().parents[2] / "questions"
GUIDE = (FOLDER / "README.md").read_text("utf-8")
SKILLS = read_skills(FOLDER / "skills.yaml")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)

HEAD = "format: 1\nbank: guide\ntitle: Guide\nlanguage: en\n"
ONE_QUESTION = "questions:\n  - {id: one, type: short, prompt: Who?, accept: [us], why: So.}\n"


def load(example_text: str) -> Loaded:
    """Loads an example that is a whole bank, a list of questions, or a list of things to look at."""
    if example_text.startswith("format:"):
        text = example_text
    elif example_text.startswith("stimuli:"):
        text = HEAD + example_text + ONE_QUESTION
    else:
        text = f"{HEAD}questions:\n{indent(example_text, '  ')}"
    return load_text(text.encode(), "README.md", skills=SKILLS)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_example_has_no_problem(text: str) -> None:
    loaded = load(text)
    assert loaded.problems == ()
    assert loaded.bank is not None


def test_a_faulty_example_would_be_noticed() -> None:
    assert load(EXAMPLES[0].replace("prompt:", "promt:")).problems


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_has_a_heading_and_its_own_example(kind: str) -> None:
    section = GUIDE.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    bank = load(text).bank
    assert bank is not None
    (item,) = bank.items
    # The examples beside the code name skills that need not be on the shared list.
    assert {**item_to_json(item), "skill": None} == {**item_to_json(example(kind)), "skill": None}


@pytest.mark.parametrize("model", [Item, Explanation, Stimulus, Card, Source])
def test_each_field_is_named(model: type[BaseModel]) -> None:
    fields = {field.alias or name for name, field in model.model_fields.items()}
    assert {name for name in fields if f"`{name}`" not in GUIDE} == set()


@pytest.mark.parametrize("kind", kinds())
def test_each_field_of_a_kind_is_named_in_its_section(kind: str) -> None:
    section = GUIDE.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]
    fields = set(kinds()[kind].model_fields) - set(Item.model_fields)
    assert {name for name in fields if not re.search(rf"\b{name}\b", section)} == set()


def test_the_shared_skills_are_those_of_the_list() -> None:
    section = GUIDE.partition("\n## Skills\n")[2].partition("\n## ")[0]
    assert re.findall(r"`([a-z]+)`", section) == [skill.id for skill in SKILLS]


def test_links_inside_the_guide_lead_somewhere() -> None:
    anchors = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors
