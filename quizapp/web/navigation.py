"""What the frame of every page needs: who is signed in, and where they can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from quizapp.services.sign_in import NOBODY
from quizapp.web import auth


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class AccountBlock:
    name: str
    home_url: str
    sign_out_url: str
    own_url: str | None = None
    """Where staff change their own name and password."""


def init_app(app: Flask) -> None:
    """Offer the frame's variables to every template."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        who = g.get("identity", NOBODY)
        signed_in = who.is_staff or who.is_student
        own = url_for("account.own_account") if who.is_staff else None
        block = AccountBlock(who.name, auth.home_url(), url_for("account.sign_out"), own) if signed_in else None
        return {
            "account": block,
            "nav_links": _links(),
            "privacy_url": url_for("join.privacy"),
        }


def _links() -> tuple[Link, ...]:
    who = g.get("identity", NOBODY)
    wanted: list[tuple[str, str]] = []
    if who.is_staff:
        wanted = [
            (_("Classes"), "teach.home"),
            (_("Banks"), "library.overview"),
            (_("Mark it together"), "rooms.index"),
            (_("Try a quiz"), "trial.choose"),
            (_("Kinds of question"), "author.kinds"),
        ]
        if who.is_admin:
            wanted.append((_("School"), "admin.school"))
    elif who.is_student:
        wanted = [(_("My work"), "learn.my_work")]
    return tuple(Link(label, url_for(view), request.endpoint == view) for label, view in wanted)
