"""What a room costs in which a whole school of 300 marks one paragraph, on SQLite.

    python3 dev.py bench

Prints for each thing that phones and the projector ask for the median of the time and of the processor's time of
this process, and what share of one core it takes while 300 phones ask every 3 to 5 seconds. Ends with 1 when
something takes longer than its limit.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.app import create_app
from quizapp.models import RoomPhase, db
from quizapp.services import room_members, rooms
from quizapp.services.credentials import token_hash
from quizapp.services.rooms import RoomRef
from tests import factories
from tests.clock import START, Clock
from tests.databases import make_schema, settings_for
from tests.pages import Browser

PEOPLE, WORDS, MARKS = 300, 120, 12
ROUNDS = 60
SECONDS_BETWEEN = 4.0
"""The mean time between two questions of one phone: 3 seconds and up to 2 more (static/js/room.js)."""


@dataclass(frozen=True)
class Asked:
    """Something that is asked for; `limit` is in milliseconds of processor's time."""

    name: str
    limit: float
    status: int
    ask: Callable[[], TestResponse]


def fill(app: Flask) -> tuple[factories.Teacher, RoomRef]:
    """A room in its second round with everybody's marks in both."""
    chance = random.Random(7)
    teacher = factories.make_teacher()
    room = factories.open_room(teacher, " ".join(f"word{n}" for n in range(WORDS)))
    names = [f"Student {n}" for n in range(PEOPLE - 1)]
    factories.join_room(room, *names)
    for number in (1, 2):
        for name in names:
            marks = {"words": sorted(chance.sample(range(1, WORDS + 1), MARKS))}
            room_members.save(room.code, token_hash(name), number, marks, now=START)
        if number == 1:
            rooms.next_round(room, now=START)
    return teacher, room


def measure(asked: Asked) -> tuple[float, float]:
    """Ask again and again; milliseconds on the clock and of the processor."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = perf_counter(), process_time()
        answer = asked.ask()
        cpus.append(process_time() - cpu)
        walls.append(perf_counter() - wall)
        if answer.status_code != asked.status:
            raise ValueError(f"{asked.name} answers {answer.status_code}, not {asked.status}")
    return median(walls) * 1000, median(cpus) * 1000


class Classroom:
    """A phone that has come in, and the projector."""

    def __init__(self, app: Flask, teacher: factories.Teacher, room: RoomRef) -> None:
        self.phone, self.projector = Browser(app), Browser(app)
        self.page, self.now = f"/r/{room.code}", f"/r/{room.code}/now"
        self.board = f"/teach/rooms/{room.public_id}/board/now"
        came_in = self.phone.submit(self.phone.get(self.page), fields={"nickname": "Measured"})
        if came_in.status != 302:
            raise ValueError(came_in.words)
        self.token = self.phone.token()
        self.projector.sign_in_staff(teacher)

    def while_open(self) -> list[Asked]:
        return [
            Asked("phone asks, nothing changed", 4, 304, get(self.phone, self.now, '"2-open"')),
            Asked("phone asks, something changed", 4, 200, get(self.phone, self.now)),
            Asked("phone saves its marks", 12, 200, self.save),
            Asked("phone draws its page", 30, 200, get(self.phone, self.page)),
        ]

    def once_shown(self) -> list[Asked]:
        etag = self.projector.client.get(self.board).headers["ETag"]
        return [
            Asked("projector asks, nothing changed", 10, 304, get(self.projector, self.board, etag)),
            Asked("projector draws what all marked", 40, 200, get(self.projector, self.board)),
            Asked("phone draws what all marked", 60, 200, get(self.phone, self.page)),
        ]

    def save(self) -> TestResponse:
        fields: dict[str, Any] = {"csrf_token": self.token, "round": "2", "a-answer": [str(n) for n in range(MARKS)]}
        return self.phone.client.post(f"{self.page}/answer", data=fields, headers={"Accept": "application/json"})


def get(browser: Browser, path: str, etag: str | None = None) -> Callable[[], TestResponse]:
    """A question to be asked many times."""
    headers = {} if etag is None else {"If-None-Match": etag}
    return lambda: browser.client.get(path, headers=headers)


def main() -> int:
    """Measures, and says whether all keep to their limits."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        make_schema(settings)
        app = create_app(settings)
        app.extensions["clock"] = Clock()
        with app.app_context():
            teacher, room = fill(app)
            db.session.remove()
        classroom = Classroom(app, teacher, room)
        found = {asked: measure(asked) for asked in classroom.while_open()}
        with app.app_context():
            present = rooms.find_room(room.public_id, teacher.id, now=START)
            rooms.set_phase(present, RoomPhase.TALKING, shown=True, now=START)
            db.session.remove()
        found |= {asked: measure(asked) for asked in classroom.once_shown()}
        with app.app_context():
            db.engine.dispose()
    return report(found)


def report(found: dict[Asked, tuple[float, float]]) -> int:
    """Print a line for each; returns 1 when one is too slow."""
    print(f"{'a room of ' + str(PEOPLE):<36}{'ms':>8}{'cpu ms':>9}{'limit':>8}")
    for asked, (wall, cpu) in found.items():
        slow = "  too slow" if cpu > asked.limit else ""
        print(f"{asked.name:<36}{wall:>8.1f}{cpu:>9.1f}{asked.limit:>8g}{slow}")
    poll = next(cpu for _, cpu in found.values())
    share = poll / 1000 * PEOPLE / SECONDS_BETWEEN
    print(f"{PEOPLE} phones asking every {SECONDS_BETWEEN:g} s take {share:.0%} of one core.")
    return int(any(cpu > asked.limit for asked, (_, cpu) in found.items()))


if __name__ == "__main__":
    sys.exit(main())
