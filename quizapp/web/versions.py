"""A bank's own page, its versions, and what changed between them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import bank_page, bank_versions, reports, restoring, rosters
from quizapp.services.bank_access import BankRight
from quizapp.services.drafts import DraftExists
from quizapp.services.rosters import NotFoundError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_versions import ChoiceForm, RestoreForm
from quizapp.web.ways import write_url

bp = Blueprint("versions", __name__, url_prefix="/teach/b/<bank>")

Answer = str | Response | tuple[str, int]


@bp.get("")
@access(Access.STAFF)
def page(bank: str) -> str:
    """Show a bank with its versions, where it is used and what students reported."""
    account = auth.account_id()
    found = bank_page.bank_page(bank, account, now=instance.now())
    form = RestoreForm(formdata=None)
    return render_template(
        "teach/banks/bank.html", page=found, head=found.head, form=form, classes=rosters.list_sections(account)
    )


@bp.get("/history/<int:number>")
@access(Access.STAFF)
def version(bank: str, number: int) -> str:
    """Show what a version says."""
    found = bank_versions.version_page(bank, number, auth.account_id())
    return render_template("teach/banks/version.html", page=found, head=found.head)


@bp.get("/difference/<int:before>/<int:after>")
@access(Access.STAFF)
def difference(bank: str, before: int, after: int) -> str:
    """Show what changed from one version to another."""
    found = bank_versions.difference_page(bank, before, after, auth.account_id())
    return render_template("teach/banks/difference.html", page=found, head=found.head)


@bp.post("/restore")
@access(Access.STAFF)
def restore(bank: str) -> Answer:
    """Make a version the teacher's draft; ask first when there are unpublished changes."""
    account, form = auth.account_id(), RestoreForm()
    head = bank_versions.bank_head(bank, account, BankRight.EDIT)
    if not form.validate():
        raise NotFoundError("version")
    number, seen = form.number.data or 0, form.seen.data or head.newest
    try:
        draft = restoring.restore(bank, number, account, seen=seen, now=instance.now())
    except DraftExists as mine:
        return _choice(bank, number, seen, mine.public_id)
    return _restored(draft, number)


@bp.post("/restore/instead")
@access(Access.STAFF)
def restore_instead(bank: str) -> Answer:
    """Put the unpublished changes aside as a draft of their own, and make a version the draft."""
    account, form = auth.account_id(), ChoiceForm()
    head = bank_versions.bank_head(bank, account, BankRight.EDIT)
    if not form.validate():
        raise NotFoundError("version")
    number, seen, draft_version = form.number.data or 0, form.seen.data or head.newest, form.draft_version.data or 0
    try:
        draft = restoring.restore_beside(
            bank, number, account, seen=seen, draft_version=draft_version, now=instance.now()
        )
    except DraftExists as mine:
        flash(_("Your draft was saved meanwhile. Look at it again."), "warn")
        return _choice(bank, number, seen, mine.public_id)
    return _restored(draft, number)


@bp.post("/reports/<report>/settle")
@access(Access.STAFF)
def settle(bank: str, report: str) -> Response:
    """Note that a report on a question of the bank is dealt with."""
    account = auth.account_id()
    head = bank_versions.bank_head(bank, account)
    reports.settle_report_of_bank(head.id, report, account_id=account, now=instance.now())
    flash(_("This report is settled."), "good")
    return redirect(url_for("versions.page", bank=bank) + "#questions", 303)


def _restored(draft: str, number: int) -> Response:
    flash(
        _("Your draft says now what version %(n)s says. Students see nothing of it until you publish.", n=number),
        "good",
    )
    return redirect(write_url(draft), 303)


def _choice(bank: str, number: int, seen: int, draft: str) -> tuple[str, int]:
    found = restoring.choice_page(bank, number, draft, auth.account_id())
    form = ChoiceForm(formdata=None, number=number, seen=seen, draft_version=found.draft_version)
    return render_template("teach/banks/restore.html", page=found, head=found.head, form=form), 409
