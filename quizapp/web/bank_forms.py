"""Writing a bank by filling in forms: its head, its questions, and what they are about. YAML is never seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.bank.archive import MAX_ARCHIVE_BYTES
from quizapp.bank.entries import Section, UnreadableError
from quizapp.services import bank_form_saving as saving
from quizapp.services import bank_forms as forms
from quizapp.services.bank_entries import BANK, STIMULUS, entry_shapes, head_shapes
from quizapp.services.bank_form_saving import EmptyFormError, Removed
from quizapp.services.bank_forms import BankForm, EntryForm
from quizapp.services.drafts import DraftChanged, TextTooLongError
from quizapp.services.rosters import NotFoundError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.bank_filled import Filled
from quizapp.web.bank_form_pages import Answer, Place, bank_page, entry_page, filled_form
from quizapp.web.bank_form_pictures import PictureRefusedError, take_picture
from quizapp.web.forms import short_number
from quizapp.web.made import TICKET_MAX, Made, made_with, new_ticket, remember_made
from quizapp.web.security import takes_files
from quizapp.web.signed_out import carried, keeps_typing, nowhere, typed_words
from quizapp.web.ways import write_by_form

bp = Blueprint("bank_forms", __name__, url_prefix="/teach")


@bp.get("/drafts/<draft>/form")
@access(Access.STAFF)
def bank(draft: str) -> Answer:
    """Show the bank and its questions."""
    return bank_page(forms.bank_form(draft, auth.account_id(), now=instance.now()))


@bp.post("/drafts/<draft>/form")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def change_bank(draft: str) -> Answer:
    """Keep the head of the bank, or move a question."""
    write_by_form()
    try:
        return _change_bank(draft)
    except NotFoundError:
        return _homeless(BANK)


def _change_bank(draft: str) -> Answer:
    do, _space, key = request.form.get("do", "save").partition(" ")
    if do in ("up", "down"):
        return _move(draft, key, -1 if do == "up" else 1)
    if do == "remove":
        return _begin_to_remove(draft, key)
    return _put_back(draft) if do == "put" else _save_head(draft)


def _move(draft: str, key: str, by: Literal[-1, 1]) -> Answer:
    version = short_number(request.form.get("version")) or 0
    try:
        saving.move_question(draft, auth.account_id(), key, by, version=version, now=instance.now())
    except UnreadableError:
        return bank_page(_list(draft)), 409
    except DraftChanged:
        flash(_("This draft was saved from another page. This is how it is now; nothing was moved."), "warn")
        return bank_page(_list(draft)), 409
    except TextTooLongError:
        flash(_full(), "warn")
        return bank_page(_list(draft)), 413
    return redirect(url_for("bank_forms.bank", draft=draft, _anchor=f"q-{key}"), 303)


def _begin_to_remove(draft: str, key: str) -> Answer:
    place = Place(draft, "questions", key)
    try:
        return _ask_to_remove(place, _page(place, check=False))
    except UnreadableError:
        return bank_page(_list(draft)), 409
    except NotFoundError:  # of the draft, `_list` says the same
        page = _list(draft)
        flash(_("This question is not there any more. This is how the bank is now."), "warn")
        return bank_page(page), 409


def _save_head(draft: str) -> Answer:
    filled = filled_form(BANK, head_shapes(), {}, request.form)
    if not filled.form.validate():
        return bank_page(_list(draft), filled, sentence=""), 422
    try:
        saving.save_head(draft, auth.account_id(), filled.values(), seen=_seen(), now=instance.now())
    except UnreadableError:
        return bank_page(_list(draft), typed=typed_words()), 409
    except DraftChanged:
        page = _list(draft)
        filled.form["seen"].data = page.seen
        return bank_page(page, filled, sentence=_changed()), 409
    except TextTooLongError:
        return bank_page(_list(draft), filled, sentence=_full()), 413
    flash(_("Saved."), "good")
    return redirect(url_for("bank_forms.bank", draft=draft), 303)


def _list(draft: str) -> BankForm:
    return forms.bank_form(draft, auth.account_id(), now=instance.now())


@bp.get("/drafts/<draft>/form/new/<owner>")
@access(Access.STAFF)
def new(draft: str, owner: str) -> Answer:
    """Show the empty form of a kind of question, or of something to look at, at an address of its own."""
    place = _new_place(draft, owner)
    if place.key is None and place.ticket:
        return _show(place)
    _page(place, check=False)
    return redirect(replace(place, ticket=place.ticket or new_ticket()).url)


@bp.post("/drafts/<draft>/form/new/<owner>")
@takes_files(MAX_ARCHIVE_BYTES)  # a photo that is too large is told so in the form
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
@takes_files(MAX_ARCHIVE_BYTES)  # a photo that is too large is told so in the form
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
@takes_files(MAX_ARCHIVE_BYTES)  # a photo that is too large is told so in the form
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def change_stimulus(draft: str, key: str) -> Answer:
    """Keep something to look at, or take it out."""
    return _take(Place(draft, "stimuli", key))


def _new_place(draft: str, owner: str) -> Place:
    place = Place(
        draft, "stimuli" if owner == STIMULUS else "questions", None, owner, request.args.get("ticket", "")[:TICKET_MAX]
    )
    made = made_with(place.ticket)
    if made is None:
        return place
    return replace(place, key=forms.stored_entry(draft, auth.account_id(), place.section, made.key).key)


# ---------------------------------------------------------------- one entry


def _show(place: Place) -> Answer:
    try:
        page = _page(place)
    except UnreadableError:
        return redirect(url_for("bank_forms.bank", draft=place.draft))
    filled = filled_form(page.owner, page.shapes, page.menus, None, page.values)
    filled.lay_out()
    filled.form["seen"].data = page.seen
    return entry_page(place, page, filled)


def _take(place: Place) -> Answer:
    """Do with a posted form what its button says; what was typed comes back if its draft is gone."""
    write_by_form()
    try:
        return _post(place)
    except NotFoundError:
        return _homeless(place.owner or request.form.get("owner", ""))


def _homeless(owner: str) -> Answer:
    """Show what was typed into a form whose draft is gone, or is somebody else's, and offer a bank for it."""
    try:
        filled = filled_form(owner, head_shapes() if owner == BANK else entry_shapes(owner), {}, request.form)
        text = saving.text_of_form(auth.account_id(), owner, filled.values(), title=_("A new bank"), language="en")
    except (NotFoundError, UnreadableError, TextTooLongError):
        text = None
    return nowhere(text=text)


