"""What correcting a question with 1,000 answers costs, while students go on answering, on SQLite.

    python3 dev.py bench

Makes a class with 1,000 attempts handed in. A first server works a correction out in steps and stops half-way;
a second one goes on and applies it, then takes it back. Meanwhile two threads of each server save students' answers
and draw the teacher's class page, twenty a second if they can, and time what each waits. The limits are held against
the processor's time of a step and of applying, which other programs on the computer do not lengthen. Ends with 1 when
one takes longer, or when a mark is not what it should be.

    python3 tests/bench/bench_correcting.py 5000     more attempts
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

import sqlalchemy as sa
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.app import create_app
from quizapp.models import Attempt, AttemptItem, CorrectionAction, Response, Score, ScoreReason, db
from quizapp.services import attempts, correcting, corrections
from quizapp.services.corrections import Proposal
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.databases import make_schema, settings_for
from tests.factories import Pupil, SchoolClass, Teacher
from tests.pages import Browser

ATTEMPTS, PUPILS = 1_000, 40
STEP_LIMIT, APPLY_LIMIT = 0.25, 1.5
"""Seconds of the processor for a step, and for applying to 1,000 answers."""
PAUSE = 0.05
LATER = START + timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """The class that is measured."""

    teacher: Teacher
    school_class: SchoolClass
    assignment: str
    question: str
    open_attempts: tuple[tuple[Pupil, str], ...]
    """Of students who are still answering."""


@dataclass
class Waits:
    """How long something took each time, in seconds."""

    name: str
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        """Do something and remember how long it took."""
        began, used = perf_counter(), thread_time()
        work()
        self.cpu.append(thread_time() - used)
        self.times.append(perf_counter() - began)

    def line(self, limit: float | None = None) -> str:
        """The times of a line of the report, in milliseconds."""
        told = "" if limit is None else f"{limit * 1000:>8.0f}"
        numbers = (median(self.times), max(self.times), max(self.cpu))
        return f"{self.name:<34}{len(self.times):>7}{''.join(f'{one * 1000:>9.0f}' for one in numbers)}{told}"


def fill(wanted: int) -> Made:
    """Make a class, let everybody hand in until there are enough attempts, and let four go on answering."""
    teacher, quiz = factories.make_teacher(), factories.publish()
    school_class = factories.make_class(teacher, *[f"Student {n}" for n in range(PUPILS)])
    assignment = factories.assign(school_class, teacher, quiz, attempts_allowed=None)
    pupil = school_class.pupils[0]
    pattern = factories.start(assignment, pupil)
    wrong = factories.wrong_for(pattern, 1)
    attempts.save(pupil.taker, pattern, 1, wrong, confidence=None, drawn=None, now=START)
    attempts.hand_in(pupil.taker, pattern, now=START)
    _copy(pattern, school_class, wanted)
    begun = tuple((one, factories.start(assignment, one)) for one in school_class.pupils[:4])
    return Made(teacher, school_class, assignment, factories.question_of(pattern, 1), begun)


def _copy(pattern: str, school_class: SchoolClass, wanted: int) -> None:
    """Write more attempts like one, row by row through the tables."""
    with writing() as session:
        first = session.scalars(sa.select(Attempt).where(Attempt.public_id == pattern)).one()
        items = session.scalars(sa.select(AttemptItem).where(AttemptItem.attempt_id == first.id)).all()
        given = {row.attempt_item_id: row for row in session.scalars(sa.select(Response))}
        marks = {row.attempt_item_id: row for row in session.scalars(sa.select(Score))}
        for n in range(1, wanted):
            pupil = school_class.pupils[n % PUPILS]
            attempt = Attempt(
                assignment_id=first.assignment_id,
                quiz_revision_id=first.quiz_revision_id,
                student_id=pupil.id,
                number=n // PUPILS + 1,
                started_at=START,
                submitted_at=START,
            )
            session.add(attempt)
            session.flush()
            for item in items:
                copy = AttemptItem(
                    attempt_id=attempt.id,
                    position=item.position,
                    item_revision_id=item.item_revision_id,
                    shown=item.shown,
                )
                session.add(copy)
                session.flush()
                if item.id in given:
                    content = given[item.id].content
                    session.add(Response(attempt_item_id=copy.id, content=content, saved_at=START, frozen_at=START))
                score = marks[item.id]
                session.add(
                    Score(
                        attempt_item_id=copy.id,
                        section_id=score.section_id,
                        student_id=pupil.id,
                        skill=score.skill,
                        item_id=score.item_id,
                        item_revision_id=score.item_revision_id,
                        lineage=score.lineage,
                        fraction=score.fraction,
                        answered=score.answered,
                        reason=ScoreReason.HANDED_IN,
                        created_at=START,
                    )
                )


@contextmanager
def busy(servers: tuple[Flask, Flask], made: Made) -> Iterator[tuple[Waits, Waits]]:
    """Let students save and a teacher look, on both servers, as fast as they can."""
    saves, looks, over = Waits("a student's save, meanwhile"), Waits("the class page, meanwhile"), threading.Event()

    def save(app: Flask, pupil: Pupil, attempt: str) -> None:
        with app.app_context():
            content = factories.wrong_for(attempt, 3)
            while not over.wait(PAUSE):
                saves.time(
                    lambda: attempts.save(pupil.taker, attempt, 3, content, confidence=None, drawn=None, now=LATER)
                )

    def look(app: Flask) -> None:
        browser = Browser(app)
        browser.sign_in_staff(made.teacher)
        page = f"/teach/c/{made.school_class.ref.public_id}"
        while not over.wait(PAUSE):
            looks.time(lambda: browser.client.get(page))

    threads = [threading.Thread(target=look, args=(app,)) for app in servers]
    for place, (pupil, attempt) in enumerate(made.open_attempts[:2]):
        threads.append(threading.Thread(target=save, args=(servers[place % 2], pupil, attempt)))
    for thread in threads:
        thread.start()
    try:
        yield saves, looks
    finally:
        over.set()
        for thread in threads:
            thread.join()


def marks(app: Flask, made: Made) -> tuple[int, float]:
    """How many answers to the question have a mark, and the sum of those that count."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(Score.attempt_item_id, Score.fraction)
            .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
            .where(AttemptItem.position == 1)
            .order_by(Score.number)
        )
        newest: dict[int, float | None] = {row.attempt_item_id: row.fraction for row in rows}
        db.session.remove()
    return len(newest), sum(fraction or 0 for fraction in newest.values())


