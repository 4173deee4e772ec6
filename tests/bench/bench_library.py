"""What the library costs with 500 banks of 50 questions, on SQLite.

    python3 dev.py bench

Publishes one bank of 50 questions, copies what is stored of it under 499 other titles, and measures pages of the
library. Ends with 1 when one takes longer than its limit.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from quizapp.app import create_app
from quizapp.models import Bank, BankListing, BankRevision, BankTrait, Base, Item, ItemRevision, Quiz, QuizItem, db
from quizapp.models import QuizRevision as Revision
from quizapp.models.base import new_public_id
from quizapp.services.writing import writing
from tests import factories
from tests.bench.bench_school import Page, measure
from tests.databases import make_schema, settings_for
from tests.pages import Browser

BANKS = 500
QUESTIONS = 50
LIMIT = 100.0
"""Milliseconds of the processor for a page."""

QUESTION = """\
  - id: q{n}
    type: choice
    skill: {skill}
    difficulty: {level}
    prompt: What does the report of day {n} say about the {word}{n} in town number {n}?
    options:
      - right: That the {word}{n} were counted by an office that names its numbers
        why: It says where the number comes from, and anybody can look it up there.
      - wrong: That everybody in town agrees about the {word}{n}
        why: It quotes two people, and both live next door.
      - wrong: That the {word}{n} will be gone next year
        why: It says nothing of next year.
"""
WORDS = ("bridges", "buses", "trees", "voters", "rivers", "schools", "parks", "letters", "shops", "pools")


def bank_text() -> str:
    """A bank of 50 questions with words of their own."""
    head = "format: 1\nbank: large\ntitle: A large bank\nlanguage: en\nquestions:\n"
    return head + "".join(
        QUESTION.format(
            n=n, word=WORDS[n % len(WORDS)], skill=("verbs", "facts")[n % 2], level=("easy", "medium", "hard")[n % 3]
        )
        for n in range(QUESTIONS)
    )


def copy_bank(owner_id: int, copies: int) -> None:
    """Store the newest bank again and again, as if somebody had published it under other titles."""
    with writing() as session:
        bank = session.scalars(sa.select(Bank).order_by(Bank.id.desc()).limit(1)).one()
        for number in range(copies):
            new = Bank(slug=f"bank-{number}", owner_id=owner_id, created_at=bank.created_at)
            session.add(new)
            session.flush()
            title = f"{WORDS[number % len(WORDS)].capitalize()} of town {number}"
            _again(session, BankRevision, BankRevision.bank_id == bank.id, bank_id=new.id, title=title)
            _again(
                session, BankListing, BankListing.bank_id == bank.id, bank_id=new.id, folded_title=f" {title.lower()}"
            )
            _again(session, BankTrait, BankTrait.bank_id == bank.id, bank_id=new.id)
            items = _again(session, Item, Item.bank_id == bank.id, bank_id=new.id)
            revisions: dict[int, int] = {}
            for old, fresh in items.items():
                revisions |= _again(session, ItemRevision, ItemRevision.item_id == old, item_id=fresh)
            (quiz,) = _again(session, Quiz, Quiz.bank_id == bank.id, bank_id=new.id).items()
            (asked,) = _again(session, Revision, Revision.quiz_id == quiz[0], quiz_id=quiz[1]).items()
            session.add_all(
                QuizItem(quiz_revision_id=asked[1], position=place, item_revision_id=one)
                for place, one in enumerate(revisions.values(), start=1)
            )


def _again(
    session: sa.orm.Session, table: type[Base], which: sa.ColumnElement[bool], **other: object
) -> dict[int, int]:
    """Add rows like those there are, and return the new ids by the old ones."""
    pairs = []
    for row in session.scalars(sa.select(table).where(which).order_by(*table.__table__.primary_key)):
        fields = {column.name: getattr(row, column.name) for column in table.__table__.columns if column.name != "id"}
        if "public_id" in fields:
            fields["public_id"] = new_public_id()
        pairs.append((row, table(**{**fields, **other})))
    session.add_all(fresh for _row, fresh in pairs)
    session.flush()
    return {getattr(row, "id", 0): getattr(fresh, "id", 0) for row, fresh in pairs}


def fill(app: Flask) -> factories.Teacher:
    """Make the banks, and their teacher."""
    with app.app_context():
        teacher = factories.make_teacher()
        factories.publish(bank_text(), owner_id=teacher.id)
        copy_bank(teacher.id, BANKS - 1)
        db.session.execute(db.text("ANALYZE"))
        db.session.remove()
    return teacher


def main() -> int:
    """Measures, and says whether all keep to their limits."""
    pages = [
        Page("health, for comparison", "/health", None),
        Page("library, first page", "/teach/banks", LIMIT),
        Page("library, last page", "/teach/banks?page=25", LIMIT),
        Page("library, two words", "/teach/banks?q=bridges+counted", LIMIT),
        Page("library, a word that no bank has", "/teach/banks?q=zebra", LIMIT),
        Page("library, word, skill, kind, mine", "/teach/banks?q=town&skill=verbs&kind=choice&whose=own", LIMIT),
    ]
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        make_schema(settings)
        app = create_app(settings)
        began = perf_counter()
        teacher = fill(app)
        print(f"{BANKS} banks of {QUESTIONS} questions; made in {perf_counter() - began:.0f} s")
        browser = Browser(app)
        browser.sign_in_staff(teacher)
        failed = 0
        print(f"{'page':<40}{'ms':>8}{'cpu ms':>9}{'limit':>8}")
        for page in pages:
            cost = measure(browser.client, page)
            slow = page.limit is not None and cost.cpu > page.limit
            limit = "" if page.limit is None else f"{page.limit:g}"
            print(f"{page.name:<40}{cost.wall:>8.1f}{cost.cpu:>9.1f}{limit:>8}{'  too slow' if slow else ''}")
            failed |= slow
        with app.app_context():
            db.engine.dispose()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
