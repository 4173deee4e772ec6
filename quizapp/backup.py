"""Everything in one file: database, secret key and pictures in a zip. `quizapp/restore.py` puts it back."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from quizapp import __version__
from quizapp.config import KEY_FILE, Settings, prepare_home

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_ENTRY = "quizapp.sqlite3"
DUMP_ENTRY = "database.dump"
RUNNING_LOCK = "running.lock"


class BackupError(RuntimeError):
    """A backup cannot be made or used; the message is one sentence that says what to do."""


@contextmanager
def running(home: Path) -> Iterator[None]:
    """Marks a data folder as in use by a server, or by a restore, while the block runs.

    Raises:
        BackupError: when it is in use already.
    """
    prepare_home(home)
    lock = FileLock(home / RUNNING_LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BackupError(f"Closer Look already runs with the data in {home}; stop it first.") from error
    try:
        yield
    finally:
        lock.release()


def backup_name(now: datetime) -> str:
    """The usual file name, which sorts by time."""
    return f"closer-look-{now:%Y%m%d-%H%M%S}.zip"


def newest_backup(home: Path) -> Path | None:
    """The latest backup in the data folder's own place for them."""
    made = sorted((home / "backups").glob("*.zip"), key=lambda path: path.stat().st_mtime)
    return made[-1] if made else None


def write_backup(settings: Settings, target: Path, *, now: datetime) -> Path:
    """Copies all data into a zip, also while the server runs and answers are being saved.

    Args:
        settings: which data.
        target: the zip to write, readable only by this user; must not exist.
        now: noted inside.

    Returns:
        The target.

    Raises:
        BackupError: when it exists, cannot be written, or the database cannot be copied whole.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name another file.")
    draft = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging(settings.home) as folder:
            files = {_copy_database(settings, folder).name: folder / database_entry(settings)}
            files[KEY_FILE] = folder / KEY_FILE
            files[KEY_FILE].write_text("\n".join([settings.secret_key, *settings.old_secret_keys]) + "\n", "ascii")
            if settings.media_dir.is_dir():
                pictures = (path for path in settings.media_dir.rglob("*") if path.is_file())
                files |= {f"media/{path.relative_to(settings.media_dir).as_posix()}": path for path in pictures}
            _write_zip(draft, files, now)
        draft.replace(target)
    except OSError as error:
        raise BackupError(f"The backup could not be written ({error.strerror or error}); is the disk full?") from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def _write_zip(draft: Path, files: dict[str, Path], now: datetime) -> None:
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "made_at": now.isoformat(timespec="seconds"),
        "files": {name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for name, path in files.items()},
    }
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for name, path in files.items():
                archive.write(path, name)
        raw.flush()
        os.fsync(raw.fileno())


def _copy_database(settings: Settings, folder: Path) -> Path:
    if settings.sqlite_file is None:
        return _dump_postgresql(settings.database_url, folder / DUMP_ENTRY)
    source, copy = settings.sqlite_file, folder / SQLITE_ENTRY
    if not source.is_file():
        raise BackupError(f"There is no database at {source} yet; start Closer Look once.")
    try:
        # Reading only: this must never write to, or tidy, a file that the server writes to.
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"The database at {source} could not be copied ({error}).") from error
    check_sqlite(copy)
    return copy


def _dump_postgresql(database_url: str, target: Path) -> Path:
    run_postgresql_tool(
        "pg_dump",
        ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"],
        database_url,
    )
    return target


# ---------------------------------------------------------------- what restoring needs too


def database_entry(settings: Settings) -> str:
    """The name of the database inside the zip."""
    return SQLITE_ENTRY if settings.sqlite_file is not None else DUMP_ENTRY


def run_postgresql_tool(name: str, arguments: list[str], database_url: str) -> None:
    """Runs one of PostgreSQL's own tools.

    Raises:
        BackupError: when it is not there or fails, with its own last line.
    """
    program = shutil.which(name)
    if program is None:
        raise BackupError(
            f"The data are in PostgreSQL and its tool {name} is not on this computer: install the PostgreSQL client, "
            f"or run {name} where it is. The data folder with the secret key needs a copy too."
        )
    address = urlsplit(database_url.replace("+psycopg", "", 1))
    # The password goes through the environment: arguments can be read by every user of the computer.
    bare = address._replace(netloc=address.netloc.replace(f":{address.password}@", "@", 1)).geturl()
    password = {"PGPASSWORD": unquote(address.password)} if address.password else {}
    done = subprocess.run(  # noqa: S603 - a program found on PATH with arguments built above
        [program, f"--dbname={bare}", *arguments],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.removeprefix(f"{name}: ").removeprefix("error: ") for line in done.stderr.strip().splitlines()]
        raise BackupError(f"{name} failed: {lines[0] if lines else 'it gave no reason'}")


def check_sqlite(file: Path) -> None:
    """Reads the whole database and refuses one that is damaged or holds programs of its own."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            tables = dict(connection.execute("SELECT name, type FROM sqlite_master WHERE type <> 'index'"))
    except sqlite3.Error as error:
        raise BackupError("The database in the backup cannot be read; use another backup.") from error
    if state != "ok" or broken is not None:
        raise BackupError("The database is damaged; use a backup from before that.")
    if "alembic_version" not in tables or set(tables.values()) != {"table"}:
        raise BackupError("The database in the backup is not one of Closer Look.")


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """A folder on the same disk as the data, so that moving out of it is one step; gone afterwards."""
    prepare_home(home)
    folder = home / f".staging-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
