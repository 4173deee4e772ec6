"""The page on which teachers make and revoke tokens of the API."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from quizapp.models import ApiScope, ApiToken, AuditEntry, db
from quizapp.services import retention, tokens
from quizapp.services.credentials import token_hash
from tests import factories
from tests.clock import Clock
from tests.pages import Browser, Fields, Page

PATH = "/account/tokens"


def token_on(page: Page) -> str | None:
    return next((e.get("value") for e in page.elements() if e.get("id") == "token"), None)


def test_a_token_is_made_shown_once_and_revoked(app: Flask, clock: Clock) -> None:
    with app.app_context():
        teacher, other = factories.make_teacher(), factories.make_teacher("okoye")
    browser, stranger = Browser(app), Browser(app)
    browser.sign_in_staff(teacher)
    stranger.sign_in_staff(other)
    page = browser.get(PATH)
    fields: Fields = {"label": " My <b>dashboard</b> ", "scopes": ["classes", "results"], "lives": "7"}
    made = browser.submit(page, PATH, fields=fields)
    assert made.status == 200
    text = token_on(made)
    assert text is not None
    assert text.startswith("closer-look-")
    assert made.headers["Cache-Control"] == "no-store"
    again = browser.get(PATH)
    assert text not in again.text
    assert "My <b>dashboard</b>" in again.words
    assert "Never used." in again.words
    with app.app_context():
        row = db.session.scalars(sa.select(ApiToken)).one()
        assert (row.token_hash, row.scopes) == (token_hash(text), "classes results")
        assert row.expires_at == clock() + timedelta(days=7)
        public_id = row.public_id
    answer = app.test_client().get("/api/v1/classes", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200
    assert "Last used" in browser.get(PATH).words
    assert stranger.post(f"{PATH}/{public_id}/revoke", {}).status == 404
    done = browser.follow(browser.submit(browser.get(PATH), f"{public_id}/revoke"))
    assert "The token is revoked." in done.words
    answer = app.test_client().get("/api/v1/classes", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 401
    with app.app_context():
        actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions == ["token-made", "token-revoked"]
        assert text not in str(db.session.execute(sa.select(AuditEntry.subject)).all())


def test_what_is_missing_is_told_and_what_was_typed_is_kept(app: Flask) -> None:
    with app.app_context():
        teacher = factories.make_teacher()
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    wrong: tuple[tuple[Fields, str], ...] = (
        ({"label": "", "scopes": ["classes"]}, "Give it a name"),
        ({"label": "Dashboard", "scopes": []}, "Tick what the program needs"),
        ({"label": "Dashboard", "scopes": ["everything"]}, "There is a problem"),
        ({"label": "Dashboard", "scopes": ["classes"], "lives": "100000"}, "There is a problem"),
    )
    for fields, sentence in wrong:
        page = browser.submit(browser.get(PATH), PATH, fields=fields)
        assert page.status == 422
        assert sentence in page.words
        assert token_on(page) is None
        assert page.form(PATH, named="label").fields["label"] == fields["label"]


def test_not_more_than_twenty_and_the_ended_are_forgotten(app: Flask, clock: Clock) -> None:
    with app.app_context():
        teacher = factories.make_teacher()
        for number in range(tokens.MOST):
            tokens.make_token(teacher.id, f"Token {number}", [ApiScope.CLASSES], lives=timedelta(days=7), now=clock())
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    page = browser.submit(browser.get(PATH), named="label", fields={"label": "One more", "scopes": ["classes"]})
    assert page.status == 422
    assert "Revoke one first." in page.words
    with app.app_context():
        retention.forget_the_old(now=clock() + timedelta(days=36))
        assert len(tokens.list_tokens(teacher.id)) == tokens.MOST
        retention.forget_the_old(now=clock() + timedelta(days=38))
        assert tokens.list_tokens(teacher.id) == ()
