"""The editor page without scripts: check, correct, save, publish; and nothing typed is ever lost."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Bank, BankRevision, BankShare, ShareRight, db
from quizapp.services import attempts, drafts, publishing, reports
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS, Teacher
from tests.pages import Browser, Page, choose

BROKEN = OWN_BANK.replace("    prompt:", "    pormpt:").replace("- wrong: That nobody", "- worng: That nobody")


class Desk:
    """A teacher at the editor, and what is stored."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            publishing.publish_skills(SKILLS)
            self.teacher = factories.make_teacher()
        self.browser = self.of(self.teacher)

    def of(self, teacher: Teacher) -> Browser:
        browser = Browser(self.app)
        browser.sign_in_staff(teacher)
        return browser

    def begun(self, text: str = OWN_BANK) -> str:
        """The address of a new draft."""
        with self.app.app_context():
            return f"/teach/drafts/{drafts.create_draft(self.teacher.id, text, now=START)}"

    def published(self) -> tuple[drafts.Published, str]:
        """A published bank, and the address of its draft."""
        with self.app.app_context():
            done, draft = factories.publish_own(self.teacher)
            return done, f"/teach/drafts/{draft}"

    def stored(self, path: str) -> str:
        with self.app.app_context():
            return drafts.read_draft(path.split("/")[3], self.teacher.id).text

    def revisions(self) -> list[tuple[int, str]]:
        with self.app.app_context():
            rows = db.session.execute(sa.select(BankRevision.number, BankRevision.note).order_by(BankRevision.number))
            return [(row.number, row.note) for row in rows]

    def share(self, bank: str, teacher: Teacher, right: ShareRight) -> None:
        with self.app.app_context(), writing() as session:
            row = session.scalars(sa.select(Bank).where(Bank.public_id == bank)).one()
            session.merge(BankShare(bank_id=row.id, account_id=teacher.id, right=right, created_at=START))

    def press(self, page: Page, do: str, text: str | None = None) -> Page:
        """Presses a button of the editor, with another text in it."""
        assert do in buttons(page)
        return self.browser.submit(page, named="text", fields={"do": do} if text is None else {"do": do, "text": text})

    def goes(self, page: Page, do: str, text: str | None = None) -> Page:
        return self.browser.follow(self.press(page, do, text))


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


def buttons(page: Page) -> list[str]:
    return [one.get("value", "") for one in page.elements() if one.tag == "button"]


def correction(page: Page, line: int) -> str:
    """The button that puts a line right."""
    (button,) = [one for one in buttons(page) if one.startswith(f"fix {line}:")]
    return button


def textarea(page: Page, name: str = "text") -> str:
    (area,) = [one for one in page.elements() if one.tag == "textarea" and one.get("id") == name]
    return "".join(area.itertext())


def test_every_mistake_is_told_with_its_line_and_put_right_by_a_button(desk: Desk) -> None:
    path = desk.begun(BROKEN)
    page = desk.browser.get(path)
    assert "2 mistakes stand in the way of publishing." in page.words
    assert "Mistake, line 15 (headline)." in page.words
    assert "15 |       - wrong: That nobody swims" in page.text
    for line in (9, 15):
        page = desk.goes(page, correction(page, line))
    assert desk.stored(path) == OWN_BANK
    assert "stand in the way" not in page.words
    assert [one for one in page.words.split() if one == "headline"] != []
    assert desk.press(page, "publish").location == f"{path}/publish"


def test_a_correction_of_several_lines_is_shown_as_it_lines_up(desk: Desk) -> None:
    text = "format: 1\nbank: b\ntitle: B\nlanguage: en\nquestions:\n  - id: one\n    type: choice\n    right: Yes\n"
    page = desk.browser.get(desk.begun(text))
    assert "8 |     options:\n          - right: Yes" in page.text


def test_all_corrections_that_change_no_word_are_put_in_at_once(desk: Desk) -> None:
    pasted = OWN_BANK.replace("- ", "• ").replace("What does", "About this: what does").replace("skill:", "skil:")
    path = desk.begun(pasted)
    page = desk.browser.submit(desk.browser.get(path), named="text", fields={"do": "mend"})
    told = desk.browser.follow(page)
    assert "lines were corrected: 6, " in told.words
    mended = OWN_BANK.replace("prompt: What does", 'prompt: "About this: what does').replace("claim?", 'claim?"')
    assert desk.stored(path) == mended.replace("skill:", "skil:")
    assert "Put in all corrections" not in told.words
    assert "Put in the corrected line" in told.words


