"""What changed between two states of a bank, question by question, and what that means for statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from quizapp.bank.model import Bank, Stimulus
from quizapp.items.base import JSON
from quizapp.items.registry import AnyItem, item_to_json

Change: TypeAlias = Literal["added", "removed", "words", "key"]
"""`words`: statistics go on; `key`: the key or the options changed, so a new lineage begins."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as plain data; None where it was not there."""

    name: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What became of one question or stimulus."""

    id: str
    change: Change
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs. `bank` is what stands above the questions: title, language, source, skills."""

    bank: tuple[FieldChange, ...]
    stimuli: tuple[EntryChange, ...]
    questions: tuple[EntryChange, ...]
    moved: bool
    """Whether questions that both have follow each other in another order."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.bank or self.stimuli or self.questions or self.moved)


def difference(before: Bank, after: Bank) -> Difference:
    """Compare two states of a bank by the ids of their questions and stimuli.

    Returns:
        The changes, in the order of `after`, what was removed at the end.
    """
    old_items, new_items = {item.id: item for item in before.items}, {item.id: item for item in after.items}
    old_stimuli, new_stimuli = {one.id: one for one in before.stimuli}, {one.id: one for one in after.stimuli}
    both = [item_id for item_id in new_items if item_id in old_items]
    return Difference(
        bank=tuple(_fields(_envelope(before), _envelope(after))),
        stimuli=tuple(_entries(old_stimuli, new_stimuli, _stimulus_data, _stimulus_change)),
        questions=tuple(_entries(old_items, new_items, item_to_json, _item_change)),
        moved=both != [item_id for item_id in old_items if item_id in new_items],
    )


def _item_change(before: AnyItem, after: AnyItem) -> Change:
    return "words" if before.lineage_hash() == after.lineage_hash() else "key"


def _stimulus_change(before: Stimulus, after: Stimulus) -> Change:
    return "words"


def _stimulus_data(stimulus: Stimulus) -> JSON:
    return stimulus.model_dump(mode="json", exclude_defaults=True)


def _envelope(bank: Bank) -> dict[str, JSON]:
    return {
        "bank": bank.slug,
        "title": bank.title,
        "language": bank.language,
        "ages": None if bank.ages is None else str(bank.ages),
        "licence": bank.licence,
        "stands_in": bank.stands_in,
        "twin": bank.twin,
        "note": bank.note,
        "source": None if bank.source is None else bank.source.model_dump(mode="json", exclude_none=True),
        "skills": {skill.id: skill.definition for skill in bank.skills} or None,
    }


def _entries(before: dict[str, Any], after: dict[str, Any], data: Any, change: Any) -> Iterator[EntryChange]:
    for entry_id, entry in after.items():
        if entry_id not in before:
            yield EntryChange(entry_id, "added", tuple(_fields({}, data(entry))))
            continue
        fields = tuple(_fields(data(before[entry_id]), data(entry)))
        if fields:
            yield EntryChange(entry_id, change(before[entry_id], entry), fields)
    for entry_id, entry in before.items():
        if entry_id not in after:
            yield EntryChange(entry_id, "removed", tuple(_fields(data(entry), {})))


def _fields(before: dict[str, JSON], after: dict[str, JSON]) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before.get(name), after.get(name))
