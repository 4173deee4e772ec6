"""Writing a bank: the editor page, which needs no script, and what its buttons do."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from quizapp.bank.entries import UnreadableError
from quizapp.services import bank_forms, draft_ids, draft_page, drafts, publish_page, restoring, rosters
from quizapp.services.drafts import DraftBrokenError, DraftChanged, PublishedMeanwhile, TextTooLongError
from quizapp.services.freezing import PublishingError
from quizapp.services.rosters import NotFoundError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.bank_form_pages import form_lines
from quizapp.web.editor_words import editor_settings
from quizapp.web.forms_drafts import DraftForm, PublishForm
from quizapp.web.security import csrf, takes_text, token_is_good
from quizapp.web.signed_out import sign_in_again
from quizapp.web.ways import write_as_text, write_by_form, write_url, writes_text

bp = Blueprint("drafts", __name__, url_prefix="/teach")

LEVELS = {"easy": _l("easy"), "medium": _l("medium"), "hard": _l("hard"), "none": _l("not said")}

TEXT_MAX = 4_000_000
"""Bytes of a posted text: more than a bank may have, so that whoever typed too much gets it back."""
GO_ON = {"form": "bank_forms.bank", "preview": "drafts.preview", "publish": "drafts.publish"}
"""Pages that buttons of the editor lead to."""

Answer = str | Response | tuple[str, int]


@bp.post("/b/<bank>/edit")
@access(Access.STAFF)
def edit(bank: str) -> Response:
    """Open the teacher's draft of a bank, begun if there is none; at a question, if one is named."""
    draft = drafts.open_draft(bank, auth.account_id(), now=instance.now())
    return redirect(write_url(draft, question=request.form.get("question")), 303)


@bp.get("/drafts/<draft>")
@access(Access.STAFF)
def editor(draft: str) -> str:
    """Show a draft with everything that is found in it."""
    return _editor(draft, auth.account_id())


@bp.post("/drafts")
@access(Access.STAFF)
@takes_text(TEXT_MAX)
def begin() -> Answer:
    """Begin a draft with a text that somebody typed."""
    typed = posted_text()
    try:
        draft = drafts.create_draft(auth.account_id(), typed, now=instance.now())
    except TextTooLongError:
        return render_template("teach/banks/gone.html", typed=typed, too_long=True, draft=None), 413
    if request.form.get("do") == "form":
        write_by_form()
        return redirect(url_for("bank_forms.bank", draft=draft), 303)
    write_as_text()
    return _to(draft)


@bp.post("/drafts/<draft>")
@access(Access.EVERYBODY)  # whoever was signed out meanwhile gets what they typed back, and signs in with it
@csrf.exempt  # checked inside, for the same reason
@takes_text(TEXT_MAX)
def save(draft: str) -> Answer:
    """Keep what was typed, and do what the button says: every button keeps it first."""
    form, typed = DraftForm(), posted_text()
    account = auth.identity().account_id if token_is_good() else None
    if form.login.data:  # also where somebody else signed in on this device meanwhile
        account = sign_in_again(form.login.data, form.password) if token_is_good() else None
    if account is None:
        return _to_sign_in(draft, form, typed)
    try:
        return _save(draft, account, form, typed)
    except NotFoundError:
        return _gone(draft, form, typed)
    except DraftChanged as stored:
        return render_template("teach/banks/changed.html", draft=draft, stored=stored, typed=typed), 409


@bp.post("/drafts/<draft>/discard")
@access(Access.STAFF)
def discard(draft: str) -> Response:
    """Delete a draft; what was published stays."""
    drafts.discard_draft(draft, auth.account_id())
    flash(_("The draft is deleted."), "good")
    return redirect(auth.home_url(), 303)


def posted_text() -> str:
    """Return the text that was posted; a post without one is none of ours."""
    if "text" not in request.form:
        abort(400)
    return request.form["text"]


def _save(draft: str, account: int, form: DraftForm, typed: str) -> Answer:
    now, do = instance.now(), form.do.data or "save"
    text = typed
    if do.startswith("fix "):
        found = draft_page.with_correction(typed, do.removeprefix("fix "), now=now)
        if found is None:
            flash(
                _("The text has changed since that was found, so nothing was put in. Here it is checked again."), "warn"
            )
        text = found or typed
    lines: tuple[int, ...] = ()
    if do == "mend":
        text, lines = draft_page.with_certain_corrections(typed, now=now)
    try:
        drafts.save_draft(draft, account, text, version=form.known_version, now=now)
    except TextTooLongError:
        return _editor(draft, account, text=typed, too_long=True), 413
    if lines:
        _tell_mended(lines)
    if do == "own":
        return _detached(draft, account)
    if do == "form":
        write_by_form()
    else:
        write_as_text()
    if do in GO_ON:
        return redirect(url_for(GO_ON[do], draft=draft, number=1 if do == "preview" else None), 303)
    return _to(draft)


