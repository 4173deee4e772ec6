"""Writing a bank by filling in forms: its head, its questions, and what they are about. YAML is never seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField

from quizapp.bank.editing import Section, UnreadableError
from quizapp.services import bank_form_saving as saving
from quizapp.services import bank_forms as forms
from quizapp.services.bank_entries import BANK, STIMULUS, entry_shapes, head_shapes
from quizapp.services.bank_forms import BankForm, EntryForm, Finding
from quizapp.services.drafts import DraftChanged, TextTooLongError
from quizapp.services.rosters import NotFoundError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.bank_fields import Filled, entry_form
from quizapp.web.bank_words import FOLDS, sentence_of, words_for
from quizapp.web.forms import short_number
from quizapp.web.signed_out import carried, keeps_typing, nowhere

bp = Blueprint("bank_forms", __name__, url_prefix="/teach")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Place:
    """Which entry of which draft a form is about. `key` is None for a new one, whose kind is `owner`."""

    draft: str
    section: Section
    key: str | None
    owner: str = ""

    @property
    def url(self) -> str:
        """The address of its form."""
        if self.key is None:
            return url_for("bank_forms.new", draft=self.draft, owner=self.owner)
        name = "bank_forms.question" if self.section == "questions" else "bank_forms.stimulus"
        return url_for(name, draft=self.draft, key=self.key)


@bp.get("/drafts/<draft>/form")
@access(Access.STAFF)
def bank(draft: str) -> Answer:
    """Show the bank and its questions."""
    return _bank_page(forms.bank_form(draft, auth.account_id(), now=instance.now()))


@bp.post("/drafts/<draft>/form")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def change_bank(draft: str) -> Answer:
    """Keep the head of the bank, or move a question."""
    try:
        return _change_bank(draft)
    except NotFoundError:
        return _homeless(BANK)


def _change_bank(draft: str) -> Answer:
    account, now = auth.account_id(), instance.now()
    version, (do, _space, key) = _version(), request.form.get("do", "save").partition(" ")
    try:
        if do in ("up", "down"):
            by: Any = -1 if do == "up" else 1
            saving.move_question(draft, account, key, by, version=version, now=now)
            return redirect(url_for("bank_forms.bank", draft=draft, _anchor=f"q-{key}"), 303)
        if do == "remove":
            place = Place(draft, "questions", key)
            return _remove(place, _page(place), sure=False)
        filled = _filled(BANK, head_shapes(), {}, request.form)
        page = forms.bank_form(draft, account, now=now)
        if page.broken or not filled.form.validate():
            return _bank_page(page, filled, sentence=None if page.broken else ""), 422
        saving.save_head(draft, account, filled.values(), version=version, now=now)
    except UnreadableError:
        return _bank_page(forms.bank_form(draft, account, now=now)), 409
    except DraftChanged:
        page = forms.bank_form(draft, account, now=now)
        if do != "save":
            flash(_("This draft was saved from another page. This is how it is now; nothing was moved."), "warn")
            return _bank_page(page), 409
        return _bank_page(page, _filled(BANK, head_shapes(), {}, request.form), sentence=_changed()), 409
    except TextTooLongError:
        return _bank_page(page, filled, sentence=_full()), 413
    flash(_("Saved."), "good")
    return redirect(url_for("bank_forms.bank", draft=draft), 303)


@bp.get("/drafts/<draft>/form/new/<owner>")
@access(Access.STAFF)
def new(draft: str, owner: str) -> Answer:
    """Show the empty form of a kind of question, or of something to look at."""
    return _show(_new_place(draft, owner))


@bp.post("/drafts/<draft>/form/new/<owner>")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def add(draft: str, owner: str) -> Answer:
    """Put a new question into the bank, finished or not."""
    return _take(_new_place(draft, owner))


@bp.get("/drafts/<draft>/form/<key>")
@access(Access.STAFF)
def question(draft: str, key: str) -> Answer:
    """Show one question."""
    return _show(Place(draft, "questions", key))


@bp.post("/drafts/<draft>/form/<key>")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def change_question(draft: str, key: str) -> Answer:
    """Keep one question, finished or not, or take it out."""
    return _take(Place(draft, "questions", key))


@bp.get("/drafts/<draft>/form/text/<key>")
@access(Access.STAFF)
def stimulus(draft: str, key: str) -> Answer:
    """Show something to look at."""
    return _show(Place(draft, "stimuli", key))


@bp.post("/drafts/<draft>/form/text/<key>")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def change_stimulus(draft: str, key: str) -> Answer:
    """Keep something to look at, or take it out."""
    return _take(Place(draft, "stimuli", key))


def _new_place(draft: str, owner: str) -> Place:
    return Place(draft, "stimuli" if owner == STIMULUS else "questions", None, owner)


# ---------------------------------------------------------------- one entry


def _show(place: Place) -> Answer:
    try:
        page = _page(place)
    except UnreadableError:
        return redirect(url_for("bank_forms.bank", draft=place.draft))
    filled = _filled(page.owner, page.shapes, page.menus, None, page.values)
    filled.lay_out()
    return _entry_page(place, page, filled)


def _take(place: Place) -> Answer:
    """Do with a posted form what its button says; what was typed comes back if its draft is gone."""
    try:
        return _post(place)
    except NotFoundError:
        return _homeless(place.owner or request.form.get("owner", ""))


def _homeless(owner: str) -> Answer:
    """Show what was typed into a form whose draft is gone, or is somebody else's, and offer a bank for it."""
    try:
        filled = _filled(owner, head_shapes() if owner == BANK else entry_shapes(owner), {}, request.form)
        text = saving.text_of_form(auth.account_id(), owner, filled.values(), title=_("A new bank"), language="en")
    except (NotFoundError, UnreadableError):
        text = None
    return nowhere(text=text)


