"""Colleagues at one bank in the same instant: shared twice, taken back, handed over, restored, published."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Account, AuditEntry, BankDraft, BankRevision, BankShare, ShareRight, db
from quizapp.services import drafts, publishing, restoring, sharing
from quizapp.services.drafts import PublishedMeanwhile
from quizapp.services.freezing import PublishingError
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS, Teacher
from tests.parallel import Task, at_once, pause_at
from tests.services.test_overlap import count

REWORDED = OWN_BANK.replace("What does the headline claim?", "What does this headline claim?")


class Desk:
    """Rivera's bank in two versions, which Okoye may change; Silva has nothing to do with it."""

    def __init__(self) -> None:
        publishing.publish_skills(SKILLS)
        self.rivera, self.okoye, self.silva = (factories.make_teacher(one) for one in ("rivera", "okoye", "silva"))
        done, self.draft = factories.publish_own(self.rivera)
        self.bank = done.bank
        self.write(self.draft, self.rivera, REWORDED)
        self.publish(self.draft, self.rivera)
        sharing.share(self.bank, "okoye", ShareRight.EDIT, account_id=self.rivera.id, now=START)
        self.theirs = drafts.open_draft(self.bank, self.okoye.id, now=START)
        self.write(self.theirs, self.okoye, REWORDED.replace("My own bank", "Our bank"))
        self.public_id = db.session.scalars(sa.select(Account.public_id).where(Account.id == self.okoye.id)).one()
        db.session.rollback()

    def write(self, draft: str, who: Teacher, text: str) -> None:
        version = drafts.read_draft(draft, who.id).version
        drafts.save_draft(draft, who.id, text, version=version, now=START)

    def publish(self, draft: str, who: Teacher) -> int:
        version = drafts.read_draft(draft, who.id).version
        return drafts.publish_draft(draft, who.id, version=version, note="", now=START).number

    def restore(self) -> str:
        return restoring.restore(self.bank, 1, self.rivera.id, seen=2, now=START)

    def withdraw(self) -> None:
        sharing.withdraw(self.bank, self.public_id, account_id=self.rivera.id, now=START)

    def text(self, draft: str, who: Teacher) -> str:
        db.session.rollback()
        return drafts.read_draft(draft, who.id).text


@pytest.fixture
def desk() -> Desk:
    return Desk()


def in_turn(*works: Callable[[], Any]) -> Callable[[], Any]:
    """Each thread takes the next of these."""
    turn = itertools.cycle(works)

    def work() -> Any:
        return next(turn)()

    return work


def test_the_share_button_pressed_many_times_at_once_shares_once(app: Flask, desk: Desk) -> None:
    before = count(AuditEntry)
    tasks = at_once(
        app, 8, lambda: sharing.share(desk.bank, "silva", ShareRight.COPY, account_id=desk.rivera.id, now=START)
    )
    assert [task.error for task in tasks] == [None] * 8
    assert (count(BankShare), count(AuditEntry) - before) == (2, 1)


def test_a_bank_is_handed_to_one_of_two(app: Flask, desk: Desk) -> None:
    def give(login: str) -> Any:
        return lambda: sharing.hand_over(desk.bank, login, account_id=desk.rivera.id, now=START)

    tasks = at_once(app, 2, in_turn(give("okoye"), give("silva")))
    assert [type(task.error) for task in tasks if task.error] == [NotFoundError]
    (given,) = [task.result for task in tasks if task.result]
    assert [one.title for one in sharing.account_banks(public_id_of(given)).banks] == ["My own bank"]


def public_id_of(name: str) -> str:
    db.session.rollback()
    return db.session.scalars(sa.select(Account.public_id).where(Account.name == name)).one()


def test_publishing_that_has_begun_is_finished_before_the_bank_is_taken_back(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = pause_at(monkeypatch, drafts, "freeze_bank")
    publishing_it = Task(app, lambda: desk.publish(desk.theirs, desk.okoye))
    pause.wait_until_reached()
    taking_back = Task(app, desk.withdraw)
    assert taking_back.waits()
    pause.let_go()
    assert publishing_it.finish().result == 3
    assert taking_back.finish().error is None
    assert count(BankShare) == 0


def test_taking_back_at_the_moment_of_publishing_loses_nothing_typed(app: Flask, desk: Desk) -> None:
    typed = desk.text(desk.theirs, desk.okoye)
    tasks = at_once(app, 2, in_turn(desk.withdraw, lambda: desk.publish(desk.theirs, desk.okoye)))
    errors = [task.error for task in tasks if task.error is not None]
    assert all(isinstance(error, PublishingError) for error in errors)
    assert count(BankRevision) == 3 - len(errors)
    assert desk.text(desk.theirs, desk.okoye) == typed
    desk.write(desk.theirs, desk.okoye, typed + "\n")
    with pytest.raises(PublishingError, match="a bank of your own"):
        desk.publish(desk.theirs, desk.okoye)


def test_restoring_while_a_colleague_publishes_is_told_before_it_is_published(app: Flask, desk: Desk) -> None:
    tasks = at_once(app, 2, in_turn(desk.restore, lambda: desk.publish(desk.theirs, desk.okoye)))
    assert [task.error for task in tasks] == [None, None]
    assert desk.text(desk.draft, desk.rivera) == OWN_BANK
    with pytest.raises(PublishedMeanwhile):
        desk.publish(desk.draft, desk.rivera)
    assert desk.text(desk.draft, desk.rivera) == OWN_BANK
    assert count(BankRevision) == 3


def test_the_restore_button_pressed_many_times_at_once_makes_one_draft(app: Flask, desk: Desk) -> None:
    drafts.discard_draft(desk.draft, desk.rivera.id)
    tasks = at_once(app, 6, desk.restore)
    assert [task.error for task in tasks] == [None] * 6
    assert len({task.result for task in tasks}) == 1
    assert count(BankDraft) == 2
