"""An article beside its question, a private change of questions, and pages as a reader set them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Locator, Page, ViewportSize, expect

from quizapp.models import Route
from quizapp.services import assigning
from quizapp.services.assigning import AssignmentRules
from tests import factories
from tests.browser import school

LONG = "\n\n".join(f"Paragraph {number}. " + "Smoke rose over the hills all day. " * 12 for number in range(1, 15))
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


def box_of(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, width and height of a part of the page."""
    found = part.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


def test_an_article_a_private_change_and_reading_settings(
    app: Flask, live_server: str, page: Page, another_page: Page, check_page: Callable[[Page], None]
) -> None:
    made = school.open_school(app)
    with school.inside(app):
        quiz = factories.publish(factories.ARTICLE_BANK, now=school.now(app))
        factories.publish(factories.MADE_UP_BANK, now=school.now(app))
    teacher, student = another_page, page
    made.sign_in_teacher(teacher.context, live_server)
    made.sign_in(student.context, live_server, "Ada L.")

    teacher.goto(f"{live_server}/teach/c/{made.section.public_id}/articles/{quiz.public_id}")
    teacher.get_by_label("Paste the text here").fill(LONG)
    teacher.get_by_role("button", name="Save for this class").click()
    expect(teacher.get_by_text("Saved: 14 paragraphs.")).to_be_visible()
    with school.inside(app):
        assignment = assigning.assign(
            made.section,
            quiz,
            AssignmentRules(shuffle_items=False),
            account_id=made.account_id,
            now=school.now(app),
            route=Route.EITHER,
        )

    student.set_viewport_size(WIDE)
    student.goto(f"{live_server}/me")
    with student.expect_navigation():
        student.get_by_role("button", name="Start Fires").click()
    first = student.url
    copy, question = student.locator(".article-copy"), student.locator("form#question")
    expect(copy).to_have_attribute("open", "")
    left, top, width, height = box_of(copy)
    assert left + width <= box_of(question)[0]
    assert top + height <= WIDE["height"]
    before = box_of(question)
    student.locator(".article-scroll").evaluate("one => one.scrollTo(0, 2000)")
    assert box_of(question) == before
    check_page(student)

    student.set_viewport_size(PHONE)
    student.goto(first)
    expect(copy).not_to_have_attribute("open", "")
    assert box_of(copy)[1] + box_of(copy)[3] <= box_of(question)[1]
    copy.locator("summary").click()
    assert box_of(student.locator(".article-scroll"))[3] < PHONE["height"]

    student.goto(f"{live_server}/me/settings")
    student.get_by_role("group", name="Size of the letters").get_by_label("Largest").check()
    student.get_by_role("group", name="Background").get_by_label("Cream").check()
    with student.expect_navigation():
        student.get_by_role("button", name="Save").click()
    check_page(student)
    student.goto(first)
    expect(student.locator("html")).to_have_attribute("data-size", "largest")
    assert question.evaluate("one => getComputedStyle(one).fontSize") != "17px"

    student.get_by_role("link", name="I would rather have other questions").click()
    check_page(student)
    student.get_by_role("button", name="Change my questions").click()
    expect(student.get_by_role("heading", level=1)).to_contain_text("Which of these is made up")
    for path in (f"a/{assignment}", f"a/{assignment}/live", "students"):
        teacher.goto(f"{live_server}/teach/c/{made.section.public_id}/{path}")
        expect(teacher.get_by_role("main")).to_contain_text("Ada L.")
        expect(teacher.get_by_role("main")).not_to_contain_text("made up")
