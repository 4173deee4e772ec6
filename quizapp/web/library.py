"""The library of banks, a bank laid open, and the ways to begin a new one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.services import bank_look, drafts, library, rosters
from quizapp.services.bank_access import BankRight
from quizapp.services.library import LibraryPage
from quizapp.services.starting_texts import starting_text
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_library import SearchForm, UploadForm

bp = Blueprint("library", __name__, url_prefix="/teach")


@bp.get("/banks")
@access(Access.STAFF)
def overview() -> str:
    """Show the banks that a teacher may see, narrowed down by what the address asks for."""
    form = SearchForm(request.args)
    wanted = form.wanted(request.args.get("page", ""))
    page = library.library_page(auth.account_id(), wanted, now=instance.now())
    form.offer(page.choices)
    return render_template(
        "teach/banks/library.html", page=page, form=form, Right=BankRight, address=_address, kept=_kept(page)
    )


@bp.get("/b/<bank>/questions")
@access(Access.STAFF)
def look(bank: str) -> str:
    """Show all questions of a bank with their keys and reasons."""
    page = bank_look.bank_look(bank, auth.account_id(), now=instance.now())
    sections = rosters.list_sections(auth.account_id())
    return render_template("teach/banks/look.html", page=page, Right=BankRight, sections=sections)


@bp.get("/banks/new")
@access(Access.STAFF)
def new() -> str:
    """Offer the ways to begin a bank."""
    return render_template("teach/banks/new.html", form=UploadForm())


@bp.post("/banks/new")
@access(Access.STAFF)
def begin() -> Response:
    """Begin a draft with a short text that can be published as it is."""
    draft = drafts.create_draft(auth.account_id(), starting_text(), now=instance.now())
    return redirect(url_for("drafts.editor", draft=draft), 303)


def _kept(page: LibraryPage) -> dict[str, str]:
    """What of a search stands in addresses."""
    wanted = page.wanted
    asked = {
        "q": wanted.words,
        "skill": wanted.skill,
        "kind": wanted.kind,
        "difficulty": wanted.difficulty,
        "whose": wanted.whose.value,
        "due": "y" if wanted.due else "",
    }
    return {name: value for name, value in asked.items() if value}
