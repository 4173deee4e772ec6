"""Writing a bank: the editor page, which needs no script, and what its buttons do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import draft_page, drafts
from quizapp.services.drafts import DraftBrokenError, DraftChanged, PublishedMeanwhile, TextTooLongError
from quizapp.services.freezing import PublishingError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_drafts import DraftForm, PublishForm

bp = Blueprint("drafts", __name__, url_prefix="/teach")

Answer = str | Response | tuple[str, int]


@bp.post("/b/<bank>/edit")
@access(Access.STAFF)
def edit(bank: str) -> Response:
    """Open the teacher's draft of a bank, begun if there is none."""
    return _to(drafts.open_draft(bank, auth.account_id(), now=instance.now()))


@bp.get("/drafts/<draft>")
@access(Access.STAFF)
def editor(draft: str) -> str:
    """Show a draft with everything that is found in it."""
    return _editor(draft)


@bp.post("/drafts/<draft>")
@access(Access.STAFF)
def save(draft: str) -> Answer:
    """Keep what was typed, and do what the button says: every button keeps it first."""
    form = DraftForm()
    typed, do = form.text.data or "", form.do.data or "save"
    try:
        text = typed
        if do.startswith("fix "):
            text = draft_page.with_correction(typed, do.removeprefix("fix "), now=instance.now()) or typed
        drafts.save_draft(draft, auth.account_id(), text, version=form.version.data or 0, now=instance.now())
    except TextTooLongError:
        return _editor(draft, text=typed, too_long=True), 413
    except DraftChanged as stored:
        return render_template("teach/banks/changed.html", draft=draft, stored=stored, typed=typed), 409
    if do == "publish":
        return redirect(url_for("drafts.publish", draft=draft), 303)
    flash(_("Saved and checked."), "good")
    return _to(draft)


@bp.post("/drafts/<draft>/discard")
@access(Access.STAFF)
def discard(draft: str) -> Response:
    """Delete a draft; what was published stays."""
    drafts.discard_draft(draft, auth.account_id())
    flash(_("The draft is deleted."), "good")
    return redirect(auth.home_url(), 303)


def _editor(draft: str, *, text: str | None = None, too_long: bool = False) -> str:
    page = draft_page.draft_page(draft, auth.account_id(), text=text, now=instance.now())
    return render_template(
        "teach/banks/editor.html", page=page, draft=page.draft, place_of=draft_page.place_of, too_long=too_long
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
    try:
        done = drafts.publish_draft(
            draft,
            auth.account_id(),
            version=form.version.data or 0,
            note=form.note.data or "",
            over=form.replaced,
            now=instance.now(),
        )
    except DraftChanged:
        return _publish_page(draft, form, _("The draft was saved since you opened this page. Look again.")), 409
    except PublishedMeanwhile as colleague:
        sentence = _("A colleague published version %(n)s while you wrote.", n=colleague.number)
        return _publish_page(draft, form, sentence, over=colleague.number), 409
    except PublishingError as refusal:
        return _publish_page(draft, form, str(refusal)), 409
    except DraftBrokenError:
        return _publish_page(draft, form), 422
    flash(_("Version %(n)s is published.", n=done.number), "good")
    return _to(draft)


def _publish_page(draft: str, form: PublishForm, sentence: str | None = None, over: int | None = None) -> str:
    page = draft_page.draft_page(draft, auth.account_id(), now=instance.now())
    found = () if page.checked.publishable else page.checked.problems
    return render_template(
        "teach/banks/publish.html",
        draft=page.draft,
        form=form,
        found=found,
        sentence=sentence,
        over=over,
        errors=sentence is not None or bool(form.errors),
    )
