"""A teacher's pages: classes, the code, assigning, progress. Other modules add views to this blueprint."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import assigning, class_page, lessons, misconceptions, rosters, student_page
from quizapp.services.bank_news import bank_news
from quizapp.services.class_page import ClassView, Sort
from quizapp.services.home import teacher_home
from quizapp.services.rosters import SectionRef
from quizapp.services.sharing import shared_lately
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import NoteForm, SectionForm
from quizapp.web.forms_people import DoorForm, StudentForm
from quizapp.web.qr import qr_svg

bp = Blueprint("teach", __name__, url_prefix="/teach")


@bp.get("")
@access(Access.STAFF)
def home() -> str:
    """List the classes."""
    moment = instance.now()
    account = auth.account_id()
    lines = teacher_home(account, now=moment, day_ends=instance.day_ends(moment))
    return render_template(
        "teach/home.html", lines=lines, shared=shared_lately(account, now=moment), news=bank_news(account, now=moment)
    )


@bp.route("/new", methods=["GET", "POST"])
@access(Access.STAFF)
def new_section() -> str | Response | tuple[str, int]:
    """Make a class."""
    form = SectionForm()
    if form.validate_on_submit():
        section = rosters.create_section(
            form.name.data or "",
            account_id=auth.account_id(),
            now=instance.now(),
            request_key=form.request_key.data or None,
        )
        return redirect(url_for("teach.students", section=section.public_id))
    page = render_template("teach/new_section.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.get("/c/<section>")
@access(Access.STAFF)
def section(section: str) -> str:
    """Show students × skills and how far the class is."""
    page = class_page.class_page(section, auth.account_id(), now=instance.now(), view=class_view())
    return render_template("teach/section.html", page=page, **door_parts(page.section))


@bp.get("/c/<section>/join")
@access(Access.STAFF)
def join_board(section: str) -> str:
    """Show address, code and QR code large enough for the back row."""
    found = rosters.get_section(section, auth.account_id())
    form = DoorForm(formdata=None)
    return render_template("teach/join_board.html", section=found, form=form, now=instance.now(), **door_parts(found))


@bp.post("/c/<section>/code")
@access(Access.STAFF)
def renew_code(section: str) -> Response:
    """Give the class another code."""
    rosters.new_code(rosters.get_section(section, auth.account_id()))
    flash(_("This is the new code. The old one no longer works."), "good")
    return redirect(url_for("teach.join_board", section=section))


@bp.get("/c/<section>/students/<student>")
@access(Access.STAFF)
def student(section: str, student: str) -> str:
    """Show one student's skills and attempts."""
    return draw_student(section, student)


@bp.get("/c/<section>/students/<student>/<attempt>")
@access(Access.STAFF)
def student_attempt(section: str, student: str, attempt: str) -> str:
    """Show one attempt, question by question."""
    page = student_page.student_attempt_page(section, student, attempt, auth.account_id(), now=instance.now())
    return render_template("teach/student_attempt.html", page=page, attempt=attempt)


@bp.get("/lessons/<quiz>")
@access(Access.STAFF)
def lesson(quiz: str) -> str:
    """Show the lesson that comes with a quiz; it prints on a page or two."""
    page = lessons.lesson_page(quiz, auth.account_id())
    return render_template("teach/lesson.html", page=page, html=page.html)


@bp.get("/misconceptions")
@access(Access.STAFF)
def reteach() -> str:
    """Show what wrong answers show that somebody believes, and how to teach it again; prints as cards."""
    page = misconceptions.reteach_page()
    return render_template("teach/reteach.html", page=page, html=page.html)


@bp.post("/c/<section>/a/<assignment>/release")
@access(Access.STAFF)
def release(section: str, assignment: str) -> Response:
    """Show deferred results to the students."""
    found = rosters.get_section(section, auth.account_id())
    assigning.release_results(found, assignment, now=instance.now())
    flash(_("Students who handed in can now see their results."), "good")
    return redirect(url_for("teach.section", section=section))


def class_view() -> ClassView:
    """Return how the table is wanted; what an address cannot mean is left out."""
    sort = request.args.get("sort", "")
    return ClassView(
        sort=Sort(sort) if sort in set(Sort) else Sort.NAME,
        group=request.args.get("group") or None,
        by_skill=request.args.get("show") == "skills",
    )


def draw_student(section: str, student: str, *, form: StudentForm | None = None, note: NoteForm | None = None) -> str:
    """Return a student's page, with the forms as they came back if they did."""
    page = student_page.student_page(section, student, auth.account_id(), now=instance.now())
    line = rosters.roster_line(page.section, student)
    form = form or StudentForm(formdata=None, obj=line)
    note = note or NoteForm(formdata=None)
    errors = {**form.errors, **note.errors}
    return render_template("teach/student.html", page=page, line=line, form=form, note=note, errors=errors)


def door_parts(section: SectionRef) -> dict[str, object]:
    """Return what pages say about joining a class: address, code, QR code."""
    address = instance.base_address()
    return {
        "address": address.split("//", 1)[-1],
        "code": section.shown_code,
        "qr": qr_svg(f"{address}{url_for('join.card', code=section.join_code)}"),
        "only_here": instance.reaches_only_this_computer(),
    }
