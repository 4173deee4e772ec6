"""A teacher's pages about who is in a class: the roster, lists, cards, groups and codes."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from quizapp.services import roster_edits, rosters, rosters_import
from quizapp.services.roster_edits import RosterChange, RosterConflictError
from quizapp.services.rosters import CardsPage, RosterPage, SectionRef
from quizapp.services.rosters_import import ImportPreview, UnreadableListError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_people import PseudonymsForm, RosterForm, StudentForm, StudentsForm
from quizapp.web.teach import bp, door_parts, draw_student

Answer = str | Response | tuple[str, int]


@bp.get("/c/<section>/students")
@access(Access.STAFF)
def students(section: str) -> Answer:
    """Show the roster."""
    return _roster(rosters.roster_page(section, auth.account_id()))


@bp.post("/c/<section>/students")
@access(Access.STAFF)
def add_students(section: str) -> Answer:
    """Add a list of students and show their cards, this once.

    A file, a list with columns and a list with a fault are shown first, line by line; names that
    are all new and faultless are added at once.
    """
    found = rosters.get_section(section, auth.account_id())
    if found.pseudonyms:
        return _add_pseudonyms(found)
    form = StudentsForm()
    if not form.validate_on_submit():
        return _roster(rosters.roster_page(section, auth.account_id()), form)
    try:
        uploaded = _uploaded(form.file.data)
        text = uploaded if uploaded is not None else form.names.data or ""
        look = rosters_import.preview(section, auth.account_id(), text)
    except UnreadableListError as error:
        form.names.errors = [str(error)]
        return _roster(rosters.roster_page(section, auth.account_id()), form)
    if not (look.wanted or look.refused):
        form.names.errors = [_("Paste or type at least one name, or choose a file.")]
        return _roster(rosters.roster_page(section, auth.account_id()), form)
    # The page that shows a list first says so with its button; a first list without a fault needs no second look.
    seen = "add" in request.form and uploaded is None
    if not look.wanted or not (seen or (look.plain and uploaded is None)):
        return _preview(look)
    return _add(found, look)


@bp.post("/c/<section>/cards")
@access(Access.STAFF)
def cards(section: str) -> str:
    """Make new cards for the class, or for one student, and show them this once."""
    found = rosters.get_section(section, auth.account_id())
    made = rosters.make_cards(
        found, key=instance.key(), now=instance.now(), student=request.form.get("student") or None
    )
    return _cards(made)


@bp.route("/c/<section>/students/edit", methods=["GET", "POST"])
@access(Access.STAFF)
def edit_students(section: str) -> Answer:
    """Change names, groups and codes of the whole class at once."""
    found = rosters.get_section(section, auth.account_id())
    form = RosterForm()
    if form.validate_on_submit():
        changes = [
            RosterChange(line["student"] or "", line["name"] or "", line["group"] or "", line["mark_code"] or "")
            for line in form.lines.data
        ]
        try:
            changed = roster_edits.change_roster(found, changes)
        except RosterConflictError as error:
            _show_conflicts(form, error)
        else:
            flash(ngettext("%(num)s student changed.", "%(num)s students changed.", changed), "good")
            return redirect(url_for("teach.students", section=section))
    elif request.method == "GET":
        for line in (line for line in rosters.roster_lines(found.id) if not line.guest):
            form.lines.append_entry(
                {"student": line.public_id, "name": line.name, "group": line.group, "mark_code": line.mark_code}
            )
    page = render_template("teach/roster_edit.html", section=found, form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.get("/c/<section>/students/paper")
@access(Access.STAFF)
def paper_list(section: str) -> str:
    """Show a list to print: names, and lines to write on."""
    return render_template("teach/paper_list.html", page=rosters.roster_page(section, auth.account_id()))


@bp.post("/c/<section>/students/<student>/name")
@access(Access.STAFF)
def rename(section: str, student: str) -> Answer:
    """Change one student's name, group and code."""
    found = rosters.get_section(section, auth.account_id())
    line = rosters.roster_line(found, student)
    form = StudentForm()
    if found.pseudonyms:
        form.name.data = line.name
    if form.validate_on_submit() or (found.pseudonyms and set(form.errors) == {"name"}):
        change = RosterChange(student, form.name.data or "", form.group.data or "", form.mark_code.data or "")
        try:
            roster_edits.change_roster(found, [change])
        except RosterConflictError as error:
            for field, sentence in error.problems.values():
                form[field].errors = [sentence]
        else:
            flash(_("Changed. Print a new card if the old one shows another name."), "good")
            return redirect(url_for("teach.student", section=section, student=student))
    return draw_student(section, student, form=form), 422


