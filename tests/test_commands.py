"""The `quizapp` command's words that look after data and people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from quizapp.backup import backup_name, write_backup
from quizapp.cli import COMMANDS, cli
from quizapp.commands import doctor as doctoring
from quizapp.commands.doctor import Finding, examine
from quizapp.commands.serve import ALL_ADDRESSES, Addresses, announcement, find_addresses
from quizapp.config import Settings
from quizapp.models import Account, Bank, Role, SignIn, db
from quizapp.server import listen
from quizapp.services.demo import Demo, DemoError
from quizapp.services.rosters import SectionRef
from quizapp.services.writing import writing
from quizapp.upgrade import newest_revision
from tests.clock import START

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on the settings of the test."""
    monkeypatch.setenv("QUIZAPP_HOME", str(settings.home))
    monkeypatch.setenv("QUIZAPP_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", settings.secret_key)

    def run_words(*words: str) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words])

    return run_words


def add_teacher(app: Flask, login: str = "ms.rivera") -> None:
    with app.app_context(), writing() as session:
        session.add(Account(login=login, name="Ms Rivera", password_hash="-", role=Role.TEACHER, created_at=START))


def findings(settings: Settings, now: datetime = START) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings, now)}


def find(settings: Settings, pattern: str, now: datetime = START) -> Finding:
    (found,) = [one for what, one in findings(settings, now).items() if re.search(pattern, what)]
    return found


# ---------------------------------------------------------------- publish, migrate, reset-password


def test_publish_without_paths_takes_the_banks_that_come_along(run: Run, app: Flask) -> None:
    done = run("publish")
    assert done.exit_code == 0, done.output
    assert "questions, revision 1" in done.stdout
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Bank)) == len(done.stdout.splitlines())
    again = run("publish")
    assert again.stdout == done.stdout


def test_publish_names_place_and_fault_of_a_bad_bank_and_leaves_it_out(run: Run, app: Flask, tmp_path: Path) -> None:
    bank = tmp_path / "bad.yaml"
    bank.write_text("format: 1\nbank: bad\ntitle: Bad\nquestionz: []\n")
    done = run("publish", str(bank))
    assert done.exit_code == 1
    assert re.search(r"line \d+, column \d+: ", done.stderr)
    assert "Traceback" not in done.stderr
    with app.app_context():
        assert db.session.scalars(sa.select(Bank)).all() == []


def test_publish_of_a_missing_file_is_a_wrong_call(run: Run, tmp_path: Path) -> None:
    assert run("publish", str(tmp_path / "none.yaml")).exit_code == 2


def test_migrate_twice_says_the_same(run: Run) -> None:
    first, second = run("migrate"), run("migrate")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout == second.stdout
    assert "up to date" in first.stdout


def test_database_of_a_newer_version_is_left_alone(run: Run, app: Flask) -> None:
    newest = newest_revision(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        done = run("migrate")
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    assert done.exit_code == 1
    assert "newer version" in done.stderr


def test_reset_password_prints_an_address_that_opens(run: Run, app: Flask) -> None:
    add_teacher(app)
    done = run("reset-password", "Ms.Rivera")
    assert done.exit_code == 0, done.output
    (path,) = re.findall(r"http://127\.0\.0\.1:8000(/reset/\S+)", done.stdout)
    app.extensions["clock"] = lambda: datetime.now(UTC)
    assert app.test_client().get(path).status_code == 200


def test_reset_password_of_nobody_is_told(run: Run) -> None:
    done = run("reset-password", "nobody")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Nobody signs in as 'nobody'" in done.stderr


# ---------------------------------------------------------------- what the start prints


def test_only_this_computer_is_told_how_to_let_a_class_in(settings: Settings) -> None:
    lines = announcement(find_addresses(settings, ()), None, reachable=False)
    assert "Students:  http://127.0.0.1:8000/" in lines
    assert any("--lan" in line for line in lines)


def test_class_address_comes_first_and_teacher_sets_up_on_this_computer() -> None:
    settings = Settings(home=Path(), database_url="", host=ALL_ADDRESSES, port=80)
    addresses = find_addresses(settings, ("192.0.2.7", "198.51.100.7"))
    assert addresses == Addresses("http://192.0.2.7", "http://127.0.0.1", ("http://198.51.100.7",))
    text = "\n".join(announcement(addresses, "token", reachable=True))
    assert "http://127.0.0.1/setup/token" in text
    assert "or http://198.51.100.7/" in text


def test_public_address_is_what_students_are_told() -> None:
    settings = Settings(home=Path(), database_url="", public_url="https://quiz.example")
    assert find_addresses(settings, ()).students == "https://quiz.example"


# ---------------------------------------------------------------- doctor


def test_doctor_finds_nothing_wrong_but_the_missing_backup(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "lan_addresses", lambda: ("192.0.2.7",))
    with listen("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
    quiet = settings.with_address("127.0.0.1", port)
    assert [one.what for one in examine(quiet, START) if not one.ok] == ["No backup yet"]
    write_backup_or_stand_in(quiet)
    assert [one.what for one in examine(quiet, datetime.now(UTC)) if not one.ok] == []


def write_backup_or_stand_in(settings: Settings) -> None:
    file = settings.home / "backups" / backup_name(START)
    if settings.sqlite_file is not None:
        write_backup(settings, file, now=START)
    else:
        file.parent.mkdir()
        file.touch()


def test_doctor_notices_an_old_backup(settings: Settings) -> None:
    write_backup_or_stand_in(settings)
    found = find(settings, "backup", datetime.now(UTC) + timedelta(days=8))
    assert not found.ok
    assert "quizapp backup" in found.advice


def test_doctor_notices_a_clock_that_runs_behind(settings: Settings, app: Flask) -> None:
    with app.app_context(), writing() as session:
        session.add(SignIn(token_hash="x", created_at=START, last_seen=START, expires_at=START))
    assert find(settings, "^Clock", START + timedelta(minutes=1)).ok
    behind = find(settings, "clock says", START - timedelta(hours=2))
    assert not behind.ok
    assert "Set this computer's clock" in behind.advice


def test_doctor_notices_a_taken_port_and_names_a_free_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "ANSWER_SECONDS", 0.2)
    with listen("127.0.0.1", 0) as taken:
        busy = settings.with_address("127.0.0.1", taken.getsockname()[1])
        found = find(busy, "taken by another program")
    assert not found.ok
    assert re.search(r"--port \d+", found.advice)


def test_doctor_notices_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "LOW_SPACE_BYTES", 10**18)
    assert not find(settings, "GB free").ok


