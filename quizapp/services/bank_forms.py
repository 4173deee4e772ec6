"""Banks written by filling in forms: what a form shows of a draft's text, and the text that a form makes.

The draft's text stays the only truth: a form reads it, changes one entry in it and saves it. The text is read in
these requests, which is the author's own work on it.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from quizapp.bank import editing
from quizapp.bank.editing import Entry, Opened, Section, UnreadableError, free_id, open_text
from quizapp.bank.form_values import control_of, to_fields, to_form, unknown_in
from quizapp.bank.loader import load_text
from quizapp.bank.model import Envelope, Stimulus
from quizapp.bank.places import way_to
from quizapp.bank.problems import Problem
from quizapp.bank.shapes import Shape, shapes_of
from quizapp.items.base import JSON, shorten
from quizapp.items.registry import kinds
from quizapp.services.drafts import DraftChanged, DraftView, check_draft, read_draft, save_draft, shared_skills
from quizapp.services.rosters import NotFoundError
from quizapp.text import plain

HEAD_FIELDS = ("title", "language", "note", "licence", "source")
STIMULUS, BANK = "stimulus", "bank"


@dataclass(frozen=True)
class Finding:
    """A finding of the check, and the name of the control it is about; "" for the whole."""

    control: str
    problem: Problem


@dataclass(frozen=True)
class Line:
    """A question or a thing to look at, in the list of a bank."""

    key: str
    number: int
    kind: str
    text: str
    """What it says, plain words; "" while that is not written."""
    line: int
    """Where it begins in the text."""
    shown: bool
    """Whether a form can show it."""
    mistakes: int
    advice: int


@dataclass(frozen=True)
class Kind:
    """A kind of question, as its module describes it."""

    name: str
    purpose: str


@dataclass(frozen=True)
class BankForm:
    """A draft as a list of questions."""

    draft: DraftView
    broken: tuple[Problem, ...]
    """What stands in the way of any form; the rest is empty then."""
    head: Mapping[str, Any] = field(default_factory=dict)
    head_findings: tuple[Finding, ...] = ()
    questions: tuple[Line, ...] = ()
    stimuli: tuple[Line, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def mistakes(self) -> int:
        """How many findings stand in the way of publishing."""
        lines = sum(one.mistakes for one in (*self.questions, *self.stimuli))
        return lines + sum(one.problem.level == "error" for one in self.head_findings)


@dataclass(frozen=True)
class EntryForm:
    """One question, or one thing to look at, as a form shows it."""

    draft: DraftView
    owner: str
    """The kind of question, or `stimulus`."""
    purpose: str
    key: str | None
    """None: it is new."""
    number: int
    total: int
    shapes: tuple[Shape, ...]
    values: Mapping[str, Any]
    kept: tuple[str, ...]
    """Fields of the text that the form cannot show."""
    unknown: tuple[str, ...]
    """Fields inside rows that the form does not know."""
    menus: Mapping[str, tuple[tuple[str, str], ...]]
    findings: tuple[Finding, ...]
    line: int
    asked_of: int = 0
    """For a thing to look at: how many questions are about it."""

    @property
    def mistakes(self) -> int:
        """How many findings stand in the way of publishing."""
        return sum(one.problem.level == "error" for one in self.findings)


def bank_form(draft: str, account_id: int, *, now: datetime) -> BankForm:
    """Return a draft as a form shows it.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(draft, account_id)
    try:
        opened = open_text(view.text)
    except UnreadableError as error:
        return BankForm(view, error.problems)
    found = _found(view, opened, now)
    head, _kept = to_form(head_shapes(), opened.head)
    entries = {section: _lines(opened, section, found) for section in ("questions", "stimuli")}
    placed = (Finding(control_of(head_shapes(), opened.head, way), one) for way, one in found if not _inside(way))
    return BankForm(
        view, (), head, tuple(placed), entries["questions"], entries["stimuli"],
        tuple(Kind(name, purpose_of(name)) for name in kinds()),
    )  # fmt: skip


def entry_form(draft: str, account_id: int, section: Section, key: str, *, now: datetime) -> EntryForm:
    """Return one entry of a draft as a form shows it.

    Raises:
        NotFoundError: there is no such draft of theirs, or no such entry that a form could show.
        UnreadableError: the text has mistakes that must be mended first.
    """
    view = read_draft(draft, account_id)
    opened = open_text(view.text)
    entry, owner, shapes = _entry(opened, section, key)
    fields = entry.fields or {}
    values, kept = to_form(shapes, fields)
    found = _found(view, opened, now)
    return EntryForm(
        draft=view,
        owner=owner,
        purpose=purpose_of(owner),
        key=key,
        number=entry.place + 1,
        total=len(opened.questions if section == "questions" else opened.stimuli),
        shapes=shapes,
        values=values,
        kept=tuple(name for name in kept if name != "type"),
        unknown=unknown_in(shapes, fields),
        menus=_menus(view, opened),
        findings=tuple(
            Finding(control_of(shapes, fields, way[2:]), one) for way, one in found if way[:2] == (section, entry.place)
        ),
        line=entry.line,
        asked_of=sum((one.fields or {}).get("about") == key for one in opened.questions),
    )


