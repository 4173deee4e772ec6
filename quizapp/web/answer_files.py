"""Every answer of a class as one long file: a row for each student, question and attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Blueprint, request, stream_with_context
from werkzeug.wrappers import Response

from quizapp.services.answers import AnswerRow, Wanted, all_answers
from quizapp.web import auth
from quizapp.web.auth import Access, access
from quizapp.web.tables import BOM, Cell, csv_file, csv_lines

bp = Blueprint("answer_files", __name__, url_prefix="/teach/c/<section>")

COLUMNS = (
    *("student", "name", "group", "assignment", "quiz", "attempt", "attempt_number", "position"),
    *("bank", "item", "revision", "lineage", "kind", "skill"),
    *("answered", "answer", "reason", "marked", "fraction", "void", "confidence"),
    *("started_at", "saved_at", "handed_in_at"),
)


@bp.get("/answers.csv")
@access(Access.STAFF)
def answers(section: str) -> Response:
    """Give all answers as a file, written while they are read; `?names=1` puts names and groups beside the codes."""
    parts = all_answers(section, auth.account_id(), wanted=Wanted())
    body = _lines(parts, named=request.args.get("names") == "1", bom=request.args.get("bom") == "1")
    return csv_file(stream_with_context(body), f"answers-{section}")


def _lines(parts: Iterator[tuple[AnswerRow, ...]], *, named: bool, bom: bool) -> Iterator[bytes]:
    yield ((BOM if bom else "") + csv_lines([COLUMNS])).encode()
    for part in parts:
        yield csv_lines(_cells(row, named=named) for row in part).encode()


def _cells(row: AnswerRow, *, named: bool) -> tuple[Cell, ...]:
    answer = (
        row.answer if row.answer is None or isinstance(row.answer, str) else json.dumps(row.answer, ensure_ascii=False)
    )
    return (
        *(row.student, row.name if named else None, row.group if named else None),
        *(row.assignment, row.title, row.attempt, row.attempt_number, row.position),
        *(row.bank, row.item, row.revision, row.lineage, row.kind, row.skill),
        *(row.answered, answer, row.reason or None, row.marked, row.fraction, row.void, row.confidence),
        *(row.started_at, row.saved_at, row.handed_in_at),
    )
