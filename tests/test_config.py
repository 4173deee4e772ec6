from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Self

import pytest
from filelock import FileLock

from quizapp.config import KEY_FILE, Settings, SettingsError, checked_key, prepare_home
from quizapp.paths import checkout_root, default_home, resource_dir

GOOD_KEY = "3f9c1e7b5a2d8046e1f7c3b9d5a80264"


def read(home: Path, **variables: str) -> Settings:
    return Settings.from_env({"QUIZAPP_HOME": str(home), **variables})


def test_nothing_set_means_this_computer_only_and_sqlite_beside_the_checkout() -> None:
    settings = Settings.from_env({})
    assert settings.home == default_home()
    assert settings.sqlite_file == settings.home / "quizapp.sqlite3"
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 4)
    assert settings.trusted_hosts == ("localhost", "127.0.0.1")
    assert settings.public_url is None
    assert not settings.secure_cookies


def test_reading_settings_touches_no_file(tmp_path: Path) -> None:
    read(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_https_address_switches_on_secure_cookies_and_trusts_its_host(tmp_path: Path) -> None:
    settings = read(
        tmp_path, QUIZAPP_PUBLIC_URL="https://quiz.school.example/", QUIZAPP_TRUSTED_HOSTS="a.example .b.example"
    )
    assert settings.public_url == "https://quiz.school.example"
    assert settings.secure_cookies
    assert set(settings.trusted_hosts) >= {"quiz.school.example", "a.example", ".b.example"}


@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_takes_the_installed_driver(tmp_path: Path, name: str) -> None:
    settings = read(tmp_path, QUIZAPP_DATABASE_URL=f"{name}://u:p@db/quiz")
    assert settings.database_url == "postgresql+psycopg://u:p@db/quiz"
    assert settings.sqlite_file is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUIZAPP_PORT", "0"),
        ("QUIZAPP_PORT", "65536"),
        ("QUIZAPP_PORT", "80 80"),
        ("QUIZAPP_PORT", "٨٠٠٠"),
        ("QUIZAPP_THREADS", "many"),
        ("QUIZAPP_PROXY_HOPS", "-1"),
        ("QUIZAPP_HOST", "http://here"),
        ("QUIZAPP_PUBLIC_URL", "quiz.school.example"),
        ("QUIZAPP_PUBLIC_URL", "ftp://quiz.school.example"),
        ("QUIZAPP_PUBLIC_URL", "https://quiz.school.example/app"),
        ("QUIZAPP_PUBLIC_URL", "https://me:secret@quiz.school.example"),
        ("QUIZAPP_PUBLIC_URL", "https://quiz.school.example:port"),
        ("QUIZAPP_TRUSTED_HOSTS", "https://quiz.school.example"),
        ("QUIZAPP_TRUSTED_HOSTS", "a.example, *"),
        ("QUIZAPP_TIMEZONE", "Mars/Olympus"),
        ("QUIZAPP_TIMEZONE", "../../etc/passwd"),
        ("QUIZAPP_SECURE_COOKIES", "perhaps"),
        ("QUIZAPP_DATABASE_URL", "mysql://u@db/quiz"),
        ("QUIZAPP_DATABASE_URL", "quiz.sqlite3"),
    ],
)
def test_wrong_value_is_refused_in_one_sentence_that_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: value})
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def test_insecure_cookies_on_an_https_address_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="leave the first out"):
        read(tmp_path, QUIZAPP_PUBLIC_URL="https://quiz.example", QUIZAPP_SECURE_COOKIES="no")


def test_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="name a folder"):
        read(tmp_path / "file")


def test_passwords_and_keys_are_not_shown_when_settings_are_printed(tmp_path: Path) -> None:
    settings = read(tmp_path, QUIZAPP_DATABASE_URL="postgresql://u:hidden1@db/quiz", QUIZAPP_SECRET_KEY=GOOD_KEY)
    assert "hidden1" not in repr(settings)
    assert GOOD_KEY not in repr(settings)


def test_key_is_made_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    first, second = read(tmp_path / "home"), read(tmp_path / "home")
    assert first.secret_key == second.secret_key
    assert len(bytes.fromhex(first.secret_key)) == 32
    if sys.platform != "win32":
        assert (tmp_path / "home" / KEY_FILE).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_two_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    start = threading.Barrier(8)

    def begin() -> None:
        start.wait(10)
        keys.append(read(tmp_path).secret_key)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_key_stored_by_another_process_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowLock(FileLock):
        """Waits its turn until the other process has stored its key."""

        def __enter__(self) -> Self:
            (tmp_path / KEY_FILE).write_text(GOOD_KEY)
            return self

        def __exit__(self, *error: object) -> None:
            return

    monkeypatch.setattr("quizapp.config.FileLock", SlowLock)
    assert read(tmp_path).secret_key == GOOD_KEY


def test_further_lines_of_the_key_file_still_verify(tmp_path: Path) -> None:
    old = GOOD_KEY[::-1]
    (tmp_path / KEY_FILE).write_text(f"{GOOD_KEY}\n{old}\n")
    settings = read(tmp_path)
    assert settings.secret_key == GOOD_KEY
    assert settings.old_secret_keys == (old,)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "shorter"),
        ("short", "shorter"),
        ("a" * 64, "example"),
        ("changeme-changeme-changeme-changeme", "example"),
        ("this-is-an-Example-key-of-forty-letters!", "example"),
        ("my super secret key nobody will ever guess", "example"),
    ],
)
def test_short_or_example_key_is_refused(key: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        checked_key(key, "here")


def test_empty_key_file_is_refused_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch()
    with pytest.raises(SettingsError, match="empty"):
        _ = read(tmp_path).secret_key


def test_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Not by permissions: the tests may run as a user who may write anywhere.
    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(SettingsError, match=r"cannot be written \(Permission denied\).*QUIZAPP_HOME"):
        prepare_home(tmp_path)


def test_home_below_a_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        prepare_home(tmp_path / "file" / "home")


def test_resources_are_found_in_the_checkout() -> None:
    root = checkout_root()
    assert root is not None
    for name in ("templates", "static", "questions"):
        assert resource_dir(name) == root / name


def test_installed_program_keeps_data_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizapp.paths.PACKAGE", tmp_path / "site-packages" / "quizapp")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_home() == tmp_path / "data" / "quizapp"
    assert resource_dir("static") == tmp_path / "site-packages" / "quizapp" / "_bundled" / "static"
