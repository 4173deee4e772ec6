"""What the class page says first, and that its evidence is what it says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.measure.mastery import Level
from quizapp.models import CorrectionAction, Misconception, RosterEntry, db
from quizapp.services import attempts, class_page, correcting, corrections, hints, tempting
from quizapp.services.class_page import ANSWERS_FOR_HARDEST, ClassPage, ClassView, FooterCell, Sort
from quizapp.services.corrections import Proposal
from quizapp.services.hints import Reason
from quizapp.services.progress import SkillColumn
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import BANK, Pupil, SchoolClass, Teacher

NAMES = ("Ada", "Ben", "Cy", "Di")
TRUE_STATEMENT = "wrong: It proves the statement true\n"
TEMPTING = BANK.replace(
    TRUE_STATEMENT, TRUE_STATEMENT + "        misconception: quoted-means-true\n        lure: credulous\n"
)
CERTAIN = 0.95


@pytest.fixture
def room() -> tuple[SchoolClass, Teacher]:
    teacher = factories.make_teacher()
    return factories.make_class(teacher, *NAMES), teacher


def sit(
    room: tuple[SchoolClass, Teacher],
    pupil: Pupil,
    *rights: bool | None,
    text: str = TEMPTING,
    now: datetime = START,
    confidence: float | None = None,
    assignment: str | None = None,
) -> str:
    """Lets a student answer the first questions rightly, wrongly or not at all, and hand in."""
    school_class, teacher = room
    assignment = assignment or factories.assign(school_class, teacher, factories.publish(text), now=now)
    attempt = factories.start(assignment, pupil, now=now)
    for position, right in enumerate(rights, start=1):
        if right is not None:
            response = factories.response_to(attempt, position, right=right)
            attempts.check(pupil.taker, attempt, position, response, confidence=confidence, drawn=None, now=now)
    attempts.hand_in(pupil.taker, attempt, now=now)
    return assignment


def page_of(room: tuple[SchoolClass, Teacher], *, now: datetime = START, view: ClassView | None = None) -> ClassPage:
    school_class, teacher = room
    return class_page.class_page(school_class.ref.public_id, teacher.id, now=now, view=view)


def name_the_belief() -> None:
    with writing() as session:
        session.merge(
            Misconception(slug="quoted-means-true", name="It is quoted, so it is true", correction="No.", card="Try.")
        )


def test_what_a_correction_accepts_tempts_nobody_until_it_is_taken_back(room: tuple[SchoolClass, Teacher]) -> None:
    (section, teacher), (*three, di) = (room[0].ref, room[1]), room[0].pupils
    assignment = sit(room, three[0], False)
    for pupil in three[1:]:
        sit(room, pupil, False, assignment=assignment)

    def told() -> tuple[list[str], int]:
        """The tempting answers, and how many answers count as wrong."""
        page = tempting.answers_page(section.public_id, teacher.id, now=START)
        return [answer.answer for line in page.temptations for answer in line.answers], page.leanings.errors

    assert told() == (["It proves the statement true"], 3)
    question = factories.question_of(factories.start(assignment, di), 1)
    accept = Proposal(CorrectionAction.ACCEPT, "It fits as well.", accepted=(0,))
    accepted = corrections.propose(section, assignment, question, accept, account_id=teacher.id, now=START)
    correcting.prepare(accepted)
    correcting.apply(accepted, now=START)
    assert told() == ([], 0)
    sit(room, di, False, assignment=assignment)
    assert told() == ([], 0), "nor what is handed in later"
    back = corrections.propose_undo(section, accepted, account_id=teacher.id, now=START)
    correcting.prepare(back)
    correcting.apply(back, now=START)
    assert told() == (["It proves the statement true"], 4)


def test_an_empty_class_and_one_without_answers_have_no_numbers(room: tuple[SchoolClass, Teacher]) -> None:
    factories.publish()
    page = page_of(room)
    assert (page.answers, page.reteach, page.look_in, page.waiting_for) == (0, None, (), None)
    assert {cell.level for row in page.rows for cell in row.cells} == {Level.no_evidence}
    assert [cell.count for cell in page.footer] == [""]
    teacher = room[1]
    empty = factories.make_class(teacher, title="9E")
    nobody = class_page.class_page(empty.ref.public_id, teacher.id, now=START)
    assert (nobody.students, nobody.rows, nobody.answers) == (0, (), 0)
    answers = tempting.answers_page(empty.ref.public_id, teacher.id, now=START)
    assert (answers.temptations, answers.sure_and_wrong, answers.article.marked) == ((), (), 0)


def test_what_to_reteach_is_what_most_were_tempted_by(room: tuple[SchoolClass, Teacher]) -> None:
    ada, ben, cy, di = room[0].pupils
    assignment = sit(room, ada, False)
    for pupil in (ben, cy):
        page = page_of(room)
        assert page.reteach is None or page.reteach.belief is None
        sit(room, pupil, False, assignment=assignment)
    sit(room, di, True, assignment=assignment)
    found = page_of(room).reteach
    assert found is not None
    assert (found.belief, found.answer, found.students, found.answered) == (
        None,
        "It proves the statement true",
        3,
        4,
    ), "a belief that is not on the list is told by its answer"
    name_the_belief()
    page = page_of(room)
    assert page.reteach is not None
    assert page.reteach.belief is not None
    assert page.reteach.belief.name == "It is quoted, so it is true"
    evidence = tempting.answers_page(room[0].ref.public_id, room[1].id, now=START)
    (line,) = evidence.temptations
    assert line.key == page.reteach.key
    assert [one.name for one in line.who.named] == ["Ada", "Ben", "Cy"]
    assert (line.answered, line.answers[0].question) == (4, "What does claimed do?")
    assert (evidence.leanings.errors, evidence.leanings.trusting, evidence.leanings.doubting) == (3, 3, 0)
    later = START + timedelta(days=60)
    sit(room, di, True, now=later)
    newest = page_of(room, now=later).reteach
    assert newest is not None
    assert (newest.belief, newest.answer) == (None, None), "what is two months old is not for tomorrow"


def test_a_skill_is_retaught_where_no_answer_stands_out(room: tuple[SchoolClass, Teacher]) -> None:
    ada, ben, *_ = room[0].pupils
    for day in range(3):
        for pupil in (ada, ben):
            sit(room, pupil, True, True, now=START + timedelta(days=day))
    found = page_of(room, now=START + timedelta(days=3)).reteach
    assert found is not None
    assert found.skill is not None
    assert (found.skill.skill.slug, found.skill.count, found.key) == ("facts", "0 of 12", None)


def test_reasons_to_look_in_and_setting_them_aside(room: tuple[SchoolClass, Teacher]) -> None:
    school_class, teacher = room
    ada, ben, *_ = school_class.pupils
    for day in range(2):
        sit(room, ada, False, False, now=START + timedelta(days=day), confidence=CERTAIN)
    sit(room, ben, True, True, True, True, now=START + timedelta(days=1))
    now = START + timedelta(days=2)
    (first,) = [one for one in page_of(room, now=now).look_in if one.student.name == "Ada"]
    assert [(hint.reason, hint.wrong, hint.of) for hint in first.hints] == [
        (Reason.HELP, 4, 4),
        (Reason.HELP, 4, 4),
        (Reason.SURE, 4, 0),
    ]
    assert first.keys == ("help:verbs", "help:facts", "sure")
    hints.set_aside(school_class.ref, ada.public_id, (*first.keys, "nonsense"), account_id=teacher.id, now=now)
    page = page_of(room, now=now)
    assert [one.student.name for one in page.look_in] == []
    assert [(one.student.name, one.keys) for one in page.aside] == [("Ada", first.keys)]
    sit(room, ada, False, now=now + timedelta(days=1))
    again = page_of(room, now=now + timedelta(days=1))
    assert [one.keys for one in again.look_in] == [("help:verbs", "help:facts")], "new reason brings it back"
    assert [one.keys for one in again.aside] == [("sure",)]
    hints.bring_back(school_class.ref, ada.public_id)
    assert page_of(room, now=now).aside == ()


def test_quiet_needs_open_work_and_a_week(room: tuple[SchoolClass, Teacher]) -> None:
    school_class, teacher = room
    ada, *others = school_class.pupils
    assignment = factories.assign(school_class, teacher, factories.publish(), now=START)
    sit(room, ada, True, assignment=assignment)

    def quiet(days: float) -> list[str]:
        found = page_of(room, now=START + timedelta(days=days)).look_in
        return [one.student.name for one in found if any(hint.reason is Reason.QUIET for hint in one.hints)]

    assert quiet(6.9) == []
    assert quiet(7) == [one.name for one in others], "Ada has nothing to do"
    after = START + timedelta(days=8)
    hints.set_aside(school_class.ref, others[0].public_id, ["quiet"], account_id=teacher.id, now=after)
    assert quiet(9) == [one.name for one in others[1:]]
    assert quiet(15.1) == [one.name for one in others], "another silent week is news"
    page = page_of(room)
    assert page.waiting_for is not None
    assert [one.name for one in page.waiting_for.idle] == [one.name for one in others]


def test_order_groups_and_columns(room: tuple[SchoolClass, Teacher]) -> None:
    school_class, _teacher = room
    ada, ben, cy, _di = school_class.pupils
    with writing() as session:
        session.execute(sa.update(RosterEntry).where(RosterEntry.student_id == ben.id).values(group="Red"))
    for day in range(3):
        sit(room, ada, True, True, True, True, now=START + timedelta(days=day))
        sit(room, ben, False, False, now=START + timedelta(days=day))
    sit(room, cy, True, now=START + timedelta(days=5))
    now = START + timedelta(days=6)

    def names(view: ClassView) -> list[str]:
        return [row.student.name for row in page_of(room, now=now, view=view).rows]

    assert names(ClassView()) == list(NAMES)
    assert names(ClassView(sort=Sort.WEAKEST)) == ["Ben", "Ada", "Cy", "Di"], "without evidence nobody is weak"
    assert names(ClassView(sort=Sort.ACTIVE)) == ["Cy", "Ada", "Ben", "Di"]
    red = page_of(room, now=now, view=ClassView(group="Red", by_skill=True))
    assert ([row.student.name for row in red.rows], red.groups, red.students) == (["Ben"], ("Red",), 4)
    assert [(cell.skill.slug, cell.count) for cell in red.footer] == [("verbs", "0 of 6"), ("facts", "0 of 6")]
    assert names(ClassView(group="Blue")) == []
    (strand,) = page_of(room, now=now).columns
    assert (strand.slug, strand.name, strand.skills) == ("words", "Words", ("verbs", "facts"))


def test_alike_students_and_one_alone_get_the_same_page(room: tuple[SchoolClass, Teacher]) -> None:
    assignment = None
    for pupil in room[0].pupils:
        assignment = sit(room, pupil, True, True, True, True, assignment=assignment)
    alike = page_of(room)
    assert len({row.cells for row in alike.rows}) == 1
    assert [cell.count for cell in alike.footer] == ["16 of 16"]
    assert alike.reteach is None
    single = factories.make_class(room[1], "Eve", title="9S")
    alone = (single, room[1])
    sit(alone, single.pupils[0], None)
    page = page_of(alone)
    assert ([cell.count for cell in page.footer], page.reteach) == (["0 of 4"], None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterEntry)) == 5


def test_a_skill_with_few_answers_is_never_the_hardest() -> None:
    def cell(slug: str, earned: float, answers: int) -> FooterCell:
        return FooterCell(SkillColumn(slug, slug, "", "", "", (slug,)), earned, answers)

    few, low, high = cell("few", 0, ANSWERS_FOR_HARDEST - 1), cell("low", 2.8, 12), cell("high", 9, ANSWERS_FOR_HARDEST)
    assert class_page.hardest_of([few, high, low]) == low
    assert class_page.hardest_of([few, cell("all", 10, 10)]) is None