def test_a_correction_for_a_line_that_is_no_longer_there_changes_nothing(desk: Desk) -> None:
    path = desk.begun(BROKEN)
    page = desk.browser.get(path)
    page = desk.goes(page, correction(page, 9), "# first\n" + BROKEN)
    assert desk.stored(path) == "# first\n" + BROKEN
    assert "nothing was put in" in page.words


def test_two_tabs_get_both_texts_and_a_way_on(desk: Desk) -> None:
    path = desk.begun("title: One")
    first, second = desk.browser.get(path), desk.browser.get(path)
    assert desk.press(first, "save", "title: First").status == 303
    page = desk.press(second, "save", "title: Second <&>")
    assert page.status == 409
    assert (textarea(page), textarea(page, "stored")) == ("title: Second <&>", "title: First")
    assert desk.stored(path) == "title: First"
    assert desk.press(page, "save").status == 303
    assert desk.stored(path) == "title: Second <&>"


def test_who_was_signed_out_signs_in_with_what_was_typed(desk: Desk) -> None:
    path = desk.begun("title: One")
    page = desk.browser.get(path)
    desk.browser.sign_out()
    page = desk.press(page, "save", "title: Late")
    assert (page.status, textarea(page)) == (401, "title: Late")
    page = desk.browser.submit(page, named="text", fields={"login": "rivera", "password": "wrong"})
    assert (page.status, textarea(page)) == (422, "title: Late")
    assert "Passwords distinguish capitals" in page.words
    page = desk.browser.submit(page, named="text", fields={"login": "rivera", "password": factories.PASSWORD})
    assert (page.status, page.location) == (303, path)
    assert desk.stored(path) == "title: Late"


def test_a_page_from_an_earlier_sign_in_gives_the_text_back(desk: Desk) -> None:
    path = desk.begun("title: One")
    page = desk.browser.get(path)
    desk.browser.sign_out()
    desk.browser.sign_in_staff(desk.teacher)
    page = desk.press(page, "save", "title: Late")
    assert (page.status, textarea(page)) == (400, "title: Late")
    assert desk.stored(path) == "title: One"
    assert desk.press(page, "save").status == 303
    assert desk.stored(path) == "title: Late"


def test_a_draft_deleted_in_another_tab_gives_the_text_back(desk: Desk) -> None:
    page = desk.browser.get(desk.begun("title: One"))
    assert desk.browser.submit(page, "discard").status == 303
    page = desk.press(page, "save", "title: Late")
    assert (page.status, textarea(page)) == (404, "title: Late")
    again = desk.browser.submit(page, named="text")
    assert desk.stored(again.location or "") == "title: Late"


@pytest.mark.parametrize("other", ["colleague", "student"])
def test_a_text_is_not_lost_when_somebody_else_signed_in_meanwhile(desk: Desk, other: str) -> None:
    path = desk.begun("title: One")
    page = desk.browser.get(path)
    desk.browser.sign_out()
    with desk.app.app_context():
        okoye = factories.make_teacher("okoye")
        ours = factories.make_class(okoye, "Ada")
    if other == "colleague":
        desk.browser.sign_in_staff(okoye)
    else:
        desk.browser.sign_in_student(ours, ours.pupils[0])
    page = desk.press(page, "save", "title: Late")
    assert (page.status, textarea(page)) == (404, "title: Late")
    fields = {"login": "rivera", "password": "wrong", "do": "save"}
    page = desk.browser.post(path, {**page.form(named="text").fields, **fields})
    assert (page.status in {404, 422}, textarea(page)) == (True, "title: Late")
    assert "Passwords distinguish capitals" in page.words
    assert desk.stored(path) == "title: One"
    page = desk.browser.post(path, {**page.form(named="text").fields, **fields, "password": factories.PASSWORD})
    assert (page.status, desk.stored(path)) == (303, "title: Late")


def test_a_text_that_is_too_long_stays_on_the_page(desk: Desk) -> None:
    path = desk.begun("title: One")
    long = "# too long\n" + "x" * 1_600_000
    page = desk.press(desk.browser.get(path), "save", long)
    assert (page.status, textarea(page)) == (413, long)
    assert "not saved" in page.words
    assert desk.stored(path) == "title: One"


