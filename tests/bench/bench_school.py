"""What a teacher's pages cost in a school with a million responses, on SQLite.

    python3 dev.py bench

Makes a class of 40 students, 12 skills and 60 assignments and a small one, measures their pages, fills the
school with copies up to a million responses, and measures again. Prints for each page the median of the
time and of the processor's time of this process, which other programs on the computer do not lengthen; the
limits are held against the latter. Ends with 1 when a page takes longer than its limit, or when the same
class costs more than half as much again in the large school.

    python3 tests/bench/bench_school.py 100000     fewer responses
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.app import create_app
from quizapp.models import db
from tests import factories
from tests.bench import school
from tests.bench.school import Measured
from tests.databases import make_schema, settings_for
from tests.pages import Browser

RESPONSES = 1_000_000
ROUNDS = 15
GROWTH = 1.5


@dataclass(frozen=True)
class Page:
    """A page that is measured; `limit` is in milliseconds, None for comparison only."""

    name: str
    path: str
    limit: float | None
    expected: int = 200


@dataclass(frozen=True)
class Cost:
    """Medians in milliseconds, and statements sent to the database."""

    wall: float
    cpu: float


def pages_of(large: Measured, small: Measured) -> list[Page]:
    """What is measured."""
    home, little = f"/teach/c/{large.section}", f"/teach/c/{small.section}"
    live = f"{home}/a/{large.assignment}/live/now"
    return [
        Page("health, for comparison", "/health", None),
        Page("class page, 40 students, 4 strands", home, 100),
        Page("class page, 40 students, 12 skills", f"{home}?view=skills", 100),
        Page("class page, small class", little, 100),
        Page("results of an assignment, 40 students", f"{home}/a/{large.assignment}", 100),
        Page("live fragment", live, 20),
        Page("live fragment, nothing changed", live, 20, 304),
    ]


def measure(client: FlaskClient, page: Page) -> Cost:
    """Ask for a page again and again."""
    headers = {}
    first = client.get(page.path)
    if page.expected == 304:
        headers["If-None-Match"] = first.headers["ETag"]
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = perf_counter(), process_time()
        answer = client.get(page.path, headers=headers)
        cpus.append(process_time() - cpu)
        walls.append(perf_counter() - wall)
        if answer.status_code != page.expected:
            raise ValueError(f"{page.path} answers {answer.status_code}, not {page.expected}")
    return Cost(median(walls) * 1000, median(cpus) * 1000)


def fill(app: Flask) -> tuple[Measured, Measured, factories.Teacher]:
    """Make the two classes that are measured."""
    school.publish_banks()
    teacher = factories.make_teacher()
    small = school.make_class(teacher, "Small", students=25, assignments=4, responses=1_000)
    large = school.make_class(teacher, "Large", students=40, assignments=60, responses=1_000_000)
    return large, small, teacher


def main(arguments: list[str]) -> int:
    """Measures, and says whether all keep to their limits."""
    wanted = int(arguments[0]) if arguments else RESPONSES
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        make_schema(settings)
        app = create_app(settings)
        began = perf_counter()
        with app.app_context():
            large, small, teacher = fill(app)
            db.session.remove()
        browser = Browser(app)
        browser.sign_in_staff(teacher)
        pages = pages_of(large, small)
        few = {page: measure(browser.client, page) for page in pages}
        first = large.responses + small.responses
        copies = max(0, -(-(wanted - first) // large.responses))
        with app.app_context():
            school.copy_class(large.section, copies)
            db.session.execute(db.text("ANALYZE"))
            db.session.remove()
        many = {page: measure(browser.client, page) for page in pages}
        total = first + copies * large.responses
        print(f"{first:,} responses, then {total:,}; made in {perf_counter() - began:.0f} s")
        with app.app_context():
            db.engine.dispose()
    return report(few, many)


def report(few: dict[Page, Cost], many: dict[Page, Cost]) -> int:
    """Print a line for each page; returns 1 when one is too slow."""
    print(f"{'page':<40}{'ms':>8}{'cpu ms':>9}{'growth':>9}{'limit':>8}")
    failed = 0
    for page, cost in many.items():
        growth = cost.cpu / few[page].cpu
        slow = page.limit is not None and (cost.cpu > page.limit or growth > GROWTH)
        limit = "" if page.limit is None else f"{page.limit:g}"
        print(
            f"{page.name:<40}{cost.wall:>8.1f}{cost.cpu:>9.1f}{growth:>8.2f}×{limit:>8}{'  too slow' if slow else ''}"
        )
        failed |= slow
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
