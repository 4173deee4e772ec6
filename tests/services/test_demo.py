"""The demo class: real answers by unreal students, and gone in one step."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from quizapp.models import Account, Base, db
from quizapp.services import attempts, demo, one_time_links, retention, rosters, sign_in
from quizapp.services.demo import DemoError, Manner, make_demo, remove_demo
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.factories import OWN_BANK, PASSWORD, instance_key


def rows() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_demo_needs_a_quiz_and_no_other_demo_and_leaves_nothing_behind() -> None:
    with pytest.raises(DemoError, match="quizapp publish"):
        make_demo(key=instance_key(), now=START)
    factories.publish()
    before = rows()
    made = make_demo(key=instance_key(), now=START, weeks=1)
    assert (made.students, made.login) == (28, "demo")
    assert made.password is not None
    assert rows()["score"] >= 28
    sign_in.sign_in_staff("demo", made.password, network="192.0.2.7", key=instance_key(), now=START)
    assert one_time_links.needs_setup(), "a demo teacher is nobody who set this up"
    assert not one_time_links.nobody_joins(), "but whoever has a card can come in"
    with pytest.raises(DemoError, match="--remove"):
        make_demo(key=instance_key(), now=START, weeks=1)
    assert remove_demo() == 28
    assert rows() == before
    assert remove_demo() == 0


@ONE_DATABASE
def test_real_people_and_their_work_survive_the_removal() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    attempt = factories.start(factories.assign(school_class, teacher, quiz), school_class.pupils[0])
    attempts.hand_in(school_class.pupils[0].taker, attempt, now=START)
    before = rows()
    made = make_demo(key=instance_key(), now=START, weeks=1)
    assert (made.login, made.password) == (None, None)
    assert {ref.name for ref in rosters.list_sections(teacher.id)} == {"9B", demo.SECTION_NAME}
    assert remove_demo() == 28
    assert rows() == before
    assert sign_in.sign_in_staff("rivera", PASSWORD, network="192.0.2.7", key=instance_key(), now=START)


@ONE_DATABASE
def test_the_same_seed_gives_the_same_answers() -> None:
    factories.publish(OWN_BANK)

    def outcome(seed: int) -> tuple[int, dict[str, Manner], list[tuple[float, int]]]:
        made = make_demo(key=instance_key(), now=START, weeks=1, seed=seed)
        totals = db.session.execute(
            sa.text("SELECT SUM(fraction) AS earned, COUNT(*) AS answers FROM score GROUP BY skill ORDER BY skill")
        )
        found = [(round(row.earned, 6), row.answers) for row in totals]
        remove_demo()
        return made.handed_in, made.manners, found

    first = outcome(1)
    assert outcome(1) == first
    assert outcome(2) != first


@ONE_DATABASE
def test_the_weeks_lie_before_now() -> None:
    factories.publish(OWN_BANK)
    make_demo(key=instance_key(), now=START, weeks=2)
    assert (
        db.session.scalar(
            sa.select(sa.func.count(sa.distinct(sa.text("assignment_id")))).select_from(sa.text("attempt"))
        )
        == 2
    )
    newest = db.session.scalar(sa.select(sa.func.max(Base.metadata.tables["score"].c.created_at)))
    assert newest is not None
    assert newest < START
    assert db.session.scalar(sa.select(sa.func.count()).where(Account.simulated)) == 1
    retention.forget_the_old(now=START)
    assert rows()["score"] > 0
