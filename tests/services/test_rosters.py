"""Classes, students and their cards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import RosterEntry, Section, Student, db
from quizapp.services import roster_edits, rosters, sign_in
from quizapp.services.roster_edits import RosterChange
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.sign_in import NOBODY, SignInError
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, instance_key
from tests.parallel import at_once


def names_in(ref: SectionRef, account_id: int) -> list[str]:
    return [line.name for line in rosters.roster_page(ref.public_id, account_id).students]


def test_a_longer_list_later_adds_only_who_is_new_and_keeps_the_cards() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben")
    later = START + timedelta(minutes=2)
    again = rosters.add_students(school_class.ref, ["ADA", "Ben", "Cy"], key=instance_key(), now=later)
    assert [card.name for card in again.cards] == ["Cy"]
    assert again.already_there == ("Ada", "Ben")
    assert names_in(school_class.ref, teacher.id) == ["Ada", "Ben", "Cy"]
    assert factories.sign_in_pupil(school_class, school_class.pupils[0])


def test_a_list_sent_twice_by_a_double_click_shows_cards_that_work() -> None:
    teacher = factories.make_teacher()
    ref = factories.make_class(teacher).ref
    rosters.add_students(ref, ["Ada"], key=instance_key(), now=START)
    (ada,) = factories.add_pupils(ref, teacher, "Ada")
    assert names_in(ref, teacher.id) == ["Ada"]
    assert factories.sign_in_pupil(SchoolClass(ref, ()), ada)


def test_the_same_list_many_times_in_one_instant_adds_everybody_once(app: Flask) -> None:
    teacher = factories.make_teacher()
    ref = factories.make_class(teacher).ref
    key = instance_key()
    tasks = at_once(app, 6, lambda: rosters.add_students(ref, ["Ada", "Ben"], key=key, now=START))
    assert [task.error for task in tasks] == [None] * 6
    assert [len(task.result.cards) for task in tasks] == [2] * 6
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Student)) == 2


def test_a_form_sent_twice_makes_one_class_and_blocks_nobody_else(app: Flask) -> None:
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("okoye")

    def make() -> str:
        return rosters.create_section("9B", account_id=teacher.id, now=START, request_key="word").public_id

    tasks = at_once(app, 6, make)
    assert [task.error for task in tasks] == [None] * 6
    assert len({task.result for task in tasks} | {make()}) == 1
    hers = rosters.create_section("9B", account_id=other.id, now=START, request_key="word")
    assert rosters.list_sections(other.id) == (hers,)
    assert len(rosters.list_sections(teacher.id)) == 1


def test_new_cards_end_the_old_words() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben")
    ada, ben = school_class.pupils
    rosters.make_cards(school_class.ref, key=instance_key(), now=START, student=ada.public_id)
    with pytest.raises(SignInError):
        factories.sign_in_pupil(school_class, ada)
    assert factories.sign_in_pupil(school_class, ben)
    with pytest.raises(NotFoundError):
        rosters.make_cards(school_class.ref, key=instance_key(), now=START, student="0" * 16)


def test_words_are_nowhere_in_the_database() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    (student,) = db.session.scalars(sa.select(Student)).all()
    stored = " ".join(str(value) for value in vars(student).values())
    assert all(word not in stored for word in school_class.pupils[0].secret.split())


def test_a_removed_student_is_out_at_once_and_comes_back_with_the_work() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    (ada,) = school_class.pupils
    token = factories.sign_in_pupil(school_class, ada)
    rosters.remove_student(school_class.ref, ada.public_id, now=START)
    assert sign_in.identify(token, now=START) == NOBODY
    with pytest.raises(SignInError):
        factories.sign_in_pupil(school_class, ada)
    with pytest.raises(NotFoundError):
        rosters.remove_student(school_class.ref, ada.public_id, now=START)
    (back,) = factories.add_pupils(school_class.ref, teacher, "Ada")
    assert back.id == ada.id
    assert sign_in.identify(token, now=START) == NOBODY
    assert factories.sign_in_pupil(school_class, back)


def test_a_student_who_comes_back_is_written_as_typed_now() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "ADA")
    rosters.remove_student(school_class.ref, school_class.pupils[0].public_id, now=START)
    (back,) = factories.add_pupils(school_class.ref, teacher, "Ada")
    assert back.id == school_class.pupils[0].id
    assert names_in(school_class.ref, teacher.id) == ["Ada"]


def test_a_class_is_its_teachers_only() -> None:
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("okoye")
    ref = factories.make_class(teacher).ref
    assert rosters.list_sections(teacher.id) == (ref,)
    assert rosters.list_sections(other.id) == ()
    with pytest.raises(NotFoundError):
        rosters.get_section(ref.public_id, other.id)
    stranger = factories.make_class(other, "Cy").pupils[0]
    with pytest.raises(NotFoundError):
        roster_edits.change_roster(ref, [RosterChange(stranger.public_id, "Dee")])
    with pytest.raises(NotFoundError):
        rosters.remove_student(ref, stranger.public_id, now=START)


def test_a_new_code_ends_the_old_one() -> None:
    ref = factories.make_class(factories.make_teacher()).ref
    rosters.new_code(ref)
    assert sign_in.find_door(ref.join_code) is None
    code = db.session.scalars(sa.select(Section.join_code)).one()
    assert len(code) == 8
    assert sign_in.find_door(code) is not None


def test_public_ids_and_codes_are_random_bits() -> None:
    teacher = factories.make_teacher()
    refs = [factories.make_class(teacher, f"Ada {n}").ref for n in range(8)]
    ids = {ref.public_id for ref in refs} | set(db.session.scalars(sa.select(Student.public_id)))
    assert len(ids) == 16
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)
    assert len({ref.join_code for ref in refs}) == 8
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterEntry)) == 8
