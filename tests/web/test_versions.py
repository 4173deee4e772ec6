"""A bank's own page and what hangs on it, for its owner, for colleagues with each right, and for strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Account, Role, ShareRight, db
from quizapp.services import assigning, drafts, publishing, reports, sharing
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS
from tests.pages import Browser, Fields, Page

REWORDED = OWN_BANK.replace("What does the headline claim?", "What does this headline claim?")
PEOPLE = ("rivera", "viewer", "copier", "editor", "stranger")


class Staffroom:
    """Rivera's bank in two versions; a viewer, a copier, an editor and a stranger; an administrator."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            publishing.publish_skills(SKILLS)
            people = {name: factories.make_teacher(name) for name in PEOPLE}
            people["head"] = factories.make_teacher("head", role=Role.ADMIN)
            rivera = people["rivera"]
            done, draft = factories.publish_own(rivera)
            self.bank, self.draft = done.bank, draft
            drafts.save_draft(draft, rivera.id, REWORDED, version=1, now=START)
            drafts.publish_draft(draft, rivera.id, version=2, note="A clearer line.", now=START + timedelta(days=1))
            for name, right in (("viewer", "view"), ("copier", "copy"), ("editor", "edit")):
                sharing.share(self.bank, name, ShareRight(right), account_id=rivera.id, now=START)
            ours = factories.make_class(people["viewer"], "Ada", title="9V")
            quiz = assigning.get_quiz(done.quiz, rivera.id)
            (ada,) = ours.pupils
            attempt = factories.start(factories.assign(ours, people["viewer"], quiz, now=START), ada)
            reports.report_question(ada.id, attempt, 1, "Two answers fit.", key=factories.instance_key(), now=START)
            self.ids = dict(db.session.execute(sa.select(Account.login, Account.public_id)).all())
        self.people = people
        self.signed_in: dict[str, Browser] = {}

    def browser(self, who: str) -> Browser:
        """Somebody's, signed in when it is first used."""
        if who not in self.signed_in:
            self.signed_in[who] = Browser(self.app)
            self.signed_in[who].sign_in_staff(self.people[who])
        return self.signed_in[who]

    def get(self, who: str, path: str = "") -> Page:
        return self.browser(who).get(f"/teach/b/{self.bank}{path}")

    def statuses(self, method: str, path: str, fields: Fields | None = None) -> list[int]:
        answers = []
        for name in PEOPLE[1:]:
            browser, address = self.browser(name), f"/teach/b/{self.bank}{path}"
            answers.append((browser.get(address) if method == "GET" else browser.post(address, fields)).status)
        return answers


@pytest.fixture
def room(app: Flask) -> Staffroom:
    return Staffroom(app)


def test_each_colleague_is_let_in_as_far_as_the_right_goes(room: Staffroom) -> None:
    #                                                                viewer copier editor stranger
    for path in ("", "/history/1", "/difference/1/2", "/sharing"):
        assert room.statuses("GET", path) == [200, 200, 200, 404], path
    assert room.statuses("GET", "/history/3") == [404] * 4
    assert room.statuses("POST", "/restore", {"number": "1", "seen": "2"}) == [404, 404, 303, 404]
    chosen: Fields = {"number": "1", "seen": "2", "draft_version": "1"}
    assert room.statuses("POST", "/restore/instead", chosen) == [404, 404, 303, 404]
    assert room.statuses("POST", "/sharing", {"login": "stranger", "right": "edit"}) == [404] * 4
    assert room.statuses("POST", "/sharing", {"login": ""}) == [404] * 4
    assert room.statuses("POST", f"/sharing/{room.ids['viewer']}", {"right": "edit"}) == [404] * 4
    assert room.statuses("POST", "/hand-over", {"to-login": "editor"}) == [404] * 4
    pages = {name: room.get(name) for name in PEOPLE[:4]}
    offered = {name: {one.split("/")[-1] for one in forms(page)} for name, page in pages.items()}
    assert offered["viewer"] == {"settle"}
    assert offered["editor"] >= {"edit", "restore", "settle"}
    sources = {name: "format: 1" in room.get(name, "/history/1").text for name in PEOPLE[:4]}
    assert sources == {"rivera": True, "viewer": False, "copier": True, "editor": True}
    assert room.statuses("POST", "/leave") == [303, 303, 303, 404]
    assert room.statuses("GET", "") == [404] * 4


