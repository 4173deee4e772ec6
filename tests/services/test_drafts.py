"""Drafts are saved whatever they say, published as frozen revisions, and never written over unseen."""

from __future__ import annotations

import itertools
import os

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.bank.pictures import Picture
from quizapp.models import Bank, BankRevision, BankShare, ItemRevision, RevisionPicture, ShareRight, db
from quizapp.services import attempts, drafts, pictures, publishing, retention, taking
from quizapp.services.drafts import DraftBrokenError, DraftChanged, DraftExists, PublishedMeanwhile
from quizapp.services.freezing import PublishingError
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS, Teacher
from tests.parallel import at_once

OTHER_KEY = OWN_BANK.replace("- wrong: That the pool is old", "- right: That the pool is old", 1).replace(
    "- right: That the pool is closed", "- wrong: That the pool is closed", 1
)


@pytest.fixture(autouse=True)
def skills() -> None:
    publishing.publish_skills(SKILLS)


def save(draft: str, teacher: Teacher, text: str) -> int:
    return drafts.save_draft(draft, teacher.id, text, version=drafts.read_draft(draft, teacher.id).version, now=START)


def publish(draft: str, teacher: Teacher, *, note: str = "", over: int | None = None) -> drafts.Published:
    version = drafts.read_draft(draft, teacher.id).version
    return drafts.publish_draft(draft, teacher.id, version=version, note=note, over=over, now=START)


def share(bank: str, teacher: Teacher, right: ShareRight) -> None:
    with writing() as session:
        row = session.scalars(sa.select(Bank).where(Bank.public_id == bank)).one()
        session.merge(BankShare(bank_id=row.id, account_id=teacher.id, right=right, created_at=START))


def test_a_second_tab_is_shown_both_texts() -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, "title: One", now=START)
    assert drafts.save_draft(draft, teacher.id, "title: Two\r\n", version=1, now=START) == 2
    assert drafts.save_draft(draft, teacher.id, "title: Two\n", version=1, now=START) == 2
    with pytest.raises(DraftChanged) as stored:
        drafts.save_draft(draft, teacher.id, "title: Three", version=1, now=START)
    assert (stored.value.text, stored.value.version) == ("title: Two\n", 2)
    assert drafts.read_draft(draft, teacher.id).title == "Two"


def test_publishing_twice_makes_one_revision_and_the_draft_goes_on() -> None:
    teacher = factories.make_teacher()
    done, draft = factories.publish_own(teacher)
    assert (done.number, done.changed) == (1, 1)
    assert publish(draft, teacher).number == 1
    view = drafts.read_draft(draft, teacher.id)
    assert (view.base_number, view.changed, view.text) == (1, False, OWN_BANK)
    assert drafts.open_draft(done.bank, teacher.id, now=START) == draft
    save(draft, teacher, OTHER_KEY)
    assert publish(draft, teacher, note="The key was wrong.") == drafts.Published(
        done.bank, done.quiz, "My own bank", 2, 1
    )
    notes = db.session.scalars(sa.select(BankRevision.note).order_by(BankRevision.number)).all()
    assert notes == ["", "The key was wrong."]


def test_a_broken_draft_is_saved_and_not_published() -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    save(draft, teacher, OWN_BANK.replace("type: choice", "type: chioce"))
    with pytest.raises(DraftBrokenError) as broken:
        publish(draft, teacher)
    assert [problem.line for problem in broken.value.problems if problem.level == "error"] == [7]
    assert db.session.scalars(sa.select(Bank)).all() == []


def test_a_finding_of_the_review_stops_publishing_only_if_it_is_an_error() -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    save(draft, teacher, OWN_BANK.replace("That nobody swims", "All of the above"))
    with pytest.raises(DraftBrokenError) as broken:
        publish(draft, teacher)
    assert [problem.code for problem in broken.value.problems if problem.level == "error"] == ["all-none-above"]
    long = "That the pool is closed all day and all night this week"
    save(draft, teacher, OWN_BANK.replace("That the pool is closed", long))
    assert publish(draft, teacher).number == 1
    text = drafts.read_draft(draft, teacher.id).text
    assert {one.level for one in drafts.check_draft(text, now=START).problems} == {"warning", "info"}


def test_a_colleague_who_published_first_is_not_written_over_unseen() -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, draft = factories.publish_own(teacher)
    share(done.bank, colleague, ShareRight.EDIT)
    theirs = drafts.open_draft(done.bank, colleague.id, now=START)
    save(draft, teacher, OTHER_KEY)
    save(theirs, colleague, OWN_BANK.replace("My own bank", "Our bank"))
    assert [one.name for one in drafts.read_draft(draft, teacher.id).others] == ["Okoye"]
    assert publish(theirs, colleague).number == 2
    with pytest.raises(PublishedMeanwhile) as meanwhile:
        publish(draft, teacher)
    assert meanwhile.value.number == 2
    assert publish(draft, teacher, over=2).number == 3
    with pytest.raises(NotFoundError):
        drafts.read_draft(draft, colleague.id)


