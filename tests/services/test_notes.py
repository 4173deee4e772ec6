"""Notes on students: kept for the teachers of the class, once each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.services import notes
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START


def test_notes_are_kept_once_newest_first_and_deleted_one_by_one() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben")
    ref, (ada, ben) = school_class.ref, school_class.pupils
    for _sent_twice in range(2):
        notes.write_note(ref, ada.public_id, " Reads slowly. ", account_id=teacher.id, now=START, request_key="once")
    notes.write_note(ref, ada.public_id, "Better.", account_id=teacher.id, now=START + timedelta(days=1))
    listed = notes.list_notes(ref.id, ada.id)
    assert [(one.text, one.author) for one in listed] == [("Better.", "Rivera"), ("Reads slowly.", "Rivera")]
    assert notes.list_notes(ref.id, ben.id) == ()
    with pytest.raises(NotFoundError):
        notes.delete_note(ref, ben.public_id, listed[0].public_id)
    notes.delete_note(ref, ada.public_id, listed[0].public_id)
    assert [one.text for one in notes.list_notes(ref.id, ada.id)] == ["Reads slowly."]
    with pytest.raises(NotFoundError):
        notes.write_note(ref, "0" * 16, "Who?", account_id=teacher.id, now=START)
