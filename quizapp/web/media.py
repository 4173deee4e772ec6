"""The pictures of published questions."""

from __future__ import annotations

from flask import Blueprint, abort, send_file, url_for
from werkzeug.wrappers import Response

from quizapp.bank.model import Stimulus
from quizapp.bank.pictures import is_kept_name
from quizapp.services.pictures import picture_path
from quizapp.web.auth import Access, access

YEAR_SECONDS = 31_536_000
#: A picture opened by itself runs nothing and belongs to no site, whatever its bytes are.
POLICY = "default-src 'none'; sandbox"

bp = Blueprint("media", __name__)


@bp.get("/media/<name>")
@access(Access.EVERYBODY)
def picture(name: str) -> Response:
    """Send a picture, which browsers may keep: its name is the hash of its bytes."""
    path = picture_path(name)
    if path is None:
        abort(404)
    response = send_file(path, max_age=YEAR_SECONDS, etag=name, conditional=True)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.headers["Content-Security-Policy"] = POLICY
    return response


def image_url(stimulus: Stimulus | None) -> str | None:
    """Return the address of a stimulus' picture, or None when it has none that was kept."""
    name = None if stimulus is None else stimulus.image
    return url_for("media.picture", name=name) if name is not None and is_kept_name(name) else None
