"""A teacher's pages about one student's data: marks to take away, a copy to hand out, deleting, merging a guest."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from quizapp.services import erasing, guests, mark_lists, rosters, student_files
from quizapp.services.guests import GuestError
from quizapp.services.rosters import SectionRef
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_people import MergeForm
from quizapp.web.tables import Table, csv_answer
from quizapp.web.teach import bp

GRADEBOOKS = {"moodle": mark_lists.moodle_rows, "canvas": mark_lists.canvas_rows}


@bp.get("/c/<section>/marks")
@access(Access.STAFF)
def marks(section: str) -> str:
    """Show the marks of a class, as the files have them."""
    page = mark_lists.marks_page(section, auth.account_id(), now=instance.now())
    return render_template("teach/marks.html", page=page)


@bp.get("/c/<section>/marks/<any(moodle, canvas):gradebook>.csv")
@access(Access.STAFF)
def marks_file(section: str, gradebook: str) -> Response:
    """Send the marks as a file that a gradebook takes in."""
    page = mark_lists.marks_page(section, auth.account_id(), now=instance.now())
    columns, *rows = GRADEBOOKS[gradebook](page)
    return csv_answer(Table(f"marks-{gradebook}-{page.made_at:%Y-%m-%d}", columns, tuple(rows)))


@bp.get("/c/<section>/students/<student>/data")
@access(Access.STAFF)
def student_data(section: str, student: str) -> str:
    """Offer a copy of a student's data, and deleting them."""
    found = rosters.find_section(section, auth.account_id())
    return render_template("teach/student_data.html", section=found, line=rosters.roster_line(found, student))


@bp.post("/c/<section>/students/<student>/export")
@access(Access.STAFF)
def export_student(section: str, student: str) -> Response:
    """Send all that is kept about a student in this class, as JSON and as a page."""
    found = rosters.find_section(section, auth.account_id())
    return student_zip(student, found)


@bp.post("/c/<section>/students/<student>/erase")
@access(Access.STAFF)
def erase_student(section: str, student: str) -> Response:
    """Delete a student's name, answers and marks of this class for good."""
    found = rosters.find_section(section, auth.account_id())
    whole = erasing.erase_from_section(found, student, account_id=auth.account_id(), now=instance.now())
    if whole:
        flash(_("Deleted for good: the name, all answers and marks. Backups keep them until you delete those."), "good")
    else:
        flash(_("Deleted for good from this class. The student is in another class, where nothing changed."), "good")
    return redirect(url_for("teach.students", section=section))


@bp.route("/c/<section>/guests/<student>", methods=["GET", "POST"])
@access(Access.STAFF)
def merge_guest(section: str, student: str) -> str | Response | tuple[str, int]:
    """Give a guest's work to a student of the roster."""
    account = auth.account_id()
    page = guests.merge_page(section, student, account, now=instance.now())
    form = MergeForm()
    form.into.choices = [
        SelectChoice(choice.student.public_id, choice.student.name) for choice in page.choices if choice.possible
    ]
    if form.validate_on_submit():
        try:
            moved = guests.merge_guest(page.section, student, form.into.data, account_id=account, now=instance.now())
        except GuestError:
            form.into.errors = [_("Both are at work on the same quiz. One of them must hand in first.")]
        else:
            flash(ngettext("%(num)s attempt moved.", "%(num)s attempts moved.", moved), "good")
            return redirect(url_for("teach.student", section=section, student=form.into.data))
    body = render_template("teach/merge_guest.html", page=page, form=form, errors=form.errors)
    return (body, 422) if form.errors else body


def student_zip(student: str, section: SectionRef | None) -> Response:
    """Return the file with all that is kept about a student; its name tells nobody whose it is."""
    found = student_files.collect(student, section=section, account_id=auth.account_id(), now=instance.now())
    page = render_template("teach/student_file.html", found=found)
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
    }
    return make_response(student_files.zipped(found, page), 200, headers)
