"""Who may do what: every route and method, for everybody there is."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from flask import Flask

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.web import auth
from tests.pages import Fields, without_tokens
from tests.web.school import ACTORS, School, fingerprint, open_school

Rule = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """What each of ACTORS is answered, in their order."""

    expected: str
    fields: Fields = field(default_factory=dict)
    changes: bool = False
    """Whether an answer below 400 may change what is stored."""


def same(status: int, **more: object) -> Row:
    return Row(" ".join([str(status)] * len(ACTORS)), **more)  # type: ignore[arg-type]  # fields of Row


# In this order: what ends something comes last.
#            nobody student classmate elsewhere owner other admin
TABLE: dict[Rule, Row] = {
    ("GET", "/"): same(200),
    ("POST", "/"): same(422),
    ("GET", "/health"): same(200),
    ("GET", "/privacy"): same(200),
    ("GET", "/static/<path:filename>"): same(200),
    ("GET", "/media/<name>"): same(404),
    ("GET", "/j/<code>"): same(200),
    ("POST", "/j/<code>"): same(422),
    ("GET", "/sign-in"): same(200),
    ("POST", "/sign-in"): same(422),
    ("GET", "/setup/<token>"): same(410),
    ("POST", "/setup/<token>"): same(410),
    ("GET", "/reset/<token>"): same(410),
    ("POST", "/reset/<token>"): same(410),
    ("GET", "/try"): same(200),
    ("POST", "/try/<quiz>"): same(302, changes=True),
    ("GET", "/r"): same(200),
    ("POST", "/r"): same(422),
    ("GET", "/r/<code>"): same(200),
    ("POST", "/r/<code>"): same(422),
    ("GET", "/r/<code>/now"): same(200),
    ("GET", "/r/<code>/in"): Row("302 200 302 302 302 302 302"),
    ("POST", "/r/<code>/in"): Row("302 422 302 302 302 302 302"),
    ("GET", "/r/<code>/answer"): same(302),
    # Who has come in with this browser may mark, signed in or not; nobody else.
    ("POST", "/r/<code>/answer"): Row("410 302 410 410 410 410 410", {"round": "1"}, changes=True),
    ("GET", "/teach/rooms"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/rooms"): Row("302 404 404 404 302 302 302", {"text": "One. Two."}, changes=True),
    ("POST", "/teach/rooms/vote"): Row("302 404 404 404 404 404 404", {"question": "nothing"}),
    ("GET", "/teach/rooms/<room>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/rooms/<room>/now"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/rooms/<room>/board"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/rooms/<room>/board/now"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/rooms/<room>/step"): Row(
        "302 404 404 404 302 404 404", {"round": "1", "seen": "open-00", "to": "talking"}, changes=True
    ),
    ("POST", "/teach/rooms/<room>/next"): Row(
        "302 404 404 404 302 404 404", {"round": "1", "seen": "open-00"}, changes=True
    ),
    ("POST", "/teach/rooms/<room>/members/<member>/remove"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/rooms/<room>/members/<member>/let-back"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/rooms/<room>/lock"): Row("302 404 404 404 302 404 404", {"to": "locked"}, changes=True),
    ("POST", "/teach/rooms/<room>/send-out"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/rooms/<room>/close"): Row("302 404 404 404 302 404 404", {"keep": "yes"}, changes=True),
    ("POST", "/teach/rooms/<room>/delete"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/j/<code>/guest"): same(422),
    ("GET", "/invitation/<token>"): same(410),
    ("POST", "/invitation/<token>"): same(410),
    ("GET", "/account"): Row("302 404 404 404 200 200 200"),
    ("POST", "/account/name"): Row("302 404 404 404 302 302 302", {"name": "Somebody"}, changes=True),
    ("POST", "/account/password"): Row("302 404 404 404 422 422 422"),
    ("GET", "/admin/people"): Row("302 404 404 404 404 404 200"),
    ("POST", "/admin/people/invite"): Row("302 404 404 404 404 404 200", changes=True),
    ("POST", "/admin/people/invite/<invitation>/withdraw"): Row("302 404 404 404 404 404 404"),
    ("POST", "/admin/people/<account>/role"): Row("302 404 404 404 404 404 302", {"role": "teacher"}, changes=True),
    ("POST", "/admin/people/<account>/access"): Row("302 404 404 404 404 404 302", {"enable": "yes"}, changes=True),
    ("POST", "/admin/people/<account>/reset"): Row("302 404 404 404 404 404 200", changes=True),
    ("GET", "/admin/people/<account>/banks"): Row("302 404 404 404 404 404 200"),
    ("POST", "/admin/people/<account>/banks"): Row("302 404 404 404 404 404 422"),
    ("GET", "/admin/data"): Row("302 404 404 404 404 404 200"),
    ("POST", "/admin/data"): Row(
        "302 404 404 404 404 404 302",
        {"guest_days": "20", "year_ends": "", "days_after_year": "60", "audit_days": "365"},
        changes=True,
    ),
    ("POST", "/admin/data/<section>/open"): Row("302 404 404 404 404 404 200", changes=True),
    ("POST", "/admin/data/<section>/teacher"): Row("302 404 404 404 404 404 302", {"login": "nobody"}),
    ("GET", "/admin/audit"): Row("302 404 404 404 404 404 200"),
    ("GET", "/account/tokens"): Row("302 404 404 404 200 200 200"),
    ("POST", "/account/tokens"): Row("302 404 404 404 422 422 422"),
    ("POST", "/account/tokens/<token>/revoke"): Row("302 404 404 404 404 404 404"),
    # Nobody's cookie counts here; tests/web/test_api.py asks with tokens.
    ("GET", "/api/v1/openapi.json"): same(200),
    ("GET", "/api/v1/token"): same(401),
    ("GET", "/api/v1/skills"): same(401),
    ("GET", "/api/v1/classes"): same(401),
    ("GET", "/api/v1/classes/<section>"): same(401),
    ("GET", "/api/v1/classes/<section>/assignments"): same(401),
    ("GET", "/api/v1/classes/<section>/assignments/<assignment>/attempts"): same(401),
    ("GET", "/api/v1/classes/<section>/assignments/<assignment>/items"): same(401),
    ("GET", "/api/v1/classes/<section>/students"): same(401),
    ("GET", "/api/v1/classes/<section>/skills"): same(401),
    ("GET", "/api/v1/classes/<section>/responses"): same(401),
    ("GET", "/admin"): Row("302 404 404 404 404 404 200"),
    ("POST", "/admin"): Row("302 404 404 404 404 404 302", {"school_name": "Riverside"}, changes=True),
    ("GET", "/admin/overview"): Row("302 404 404 404 404 404 200"),
    ("GET", "/admin/overview/classes.csv"): Row("302 404 404 404 404 404 200"),
    ("GET", "/author/kinds"): Row("302 404 404 404 200 200 200"),
    ("POST", "/author/kinds"): Row("302 404 404 404 400 400 400"),
    ("GET", "/a/<assignment>/other-questions"): Row("302 200 200 404 404 404 404"),
    ("POST", "/a/<assignment>/other-questions"): Row("302 302 302 404 404 404 404", changes=True),
    ("GET", "/me/settings"): same(200),
    ("POST", "/me/settings"): Row(
        "302 302 302 302 302 302 302",
        {"size": "large", "spacing": "normal", "background": "system", "font": "clear"},
        changes=True,
    ),
    ("POST", "/t/<attempt>/<int:position>/help"): Row("302 302 404 404 404 404 404", changes=True),
    ("GET", "/t/<attempt>/<int:position>/report"): Row("302 200 404 404 404 404 404"),
    ("POST", "/t/<attempt>/<int:position>/report"): Row(
        "302 302 404 404 404 404 404", {"words": "Two answers are right."}, changes=True
    ),
    ("GET", "/teach/c/<section>/help"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/help/<attempt>/clear"): Row("302 404 404 404 302 404 404", changes=True),
    ("GET", "/teach/c/<section>/check-ins"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/check-ins"): Row("302 404 404 404 302 404 404", changes=True),
    ("GET", "/teach/c/<section>/check-ins/<check_in>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/check-ins/<check_in>/again"): Row("302 404 404 404 302 404 404"),
    ("GET", "/teach/c/<section>/articles"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/articles/<article>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/articles/<article>"): Row(
        "302 404 404 404 302 404 404", {"text": "One.\n\nTwo."}, changes=True
    ),
    ("POST", "/teach/c/<section>/articles/<article>/delete"): Row("302 404 404 404 302 404 404", changes=True),
    ("GET", "/teach/c/<section>/reports"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/reports/<report>/settle"): Row("302 404 404 404 404 404 404"),
    ("GET", "/me"): Row("302 200 200 200 404 404 404"),
    ("GET", "/me/practice"): Row("302 200 200 200 404 404 404"),
    ("POST", "/me/practice"): Row("302 302 302 302 404 404 404"),
    ("GET", "/teach"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/banks/<quiz>"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/banks/<quiz>/questions.csv"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/banks"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/banks/new"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/banks/new"): Row("302 404 404 404 303 303 303", {"title": "News"}, changes=True),
    ("POST", "/teach/banks/new/upload"): Row("302 404 404 404 422 422 422"),
    ("GET", "/teach/b/<bank>/questions"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/b/<bank>/bank.<any(yaml, zip):form>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/b/<bank>/copy"): Row("302 404 404 404 303 404 404", changes=True),
    ("GET", "/teach/drafts/<draft>/bank.<any(yaml, zip):form>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/drafts/<draft>/files"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/files"): Row("302 404 404 404 422 404 404"),
    ("POST", "/teach/drafts/<draft>/pictures"): Row("302 404 404 404 422 404 404"),
    ("POST", "/teach/drafts/<draft>/pictures/<name>/remove"): Row("302 404 404 404 303 404 404"),
    ("GET", "/teach/drafts/<draft>/instead-of/<other>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/instead-of/<other>"): Row("302 404 404 404 409 404 404", {"version": "7"}),
    ("POST", "/teach/drafts/<draft>/under-its-bank"): Row("302 404 404 404 404 404 404"),
    ("POST", "/teach/b/<bank>/edit"): Row("302 404 404 404 303 404 404"),
    ("GET", "/teach/banks/new/form"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/banks/new/form"): Row("302 404 404 404 422 422 422"),
    ("GET", "/teach/banks/new/table"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/banks/new/table"): Row("401 404 404 404 422 422 422"),
    ("GET", "/teach/drafts/<draft>/form"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/form"): Row("401 404 404 404 409 404 404"),
    ("GET", "/teach/drafts/<draft>/form/<key>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/form/<key>"): Row("401 404 404 404 409 404 404", {"owner": "choice"}),
    ("GET", "/teach/drafts/<draft>/form/text/<key>"): Row("302 404 404 404 404 404 404"),
    ("POST", "/teach/drafts/<draft>/form/text/<key>"): Row("401 404 404 404 404 404 404"),
    ("GET", "/teach/drafts/<draft>/form/new/<owner>"): Row("302 404 404 404 302 404 404"),
    ("POST", "/teach/drafts/<draft>/form/new/<owner>"): Row("401 404 404 404 422 404 404"),
    ("GET", "/teach/b/<bank>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/b/<bank>/history/<int:number>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/b/<bank>/difference/<int:before>/<int:after>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/b/<bank>/restore"): Row("302 404 404 404 303 404 404", {"number": "1", "seen": "1"}),
    ("POST", "/teach/b/<bank>/restore/instead"): Row(
        "302 404 404 404 409 404 404", {"number": "1", "seen": "1", "draft_version": "9"}
    ),
    ("POST", "/teach/b/<bank>/reports/<report>/settle"): Row("302 404 404 404 404 404 404"),
    ("GET", "/teach/b/<bank>/sharing"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/b/<bank>/sharing"): Row("302 404 404 404 422 404 404"),
    ("POST", "/teach/b/<bank>/sharing/<account>"): Row("302 404 404 404 404 404 404", {"right": "view"}),
    ("POST", "/teach/b/<bank>/leave"): Row("302 404 404 404 404 404 404"),
    ("POST", "/teach/b/<bank>/hand-over"): Row("302 404 404 404 422 404 404"),
    ("GET", "/teach/drafts/<draft>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts"): Row("302 404 404 404 303 303 303", {"text": "title: New"}, changes=True),
    ("POST", "/teach/drafts/<draft>"): Row(
        "401 404 404 404 303 404 404", {"text": "title: Mine", "version": "1"}, changes=True
    ),
    ("GET", "/teach/drafts/help.json"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/drafts/<draft>/check.json"): Row("302 404 404 404 200 404 404", {"text": "title: Mine"}),
    ("POST", "/teach/drafts/<draft>/preview"): Row("302 404 404 404 200 404 404", {"text": "title: Mine"}),
    ("GET", "/teach/drafts/<draft>/preview/<int:number>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/preview/<int:number>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/drafts/<draft>/publish"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/drafts/<draft>/publish"): Row("302 404 404 404 409 404 404", {"version": "1"}),
    ("GET", "/teach/paper/<quiz>"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/paper/<quiz>/key"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/c/<section>/a/<assignment>/paper"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/paper/key"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/lessons/<quiz>"): Row("302 404 404 404 404 404 404"),
    ("GET", "/teach/misconceptions"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/new"): Row("302 404 404 404 200 200 200"),
    ("POST", "/teach/new"): Row("302 404 404 404 302 302 302", {"name": "9D"}, changes=True),
    ("GET", "/teach/c/<section>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/trust"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/answers"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/answers.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/join"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/students"): Row("302 404 404 404 200 404 404", {"names": "Dee"}, changes=True),
    ("GET", "/teach/archive"): Row("302 404 404 404 200 200 200"),
    ("GET", "/teach/c/<section>/students/edit"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/students/edit"): Row("302 404 404 404 302 404 404"),
    ("GET", "/teach/c/<section>/students/paper"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students/<student>/data"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/students/<student>/export"): Row("302 404 404 404 200 404 404", changes=True),
    ("GET", "/teach/c/<section>/guests/<student>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/guests/<student>"): Row("302 404 404 404 422 404 404"),
    ("GET", "/teach/c/<section>/marks"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/marks/<any(moodle, canvas):gradebook>.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/settings"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/settings"): Row(
        "302 404 404 404 302 404 404", {"name": "9B again", "secret_kind": "words"}, changes=True
    ),
    ("POST", "/teach/c/<section>/door"): Row("302 404 404 404 302 404 404", {"minutes": "10"}, changes=True),
    ("POST", "/teach/c/<section>/teachers"): Row("302 404 404 404 422 404 404"),
    ("POST", "/teach/c/<section>/leave"): Row("302 404 404 404 302 404 404"),
    ("GET", "/teach/c/<section>/next-year"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/next-year"): Row("302 404 404 404 302 404 404", {"name": "10B"}, changes=True),
    ("GET", "/teach/c/<section>/delete"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/undelete"): Row("302 404 404 404 404 404 404"),
    ("GET", "/teach/c/<section>/assign"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/assign"): Row("302 404 404 404 422 404 404"),
    ("GET", "/teach/c/<section>/students/<student>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students/<student>/<attempt>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/students/<student>/name"): Row(
        "302 404 404 404 302 404 404", {"name": "Ada L."}, changes=True
    ),
    ("POST", "/teach/c/<section>/students/<student>/set-aside"): Row(
        "302 404 404 404 302 404 404", {"reason": "quiet"}, changes=True
    ),
    ("POST", "/teach/c/<section>/students/<student>/bring-back"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/c/<section>/students/<student>/notes"): Row(
        "302 404 404 404 302 404 404", {"text": "Asks good questions."}, changes=True
    ),
    ("POST", "/teach/c/<section>/students/<student>/notes/<note>/delete"): Row(
        "302 404 404 404 302 404 404", changes=True
    ),
    ("POST", "/teach/c/<section>/cards"): Row("302 404 404 404 200 404 404", changes=True),
    ("GET", "/teach/c/<section>/skills.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/assignments.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/trust.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students/<student>/skills.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students/<student>/quizzes.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/students/<student>/<attempt>/answers.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/results.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/questions.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/q/<int:number>"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/q/<int:number>/show"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/q/<int:number>/answers.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/live"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/live/now"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/live/live.csv"): Row("302 404 404 404 200 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/practise/<skill>"): Row("302 404 404 404 302 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/change"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/change"): Row("302 404 404 404 422 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/more-time"): Row("302 404 404 404 302 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/close"): Row("302 404 404 404 302 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/reopen"): Row("302 404 404 404 302 404 404"),
    ("POST", "/teach/c/<section>/students/<student>/time"): Row(
        "302 404 404 404 302 404 404", {"time": "1.5"}, changes=True
    ),
    ("POST", "/teach/c/<section>/students/<student>/extra-attempt"): Row("302 404 404 404 404 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/marking"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/marking"): Row("302 404 404 404 302 404 404", changes=True),
    ("GET", "/teach/c/<section>/a/<assignment>/marking/<question>"): Row("302 404 404 404 404 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/marking/<question>"): Row("302 404 404 404 404 404 404"),
    ("GET", "/teach/c/<section>/a/<assignment>/marking/<question>/marked"): Row("302 404 404 404 404 404 404"),
    ("POST", "/teach/comments/forget"): Row("302 404 404 404 302 302 302"),
    ("GET", "/teach/c/<section>/a/<assignment>/q/<question>/fix"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/a/<assignment>/q/<question>/fix"): Row(
        "302 404 404 404 302 404 404", {"action": "all", "reason": "The passage says both."}, changes=True
    ),
    ("GET", "/teach/c/<section>/corrections/<correction>"): Row("302 404 404 404 200 404 404"),
    ("POST", "/teach/c/<section>/corrections/<correction>"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/c/<section>/corrections/<correction>/undo"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/c/<section>/a/<assignment>/release"): Row("302 404 404 404 302 404 404", changes=True),
    ("GET", "/t/<attempt>/<int:position>"): Row("404 200 404 404 404 404 404"),
    ("GET", "/t/<attempt>/<int:position>/feedback"): Row("404 302 404 404 404 404 404"),
    ("GET", "/t/<attempt>/check"): Row("404 200 404 404 404 404 404"),
    ("GET", "/t/<attempt>/result"): Row("404 302 404 404 404 404 404"),
    ("POST", "/t/<attempt>/<int:position>/draft"): Row("401 200 404 404 401 401 401", changes=True),
    ("POST", "/t/<attempt>/<int:position>"): Row("401 422 404 404 401 401 401"),
    ("POST", "/t/return"): same(302),
    ("GET", "/a/<assignment>"): Row("302 302 200 404 404 404 404"),
    ("POST", "/a/<assignment>/start"): Row("302 302 302 404 404 404 404", changes=True),
    ("POST", "/t/<attempt>/hand-in"): Row("404 302 404 404 404 404 404", changes=True),
    ("POST", "/teach/drafts/<draft>/fitting-id"): Row("302 404 404 404 409 404 404"),
    ("POST", "/teach/drafts/<draft>/detach"): Row("302 404 404 404 303 404 404", changes=True),
    ("POST", "/teach/drafts/<draft>/discard"): Row("302 404 404 404 303 404 404", changes=True),
    ("POST", "/teach/c/<section>/code"): Row("302 404 404 404 302 404 404", changes=True),
    ("POST", "/teach/c/<section>/students/<student>/remove"): Row("302 404 404 404 302 404 404", changes=True),
    # Ada has been taken out by now, so she is nobody; Ben too, once the class is archived.
    ("POST", "/teach/c/<section>/students/<student>/erase"): Row("302 302 404 404 302 404 404", changes=True),
    ("POST", "/admin/students/<student>/export"): Row("302 302 404 404 404 404 404"),
    ("POST", "/admin/students/<student>/erase"): Row("302 302 404 404 404 404 404"),
    ("POST", "/teach/c/<section>/archive"): Row("302 302 404 404 302 404 404", changes=True),
    ("POST", "/teach/c/<section>/delete"): Row("302 302 302 404 302 404 404", {"typed": "9B again"}, changes=True),
    ("POST", "/sign-out"): same(302, changes=True),
}


def rules_of(app: Flask) -> set[Rule]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table(app: Flask) -> None:
    assert rules_of(app) == set(TABLE)


def test_a_planted_route_is_missed(app: Flask) -> None:
    app.add_url_rule("/planted", view_func=auth.access(auth.Access.EVERYBODY)(lambda: "x"), endpoint="planted")
    assert rules_of(app) - set(TABLE) == {("GET", "/planted")}


def ask(school: School, actor: str, rule: Rule, *, missing: bool = False) -> tuple[int, str, str | None]:
    method, pattern = rule
    browser, path = school.browsers[actor], school.path(pattern, missing=missing)
    page = browser.get(path) if method == "GET" else browser.post(path, TABLE[rule].fields)
    text = page.body.decode("utf-8", "replace")
    return page.status, without_tokens(text).replace(path, "…"), page.location


def test_everybody_gets_what_the_table_says_and_refusals_change_nothing(app: Flask) -> None:
    school = open_school(app)
    wrong = []
    before = fingerprint(app)
    for rule, row in TABLE.items():
        expected = dict(zip(ACTORS, map(int, row.expected.split()), strict=True))
        # Those who are let in come last, so that the others meet what is still there.
        may_change = {actor: row.changes and expected[actor] < 400 and not turned_away(row, actor) for actor in ACTORS}
        for group in (False, True):
            for actor in ACTORS:
                if may_change[actor] is not group:
                    continue
                status, _body, location = ask(school, actor, rule)
                if status != expected[actor]:
                    wrong.append(f"{actor}: {' '.join(rule)} answers {status}, not {expected[actor]}")
                if turned_away(row, actor) and not (location == "/" or (location or "").startswith("/sign-in")):
                    wrong.append(f"{' '.join(rule)} leads nobody to {location}")
            after = fingerprint(app)
            if not group and after != before:
                changed = [name for name in after if after[name] != before[name]]
                wrong.append(f"{' '.join(rule)} changes {changed} for those who may not")
            before = after
    assert wrong == []


def turned_away(row: Row, actor: str) -> bool:
    """Whether a redirect only means: sign in first."""
    return actor == "nobody" and row.expected.startswith("302") and "404" in row.expected


def test_what_is_anothers_answers_exactly_like_what_is_not(app: Flask) -> None:
    school = open_school(app)
    compared = 0
    for rule, row in TABLE.items():
        if not any(f"<{name}>" in rule[1] for name in ("section", "attempt", "assignment", "draft", "bank", "room")):
            continue
        expected = dict(zip(ACTORS, row.expected.split(), strict=True))
        for actor in ACTORS:
            if expected[actor] not in {"404", "401"}:
                continue
            assert ask(school, actor, rule) == ask(school, actor, rule, missing=True), (actor, rule)
            compared += 1
    assert compared > 100


def test_an_attempt_belongs_to_its_student_and_class_in_every_address(app: Flask) -> None:
    """Ids that exist, put together wrongly, are as good as none."""
    school = open_school(app)
    owner = school.browsers["owner"]
    ben = school.school_class.pupils[1].public_id
    own = owner.follow(owner.submit(owner.get("/teach/new"), fields={"name": "9Z"})).path.split("/")[3]
    for path in (
        f"/teach/c/{own}/students/{school.student}",
        f"/teach/c/{own}/students/{school.student}/{school.attempt}",
        f"/teach/c/{school.section}/students/{ben}/{school.attempt}",
        f"/teach/c/{school.section}/students/{school.student}/{'0' * 16}",
        *(f"/teach/c/{own}/a/{school.assignment}{page}" for page in ("", "/live", "/live/now", "/q/1", "/results.csv")),
        f"/teach/c/{school.section}/a/{school.assignment}/q/5",
        f"/teach/c/{school.section}/a/{school.assignment}/q/0",
        f"/teach/c/{school.section}/a/{school.assignment}?attempts=worst",
    ):
        assert owner.get(path).status == 404, path
    for path in (
        f"/teach/c/{own}/students/{school.student}/remove",
        f"/teach/c/{own}/students/{school.student}/name",
        f"/teach/c/{own}/a/{school.assignment}/release",
    ):
        assert owner.post(path, {"name": "Eve"}).status == 404, path
    assert owner.post(f"/teach/c/{own}/cards", {"student": school.student}).status == 404


def test_a_view_without_a_rule_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    started = create_app(settings)
    started.add_url_rule("/planted", "planted", lambda: "x")
    with pytest.raises(RuntimeError, match="planted"):
        auth.init_app(started)


def test_signing_in_again_replaces_who_was_there(app: Flask) -> None:
    school = open_school(app)
    browser = school.browsers["student"]
    browser.sign_in_staff(school.owner)
    assert browser.get("/me").status == 404
    assert browser.get("/teach").status == 200
    browser.sign_in_student(school.school_class, school.ada)
    assert browser.get("/teach").status == 404
    assert browser.get("/me").status == 200


def test_nobody_is_led_to_the_door_and_back(app: Flask) -> None:
    school = open_school(app)
    browser = school.browsers["nobody"]
    path = f"/teach/c/{school.section}"
    door = browser.get(path)
    assert (door.status, door.location) == (302, f"/sign-in?next={path}")
    came = browser.submit(browser.follow(door), fields={"login": "rivera", "password": "three quiet words"})
    assert came.location == path
    assert browser.follow(came).status == 200
    assert browser.get("/me").status == 404


def test_an_address_that_is_not_there_keeps_the_menu_of_whoever_is_signed_in(app: Flask) -> None:
    browsers = open_school(app).browsers
    for actor, home, menu in (("owner", "/teach", True), ("student", "/me", True), ("nobody", "/", False)):
        page = browsers[actor].get("/nowhere/at/all")
        assert page.status == 404
        assert f'<a class="btn" href="{home}">' in page.text, actor
        assert (('<nav aria-label="Main">' in page.text), ("Sign out" in page.text)) == (menu, menu), actor
