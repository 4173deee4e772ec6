"""Asking for help and reporting a faulty question: a student's side, and what teachers do about it."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from quizapp.services import attempts, help_requests, reports, rosters, taking
from quizapp.services.attempts import RefusedError
from quizapp.services.reports import TEXT_MAX
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import ConfidenceForm, stripped
from quizapp.web.learn import draw_question, drawn_from

bp = Blueprint("asking", __name__)


class ReportForm(FlaskForm):
    words = TextAreaField(
        _l("What is wrong with this question?"),
        [
            DataRequired(_l("Say in a few words what is wrong.")),
            Length(max=TEXT_MAX, message=_l("Use at most %(n)s letters.") % {"n": TEXT_MAX}),
        ],
        filters=[stripped],
        description=_l(
            "Do not write names or private things. Your teacher and whoever can change the question see the words, not"
            " who wrote them. If you report this question again, the new words take the place of the old ones."
        ),
    )


@bp.post("/t/<attempt>/<int:position>/help")
@access(Access.STUDENTS)
def help_wanted(attempt: str, position: int) -> str | Response | tuple[str, int]:
    """Light or put out the mark that teachers see. What was typed into the question is kept."""
    taker = auth.taker()
    page = taking.question_page(taker, attempt, position, now=instance.now())
    form = page.content.item.form(page.shown, formdata=request.form)
    sure = ConfidenceForm(request.form)
    if request.form.get("help") == "withdraw":
        help_requests.withdraw_help(taker, attempt)
        flash(_("The mark is gone. Your teacher no longer sees it."), "message")
    else:
        help_requests.ask_for_help(taker, attempt, position, now=instance.now())
        flash(_("Your teacher can see that you want help. You can go on in the meantime."), "good")
    if not form.validate():
        # Half an answer cannot be saved: it stays on the page instead.
        return draw_question(page, form, sure)
    response = page.content.item.read(form, page.shown)
    if response is not None:
        # Refused when checked, closed or out of time: the question's own page says so.
        with suppress(RefusedError):
            attempts.save(
                taker,
                attempt,
                position,
                response.to_json(),
                confidence=sure.level,
                drawn=drawn_from(request.form),
                now=instance.now(),
            )
    return redirect(url_for("learn.question", attempt=attempt, position=position))


@bp.route("/t/<attempt>/<int:position>/report", methods=["GET", "POST"])
@access(Access.STUDENTS)
def report(attempt: str, position: int) -> str | Response | tuple[str, int]:
    """Ask what is wrong with a question, and keep it for those who can mend it."""
    student_id, _section = auth.student_ids()
    line = taking.question_line(auth.taker(), attempt, position, now=instance.now())
    # What is handed in has its question on the page of its feedback, and that leads on where none is shown yet.
    seen_on = "learn.question" if line.attempt.handed_in_at is None else "learn.feedback"
    back = url_for(seen_on, attempt=attempt, position=position)
    form = ReportForm()
    if form.validate_on_submit():
        reports.report_question(
            student_id, attempt, position, form.words.data or "", key=instance.key(), now=instance.now()
        )
        flash(_("Thank you. Your teacher can read this now."), "good")
        return redirect(back)
    body = render_template("learn/report.html", line=line, form=form, errors=form.errors, limit=TEXT_MAX, back=back)
    return (body, 422) if form.errors else body


@bp.get("/teach/c/<section>/help")
@access(Access.STAFF)
def waiting(section: str) -> str:
    """List who waits for help."""
    found = rosters.get_section(section, auth.account_id())
    return render_template("teach/help.html", section=found, lines=help_requests.help_requests(found))


@bp.post("/teach/c/<section>/help/<attempt>/clear")
@access(Access.STAFF)
def clear(section: str, attempt: str) -> Response:
    """Put out a student's mark, and go back to where it was seen."""
    found = rosters.get_section(section, auth.account_id())
    help_requests.clear_help(found, attempt)
    watching = request.form.get("watching")
    if watching:
        return redirect(url_for("live.live", section=section, assignment=watching))
    return redirect(url_for("asking.waiting", section=section))


@bp.post("/teach/c/<section>/reports/<report>/settle")
@access(Access.STAFF)
def settle(section: str, report: str) -> Response:
    """Note that a report is dealt with, and go back to where it was read."""
    found = rosters.get_section(section, auth.account_id())
    reports.settle_report(found, report, now=instance.now())
    flash(_("This report is settled."), "good")
    return redirect(url_for("asking.reported", section=section))


@bp.get("/teach/c/<section>/reports")
@access(Access.STAFF)
def reported(section: str) -> str:
    """List what students of a class found wrong with questions."""
    found = rosters.get_section(section, auth.account_id())
    lines = reports.reports_of_class(found, auth.account_id())
    return render_template("teach/reports.html", section=found, lines=lines)
