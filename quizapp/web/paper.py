"""Worksheets and their keys: pages to print, for a class without devices or for one student."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from quizapp.bank.worksheet import VERSIONS, fraction_words, letter
from quizapp.services.worksheets import PaperOptions, PaperPage, assignment_paper, quiz_paper
from quizapp.web import auth
from quizapp.web.auth import Access, access
from quizapp.web.media import image_url

bp = Blueprint("paper", __name__, url_prefix="/teach")
bp.add_app_template_filter(letter)
bp.add_app_template_filter(fraction_words)

SWITCHES = ("sure", "large", "note", "article", "other", "lesson")
"""The options that are on or off; addresses name those that are on."""


@bp.get("/paper/<quiz>")
@access(Access.STAFF)
def quiz(quiz: str) -> str:
    """Show a quiz as a worksheet."""
    return _draw("worksheet", quiz_paper(quiz, auth.account_id(), _options()))


@bp.get("/paper/<quiz>/key")
@access(Access.STAFF)
def quiz_key(quiz: str) -> str:
    """Show the key of that worksheet."""
    return _draw("key", quiz_paper(quiz, auth.account_id(), _options(), key=True))


@bp.get("/c/<section>/a/<assignment>/paper")
@access(Access.STAFF)
def assignment(section: str, assignment: str) -> str:
    """Show what an assignment asks as a worksheet."""
    return _draw("worksheet", assignment_paper(section, assignment, auth.account_id(), _options()))


@bp.get("/c/<section>/a/<assignment>/paper/key")
@access(Access.STAFF)
def assignment_key(section: str, assignment: str) -> str:
    """Show the key of that worksheet."""
    return _draw("key", assignment_paper(section, assignment, auth.account_id(), _options(), key=True))


def _options() -> PaperOptions:
    """The options in the address; without a version nothing was chosen yet."""
    version = request.args.get("version")
    if version is None:
        return PaperOptions()
    return PaperOptions(version=version, **{name: request.args.get(name) == "1" for name in SWITCHES})


def _draw(which: str, page: PaperPage) -> str:
    asked: dict[str, Any] = {
        "version": page.options.version,
        **{name: "1" for name in SWITCHES if getattr(page.options, name)},
    }
    if page.assignment is None or page.section is None:
        ways = {one: url_for(f"paper.{end}", quiz=page.quiz, **asked) for one, end in _ENDPOINTS}
    else:
        ids: dict[str, Any] = {"section": page.section.public_id, "assignment": page.assignment}
        ways = {one: url_for(f"paper.assignment{end[4:]}", **ids, **asked) for one, end in _ENDPOINTS}
    return render_template(
        f"paper/{which}.html",
        page=page,
        html=page.html,
        which=which,
        ways=ways,
        versions=VERSIONS,
        image_url=lambda one: None if one is None or one.image in page.missing else image_url(one),
    )


_ENDPOINTS = (("worksheet", "quiz"), ("key", "quiz_key"))