def work_out(app: Flask, correction: str, steps: Waits, most: int | None = None) -> None:
    """Do the steps of a correction, or only so many of them."""
    with app.app_context():
        while most is None or len(steps.times) < most:
            done = [False]

            def step(done: list[bool] = done) -> None:
                done[0] = correcting.prepare(correction).complete

            steps.time(step)
            if done[0]:
                return


def correct(servers: tuple[Flask, Flask], made: Made, steps: Waits, applying: Waits) -> None:
    """Correct on the first server, stop half-way, go on with the second; take it back."""
    first, second = servers
    ref, account = made.school_class.ref, made.teacher.id
    with first.app_context():
        proposal = Proposal(CorrectionAction.ALL, "Nobody could know.")
        correction = corrections.propose(ref, made.assignment, made.question, proposal, account_id=account, now=LATER)
    work_out(first, correction, steps, most=2)
    work_out(second, correction, steps)
    with second.app_context():
        applying.time(lambda: correcting.apply(correction, now=LATER))
        after = marks(second, made)
        undoing = corrections.propose_undo(ref, correction, account_id=account, now=LATER)
    work_out(second, undoing, steps)
    with first.app_context():
        applying.time(lambda: correcting.apply(undoing, now=LATER))
    if after[0] != after[1]:
        raise ValueError(f"of {after[0]} answers {after[1]:g} have full marks, not all")


def main(arguments: list[str]) -> int:
    """Measures, and says whether the limits are kept."""
    wanted = int(arguments[0]) if arguments else ATTEMPTS
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        make_schema(settings)
        servers = create_app(settings), create_app(settings)
        with servers[0].app_context():
            made = fill(wanted)
            db.session.remove()
        before = marks(servers[0], made)
        steps, applying = Waits(f"a step of {correcting.STEP} answers"), Waits(f"applying to {wanted:,} answers")
        with busy(servers, made) as (saves, looks):
            correct(servers, made, steps, applying)
        same = marks(servers[0], made) == before
        for app in servers:
            with app.app_context():
                db.engine.dispose()
    print(f"{'while students answer':<34}{'times':>7}{'ms':>9}{'most':>9}{'cpu ms':>9}{'limit':>8}")
    for line in (steps.line(STEP_LIMIT), applying.line(APPLY_LIMIT * wanted / ATTEMPTS), saves.line(), looks.line()):
        print(line)
    if not same:
        print("Taking it back did not return every mark.")
    slow = max(steps.cpu) > STEP_LIMIT or max(applying.cpu) > APPLY_LIMIT * wanted / ATTEMPTS
    return int(slow or not same)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
