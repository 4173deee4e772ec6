"""What a list would do to a class, and what it does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.services import rosters
from quizapp.services.rosters import NewStudent
from quizapp.services.rosters_import import preview
from tests import factories
from tests.clock import START
from tests.factories import instance_key


def test_a_preview_says_of_every_line_what_will_become_of_it() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben", "Cy")
    ref = school_class.ref
    rosters.add_students(ref, [NewStudent("Ada", "red", "1")], key=instance_key(), now=START + timedelta(minutes=5))
    rosters.remove_student(ref, school_class.pupils[1].public_id, now=START)
    text = "name,group,code\nADA,red,\nben,,\nCy,blue,\nDee,,1\nEve,,5\n"
    look = preview(ref.public_id, teacher.id, text)
    assert [(one.name, one.changes) for one in look.known] == [("Ada", False), ("Cy", True)]
    assert [one.name for one in look.back] == ["ben"]
    assert [one.name for one in look.new] == ["Eve"]
    assert [(line.line, "“Ada”" in line.why) for line in look.refused] == [(5, True)]
    assert not look.plain
    assert preview(ref.public_id, teacher.id, "Fay\nGil").plain
    assert preview(ref.public_id, teacher.id, " \n").wanted == ()
    later = START + timedelta(hours=1)
    made = rosters.add_students(ref, look.wanted, key=instance_key(), now=later)
    assert [card.name for card in made.cards] == ["Eve", "ben"]
    lines = {line.name: (line.group, line.mark_code) for line in rosters.roster_lines(ref.id)}
    assert lines == {"Ada": ("red", "1"), "Cy": ("blue", None), "Eve": (None, "5"), "ben": (None, None)}


def test_three_hundred_names_are_added_at_once() -> None:
    ref = factories.make_class(factories.make_teacher()).ref
    names = [f"Student {n}" for n in range(300)]
    made = rosters.add_students(ref, names, key=instance_key(), now=START)
    assert len(made.cards) == len({card.name for card in made.cards}) == 300
    assert len(rosters.roster_lines(ref.id)) == 300


def test_a_code_that_was_taken_meanwhile_adds_nobody() -> None:
    school_class = factories.make_class(factories.make_teacher(), "Ada")
    rosters.add_students(school_class.ref, [NewStudent("Ada", None, "1")], key=instance_key(), now=START)
    with pytest.raises(ValueError, match="belongs to another student"):
        rosters.add_students(school_class.ref, ["Ben", NewStudent("Cy", None, "1")], key=instance_key(), now=START)
    assert [line.name for line in rosters.roster_lines(school_class.ref.id)] == ["Ada"]
