"""The pages of writing a bank by form: what they draw, from the form as it stands and what the check found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField

from quizapp.bank.entries import Section
from quizapp.services.bank_entries import BANK, STIMULUS, head_shapes
from quizapp.services.bank_form_saving import Removed
from quizapp.services.bank_forms import BankForm, EntryForm, Finding, Placed
from quizapp.web.bank_fields import entry_form
from quizapp.web.bank_filled import Filled
from quizapp.web.bank_form_pictures import picture_lost
from quizapp.web.bank_words import FOLDS, sentence_of, words_for

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Place:
    """Which entry of which draft a form is about.

    `key` is None for a new one, whose kind is `owner`; `ticket` tells its empty form from others (`web.made`).
    """

    draft: str
    section: Section
    key: str | None
    owner: str = ""
    ticket: str = ""

    @property
    def url(self) -> str:
        """The address of its form."""
        if self.key is None:
            return url_for("bank_forms.new", draft=self.draft, owner=self.owner, ticket=self.ticket or None)
        name = "bank_forms.question" if self.section == "questions" else "bank_forms.stimulus"
        return url_for(name, draft=self.draft, key=self.key)


@dataclass(frozen=True)
class FormLine:
    """A finding in the words of the forms, and a way to the form on which it is mended."""

    level: str
    where: str
    url: str
    says: Any


def form_lines(draft: str, found: Iterable[Placed]) -> list[FormLine]:
    """Findings in a draft as its forms say them."""
    return [
        FormLine(
            one.finding.problem.level, _where(one), _form_url(draft, one), sentence_of(one.finding.problem, one.owner)
        )
        for one in found
    ]


def _form_url(draft: str, one: Placed) -> str:
    anchor = one.finding.control or None
    if anchor is not None and words_for(one.owner, [anchor]).hidden:
        anchor = None
    if one.key is not None:
        name = "bank_forms.stimulus" if one.owner == STIMULUS else "bank_forms.question"
        return url_for(name, draft=draft, key=one.key, _anchor=anchor)
    # What no form can show is mended in the text.
    return url_for("drafts.editor" if one.number else "bank_forms.bank", draft=draft)


def _where(one: Placed) -> str:
    """The entry and its field, by the names that the forms give them."""
    if not one.number:
        places = [_("Title and notes of the bank")] if one.finding.control else [_("The bank")]
    elif one.owner in (STIMULUS, "stimuli"):
        places = [_("Something to look at, %(n)s", n=one.number)]
    else:
        places = [_("Question %(n)s", n=one.number)]
    names = [part for part in one.finding.control.split("-") if part and not part.isdigit()]
    row = next((int(part) + 1 for part in one.finding.control.split("-") if part.isdigit()), None)
    entry = words_for(one.owner, names[:1]).entry if names and row is not None else None
    if entry:
        places.append(f"{entry} {row}")
    label = words_for(one.owner, names).label if len(names) > bool(entry) else None
    if label and label != entry:
        places.append(str(label))
    return ", ".join(places)


def filled_form(
    owner: str, shapes: Iterable[Any], menus: Any, formdata: MultiDict[str, str] | None, values: Any = None
) -> Filled:
    """The form of an entry or of a bank, filled from a post, or from the values that the text has."""
    shapes = tuple(shapes)
    form_class = entry_form(owner, shapes, menus)
    return Filled(form_class(formdata=formdata, data=values), owner, shapes)


def entry_page(
    place: Place,
    page: EntryForm,
    filled: Filled,
    *,
    findings: bool = True,
    focus: str | None = None,
    sentence: str | None = None,
    stored: str | None = None,
    changed: bool = False,
    errors: bool = False,
) -> str:
    """Draw the form of one entry.

    Args:
        place: which entry.
        page: the same with all that is known of it.
        filled: the form as it is to be shown.
        findings: whether to say what the check found; it has not seen what was only typed.
        focus: the id of the control to go to.
        sentence: what went wrong as a whole.
        stored: what the entry says now, where it was changed meanwhile.
        changed: whether it was.
        errors: whether the form says what is wrong with what was typed.
    """
    nodes = filled.nodes()
    loose, advice = _place_findings(filled, page.findings if findings else (), page.owner)
    return render_template(
        "teach/banks/form_entry.html",
        page=page,
        place=place,
        form=filled.form,
        nodes=nodes,
        folds=FOLDS,
        loose=loose,
        advice=advice,
        focus=focus,
        sentence=sentence,
        stored=stored,
        changed=changed,
        errors=errors or sentence is not None,
        picture_lost=picture_lost(),
        unsaved=request.method == "POST",
        kept=[str(words_for(page.owner, [name]).label or name) for name in (*page.kept, *page.unknown)],
    )


def bank_page(
    page: BankForm,
    filled: Filled | None = None,
    *,
    sentence: str | None = None,
    removed: tuple[Section, Removed] | None = None,
    typed: str = "",
) -> str:
    """Draw the bank as a list.

    Args:
        page: the bank.
        filled: its head as it was typed; None: as it is.
        sentence: what went wrong with the head; "": its fields say so.
        removed: what was taken out a moment ago.
        typed: what the text leaves no room for, since it is broken or full, to be read and copied.
    """
    if filled is None:
        filled = filled_form(BANK, head_shapes(), {}, None, {**page.head, "seen": page.seen})
        filled.lay_out()
    loose, advice = _place_findings(filled, page.head_findings, BANK)
    return render_template(
        "teach/banks/form.html",
        page=page,
        form=filled.form,
        nodes=filled.nodes(),
        loose=loose,
        advice=advice,
        sentence=sentence,
        errors=sentence is not None,
        removed=removed,
        typed=typed,
        purpose_of={one.name: one.purpose for one in page.kinds},
    )


def _place_findings(
    filled: Filled, findings: Iterable[Finding], owner: str
) -> tuple[list[tuple[str, Any]], dict[str, list[Any]]]:
    """Put mistakes at their fields, and at menus that they say nothing about, that a value is in none of their lines.

    Returns:
        What is about no field that is drawn, as level and sentence; and by the name of a field the advice about it,
        with the mistakes of fields that hold others.
    """
    loose: list[tuple[str, Any]] = []
    beside: dict[str, list[Any]] = {}
    drawn = {name for node in filled.nodes() for name in node.names}
    for one in findings:
        name, sentence = one.control, sentence_of(one.problem, owner)
        while name and name not in drawn:
            name = name.rpartition("-")[0]
        found = filled.named(name) if name else None
        if found is None and name not in drawn:
            loose.append((one.problem.level, sentence))
        elif one.problem.level == "error" and found is not None and not isinstance(found, FieldList | FormField):
            found.errors = [*found.errors, sentence]
        else:
            beside.setdefault(name, []).append((one.problem.level, sentence))
    for menu in filled.unknown():
        if not menu.errors and menu.name not in beside:
            beside[menu.name] = [("warn", _("“%(value)s” is not in this list. Choose again.", value=menu.data))]
    return loose, beside
