"""A bank's versions: what each changed, where it is used, what was reported, and an earlier one as a draft again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import Account, QuestionReport, ShareRight, db
from quizapp.services import (
    assigning,
    bank_page,
    bank_versions,
    drafts,
    publish_page,
    publishing,
    reports,
    restoring,
    sharing,
    uploads,
)
from quizapp.services.bank_access import BankRight
from quizapp.services.drafts import DraftExists, PublishedMeanwhile
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS, Teacher

DAY = timedelta(days=1)
REWORDED = OWN_BANK.replace("What does the headline claim?", "What does this headline claim?")
TURNED = REWORDED.replace("- right: That the pool is closed", "- wrong: That the pool is closed").replace(
    "- wrong: That the pool is old", "- right: That the pool is old"
)


class Desk:
    """Rivera's bank in three versions, shared with Okoye to edit and with Silva to look at."""

    def __init__(self) -> None:
        publishing.publish_skills(SKILLS)
        self.rivera, self.okoye, self.silva = (factories.make_teacher(one) for one in ("rivera", "okoye", "silva"))
        done, self.draft = factories.publish_own(self.rivera)
        self.bank, self.quiz = done.bank, done.quiz
        for days, text in ((1, REWORDED), (2, TURNED)):
            self.publish(self.draft, self.rivera, text, now=START + days * DAY, note=f"After {days}")
        sharing.share(self.bank, "okoye", ShareRight.EDIT, account_id=self.rivera.id, now=START)
        sharing.share(self.bank, "silva", ShareRight.VIEW, account_id=self.rivera.id, now=START)

    def publish(self, draft: str, who: Teacher, text: str, *, now: datetime = START, note: str = "") -> int:
        view = drafts.read_draft(draft, who.id)
        version = drafts.save_draft(draft, who.id, text, version=view.version, now=START)
        return drafts.publish_draft(draft, who.id, version=version, note=note, now=now).number

    def assigned(self, title: str, who: Teacher) -> tuple[str, factories.Pupil]:
        """An assignment of the bank in a class of a teacher, and its one student."""
        school_class = factories.make_class(who, "Cy", title=title)
        quiz = assigning.get_quiz(self.quiz, self.rivera.id)
        return factories.assign(school_class, who, quiz, now=START + 3 * DAY), school_class.pupils[0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def public_id(who: Teacher) -> str:
    return db.session.scalars(sa.select(Account.public_id).where(Account.id == who.id)).one()


def text_of(draft: str, who: Teacher) -> str:
    return drafts.read_draft(draft, who.id).text


def test_versions_say_what_each_changed(desk: Desk) -> None:
    head = bank_versions.bank_head(desk.bank, desk.silva.id)
    assert (head.title, head.owner, head.newest, head.right) == ("My own bank", "Rivera", 3, BankRight.VIEW)
    lines = bank_versions.versions_of(head.id)
    assert [(one.number, one.by, one.note, one.changed) for one in lines] == [
        (3, "Rivera", "After 2", 1), (2, "Rivera", "After 1", 1), (1, "Rivera", "", 1),
    ]  # fmt: skip
    first = bank_versions.difference_page(desk.bank, 1, 2, desk.silva.id).changes
    second = bank_versions.difference_page(desk.bank, 2, 3, desk.silva.id).changes
    assert first is not None
    assert second is not None
    assert [one.state for one in (*first.questions, *second.questions)] == ["words", "key"]
    for before, after in ((1, 4), (0, 1)):
        with pytest.raises(NotFoundError):
            bank_versions.difference_page(desk.bank, before, after, desk.rivera.id)


def test_a_version_is_read_by_all_who_see_the_bank_and_copied_by_some(desk: Desk) -> None:
    mine = bank_versions.version_page(desk.bank, 1, desk.rivera.id)
    assert (mine.source, mine.content is not None and len(mine.content.questions)) == (OWN_BANK, 1)
    assert bank_versions.version_page(desk.bank, 1, desk.silva.id).source is None
    with pytest.raises(NotFoundError):
        bank_versions.version_page(desk.bank, 1, factories.make_teacher("nobody").id)


def test_a_version_that_cannot_be_read_any_more_is_no_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_versions, "shared_skills", lambda: ())
    page = bank_versions.version_page(desk.bank, 1, desk.rivera.id)
    assert (page.content, page.source) == (None, OWN_BANK)
    assert bank_versions.difference_page(desk.bank, 1, 2, desk.rivera.id).changes is None


