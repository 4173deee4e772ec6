"""Beginning a bank by form, or with a table pasted from a spreadsheet: shown row by row before anything is stored."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from quizapp.bank.table import Draft
from quizapp.services import bank_tables
from quizapp.services.bank_tables import UnreadableListError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.bank_form_pages import Answer
from quizapp.web.bank_forms import bp
from quizapp.web.forms import stripped
from quizapp.web.signed_out import keeps_typing
from quizapp.web.ways import write_by_form


class BeginForm(FlaskForm):
    """What every bank has."""

    title = StringField(
        _l("Title of the bank"),
        [DataRequired(_l("Give the bank a title.")), Length(max=150, message=_l("Keep the title under 150 letters."))],
        filters=[stripped],
        description=_l("What students and teachers read."),
    )
    language = StringField(
        _l("Language of the texts"),
        [
            DataRequired(_l("Name the language, such as en.")),
            Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", message=_l("Write a language code, such as en, de or pt-BR.")),
        ],
        filters=[stripped],
        default="en",
        description=_l("Such as en, de or pt-BR."),
    )


class TableForm(BeginForm):
    """A table, pasted or as a file."""

    table = TextAreaField(
        _l("Table"),
        description=_l(
            "Copy the cells in your spreadsheet and paste them here: the question, the right answer, then wrong ones."
            " A first row that names the columns, such as Question, Right, Wrong, Wrong, Why, may put them in another"
            " order."
        ),
    )
    file = FileField(
        _l("Or a file (CSV)"),
        description=_l("From Kahoot, Wayground (Quizizz), Blooket, Gimkit or a spreadsheet: save it as CSV first."),
    )


@bp.route("/banks/new/form", methods=["GET", "POST"])
@access(Access.STAFF)
def begin() -> Answer:
    """Begin a bank that is written by form."""
    form = BeginForm()
    if form.validate_on_submit():
        draft = bank_tables.begin_with_form(
            auth.account_id(), title=form.title.data or "", language=form.language.data or "en", now=instance.now()
        )
        write_by_form()
        return redirect(url_for("bank_forms.new", draft=draft, owner="choice"), 303)
    body = render_template("teach/banks/begin.html", form=form, errors=bool(form.errors))
    return (body, 422) if form.errors else body


@bp.get("/banks/new/table")
@access(Access.STAFF)
def table() -> Answer:
    """Show where a table is pasted."""
    return _table_page(TableForm())


@bp.post("/banks/new/table")
@access(Access.EVERYBODY)  # `keeps_typing` lets only staff in
@keeps_typing
def read_table() -> Answer:
    """Show what would become of a table, then make it a draft."""
    form = TableForm()
    try:
        uploaded = _uploaded(form.file.data)
    except UnreadableListError as error:
        form.validate()
        form.file.errors = [str(error)]
        return _table_page(form), 422
    if uploaded is not None:
        form.table.data = uploaded
    good = form.validate()
    text, title, language = form.table.data or "", form.title.data or "", form.language.data or "en"
    if not text.strip():
        form.table.errors = [_("Paste a table, or choose a file.")]
        return _table_page(form), 422
    look = bank_tables.read_table(text, title=title or _("A new bank"), language=language)
    if not good or not look.questions:
        return _table_page(form, look), 422
    if request.form.get("do") != "make" or uploaded is not None:
        return _table_page(form, look)
    return _made(text, title, language, look)


def _made(text: str, title: str, language: str, look: Draft) -> Response:
    draft = bank_tables.begin_with_table(auth.account_id(), text, title=title, language=language, now=instance.now())
    assert draft is not None  # noqa: S101 - it has questions
    write_by_form()
    flash(ngettext("One question is in your draft.", "%(num)s questions are in your draft.", look.questions), "good")
    lacking = sum(one.code == "no-why" for one in look.problems)
    if lacking:
        flash(
            ngettext(
                "One question does not say why its answer is right. Add that before you publish.",
                "%(num)s questions do not say why their answer is right. Add that before you publish.",
                lacking,
            ),
            "warn",
        )
    return redirect(url_for("bank_forms.bank", draft=draft), 303)


def _table_page(form: TableForm, look: Draft | None = None) -> str:
    left_out = 0 if look is None else sum(row.kind is None for row in look.rows)
    lines = set() if look is None else {row.line for row in look.rows}
    return render_template(
        "teach/banks/table.html",
        form=form,
        look=look,
        left_out=left_out,
        whole=() if look is None else tuple(one for one in look.problems if one.line not in lines),
        errors=bool(form.errors or form.table.errors or form.file.errors),
    )


def _uploaded(file: object) -> str | None:
    """The text of the file that was chosen; None when none was."""
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    return bank_tables.text_of(file.stream.read())
