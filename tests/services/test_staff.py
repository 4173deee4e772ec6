"""Colleagues: invitations, roles, shut accounts, own passwords, and the list of who did what."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Account, OneTimeToken, Role, TokenPurpose, db
from quizapp.services import auditing, one_time_links, own_accounts, retention, school_data, sign_in, staff
from quizapp.services.one_time_links import INVITE_LIVES, LoginTakenError
from quizapp.services.rosters import NotFoundError
from quizapp.services.sections import SectionError
from quizapp.services.sign_in import NOBODY, SignInError
from quizapp.services.staff import LastAdminError, SchoolCounts
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import NETWORK, PASSWORD, Teacher, instance_key
from tests.parallel import at_once


@pytest.fixture
def head() -> Teacher:
    return factories.make_teacher("head", role=Role.ADMIN)


def public_id(account_id: int) -> str:
    return db.session.scalars(sa.select(Account.public_id).where(Account.id == account_id)).one()


def accept(token: str, login: str = "new") -> str:
    return one_time_links.accept_invitation(token, login=login, name="New", password=PASSWORD, now=START)


def test_an_invitation_works_once_for_a_week_and_makes_a_teacher(head: Teacher) -> None:
    first, second = (one_time_links.new_invitation(account_id=head.id, now=START) for _ in range(2))
    with pytest.raises(LoginTakenError):
        accept(first, " HEAD ")
    who = sign_in.identify(accept(first), now=START)
    assert (who.name, who.role) == ("New", Role.TEACHER)
    for token in (first, "no-such-link"):
        with pytest.raises(SignInError):
            accept(token, "other")
    (line,) = staff.staff_page(head.id, now=START).invitations
    assert second not in (line.id, db.session.scalars(sa.select(OneTimeToken.token_hash)).first())
    assert one_time_links.token_works(second, TokenPurpose.INVITE, now=START)
    assert not one_time_links.token_works(second, TokenPurpose.INVITE, now=START + INVITE_LIVES)
    staff.withdraw_invitation(line.id, account_id=head.id, now=START)
    with pytest.raises(SignInError):
        accept(second, "other")
    with pytest.raises(NotFoundError):
        staff.withdraw_invitation(line.id, account_id=head.id, now=START)


def test_one_invitation_used_twice_in_one_instant_makes_one_account(app: Flask, head: Teacher) -> None:
    token = one_time_links.new_invitation(account_id=head.id, now=START)
    logins = iter(("anna", "berta"))
    tasks = at_once(app, 2, lambda: accept(token, next(logins)))
    assert sorted(task.error is None for task in tasks) == [False, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 2


def test_somebody_always_administers(head: Teacher) -> None:
    mine = public_id(head.id)
    with pytest.raises(LastAdminError):
        staff.set_role(mine, Role.TEACHER, account_id=head.id, now=START)
    with pytest.raises(LastAdminError):
        staff.disable(mine, account_id=head.id, now=START)
    other = public_id(factories.make_teacher("okoye").id)
    staff.set_role(other, Role.ADMIN, account_id=head.id, now=START)
    staff.set_role(mine, Role.TEACHER, account_id=head.id, now=START)
    with pytest.raises(LastAdminError):
        staff.set_role(other, Role.TEACHER, account_id=head.id, now=START)
    for act in (staff.disable, staff.enable):
        with pytest.raises(NotFoundError):
            act("0" * 16, account_id=head.id, now=START)


def test_the_list_says_who_is_the_last_administrator(head: Teacher) -> None:
    other = factories.make_teacher("okoye")

    def last() -> list[str]:
        return [line.login for line in staff.staff_page(head.id, now=START).staff if line.last_admin]

    assert last() == ["head"]
    staff.set_role(public_id(other.id), Role.ADMIN, account_id=head.id, now=START)
    assert last() == []
    staff.disable(public_id(head.id), account_id=other.id, now=START)
    assert last() == ["okoye"]


def test_two_administrators_who_demote_each_other_do_not_both_succeed(app: Flask, head: Teacher) -> None:
    other = factories.make_teacher("okoye", role=Role.ADMIN)
    targets = iter((public_id(head.id), public_id(other.id)))
    tasks = at_once(app, 2, lambda: staff.set_role(next(targets), Role.TEACHER, account_id=head.id, now=START))
    assert sorted(task.error is None for task in tasks) == [False, True]


def test_a_shut_account_is_out_at_once_until_it_is_opened(head: Teacher) -> None:
    teacher = factories.make_teacher()

    def come_in() -> str:
        return sign_in.sign_in_staff("rivera", PASSWORD, network=NETWORK, key=instance_key(), now=START)

    token = come_in()
    staff.disable(public_id(teacher.id), account_id=head.id, now=START)
    assert sign_in.identify(token, now=START) == NOBODY
    with pytest.raises(SignInError):
        come_in()
    staff.enable(public_id(teacher.id), account_id=head.id, now=START)
    assert come_in()
    (line,) = [one for one in staff.staff_page(head.id, now=START).staff if one.login == "rivera"]
    assert (line.disabled, line.own, line.last_sign_in_at) == (False, False, START)


def test_a_link_for_a_new_password_is_made_by_an_administrator(head: Teacher) -> None:
    teacher = factories.make_teacher()
    link = one_time_links.new_reset_link(public_id(teacher.id), account_id=head.id, now=START)
    later = START + timedelta(hours=23)
    token = one_time_links.reset_password(link, "four other quiet words", now=later)
    assert sign_in.identify(token, now=later).account_id == teacher.id
    with pytest.raises(SignInError):
        one_time_links.new_reset_link("0" * 16, account_id=head.id, now=START)


def test_a_new_password_wants_the_old_one_and_ends_other_sign_ins() -> None:
    teacher = factories.make_teacher()
    elsewhere = sign_in.sign_in_staff("rivera", PASSWORD, network=NETWORK, key=instance_key(), now=START)

    def change(old: str) -> str:
        return own_accounts.change_password(
            old, "four other quiet words", account_id=teacher.id, network=NETWORK, key=instance_key(), now=START
        )

    with pytest.raises(SignInError):
        change("wrong")
    assert sign_in.identify(change(PASSWORD), now=START).account_id == teacher.id
    assert sign_in.identify(elsewhere, now=START) == NOBODY
    own_accounts.change_name(" Ms Rivera ", account_id=teacher.id)
    assert staff.staff_page(teacher.id, now=START).staff[0].name == "Ms Rivera"


def test_the_audit_is_read_in_pages_and_forgotten_after_a_year(head: Teacher) -> None:
    with writing() as session:
        for number in range(120):
            auditing.record(session, "settings", f"number {number}", account_id=head.id, now=START)
    seen, before = [], None
    for length in (50, 50, 20):
        page = auditing.audit_page(before)
        assert len(page.lines) == length
        seen += [line.subject for line in page.lines]
        before = page.older
    assert before is None
    assert seen == [f"number {number}" for number in reversed(range(120))]
    retention.forget_the_old(now=START + timedelta(days=366))
    assert auditing.audit_page().lines == ()


def test_administrators_see_counts_and_names_only_when_they_say_so(head: Teacher) -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben")
    factories.add_guest(school_class, teacher, "Zed")
    assert staff.school_counts() == SchoolCounts(staff=2, sections=1, archived=0, students=2, guests=1)
    (line,) = school_data.data_page().sections
    assert (line.name, line.teachers, line.students, line.deleted_on) == ("9B", "Rivera", 3, None)
    assert all(name not in repr(school_data.data_page()) for name in ("Ada", "Ben", "Zed"))
    roster = school_data.open_roster(line.public_id, account_id=head.id, now=START)
    assert [one.name for one in roster.students] == ["Ada", "Ben", "Zed"]
    newest = auditing.audit_page().lines[0]
    assert (newest.action, newest.subject, newest.who) == ("roster-opened", "class 9B", "Head")
    assert school_data.give_section(line.public_id, "HEAD", account_id=head.id, now=START) == "Head"
    with pytest.raises(SectionError):
        school_data.give_section(line.public_id, "nobody", account_id=head.id, now=START)
    with pytest.raises(NotFoundError):
        school_data.open_roster("0" * 16, account_id=head.id, now=START)


def test_accounts_nobody_uses_are_shut_after_two_years_but_never_administrators(head: Teacher) -> None:
    factories.make_teacher()
    retention.forget_the_old(now=START + timedelta(days=730))
    assert [one.disabled for one in staff.staff_page(head.id, now=START).staff] == [False, False]
    retention.forget_the_old(now=START + timedelta(days=730, seconds=1))
    assert [one.login for one in staff.staff_page(head.id, now=START).staff if one.disabled] == ["rivera"]
