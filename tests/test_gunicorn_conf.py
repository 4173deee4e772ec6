"""What gunicorn calls: one worker at a time tends to what `quizapp serve` tends to."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from flask import Flask

from quizapp import gunicorn_conf
from quizapp.backup import BackupError, running
from quizapp.config import Settings

WAIT_SECONDS = 30


@pytest.fixture
def database() -> str:
    return "sqlite"


def test_one_worker_tends_and_another_takes_over(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[threading.Event] = []
    tends = threading.Semaphore(0)

    def start_keeper(tended: Flask) -> threading.Event:
        assert tended is app
        began.append(threading.Event())
        tends.release()
        return began[-1]

    monkeypatch.setattr("quizapp.services.retention.start_keeper", start_keeper)
    monkeypatch.setattr(gunicorn_conf, "TRY_AGAIN_SECONDS", 0.01)
    first, second = SimpleNamespace(wsgi=app), SimpleNamespace(wsgi=app)
    gunicorn_conf.post_worker_init(first)
    assert tends.acquire(timeout=WAIT_SECONDS)
    gunicorn_conf.post_worker_init(second)
    with pytest.raises(BackupError, match="already runs"), running(settings.home):
        pass
    assert len(began) == 1
    gunicorn_conf.worker_exit(None, first)
    assert began[0].is_set()
    assert tends.acquire(timeout=WAIT_SECONDS)
    assert len(began) == 2
    gunicorn_conf.worker_exit(None, second)
    with running(settings.home):
        pass
    gunicorn_conf.worker_exit(None, second)