def test_another_picture_under_the_same_name_is_a_change() -> None:
    publishing.publish_skills(SKILLS)
    teacher = factories.make_teacher()
    text = OWN_BANK.replace(
        "questions:\n", "stimuli:\n  - id: plan\n    kind: image\n    image: plan.png\n    alt: A plan\nquestions:\n"
    ).replace("    type: choice\n", "    type: choice\n    about: plan\n")
    first, second = ({"plan.png": f"{sign * 64}.png"} for sign in "ab")
    draft = drafts.create_draft(teacher.id, text, pictures=first, now=START)
    done = drafts.publish_draft(draft, teacher.id, version=1, note="", now=START)
    drafts.discard_draft(draft, teacher.id)
    bank_id = bank_versions.bank_head(done.bank, teacher.id).id
    draft = drafts.create_draft(teacher.id, text, pictures=second, bank_id=bank_id, base_number=1, now=START)
    drafts.publish_draft(draft, teacher.id, version=1, note="", now=START)
    found = bank_versions.difference_page(done.bank, 1, 2, teacher.id).changes
    assert found is not None
    assert [(one.id, one.redrawn) for one in found.stimuli] == [("plan", True)]


def test_where_a_bank_is_used(desk: Desk) -> None:
    desk.assigned("9C", desk.okoye)
    mine, _ada = desk.assigned("9B", desk.rivera)
    uses = bank_page.bank_page(desk.bank, desk.rivera.id, now=START).uses
    assert [(one.section_name, one.assignment, one.version, one.current) for one in uses.own] == [("9B", mine, 3, True)]
    assert (uses.others, uses.other_classes, uses.practices) == (1, 1, 0)
    desk.publish(desk.draft, desk.rivera, OWN_BANK, now=START + 4 * DAY)
    page = bank_page.bank_page(desk.bank, desk.rivera.id, now=START)
    assert [(one.version, one.current) for one in page.uses.own] == [(3, False)]
    assert (page.head.newest, len(page.questions), page.shared_with, page.draft) == (4, 1, 2, None)
    assert bool(bank_page.bank_page(desk.bank, desk.silva.id, now=START).uses)


def test_reports_from_a_colleagues_class_reach_whoever_can_mend_the_question(desk: Desk) -> None:
    assignment, cy = desk.assigned("9C", desk.silva)
    attempt = factories.start(assignment, cy, now=START + 3 * DAY)
    reports.report_question(cy.id, attempt, 1, "Two answers fit.", key=factories.instance_key(), now=START)
    for who, read in ((desk.rivera, 1), (desk.okoye, 1), (desk.silva, 1)):
        page = bank_page.bank_page(desk.bank, who.id, now=START)
        assert (page.reports, [len(one.reports) for one in page.questions]) == (read, [read])
    sharing.change_right(desk.bank, public_id(desk.okoye), ShareRight.COPY, account_id=desk.rivera.id, now=START)
    assert bank_page.bank_page(desk.bank, desk.okoye.id, now=START).reports == 0
    report = db.session.scalars(sa.select(QuestionReport.public_id)).one()
    head = bank_versions.bank_head(desk.bank, desk.okoye.id)
    with pytest.raises(NotFoundError):
        reports.settle_report_of_bank(head.id, report, account_id=desk.okoye.id, now=START)
    other, _draft = factories.publish_own(desk.rivera, OWN_BANK.replace("bank: own", "bank: other"))
    elsewhere = bank_versions.bank_head(other.bank, desk.rivera.id).id
    with pytest.raises(NotFoundError):
        reports.settle_report_of_bank(elsewhere, report, account_id=desk.rivera.id, now=START)
    reports.settle_report_of_bank(head.id, report, account_id=desk.rivera.id, now=START)
    assert bank_page.bank_page(desk.bank, desk.rivera.id, now=START).reports == 0


def restore(desk: Desk, who: Teacher, number: int, seen: int = 3) -> str:
    return restoring.restore(desk.bank, number, who.id, seen=seen, now=START)


def test_a_version_comes_back_as_a_draft_and_can_be_published(desk: Desk) -> None:
    draft = restore(desk, desk.rivera, 1)
    assert draft == desk.draft
    view = drafts.read_draft(draft, desk.rivera.id)
    assert (view.text, view.base_number, view.changed) == (OWN_BANK, 3, True)
    assert restore(desk, desk.rivera, 1) == draft
    assert drafts.publish_draft(draft, desk.rivera.id, version=view.version, note="", now=START + 3 * DAY).number == 4
    found = bank_versions.difference_page(desk.bank, 1, 4, desk.rivera.id).changes
    assert found is not None
    assert not found