def _post(place: Place) -> Answer:
    do = request.form.get("do", "save")
    try:
        page = _page(place, check=False)
    except (UnreadableError, NotFoundError):
        if do == "remove now":  # the page that came was sent again
            return redirect(url_for("bank_forms.bank", draft=place.draft), 303)
        return _meanwhile(place)
    if do == "remove now":
        return _remove(place, page)
    filled = filled_form(page.owner, page.shapes, page.menus, request.form)
    filled.finish()
    if do.startswith(("add ", "up ")) or do == "keep":
        return entry_page(place, page, filled, focus=filled.press(do), findings=False)
    if not filled.form.validate():
        return entry_page(place, page, filled, errors=True), 422
    return _ask_to_remove(place, page) if do == "remove" else _save(place, page, filled, do)


def _save(place: Place, page: EntryForm, filled: Filled, do: str) -> Answer:
    """Keep what the form says, and do what else the button says."""
    try:
        picture = take_picture(place.draft, filled)
        key = saving.save_entry(
            place.draft,
            auth.account_id(),
            place.section,
            place.key,
            filled.values(),
            owner=page.owner,
            seen=_seen(place),
            now=instance.now(),
            picture=picture,
        )
    except PictureRefusedError:
        return entry_page(place, page, filled, errors=True), 422
    except EmptyFormError:
        if do == "back":
            return redirect(url_for("bank_forms.bank", draft=place.draft), 303)
        return entry_page(place, page, filled, sentence=_("Nothing is written here yet, so nothing was saved.")), 422
    except (DraftChanged, UnreadableError):
        return _meanwhile(place)
    except TextTooLongError:
        return entry_page(place, page, filled, sentence=_full()), 413
    if place.ticket:
        stored = forms.stored_entry(place.draft, auth.account_id(), place.section, key)
        remember_made(Made(place.ticket, key, stored.seen or ""))
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
    flash(_("Saved."), "good")
    return redirect(place.url, 303)


