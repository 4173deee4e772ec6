"""For those who write questions: the gallery of kinds."""

from __future__ import annotations

import secrets

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from quizapp.items.controls import AnswerForm
from quizapp.services.gallery import Exhibit, Marked, gallery, mark
from quizapp.web import instance
from quizapp.web.auth import Access, access

SEED_MAX = 200

bp = Blueprint("author", __name__, url_prefix="/author")


@bp.route("/kinds", methods=["GET", "POST"])
@access(Access.STAFF)
def kinds() -> str | Response | tuple[str, int]:
    """Show every kind of question with its source; mark the one that was tried."""
    seed = seed_of(request.form.get("order", ""))
    page = gallery(seed or secrets.token_hex(8))
    tried = page.exhibit(request.form.get("kind", "")) if request.method == "POST" else None
    forms = {one.kind: _form(one, posted=one is tried and seed is not None) for one in page.exhibits}
    marked: Marked | None = None
    status, sentence = 200, None
    if request.method == "POST":
        if tried is None or seed is None:
            status, sentence = 400, _("This page was changed on its way. Choose your answer again.")
        elif forms[tried.kind].validate():
            marked = mark(tried, tried.item.read(forms[tried.kind], tried.shown))
        else:
            status = 422
    body = render_template(
        "author/kinds.html",
        page=page,
        forms=forms,
        order=_seal().dumps(page.seed),
        tried=tried,
        marked=marked,
        sentence=sentence,
        errors=status != 200,
    )
    return body if status == 200 else (body, status)


def _form(exhibit: Exhibit, *, posted: bool) -> AnswerForm:
    return exhibit.item.form(exhibit.shown, request.form if posted else None, place=exhibit.kind)


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(instance.key(), salt="gallery of kinds")


def seed_of(order: str) -> str | None:
    """Return the seed that a page carried, or None when we did not seal it."""
    try:
        seed = _seal().loads(order[:SEED_MAX])
    except BadSignature:
        return None
    return seed if isinstance(seed, str) else None
