"""Banks written by filling in forms: what a form shows of a draft's text. What it makes of it: `bank_form_saving`.

The draft's text stays the only truth: a form reads it, changes one entry in it and saves it. The text is read in
these requests, which is the author's own work on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from quizapp.bank import editing
from quizapp.bank.entries import Opened, Section, UnreadableError, open_text
from quizapp.bank.form_values import control_of, mark_of, to_form, unknown_in
from quizapp.bank.loader import load_text
from quizapp.bank.places import way_to
from quizapp.bank.problems import Problem
from quizapp.bank.shapes import Shape
from quizapp.items.registry import kinds
from quizapp.services.bank_entries import (
    BANK,
    STIMULUS,
    entry_shapes,
    head_mark,
    head_shapes,
    owner_of,
    plain_words,
    purpose_of,
    said_by,
    shown_entry,
)
from quizapp.services.draft_checking import check_draft, shared_skills
from quizapp.services.drafts import DraftView, read_draft
from quizapp.services.reports import Report, waiting_reports

_Way: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """A finding of the check, and the name of the control it is about; "" for the whole."""

    control: str
    problem: Problem


@dataclass(frozen=True)
class Placed:
    """A finding, and the form on which it is mended."""

    finding: Finding
    owner: str
    """The kind of question, `stimulus`, `bank`; or the list in which an entry stands that no form can show."""
    key: str | None
    """Which entry; None: the bank itself, or an entry that no form can show."""
    number: int
    """Of the entry in its list; 0 for the bank itself."""


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
    reports: tuple[Report, ...]
    """What students found wrong with a question and nobody has settled, newest first."""


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
    seen: str = ""
    """A sign of what the head says."""

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
    seen: str = ""
    """A sign of what the entry says; "" for a new one."""
    asked_of: int = 0
    """For a thing to look at: how many questions are about it."""
    reports: tuple[Report, ...] = ()
    """What students found wrong with a question and nobody has settled, newest first."""

    @property
    def said(self) -> str:
        """The text by which it is known, or the name of its picture; "" while it has neither."""
        return said_by(self.values) or str(self.values.get("image") or "")

    @property
    def mistakes(self) -> int:
        """How many findings stand in the way of publishing."""
        return sum(one.problem.level == "error" for one in self.findings)


@dataclass(frozen=True)
class Stored:
    """What an entry says in a draft's text now."""

    key: str | None
    """None: it is not there any more."""
    text: str | None
    """Its lines; the whole text, while that cannot be read."""
    seen: str | None
    """A sign of what it says; None while the text cannot be read."""


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
    reports = _reports(view, account_id)
    questions, stimuli = _lines(opened, "questions", found, reports), _lines(opened, "stimuli", found, {})
    placed = (
        Finding(control_of(head_shapes(), opened.head, way), one)
        for way, one in found
        # That there is no question yet is said in their list.
        if not _inside(way) and (way[:1] != ("questions",) or opened.questions)
    )
    return BankForm(
        view, (), head, tuple(placed), questions, stimuli,
        tuple(Kind(name, purpose_of(name)) for name in kinds()), head_mark(opened),
    )  # fmt: skip


def entry_form(draft: str, account_id: int, section: Section, key: str, *, now: datetime | None) -> EntryForm:
    """Return one entry of a draft as a form shows it.

    Args:
        section: the list it stands in.
        key: which entry.
        now: the moment for which the check tells ages; None: nothing is checked, which takes long for a long text.

    Raises:
        NotFoundError: there is no such draft of theirs, or no such entry that a form could show.
        UnreadableError: the text has mistakes that must be mended first.
    """
    view = read_draft(draft, account_id)
    opened = open_text(view.text)
    entry, owner, shapes = shown_entry(opened, section, key)
    fields = entry.fields or {}
    values, kept = to_form(shapes, fields)
    found = [] if now is None else _found(view, opened, now)
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
        seen=mark_of(dict(fields)),
        asked_of=sum((one.fields or {}).get("about") == key for one in opened.questions),
        reports=_reports(view, account_id).get(key, ()) if section == "questions" else (),
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
    try:
        menus = _menus(view, open_text(view.text))
    except UnreadableError:
        menus = {}  # what can be chosen is not known: such fields are lines to type into then
    return EntryForm(view, owner, purpose_of(owner), key, 0, 0, entry_shapes(owner), {}, (), (), menus, (), 0)