def _ask_to_remove(place: Place, page: EntryForm, sentence: str = "") -> str:
    """Ask first. What was typed and not saved comes along, for whoever keeps the question."""
    typed = [pair for pair in carried() if pair[0] not in ("do", "now")] if "owner" in request.form else []
    return render_template("teach/banks/form_remove.html", page=page, place=place, typed=typed, sentence=sentence)


def _remove(place: Place, page: EntryForm) -> Answer:
    """Take an entry out, and offer it back at once."""
    account, now = auth.account_id(), instance.now()
    try:
        removed = saving.remove_entry(
            place.draft, account, place.section, place.key or "", seen=request.form.get("now", ""), now=now
        )
    except DraftChanged:
        sentence = _("It was changed meanwhile. This is how it is now; nothing was removed.")
        return _ask_to_remove(place, _page(place, check=False), sentence), 409
    except TextTooLongError:
        return _ask_to_remove(place, page, _full()), 413
    return bank_page(_list(place.draft), removed=(place.section, removed))


def _put_back(draft: str) -> Answer:
    """Put back what was removed a moment ago; the page that cannot keeps it, since nothing else does."""
    section: Section = "stimuli" if request.form.get("section") == "stimuli" else "questions"
    number = short_number(request.form.get("number")) or 1
    written = request.form.get("written", "").replace("\r\n", "\n")
    removed = section, Removed(number, "", written)
    try:
        saving.put_back(draft, auth.account_id(), section, number, written, now=instance.now())
    except UnreadableError:
        flash(
            _("It could not be put back into a text with a mistake. Copy it from here, then mend the text."),
            "warn",
        )
        return bank_page(_list(draft), removed=removed, typed=written), 409
    except DraftChanged:
        flash(_("It is not back yet: another page saved this draft just then. Press the button again."), "warn")
        return bank_page(_list(draft), removed=removed), 409
    except TextTooLongError:
        flash(_full(), "warn")
        return bank_page(_list(draft), removed=removed, typed=written), 413
    flash(_("It is back where it was."), "good")
    return redirect(url_for("bank_forms.bank", draft=draft), 303)


def _meanwhile(place: Place) -> Answer:
    """Show what was typed beside what is stored now, after the draft was saved from elsewhere. Nothing is written."""
    account = auth.account_id()
    stored = forms.stored_entry(place.draft, account, place.section, place.key)
    page = forms.loose_entry(place.draft, account, place.owner or request.form.get("owner", ""), stored.key)
    filled = filled_form(page.owner, page.shapes, page.menus, request.form)
    filled.finish()
    if stored.seen is not None:
        filled.form["seen"].data = stored.seen
    at = replace(place, key=stored.key, owner=page.owner)
    return entry_page(at, page, filled, sentence=_changed(), stored=_said_now(at) or stored.text, changed=True), 409


def _said_now(place: Place) -> str:
    """What an entry says in the draft now, in the words of its form; "" where no form can show it."""
    try:
        page = _page(place, check=False)
    except (NotFoundError, UnreadableError):
        return ""
    filled = filled_form(page.owner, page.shapes, page.menus, None, page.values)
    filled.finish()
    return filled.said() if place.key is not None else ""


def _changed() -> str:
    return _(
        "This was changed from another page meanwhile. What you typed is below and not saved yet; nothing is lost."
    )


def _full() -> str:
    return _(
        "This bank is full: its text may have 1,000,000 letters, and 100,000 lines, commas and brackets. "
        "Nothing was saved. Begin another bank."
    )


def _page(place: Place, *, check: bool = True) -> EntryForm:
    account = auth.account_id()
    if place.key is None:
        return forms.new_entry(place.draft, account, place.owner)
    return forms.entry_form(place.draft, account, place.section, place.key, now=instance.now() if check else None)


def _seen(place: Place | None = None) -> str:
    """The sign of what the form was drawn from; of what was saved through it before, where it was drawn empty."""
    made = made_with(place.ticket) if place is not None and place.key is not None else None
    return request.form.get("seen") or (made.seen if made is not None else "")
