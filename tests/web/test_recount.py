"""The demo class through the API and as a file, against an independent recount in SQL."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.models import ApiScope, db
from quizapp.services import tokens
from quizapp.services.demo import make_demo
from tests import factories
from tests.clock import START
from tests.factories import instance_key
from tests.pages import Browser

NEWEST = """
SELECT s.*, ai.position, a.public_id AS attempt, g.public_id AS assignment, r.display_name AS name, i.slug AS item
FROM score s
JOIN attempt_item ai ON ai.id = s.attempt_item_id
JOIN attempt a ON a.id = ai.attempt_id
JOIN assignment g ON g.id = a.assignment_id
JOIN roster_entry r ON r.student_id = a.student_id AND r.section_id = g.section_id
JOIN item i ON i.id = s.item_id
WHERE g.section_id = :section AND r.removed_at IS NULL
  AND s.number = (SELECT MAX(t.number) FROM score t WHERE t.attempt_item_id = s.attempt_item_id)
"""
ATTEMPTS = """
SELECT g.public_id, COUNT(a.submitted_at), COUNT(*) - COUNT(a.submitted_at)
FROM assignment g JOIN attempt a ON a.assignment_id = g.id
WHERE g.section_id = :section GROUP BY g.public_id
"""


@pytest.fixture
def database() -> str:
    """The services are recounted on both databases; this is about what is made of them."""
    return "sqlite"


def everything(client: FlaskClient, token: str, path: str) -> list[dict[str, Any]]:
    """A whole list, part by part."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": "200", **({"cursor": cursor} if cursor else {})}
        answer = client.get(f"/api/v1{path}", query_string=query, headers={"Authorization": f"Bearer {token}"})
        assert answer.json is not None, answer.text
        rows += answer.json["data"]
        cursor = answer.json["next"]
        if cursor is None:
            return rows


def test_every_number_of_the_demo_class(app: Flask) -> None:
    with app.app_context():
        factories.publish()
        teacher = factories.make_teacher()
        section = make_demo(key=instance_key(), now=START, weeks=1).section
        scores = db.session.execute(sa.text(NEWEST), {"section": section.id}).mappings().all()
        states = {row[0]: tuple(row[1:]) for row in db.session.execute(sa.text(ATTEMPTS), {"section": section.id})}
        made = tokens.make_token(teacher.id, "Recount", list(ApiScope), lives=timedelta(days=1), now=START)
    client, home = app.test_client(), f"/classes/{section.public_id}"
    assert len(scores) > 60

    by_skill: dict[tuple[str, str], list[float]] = defaultdict(list)
    by_attempt: dict[str, list[float]] = defaultdict(list)
    by_item: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in scores:
        by_skill[row["name"], row["skill"]].append(row["fraction"])
        by_attempt[row["attempt"]].append(row["fraction"])
        by_item[row["assignment"], row["item"]].append(row["fraction"])

    skills = everything(client, made.text, f"{home}/skills")
    found = {(row["name"], cell["skill"]): cell for row in skills for cell in row["skills"] if cell["answers"]}
    assert {place: (cell["earned"], cell["answers"]) for place, cell in found.items()} == {
        place: (pytest.approx(sum(marks)), len(marks)) for place, marks in by_skill.items()
    }

    assignments = everything(client, made.text, f"{home}/assignments")
    assert {one["id"]: (one["handed_in"], one["working"]) for one in assignments} == states
    assert all(one["handed_in"] + one["working"] + one["not_started"] == 28 for one in assignments)

    totals, items = {}, {}
    for one in assignments:
        for attempt in everything(client, made.text, f"{home}/assignments/{one['id']}/attempts"):
            totals[attempt["id"]] = (attempt["earned"], attempt["marked"])
        for item in everything(client, made.text, f"{home}/assignments/{one['id']}/items"):
            items[one["id"], item["item"]] = (item["right"], item["shown"])
    assert {attempt: total for attempt, total in totals.items() if total[1]} == {
        attempt: (pytest.approx(sum(marks)), len(marks)) for attempt, marks in by_attempt.items()
    }
    assert items == {place: (pytest.approx(sum(marks)), len(marks)) for place, marks in by_item.items()}

    responses = everything(client, made.text, f"{home}/responses")
    marked = {(row["attempt"], row["position"]): row["fraction"] for row in responses if row["marked"]}
    assert marked == {(row["attempt"], row["position"]): row["fraction"] for row in scores}

    browser = Browser(app)
    browser.sign_in_staff(teacher)
    page = browser.get(f"/teach/c/{section.public_id}/answers.csv?names=1")
    rows = list(csv.DictReader(io.StringIO(page.text)))
    assert [(row["attempt"], row["name"], row["item"]) for row in rows] == [
        (row["attempt"], row["name"], row["item"]) for row in responses
    ]
    assert [float(row["fraction"]) if row["fraction"] else None for row in rows] == [
        None if row["fraction"] is None else pytest.approx(row["fraction"], abs=1e-9) for row in responses
    ]