def new_entry(draft: str, account_id: int, owner: str) -> EntryForm:
    """Return the form of an entry that is not there yet. Raises as `entry_form` does.

    Args:
        owner: the kind of question, or `stimulus`.
    """
    view = read_draft(draft, account_id)
    opened = open_text(view.text)
    shapes = entry_shapes(owner)
    total = len(opened.stimuli if owner == STIMULUS else opened.questions)
    return EntryForm(
        view, owner, purpose_of(owner), None, total + 1, total + 1, shapes, {}, (), (), _menus(view, opened), (), 0
    )


def loose_entry(draft: str, account_id: int, owner: str, key: str | None) -> EntryForm:
    """Return the form of a kind for what was typed, whatever has become of the draft's text meanwhile.

    Raises:
        NotFoundError: there is no such draft of theirs, or no such kind.
    """
    view = read_draft(draft, account_id)
    return EntryForm(view, owner, purpose_of(owner), key, 0, 0, entry_shapes(owner), {}, (), (), {}, (), 0)


def stored_entry(draft: str, account_id: int, section: Section, key: str | None) -> tuple[str | None, str | None]:
    """Return what an entry says in the draft's text now, as it is written, and its key.

    Both are None where it is not there any more; the text alone while the draft's text cannot be read.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(draft, account_id)
    if key is None:
        return None, None
    try:
        entry = open_text(view.text).entry(section, key)
    except UnreadableError:
        return view.text, key
    except KeyError:
        return None, None
    return editing.entry_text(view.text, section, entry.place), key


def save_entry(
    draft: str,
    account_id: int,
    section: Section,
    key: str | None,
    values: Mapping[str, Any],
    *,
    owner: str,
    version: int,
    now: datetime,
) -> str:
    """Write what a form says into the draft's text, finished or not, and return the key of the entry.

    Args:
        section: the list it stands in.
        key: the entry; None: a new one, at the end.
        values: what the form says, by the names of the fields.
        owner: the kind of a new question, or `stimulus`.
        version: the version of the draft that the form was drawn from.

    Raises:
        DraftChanged: the draft was saved from elsewhere since.
        NotFoundError, UnreadableError: as `entry_form`.
        TextTooLongError: the text would be longer than a bank may be.
    """
    view, opened = _held(draft, account_id, version)
    if key is None:
        shapes = entry_shapes(owner)
        entries = opened.stimuli if section == "stimuli" else opened.questions
        fields = to_fields(shapes, values, {})
        slug = free_id(_said(fields), entries, otherwise="text" if owner == STIMULUS else "question")
        new = {"id": slug, **({} if owner == STIMULUS else {"type": owner}), **fields}
        text = editing.insert_entry(view.text, section, new)
        _save(view, account_id, text, version, now)
        return slug
    entry, _owner, shapes = _entry(opened, section, key)
    was = entry.fields or {}
    _values, kept = to_form(shapes, was)
    fields = to_fields(shapes, values, was, kept)
    if not entry.named:
        entries = opened.stimuli if section == "stimuli" else opened.questions
        slug = free_id(_said(fields), entries)
        fields = {"id": slug, **{name: value for name, value in fields.items() if name != "id"}}
        key = slug
    _save(view, account_id, editing.replace_entry(view.text, section, entry.place, fields), version, now)
    return key


def remove_entry(draft: str, account_id: int, section: Section, key: str, *, version: int, now: datetime) -> str:
    """Take an entry out of the draft's text and return what it said, plain words. Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    entry = _find(opened, section, key)
    _save(view, account_id, editing.remove_entry(view.text, section, entry.place), version, now)
    return _plain_words(entry.fields or {})


def move_question(draft: str, account_id: int, key: str, by: Literal[-1, 1], *, version: int, now: datetime) -> None:
    """Put a question one place up (-1) or down (1). Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    entry = _find(opened, "questions", key)
    _save(view, account_id, editing.move_entry(view.text, "questions", entry.place, by), version, now)


def save_head(draft: str, account_id: int, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Write the fields of the bank itself into the draft's text. Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    _values, kept = to_form(head_shapes(), opened.head)
    fields = to_fields(head_shapes(), values, opened.head, kept)
    changes = {name: fields.get(name) for name in HEAD_FIELDS if fields.get(name) != opened.head.get(name)}
    _save(view, account_id, editing.set_head(view.text, changes) if changes else view.text, version, now)


def seen_number(draft: str, account_id: int, key: str) -> int | None:
    """Return the number under which a question of a draft is shown as students see it; None while it has a mistake.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(draft, account_id)
    bank = load_text(view.text.encode(), "bank.yaml", skills=shared_skills()).readable
    ids = [] if bank is None else [item.id for item in bank.items]
    return ids.index(key) + 1 if key in ids else None


