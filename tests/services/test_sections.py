"""A class as a whole: settings, door, colleagues, archive, next year, deletion and its undoing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Account, AuditEntry, SecretKind, Section, SectionTeacher, Student, db
from quizapp.services import guests, retention, roster_edits, rosters, sections, settings, sign_in
from quizapp.services.rosters import NewStudent, NotFoundError
from quizapp.services.sections import SectionError, SectionSettings
from quizapp.services.sign_in import NOBODY, SignInError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import NETWORK, SchoolClass, Teacher, instance_key
from tests.parallel import at_once


@pytest.fixture
def teacher() -> Teacher:
    return factories.make_teacher()


@pytest.fixture
def school_class(teacher: Teacher) -> SchoolClass:
    return factories.make_class(teacher, "Ada", "Ben")


def refused(reason: str) -> pytest.RaisesExc[SectionError]:
    return pytest.raises(SectionError, match=reason)


def test_the_list_of_names_shows_only_while_the_door_is_held_open(school_class: SchoolClass) -> None:
    def names(minutes: float) -> tuple[str, ...]:
        door = sign_in.find_door(school_class.ref.join_code)
        assert door is not None
        return sign_in.names_at_the_door(door, now=START + timedelta(minutes=minutes))

    assert names(0) == ()
    assert sections.hold_door(school_class.ref, 10, now=START) == START + timedelta(minutes=10)
    assert names(9) == ("Ada", "Ben")
    assert names(10) == ()
    assert sections.hold_door(school_class.ref, 100_000, now=START) == START + timedelta(minutes=60)
    sections.close_door(school_class.ref)
    assert names(1) == ()


def test_pictures_are_on_new_cards_and_old_cards_stay_valid(teacher: Teacher, school_class: SchoolClass) -> None:
    sections.change_settings(
        school_class.ref, SectionSettings("9B", SecretKind.PICTURES), account_id=teacher.id, now=START
    )
    ref = rosters.get_section(school_class.ref.public_id, teacher.id)
    made = rosters.make_cards(ref, key=instance_key(), now=START, student=school_class.pupils[0].public_id)
    (card,) = made.cards
    assert len(set(card.pictures)) == 6
    door = sign_in.find_door(ref.join_code)
    assert door is not None
    assert door.secret_kind is SecretKind.PICTURES
    for typed in (" ".join(reversed(card.pictures)), ", ".join(card.pictures).upper()):
        assert sign_in.sign_in_student(door, "Ada", typed, network=NETWORK, key=instance_key(), now=START)
    wrong = " ".join(card.pictures[:5])
    with pytest.raises(SignInError):
        sign_in.sign_in_student(door, "Ada", wrong, network=NETWORK, key=instance_key(), now=START)
    assert factories.sign_in_pupil(school_class, school_class.pupils[1])


def test_made_up_names_are_chosen_for_an_empty_class_and_stay(teacher: Teacher) -> None:
    ref = factories.make_class(teacher).ref
    sections.change_settings(
        ref, SectionSettings("9B", guests_welcome=True, pseudonyms=True), account_id=teacher.id, now=START
    )
    ref = rosters.get_section(ref.public_id, teacher.id)
    assert (ref.pseudonyms, ref.guests_welcome) == (True, False)
    made = roster_edits.add_pseudonyms(ref, 30, key=instance_key(), now=START)
    names = [card.name for card in made.cards]
    assert len(set(names)) == 30
    assert all(name.isalpha() and name.istitle() for name in names)
    assert len(roster_edits.add_pseudonyms(ref, 5, key=instance_key(), now=START).cards) == 5
    for count in (0, 401):
        with pytest.raises(ValueError, match="from 1 to"):
            roster_edits.add_pseudonyms(ref, count, key=instance_key(), now=START)
    line = rosters.roster_lines(ref.id)[0]
    change = roster_edits.RosterChange(line.public_id, "Ada Lovelace", "red", "7")
    assert roster_edits.change_roster(ref, [change]) == 1
    after = rosters.roster_line(ref, line.public_id)
    assert (after.name, after.group, after.mark_code) == (line.name, "red", "7")
    with refused(SectionError.NOT_EMPTY):
        sections.change_settings(ref, SectionSettings("9B"), account_id=teacher.id, now=START)


def test_names_groups_and_codes_change_at_once_or_not_at_all(school_class: SchoolClass) -> None:
    ref, (ada, ben) = school_class.ref, school_class.pupils
    change = roster_edits.RosterChange
    roster_edits.change_roster(ref, [change(ada.public_id, "Ada", "red", "1"), change(ben.public_id, "Ben", "", "2")])
    swapped = [change(ada.public_id, "Ben", "red", "2"), change(ben.public_id, "Ada", "", "1")]
    assert roster_edits.change_roster(ref, swapped) == 2
    assert roster_edits.change_roster(ref, swapped) == 0
    for changes, field, says in (
        ([change(ada.public_id, "ÁDA")], "name", "another “Ada”"),
        ([change(ada.public_id, "Cy", "", "1")], "mark_code", "“Ada” has this code"),
        ([change(ada.public_id, "x"), change(ben.public_id, "X")], "name", "another “x”"),
        ([change(ada.public_id, " \x00 ")], "name", "Type a name"),
        ([change(ada.public_id, "n" * 81)], "name", "80"),
        ([change(ada.public_id, "Cy", "g" * 61)], "group", "60"),
    ):
        with pytest.raises(roster_edits.RosterConflictError) as conflict:
            roster_edits.change_roster(ref, changes)
        ((found, sentence),) = conflict.value.problems.values()
        assert (found, says in sentence) == (field, True), sentence
    assert [(line.name, line.mark_code) for line in rosters.roster_lines(ref.id)] == [("Ada", "1"), ("Ben", "2")]
    with pytest.raises(NotFoundError):
        roster_edits.change_roster(ref, [change("0" * 16, "Dee")])


def test_colleagues_teach_together_and_somebody_always_stays(teacher: Teacher, school_class: SchoolClass) -> None:
    ref, other = school_class.ref, factories.make_teacher("okoye")
    with refused(SectionError.LAST_TEACHER):
        sections.leave(ref, account_id=teacher.id, now=START)
    with refused(SectionError.UNKNOWN_LOGIN):
        sections.add_teacher(ref, "nobody", account_id=teacher.id, now=START)
    for _ in range(2):
        assert sections.add_teacher(ref, " OKOYE ", account_id=teacher.id, now=START) == "Okoye"
    assert rosters.get_section(ref.public_id, other.id).name == "9B"
    assert [line.own for line in sections.settings_page(ref.public_id, other.id).teachers] == [True, False]
    with writing() as session:
        session.get_one(Account, other.id).disabled_at = START
    with refused(SectionError.LAST_TEACHER):
        sections.leave(ref, account_id=teacher.id, now=START)
    with writing() as session:
        session.get_one(Account, other.id).disabled_at = None
    sections.leave(ref, account_id=teacher.id, now=START)
    with pytest.raises(NotFoundError):
        rosters.get_section(ref.public_id, teacher.id)
    with refused(SectionError.LAST_TEACHER):
        sections.hand_over(ref, "okoye", account_id=other.id, now=START)
    assert sections.hand_over(ref, "rivera", account_id=other.id, now=START) == "Rivera"
    assert rosters.get_section(ref.public_id, teacher.id) == ref


def test_two_who_leave_in_the_same_instant_do_not_both_go(app: Flask, teacher: Teacher) -> None:
    ref, other = factories.make_class(teacher).ref, factories.make_teacher("okoye")
    sections.add_teacher(ref, "okoye", account_id=teacher.id, now=START)
    leaving = iter((teacher.id, other.id))
    tasks = at_once(app, 2, lambda: sections.leave(ref, account_id=next(leaving), now=START))
    assert sorted(task.error is None for task in tasks) == [False, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SectionTeacher)) == 1


def test_an_archived_class_is_read_only_and_comes_back(teacher: Teacher, school_class: SchoolClass) -> None:
    ref = school_class.ref
    token = factories.sign_in_pupil(school_class, school_class.pupils[0])
    sections.archive(ref, account_id=teacher.id, now=START)
    assert sign_in.identify(token, now=START) == NOBODY
    assert sign_in.find_door(ref.join_code) is None
    assert rosters.list_sections(teacher.id) == ()
    with pytest.raises(NotFoundError):
        rosters.get_section(ref.public_id, teacher.id)
    assert rosters.find_section(ref.public_id, teacher.id).archived
    assert [line.name for line in rosters.roster_page(ref.public_id, teacher.id).students] == ["Ada", "Ben"]
    assert [one.name for one in sections.old_sections(teacher.id).archived] == ["9B"]
    sections.bring_back(ref, account_id=teacher.id, now=START)
    assert factories.sign_in_pupil(school_class, school_class.pupils[0])


def test_next_years_class_has_the_settings_and_if_wanted_the_students(teacher: Teacher) -> None:
    school_class = factories.make_class(teacher, "Ada", "Ben")
    factories.add_guest(school_class, teacher, "Zed")
    change = roster_edits.RosterChange(school_class.pupils[0].public_id, "Ada", "red", "1")
    roster_edits.change_roster(school_class.ref, [change])
    sections.change_settings(
        school_class.ref,
        SectionSettings("9B", SecretKind.PICTURES, guests_welcome=True),
        account_id=teacher.id,
        now=START,
    )
    rosters.remove_student(school_class.ref, school_class.pupils[1].public_id, now=START)
    empty = sections.copy_section(school_class.ref, "10B", with_students=False, account_id=teacher.id, now=START)
    full = sections.copy_section(school_class.ref, " 10C ", with_students=True, account_id=teacher.id, now=START)
    assert rosters.roster_page(empty, teacher.id).students == ()
    page = rosters.roster_page(full, teacher.id)
    assert [(line.name, line.group, line.mark_code) for line in page.students] == [("Ada", "red", "1")]
    assert (page.section.name, page.section.secret_kind, page.section.guests_welcome) == (
        "10C",
        SecretKind.PICTURES,
        True,
    )
    assert page.section.join_code != school_class.ref.join_code
    moved = replace(school_class, ref=page.section)
    assert factories.sign_in_pupil(moved, school_class.pupils[0]), "the card of last year still works"


def test_a_deleted_class_can_be_brought_back_for_seven_days(teacher: Teacher, school_class: SchoolClass) -> None:
    ref, other = school_class.ref, factories.make_teacher("okoye")
    with refused(SectionError.WRONG_NAME):
        sections.delete_section(ref, "9C", account_id=teacher.id, now=START)
    gone = sections.delete_section(ref, " 9b ", account_id=teacher.id, now=START)
    assert gone == START + timedelta(days=7)
    with pytest.raises(NotFoundError):
        rosters.find_section(ref.public_id, teacher.id)
    assert sign_in.find_door(ref.join_code) is None
    assert [one.gone_at for one in sections.old_sections(teacher.id).deleted] == [gone]
    retention.forget_the_old(now=gone - timedelta(seconds=1))
    with pytest.raises(NotFoundError):
        sections.undelete_section(ref.public_id, account_id=other.id, now=START)
    sections.undelete_section(ref.public_id, account_id=teacher.id, now=gone - timedelta(seconds=1))
    assert factories.sign_in_pupil(school_class, school_class.pupils[0])
    sections.delete_section(ref, "9B", account_id=teacher.id, now=START)
    with pytest.raises(NotFoundError):
        sections.undelete_section(ref.public_id, account_id=teacher.id, now=gone)
    kept = sections.copy_section(ref, "10B", with_students=False, account_id=teacher.id, now=START)
    rosters.add_students(rosters.get_section(kept, teacher.id), [NewStudent("Cy")], key=instance_key(), now=START)
    retention.forget_the_old(now=gone)
    assert db.session.scalars(sa.select(Section.name)).all() == ["10B"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Student)) == 1


def test_classes_of_past_school_years_go_and_can_be_kept(teacher: Teacher, school_class: SchoolClass) -> None:
    wanted = settings.RetentionSettings(year_ends="07-31", days_after_year=60)
    settings.change_retention(wanted, account_id=teacher.id, now=START)
    day = settings.section_deletion_day(school_class.ref.id)
    assert day is not None
    assert (day.year, day.month, day.day) == (2026, 9, 29)
    retention.forget_the_old(now=day - timedelta(seconds=1))
    assert rosters.list_sections(teacher.id) == (school_class.ref,)
    retention.forget_the_old(now=day)
    assert rosters.list_sections(teacher.id) == ()
    sections.undelete_section(school_class.ref.public_id, account_id=teacher.id, now=day + timedelta(days=1))
    retention.forget_the_old(now=day + timedelta(days=2))
    assert rosters.list_sections(teacher.id) == (school_class.ref,)
    again = settings.section_deletion_day(school_class.ref.id)
    assert again is not None
    assert again.year == 2027
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["settings", "class-expired", "class-undeleted"]


@pytest.mark.parametrize(("typed", "good"), [("07-31", True), ("02-29", False), ("13-01", False), ("July", False)])
def test_the_end_of_a_school_year_is_a_day_that_every_year_has(typed: str, good: bool) -> None:
    assert (settings.year_end_problem(typed) is None) == good


def test_guests_come_only_through_an_open_door_that_welcomes_them(teacher: Teacher, school_class: SchoolClass) -> None:
    def knock(nickname: str, browser: str = "b", minutes: float = 0) -> str:
        door = sign_in.find_door(school_class.ref.join_code)
        assert door is not None
        now = START + timedelta(minutes=minutes)
        return guests.join_as_guest(
            door, nickname, visitor_hash=browser * 64, network=NETWORK, key=instance_key(), now=now
        )

    def refusal(nickname: str, browser: str = "b", minutes: float = 0) -> str:
        with pytest.raises(guests.GuestError) as error:
            knock(nickname, browser, minutes)
        return error.value.reason

    assert refusal("Zed") == "not-welcome"
    sections.hold_door(school_class.ref, 10, now=START)
    assert refusal("Zed") == "not-welcome"
    wanted = SectionSettings("9B", guests_welcome=True)
    sections.change_settings(school_class.ref, wanted, account_id=teacher.id, now=START)
    assert refusal("Zed", minutes=10) == "not-welcome"
    who = sign_in.identify(knock("Zed"), now=START)
    assert (who.name, who.is_student) == ("Zed", True)
    assert sign_in.identify(knock("Somebody else"), now=START).student_id == who.student_id
    for taken in ("zed", "ADA"):
        assert refusal(taken, browser="c") == "taken"
    for bad in ("", "\x00", "!!!\u0301"[3:], "n" * 31):
        assert refusal(bad, browser="c") == "nickname"
    (guest,) = rosters.roster_page(school_class.ref.public_id, teacher.id).guests
    rosters.remove_student(school_class.ref, guest.public_id, now=START)
    assert refusal("Zed") == refusal("New name") == "out"
    assert refusal("zed", browser="c") == "taken"
    cards = rosters.add_students(school_class.ref, ["Zed"], key=instance_key(), now=START).cards
    assert [card.name for card in cards] == ["Zed"], "a name belongs to the roster, whatever a guest called himself"
