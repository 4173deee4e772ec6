"""Every change waits for the writer's turn, and says so when it does not come."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from filelock import FileLock
from flask import Flask, current_app
from sqlalchemy.orm import Session

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.models import Account, Role, Setting, db
from quizapp.services import writing as writing_module
from quizapp.services.writing import StorageBusyError, WritersTurn, writing
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.factories import PASSWORD
from tests.parallel import PATIENCE, Task, at_once


@ONE_DATABASE
def test_the_app_opens_sqlite_so_that_what_was_saved_outlives_a_power_cut(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        rules = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        assert [db.session.scalar(sa.text(f"PRAGMA {rule}")) for rule in rules] == ["wal", 2, 1, 1]
        db.session.remove()
        db.engine.dispose()


def put(session: Session, name: str, value: str) -> None:
    session.merge(Setting(name=name, value=value))
    session.flush()


def test_one_writer_at_a_time_reads_what_the_last_one_wrote(app: Flask) -> None:
    with writing() as session:
        put(session, "count", "0")
    inside, most = [0], [0]
    guard = threading.Lock()

    def add_one() -> None:
        with writing() as session:
            with guard:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            row = session.get_one(Setting, "count", with_for_update=True)
            row.value = str(int(row.value) + 1)
            session.flush()
            with guard:
                inside[0] -= 1

    tasks = at_once(app, 20, add_one)
    assert [task.error for task in tasks] == [None] * 20
    db.session.rollback()
    assert db.session.get_one(Setting, "count").value == "20"
    if db.engine.dialect.name == "sqlite":
        assert most == [1]


def test_what_was_read_before_is_forgotten(app: Flask) -> None:
    teacher = factories.make_teacher()
    row = db.session.get_one(Account, teacher.id)
    assert row.role is Role.TEACHER

    def promote() -> None:
        with writing() as session:
            session.get_one(Account, teacher.id).role = Role.ADMIN

    db.session.rollback()
    assert Task(app, promote).finish().error is None
    with writing() as session:
        assert session.get_one(Account, teacher.id).role is Role.ADMIN


def test_an_exception_undoes_everything(app: Flask) -> None:
    def fail_half_way() -> None:
        with writing() as session:
            put(session, "half", "way")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert db.session.get(Setting, "half") is None
    assert Task(app, factories.make_teacher).finish().error is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_module, "LOCK_WAIT_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_turn_that_does_not_come_is_an_error_and_writes_nothing(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        # PostgreSQL queues writers by itself: the turn is nobody's to take.
        turn: WritersTurn = current_app.extensions["writers_turn"]
        with turn.taken(), writing() as session:
            put(session, "free", "yes")
        assert db.session.get_one(Setting, "free").value == "yes"
        return
    taken, done = threading.Event(), threading.Event()

    def keep() -> None:
        with writing() as session:
            put(session, "mine", "yes")
            taken.set()
            assert done.wait(PATIENCE)

    keeper = Task(app, keep)
    assert taken.wait(PATIENCE)
    with pytest.raises(StorageBusyError), writing() as session:
        put(session, "late", "yes")
    done.set()
    assert keeper.finish().error is None
    db.session.rollback()
    assert db.session.scalars(sa.select(Setting.name)).all() == ["mine"]


@pytest.mark.usefixtures("impatient")
def test_a_page_says_busy_and_when_to_try_again(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    factories.make_teacher()
    settings = current_app.extensions["settings"]
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    with FileLock(settings.home / "writer.lock"):
        busy = client.post("/sign-in", data={"login": "rivera", "password": PASSWORD})
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
        assert "content-security-policy" in busy.headers
        script = client.post(
            "/sign-in", data={"login": "rivera", "password": PASSWORD}, headers={"Accept": "application/json"}
        )
        assert (script.status_code, script.json) == (503, {"error": 503})
        assert client.get("/privacy").status_code == 200
    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert client.post("/sign-in", data={"login": "rivera", "password": PASSWORD}).status_code == 302


def test_upserts_speak_the_databases_dialect() -> None:
    with writing() as session:
        for value in ("one", "two"):
            statement = writing_module.upsert(Setting).values(name="name", value=value)
            session.execute(
                statement.on_conflict_do_update(index_elements=[Setting.name], set_={"value": statement.excluded.value})
            )
    assert [(row.name, row.value) for row in db.session.scalars(sa.select(Setting))] == [("name", "two")]
    assert START.tzinfo is not None
