"""A teacher's pages about one assignment: results, and each question."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from quizapp.services import results as service
from quizapp.services.answer_tables import is_matrix
from quizapp.services.questions import QuestionPage, question_page
from quizapp.services.results import ResultsPage, Which
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.media import image_url
from quizapp.web.tables import Cell, Table, csv_answer

bp = Blueprint("results", __name__, url_prefix="/teach/c/<section>/a/<assignment>")


@bp.get("")
@access(Access.STAFF)
def grid(section: str, assignment: str) -> str:
    """Show students by questions."""
    return render_template("teach/results.html", page=_page(section, assignment), choices=tuple(Which))


@bp.get("/results.csv")
@access(Access.STAFF)
def grid_file(section: str, assignment: str) -> Response:
    """Give the rows of the results as a file."""
    return csv_answer(grid_table(_page(section, assignment)))


@bp.get("/questions.csv")
@access(Access.STAFF)
def questions_file(section: str, assignment: str) -> Response:
    """Give the foot of the results as a file: a line for each question."""
    return csv_answer(questions_table(_page(section, assignment)))


@bp.get("/q/<int:number>")
@access(Access.STAFF)
def question(section: str, assignment: str, number: int) -> str:
    """Show what was answered to one question."""
    page = _question(section, assignment, number)
    item = page.question.item
    return render_template(
        "teach/question.html",
        page=page,
        html=page.html,
        form=item.form(page.shown, place="asked"),
        matrix=is_matrix(page.tables),
        image_url=image_url,
    )


@bp.get("/q/<int:number>/show")
@access(Access.STAFF)
def show(section: str, assignment: str, number: int) -> str:
    """Show the question and the counts to the class: no names, and the best answer only when asked for."""
    page = _question(section, assignment, number)
    return render_template(
        "teach/question_show.html",
        page=page,
        html=page.html,
        form=page.question.item.form(page.shown, place="asked"),
        matrix=is_matrix(page.tables),
        image_url=image_url,
        revealed=request.args.get("best") == "1",
    )


@bp.get("/q/<int:number>/answers.csv")
@access(Access.STAFF)
def question_file(section: str, assignment: str, number: int) -> Response:
    """Give the counts of a question as a file; it holds no names."""
    return csv_answer(question_table(_question(section, assignment, number)))


def question_table(page: QuestionPage) -> Table:
    """The counts of a question: a line for each answer at each place, or for each answer given."""
    rows: list[tuple[Cell, ...]] = [
        (table.number, table.heading, bar.letter, bar.text, bar.right, bar.belief_name, bar.count, bar.of)
        for table in page.tables
        for bar in table.bars
    ]
    if not page.tables:
        answered = page.answered
        rows += [(None, None, None, one.text, one.state == "right", None, one.count, answered) for one in page.groups]
    if page.overlay is not None and not page.tables:
        markers = page.overlay.markers
        words = enumerate(page.overlay.words, 1)
        rows += [(n, None, None, word.text, word.wanted, None, word.count, markers) for n, word in words]
    return Table(
        f"question-{page.assignment.public_id}-{page.question.number}-{page.which.value}",
        ("place", "heading", "letter", "answer", "right", "misconception", "count", "of"),
        tuple(rows),
    )


def grid_table(page: ResultsPage) -> Table:
    """The rows of the results: three columns for each question."""
    questions = [f"q{column.question.number}_{name}" for column in page.columns for name in ("answer", "state", "mark")]
    return Table(
        f"results-{page.assignment.public_id}-{page.which.value}",
        ("student", "group", "attempt", "state", "handed_in_at", "earned", "marked", "waiting", *questions),
        tuple(
            (
                row.person.name,
                row.person.group,
                row.number,
                row.state,
                row.handed_in_at,
                row.total.earned,
                row.total.marked,
                row.total.waiting,
                *(part for cell in row.cells for part in _parts(cell)),
            )
            for row in page.rows
        ),
    )


def questions_table(page: ResultsPage) -> Table:
    """The foot of the results: counts for each question."""
    return Table(
        f"questions-{page.assignment.public_id}-{page.which.value}",
        ("question", "id", "prompt", "skill", "right", "partly", "answered", "blank", "earned", "marked", "waiting"),
        tuple(
            (
                column.question.number,
                column.question.item.id,
                column.question.prompt,
                column.question.skill,
                column.right,
                column.partly,
                column.answered,
                column.skipped,
                column.tally.earned,
                column.tally.marked,
                column.tally.waiting,
            )
            for column in page.columns
        ),
    )


def _parts(cell: service.ResultCell) -> tuple[Cell, Cell, Cell]:
    return cell.text, cell.mark, cell.fraction


def _question(section: str, assignment: str, number: int) -> QuestionPage:
    return question_page(
        section,
        assignment,
        number,
        auth.account_id(),
        now=instance.now(),
        which=request.args.get("attempts"),
    )


def _page(section: str, assignment: str) -> ResultsPage:
    return service.results_page(
        section,
        assignment,
        auth.account_id(),
        now=instance.now(),
        which=request.args.get("attempts"),
        group=request.args.get("group") or None,
    )
