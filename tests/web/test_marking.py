"""Marking and correcting in the browser, by plain posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from quizapp.models import SectionTeacher
from quizapp.services import attempts, correcting, marking_queue, rosters
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher
from tests.pages import Browser, Fields, Page
from tests.services.test_marking import ANSWERS
from tests.services.test_marking import BANK as WRITTEN

TWO_WRITTEN = (
    WRITTEN
    + """\
  - id: second
    type: numeric
    skill: facts
    prompt: How many?
    answer: 3
    why: Count.
"""
)


@dataclass(frozen=True)
class HandedIn:
    """A class that handed in a quiz."""

    teacher: Teacher
    school_class: SchoolClass
    assignment: str
    question: str
    """Public id of the first question."""
    tries: dict[str, str]
    """Attempts by name."""


def handed_in(app: Flask, bank: str, answers: dict[str, str], **rules: Any) -> HandedIn:
    """Makes a class that answered the first question and handed in."""
    with app.app_context():
        teacher, quiz = factories.make_teacher(), factories.publish(bank)
        school_class = factories.make_class(teacher, *answers)
        assignment = factories.assign(school_class, teacher, quiz, **rules)
        tries = {}
        for pupil in school_class.pupils:
            tries[pupil.name] = attempt = factories.start(assignment, pupil)
            content = (
                factories.response_to(attempt, 1, right=answers[pupil.name] == "right")
                if bank is factories.BANK
                else {"text": answers[pupil.name]}
            )
            attempts.save(pupil.taker, attempt, 1, content, confidence=None, drawn=None, now=START)
            attempts.hand_in(pupil.taker, attempt, now=START)
        return HandedIn(teacher, school_class, assignment, factories.question_of(attempt, 1), tries)


def at_work(app: Flask, bank: str, answers: dict[str, str]) -> tuple[Browser, str, str]:
    """Makes such a class, and returns the teacher's browser, the address of the class, and assignment and question."""
    made = handed_in(app, bank, answers)
    browser = Browser(app)
    browser.sign_in_staff(made.teacher)
    return browser, f"/teach/c/{made.school_class.ref.public_id}", f"a/{made.assignment}|{made.question}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_marking_goes_from_answer_to_answer_and_shows_no_name(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/marking/{question}"
    seen = set()
    for _ in ANSWERS:
        page = browser.get(address)
        assert page.status == 200
        assert not any(name in page.text for name in ANSWERS)
        seen |= {answer for answer in ANSWERS.values() if answer in page.text}
        assert browser.submit(page, "marking", fields={"points": "2"}).status == 302
    assert seen == set(ANSWERS.values())
    done = browser.get(address)
    assert done.status == 302
    queue = browser.get(f"{section}/{assignment}/marking")
    assert "All marked." in queue.text
    # One wrong digit is not for ever: the list opens an answer again, and a stale page is told so.
    listed = browser.get(f"{address}/marked")
    assert f"{address}/marked" in queue.text
    assert not any(name in listed.text for name in ANSWERS)
    again = next(link for link in sorted(listed.links()) if "answer=" in link)
    stale, fresh = browser.get(again), browser.get(again)
    assert "This answer has its mark: 2 of 4." in fresh.words
    changed = browser.submit(fresh, "marking", fields={"points": "4"})
    assert str(changed.location).endswith("/marked")
    assert "4 of 4" in browser.get(f"{address}/marked").words
    assert browser.submit(stale, "marking", fields={"points": "1"}).status == 409


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_student_reads_that_a_teacher_changed_a_mark(app: Flask) -> None:
    made = handed_in(app, WRITTEN, {"Ada": ANSWERS["Ada"]})
    teacher, student = Browser(app), Browser(app)
    teacher.sign_in_staff(made.teacher)
    student.sign_in_student(made.school_class, made.school_class.pupils[0])
    address = f"/teach/c/{made.school_class.ref.public_id}/a/{made.assignment}/marking/{made.question}"
    pages = [f"/t/{made.tries['Ada']}/{name}" for name in ("result", "1/feedback")]
    told = "Your teacher changed this mark on Mon 2 Mar, 09:00."
    assert teacher.submit(teacher.get(address), "marking", fields={"points": "2"}).status == 302
    assert not any(told in student.get(page).words for page in pages)
    again = next(link for link in sorted(teacher.get(f"{address}/marked").links()) if "answer=" in link)
    assert teacher.submit(teacher.get(again), "marking", fields={"points": "4"}).status == 302
    assert all(told in student.get(page).words for page in pages)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_points_that_are_none_and_a_long_comment_come_back_with_a_sentence(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    page = browser.get(f"{section}/{assignment}/marking/{question}")
    empty = browser.submit(page, "marking", fields={"comment": "Well said, Zoë & co"})
    assert empty.status == 422
    assert "Choose the points for this answer." in empty.text
    assert "Well said, Zoë &amp; co" in empty.text, "what was typed is still there"
    long = browser.submit(page, "marking", fields={"points": "2", "comment": "x" * 301})
    assert (long.status, "Keep the comment to 300 signs." in long.text) == (422, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("missing", ["seen", "not a number", "answer"])
def test_a_mark_from_a_page_that_is_not_whole_is_kept_on_the_page_and_saved_by_nobody(app: Flask, missing: str) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/marking/{question}"
    form = browser.get(address).form("marking")
    fields: Fields = {"points": "4", "comment": "Well said", "seen": form.fields["seen"]}
    if missing == "seen":
        del fields["seen"]
    elif missing == "not a number":
        fields["seen"] = "yes"
    sent = browser.post(address if missing == "answer" else str(form.action), fields)
    assert sent.status == 409
    assert "Nothing was saved" in sent.words
    assert "This field" not in sent.words, "one sentence, which says what to do"
    assert "Well said" in sent.words
    assert f"{len(ANSWERS)} answers wait for a mark." in browser.get(f"{section}/{assignment}/marking").words
    # What came back is whole again.
    assert browser.submit(sent, "marking").status == 302


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_teachers_at_one_answer_read_of_each_other_and_keep_what_they_typed(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    first = browser.get(f"{section}/{assignment}/marking/{question}")
    second = browser.get(f"{section}/{assignment}/marking/{question}")
    assert browser.submit(first, "marking", fields={"points": "1"}).status == 302
    told = browser.submit(second, "marking", fields={"points": "4", "comment": "Exact, I think."})
    assert told.status == 409
    assert "Rivera gave this answer 1 point while you were reading." in told.words
    assert "Exact, I think." in told.words
    assert told.form("marking").fields["points"] == "4"
    assert browser.submit(told, "marking").status == 302


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_from_before_two_markers_differed_settles_nothing_and_shows_what_both_gave(app: Flask) -> None:
    made = handed_in(app, WRITTEN, {"Ada": ANSWERS["Ada"]})
    section = made.school_class.ref
    with app.app_context():
        colleague = factories.make_teacher("okoye")
        with writing() as session:
            session.add(SectionTeacher(section_id=section.id, account_id=colleague.id))
        marking_queue.set_two_markers(section, made.assignment, two_markers=True, now=START)
    rivera, okoye = Browser(app), Browser(app)
    rivera.sign_in_staff(made.teacher)
    okoye.sign_in_staff(colleague)
    address = f"/teach/c/{section.public_id}/a/{made.assignment}/marking/{made.question}"
    page = rivera.get(address)
    assert rivera.submit(page, "marking", fields={"points": "1"}).status == 302
    again = rivera.get(str(page.form("marking").action))
    assert okoye.submit(okoye.get(address), "marking", fields={"points": "4"}).status == 302
    told = rivera.submit(again, "marking", fields={"points": "2", "comment": "Exact, I think."})
    assert told.status == 409
    assert "the two of you differ. Yours are not saved." in told.words
    assert "You differ" in told.words
    assert "Okoye: 4 of 4" in told.words
    assert "Exact, I think." in told.words
    assert rivera.submit(told, "marking").status == 302
    assert "2 of 4" in rivera.get(f"{address}/marked").words


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_question_left_out_while_a_teacher_reads_needs_no_mark_and_says_so(app: Flask) -> None:
    browser, section, ids = at_work(app, TWO_WRITTEN, dict.fromkeys(ANSWERS, "text"))
    assignment, question = ids.split("|")
    page = browser.get(f"{section}/{assignment}/marking/{question}")
    correct(browser, f"{section}/{assignment}/q/{question}/fix", {"action": "void", "reason": "Two ways to read it."})
    told = browser.submit(page, "marking", fields={"points": "4", "comment": "Exact, I think."})
    assert told.status == 409
    assert "This question was left out while you were reading, so it needs no mark." in told.words
    assert "Exact, I think." in told.words
    assert "Save and next" not in told.words
    waiting = browser.get(f"{section}/{assignment}/marking").words
    assert "Write a fair headline" not in waiting, "what is left out waits for nobody"


def correct(browser: Browser, address: str, fields: Fields) -> str:
    """Corrects a question and applies it; returns where what changed is told."""
    run = str(browser.post(address, fields).location)
    assert browser.submit(browser.get(run), named="apply").status == 302
    return run


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_leaving_out_the_only_question_is_refused_in_a_sentence_and_nothing_typed_is_lost(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/q/{question}/fix"
    refused = browser.post(address, {"action": "void", "reason": "Two ways to read it."})
    assert refused.status == 422
    assert "Without this question nothing would count any more." in refused.words
    assert "Two ways to read it." in refused.words


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_correction_under_way_goes_on_step_by_step_while_students_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "STEP", 1)
    browser, section, ids = at_work(app, factories.BANK, {"Ada": "right", "Ben": "wrong"})
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/q/{question}/fix"
    run = str(browser.post(address, {"action": "all", "reason": "Nobody could know."}).location)
    page = browser.get(run)
    assert "Worked out so far: 1 of 2" in page.words
    assert browser.submit(page, "corrections").status == 302
    ready = browser.get(run)
    assert "1 mark changes, 1 higher, none lower." in ready.words
    late_comer(app, section, assignment)
    # The page that was read is applied, and who came in meanwhile is not forgotten.
    assert browser.submit(ready, named="apply").status == 302
    applied = browser.get(run).words
    assert "2 marks change, 2 higher, none lower." in applied
    assert "What changed" in applied


def late_comer(app: Flask, section: str, assignment: str) -> None:
    """Somebody joins the class and hands in a blank quiz."""
    with app.app_context():
        teacher = factories.Teacher(1, "rivera")
        ref = rosters.get_section(section.rsplit("/", 1)[1], teacher.id)
        (cleo,) = factories.add_pupils(ref, teacher, "Cleo")
        attempt = factories.start(assignment.removeprefix("a/"), cleo)
        attempts.hand_in(cleo.taker, attempt, now=START)


def place_of(page: Page) -> str:
    """Where the second answer stands in the form of the right one."""
    return page.text.split("It proves the statement true</label>")[0].rsplit('value="', 1)[1].split('"')[0]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_key_becomes_corrected_marks_in_two_posts(app: Flask) -> None:
    browser, section, ids = at_work(app, factories.BANK, {"Ada": "right", "Ben": "wrong"})
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/q/{question}/fix"
    page = browser.get(address)
    place = place_of(page)
    assert "Right until now: It keeps a distance" in page.words
    nothing = browser.post(address, {})
    assert nothing.status == 422
    assert "Choose what should change." in nothing.text
    assert "Say in a sentence why the mark changes" in nothing.text
    asked = browser.post(address, {"action": "key", "a-key-answer": place, "reason": "The passage says so."})
    assert asked.status == 302
    run = str(asked.location)
    dry = browser.get(run).words
    assert "1 mark changes, 1 higher, none lower." in dry
    assert "Ben" in dry
    assert "Ada" not in dry

    assert browser.submit(browser.get(run), named="apply").status == 302
    assert "What changed" in browser.get(run).text
    back = browser.post(f"{run}/undo", {})
    assert "1 lower" in browser.get(str(back.location)).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_student_and_teacher_read_why_a_mark_changed(app: Flask) -> None:
    made = handed_in(app, factories.BANK, {"Ada": "right", "Ben": "wrong"})
    teachers, students = Browser(app), Browser(app)
    teachers.sign_in_staff(made.teacher)
    section = f"/teach/c/{made.school_class.ref.public_id}"
    reason = "Nobody could <know>."
    run = correct(teachers, f"{section}/a/{made.assignment}/q/{made.question}/fix", {"action": "all", "reason": reason})
    ben = made.school_class.pupils[1]
    students.sign_in_student(made.school_class, ben)
    result = students.get(f"/t/{made.tries['Ben']}/result").words
    assert f"Re-marked Mon 2 Mar, 09:00: everybody gets it. Reason: {reason}" in result
    assert "0 of 4 at first, on Mon 2 Mar, 09:00. 1 of 4 since Mon 2 Mar, 09:00: question 1" in result
    feedback = students.get(f"/t/{made.tries['Ben']}/1/feedback").words
    assert f"Re-marked Mon 2 Mar, 09:00: everybody gets it. Reason: {reason}" in feedback
    assert "0% at first, on Mon 2 Mar, 09:00, by version 1 of the question." in feedback
    assert f"100% since Mon 2 Mar, 09:00, by version 1 of the question: everybody gets it. Reason: {reason}" in feedback
    ada = made.school_class.pupils[0]
    her_own = Browser(app)
    her_own.sign_in_student(made.school_class, ada)
    told = f"Re-marked Mon 2 Mar, 09:00: everybody gets it. Reason: {reason} Your mark is as it was."
    pages = [f"/t/{made.tries['Ada']}/{name}" for name in ("result", "1/feedback")]
    for page in pages:
        words = her_own.get(page).words
        assert told in words, "whose mark stays is told too"
        assert "this mark came about" not in words
    assert "Your mark is as it was." not in result + feedback
    assert her_own.get(pages[0]).words.count("Re-marked") == 1, "of this question only"
    seen = teachers.get(f"{section}/students/{ben.public_id}/{made.tries['Ben']}").words
    assert "1 of 4 since Mon 2 Mar, 09:00: question 1, everybody gets it." in seen
    assert "100% since" in seen
    undo = str(teachers.post(f"{run}/undo", {}).location)
    assert teachers.submit(teachers.get(undo), named="apply").status == 302
    back = f"Re-marked Mon 2 Mar, 09:00: a correction was taken back. The reason had been: {reason}"
    assert back in students.get(f"/t/{made.tries['Ben']}/result").words
    assert f"{back} Your mark is as it was." in her_own.get(pages[1]).words
    fix = f"{section}/a/{made.assignment}/q/{made.question}/fix"
    history = teachers.get(fix)
    assert f"Rivera: {reason} (taken back)" in history.words
    assert "(in force)" not in history.words
    correct(teachers, fix, {"action": "key", "a-key-answer": place_of(history), "reason": "The passage says so."})
    kept = her_own.get(pages[1]).words
    assert "You keep your mark" in kept
    assert "Right until now: It proves the statement true" in teachers.get(fix).words
    assert "Your answer, and the best one" not in kept
