"""What every answer carries, who may send a form, and what reading and refusing tell."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.models import Account, Assignment, Attempt, Response, Score, db
from quizapp.web import auth
from quizapp.web.account import own_path
from quizapp.web.security import POLICY
from tests import factories
from tests.databases import ONE_DATABASE
from tests.factories import PASSWORD
from tests.pages import Browser, Page, without_tokens
from tests.web.school import ACTORS, all_rules, fingerprint, open_school

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


# ---------------------------------------------------------------- headers and cookies


@ONE_DATABASE
def test_every_answer_carries_the_headers_errors_too(app: Flask) -> None:
    school = open_school(app)
    pages = [
        school.browsers[who].get(school.path(rule)) for rule in all_rules(app, "GET") for who in ("nobody", "owner")
    ]
    student = school.browsers["student"]
    pages += [student.get(school.path(rule)) for rule in all_rules(app, "GET") if rule.startswith(("/t/", "/me"))]
    pages += [student.get("/nothing-here"), student.open("PUT", "/"), student.open("POST", "/", data={"code": "x"})]
    assert {page.status for page in pages} >= {200, 302, 400, 404, 405, 410}
    for page in pages:
        missing = {name for name, value in HEADERS.items() if page.headers.get(name) != value}
        if page.path.startswith("/media/") and page.status == 200:
            missing.discard("Content-Security-Policy")
        assert not missing, (page.path, page.status, missing)
        kept = page.path.startswith(("/static/", "/media/"))
        assert kept or page.headers.get("Cache-Control") == "no-store", page.path
        assert "Strict-Transport-Security" not in page.headers
        assert "Server" not in page.headers


def test_a_failure_is_a_page_that_says_nothing_of_the_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> str:
        raise RuntimeError("SELECT secret FROM /home/somebody")

    app.view_functions["join.privacy"] = auth.access(auth.Access.EVERYBODY)(fail)
    app.testing = False
    page = Browser(app).get("/privacy")
    assert page.status == 500
    assert {name for name, value in HEADERS.items() if page.headers.get(name) != value} == set()
    assert not re.search(r"SELECT|/home|Traceback|RuntimeError|\d+\.\d+\.\d+", page.text)
    assert "A request failed." in caplog.text


def test_scripts_that_ask_for_json_get_json_errors(app: Flask) -> None:
    answer = app.test_client().get("/nothing-here", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (404, {"error": 404})


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    answer = app.test_client().get("/sign-in")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("closer-look=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert not re.search(r"Secure|Domain|Expires|Max-Age", cookie)


def test_over_https_the_cookie_belongs_to_this_host_alone(settings: Settings) -> None:
    app = create_app(
        replace(settings, public_url="https://quiz.example", trusted_hosts=("quiz.example",), secure_cookies=True)
    )
    answer = app.test_client().get("/sign-in", base_url="https://quiz.example")
    with app.app_context():
        db.engine.dispose()
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-closer-look=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_an_old_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    school = open_school(app)
    for who, own in (("owner", "/teach"), ("student", "/me")):
        browser = school.browsers[who]
        old = browser.cookie()
        assert old is not None
        assert browser.get(own).status == 200
        browser.sign_out()
        assert browser.get(own).status == 302
        thief = app.test_client()
        thief.set_cookie("closer-look", old)
        assert thief.get(own).status_code == 302


@ONE_DATABASE
def test_signing_in_gives_a_fresh_token(app: Flask) -> None:
    with app.app_context():
        teacher = factories.make_teacher()
    browser = Browser(app)
    seen = set()
    for _ in range(3):
        browser.sign_in_staff(teacher)
        with browser.client.session_transaction() as session:
            seen.add(session["token"])
    assert len(seen) == 3


# ---------------------------------------------------------------- forms from elsewhere


@ONE_DATABASE
def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    school = open_school(app)
    before = fingerprint(app)
    answers = {}
    for rule in all_rules(app, "POST"):
        for who in ("student", "owner", "admin"):
            for token in (None, "", "x", "ImFiYyI.Z0000.aaaa"):
                data = {"name": "x"} | ({} if token is None else {"csrf_token": token})
                page = school.browsers[who].open("POST", school.path(rule), data=data)
                answers[rule, who, token] = page.status
    # A late answer of somebody who is not signed in is kept before the token is looked at, and a
    # student who sends a form for writing banks hears that there is no such page.
    answering = {"/t/<attempt>/<int:position>", "/t/<attempt>/<int:position>/draft"}
    forms = ("/teach/drafts/<draft>/form", "/teach/banks/new/table")
    writing = {rule for rule in all_rules(app, "POST") if rule.startswith(forms)}
    first = {
        **{(rule, who): 401 for rule in answering for who in ("owner", "admin")},
        **{(rule, "student"): 404 for rule in writing},
    }
    odd = {(*key, status) for key, status in answers.items() if status != first.get(key[:2], 400)}
    assert odd == set()
    assert fingerprint(app) == before


def test_another_visitors_token_is_no_token(app: Flask) -> None:
    school = open_school(app)
    foreign = Browser(app).token()
    page = school.browsers["owner"].open("POST", "/teach/new", data={"csrf_token": foreign, "name": "9X"})
    assert page.status == 400


@ONE_DATABASE
def test_no_form_is_taken_from_another_site(app: Flask) -> None:
    school = open_school(app)
    before = fingerprint(app)
    for rule in all_rules(app, "POST"):
        for site in ("cross-site", "same-site", "nonsense"):
            browser = school.browsers["owner"]
            page = browser.post(school.path(rule), {"name": "x"}, headers={"Sec-Fetch-Site": site})
            assert page.status == 403, (rule, site)
    assert fingerprint(app) == before
    for site in ("same-origin", "none"):
        page = school.browsers["owner"].post("/teach/new", {"name": "9X"}, headers={"Sec-Fetch-Site": site})
        assert page.status == 302


def test_other_hosts_are_refused(app: Flask) -> None:
    answer = app.test_client().get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "evil" not in answer.text


NEXT = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:x@evil.example",
    "evil.example",
    ".evil.example",
    "@evil.example",
    "//teacher@evil.example",
    "/%09/evil.example%0a",
    "http:///evil.example",
    "https:///evil.example",
    "://evil.example",
    ":evil.example",
    "?//evil.example",
    "#//evil.example",
    "./evil",
    "../evil",
    ";//evil.example",
    "。evil.example",
    "／／evil.example",
    "//evil。example",
    "//evil%E3%80%82example",
    "//[::1]",
    "//127.0.0.1",
    "//0x7f000001",
    "//localhost:80",
    "blob:x",
    "about:blank",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/\r/evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "/ /evil.example",
    "/\x7f/evil.example",
    "",
]


@ONE_DATABASE
def test_next_leads_only_to_own_pages(app: Flask) -> None:
    assert len(set(NEXT)) >= 40
    led = {spelling: own_path(spelling) for spelling in NEXT}
    # Its escapes stay escapes: a browser asks this site for a page of that odd name.
    assert {spelling for spelling, path in led.items() if path is not None} == {"/%09/evil.example%0a"}
    with app.app_context():
        teacher = factories.make_teacher()
    for spelling in (*NEXT, "/teach/new?x=1"):
        browser = Browser(app)
        browser.token()
        page = browser.open(
            "POST",
            "/sign-in",
            query_string={"next": spelling},
            data={"csrf_token": browser.token(), "login": teacher.login, "password": PASSWORD},
        )
        assert page.location == (own_path(spelling) or "/teach")
        assert page.location.startswith("/")


# ---------------------------------------------------------------- what changes nothing


def crawl(browser: Browser, seeds: list[str]) -> set[str]:
    """Follows every link and redirect that can be reached."""
    seen: set[str] = set()
    waiting = list(seeds)
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/") or len(seen) > 300:
            continue
        seen.add(path)
        page = browser.get(path)
        assert page.status < 400, (path, page.status)
        if page.location is not None:
            waiting.append(page.location)
        elif page.is_html:
            waiting += [link.split("#")[0] or path for link in page.links()]
    return seen


def test_reading_changes_nothing(app: Flask) -> None:
    school = open_school(app)
    before = fingerprint(app)
    seen = {who: crawl(school.browsers[who], ["/", "/try"]) for who in ACTORS}
    seen["student"] |= crawl(
        school.browsers["student"], [f"/t/{school.attempt}/check", f"/t/{school.held_back}/result"]
    )
    assert f"/teach/c/{school.section}/students/{school.student}/{school.attempt}" in seen["owner"]
    assert len(seen["owner"]) > 12
    assert fingerprint(app) == before
    for method in ("HEAD", "OPTIONS"):
        for rule in all_rules(app, "GET"):
            school.browsers["student"].client.open(school.path(rule), method=method).close()
    assert fingerprint(app) == before


@ONE_DATABASE
def test_no_address_counts(app: Flask) -> None:
    school = open_school(app)
    for who in ("owner", "student"):
        for path in crawl(school.browsers[who], ["/", "/me" if who == "student" else "/teach"]):
            # Places of questions in a quiz and versions of a bank are all that is counted.
            rest = re.sub(r"/(?:t/[0-9a-f]{16}|q|preview|history|difference/\d)/\d(?!\d)", "", path)
            assert not re.search(r"/\d{1,15}(?![0-9a-f])", rest), path


FORGED = {
    "id": "1",
    "role": "admin",
    "is_admin": "1",
    "account_id": "1",
    "student_id": "1",
    "section_id": "1",
    "public_id": "forged",
    "fraction": "1.0",
    "score": "1",
    "submitted_at": "2020-01-01",
    "started_at": "2020-01-01",
    "released_at": "2020-01-01",
    "frozen_at": "2020-01-01",
    "number": "9",
    "try_number": "2",
    "time_limit": "99999",
    "simulated": "1",
    "archived_at": "2020-01-01",
}


def test_fields_that_no_form_shows_are_not_taken(app: Flask) -> None:
    school = open_school(app)
    owner, student = school.browsers["owner"], school.browsers["student"]
    made = owner.follow(owner.post("/teach/new", {**FORGED, "name": "9X"}))
    assert made.status == 200
    owner.post(f"/teach/c/{school.section}/students/{school.student}/name", {**FORGED, "name": "Ada X."})
    page = student.get(f"/t/{school.attempt}/3")
    student.submit(page, fields={**FORGED, "a-answer": "15.5", "go": "save"})
    school.browsers["admin"].post("/admin", {**FORGED, "school_name": "Riverside"})
    with app.app_context():
        assert set(db.session.scalars(sa.select(Account.role.cast(sa.String)).distinct())) == {"teacher", "admin"}
        assert db.session.scalar(sa.select(sa.func.count()).where(Account.role == "admin")) == 1
        attempt = db.session.scalars(sa.select(Attempt).where(Attempt.public_id == school.attempt)).one()
        assert (attempt.submitted_at, attempt.number) == (None, 1)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Score)) == 5
        assert set(db.session.scalars(sa.select(Response.try_number))) == {1}
        assert set(db.session.scalars(sa.select(Assignment.time_limit))) == {None}
        assert set(db.session.scalars(sa.select(Assignment.released_at))) == {None}


# ---------------------------------------------------------------- nobody learns who exists


def test_known_and_unknown_people_are_refused_alike(app: Flask) -> None:
    school = open_school(app)

    def refusal(path: str, fields: dict[str, str], **hide: str) -> tuple[int, str]:
        browser = Browser(app)
        page: Page = browser.submit(browser.get(path), fields=dict(fields))
        text = without_tokens(page.text)
        for value in fields.values():
            text = text.replace(value, "…")
        return page.status, text

    known = refusal("/sign-in", {"login": "rivera", "password": "wrong words"})
    assert known[0] == 422
    assert known == refusal("/sign-in", {"login": "nobody", "password": "wrong words"})
    door = f"/j/{school.code}"
    known = refusal(door, {"name": "Ada", "secret": "wrong words"})
    assert known[0] == 422
    assert known == refusal(door, {"name": "Zed", "secret": "wrong words"})


def test_names_stay_text_wherever_they_are_shown(app: Flask) -> None:
    school = open_school(app)
    owner = school.browsers["owner"]
    evil = "</title><img src=x onerror=alert(1)>{{7*7}}\u2028"
    page = owner.follow(owner.submit(owner.get("/teach/new"), fields={"name": evil}))
    section = page.path.split("/")[3]
    owner.submit(page, fields={"names": evil[:70]}, named="names")
    for path in ("/teach", *(f"/teach/c/{section}{rest}" for rest in ("", "/students", "/join", "/assign"))):
        text = owner.get(path).text
        assert "<img src=x" not in text
        assert "49" not in re.sub(r"[0-9a-f]{16}|\S*svg\S*|d=\"[^\"]*\"", "", text) or "{{7*7}}" in text
