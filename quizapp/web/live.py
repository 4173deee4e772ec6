"""The live page of an assignment: who is where, drawn anew every few seconds while it is looked at."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response

from quizapp.services.live import LivePage, live_page
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.tables import Table, csv_answer

bp = Blueprint("live", __name__, url_prefix="/teach/c/<section>/a/<assignment>/live")


@bp.get("")
@access(Access.STAFF)
def live(section: str, assignment: str) -> str:
    """Show who has handed in, who is working and who has not started."""
    page, choices = _page(section, assignment), _choices()
    return render_template("teach/live.html", page=page, etag=_etag(page, choices), **choices)


@bp.get("/now")
@access(Access.STAFF)
def now(section: str, assignment: str) -> Response:
    """Give the part of the page that changes, or 304 when nothing has changed since the digest sent along."""
    page, choices = _page(section, assignment), _choices()
    answer = make_response()
    answer.headers["ETag"] = etag = _etag(page, choices)
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(render_template("teach/live_rows.html", page=page, etag=etag, **choices))
    return answer


@bp.get("/live.csv")
@access(Access.STAFF)
def live_file(section: str, assignment: str) -> Response:
    """Give the rows of the live page as a file."""
    return csv_answer(live_table(_page(section, assignment)))


def live_table(page: LivePage) -> Table:
    """How far everybody is."""
    return Table(
        f"progress-{page.assignment.public_id}",
        ("student", "group", "state", "answered", "questions", "last_saved_at"),
        tuple(
            (row.person.name, row.person.group, row.state, row.answered, row.questions or None, row.saved_at)
            for row in page.rows
        ),
    )


def _page(section: str, assignment: str) -> LivePage:
    return live_page(
        section, assignment, auth.account_id(), now=instance.now(), with_marks=request.args.get("marks") == "1"
    )


def _choices() -> dict[str, bool]:
    """On a projector names are hidden until somebody asks for them; elsewhere they are seen."""
    projected = request.args.get("view") == "projector"
    return {"projected": projected, "named": not projected or request.args.get("names") == "1"}


def _etag(page: LivePage, choices: dict[str, bool]) -> str:
    return quote_etag("-".join([page.digest, *(name for name, wanted in choices.items() if wanted)]))