def _tell_mended(lines: tuple[int, ...]) -> None:
    """Say which lines were corrected, as far as anybody reads on."""
    named = ", ".join(map(str, lines[:30])) + (" …" if len(lines) > 30 else "")
    flash(
        ngettext(
            "One line was corrected: %(named)s", "%(num)s lines were corrected: %(named)s", len(lines), named=named
        ),
        "good",
    )


def _to_sign_in(draft: str, form: DraftForm, typed: str) -> tuple[str, int]:
    """The text with what it needs to be saved: another press, or name and password.

    A student may have signed in on the same device meanwhile; for students the address is not there.
    """
    account, student = auth.identity().account_id, auth.identity().is_student
    if account is not None and not form.errors and not drafts.has_draft(draft, account):
        return _gone(draft, form, typed)
    page = render_template(
        "teach/banks/signed_out.html",
        draft=draft,
        form=form,
        typed=typed,
        ask=account is None or bool(form.errors),
        other=student or account is not None,
        errors=form.errors,
    )
    return page, 404 if student else 422 if form.errors else 401 if account is None else 400


def _gone(draft: str, form: DraftForm, typed: str) -> tuple[str, int]:
    page = render_template(
        "teach/banks/gone.html", typed=typed, too_long=False, draft=draft, form=form, name=auth.identity().name
    )
    return page, 404


def _editor(draft: str, account: int, *, text: str | None = None, too_long: bool = False) -> str:
    page = draft_page.draft_page(draft, account, text=text, now=instance.now())
    return render_template(
        "teach/banks/editor.html",
        page=page,
        draft=page.draft,
        place_of=draft_page.place_of,
        levels=LEVELS,
        too_long=too_long,
        editor=editor_settings(draft, page.draft.version, stored=page.stored),
    )


def _to(draft: str) -> Response:
    return redirect(url_for("drafts.editor", draft=draft), 303)


@bp.get("/drafts/<draft>/publish")
@access(Access.STAFF)
def publish(draft: str) -> str:
    """Say what publishing changes, before it does."""
    return _publish_page(draft, PublishForm(formdata=None))


@bp.post("/drafts/<draft>/publish")
@access(Access.STAFF)
def publish_now(draft: str) -> Answer:
    """Publish what is stored."""
    form = PublishForm()
    if not form.validate():
        return _publish_page(draft, form), 422
    sentence = None
    try:
        drafts.publish_draft(
            draft,
            auth.account_id(),
            version=form.version.data or 0,
            note=form.note.data or "",
            over=form.replaced,
            now=instance.now(),
        )
    except DraftBrokenError:
        return _publish_page(draft, form), 422
    except DraftChanged:
        sentence = _("The draft was saved since you opened this page. Look at it again before you publish.")
    except PublishedMeanwhile:
        sentence = _("Nothing is published yet: a colleague was faster. Look at what changed.")
    except PublishingError as refusal:
        sentence = str(refusal)
    if sentence is not None:
        return _publish_page(draft, form, sentence), 409
    return redirect(url_for("drafts.publish", draft=draft), 303)


@bp.post("/drafts/<draft>/under-its-bank")
@access(Access.STAFF)
def under_its_bank(draft: str) -> Response:
    """Lead to a look at a text of no bank beside the draft of the bank that it names."""
    other = restoring.draft_in_the_way(draft, auth.account_id(), now=instance.now())
    return redirect(url_for("bank_files.instead", draft=draft, other=other), 303)


@bp.post("/drafts/<draft>/fitting-id")
@access(Access.STAFF)
def take_fitting_id(draft: str) -> Answer:
    """Give the text the id under which it can be published."""
    form = DraftForm()
    try:
        given = draft_ids.give_fitting_id(draft, auth.account_id(), version=form.known_version, now=instance.now())
    except (DraftChanged, UnreadableError, TextTooLongError):
        sentence = _("The draft was saved since you opened this page. Look at it again before you publish.")
        return _publish_page(draft, PublishForm(formdata=None), sentence), 409
    if given is not None:
        flash(_("The id of this bank is “%(id)s” now. Nothing else of it changed.", id=given), "good")
    return redirect(url_for("drafts.publish", draft=draft), 303)


@bp.post("/drafts/<draft>/detach")
@access(Access.STAFF)
def detach(draft: str) -> Response:
    """Let the text go its own way, as a bank of the teacher's own."""
    return _detached(draft, auth.account_id())


def _detached(draft: str, account: int) -> Response:
    drafts.detach_draft(draft, account)
    flash(
        _("This is a bank of your own now. If you have one of this id, give it another when you publish."),
        "good",
    )
    return redirect(write_url(draft), 303)


def _publish_page(draft: str, form: PublishForm, sentence: str | None = None) -> str:
    page = publish_page.publish_page(draft, auth.account_id(), now=instance.now())
    found = () if writes_text() else bank_forms.placed_findings(page.draft, page.checked.problems)
    return render_template(
        "teach/banks/publish.html",
        page=page,
        lines=form_lines(draft, found),
        form=form,
        sentence=sentence,
        classes=rosters.list_sections(auth.account_id()),
        errors=sentence is not None or bool(form.errors),
    )