def forms(page: Page) -> list[str]:
    return [form.action or "" for form in page.forms() if "/teach/b/" in (form.action or "")]


def test_the_owner_reads_restores_settles_and_shares(room: Staffroom) -> None:
    rivera = room.browser("rivera")
    page = room.get("rivera")
    for said in ("A clearer line.", "1 report", "Two answers fit.", "1 assignment by colleagues in 1 class", "newest"):
        assert said in page.words, said
    assert "Ada" not in page.words
    assert "9V" not in page.words
    shown = room.get("rivera", "/difference/1/2").text
    assert "</span>the<span" in shown
    assert "</span>this<span" in shown
    assert "words only: statistics go on" in shown
    assert "Right answer" in room.get("rivera", "/history/1").words
    settled = rivera.follow(rivera.submit(page, "/settle"))
    assert "1 report" not in settled.words
    restored = rivera.submit(page, "/restore")
    assert restored.location == f"/teach/drafts/{room.draft}/form"
    typed = OWN_BANK.replace("My own bank", "Half written")
    rivera.post(f"/teach/drafts/{room.draft}", {"text": typed, "version": "3"})
    choice = rivera.submit(room.get("rivera"), "/restore")
    assert (choice.status, "Half written" in choice.text) == (409, True)
    taken = rivera.submit(choice, "/restore/instead")
    assert taken.location is not None
    aside = rivera.get(f"/teach/drafts/{room.draft}/publish")
    both = rivera.submit(aside, "/under-its-bank")
    assert str(both.location).endswith(f"/instead-of/{taken.location.rpartition('/')[2]}")
    assert "Put this text into your draft?" in rivera.follow(both).words
    assert room.draft not in taken.location
    assert "Half written" in rivera.get(f"/teach/drafts/{room.draft}").text


def test_sharing_page_refuses_in_words_and_tells_the_colleague(room: Staffroom) -> None:
    rivera = room.browser("rivera")
    page = room.get("rivera", "/sharing")
    refused = rivera.submit(page, "/sharing", fields={"login": "nobody"}, named="login")
    assert (refused.status, "Nobody signs in with this name." in refused.words) == (422, True)
    rivera.submit(page, "/sharing", fields={"login": "stranger", "right": "edit"}, named="login")
    home = room.browser("stranger").get("/teach")
    assert "Rivera shared a bank with you: My own bank" in home.words
    path = f"/sharing/{room.ids['viewer']}"
    assert rivera.submit(room.get("rivera", "/sharing"), path, fields={"withdraw": "yes"}).status == 303
    assert room.get("viewer").status == 404
    told = room.browser("viewer").get("/teach").words
    assert "Rivera no longer shares a bank with you: “My own bank”. What you assigned from it goes on." in told
    assert rivera.post(f"/teach/b/{room.bank}{path}", {"right": "view"}).status == 404
    assert rivera.post(f"/teach/b/{room.bank}/sharing/{room.ids['editor']}", {"right": "all"}).status == 404
    asked = rivera.submit(room.get("rivera", "/sharing"), "/hand-over", fields={"to-login": "editor"})
    assert (asked.status, "Nothing is handed over yet." in asked.words) == (422, True)
    given = rivera.submit(room.get("rivera", "/sharing"), "/hand-over", fields={"to-login": "editor", "to-sure": "y"})
    assert "The bank belongs to Editor now." in rivera.follow(given).words
    head = room.browser("head")
    people = head.get("/admin/people")
    assert f"/admin/people/{room.ids['editor']}/banks" in people.links()
    banks = head.get(f"/admin/people/{room.ids['editor']}/banks")
    assert "handed a bank over to you" in room.browser("editor").get("/teach").words
    assert head.submit(banks, "/banks", fields={"login": "copier"}).status == 422
    done = head.follow(head.submit(banks, "/banks", fields={"login": "copier", "sure": "y"}))
    assert "1 bank belongs to Copier now." in done.words
    assert "handed a bank over" in head.get("/admin/audit").words
