"""A picture that comes with the form of a question, or of something to look at: kept, and named where it is shown."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from quizapp.services import bank_form_saving as saving
from quizapp.services import uploads
from quizapp.services.bank_entries import STIMULUS
from quizapp.services.uploads import UploadError
from quizapp.web import auth, instance
from quizapp.web.bank_fields import PICTURE, PICTURE_ALT, PICTURE_CREDIT, Filled


def take_picture(draft: str, filled: Filled) -> bool:
    """Keep the picture that was sent with a form; a question gets something to look at for it.

    Returns:
        Whether all is well; if not, the form says what to do, and nothing was kept.

    Raises:
        NotFoundError, UnreadableError, TextTooLongError: as `save_entry`.
    """
    file, form = request.files.get(PICTURE), filled.form
    if file is None or not file.filename or PICTURE not in form:
        return True
    alone = filled.owner == STIMULUS
    if not alone and not (form[PICTURE_ALT].data or "").strip():
        form[PICTURE_ALT].errors = [_("Say in words what the picture shows, and choose it again.")]
        return False
    account, now = auth.account_id(), instance.now()
    try:
        name = uploads.add_picture(draft, account, file.stream, file.filename, now=now, beside=True)
    except UploadError as refused:
        form[PICTURE].errors = [str(refused)]
        return False
    if alone:
        form["image"].data = name
        form["kind"].data = form["kind"].data or "image"
        return True
    shown = {"kind": "image", "image": name, "alt": form[PICTURE_ALT].data, "credit": form[PICTURE_CREDIT].data}
    form["about"].data = saving.save_entry(draft, account, "stimuli", None, shown, owner=STIMULUS, seen="", now=now)
    return True


def picture_lost() -> bool:
    """Whether a picture came along that the page drawn for this post does not keep: a browser never sends it back."""
    return any(file.filename for file in request.files.values())
