"""The pictures of docs/paper.md, and every worksheet and key as a PDF. `pictures.py` calls this; it is not a test."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask, url_for
from playwright.sync_api import Page

from quizapp.models import db
from quizapp.services.assigning import list_quizzes

SHOWN = "Somewhere else"
"""The bank whose worksheet and key stand in the document."""
WIDTH, HEIGHT, MARGIN = 794, 1123, 56
"""An A4 page, and what of it stays white, in CSS pixels."""
FORMATS = ("A4", "Letter")
LARGEST = 150_000
"""Bytes of a picture."""


def paper_addresses(app: Flask) -> dict[str, tuple[str, str]]:
    """Return worksheet and key of every quiz, by its title."""
    with app.app_context():
        quizzes = list_quizzes()
        db.session.remove()
    with app.test_request_context():
        return {
            quiz.title: (
                url_for("paper.quiz", quiz=quiz.public_id),
                url_for("paper.quiz_key", quiz=quiz.public_id),
            )
            for quiz in quizzes
        }


def take_papers(page: Page, pictures: Path, pdfs: Path, papers: dict[str, tuple[str, str]]) -> int:
    """Take the pictures of one bank and print all banks; return how many PDF files there are.

    Raises:
        ValueError: a picture is larger than a document should load.
    """
    pictures.mkdir(exist_ok=True)
    pdfs.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.emulate_media(media="print")
    for title, addresses in papers.items():
        name = "-".join(re.findall(r"\w+", title.lower()))
        for which, address in zip(("worksheet", "key"), addresses, strict=True):
            page.goto(address)
            for paper in FORMATS:
                page.pdf(path=pdfs / f"{name}-{which}-{paper}.pdf", format=paper)
            if title == SHOWN:
                page.evaluate("margin => { document.body.style.padding = `${margin}px` }", MARGIN)
                file = pictures / f"{which}.png"
                size = len(page.screenshot(path=file, animations="disabled", caret="hide"))
                if size > LARGEST:
                    raise ValueError(f"{file.name} has {size} bytes; make the picture less high.")
    return 2 * len(FORMATS) * len(papers)
