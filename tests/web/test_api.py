"""The API: who may read what, in parts, with tags, at a measured pace; and never by a session's cookie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.models import ApiScope
from quizapp.services import rosters, tokens
from quizapp.web import auth
from quizapp.web.api_operations import OPERATIONS
from quizapp.web.limits import A_MINUTE, TRIES_A_MINUTE
from tests.clock import START, Clock
from tests.web.school import MISSING, School, fingerprint, open_school

ALL = tuple(ApiScope)
NO_QUERY = ("/token", "/classes/{section}")


@dataclass
class Program:
    """Another program with a token."""

    client: FlaskClient
    text: str | None
    school: School

    def get(self, path: str, **headers: str) -> TestResponse:
        if self.text is not None:
            headers["Authorization"] = f"Bearer {self.text}"
        return self.client.get(f"/api/v1{path}", headers=headers)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/json"
        return answer.json

    def address(self, path: str, *, missing: bool = False) -> str:
        return self.school.path(path.replace("{", "<").replace("}", ">"), missing=missing)


@pytest.fixture
def database() -> str:
    """What the services read is tested on both databases with them; here one is enough."""
    return "sqlite"


def program_of(app: Flask, school: School, *scopes: ApiScope, teacher: int | None = None) -> Program:
    with app.app_context():
        made = tokens.make_token(
            teacher or school.owner.id, "Dashboard", scopes or ALL, lives=timedelta(days=30), now=START
        )
    return Program(app.test_client(), made.text, school)


def problem_of(answer: TestResponse, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert set(body) == {"type", "title", "status", "detail"}
    assert (body["type"], body["status"]) == ("about:blank", status)
    detail: str = body["detail"]
    return detail


def test_each_operation_wants_its_scope_and_its_own_class(app: Flask) -> None:
    school = open_school(app)
    with app.app_context():
        other = rosters.create_section("9Z", account_id=school.owner.id + 1, now=START)
    nobody = Program(app.test_client(), None, school)
    wrong = Program(app.test_client(), "closer-look-" + "x" * 43, school)
    readers = {scope: program_of(app, school, scope) for scope in ALL}
    everything = program_of(app, school)
    before = fingerprint(app)
    for one in OPERATIONS:
        path = everything.address(one.path)
        for who in (nobody, wrong):
            refused = who.get(path)
            problem_of(refused, 401)
            assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        for scope, reader in readers.items():
            if one.scope in {None, scope}:
                reader.json(path)
            else:
                assert one.scope is not None
                assert one.scope.value in problem_of(reader.get(path), 403)
        everything.json(path)
        if "{section}" in one.path:
            foreign, none = path.replace(school.section, other.public_id), everything.address(one.path, missing=True)
            assert problem_of(everything.get(foreign), 404) == problem_of(everything.get(none), 404)
        for method in ("post", "put", "patch", "delete", "options"):
            answer = everything.client.open(f"/api/v1{path}", method=method)
            problem_of(answer, 405)
            assert answer.headers["Allow"] in {"GET, HEAD", "HEAD, GET"}
    assert fingerprint(app) == before


def test_a_teachers_cookie_opens_nothing(app: Flask) -> None:
    school = open_school(app)
    browser = school.browsers["owner"]
    assert browser.get("/teach").status == 200
    page = browser.get("/api/v1/classes")
    assert page.status == 401
    assert "Set-Cookie" not in page.headers
    for scheme in ("Basic", "Token", "bearer:"):
        answer = app.test_client().get("/api/v1/token", headers={"Authorization": f"{scheme} abc"})
        problem_of(answer, 401)


def test_every_view_of_the_api_asks_for_a_token(app: Flask) -> None:
    views = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert len(views) == len(OPERATIONS) + 1
    assert {view for view in views if auth.rule_of(app, view) is not auth.Access.TOKENS} == {"api.openapi"}


def test_a_token_ends_by_time_by_hand_and_with_its_account(app: Flask, clock: Clock) -> None:
    school = open_school(app)
    program = program_of(app, school)
    assert program.json("/token")["scopes"] == ["classes", "results", "names"]
    clock.advance(days=30, seconds=-1)
    program.json("/token")
    clock.advance(seconds=1)
    problem_of(program.get("/token"), 401)
    program = program_of(app, school)
    with app.app_context():
        for line in tokens.list_tokens(school.owner.id):
            tokens.revoke_token(school.owner.id, line.public_id, now=START)
    problem_of(program.get("/token"), 401)


def test_names_are_for_those_who_may_read_them(app: Flask) -> None:
    school = open_school(app)
    coded, named = program_of(app, school, ApiScope.RESULTS), program_of(app, school, ApiScope.RESULTS, ApiScope.NAMES)
    for one in OPERATIONS:
        if one.scope is ApiScope.RESULTS:
            path = coded.address(one.path)
            assert "Ada" not in coded.get(path).text
            assert school.student in coded.get(path).text
            assert "Ada" in named.get(path).text


def test_lists_come_in_parts_that_make_the_whole(app: Flask) -> None:
    school = open_school(app)
    program = program_of(app, school)
    for one in OPERATIONS:
        if one.path in NO_QUERY:
            continue
        path = program.address(one.path)
        whole = program.json(path)
        assert whole["next"] is None
        assert "Link" not in program.get(path).headers
        parts: list[Any] = []
        address: str | None = f"{path}?limit=1"
        while address is not None:
            answer = program.get(address)
            assert answer.status_code == 200, answer.text
            assert answer.json is not None
            parts += answer.json["data"]
            link = answer.headers.get("Link")
            assert (link is None) == (answer.json["next"] is None)
            assert len(parts) <= 50
            address = None if link is None else link.split("/api/v1", 1)[1].split(">")[0]
        assert parts == whole["data"], path


BAD_QUERIES = (
    *("limit=0", "limit=201", "limit=x", "limit=", "limit=1&limit=2", "page=2"),
    *("cursor=nowhere", "cursor=", "cursor=%00", f"cursor={MISSING}-1", f"cursor={'9' * 80}"),
)


def test_a_question_that_cannot_be_answered_is_told_so(app: Flask) -> None:
    school = open_school(app)
    program = program_of(app, school)
    for query in BAD_QUERIES:
        for path in ("/classes", f"/classes/{school.section}/responses"):
            assert problem_of(program.get(f"{path}?{query}"), 400).endswith("."), query


def test_responses_of_one_assignment_or_student(app: Flask) -> None:
    school = open_school(app)
    program = program_of(app, school)
    path = f"/classes/{school.section}/responses"
    ours = program.json(f"{path}?assignment={school.assignment}&student={school.student}")["data"]
    assert [(row["position"], row["answered"], row["marked"], row["fraction"]) for row in ours] == [
        (1, True, True, 1.0),
        (2, True, False, None),
        (3, False, False, None),
        (4, False, False, None),
    ]
    # Here students may quietly change to made-up topics, so nobody's answers are given out.
    assert {row["answer"] for row in ours} == {None}
    every = program.json(path)["data"]
    assert program.json(f"{path}?student={school.student}")["data"] == [
        row for row in every if row["student"] == school.student
    ]
    assert program.json(f"{path}?assignment={school.assignment}")["data"] == [
        row for row in every if row["assignment"] == school.assignment
    ]
    problem_of(program.get(f"{path}?student={MISSING}"), 404)
    problem_of(program.get(f"{path}?assignment={MISSING}"), 404)


def test_what_has_not_changed_is_answered_304(app: Flask) -> None:
    school = open_school(app)
    program = program_of(app, school)
    first = program.get("/classes")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Vary"] == "Authorization"
    again = program.get("/classes", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        rosters.create_section("9Y", account_id=school.owner.id, now=START)
    changed = program.get("/classes", **{"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_other_sites_are_told_nothing(app: Flask) -> None:
    school = open_school(app)
    answer = program_of(app, school).get("/classes", Origin="https://elsewhere.example")
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_who_asks_too_often_waits(app: Flask, clock: Clock) -> None:
    school = open_school(app)
    program, other = program_of(app, school), program_of(app, school)
    for _ in range(A_MINUTE):
        assert program.get("/token").status_code == 200
    refused = program.get("/token")
    problem_of(refused, 429)
    assert refused.headers["Retry-After"] == "1"
    other.json("/token")
    clock.advance(seconds=1)
    assert [program.get("/token").status_code for _ in range(3)] == [200, 200, 429]
    stranger = Program(app.test_client(), "closer-look-guess", school)
    problem_of(stranger.get("/token"), 401)
    for _ in range(TRIES_A_MINUTE):
        app.extensions["api_limiter"].wait("network 127.0.0.1", TRIES_A_MINUTE, now=clock())
    problem_of(stranger.get("/token"), 429)
    clock.advance(hours=-1)
    problem_of(program.get("/token"), 429)


def test_what_is_not_there_is_told_to_programs_in_their_way(app: Flask) -> None:
    client = app.test_client()
    problem_of(client.get("/api/v1/nothing"), 404)
    problem_of(client.get("/api/v2/classes"), 404)
    assert client.get("/nothing").mimetype == "text/html"


def test_the_document_is_open_and_complete(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/openapi.json")
    document = answer.json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    paths = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    stated = {f"/api/v1{path}" for path in document["paths"]}
    assert stated == {path for path in paths if path.startswith("/api/")} - {"/api/v1/openapi.json"}
    assert answer.headers["Cache-Control"] == "no-store"