def _post(place: Place) -> Answer:
    do = request.form.get("do", "save")
    try:
        page = _page(place)
    except (UnreadableError, NotFoundError):
        return _meanwhile(place)
    filled = _filled(page.owner, page.shapes, page.menus, request.form)
    filled.finish()
    if do.startswith(("add ", "up ")) or do == "keep":
        return _entry_page(place, page, filled, focus=filled.press(do), findings=False)
    if not filled.form.validate():
        return _entry_page(place, page, filled, errors=True), 422
    try:
        if do in ("remove", "remove now"):
            return _remove(place, page, sure=do == "remove now")
        key = saving.save_entry(
            place.draft,
            auth.account_id(),
            place.section,
            place.key,
            filled.values(),
            owner=page.owner,
            version=_version(),
            now=instance.now(),
        )
    except (DraftChanged, UnreadableError):
        return _meanwhile(place)
    except TextTooLongError:
        return _entry_page(place, page, filled, sentence=_full()), 413
    return _saved(Place(place.draft, place.section, key, page.owner), do)


def _saved(place: Place, do: str) -> Response:
    if do == "another":
        flash(_("Saved. Here is room for the next one."), "good")
        return redirect(Place(place.draft, place.section, None, place.owner).url, 303)
    if do == "back":
        flash(_("Saved."), "good")
        return redirect(url_for("bank_forms.bank", draft=place.draft), 303)
    if do == "see":
        number = forms.seen_number(place.draft, auth.account_id(), place.key or "")
        if number is not None:
            return redirect(url_for("drafts.preview", draft=place.draft, number=number), 303)
        flash(_("It is saved. Students could not answer it yet: mend first what is marked here."), "warn")
        return redirect(place.url, 303)
    mistakes = _page(place).mistakes
    rest = (
        ngettext(
            "One thing is to mend before it can be published.",
            "%(num)s things are to mend before it can be published.",
            mistakes,
        )
        if mistakes
        else ""
    )
    flash(" ".join([_("Saved."), rest]).strip(), "warn" if mistakes else "good")
    return redirect(place.url, 303)


def _remove(place: Place, page: EntryForm, *, sure: bool) -> Answer:
    """Ask first; then take it out, and say what was."""
    if not sure or place.key is None:
        # What was typed and not saved comes along, for whoever keeps the question; a list brings nothing typed.
        typed = [pair for pair in carried() if pair[0] != "do"] if "owner" in request.form else []
        return render_template("teach/banks/form_remove.html", page=page, place=place, typed=typed)
    said = saving.remove_entry(
        place.draft, auth.account_id(), place.section, place.key, version=_version(), now=instance.now()
    )
    flash(_("Removed: %(text)s", text=said) if said else _("Removed."), "good")
    return redirect(url_for("bank_forms.bank", draft=place.draft), 303)


def _meanwhile(place: Place) -> Answer:
    """Show what was typed beside what is stored now, after the draft was saved from elsewhere. Nothing is written."""
    account = auth.account_id()
    stored, key = forms.stored_entry(place.draft, account, place.section, place.key)
    page = forms.loose_entry(place.draft, account, place.owner or request.form.get("owner", ""), key)
    filled = _filled(page.owner, page.shapes, page.menus, request.form)
    filled.finish()
    filled.form["version"].data = str(page.draft.version)
    at = Place(place.draft, place.section, key, page.owner)
    return _entry_page(at, page, filled, sentence=_changed(), stored=stored, changed=True), 409


def _changed() -> str:
    return _("This draft was saved from another page. What you typed is below and not saved yet; nothing is lost.")


def _full() -> str:
    return _("This bank is full: its text may have 1,000,000 letters. Nothing was saved. Begin another bank.")


def _page(place: Place) -> EntryForm:
    account = auth.account_id()
    if place.key is None:
        return forms.new_entry(place.draft, account, place.owner)
    return forms.entry_form(place.draft, account, place.section, place.key, now=instance.now())


def _version() -> int:
    return short_number(request.form.get("version")) or 0


def _filled(
    owner: str, shapes: Iterable[Any], menus: Any, formdata: MultiDict[str, str] | None, values: Any = None
) -> Filled:
    shapes = tuple(shapes)
    form_class = entry_form(owner, shapes, menus)
    return Filled(form_class(formdata=formdata, data=values), owner, shapes)


def _entry_page(
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
    if not changed:
        filled.form["version"].data = str(page.draft.version) if request.method == "GET" else str(_version())
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
        unsaved=request.method == "POST",
        kept=[str(words_for(page.owner, [name]).label or name) for name in (*page.kept, *page.unknown)],
    )


def _bank_page(page: BankForm, filled: Filled | None = None, *, sentence: str | None = None) -> str:
    if filled is None:
        filled = _filled(BANK, head_shapes(), {}, None, page.head)
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
        errors=bool(sentence),
        purpose_of={one.name: one.purpose for one in page.kinds},
    )


def _place_findings(
    filled: Filled, findings: Iterable[Finding], owner: str
) -> tuple[list[tuple[str, Any]], dict[str, list[Any]]]:
    """Put mistakes at their fields.

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
    return loose, beside
