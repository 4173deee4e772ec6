"""The pictures of docs/dashboards.md: each teacher's page in the light, in the dark, on paper and as colour-blind
people see it. `pictures.py` calls this; it is not a test."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, url_for
from playwright.sync_api import CDPSession, Page

from quizapp.models import Assignment, RosterEntry, Student, db
from quizapp.services.assigning import list_quizzes
from quizapp.services.demo import Demo

SCALE = 0.5
"""Of a page 1280 pixels wide: many pictures stand on one document."""
SCREEN, PAPER = (1280, 760), (794, 1000)


@dataclass(frozen=True)
class Look:
    """One way of looking at a page."""

    ending: str
    size: tuple[int, int] = SCREEN
    scheme: str = "light"
    media: str = "screen"
    eyes: str = "none"
    """What Chromium calls the way of seeing."""


LOOKS = (
    Look(""),
    Look("-dark", scheme="dark"),
    Look("-print", size=PAPER, media="print"),
    Look("-deuteranopia", eyes="deuteranopia"),
)
MORE_EYES = (Look("-protanopia", eyes="protanopia"), Look("-tritanopia", eyes="tritanopia"))


def addresses(app: Flask, demo: Demo, quiz_title: str) -> dict[str, str]:
    """Return the pages to take, by the name of their picture."""
    with app.app_context():
        ids = db.session.scalars(
            sa.select(Assignment.public_id).where(Assignment.section_id == demo.section.id).order_by(Assignment.id)
        ).all()
        student = db.session.scalars(
            sa.select(Student.public_id)
            .join(RosterEntry, RosterEntry.student_id == Student.id)
            .where(RosterEntry.section_id == demo.section.id)
            .order_by(RosterEntry.folded_name)
        ).first()
        quiz = next(one.public_id for one in list_quizzes() if one.title == quiz_title)
        db.session.remove()
    section = demo.section.public_id
    with app.test_request_context():
        return {
            "home": url_for("teach.home"),
            "class": url_for("teach.section", section=section),
            "trust": url_for("insight.trust_and_doubt", section=section),
            "tempting": url_for("insight.answers", section=section),
            "student": url_for("teach.student", section=section, student=student),
            "results": url_for("results.grid", section=section, assignment=ids[-1]),
            "asked": url_for("results.question", section=section, assignment=ids[-1], number=1),
            "live": url_for("live.live", section=section, assignment=ids[-1]),
            "bank": url_for("banks.health", quiz=quiz),
        }


def take_dashboards(page: Page, folder: Path, pages: dict[str, str]) -> int:
    """Take every page in every look; return how many bytes they are together."""
    folder.mkdir(exist_ok=True)
    cdp = page.context.new_cdp_session(page)
    total = 0
    for name, address in pages.items():
        page.goto(address)
        for look in LOOKS + (MORE_EYES if name == "results" else ()):
            total += _take(page, cdp, folder / f"{name}{look.ending}.png", look)
    return total


def _take(page: Page, cdp: CDPSession, file: Path, look: Look) -> int:
    width, height = look.size
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=look.scheme, media=look.media)  # type: ignore[arg-type]  # words from LOOKS
    cdp.send("Emulation.setEmulatedVisionDeficiency", {"type": look.eyes})
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": SCALE}
    taken = base64.b64decode(cdp.send("Page.captureScreenshot", {"format": "png", "clip": clip})["data"])
    return file.write_bytes(taken)
