"""The library of banks, a bank laid open, and the ways to begin a new one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.services import bank_look, library, new_banks, rosters
from quizapp.services.bank_access import BankRight
from quizapp.services.library import LibraryPage
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.bank_names import ages_name, kind_name
from quizapp.web.forms_library import NewBankForm, SearchForm, UploadForm
from quizapp.web.ways import write_as_text

bp = Blueprint("library", __name__, url_prefix="/teach")
bp.add_app_template_filter(kind_name)
bp.add_app_template_filter(ages_name)

Answer = str | Response | tuple[str, int]


@bp.get("/banks")
@access(Access.STAFF)
def overview() -> str:
    """Show the banks that a teacher may see, narrowed down by what the address asks for."""
    form = SearchForm(request.args)
    wanted = form.wanted(request.args.get("page", ""))
    page = library.library_page(auth.account_id(), wanted, now=instance.now())
    form.offer(page.choices)
    return render_template("teach/banks/library.html", page=page, form=form, Right=BankRight, kept=_kept(page))


@bp.get("/b/<bank>/questions")
@access(Access.STAFF)
def look(bank: str) -> str:
    """Show all questions of a bank with their keys and reasons."""
    page = bank_look.bank_look(bank, auth.account_id(), now=instance.now())
    sections = rosters.list_sections(auth.account_id())
    return render_template("teach/banks/look.html", page=page, Right=BankRight, sections=sections)


@bp.route("/banks/new", methods=["GET", "POST"])
@access(Access.STAFF)
def new() -> Answer:
    """Offer the ways to begin a bank, and begin one with an example."""
    form = NewBankForm()
    if form.validate_on_submit():
        draft = new_banks.begin_bank(auth.account_id(), form.title.data or "", now=instance.now())
        write_as_text()
        return redirect(url_for("drafts.editor", draft=draft), 303)
    body = new_page(form, UploadForm(formdata=None))
    return (body, 422) if form.errors else body


def new_page(form: NewBankForm, upload: UploadForm) -> str:
    """The page with the ways to begin a bank."""
    return render_template("teach/banks/new.html", form=form, upload=upload, errors=bool(form.errors or upload.errors))


def _kept(page: LibraryPage) -> dict[str, str]:
    """What of a search stands in addresses."""
    wanted = page.wanted
    asked = {
        "q": wanted.words,
        "skill": wanted.skill,
        "kind": wanted.kind,
        "difficulty": wanted.difficulty,
        "language": wanted.language,
        "age": "" if wanted.age is None else str(wanted.age),
        "whose": wanted.whose.value,
        "due": "y" if wanted.due else "",
    }
    return {name: value for name, value in asked.items() if value}
