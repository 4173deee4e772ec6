"""Writing a bank: the editor page, which needs no script, and what its buttons do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from quizapp.services import draft_page, drafts, publish_page, rosters
from quizapp.services.drafts import DraftBrokenError, DraftChanged, PublishedMeanwhile, TextTooLongError
from quizapp.services.freezing import PublishingError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_drafts import DraftForm, PublishForm

bp = Blueprint("drafts", __name__, url_prefix="/teach")

LEVELS = {"easy": _l("easy"), "medium": _l("medium"), "hard": _l("hard"), "none": _l("not said")}

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
        "teach/banks/editor.html",
        page=page,
        draft=page.draft,
        place_of=draft_page.place_of,
        levels=LEVELS,
        too_long=too_long,
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
        done = drafts.publish_draft(
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
    flash(_("Version %(n)s is published.", n=done.number), "good")
    return redirect(url_for("drafts.publish", draft=draft), 303)


@bp.post("/drafts/<draft>/detach")
@access(Access.STAFF)
def detach(draft: str) -> Response:
    """Let the text go its own way, as a bank of the teacher's own."""
    drafts.detach_draft(draft, auth.account_id())
    flash(
        _("This is a bank of your own now. Give it another id in its line “bank:” if you have one of this id."), "good"
    )
    return _to(draft)


def _publish_page(draft: str, form: PublishForm, sentence: str | None = None) -> str:
    page = publish_page.publish_page(draft, auth.account_id(), now=instance.now())
    return render_template(
        "teach/banks/publish.html",
        page=page,
        form=form,
        sentence=sentence,
        classes=rosters.list_sections(auth.account_id()),
        errors=sentence is not None or bool(form.errors),
    )
