"""Several things in the same instant, each in a thread of its own with a context of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from quizapp.models import db

PATIENCE = 60.0
"""Seconds after which a test is stuck."""


class Task:
    """Work in a thread: what came of it, or what went wrong."""

    def __init__(self, app: Flask, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: Exception | None = None
        self._app = app
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._app.app_context():
            try:
                self.result = self._work()
            except Exception as error:  # noqa: BLE001 - it belongs to the test, which looks at it
                self.error = error

    def waits(self) -> bool:
        """Tells whether it is still busy after a moment in which it could have finished."""
        self._thread.join(0.3)
        return self._thread.is_alive()

    def finish(self) -> Task:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "stuck"
        return self


def at_once(app: Flask, count: int, work: Callable[[], Any]) -> list[Task]:
    """Runs the same work so many times, all let go together, and waits for all."""
    # A reading transaction of the test would go on seeing what was there before.
    db.session.rollback()
    gate = threading.Barrier(count)

    def wait_and_work() -> Any:
        gate.wait(PATIENCE)
        return work()

    return [task.finish() for task in [Task(app, wait_and_work) for _ in range(count)]]


class Pause:
    """Holds a thread at a point until the test lets it go."""

    def __init__(self) -> None:
        self._reached, self._go = threading.Event(), threading.Event()

    def here(self) -> None:
        self._reached.set()
        assert self._go.wait(PATIENCE)

    def wait_until_reached(self) -> None:
        assert self._reached.wait(PATIENCE)

    def let_go(self) -> None:
        self._go.set()


def pause_at(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, *, after: bool = False) -> Pause:
    """Holds whoever calls a function by its name in a module, before it does its work or after."""
    pause, work = Pause(), getattr(module, name)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not after:
            pause.here()
        done = work(*args, **kwargs)
        if after:
            pause.here()
        return done

    monkeypatch.setattr(module, name, slowly)
    return pause
