"""Banks and their pictures as files: copying, downloading, uploading."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from quizapp.bank.archive import MAX_ARCHIVE_BYTES
from quizapp.services import bank_files, drafts, new_banks, uploads
from quizapp.services.bank_files import BankFile
from quizapp.services.drafts import DraftChanged
from quizapp.services.rosters import NotFoundError
from quizapp.services.uploads import Received, UploadError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import short_number
from quizapp.web.forms_library import NewBankForm, PictureForm, UploadForm
from quizapp.web.library import new_page
from quizapp.web.security import takes_files
from quizapp.web.ways import write_url

bp = Blueprint("bank_files", __name__, url_prefix="/teach")

Answer = str | AnyResponse | tuple[str, int]


@bp.post("/b/<bank>/copy")
@access(Access.STAFF)
def copy(bank: str) -> AnyResponse:
    """Begin a bank of one's own as a copy."""
    draft = new_banks.copy_bank(bank, auth.account_id(), now=instance.now())
    flash(_("This is your own copy. A note in it says whose work it is: leave that in, and keep the licence."), "good")
    return redirect(write_url(draft), 303)


@bp.get("/b/<bank>/bank.<any(yaml, zip):form>")
@access(Access.STAFF)
def download(bank: str, form: str) -> AnyResponse:
    """Give a published bank as a file; `?version=3` gives an earlier one."""
    number = short_number(request.args.get("version"))
    if number is None and "version" in request.args:
        raise NotFoundError("revision")
    return _sent(bank_files.revision_file(bank, auth.account_id(), number), form)


@bp.get("/drafts/<draft>/bank.<any(yaml, zip):form>")
@access(Access.STAFF)
def download_draft(draft: str, form: str) -> AnyResponse:
    """Give a draft as a file, as it is stored."""
    return _sent(bank_files.draft_file(draft, auth.account_id()), form)


@bp.post("/banks/new/upload")
@takes_files(MAX_ARCHIVE_BYTES, form_page="library.new")
@access(Access.STAFF)
def upload() -> Answer:
    """Make a draft of a file. Where there is a bank with its id, lead to a look at both."""
    form = UploadForm()
    received = _received(form)
    if received is None:
        return new_page(NewBankForm(formdata=None), form), 422
    if received.bank is None:
        return redirect(write_url(received.draft), 303)
    other = drafts.open_draft(received.bank, auth.account_id(), now=instance.now())
    return _compared(received, other)


@bp.route("/drafts/<draft>/files", methods=["GET", "POST"])
@takes_files(MAX_ARCHIVE_BYTES)
@access(Access.STAFF)
def files(draft: str) -> Answer:
    """Show the pictures of a draft and its files; take another text for it, to be looked at first."""
    form = UploadForm()
    if form.is_submitted():
        drafts.read_draft(draft, auth.account_id())
        received = _received(form)
        if received is not None:
            return _compared(received, draft)
        return _files_page(draft, form, PictureForm(formdata=None)), 422
    return _files_page(draft, form, PictureForm(formdata=None))


@bp.post("/drafts/<draft>/pictures")
@takes_files(MAX_ARCHIVE_BYTES, form_page="bank_files.files")  # what is too large for a picture is told with its size
@access(Access.STAFF)
def add_picture(draft: str) -> Answer:
    """Add a picture to a draft, or replace one."""
    form = PictureForm()
    if form.validate():
        file: FileStorage = form.picture.data
        try:
            name = uploads.add_picture(draft, auth.account_id(), file.stream, file.filename or "", now=instance.now())
        except UploadError as refused:
            form.picture.errors = [str(refused)]
        else:
            flash(
                _(
                    "The picture is kept as “%(name)s”. Name it behind “image:”, and describe it behind “alt:”.",
                    name=name,
                ),
                "good",
            )
            return _to_files(draft)
    return _files_page(draft, UploadForm(formdata=None), form), 422


@bp.post("/drafts/<draft>/pictures/<name>/remove")
@access(Access.STAFF)
def remove_picture(draft: str, name: str) -> AnyResponse:
    """Take a picture off a draft."""
    uploads.remove_picture(draft, auth.account_id(), name, now=instance.now())
    flash(_("“%(name)s” is gone from this draft. What is published keeps it.", name=name), "good")
    return _to_files(draft)


@bp.get("/drafts/<draft>/instead-of/<other>")
@access(Access.STAFF)
def instead(draft: str, other: str) -> str:
    """Show a text beside the draft in whose place it may be put."""
    return _instead_page(draft, other)


@bp.post("/drafts/<draft>/instead-of/<other>")
@access(Access.STAFF)
def put_instead(draft: str, other: str) -> Answer:
    """Put it there."""
    version = short_number(request.form.get("version")) or 0
    try:
        uploads.put_in_place(draft, other, auth.account_id(), version=version, now=instance.now())
    except DraftChanged:
        return _instead_page(draft, other, _("Your draft was saved since you opened this page. Look again.")), 409
    flash(_("That text is in your draft now. Students see it when you publish."), "good")
    return redirect(write_url(other), 303)


def _received(form: UploadForm) -> Received | None:
    """What came of the file in a form; None where the form says what is wrong with it."""
    if not form.validate():
        return None
    file: FileStorage = form.file.data
    try:
        received = uploads.receive_bank(auth.account_id(), file.stream, file.filename or "", now=instance.now())
    except UploadError as refused:
        form.file.errors = [str(refused)]
        return None
    if received.pictures:
        flash(
            ngettext("The bank came with %(num)s picture.", "The bank came with %(num)s pictures.", received.pictures),
            "good",
        )
    if received.passed_over:
        flash(
            _("These files are no part of a bank and were left out: %(names)s.", names=", ".join(received.passed_over))
        )
    return received


def _compared(received: Received, other: str) -> AnyResponse:
    """Lead to a look at an upload and the draft it is for; one that says the same leaves nothing behind."""
    if uploads.drop_if_same(received.draft, other, auth.account_id(), now=instance.now()):
        flash(_("The file says just what this draft says, so nothing was added."), "good")
        return redirect(write_url(other), 303)
    return redirect(url_for("bank_files.instead", draft=received.draft, other=other), 303)


def _files_page(draft: str, form: UploadForm, picture: PictureForm) -> str:
    return render_template(
        "teach/banks/files.html",
        draft=drafts.read_draft(draft, auth.account_id()),
        form=form,
        picture=picture,
        errors=bool(form.errors or picture.errors),
    )


def _instead_page(draft: str, other: str, sentence: str | None = None) -> str:
    page = uploads.replace_page(draft, other, auth.account_id(), now=instance.now())
    return render_template("teach/banks/instead.html", page=page, sentence=sentence, errors=sentence is not None)


def _sent(file: BankFile, form: str) -> AnyResponse:
    body, kind = (
        (file.packed(), "application/zip") if form == "zip" else (file.text.encode(), "text/yaml; charset=utf-8")
    )
    answer = Response(body, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}.{form}"'
    return answer


def _to_files(draft: str) -> AnyResponse:
    return redirect(url_for("bank_files.files", draft=draft), 303)
