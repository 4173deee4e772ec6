"""The school in counts, for administrators."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from quizapp.services.overview import STUDENTS_TO_SHOW, SchoolPage, school_page
from quizapp.web import instance
from quizapp.web.auth import Access, access
from quizapp.web.tables import Table, csv_answer

bp = Blueprint("overview", __name__, url_prefix="/admin/overview")


@bp.get("")
@access(Access.ADMINS)
def overview() -> str:
    """Show how much the school uses the app."""
    page = school_page(now=instance.now())
    return render_template("admin/overview.html", page=page, least=STUDENTS_TO_SHOW)


@bp.get("/classes.csv")
@access(Access.ADMINS)
def overview_file() -> Response:
    """Give the same as a file."""
    return csv_answer(overview_table(school_page(now=instance.now())))


def overview_table(page: SchoolPage) -> Table:
    """A line for each class; nothing but the name where it is small."""
    return Table(
        "classes",
        ("class", "students", "assignments", "handed_in", "handed_in_last_30_days"),
        tuple((row.name, row.students, row.assignments, row.handed_in, row.lately) for row in page.rows),
    )