def test_a_question_is_seen_and_tried_as_students_see_it_while_another_has_a_mistake(desk: Desk) -> None:
    more = OWN_BANK[OWN_BANK.index("  - id: headline") :].replace("id: headline", "id: second")
    path = desk.begun(OWN_BANK + more.replace("    prompt:", "    pormpt:"))
    page = desk.goes(desk.browser.get(path), "preview")
    assert page.path == f"{path}/preview/1"
    assert "Something in the text has a mistake and is left out here." in page.words
    assert "What is to mend Mistake, Question 2." in page.words
    assert f"{path}/form/second" in {link.partition("#")[0] for link in page.links()}
    wrong = desk.browser.submit(page, named="question", fields=choose(page, "That the pool is old"))
    assert "Not this time" in wrong.words
    assert "It says nothing of that." in wrong.words
    assert desk.browser.submit(page, named="question", fields={"question": "second"}).status == 409
    assert desk.browser.get(f"{path}/preview/2").status == 404
    assert "Nothing to see yet" in desk.goes(desk.browser.get(path), "preview", "title: No question").words
    nothing = desk.goes(desk.browser.get(path), "preview", OWN_BANK.replace("    prompt:", "    pormpt:"))
    assert "Mistake, Question 1" in nothing.words


def test_before_publishing_it_says_what_begins_anew_and_afterwards_offers_to_assign(desk: Desk) -> None:
    done, path = desk.published()
    with desk.app.app_context():
        school_class = factories.make_class(desk.teacher, "Ada")
        assignment = factories.assign(school_class, desk.teacher, factories.quiz_of(done, desk.teacher))
        factories.start(assignment, school_class.pupils[0])
    mended = OWN_BANK.replace("- right: That the pool is closed", "- right: That the pool has closed")
    page = desk.goes(desk.browser.get(path), "publish", mended)
    assert "begin anew: “What does the headline claim?”" in page.words
    assert "This becomes version 2" in page.words
    assert desk.revisions() == [(1, "")]
    page = desk.browser.follow(desk.browser.submit(page, "/publish", fields={"note": "Another tense."}))
    assert "Version 2 is published." in page.words
    assert any("/assign?quiz=" in link for link in page.links())
    (fix,) = [link for link in page.links() if link.endswith("/fix")]
    assert "Mark by version 2 of the question" in desk.browser.get(fix).words
    assert desk.revisions() == [(1, ""), (2, "Another tense.")]


def test_a_mistake_stops_publishing_and_leaves_what_is_published(desk: Desk) -> None:
    _done, path = desk.published()
    page = desk.goes(desk.browser.get(path), "publish", BROKEN)
    assert "Mend this first" in page.words
    assert "line 9 (headline)" in page.words
    assert desk.browser.post(f"{path}/publish", {"version": "2"}).status == 422
    assert desk.revisions() == [(1, "")]


def test_another_kind_under_a_published_id_is_told_before_the_button(desk: Desk) -> None:
    _done, path = desk.published()
    short = OWN_BANK[: OWN_BANK.index("    type:")] + (
        "    type: short\n    skill: verbs\n    prompt: What is closed?\n    accept: [the pool]\n    why: It says so.\n"
    )
    page = desk.goes(desk.browser.get(path), "publish", short)
    assert "Give the new question an id of its own." in page.words
    assert [form.action for form in page.forms() if (form.action or "").endswith("/publish")] == []
    assert desk.browser.post(f"{path}/publish", {"version": "2"}).status == 409
    assert desk.revisions() == [(1, "")]


def test_a_colleagues_version_is_shown_before_it_is_replaced(desk: Desk) -> None:
    done, path = desk.published()
    with desk.app.app_context():
        colleague = factories.make_teacher("okoye")
    desk.share(done.bank, colleague, ShareRight.EDIT)
    page = desk.goes(desk.browser.get(path), "publish", OWN_BANK.replace("My own bank", "Mine"))
    with desk.app.app_context():
        theirs = drafts.open_draft(done.bank, colleague.id, now=START)
        shorter = OWN_BANK.replace("headline claim", "headline say")
        drafts.save_draft(theirs, colleague.id, shorter, version=1, now=START)
    assert "Okoye has unpublished changes of this bank" in desk.browser.get(path).words
    with desk.app.app_context():
        drafts.publish_draft(theirs, colleague.id, version=2, note="Shorter.", now=START)
    page = desk.browser.submit(page, "/publish")
    assert page.status == 409
    assert "Version 2 was published while you wrote" in page.words
    assert "Shorter." in page.words
    assert "<ins>" in page.text
    assert desk.browser.submit(page, "/publish", fields={"over": "1"}).status == 409
    page = desk.browser.follow(desk.browser.submit(page, "/publish"))
    assert "Version 3 is published." in page.words


