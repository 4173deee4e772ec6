"""A teacher's page about a quiz: how its questions behave over all classes."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from quizapp.services.bank_health import BankPage, bank_page
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.tables import Table, csv_answer

bp = Blueprint("banks", __name__, url_prefix="/teach/banks/<quiz>")


@bp.get("")
@access(Access.STAFF)
def health(quiz: str) -> str:
    """Show each question with its pooled counts and what to look at."""
    return render_template("teach/bank.html", page=_page(quiz))


@bp.get("/questions.csv")
@access(Access.STAFF)
def health_file(quiz: str) -> Response:
    """Give the same as a file."""
    return csv_answer(bank_table(_page(quiz)))


def bank_table(page: BankPage) -> Table:
    """A line for each question. Coefficients only where the page shows them."""
    return Table(
        f"bank-{page.quiz.public_id}",
        (
            "question", "id", "version", "prompt", "skill", "shown", "blank", "earned", "difficulty",
            "item_rest_r", "flags", "reports", "review_due",
        ),
        tuple(
            (
                item.number,
                item.id,
                item.revision,
                item.prompt,
                item.skill,
                item.statistics.shown,
                item.statistics.blank,
                item.statistics.right,
                None if item.statistics.word is None else item.statistics.word.value,
                item.statistics.r if item.separation_shown else None,
                " ".join(flag.value for flag in item.statistics.flags),
                item.reports,
                None if item.review_due is None else item.review_due.isoformat(),
            )
            for item in page.items
        ),
    )  # fmt: skip


def _page(quiz: str) -> BankPage:
    return bank_page(quiz, auth.account_id(), now=instance.now())
