"""A bank file as a student sees it, for its author; its own small app, started by `quizapp preview`."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.bank.model import Stimulus
from quizapp.services.previewing import PreviewPage, Watched, mark
from quizapp.web import instance
from quizapp.web.auth import Access, access
from quizapp.web.media import POLICY

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}

bp = Blueprint("preview", __name__, url_prefix="/preview")


@bp.get("/")
@access(Access.EVERYBODY)
def start() -> Response:
    """Begin with the first question."""
    return redirect(url_for("preview.question", position=1))


@bp.route("/<int:position>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def question(position: int) -> str | tuple[str, int]:
    """Show a question of the file as it is now; mark an answer to it."""
    page = _watched().page(position, now=instance.now())
    asked = page.question
    if asked is None and not page.broken:
        abort(404)
    if asked is None:
        return _page(page, {})
    item = asked.content.item
    current = request.method == "POST" and request.form.get("stamp") == page.stamp
    form = item.form(asked.shown, request.form if current else None)
    if request.method == "GET":
        return _page(page, {"form": form})
    if not current:
        sentence = _("The file has changed since you opened this question. Here it is again.")
        return _page(page, {"form": form, "sentence": sentence}), 409
    if not form.validate():
        return _page(page, {"form": form, "errors": True}), 422
    return _page(page, {"form": form, "marked": mark(asked, item.read(form, asked.shown))})


@bp.get("/<int:position>/state")
@access(Access.EVERYBODY)
def state(position: int) -> Response:
    """Say whether the file has changed, to a page that asks; if so, it opens itself anew."""
    response = make_response("", 204)
    if request.args.get("stamp") != _watched().stamp():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url_for("preview.question", position=position)
    return response


@bp.get("/picture/<name>")
@access(Access.EVERYBODY)
def picture(name: str) -> Response:
    """Send a picture of the bank."""
    found = _watched().picture(name)
    if found is None:
        abort(404)
    response = make_response(found.data)
    response.headers["Content-Type"] = TYPES[found.kind]
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _page(page: PreviewPage, more: dict[str, object]) -> str:
    stimulus = page.question.content.stimulus if page.question is not None else None
    return render_template("author/preview.html", page=page, image_url=_image_url(stimulus), **more)


def _image_url(stimulus: Stimulus | None) -> str | None:
    return url_for("preview.picture", name=stimulus.image) if stimulus is not None and stimulus.image else None


def _watched() -> Watched:
    found: Watched = current_app.extensions["watched bank"]
    return found