def stored_entry(draft: str, account_id: int, section: Section, key: str | None) -> Stored:
    """Return what an entry says in the draft's text now.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(draft, account_id)
    if key is None:
        return Stored(None, None, "")
    try:
        entry = open_text(view.text).entry(section, key)
    except UnreadableError:
        return Stored(key, view.text, None)
    except KeyError:
        return Stored(None, None, "")
    return Stored(key, editing.entry_text(view.text, section, entry.place), mark_of(dict(entry.fields or {})))


def placed_findings(view: DraftView, problems: Iterable[Problem]) -> tuple[Placed, ...]:
    """Return findings of the check in a draft's text by the forms on which they are mended.

    Nothing, where the text has mistakes for which no form can show it.
    """
    try:
        opened = open_text(view.text)
    except UnreadableError:
        return ()
    return tuple(_placed(opened, _way(opened, one), one) for one in problems if one.code != "note")


def _placed(opened: Opened, way: _Way, problem: Problem) -> Placed:
    place = way[1] if _inside(way) else None
    if not isinstance(place, int):
        return Placed(Finding(control_of(head_shapes(), opened.head, way), problem), BANK, None, 0)
    section: Section = "questions" if way[0] == "questions" else "stimuli"
    entry = (opened.questions if section == "questions" else opened.stimuli)[place]
    owner = owner_of(section, entry)
    if owner is None:
        return Placed(Finding("", problem), section, None, place + 1)
    control = control_of(entry_shapes(owner), entry.fields or {}, way[2:])
    return Placed(Finding(control, problem), owner, entry.key, place + 1)


def seen_number(draft: str, account_id: int, key: str) -> int | None:
    """Return the number under which a question of a draft is shown as students see it; None while it has a mistake.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(draft, account_id)
    bank = load_text(view.text.encode(), "bank.yaml", skills=shared_skills()).readable
    ids = [] if bank is None else [item.id for item in bank.items]
    return ids.index(key) + 1 if key in ids else None


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


def _reports(view: DraftView, account_id: int) -> dict[str, tuple[Report, ...]]:
    return {} if view.bank is None else waiting_reports(view.bank.public_id, account_id)


def _lines(
    opened: Opened, section: Any, found: list[tuple[_Way, Problem]], reports: Mapping[str, tuple[Report, ...]]
) -> tuple[Line, ...]:
    counts = Counter((way[:2], one.level == "error") for way, one in found)
    return tuple(
        Line(
            key=entry.key,
            number=entry.place + 1,
            kind=owner_of(section, entry) or str((entry.fields or {}).get("type", "")),
            text=plain_words(entry.fields or {}),
            line=entry.line,
            shown=owner_of(section, entry) is not None,
            mistakes=counts[(section, entry.place), True],
            advice=counts[(section, entry.place), False],
            reports=reports.get(entry.key, ()),
        )
        for entry in (opened.questions if section == "questions" else opened.stimuli)
    )


def _menus(view: DraftView, opened: Opened) -> dict[str, tuple[tuple[str, str], ...]]:
    """What can be chosen in fields that name something of the bank: value and label."""
    own = opened.head.get("skills")
    skills = [(one.id, one.name) for one in shared_skills()]
    skills += [(slug, slug.replace("-", " ").capitalize()) for slug in own] if isinstance(own, dict) else []
    stimuli = [(one.key, plain_words(one.fields or {}) or one.key) for one in opened.stimuli if one.named]
    menus = {"skill": tuple(skills), "also": tuple(skills), "about": tuple(stimuli)}
    menus["image"] = tuple((name, name) for name in sorted(view.pictures))
    return menus
