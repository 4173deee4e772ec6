"""Nonsense in addresses, fields and bodies is answered with a sentence, and never breaks anything."""

from __future__ import annotations

import io
import itertools
import random
import re

from flask import Flask
from werkzeug.datastructures import MultiDict

from quizapp.web.security import BODY_MAX
from tests.databases import ONE_DATABASE
from tests.web.school import all_rules, fingerprint, open_school

STRANGE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 5000,
    "x" * 20_000,
    "\u202eabc\u202c",
    "\ufeff\u200b\u2028\u2029",
    "e\u0301" * 50,
    "🏳️‍🌈" * 20,
    "<script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    "' OR 1=1 --",
    "%00%ff%fe",
    "../../../../etc/passwd",
    "2026-02-30T25:61",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "[]",
    "null",
    "\r\nSet-Cookie: x=y",
]
NAMES = [
    "code", "name", "secret", "kept", "login", "password", "names", "quiz", "feedback", "ask_confidence",
    "shuffle_items", "attempts", "closes_at", "student", "school_name", "trial_open", "request_key", "version", "tab",
    "go", "confidence", "a-choice", "a-choices", "a-answer", "a-text", "a-verdict", "a-number", "kind", "order",
]  # fmt: skip
PATHS = [
    "1",
    "0",
    "-1",
    "99999999999999999999",
    "9" * 5000,
    "1.5",
    "%00",
    "a%00b",
    "%ff%fe",
    "%F0%9F%98%80",
    "..%2f..%2fetc",
    "x" * 3000,
    "%2e%2e",
    "'",
    "%3Cb%3E",
]


def test_strange_addresses_are_missing_pages(app: Flask) -> None:
    school = open_school(app)
    broken = []
    token = {who: browser.token() for who, browser in school.browsers.items()}
    for method in ("GET", "POST"):
        for rule in all_rules(app, method):
            who = "student" if rule.startswith("/t/") else "owner"
            data = {"csrf_token": token[who]} if method == "POST" else None
            for name in re.findall(r"<[^>]+>", rule):
                for strange in PATHS:
                    path = school.path(rule.replace(name, strange))
                    answer = school.browsers[who].client.open(path, method=method, data=data)
                    if answer.status_code >= 500:
                        broken.append((method, path[:80], answer.status_code))
                    answer.close()
    assert broken == []


def test_strange_forms_are_answered_with_sentences(app: Flask) -> None:
    school = open_school(app)
    chance = random.Random(20)
    broken = []
    tokens = {who: browser.token() for who, browser in school.browsers.items()}
    # Signing out, leaving a class and losing a code would end the test early; the table of access has them.
    ends = ("/sign-out", "/hand-in", "/remove", "/code", "/students", "/cards")
    rules = [rule for rule in all_rules(app, "POST") if not rule.endswith(ends)]
    for rule in rules:
        for n in range(13):
            data: MultiDict[str, str] = MultiDict()
            for _ in range(chance.randrange(1, 9)):
                data.add(chance.choice(NAMES), chance.choice(STRANGE))
            # Each strange value in half of the fields that this form has, and its neighbour in the others.
            for name in NAMES:
                data.add(name, STRANGE[(2 * n + chance.randrange(2)) % len(STRANGE)])
            who = "admin" if rule == "/admin" else "student" if rule.startswith(("/t/", "/a/")) else "owner"
            data.setlist("csrf_token", [tokens[who]])
            answer = school.browsers[who].client.post(school.path(rule), data=data)
            if answer.status_code >= 500 or (answer.status_code == 302 and rule in {"/sign-in", "/j/<code>"}):
                broken.append((rule, n, answer.status_code))
            assert "\n" not in answer.headers.get("Location", "")
    assert broken == []


KINDS_OF_BODY = ["application/json", "text/plain", "multipart/form-data; boundary=x", "é", ""]


@ONE_DATABASE
def test_bodies_of_other_kinds_are_no_forms(app: Flask) -> None:
    school = open_school(app)
    client = school.browsers["owner"].client
    for rule, kind in itertools.product(all_rules(app, "POST"), KINDS_OF_BODY):
        for body in (b"", b"{", b"\xff\xfe\x00", b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--"):
            answer = client.post(school.path(rule), data=body, content_type=kind)
            assert answer.status_code in {400, 401, 404}, (rule, kind, body)


@ONE_DATABASE
def test_huge_bodies_are_refused(app: Flask) -> None:
    school = open_school(app)
    before = fingerprint(app)
    browser = school.browsers["owner"]
    token = browser.token()
    views = {
        one.rule: app.view_functions[one.endpoint] for one in app.url_map.iter_rules() if "POST" in (one.methods or ())
    }
    for rule in all_rules(app, "POST"):
        for data in ({"names": "x" * BODY_MAX}, {"a-text": "é" * BODY_MAX}):
            answer = browser.client.post(school.path(rule), data={"csrf_token": token, **data})
            # Who takes files or long texts reads more, and says what is wrong with it.
            larger = getattr(views[rule], "body_max", 0) > BODY_MAX
            assert answer.status_code in {400, 401, 413} | ({404, 422} if larger else set()), (rule, answer.status_code)
    many = {f"n{n}": "x" for n in range(3000)}
    page = browser.open("POST", "/teach/new", data=many, content_type="multipart/form-data")
    assert page.status in {400, 413}
    assert fingerprint(app) == before


@ONE_DATABASE
def test_a_body_of_unknown_length_is_refused_never_cut(app: Flask) -> None:
    school = open_school(app)
    before = fingerprint(app)
    browser = school.browsers["owner"]
    body = f"csrf_token={browser.token()}&name=9X".encode()
    answer = browser.client.open(
        "/teach/new",
        method="POST",
        input_stream=io.BytesIO(body),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 411
    assert fingerprint(app) == before


@ONE_DATABASE
def test_unknown_methods_are_refused(app: Flask) -> None:
    school = open_school(app)
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "XYZ"):
        answer = school.browsers["owner"].client.open("/teach", method=method)
        assert answer.status_code in {400, 405}, method
