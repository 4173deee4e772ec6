"""What gunicorn needs to know to serve the app as `quizapp serve` does.

    gunicorn --config python:quizapp.gunicorn_conf --bind 127.0.0.1:8000 "quizapp.app:create_app()"

One worker at a time tends to what `quizapp serve` tends to beside answering: it keeps the mark that the app runs,
which a restore looks for, hands in what has ended, and deletes what is old. The others wait to take over.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from flask import Flask

from quizapp.backup import BackupError, running
from quizapp.services import retention

workers = 1
"""On SQLite one process writes; on PostgreSQL start with --workers 2 to 4."""
worker_class = "gthread"
threads = 8

TRY_AGAIN_SECONDS = 20.0
"""After the worker that tends has ended, another one does so this soon."""
END_SECONDS = 5.0


@dataclass(frozen=True)
class Tending:
    """A worker's thread that tends, or waits to."""

    stop: threading.Event
    thread: threading.Thread

    def end(self) -> None:
        """Stop, and let go of the mark."""
        self.stop.set()
        self.thread.join(END_SECONDS)


_tending: dict[int, Tending] = {}


def post_worker_init(worker: Any) -> None:
    """Begin to tend; gunicorn calls this in each worker when its app is there."""
    _tending[id(worker)] = tend(worker.wsgi)


def worker_exit(server: Any, worker: Any) -> None:
    """Stop tending; gunicorn calls this in a worker that ends."""
    tending = _tending.pop(id(worker), None)
    if tending is not None:
        tending.end()


def tend(app: Flask) -> Tending:
    """Tend to an app in a thread beside the server, as soon as nobody else does."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                with running(app.extensions["settings"].home):
                    keeper = retention.start_keeper(app)
                    stop.wait()
                    keeper.set()
            except BackupError:
                stop.wait(TRY_AGAIN_SECONDS)

    thread = threading.Thread(target=run, name="tending", daemon=True)
    thread.start()
    return Tending(stop, thread)