def head_shapes() -> tuple[Shape, ...]:
    """The fields of the bank that its form shows, in their order on the page."""
    shapes = {shape.name: shape for shape in shapes_of(Envelope)}
    return tuple(shapes[name] for name in HEAD_FIELDS)


def entry_shapes(owner: str) -> tuple[Shape, ...]:
    """The fields of a kind of question, or of a stimulus. Raises NotFoundError for no such kind."""
    if owner == STIMULUS:
        return shapes_of(Stimulus)
    if owner not in kinds():
        raise NotFoundError("kind")
    return shapes_of(kinds()[owner])


def purpose_of(owner: str) -> str:
    """What a kind of question asks of a student, in one line; "" for anything else."""
    if owner not in kinds():
        return ""
    return (inspect.getdoc(sys.modules[kinds()[owner].__module__]) or "").partition("\n")[0]


def _held(draft: str, account_id: int, version: int) -> tuple[DraftView, Opened]:
    """The draft and its text, if it still is the version that the form was drawn from."""
    view = read_draft(draft, account_id)
    if view.version != version:
        raise DraftChanged(view.text, view.version, view.saved_at)
    return view, open_text(view.text)


def _save(view: DraftView, account_id: int, text: str, version: int, now: datetime) -> None:
    save_draft(view.public_id, account_id, text, version=version, now=now)


def _find(opened: Opened, section: Section, key: str) -> Entry:
    try:
        return opened.entry(section, key)
    except KeyError:
        raise NotFoundError("entry") from None


def _entry(opened: Opened, section: Section, key: str) -> tuple[Entry, str, tuple[Shape, ...]]:
    entry = _find(opened, section, key)
    owner = _owner(section, entry)
    if owner is None:
        raise NotFoundError("entry")
    return entry, owner, entry_shapes(owner)


def _owner(section: Section, entry: Entry) -> str | None:
    """The kind of an entry; None when no form can show it."""
    if entry.fields is None:
        return None
    kind = entry.fields.get("type") if section == "questions" else STIMULUS
    return kind if isinstance(kind, str) and (kind == STIMULUS or kind in kinds()) else None


_Way = tuple[str | int, ...]


def _found(view: DraftView, opened: Opened, now: datetime) -> list[tuple[_Way, Problem]]:
    """The findings in a draft's text, each with the way to what it is about."""
    problems = check_draft(view.text, now=now, pictures=view.pictures).problems
    return [(_way(opened, one), one) for one in problems if one.code != "note"]


def _way(opened: Opened, problem: Problem) -> _Way:
    way = way_to(opened.root, problem.line, problem.column)
    missing = problem.missing
    return (*way, missing) if missing is not None else way


def _inside(way: Sequence[str | int]) -> bool:
    """Whether a way leads into one entry of the two long lists."""
    return len(way) > 1 and way[0] in ("questions", "stimuli")


def _lines(opened: Opened, section: Any, found: list[tuple[_Way, Problem]]) -> tuple[Line, ...]:
    counts = Counter((way[:2], one.level == "error") for way, one in found)
    return tuple(
        Line(
            key=entry.key,
            number=entry.place + 1,
            kind=_owner(section, entry) or str((entry.fields or {}).get("type", "")),
            text=_plain_words(entry.fields or {}),
            line=entry.line,
            shown=_owner(section, entry) is not None,
            mistakes=counts[(section, entry.place), True],
            advice=counts[(section, entry.place), False],
        )
        for entry in (opened.questions if section == "questions" else opened.stimuli)
    )


def _said(fields: Mapping[str, JSON]) -> str:
    """The text by which an entry is known."""
    cards = fields.get("cards")
    first = cards[0] if isinstance(cards, list) and cards and isinstance(cards[0], dict) else {}
    texts = [fields.get(name) for name in ("prompt", "title", "quote", "text", "alt")] + [first.get("title")]
    return next((one for one in texts if isinstance(one, str) and one.strip()), "")


def _plain_words(fields: Mapping[str, JSON]) -> str:
    return shorten(plain(_said(fields)), 160)


def _menus(view: DraftView, opened: Opened) -> dict[str, tuple[tuple[str, str], ...]]:
    """What can be chosen in fields that name something of the bank: value and label."""
    own = opened.head.get("skills")
    skills = [(one.id, one.name) for one in shared_skills()]
    skills += [(slug, slug.replace("-", " ").capitalize()) for slug in own] if isinstance(own, dict) else []
    stimuli = [(one.key, _plain_words(one.fields or {}) or one.key) for one in opened.stimuli if one.named]
    menus = {"skill": tuple(skills), "also": tuple(skills), "about": tuple(stimuli)}
    if view.pictures:
        menus["image"] = tuple((name, name) for name in sorted(view.pictures))
    return menus