def test_doctor_notices_a_computer_without_a_network(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "lan_addresses", lambda: ())
    assert not find(settings, "on no network").ok


def test_doctor_notices_a_server_that_the_network_cannot_reach(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctoring, "lan_addresses", lambda: ("192.0.2.7",))
    monkeypatch.setattr(doctoring, "_answers", lambda url: "127.0.0.1" in url)
    assert "--lan" in find(settings, "does not answer").advice
    monkeypatch.setattr(doctoring, "_answers", lambda url: True)
    assert "client isolation" in find(settings, "student's device").advice


def test_doctor_notices_a_database_that_is_behind(tmp_path: Path) -> None:
    file = tmp_path / "quizapp.sqlite3"
    file.touch()
    found = find(Settings(home=tmp_path, database_url=f"sqlite:///{file}"), "not up to date")
    assert "quizapp migrate" in found.advice


def test_doctor_notices_a_database_that_does_not_answer(tmp_path: Path) -> None:
    away = Settings(home=tmp_path, database_url="postgresql+psycopg://u:p@127.0.0.1:1/quiz")
    found = find(away, "does not answer")
    assert not found.ok
    assert "password" not in found.what


def test_doctor_notices_a_damaged_database(settings: Settings) -> None:
    if settings.sqlite_file is None:
        assert find(settings, "Database sound").ok
        return
    data = bytearray(settings.sqlite_file.read_bytes())
    data[4096 * 3 : 4096 * 30] = b"\xff" * 4096 * 27
    settings.sqlite_file.write_bytes(data)
    assert not find(settings, "^The database is damaged").ok


def test_doctor_notices_a_key_that_others_can_read(settings: Settings) -> None:
    own = Settings(home=settings.home, database_url=settings.database_url)
    assert own.secret_key
    assert find(own, "^Secret key").ok
    (own.home / "secret-key").chmod(0o644)
    assert "chmod 600" in find(own, "secret key").advice


def test_doctor_on_a_folder_that_cannot_be_used_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = findings(Settings(home=tmp_path / "file" / "x", database_url="sqlite:////nowhere"))
    assert not found["The data folder cannot be used"].ok
    assert len(found) > 4


def test_doctor_prints_a_line_for_each_and_fails_when_there_is_something_to_look_at(run: Run) -> None:
    done = run("doctor")
    assert done.exit_code == 1
    assert "LOOK  No backup yet" in done.stdout
    assert "OK    Data folder" in done.stdout


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("word", list(COMMANDS))
def test_every_command_explains_itself_with_an_example(word: str) -> None:
    done = CliRunner().invoke(cli, [word, "--help"])
    assert done.exit_code == 0
    assert f"Example: quizapp {word}" in done.stdout


@pytest.mark.parametrize("word", ["serve", "doctor", "publish", "migrate", "backup"])
def test_wrong_setting_is_one_sentence(word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUIZAPP_HOME", str(tmp_path))
    monkeypatch.setenv("QUIZAPP_PORT", "eighty")
    done = CliRunner().invoke(cli, [word])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("QUIZAPP_PORT")
    assert len(done.stderr.splitlines()) == 1


def test_demo_tells_how_to_sign_in_and_how_to_get_rid_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the class is like is the service's affair; making it takes seconds."""
    section = SectionRef(id=1, public_id="x", name="Demo", join_code="00000000", simulated=True)
    made = Demo(section, "demo", "aa-bb-cc", students=28, handed_in=143, manners={})
    monkeypatch.setattr("quizapp.commands.people.make_demo", lambda **options: made)
    done = run("demo")
    assert done.exit_code == 0, done.output
    assert "28 students with 143 quizzes" in done.stdout
    assert "Sign in as demo with the password aa-bb-cc" in done.stdout
    assert "--remove" in done.stderr
    assert "0 students" in run("demo", "--remove").stdout


def test_demo_that_cannot_be_made_is_told_in_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: object) -> Demo:
        raise DemoError("There is one already.")

    monkeypatch.setattr("quizapp.commands.people.make_demo", refuse)
    done = run("demo")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "There is one already.\n")