@pytest.mark.parametrize("right", [ShareRight.VIEW, ShareRight.COPY])
def test_who_may_not_edit_opens_no_draft(right: ShareRight) -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, _draft = factories.publish_own(teacher)
    share(done.bank, colleague, right)
    with pytest.raises(NotFoundError):
        drafts.open_draft(done.bank, colleague.id, now=START)


def test_a_shipped_bank_is_nobodys_to_edit() -> None:
    factories.publish()
    bank = db.session.scalars(sa.select(Bank.public_id)).one()
    with pytest.raises(NotFoundError):
        drafts.open_draft(bank, factories.make_teacher().id, now=START)


def test_a_right_taken_back_leaves_the_text_and_refuses_the_publishing() -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, _draft = factories.publish_own(teacher)
    share(done.bank, colleague, ShareRight.EDIT)
    theirs = drafts.open_draft(done.bank, colleague.id, now=START)
    save(theirs, colleague, OTHER_KEY)
    share(done.bank, colleague, ShareRight.VIEW)
    view = drafts.read_draft(theirs, colleague.id)
    assert (view.shut_out, view.bank, view.text) == (True, None, OTHER_KEY)
    with pytest.raises(PublishingError, match="a bank of your own"):
        publish(theirs, colleague)


def test_an_id_that_is_taken_is_refused() -> None:
    teacher = factories.make_teacher()
    factories.publish_own(teacher)
    second = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    with pytest.raises(PublishingError, match="already"):
        publish(second, teacher)


def test_an_attempt_under_way_keeps_its_revision() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    (ada,) = school_class.pupils
    done, draft = factories.publish_own(teacher)
    attempt = factories.start(factories.assign(school_class, teacher, factories.quiz_of(done, teacher)), ada)
    asked = factories.question_of(attempt, 1)
    save(draft, teacher, OTHER_KEY)
    publish(draft, teacher)
    assert factories.question_of(attempt, 1) == asked
    item = taking.question_page(ada.taker, attempt, 1, now=START).content.item
    assert item.key() == "That the pool is closed"
    key = factories.key_of(attempt, 1)
    attempts.check(ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START)


def test_saves_at_the_same_moment_keep_one_text_and_tell_the_others(app: Flask) -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, "title: One", now=START)
    texts = itertools.count()
    tasks = at_once(app, 6, lambda: drafts.save_draft(draft, teacher.id, f"title: {next(texts)}", version=1, now=START))
    assert [task.result for task in tasks if task.error is None] == [2]
    kept = drafts.read_draft(draft, teacher.id).text
    assert [str(type(task.error).__name__) for task in tasks if task.error] == ["DraftChanged"] * 5
    assert {task.error.text for task in tasks if isinstance(task.error, DraftChanged)} == {kept}


def test_the_publish_button_pressed_many_times_at_once_makes_one_bank_and_one_revision(app: Flask) -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    for number, text in ((1, OWN_BANK), (2, OTHER_KEY)):
        version = save(draft, teacher, text)
        tasks = at_once(
            app,
            5,
            lambda: drafts.publish_draft(draft, teacher.id, version=version, note="", now=START),  # noqa: B023 - done before it changes
        )
        assert [task.error for task in tasks] == [None] * 5
        assert {task.result.number for task in tasks} == {number}
    assert db.session.scalars(sa.select(BankRevision.number).order_by(BankRevision.number)).all() == [1, 2]


def test_two_colleagues_who_publish_at_once_cannot_both_win_unseen(app: Flask) -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, draft = factories.publish_own(teacher)
    share(done.bank, colleague, ShareRight.EDIT)
    theirs = drafts.open_draft(done.bank, colleague.id, now=START)
    ways = [
        (draft, teacher.id, save(draft, teacher, OTHER_KEY)),
        (theirs, colleague.id, save(theirs, colleague, OWN_BANK.replace("My own bank", "Our bank"))),
    ]
    turns = itertools.cycle(ways)

    def publish_mine() -> drafts.Published:
        own, account_id, version = next(turns)
        return drafts.publish_draft(own, account_id, version=version, note="", now=START)

    tasks = at_once(app, 2, publish_mine)
    assert [task.result.number for task in tasks if task.error is None] == [2]
    assert [type(task.error) for task in tasks if task.error] == [PublishedMeanwhile]


def test_the_edit_button_pressed_many_times_at_once_opens_one_draft(app: Flask) -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, _draft = factories.publish_own(teacher)
    share(done.bank, colleague, ShareRight.EDIT)
    tasks = at_once(app, 5, lambda: drafts.open_draft(done.bank, colleague.id, now=START))
    assert ([task.error for task in tasks], len({task.result for task in tasks})) == ([None] * 5, 1)


