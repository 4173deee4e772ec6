"""A question was wrong: say what is right, see what that changes, apply it."""

from __future__ import annotations

from random import Random
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.models import CorrectionAction
from quizapp.services import correcting, correction_pages, corrections, rosters
from quizapp.services.correcting import CorrectionError
from quizapp.services.correction_pages import FixPage
from quizapp.services.corrections import Proposal
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("correcting", __name__, url_prefix="/teach/c/<section>")


class FixForm(FlaskForm):
    """What is wrong with a question, and why. The choices depend on the question."""

    action = RadioField(_l("What should change?"), [DataRequired(_l("Choose what should change."))])
    accepted = SelectMultipleField(
        _l("Answers to accept"), widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    reason = TextAreaField(
        _l("Why? Students read this."),
        [
            DataRequired(_l("Say in a sentence why the mark changes. Students read it.")),
            Length(max=500, message=_l("Keep the reason to 500 signs.")),
        ],
        filters=[lambda value: value.strip() if isinstance(value, str) else value],
    )
    may_lower = BooleanField(_l("Lower marks too, where the change says so"))

    @classmethod
    def of(cls, page: FixPage) -> FixForm:
        """Return the form for a question of an assignment."""
        form = cls()
        words = {
            CorrectionAction.KEY: _("Another answer is right"),
            CorrectionAction.ACCEPT: _("Accept other answers too"),
            CorrectionAction.NEWER: _("Mark by version %(n)s of the question, from the bank", n=page.newer),
            CorrectionAction.ALL: _("Give it to everybody"),
            CorrectionAction.VOID: _("Leave the question out"),
        }
        possible = {
            CorrectionAction.KEY: page.can_rekey,
            CorrectionAction.ACCEPT: any(line.summary and (line.fraction or 0) < 1 for line in page.given),
            CorrectionAction.NEWER: page.newer is not None,
        }
        form.action.choices = [
            SelectChoice(action.value, word) for action, word in words.items() if possible.get(action, True)
        ]
        form.accepted.choices = [
            SelectChoice(str(place), f"{line.summary} ({line.count})")
            for place, line in enumerate(page.given)
            if line.summary and (line.fraction or 0) < 1
        ]
        return form


@bp.route("/a/<assignment>/q/<question>/fix", methods=["GET", "POST"])
@access(Access.STAFF)
def fix(section: str, assignment: str, question: str) -> str | Response | tuple[str, int]:
    """Ask what is wrong with a question; write it down and work out what it changes."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    page = correction_pages.fix_page(found, assignment, question)
    item = page.content.item
    shown = item.shuffle(Random(question))  # noqa: S311 - an order to draw answers in, not a secret
    form, key = FixForm.of(page), item.form(shown, request.form if request.method == "POST" else None, place="key")
    if form.validate_on_submit() and _key_is_whole(form, key):
        proposal = Proposal(
            action=CorrectionAction(form.action.data),
            reason=form.reason.data or "",
            may_lower=form.may_lower.data,
            answer=_answer(item, key, shown) if form.action.data == CorrectionAction.KEY else None,
            accepted=tuple(int(place) for place in form.accepted.data or () if place.isdecimal()),
        )
        try:
            correction = corrections.propose(
                found, assignment, question, proposal, account_id=account, now=instance.now()
            )
        except CorrectionError as error:
            form.action.errors = [str(error)]
        else:
            correcting.prepare(correction)
            return redirect(url_for("correcting.run", section=section, correction=correction))
    body = render_template("teach/fix.html", page=page, form=form, key=key, errors=form.errors, html=page.html)
    return (body, 422) if form.errors else body


@bp.route("/corrections/<correction>", methods=["GET", "POST"])
@access(Access.STAFF)
def run(section: str, correction: str) -> str | Response | tuple[str, int]:
    """Show what a correction changes; go on working it out, or apply it."""
    found = rosters.get_section(section, auth.account_id())
    page = correction_pages.dry_run(found, correction)
    problem = None
    if request.method == "POST":
        if "apply" not in request.form:
            correcting.prepare(correction)
            return redirect(url_for("correcting.run", section=section, correction=correction))
        try:
            correcting.apply(correction, now=instance.now())
        except CorrectionError as error:
            problem = str(error)
        else:
            flash(_("The marks are corrected. Students see that they were re-marked, and why."), "good")
            return redirect(url_for("correcting.run", section=section, correction=correction))
    body = render_template("teach/fix_run.html", page=page, problem=problem)
    return (body, 422) if problem else body


@bp.post("/corrections/<correction>/undo")
@access(Access.STAFF)
def undo(section: str, correction: str) -> Response:
    """Work out what taking a correction back would change."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    try:
        undoing = corrections.propose_undo(found, correction, account_id=account, now=instance.now())
    except CorrectionError as error:
        flash(str(error), "warn")
        return redirect(url_for("correcting.run", section=section, correction=correction))
    correcting.prepare(undoing)
    return redirect(url_for("correcting.run", section=section, correction=undoing))


def _key_is_whole(form: FixForm, key: PlainForm) -> bool:
    if form.action.data != CorrectionAction.KEY or key.validate():
        return True
    form.action.errors = [_("Look at the right answer you gave: something in it cannot be read.")]
    return False


def _answer(item: Any, key: PlainForm, shown: dict[str, Any]) -> dict[str, Any] | None:
    response = item.read(key, shown)
    return None if response is None else response.to_json()
