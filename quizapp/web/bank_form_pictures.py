"""A picture that comes with the form of a question, or of something to look at: kept, and named where it is shown."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from quizapp.services import uploads
from quizapp.services.bank_entries import STIMULUS
from quizapp.services.uploads import UploadError
from quizapp.web import auth, instance
from quizapp.web.bank_fields import PICTURE, PICTURE_ALT, PICTURE_CREDIT
from quizapp.web.bank_filled import Filled


class PictureRefusedError(ValueError):
    """A picture that was sent cannot be taken; its form says what to do, and nothing was kept."""


def take_picture(draft: str, filled: Filled) -> dict[str, str | None] | None:
    """Keep the picture that was sent with a form, and name it in the form of what is to be looked at.

    Returns:
        With a question: the fields of something to look at, to be saved together with the question; else None.

    Raises:
        PictureRefusedError: the form says why.
        NotFoundError: there is no such draft of theirs.
    """
    file, form = request.files.get(PICTURE), filled.form
    if file is None or not file.filename or PICTURE not in form:
        return None
    alone = filled.owner == STIMULUS
    if not alone and not (form[PICTURE_ALT].data or "").strip():
        form[PICTURE_ALT].errors = [_("Say in words what the picture shows, and choose it again.")]
        raise PictureRefusedError
    try:
        name = uploads.add_picture(
            draft, auth.account_id(), file.stream, file.filename, now=instance.now(), beside=True
        )
    except UploadError as refused:
        form[PICTURE].errors = [str(refused)]
        raise PictureRefusedError from refused
    if alone:
        form["image"].data = name
        form["kind"].data = form["kind"].data or "image"
        return None
    return {"kind": "image", "image": name, "alt": form[PICTURE_ALT].data, "credit": form[PICTURE_CREDIT].data}


def picture_lost() -> bool:
    """Whether a picture came along that the page drawn for this post does not keep: a browser never sends it back."""
    return any(file.filename for file in request.files.values())
