"""What goes wrong in a lesson: slips of the hand, lost networks, lost sign-ins, two tabs, two devices."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, Route, expect

import quizapp
from quizapp.models import Attempt, Score, Section, db
from tests.browser import school
from tests.browser.actors import Student
from tests.browser.hands import Pointer
from tests.browser.school import School

QUIZ = quizapp.load_bank(school.BANK)
TOTAL = len(QUIZ.items)
KINDS = tuple(dict.fromkeys(item.kind for item in QUIZ.items))
SAVED = re.compile(r"^\s*Saved at [\d:]+\s*$")
# The page tries again after 2, 4 and 8 seconds.
LONGEST_WAIT_MS = 30_000
SIGN_IN_AGAIN = "Sign in again to keep your answer"


def first_of(kind: str) -> int:
    """The place of the first question of a kind."""
    return 1 + next(place for place, item in enumerate(QUIZ.items) if item.kind == kind)


def begin(page: Page, lesson: School, address: str, name: str = "Ada L.") -> tuple[Student, str]:
    """Somebody signed in and at question 1; also the token of the sign-in."""
    token = lesson.sign_in(page.context, address, name)
    student = Student(page, Pointer(page))
    page.goto("/me")
    student.follow("Read this first")
    student.begins()
    student.is_at(1, TOTAL)
    page.wait_for_load_state()
    return student, token


def go_to(page: Page, position: int) -> None:
    """Open another question of the quiz that is open."""
    page.goto(re.sub(r"/\d+(\?.*)?$", f"/{position}", page.url))


def radio(page: Page, place: int) -> Locator:
    return page.locator("fieldset.question").get_by_role("radio").nth(place)


def status(page: Page) -> Locator:
    return page.locator("[data-save-status]")


def expect_summary(page: Page, sentence: str | re.Pattern[str]) -> Locator:
    """Wait for an error page whose summary has the focus; return its link."""
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    link = summary.get_by_role("link", name=sentence)
    expect(link).to_be_visible()
    return link


# ---------------------------------------------------------------- handing in


def test_double_click_hands_in_once(page: Page, lesson: School, live_server: str) -> None:
    student, _ = begin(page, lesson, live_server)
    student.fill_in()
    expect(status(page)).to_have_text(SAVED)
    student.follow("All questions")
    page.get_by_role("button", name="Hand in 1 answer").dblclick()
    student.reads("Your result")
    page.reload()
    student.reads("Your result")
    with school.inside(lesson.app):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Score)) == TOTAL


def test_going_back_after_handing_in_leads_to_the_result(page: Page, lesson: School, live_server: str) -> None:
    student, _ = begin(page, lesson, live_server)
    student.follow("All questions")
    student.hand_in()
    page.go_back()
    student.reads("Your result")
    page.go_back()
    student.reads("Your result")


def test_answer_from_a_tab_left_open_after_handing_in_changes_nothing(
    page: Page, lesson: School, live_server: str
) -> None:
    student, _ = begin(page, lesson, live_server)
    left_open = Student(page.context.new_page(), Pointer(page))
    left_open.page.goto(page.url)
    student.follow("All questions")
    student.hand_in()
    radio(left_open.page, 0).check()
    expect(status(left_open.page)).to_have_text("Not saved: this question is already handed in.")
    left_open.press("Check my answer")
    left_open.reads("Your result")
    expect(left_open.page.get_by_text("already handed in, so nothing was changed")).to_be_visible()
    expect(left_open.page.locator(".score")).to_have_text(f"0 of {TOTAL}")


# ---------------------------------------------------------------- two tabs, two devices


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_newest_answer_of_two_tabs_counts_and_says_so(
    page: Page, nojs_page: Page, deferred_lesson: School, live_server: str, scripts: bool
) -> None:
    page = page if scripts else nojs_page
    student, _ = begin(page, deferred_lesson, live_server)
    other = Student(page.context.new_page(), Pointer(page))
    other.page.goto(page.url)
    radio(other.page, 1).check()
    other.press("Save and continue")
    other.is_at(2, TOTAL)
    label = page.locator("fieldset.question .choice label").nth(2).inner_text()
    radio(page, 2).check()
    if scripts:
        expect(status(page)).to_contain_text("answered in another tab; this newest answer counts.")
    student.press("Save and continue")
    student.is_at(2, TOTAL)
    if not scripts:
        expect(page.get_by_text("The newest answer counts: this one.")).to_be_visible()
    student.follow("All questions")
    expect(page.locator(".review")).to_contain_text(label)


def test_saving_twice_in_one_tab_speaks_of_no_other(page: Page, deferred_lesson: School, live_server: str) -> None:
    student, _ = begin(page, deferred_lesson, live_server)
    for place in (0, 1):
        radio(page, place).check()
        expect(status(page)).to_have_text(SAVED)
        student.press("Save and continue")
        student.is_at(2, TOTAL)
        expect(page.get_by_text("another tab")).to_have_count(0)
        student.follow("Previous question")
        student.is_at(1, TOTAL)


def test_first_checked_answer_of_two_tabs_counts_and_says_so(page: Page, lesson: School, live_server: str) -> None:
    student, _ = begin(page, lesson, live_server)
    other = Student(page.context.new_page(), Pointer(page))
    other.page.goto(page.url)
    radio(other.page, 1).check()
    other.press("Check my answer")
    expect(other.page.locator(".verdict")).to_be_visible()
    radio(page, 2).check()
    student.press("Check my answer")
    expect(page.get_by_text("You had already checked this answer, so the first one counts.")).to_be_visible()


def test_work_goes_on_at_another_device(page: Page, another_page: Page, lesson: School, live_server: str) -> None:
    begin(page, lesson, live_server)
    radio(page, 2).check()
    expect(status(page)).to_have_text(SAVED)
    elsewhere = Student(another_page, Pointer(another_page))
    elsewhere.join(live_server, lesson.cards["Ada L."])
    elsewhere.is_at(2, TOTAL)
    elsewhere.follow("Previous question")
    elsewhere.is_at(1, TOTAL)
    expect(radio(another_page, 2)).to_be_checked()


def test_work_goes_on_after_the_browser_was_closed(
    page: Page, another_page: Page, lesson: School, live_server: str
) -> None:
    student, _ = begin(page, lesson, live_server)
    for _position in range(4):
        student.checks(student.fill_in())
        student.follow("Next question")
    page.context.close()
    back = Student(another_page, Pointer(another_page))
    back.join(live_server, lesson.cards["Ada L."])
    back.is_at(5, TOTAL)
    back.follow("All questions")
    expect(another_page.get_by_text("Not answered")).to_have_count(TOTAL - 4)


# ---------------------------------------------------------------- slips


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_empty_answer_is_named_and_its_link_leads_to_the_control(
    page: Page, nojs_page: Page, lesson: School, live_server: str, kind: str, scripts: bool
) -> None:
    page = page if scripts else nojs_page
    student, _ = begin(page, lesson, live_server)
    go_to(page, first_of(kind))
    student.press("Check my answer")
    does = "Write" if kind in {"short", "numeric", "open"} else "Choose"
    expect_summary(page, f"{does} an answer, or press “Skip for now”.").click()
    control = student.question().locator("input, select, textarea").first
    expect(control).to_be_focused()


def test_skipping_goes_on_without_an_answer(page: Page, lesson: School, live_server: str) -> None:
    student, _ = begin(page, lesson, live_server)
    student.press("Skip for now")
    student.is_at(2, TOTAL)
    student.follow("All questions")
    expect(page.get_by_text("Not answered")).to_have_count(TOTAL)
    expect(page.get_by_text(f"{TOTAL} questions are blank.")).to_be_visible()


def test_changing_an_answer_returns_to_the_check_page(page: Page, deferred_lesson: School, live_server: str) -> None:
    student, _ = begin(page, deferred_lesson, live_server)
    radio(page, 0).check()
    student.press("Save and continue")
    student.is_at(2, TOTAL)
    student.follow("All questions")
    expect(page.locator(".review > div").first).to_contain_text("Not answered")
    student.follow("Change question 1")
    student.is_at(1, TOTAL)
    label = page.locator("fieldset.question .choice label").nth(3).inner_text()
    radio(page, 3).check()
    student.press("Save and continue")
    student.reads("Check your answers before you hand in")
    expect(page.locator(".review")).to_contain_text(label)


def test_wrong_code_keeps_what_was_typed(page: Page, lesson: School, live_server: str) -> None:
    student = Student(page, Pointer(page))
    page.goto(live_server)
    student.write("Class code", "ZZZZ 9999")
    student.press("Continue")
    sentence = (
        "No class has this code. Compare it letter by letter with the one your teacher shows."
        " If it is right, the class may have been put away: ask your teacher."
    )
    link = expect_summary(page, sentence)
    box = page.get_by_label("Class code", exact=True)
    expect(box).to_have_value("ZZZZ 9999")
    link.click()
    expect(box).to_be_focused()


def test_code_may_be_typed_small_without_its_space_and_with_letters_for_figures(
    page: Page, lesson: School, live_server: str
) -> None:
    with school.inside(lesson.app):
        db.session.get_one(Section, lesson.section.id).join_code = "70XT1Q9P"
        db.session.commit()
    student = Student(page, Pointer(page))
    page.goto(live_server)
    student.write("Class code", " 7oxt-lq9p ")
    student.press("Continue")
    student.reads("Who are you?")


def test_wrong_words_keep_the_name_and_let_the_right_ones_in(page: Page, lesson: School, live_server: str) -> None:
    student = Student(page, Pointer(page))
    card = lesson.cards["Ada L."]
    page.goto(f"/j/{lesson.section.join_code}")
    student.write("Your name, as on your card", card.name)
    student.write("The two words on your card", lesson.cards["Ben K."].secret)
    student.press("Start")
    expect_summary(page, re.compile("^That name and those words do not match"))
    expect(page.get_by_label("Your name, as on your card", exact=True)).to_have_value(card.name)
    student.write("The two words on your card", card.secret.upper())
    student.press("Start")
    student.is_at(1, TOTAL)


# ---------------------------------------------------------------- lost sign-ins


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_answer_sent_after_the_sign_in_ended_is_kept_and_stored(
    page: Page, nojs_page: Page, lesson: School, live_server: str, scripts: bool
) -> None:
    page = page if scripts else nojs_page
    student, token = begin(page, lesson, live_server)
    lesson.end_sign_in(token)
    radio(page, 1).check()
    if scripts:
        expect(status(page)).to_contain_text("Not saved: you are signed out.")
    student.press("Check my answer")
    student.reads(SIGN_IN_AGAIN)
    card = lesson.cards["Ada L."]
    sign_in_again(student, card.code, card.name, lesson.cards["Ben K."].secret)
    student.reads(SIGN_IN_AGAIN)
    expect_summary(page, re.compile("do not match"))
    student.write("The two words on your card", card.secret)
    student.press("Sign in and save my answer")
    student.is_at(1, TOTAL)
    expect(page.get_by_text("You are signed in again, and your last answer is saved.")).to_be_visible()
    expect(radio(page, 1)).to_be_checked()


def test_kept_answer_is_not_stored_for_anybody_else(page: Page, lesson: School, live_server: str) -> None:
    student, token = begin(page, lesson, live_server)
    radio(page, 1).check()
    lesson.end_sign_in(token)
    student.press("Check my answer")
    student.reads(SIGN_IN_AGAIN)
    other = lesson.cards["Ben K."]
    sign_in_again(student, other.code, other.name, other.secret)
    student.reads("We cannot find that page")
    page.goto("/me")
    expect(student.link("Read this first")).to_be_visible()


def sign_in_again(student: Student, code: str, name: str, secret: str) -> None:
    student.write("Class code", code)
    student.write("Your name, as on your card", name)
    student.write("The two words on your card", secret)
    student.press("Sign in and save my answer")


# ---------------------------------------------------------------- saving


def test_change_is_saved_without_a_button(page: Page, lesson: School, live_server: str) -> None:
    begin(page, lesson, live_server)
    radio(page, 2).check()
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    expect(radio(page, 2)).to_be_checked()
    expect(status(page)).to_have_text(SAVED)


def test_answer_given_before_the_script_came_is_saved_when_it_comes(
    page: Page, lesson: School, live_server: str
) -> None:
    begin(page, lesson, live_server)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/save-state.js", hold)
    with page.expect_request("**/save-state.js"):
        page.goto(page.url, wait_until="commit")
    radio(page, 0).check()
    expect(status(page)).not_to_have_text(SAVED)
    held[0].continue_()
    expect(status(page)).to_have_text(SAVED)


def test_answer_given_without_a_network_is_saved_when_it_is_back(page: Page, lesson: School, live_server: str) -> None:
    begin(page, lesson, live_server)
    page.context.set_offline(True)
    radio(page, 1).check()
    expect(status(page)).to_have_text("Not saved yet – trying again. Keep this page open.")
    page.context.set_offline(False)
    expect(status(page)).to_have_text(SAVED, timeout=LONGEST_WAIT_MS)
    page.reload()
    expect(radio(page, 1)).to_be_checked()


def test_answer_given_without_a_network_survives_closing_the_page(page: Page, lesson: School, live_server: str) -> None:
    begin(page, lesson, live_server)
    page.context.set_offline(True)
    radio(page, 1).check()
    expect(status(page)).to_have_text("Not saved yet – trying again. Keep this page open.")
    address = page.url
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    expect(radio(again, 1)).to_be_checked()
    # The page that closes may still have sent it in its last moment, so that this one counts as another tab.
    expect(status(again)).to_have_text(re.compile(r"^\s*Saved at [\d:]+"))


def test_nothing_of_an_answer_stays_on_the_device_after_handing_in(
    page: Page, lesson: School, live_server: str
) -> None:
    student, _ = begin(page, lesson, live_server)
    page.route("**/draft", lambda route: route.abort())
    radio(page, 1).check()
    expect(status(page)).to_contain_text("Not saved yet")
    student.follow("All questions")
    student.reads("Check your answers before you hand in")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    student.hand_in()
    page.wait_for_load_state()
    assert page.evaluate("Object.keys(localStorage).length") == 0
