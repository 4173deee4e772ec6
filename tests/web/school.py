"""A small school with everybody signed in, and a look at everything it stores."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from quizapp.models import Account, Base, CorrectionAction, Role, Route, db
from quizapp.services import attempts, check_ins, correcting, corrections, drafts, notes, room_door
from quizapp.services.corrections import Proposal
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass, Teacher
from tests.pages import Browser

ACTORS = ("nobody", "student", "classmate", "elsewhere", "owner", "other", "admin")
MISSING = "0123456789abcdef"

OWN = (
    "section",
    "student",
    "attempt",
    "assignment",
    "quiz",
    "note",
    "article",
    "check_in",
    "question",
    "correction",
    "bank",
    "draft",
    "other",
    "room",
    "member",
)
"""Parts of addresses that belong to somebody."""


@dataclass(frozen=True)
class School:
    """9B with Ada and Ben, taught by Rivera; 9C with Cy, taught by Okoye. Ada is in mid-quiz."""

    browsers: dict[str, Browser]
    quiz: str
    section: str
    code: str
    assignment: str
    student: str
    attempt: str
    """Ada's: the first question is checked, the second saved, two are open."""
    check_in: str
    """Of 9B, begun by nobody."""
    article: str
    """The quiz that is built from an article."""
    held_back: str
    """Ada's deferred attempt, handed in and not released."""
    note: str
    """Rivera's, on Ada."""
    guest: str
    """Came to 9B with a nickname and waits to be recognised."""
    account: str
    """Okoye's."""
    question: str
    """The first question of `attempt`, as it was asked."""
    correction: str
    """A correction of that question that is worked out and not applied."""
    bank: str
    """Rivera's own, published."""
    draft: str
    """Rivera's, of that bank; nothing is changed in it."""
    other: str
    """Another draft of Rivera's, of no bank."""
    room: str
    """Rivera's, open, in its first round; Ada has come in."""
    room_code: str
    member: str
    """Somebody else in the room."""
    school_class: SchoolClass
    ada: Pupil
    owner: Teacher

    def path(self, rule: str, *, missing: bool = False) -> str:
        """The address of a rule for what belongs to Ada and Rivera, or for what there is not."""
        ids = {
            "section": self.section,
            "student": self.student,
            "attempt": self.attempt,
            "assignment": self.assignment,
            "quiz": self.quiz,
            "question": self.question,
            "correction": self.correction,
            "bank": self.bank,
            "draft": self.draft,
            "other": self.other,
            "form": "zip",
            "code": self.code,
            "position": "2",
            "skill": "facts",
            "number": "1",
            "before": "1",
            "after": "1",
            "token": "no-such-link",
            "note": self.note,
            "name": "0" * 64 + ".png",
            "report": MISSING,
            "article": self.article,
            "check_in": self.check_in,
            "filename": "css/base.css",
            "gradebook": "moodle",
            "invitation": "0" * 64,
            "account": self.account,
            "key": "headline",
            "owner": "choice",
            "room": self.room,
            "member": self.member,
        }
        if missing:
            ids |= dict.fromkeys(OWN, MISSING)
        if "/guests/" in rule and not missing:
            ids["student"] = self.guest
        if rule.startswith("/r/"):
            ids["code"] = self.room_code
        return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: ids[found[1]], rule)


def open_school(app: Flask) -> School:
    """Makes the school and signs everybody in."""
    with app.app_context():
        quiz, article = factories.publish(), factories.publish(factories.ARTICLE_BANK)
        owner, other = factories.make_teacher("rivera"), factories.make_teacher("okoye")
        admin = factories.make_teacher("head", role=Role.ADMIN)
        ours, theirs = factories.make_class(owner, "Ada", "Ben"), factories.make_class(other, "Cy", title="9C")
        ada, ben = ours.pupils
        held_back = factories.start(factories.assign(ours, owner, quiz, feedback="deferred"), ada)
        attempts.hand_in(ada.taker, held_back, now=START)
        factories.publish(factories.MADE_UP_BANK)
        factories.publish_twins()
        check_in = check_ins.begin_check_in(ours.ref, account_id=owner.id, now=START)
        assignment = factories.assign(ours, owner, quiz, route=Route.EITHER)
        attempt = factories.start(assignment, ada)
        for act, position in ((attempts.check, 1), (attempts.save, 2)):
            key = factories.key_of(attempt, position)
            act(ada.taker, attempt, position, key, confidence=None, drawn=None, now=START)
        notes.write_note(ours.ref, ada.public_id, "Reads slowly and well.", account_id=owner.id, now=START)
        (note,) = notes.list_notes(ours.ref.id, ada.id)
        guest = factories.add_guest(ours, owner, "Zed")
        account = db.session.scalars(sa.select(Account.public_id).where(Account.id == other.id)).one()
        question = factories.question_of(attempt, 1)
        proposal = Proposal(CorrectionAction.ALL, "Two answers fit.")
        correction = corrections.propose(ours.ref, assignment, question, proposal, account_id=owner.id, now=START)
        correcting.prepare(correction)
        published, draft = factories.publish_own(owner)
        bank = published.bank
        second = drafts.create_draft(owner.id, factories.OWN_BANK, now=START)
        room = factories.open_room(owner)
        (member,) = room_door.members_of(factories.join_room(room, "Zed"))
    browsers = {name: Browser(app) for name in ACTORS}
    browsers["student"].sign_in_student(ours, ada)
    browsers["classmate"].sign_in_student(ours, ben)
    browsers["elsewhere"].sign_in_student(theirs, theirs.pupils[0])
    for name, teacher in (("owner", owner), ("other", other), ("admin", admin)):
        browsers[name].sign_in_staff(teacher)
    door = browsers["student"].get(f"/r/{room.code}")
    assert browsers["student"].submit(door, fields={"nickname": "Ada"}).status == 302
    return School(
        browsers,
        quiz.public_id,
        ours.ref.public_id,
        ours.ref.join_code,
        assignment,
        ada.public_id,
        attempt,
        check_in,
        article.public_id,
        held_back,
        note.public_id,
        guest.public_id,
        account,
        question,
        correction,
        bank,
        draft,
        second,
        room.public_id,
        room.code,
        member.public_id,
        ours,
        ada,
        owner,
    )


def fingerprint(app: Flask) -> dict[str, str]:
    """A hash of every table; what only says when somebody was last seen is left out."""
    found = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "last_seen"]
            rows = db.session.execute(sa.select(*columns).order_by(*table.primary_key)).all()
            found[table.name] = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
        db.session.rollback()
    return found


def all_rules(app: Flask, method: str) -> list[str]:
    """Every address of the app that takes a method, as its rule."""
    return sorted({rule.rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())})