def test_an_id_that_does_not_fit_is_put_right_by_one_button(desk: Desk) -> None:
    _done, own = desk.published()
    typed = OWN_BANK.replace("My own bank", "Another")
    second = desk.begun(typed)
    page = desk.browser.get(f"{second}/publish")
    assert "You have a bank with the id “own” already." in page.words
    saved = desk.browser.follow(desk.browser.submit(page, "/fitting-id"))
    assert "The id of this bank is “own-2” now." in saved.words
    assert desk.stored(second) == typed.replace("bank: own\n", "bank: own-2\n")
    assert desk.browser.submit(page, "/fitting-id").status == 409
    assert "Version 1 is published." in desk.browser.follow(desk.browser.submit(saved, "/publish")).words
    # A draft of a bank gets the id of this bank back.
    desk.browser.post(own, {"text": OWN_BANK.replace("bank: own\n", "bank: other\n"), "version": "1"})
    again = desk.browser.submit(desk.browser.get(f"{own}/publish"), "/fitting-id")
    assert (again.location, desk.stored(own)) == (f"{own}/publish", OWN_BANK)


def test_who_may_no_longer_edit_keeps_the_text_as_a_bank_of_their_own(desk: Desk) -> None:
    done, _path = desk.published()
    with desk.app.app_context():
        colleague = factories.make_teacher("okoye")
    desk.share(done.bank, colleague, ShareRight.EDIT)
    with desk.app.app_context():
        path = f"/teach/drafts/{drafts.open_draft(done.bank, colleague.id, now=START)}"
    theirs = desk.of(colleague)
    typing, typed = theirs.get(path), OWN_BANK.replace("My own bank", "Typed meanwhile")
    (told,) = (one for one in typing.elements() if "data-shut-out" in one.attrib)
    assert "hidden" in told.attrib
    assert json.loads(theirs.post(f"{path}/check.json", {"text": typed}).body)["shut_out"] is False
    desk.share(done.bank, colleague, ShareRight.VIEW)
    answer = json.loads(theirs.post(f"{path}/check.json", {"text": typed}).body)
    assert (answer["shut_out"], "You may no longer change this bank" in answer["said"]) == (True, True)
    assert "You may no longer change this bank" in theirs.get(f"{path}/publish").words
    assert theirs.post(f"{path}/publish", {"version": "1"}).status == 409
    assert "hidden" not in next(one for one in theirs.get(path).elements() if "data-shut-out" in one.attrib).attrib
    page = theirs.follow(theirs.submit(typing, named="text", fields={"do": "own", "text": typed}))
    assert "Not published yet" in page.words
    assert "Typed meanwhile" in page.words
    assert theirs.post(f"{path}/publish", {"version": "2"}).location == f"{path}/publish"


def test_students_reports_stand_beside_their_question(desk: Desk) -> None:
    done, path = desk.published()
    with desk.app.app_context():
        school_class = factories.make_class(desk.teacher, "Ada", "Ben")
        ada, ben = school_class.pupils
        assignment = factories.assign(school_class, desk.teacher, factories.quiz_of(done, desk.teacher))
        attempts.hand_in(ben.taker, factories.start(assignment, ben), now=START)
        attempt = factories.start(assignment, ada)
        reports.report_question(ada.id, attempt, 1, "Two are right.", key=factories.instance_key(), now=START)
        section = school_class.ref.public_id
    assert "Two are right." in desk.browser.get(path).words
    # From the class's page the author comes to the question, by form first, and reads the report beside it.
    reported = desk.browser.get(f"/teach/c/{section}/reports")
    opened = desk.browser.submit(reported, f"/b/{done.bank}/edit")
    assert opened.location == f"{path}/form#q-headline"
    assert "Two are right." in desk.browser.follow(opened).words
    assert "Two are right." in desk.browser.get(f"{path}/form/headline").words
    assert (
        "1 student is at work on it now"
        in desk.goes(desk.browser.get(path), "publish", OWN_BANK.replace("My own bank", "Mine")).words
    )
