"""Banks between colleagues: shared, taken back, given up, handed over; with a line of the audit for each."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import Account, AuditEntry, BankShare, ShareRight, db
from quizapp.services import bank_news, bank_versions, drafts, publishing, sharing, staff
from quizapp.services.bank_access import BankRight
from quizapp.services.rosters import NotFoundError
from quizapp.services.sharing import SharingError
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS, Teacher

VIEW, COPY, EDIT = ShareRight.VIEW, ShareRight.COPY, ShareRight.EDIT


class Staffroom:
    """Rivera with a bank; Okoye and Silva without."""

    def __init__(self) -> None:
        publishing.publish_skills(SKILLS)
        self.rivera, self.okoye, self.silva = (factories.make_teacher(one) for one in ("rivera", "okoye", "silva"))
        self.bank = factories.publish_own(self.rivera)[0].bank

    def share(self, right: ShareRight, login: str = "okoye", *, by: Teacher | None = None) -> str:
        return sharing.share(self.bank, login, right, account_id=(by or self.rivera).id, now=START)

    def right(self, who: Teacher) -> BankRight:
        try:
            return bank_versions.bank_head(self.bank, who.id).right
        except NotFoundError:
            return BankRight.NONE


@pytest.fixture
def room() -> Staffroom:
    return Staffroom()


def public_id(who: Teacher) -> str:
    return db.session.scalars(sa.select(Account.public_id).where(Account.id == who.id)).one()


def audit() -> list[str]:
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    return [f"{one.action}: {one.subject}" for one in entries]


def test_sharing_changing_and_taking_back(room: Staffroom) -> None:
    assert room.share(VIEW, " Okoye ") == "Okoye"
    assert room.share(VIEW) == "Okoye"
    (line,) = sharing.sharing_page(room.bank, room.rivera.id).lines
    assert (line.login, line.right, line.shut) == ("okoye", VIEW, False)
    assert sharing.sharing_page(room.bank, room.okoye.id).lines == ()
    sharing.change_right(room.bank, line.public_id, EDIT, account_id=room.rivera.id, now=START)
    assert room.right(room.okoye) == BankRight.EDIT
    sharing.withdraw(room.bank, line.public_id, account_id=room.rivera.id, now=START)
    assert room.right(room.okoye) == BankRight.NONE
    subject = f"bank {room.bank}, account {line.public_id}"
    assert audit() == [f"bank-shared: {subject}, view", f"bank-shared: {subject}, edit", f"bank-withdrawn: {subject}"]


@pytest.mark.parametrize(
    ("login", "reason"),
    [("nobody", SharingError.UNKNOWN_LOGIN), ("Rivera", SharingError.OWNER), ("oko", "unknown-login")],
)
def test_names_that_are_nobodys_or_ones_own(room: Staffroom, login: str, reason: str) -> None:
    with pytest.raises(SharingError, match=reason):
        room.share(VIEW, login)
    with pytest.raises(SharingError, match=reason):
        sharing.hand_over(room.bank, login, account_id=room.rivera.id, now=START)


def test_only_the_owner_shares(room: Staffroom) -> None:
    room.share(EDIT)
    for act in (
        lambda: room.share(VIEW, "silva", by=room.okoye),
        lambda: sharing.change_right(room.bank, public_id(room.okoye), COPY, account_id=room.okoye.id, now=START),
        lambda: sharing.withdraw(room.bank, public_id(room.okoye), account_id=room.okoye.id, now=START),
        lambda: sharing.hand_over(room.bank, "okoye", account_id=room.okoye.id, now=START),
        lambda: sharing.withdraw(room.bank, public_id(room.silva), account_id=room.rivera.id, now=START),
        lambda: sharing.leave(room.bank, account_id=room.silva.id, now=START),
        lambda: sharing.leave(room.bank, account_id=room.rivera.id, now=START),
        lambda: sharing.sharing_page(room.bank, room.silva.id),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert len(audit()) == 1


def test_a_colleague_gives_a_bank_up(room: Staffroom) -> None:
    room.share(COPY)
    sharing.leave(room.bank, account_id=room.okoye.id, now=START)
    assert room.right(room.okoye) == BankRight.NONE


def test_handing_over_changes_places(room: Staffroom) -> None:
    room.share(VIEW)
    assert sharing.hand_over(room.bank, "okoye", account_id=room.rivera.id, now=START) == "Okoye"
    assert (room.right(room.okoye), room.right(room.rivera)) == (BankRight.OWN, BankRight.EDIT)
    rows = db.session.execute(sa.select(BankShare.account_id, BankShare.right)).all()
    assert [tuple(row) for row in rows] == [(room.rivera.id, EDIT)]


def test_nobody_gets_a_second_bank_of_the_same_id(room: Staffroom) -> None:
    factories.publish_own(room.okoye)
    with pytest.raises(SharingError, match=SharingError.SAME_ID):
        sharing.hand_over(room.bank, "okoye", account_id=room.rivera.id, now=START)
    assert room.right(room.rivera) == BankRight.OWN


def test_an_administrator_hands_over_what_somebody_left(room: Staffroom) -> None:
    factories.publish_own(room.rivera, OWN_BANK.replace("bank: own", "bank: other").replace("My own", "Another"))
    factories.publish_own(room.okoye)
    staff.disable(public_id(room.rivera), account_id=room.silva.id, now=START)
    found = sharing.account_banks(public_id(room.rivera))
    assert ([one.title for one in found.banks], found.shut) == (["Another bank", "My own bank"], True)
    done = sharing.hand_over_all(public_id(room.rivera), "okoye", account_id=room.silva.id, now=START)
    assert (done.name, done.moved, done.left) == ("Okoye", 1, ("My own bank",))
    assert [one.title for one in sharing.account_banks(public_id(room.okoye)).banks] == ["Another bank", "My own bank"]
    with pytest.raises(SharingError, match=SharingError.UNKNOWN_LOGIN):
        sharing.hand_over_all(public_id(room.okoye), "rivera", account_id=room.silva.id, now=START)


def test_home_tells_of_a_shared_bank_for_some_days(room: Staffroom) -> None:
    room.share(EDIT)
    (told,) = sharing.shared_lately(room.okoye.id, now=START + timedelta(days=13))
    assert (told.title, told.owner, told.right) == ("My own bank", "Rivera", EDIT)
    assert sharing.shared_lately(room.okoye.id, now=START + timedelta(days=15)) == ()
    assert sharing.shared_lately(room.rivera.id, now=START) == ()


def test_home_tells_what_colleagues_did_with_banks(room: Staffroom) -> None:
    def told(who: Teacher, days: int = 0) -> list[tuple[str, str | None, str, int]]:
        found = bank_news.bank_news(who.id, now=START + timedelta(days=days))
        return [(one.what.value, one.who, one.title, one.number) for one in found]

    room.share(EDIT)
    assert told(room.okoye) == []
    draft = drafts.open_draft(room.bank, room.okoye.id, now=START)
    drafts.save_draft(draft, room.okoye.id, OWN_BANK + "\n", version=1, now=START)
    drafts.publish_draft(draft, room.okoye.id, version=2, note="", now=START)
    assert told(room.rivera, 13) == [("published", "Okoye", "My own bank", 2)]
    assert told(room.rivera, 15) == told(room.okoye) == told(room.silva) == []

    okoye, later = public_id(room.okoye), START + timedelta(hours=1)
    sharing.change_right(room.bank, okoye, VIEW, account_id=room.rivera.id, now=later)
    assert told(room.okoye) == [("changed", "Rivera", "My own bank", 2)]
    sharing.withdraw(room.bank, okoye, account_id=room.rivera.id, now=later)
    assert told(room.okoye) == [("withdrawn", "Rivera", "My own bank", 2)]
    room.share(VIEW)
    assert told(room.okoye) == []
    sharing.hand_over(room.bank, "okoye", account_id=room.rivera.id, now=later)
    assert told(room.okoye) == [("given", "Rivera", "My own bank", 2)]
    assert told(room.rivera) == told(room.okoye, 15) == []


def test_a_bank_that_comes_with_the_program_is_shared_with_everybody(room: Staffroom) -> None:
    quiz = factories.publish()
    bank = next(
        one for one in db.session.execute(sa.text("select public_id from bank where owner_id is null")).scalars()
    )
    head = bank_versions.bank_head(bank, room.okoye.id)
    assert (head.quiz, head.owner, head.right) == (quiz.public_id, None, BankRight.COPY)
    with pytest.raises(NotFoundError):
        sharing.sharing_page(bank, room.okoye.id)
