"""Who gets in, for how long, and who is slowed down."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import Account, ApiScope, OneTimeToken, SignIn, Throttle, TokenPurpose, db
from quizapp.services import card_secrets, credentials, one_time_links, sign_in, tokens
from quizapp.services.sign_in import NOBODY, SignInError
from quizapp.services.throttling import CODES_PER_NETWORK, PER_NETWORK, PER_PERSON, TooManyFailuresError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START, Clock
from tests.factories import NETWORK, PASSWORD, SchoolClass, instance_key


@pytest.fixture
def school_class() -> SchoolClass:
    return factories.make_class(factories.make_teacher(), "Ada Lovelace", "Ben")


def come_in(school_class: SchoolClass, name: str, secret: str, clock: Clock, network: str = NETWORK) -> str:
    door = sign_in.find_door(school_class.ref.join_code)
    assert door is not None
    return sign_in.sign_in_student(door, name, secret, network=network, key=instance_key(), now=clock())


def staff(login: str, password: str, clock: Clock, network: str = NETWORK) -> str:
    return sign_in.sign_in_staff(login, password, network=network, key=instance_key(), now=clock())


# ---------------------------------------------------------------- codes and cards


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7KXT 4Q9P", "7KXT4Q9P"),
        ("7kxt-4q9p", "7KXT4Q9P"),
        (" 7 k x t.4 q 9 p ", "7KXT4Q9P"),
        ("O0oIi1Ll", "00011111"),
        ("", ""),
        ("\x00\u202e7KXT4Q9P", "7KXT4Q9P"),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert credentials.read_join_code(typed) == read


def test_every_code_survives_being_shown_and_typed_back() -> None:
    for _ in range(200):
        code = credentials.new_join_code()
        for typed in (credentials.show_join_code(code), code.lower(), code.replace("0", "o").replace("1", "l")):
            assert credentials.read_join_code(typed) == code


def test_wrong_codes_of_one_network_are_counted_and_others_get_in(school_class: SchoolClass, clock: Clock) -> None:
    def knock(code: str, network: str = NETWORK) -> None:
        sign_in.open_door(code, network=network, key=instance_key(), now=clock())

    for _ in range(CODES_PER_NETWORK.failures):
        with pytest.raises(SignInError):
            knock("00000000")
    with pytest.raises(TooManyFailuresError) as refused:
        knock(school_class.ref.join_code)
    assert refused.value.retry_at == clock() + CODES_PER_NETWORK.window
    knock(school_class.ref.join_code, network="198.51.100.4")
    clock.advance(minutes=1, seconds=1)
    knock(school_class.ref.join_code)


@pytest.mark.parametrize("change", [str.upper, str.title, lambda words: f"  {words.replace(' ', '-')}. "])
def test_cards_are_read_as_people_type_them(school_class: SchoolClass, clock: Clock, change: object) -> None:
    ada = school_class.pupils[0]
    assert callable(change)
    token = come_in(school_class, "ada  lovelace", change(ada.secret), clock)
    who = sign_in.identify(token, now=clock())
    assert (who.student_id, who.section_id, who.name) == (ada.id, school_class.ref.id, "Ada Lovelace")
    assert not who.is_staff


@pytest.mark.parametrize(("name", "secret"), [("Ada Lovelace", ""), ("Ada Lovelace", "-"), ("", "-"), ("Cy", "a b")])
def test_nobody_gets_in_without_the_words(school_class: SchoolClass, clock: Clock, name: str, secret: str) -> None:
    with pytest.raises(SignInError):
        come_in(school_class, name, secret, clock)


def test_one_students_words_open_no_other_name_and_no_other_class(school_class: SchoolClass, clock: Clock) -> None:
    ada, ben = school_class.pupils
    with pytest.raises(SignInError):
        come_in(school_class, ben.name, ada.secret, clock)
    other = factories.make_class(factories.make_teacher("okoye"), "Ada Lovelace")
    with pytest.raises(SignInError):
        come_in(other, ada.name, ada.secret, clock)


def test_card_words_are_worth_little_without_the_key() -> None:
    same = {card_secrets.card_secret_hmac("copper lantern", student_id=1, key=key) for key in ("a", "b")}
    assert len(same | {card_secrets.card_secret_hmac("copper lantern", student_id=2, key="a")}) == 3
    secrets = [card_secrets.new_card_secret() for _ in range(300)]
    assert all(len(set(secret.split())) == 2 for secret in secrets)
    # Two cards may by chance carry the same words, and that is harmless: they open different names.
    assert len(set(secrets)) > 290


# ---------------------------------------------------------------- throttling


def test_a_class_of_sixty_behind_one_address_gets_in(clock: Clock) -> None:
    names = [f"Student {n}" for n in range(60)]
    school_class = factories.make_class(factories.make_teacher(), *names)
    for pupil in school_class.pupils:
        # Every second one mistypes first, as classes do.
        if pupil.id % 2:
            with pytest.raises(SignInError):
                come_in(school_class, pupil.name, "wrong words", clock)
        assert factories.sign_in_pupil(school_class, pupil, now=clock())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 60


def test_guessing_one_students_words_stops_even_from_many_addresses(school_class: SchoolClass, clock: Clock) -> None:
    ada, ben = school_class.pupils
    tried = 0
    for n in range(40):
        try:
            come_in(school_class, ada.name, f"guess {n}", clock, network=f"198.51.100.{n}")
        except SignInError:
            tried += 1
        except TooManyFailuresError:
            break
    assert tried == PER_PERSON.failures
    with pytest.raises(TooManyFailuresError):
        come_in(school_class, "ADA LOVELACE", ada.secret, clock, network="198.51.100.200")
    assert come_in(school_class, ben.name, ben.secret, clock)
    clock.advance(hours=1, seconds=1)
    assert come_in(school_class, ada.name, ada.secret, clock)


def test_a_thousand_guesses_at_one_login_evaluate_twelve(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_teacher()
    evaluated = []

    def never(stored: str | None, typed: str) -> bool:
        evaluated.append(typed)
        return False

    monkeypatch.setattr(sign_in, "password_matches", never)
    for n in range(1000):
        with pytest.raises((SignInError, TooManyFailuresError)):
            staff("rivera", f"guess {n}", clock, network=f"2001:db8::{n:x}")
    assert len(evaluated) == PER_PERSON.failures <= 20


def test_guessing_many_names_from_one_address_stops(school_class: SchoolClass, clock: Clock) -> None:
    for n in range(PER_NETWORK.failures):
        with pytest.raises(SignInError):
            come_in(school_class, f"name {n}", "some words", clock)
    with pytest.raises(TooManyFailuresError):
        come_in(school_class, "name 61", "some words", clock)


def test_what_is_counted_names_nobody(school_class: SchoolClass, clock: Clock) -> None:
    with pytest.raises(SignInError):
        come_in(school_class, "Ada Lovelace", "some words", clock)
    keys = list(db.session.scalars(sa.select(Throttle.key)))
    assert len(keys) == 2
    assert all(len(key) == 64 and int(key, 16) >= 0 for key in keys)
    clock.advance(days=1)
    with pytest.raises(SignInError):
        come_in(school_class, "Ada Lovelace", "some words", clock)
    assert not set(keys) & (set(db.session.scalars(sa.select(Throttle.key))) - set(keys))


# ---------------------------------------------------------------- staff


def test_staff_sign_in_and_unknown_names_look_the_same(clock: Clock) -> None:
    teacher = factories.make_teacher()
    who = sign_in.identify(staff("  RIVERA ", PASSWORD, clock), now=clock())
    assert (who.account_id, who.is_admin, who.is_student) == (teacher.id, False, False)
    refusals = set()
    for login, password in (("rivera", "wrong"), ("nobody", "wrong"), ("rivera", PASSWORD.upper()), ("rivera", "")):
        with pytest.raises(SignInError) as refused:
            staff(login, password, clock)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_a_disabled_account_is_out_at_once(clock: Clock) -> None:
    teacher = factories.make_teacher()
    token = staff(teacher.login, PASSWORD, clock)
    with writing() as session:
        session.get_one(Account, teacher.id).disabled_at = START
    assert sign_in.identify(token, now=clock()) == NOBODY
    with pytest.raises(SignInError):
        staff(teacher.login, PASSWORD, clock)


def test_passwords_are_argon2id_and_cost_what_owasp_asks() -> None:
    stored = credentials.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert credentials.password_matches(stored, PASSWORD)
    assert not credentials.password_matches(None, PASSWORD)
    assert not credentials.password_matches("not a hash", PASSWORD)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("three quiet words", True),
        ("ünïcödé", False),
        ("ünïcödéß", True),
        ("1234567", False),
        ("12345678", False),
        ("password", False),
        ("PASSWORD1", False),
        ("aaaaaaaaaaaa", False),
        ("abababababab", False),
        ("rivera@school", False),
        ("Rivera@School", False),
        ("x7" + "kq" * 63, True),
        ("x7" + "kq" * 63 + "!", False),
        ("long " * 25 + "end", True),
        ("long " * 25 + "end!", False),
    ],
)
def test_passwords_are_judged_by_length_and_commonness(password: str, good: bool) -> None:
    assert (credentials.password_problem(password, login="rivera@school") is None) == good


# ---------------------------------------------------------------- how long it lasts


def test_signing_out_kills_the_token(school_class: SchoolClass, clock: Clock) -> None:
    kept, ended = (factories.sign_in_pupil(school_class, school_class.pupils[0]) for _ in range(2))
    sign_in.sign_out(ended)
    assert sign_in.identify(ended, now=clock()) == NOBODY
    assert sign_in.identify(kept, now=clock()).is_student
    assert sign_in.identify("", now=clock()) == NOBODY


def test_a_sign_in_ends_after_eight_idle_hours(school_class: SchoolClass, clock: Clock) -> None:
    token = factories.sign_in_pupil(school_class, school_class.pupils[0])
    clock.advance(hours=7, minutes=59)
    assert sign_in.identify(token, now=clock()).is_student
    clock.advance(hours=7, minutes=59)
    assert sign_in.identify(token, now=clock()).is_student
    clock.advance(hours=8)
    assert sign_in.identify(token, now=clock()) == NOBODY


def test_a_sign_in_ends_after_a_day_however_busy(school_class: SchoolClass, clock: Clock) -> None:
    token = factories.sign_in_pupil(school_class, school_class.pupils[0])
    for _ in range(4):
        clock.advance(hours=5, minutes=59)
        assert sign_in.identify(token, now=clock()).is_student
    clock.advance(minutes=4)
    assert sign_in.identify(token, now=clock()) == NOBODY


def test_last_seen_is_written_at_most_every_ten_minutes(school_class: SchoolClass, clock: Clock) -> None:
    token = factories.sign_in_pupil(school_class, school_class.pupils[0])

    def seen() -> timedelta:
        sign_in.identify(token, now=clock())
        return db.session.scalars(sa.select(SignIn.last_seen)).one() - START

    clock.advance(minutes=9, seconds=59)
    assert seen() == timedelta(0)
    clock.advance(seconds=1)
    assert seen() == timedelta(minutes=10)


# ---------------------------------------------------------------- one-time links


def test_set_up_works_once_and_only_for_the_first(clock: Clock) -> None:
    assert one_time_links.needs_setup()
    assert one_time_links.nobody_joins()
    old = one_time_links.new_setup_token(now=clock())
    link = one_time_links.new_setup_token(now=clock())
    assert not one_time_links.token_works(old, TokenPurpose.SETUP, now=clock())
    assert not one_time_links.token_works(link, TokenPurpose.RESET, now=clock())
    token = one_time_links.set_up(link, login=" Rivera ", name="Ms Rivera", password=PASSWORD, now=clock())
    assert sign_in.identify(token, now=clock()).is_admin
    assert not one_time_links.needs_setup()
    for dead in (link, old, one_time_links.new_setup_token(now=clock())):
        with pytest.raises(SignInError):
            one_time_links.set_up(dead, login="eve", name="Eve", password=PASSWORD, now=clock())
    assert db.session.execute(sa.select(Account.login, Account.last_sign_in_at)).all() == [("rivera", clock())]


def test_a_new_password_ends_every_sign_in_and_the_link(clock: Clock) -> None:
    teacher = factories.make_teacher()
    old = staff(teacher.login, PASSWORD, clock)
    program = tokens.make_token(teacher.id, "Marks", [ApiScope.CLASSES], lives=timedelta(days=30), now=clock()).text
    assert tokens.find_bearer(program, now=clock()) is not None
    link = one_time_links.new_reset_token(teacher.login, now=clock())
    fresh = one_time_links.reset_password(link, "four other quiet words", now=clock())
    assert sign_in.identify(old, now=clock()) == NOBODY
    assert tokens.find_bearer(program, now=clock()) is None
    assert sign_in.identify(fresh, now=clock()).account_id == teacher.id
    with pytest.raises(SignInError):
        staff(teacher.login, PASSWORD, clock)
    assert staff(teacher.login, "four other quiet words", clock)
    with pytest.raises(SignInError):
        one_time_links.reset_password(link, PASSWORD, now=clock())


def test_links_grow_old_and_are_stored_hashed(clock: Clock) -> None:
    teacher = factories.make_teacher()
    reset = one_time_links.new_reset_token(teacher.login, now=clock())
    assert reset not in db.session.scalars(sa.select(OneTimeToken.token_hash)).all()
    clock.advance(hours=1)
    assert not one_time_links.token_works(reset, TokenPurpose.RESET, now=clock())
    with pytest.raises(SignInError):
        one_time_links.reset_password(reset, "four other quiet words", now=clock())
    with pytest.raises(SignInError, match="Nobody signs in as 'eve'"):
        one_time_links.new_reset_token("eve", now=clock())