def test_a_draft_without_changes_follows_what_a_colleague_published() -> None:
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    done, draft = factories.publish_own(teacher)
    share(done.bank, colleague, ShareRight.EDIT)
    theirs = drafts.open_draft(done.bank, colleague.id, now=START)
    save(theirs, colleague, OTHER_KEY)
    publish(theirs, colleague)
    assert drafts.read_draft(draft, teacher.id).behind
    assert drafts.open_draft(done.bank, teacher.id, now=START) == draft
    view = drafts.read_draft(draft, teacher.id)
    assert (view.text, view.base_number, view.changed, view.behind) == (OTHER_KEY, 2, False, False)
    save(draft, teacher, "title: My own words")
    with pytest.raises(DraftExists) as found:
        drafts.create_draft(teacher.id, OWN_BANK, bank_id=bank_id(done.bank), base_number=1, now=START)
    assert found.value.public_id == draft
    assert drafts.open_draft(done.bank, teacher.id, now=START) == draft
    assert drafts.read_draft(draft, teacher.id).text == "title: My own words"


def bank_id(public_id: str) -> int:
    return db.session.scalars(sa.select(Bank.id).where(Bank.public_id == public_id)).one()


PICTURED = """\
format: 1
bank: own
title: My own bank
language: en
stimuli:
  - id: map
    kind: image
    image: map.png
    alt: A map
questions:
""" + OWN_BANK[OWN_BANK.index("  - id: headline") :].replace("    type: choice\n", "    type: choice\n    about: map\n")


def test_pictures_go_with_the_draft_into_the_revision_and_back_into_the_next_draft() -> None:
    teacher = factories.make_teacher()
    kept = "a" * 64 + ".png"
    without = drafts.create_draft(teacher.id, PICTURED, now=START)
    with pytest.raises(DraftBrokenError) as broken:
        publish(without, teacher)
    assert [(one.code, one.line) for one in broken.value.problems if one.level == "error"] == [("no-picture", 8)]
    drafts.discard_draft(without, teacher.id)
    added = {"map.png": kept, "unused.png": "b" * 64 + ".png"}
    draft = drafts.create_draft(teacher.id, PICTURED, pictures=added, now=START)
    done = publish(draft, teacher)
    content = db.session.scalars(sa.select(ItemRevision.content)).one()
    assert content["stimulus"]["image"] == kept
    drafts.discard_draft(draft, teacher.id)
    again = drafts.open_draft(done.bank, teacher.id, now=START)
    assert drafts.read_draft(again, teacher.id).pictures == {"map.png": kept}
    save(again, teacher, PICTURED.replace("My own bank", "Mine"))
    assert publish(again, teacher).number == 2
    assert db.session.scalars(sa.select(ItemRevision.content)).one() == content


def test_a_picture_goes_a_day_after_the_last_draft_and_question_that_showed_it() -> None:
    teacher = factories.make_teacher()
    data = [bytes([0x89]) + b"PNG\r\n\x1a\n" + bytes([number]) for number in range(3)]
    used, drawn, lonely = (pictures.keep_picture(Picture(one, "png")) for one in data)
    draft = drafts.create_draft(teacher.id, PICTURED, pictures={"map.png": used, "other.png": drawn}, now=START)
    publish(draft, teacher)
    assert pictures.forget_unused() == 0
    for name in (used, drawn, lonely):
        age(name)
    assert pictures.forget_unused() == 1
    assert [pictures.picture_path(name) is not None for name in (used, drawn, lonely)] == [True, True, False]
    drafts.discard_draft(draft, teacher.id)
    with writing() as session:  # as it was for banks of an earlier release
        session.execute(sa.delete(RevisionPicture))
    pictures.keep_picture(Picture(data[1], "png"))
    assert pictures.forget_unused() == 0
    age(drawn)
    retention.forget_the_old(now=START)
    assert [pictures.picture_path(name) is not None for name in (used, drawn)] == [True, False]


def age(name: str) -> None:
    """Makes a kept picture two days old."""
    path = pictures.picture_path(name)
    assert path is not None
    moment = path.stat().st_mtime - 2 * 24 * 3600
    os.utime(path, (moment, moment))


def test_a_text_that_begins_with_an_odd_sign_or_is_no_text_is_kept() -> None:
    teacher = factories.make_teacher()
    for text in ("", "\ufeffformat: 1", "\x00", "\u2028", "title: " + "x" * 500, "title: [a, b"):
        draft = drafts.create_draft(teacher.id, text, now=START)
        view = drafts.read_draft(draft, teacher.id)
        assert view.text == text.replace("\x00", "\N{SYMBOL FOR NULL}")
        assert 0 < len(view.title) <= 200
        drafts.check_draft(view.text, now=START)
