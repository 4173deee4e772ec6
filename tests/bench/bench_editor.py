"""What writing a bank costs: the editor page and the saving of a bank of 100 questions, and of files made to be slow.

    python3 dev.py bench

Prints for each the median of the time and of the processor's time of this process, which other programs on the
computer do not lengthen; the limits are held against the latter. Ends with 1 when one is passed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.app import create_app
from quizapp.services import drafts
from tests import factories
from tests.bench.bench_checking import HOSTILE, editor_bank
from tests.clock import START
from tests.databases import make_schema, settings_for
from tests.pages import Browser

ROUNDS = 7
LIMIT_EDITOR, LIMIT_SAVE, LIMIT_HOSTILE, LIMIT_PUBLISH = 200, 250, 400, 1500
"""Milliseconds. A hostile file of nearly a megabyte is sent, checked, stored and drawn."""


def cost(work: Callable[[int], None]) -> tuple[float, float]:
    """Medians of the time and of the processor's time of some work, in milliseconds."""
    times = []
    for number in range(ROUNDS):
        wall, cpu = perf_counter(), process_time()
        work(number)
        times.append((perf_counter() - wall, process_time() - cpu))
    return median(wall for wall, _ in times) * 1000, median(cpu for _, cpu in times) * 1000


class Desk:
    """A teacher with a draft."""

    def __init__(self, home: Path) -> None:
        settings = settings_for(home)
        make_schema(settings)
        self.app = create_app(settings)
        with self.app.app_context():
            self.teacher = factories.make_teacher()
        self.browser = Browser(self.app)
        self.browser.sign_in_staff(self.teacher)
        self.client, self.token = self.browser.client, self.browser.token()

    def begun(self, text: str) -> str:
        """The address of a draft with a text."""
        with self.app.app_context():
            return f"/teach/drafts/{drafts.create_draft(self.teacher.id, text, now=START)}"

    def opens(self, path: str) -> None:
        """Open a page, which must be there."""
        with self.client.get(path) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status_code}")

    def saves(self, path: str, text: str, version: int) -> None:
        """Save a text and open the page that comes back."""
        fields = {"csrf_token": self.token, "text": text, "version": str(version), "do": "save"}
        with self.client.post(path, data=fields, content_type="multipart/form-data") as answer:
            if answer.status_code != 303:
                raise RuntimeError(f"{path} answers {answer.status_code}")
        self.opens(path)


def main() -> int:
    """Measures all and says whether each keeps to its limit."""
    hundred = editor_bank().decode()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        path = desk.begun(hundred)
        used = [
            ("100 questions: open the editor", cost(lambda _: desk.opens(path)), LIMIT_EDITOR),
            (
                "100 questions: save and check",
                cost(lambda n: desk.saves(path, f"{hundred}# {n}\n", n + 1)),
                LIMIT_EDITOR,
            ),
            ("100 questions: before publishing", cost(lambda _: desk.opens(f"{path}/publish")), LIMIT_PUBLISH),
        ]
        for name, data in HOSTILE.items():
            text = data.decode("latin-1").replace("\x00", "").encode()[:950_000].decode("utf-8", "ignore")
            hostile = desk.begun("")
            took = cost(lambda n, to=hostile, bad=text: desk.saves(to, f"{bad}\n# {n}", n + 1))  # type: ignore[misc]  # defaults bind the loop's values
            used.append((f"hostile: {name}", took, LIMIT_HOSTILE))
    for name, (wall, cpu), limit in used:
        print(f"{name:<40}{wall:>8.1f} ms{cpu:>8.1f} ms{cpu / limit:>8.0%} of {limit} ms")
    return int(any(cpu > limit for _, (_, cpu), limit in used))


if __name__ == "__main__":
    sys.exit(main())
