"""What a class's answers say, beyond marks: trust and doubt, tempting answers; hints and notes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import hints, notes, rosters, tempting, trust
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import NoteForm
from quizapp.web.teach import draw_student

bp = Blueprint("insight", __name__, url_prefix="/teach/c/<section>")


@bp.get("/trust")
@access(Access.STAFF)
def trust_and_doubt(section: str) -> str:
    """Show how the class trusts sound passages and catches problems."""
    return render_template("teach/trust.html", page=trust.trust_page(section, auth.account_id()))


@bp.get("/answers")
@access(Access.STAFF)
def answers(section: str) -> str:
    """Show the answers that tempted the class, and those given sure and wrong."""
    page = tempting.answers_page(section, auth.account_id(), now=instance.now())
    return render_template("teach/answers.html", page=page, html=page.html)


@bp.post("/students/<student>/set-aside")
@access(Access.STAFF)
def set_aside(section: str, student: str) -> Response:
    """Stop showing hints on a student until there is new reason for them."""
    found = rosters.get_section(section, auth.account_id())
    hints.set_aside(found, student, request.form.getlist("reason"), account_id=auth.account_id(), now=instance.now())
    flash(_("Set aside. It comes back when there is new reason for it."), "good")
    return redirect(url_for("teach.section", section=section))


@bp.post("/students/<student>/bring-back")
@access(Access.STAFF)
def bring_back(section: str, student: str) -> Response:
    """Show hints on a student again."""
    hints.bring_back(rosters.get_section(section, auth.account_id()), student)
    return redirect(url_for("teach.section", section=section))


@bp.post("/students/<student>/notes")
@access(Access.STAFF)
def write_note(section: str, student: str) -> str | Response | tuple[str, int]:
    """Keep a note on a student."""
    found = rosters.get_section(section, auth.account_id())
    form = NoteForm()
    if form.validate_on_submit():
        notes.write_note(
            found,
            student,
            form.text.data or "",
            account_id=auth.account_id(),
            now=instance.now(),
            request_key=form.request_key.data or None,
        )
        flash(_("The note is kept. Only teachers of this class see it."), "good")
        return redirect(url_for("teach.student", section=section, student=student))
    return draw_student(section, student, note=form), 422


@bp.post("/students/<student>/notes/<note>/delete")
@access(Access.STAFF)
def delete_note(section: str, student: str, note: str) -> Response:
    """Delete a note."""
    notes.delete_note(rosters.get_section(section, auth.account_id()), student, note)
    flash(_("The note is deleted."), "good")
    return redirect(url_for("teach.student", section=section, student=student))
