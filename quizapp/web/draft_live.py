"""What the editor of a bank asks for while somebody types. Nothing is stored; without scripts nobody asks."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    get_template_attribute,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from quizapp.services import draft_live
from quizapp.services.draft_page import place_of
from quizapp.services.drafts import TextTooLongError
from quizapp.services.previewing import PreviewedQuestion, mark
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.limits import LIVE_A_MINUTE, Limiter

LIMITER = "live_limiter"
#: Keeps the fields of the previewed question apart from those of the page.
PLACE = "preview"

bp = Blueprint("draft_live", __name__, url_prefix="/teach/drafts")


def init_app(app: Flask) -> None:
    """Give the app its count of what editors ask."""
    app.extensions[LIMITER] = Limiter()


@bp.get("/help.json")
@access(Access.STAFF)
def writing_help() -> Response:
    """Give the schema, skills and misconceptions, from which the editor completes and explains."""
    return jsonify(draft_live.writing_help())


@bp.post("/<draft>/check.json")
@access(Access.STAFF)
def check(draft: str) -> Response:
    """Give what is found in a text: as data, for markers; in a sentence; and as the list that the page shows.

    And whether the bank is no longer its author's to change.
    """
    _refuse_floods()
    live = draft_live.live_check(draft, auth.account_id(), _text(), now=instance.now())
    checked = live.checked
    listed = render_template("teach/banks/findings.html", found=checked.problems, place_of=place_of)
    said = get_template_attribute("components/problems.html", "check_summary")(checked, live.shut_out)
    return jsonify(findings=checked.to_json(), html=listed, said=said, shut_out=live.shut_out)


@bp.post("/<draft>/preview")
@access(Access.STAFF)
def preview(draft: str) -> Response:
    """Give the question at the cursor as students see it; with its feedback, if that is wished."""
    _refuse_floods()
    line = request.form.get("line", default=1, type=int)
    live = draft_live.live_preview(draft, auth.account_id(), _text(), line)
    html = None if live.question is None else _drawn(live.question, live.picture)
    return jsonify(state=live.state, wanted=live.wanted, html=html, first=live.lines[0], last=live.lines[1])


@bp.errorhandler(TextTooLongError)
def too_long(error: TextTooLongError) -> Response:
    """Say that a text is longer than a bank may be; saving it says so on a page."""
    return make_response(jsonify(error=413), 413)


def _drawn(question: PreviewedQuestion, picture: str | None) -> str:
    """Draw a question, with the answer that was tried on it and, on demand, its feedback."""
    item = question.content.item
    # What was tried on another question is no answer to this one.
    tried = request.form.get("question") == item.id
    form = item.form(question.shown, request.form if tried else None, place=PLACE)
    marked = None
    if tried and "feedback" in request.form and form.validate():
        marked = mark(question, item.read(form, question.shown))
    return render_template(
        "teach/banks/live.html",
        question=question,
        form=form,
        marked=marked,
        image_url=_picture_url(picture),
    )


def _picture_url(name: str | None) -> str | None:
    return None if name is None else url_for("media.picture", name=name)


def _text() -> str:
    return request.form.get("text", "")


def _refuse_floods() -> None:
    limiter: Limiter = current_app.extensions[LIMITER]
    if seconds := limiter.wait(str(auth.account_id()), LIVE_A_MINUTE, now=instance.now()):
        abort(make_response(jsonify(error=429), 429, {"Retry-After": str(seconds)}))