@bp.post("/c/<section>/students/<student>/remove")
@access(Access.STAFF)
def remove(section: str, student: str) -> Response:
    """Take a student or a guest out of the class; the answers are kept."""
    found = rosters.get_section(section, auth.account_id())
    guest = rosters.roster_line(found, student).guest
    rosters.remove_student(found, student, now=instance.now())
    if guest:
        flash(_("The guest is out and cannot come back with this browser or this nickname."), "good")
    else:
        flash(_("The student is out of the class. Add the same name again to bring back the work."), "good")
    return redirect(url_for("teach.students", section=section))


def _roster(page: RosterPage, form: StudentsForm | PseudonymsForm | None = None) -> Answer:
    if form is None:
        form = PseudonymsForm(formdata=None) if page.section.pseudonyms else StudentsForm(formdata=None)
    body = render_template("teach/students.html", page=page, form=form, errors=form.errors, now=instance.now())
    return (body, 422) if form.errors else body


def _preview(look: ImportPreview) -> Answer:
    form = StudentsForm(formdata=None, names=look.text)
    return render_template("teach/roster_preview.html", look=look, form=form)


def _add(found: SectionRef, look: ImportPreview) -> Answer:
    try:
        made = rosters.add_students(found, look.wanted, key=instance.key(), now=instance.now())
    except ValueError as error:
        flash(str(error), "warn")
        return _preview(look)
    if made.cards:
        return _cards(made, kept=len(look.known))
    changed = sum(known.changes for known in look.known)
    if changed:
        flash(ngettext("%(num)s student changed.", "%(num)s students changed.", changed), "good")
    else:
        flash(_("Everybody on this list is in the class already. Nothing was changed."), "message")
    return redirect(url_for("teach.students", section=found.public_id))


def _add_pseudonyms(found: SectionRef) -> Answer:
    form = PseudonymsForm()
    if form.validate_on_submit():
        try:
            made = roster_edits.add_pseudonyms(found, form.count.data or 0, key=instance.key(), now=instance.now())
        except ValueError as error:
            form.count.errors = [str(error)]
        else:
            return _cards(made)
    return _roster(rosters.roster_page(found.public_id, auth.account_id()), form)


def _uploaded(file: Any) -> str | None:
    """The text of an uploaded list, or None when no file was chosen."""
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    return rosters_import.decode_list(file.stream.read(rosters_import.UPLOAD_MAX + 1))


def _show_conflicts(form: RosterForm, error: RosterConflictError) -> None:
    for entry in form.lines.entries:
        problem = error.problems.get(entry.form.student.data or "")
        if problem:
            entry.form[problem[0]].errors = [problem[1]]
    # A list of forms gathers its errors when it is validated; these came later.
    form.lines.errors = [entry.errors for entry in form.lines.entries if entry.errors]
    if not error.problems:
        form.form_errors = [_("Somebody else changed this class in the same moment. Look again, and save again.")]


def _cards(made: CardsPage, kept: int = 0) -> str:
    kept = max(kept, len(made.already_there))
    if kept:
        flash(
            ngettext(
                "%(num)s name was in the class already and keeps its card.",
                "%(num)s names were in the class already and keep their cards.",
                kept,
            ),
            "message",
        )
    return render_template("teach/cards.html", page=made, **door_parts(made.section))
