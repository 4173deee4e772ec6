"""Deleting people for good, and handing out what is kept about them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Base, RosterEntry, Score, Student, db
from quizapp.services import attempts, erasing, rosters, sections, student_files
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher, instance_key

NAME = "Wilhelmina Quarrington"


def taught() -> tuple[Teacher, SchoolClass, str]:
    """A class in which two have checked one answer each."""
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, NAME, "Ben")
    assignment = factories.assign(school_class, teacher, quiz)
    for pupil in school_class.pupils:
        attempt = factories.start(assignment, pupil)
        key = factories.key_of(attempt, 1)
        attempts.check(pupil.taker, attempt, 1, key, confidence=0.75, drawn=None, now=START)
        attempts.hand_in(pupil.taker, attempt, now=START)
    return teacher, school_class, assignment


def mentions(student_id: int) -> dict[str, int]:
    """How many rows of each table point to a student."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "student":
                query = sa.select(sa.func.count()).select_from(table).where(key.parent == student_id)
                found[table.name] = db.session.scalar(query) or 0
    db.session.rollback()
    return found


def test_every_table_lets_go_of_a_student_by_itself() -> None:
    """Whoever adds a table about students decides here that it is deleted with them."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in {"student", "section", "attempt", "attempt_item"}:
                assert key.ondelete in {"CASCADE", "SET NULL"}, (table.name, key.parent.name)


def test_a_deleted_student_is_in_no_table_and_nobody_else_is_touched() -> None:
    teacher, school_class, _assignment = taught()
    gone, ben = school_class.pupils
    factories.sign_in_pupil(school_class, gone)
    assert mentions(gone.id)["score"] == 4
    before = mentions(ben.id)
    assert erasing.erase_from_section(school_class.ref, gone.public_id, account_id=teacher.id, now=START)
    assert set(mentions(gone.id).values()) == {0}
    assert mentions(ben.id) == before
    assert db.session.scalars(sa.select(Student.id)).all() == [ben.id]
    with pytest.raises(NotFoundError):
        erasing.erase_from_section(school_class.ref, gone.public_id, account_id=teacher.id, now=START)


def test_who_is_in_another_class_stays_there() -> None:
    teacher, school_class, _assignment = taught()
    student = school_class.pupils[0]
    new = sections.copy_section(school_class.ref, "10B", with_students=True, account_id=teacher.id, now=START)
    other = rosters.get_section(new, teacher.id)
    assert not erasing.erase_from_section(school_class.ref, student.public_id, account_id=teacher.id, now=START)
    assert mentions(student.id)["score"] == mentions(student.id)["attempt"] == 0
    assert db.session.scalars(sa.select(RosterEntry.section_id).where(RosterEntry.student_id == student.id)).all() == [
        other.id
    ]
    assert {score.student_id for score in db.session.scalars(sa.select(Score))} == {school_class.pupils[1].id}
    erasing.erase_everywhere(student.public_id, account_id=teacher.id, now=START)
    assert set(mentions(student.id).values()) == {0}
    with pytest.raises(NotFoundError):
        erasing.erase_everywhere(student.public_id, account_id=teacher.id, now=START)


def test_a_deleted_name_is_in_no_file_of_the_data_folder(app: Flask, database: str) -> None:
    if database != "sqlite":
        return  # PostgreSQL clears its pages in its own time, as the documents say
    teacher, school_class, _assignment = taught()
    home = Path(app.instance_path)

    def found() -> bool:
        return any(NAME.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())

    assert found()
    erasing.erase_from_section(school_class.ref, school_class.pupils[0].public_id, account_id=teacher.id, now=START)
    assert not found()


def test_the_copy_of_a_students_data_is_whole_and_opens_no_doors() -> None:
    teacher, school_class, _assignment = taught()
    student, ben = school_class.pupils
    later = START + timedelta(seconds=5)
    found = student_files.collect(student.public_id, section=school_class.ref, account_id=teacher.id, now=later)
    assert found.file_name == "student-data-2026-03-02-090005.zip"
    assert found.names == (("9B", NAME),)
    ((attempt,),) = (found.attempts,)
    assert (attempt.section, attempt.title, len(attempt.answers)) == ("9B", "Small quiz", 4)
    first = attempt.answers[0]
    assert (first.question, first.answer) == ("What does claimed do?", "It keeps a distance")
    assert (first.fraction, first.confidence) == (1.0, 0.75)
    with zipfile.ZipFile(io.BytesIO(student_files.zipped(found, "<p>page</p>"))) as archive:
        assert sorted(archive.namelist()) == ["data.json", "page.html"]
        data = json.loads(archive.read("data.json"))
    counts = {table: len(rows) for table, rows in data.items() if table != "made_at"}
    expected = {"student": 1, "roster_entry": 1, "attempt": 1, "attempt_item": 4, "response": 1, "score": 4}
    assert {table: counts[table] for table in expected} == expected
    stored = db.session.scalars(sa.select(Student.secret_hmac).where(Student.id == student.id)).one()
    text = json.dumps(data)
    assert stored is not None
    assert stored not in text
    assert "Ben" not in text
    assert ben.public_id not in text


def test_the_copy_of_one_class_holds_nothing_of_another() -> None:
    teacher, school_class, _assignment = taught()
    student = school_class.pupils[0]
    new = sections.copy_section(school_class.ref, "10B", with_students=True, account_id=teacher.id, now=START)
    other = rosters.get_section(new, teacher.id)
    here = student_files.collect(student.public_id, section=other, account_id=teacher.id, now=START)
    assert (here.names, here.attempts) == ((("10B", NAME),), ())
    assert "score" not in here.tables
    assert "response" not in here.tables
    everywhere = student_files.collect(student.public_id, section=None, account_id=teacher.id, now=START)
    assert [name for name, _ in everywhere.names] == ["10B", "9B"]
    assert len(everywhere.attempts) == 1
    stranger = factories.make_class(factories.make_teacher("okoye"), "Cy").pupils[0]
    with pytest.raises(NotFoundError):
        student_files.collect(stranger.public_id, section=school_class.ref, account_id=teacher.id, now=START)


def test_a_removed_student_can_still_be_deleted() -> None:
    teacher, school_class, _assignment = taught()
    student = school_class.pupils[0]
    rosters.remove_student(school_class.ref, student.public_id, now=START)
    assert erasing.erase_from_section(school_class.ref, student.public_id, account_id=teacher.id, now=START)
    (again,) = rosters.add_students(school_class.ref, [NAME], key=instance_key(), now=START).cards
    assert again.name == NAME