def test_the_newest_version_comes_back_without_changes(desk: Desk) -> None:
    assert not drafts.read_draft(restore(desk, desk.okoye, 3), desk.okoye.id).changed


def test_restoring_never_overwrites_unpublished_changes(desk: Desk) -> None:
    typed = TURNED.replace("My own bank", "Half written")
    drafts.save_draft(desk.draft, desk.rivera.id, typed, version=3, now=START)
    with pytest.raises(DraftExists) as mine:
        restore(desk, desk.rivera, 1)
    assert mine.value.public_id == desk.draft
    assert text_of(desk.draft, desk.rivera) == typed
    page = restoring.choice_page(desk.bank, 1, desk.draft, desk.rivera.id)
    assert (page.draft_text, page.draft_version) == (typed, 4)
    assert page.changes is not None
    assert [one.name for one in page.changes.head] == ["title"]


def test_what_is_put_aside_stays_with_every_word(desk: Desk) -> None:
    typed = "title: Half written, and no bank at all"
    drafts.save_draft(desk.draft, desk.rivera.id, typed, version=3, now=START)
    assert restoring.choice_page(desk.bank, 1, desk.draft, desk.rivera.id).changes is None
    with pytest.raises(DraftExists):
        restoring.restore_beside(desk.bank, 1, desk.rivera.id, seen=3, draft_version=3, now=START)
    fresh = restoring.restore_beside(desk.bank, 1, desk.rivera.id, seen=3, draft_version=4, now=START)
    assert (text_of(fresh, desk.rivera), text_of(desk.draft, desk.rivera)) == (OWN_BANK, typed)
    assert drafts.save_draft(desk.draft, desk.rivera.id, typed + ".", version=4, now=START) == 5
    lines = {one.public_id: one.bank for one in drafts.my_drafts(desk.rivera.id)}
    assert lines == {fresh: desk.bank, desk.draft: None}


def test_what_was_put_aside_comes_back_under_its_bank(desk: Desk) -> None:
    typed = TURNED.replace("My own bank", "Put aside")
    drafts.save_draft(desk.draft, desk.rivera.id, typed, version=3, now=START)
    fresh = restoring.restore_beside(desk.bank, 1, desk.rivera.id, seen=3, draft_version=4, now=START)
    page = publish_page.publish_page(desk.draft, desk.rivera.id, now=START)
    assert (page.ready, page.under) == (False, desk.bank)
    assert restoring.draft_in_the_way(desk.draft, desk.rivera.id, now=START) == fresh
    uploads.put_in_place(desk.draft, fresh, desk.rivera.id, version=1, now=START)
    assert desk.publish(fresh, desk.rivera, typed) == 4
    assert [(one.public_id, one.bank) for one in drafts.my_drafts(desk.rivera.id)] == [(fresh, desk.bank)]
    for who, draft in ((desk.okoye, fresh), (desk.rivera, fresh)):
        with pytest.raises(NotFoundError):
            restoring.draft_in_the_way(draft, who.id, now=START)


@pytest.mark.parametrize(
    ("longest", "telling", "even"), [(0.44, True, False), (0.42, False, True), (0.24, False, True), (0.0, False, False)]
)
def test_the_longest_answer_is_warned_of_only_where_it_pays(longest: float, telling: bool, even: bool) -> None:
    lazy = publish_page.Lazy(guessing=1 / 3, longest=longest)
    assert (lazy.telling, lazy.even) == (telling, even)


def test_a_colleagues_version_published_meanwhile_is_told_when_publishing(desk: Desk) -> None:
    theirs = drafts.open_draft(desk.bank, desk.okoye.id, now=START)
    assert desk.publish(theirs, desk.okoye, TURNED.replace("My own bank", "Our bank")) == 4
    draft = restore(desk, desk.rivera, 1, seen=3)
    version = drafts.read_draft(draft, desk.rivera.id).version
    with pytest.raises(PublishedMeanwhile):
        drafts.publish_draft(draft, desk.rivera.id, version=version, note="", now=START)
    assert text_of(draft, desk.rivera) == OWN_BANK


def test_who_may_not_edit_restores_nothing(desk: Desk) -> None:
    for who, number in ((desk.silva, 1), (desk.rivera, 9)):
        with pytest.raises(NotFoundError):
            restore(desk, who, number)
        with pytest.raises(NotFoundError):
            restoring.restore_beside(desk.bank, number, who.id, seen=3, draft_version=3, now=START)
    assert [one.bank for one in drafts.my_drafts(desk.rivera.id)] == [desk.bank]
