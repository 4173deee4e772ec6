"""Puts a backup back, wholly or not at all, and trusts nothing that is written in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from quizapp.backup import (
    DUMP_ENTRY,
    FORMAT,
    MANIFEST,
    SQLITE_ENTRY,
    BackupError,
    check_sqlite,
    database_entry,
    run_postgresql_tool,
    running,
    staging,
)
from quizapp.config import KEY_FILE, Settings, SettingsError, checked_key
from quizapp.paths import PACKAGE

MAX_ENTRIES = 20_000
MAX_MANIFEST_BYTES = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_SPARE_BYTES = 50 * 1024 * 1024
_MARKER = "restore-in-progress.json"
_SAFE_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


@dataclass(frozen=True)
class Restored:
    """What came of restoring."""

    made_at: str
    version: str
    replaced: Path | None
    """Where the data that were there before lie now."""


def restore_backup(settings: Settings, source: Path, *, replace: bool, now: datetime) -> Restored:
    """Puts a backup in place of the data, wholly or not at all.

    The zip is unpacked beside the data and checked to the last byte first. Safe HTML stored in it is
    dropped and made again from the authors' sources, so a doctored backup brings none in.

    Args:
        settings: where the data belong.
        source: a zip made by `write_backup`.
        replace: move data that are there out of the way instead of refusing.
        now: names the folder for what was there before.

    Raises:
        BackupError: when the zip is no sound backup, or data are there and `replace` is False.
    """
    with running(settings.home):
        finish_restore(settings.home)
        has_data = _has_data(settings)
        if has_data and not replace:
            raise BackupError(
                f"There are data in {settings.home} already; add --replace to move them aside, "
                "or set QUIZAPP_HOME to an empty folder."
            )
        with staging(settings.home) as folder:
            manifest = _unpack(source, folder)
            _check_contents(settings, folder)
            if settings.sqlite_file is None:
                _load_postgresql(settings.database_url, folder)
            moved = _swap(settings, folder, now)
    return Restored(str(manifest["made_at"]), str(manifest["version"]), moved if has_data else None)


def finish_restore(home: Path) -> None:
    """Completes a restore that was cut off between two moves; does nothing otherwise."""
    marker = home / _MARKER
    if not marker.is_file():
        return
    plan = json.loads(marker.read_text("utf-8"))
    staged, aside = home / plan["staged"], home / plan["aside"]
    aside.mkdir(exist_ok=True)
    for name, place in plan["moves"].items():
        # Each step may have been done already; what is still in the staging folder has not.
        if not (staged / name).exists():
            continue
        for old in (Path(place), *(Path(place + end) for end in ("-wal", "-shm"))):
            if old.exists():
                old.replace(aside / old.name)
        (staged / name).replace(place)
    marker.unlink()
    shutil.rmtree(staged, ignore_errors=True)
    if not any(aside.iterdir()):
        aside.rmdir()


def _swap(settings: Settings, folder: Path, now: datetime) -> Path:
    """Writes down what is to be moved where, then moves it; a crash after the writing is finished later."""
    aside = settings.home / f"replaced-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    (folder / "media").mkdir(exist_ok=True)
    moves = {KEY_FILE: str(settings.home / KEY_FILE), "media": str(settings.media_dir)}
    if settings.sqlite_file is not None:
        if settings.sqlite_file.parent.stat().st_dev != settings.home.stat().st_dev:
            raise BackupError("The database lies on another disk than the data folder; set QUIZAPP_HOME to that disk.")
        moves[SQLITE_ENTRY] = str(settings.sqlite_file)
    # Out of the staging folder's care: from here on nothing may delete it but the end of the moves.
    staged = folder.rename(settings.home / f".restoring-{secrets.token_hex(6)}")
    plan = {"staged": staged.name, "aside": aside.name, "moves": moves}
    draft = settings.home / f".{_MARKER}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(plan, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(settings.home / _MARKER)
    finish_restore(settings.home)
    return aside


def _has_data(settings: Settings) -> bool:
    if settings.sqlite_file is not None:
        return settings.sqlite_file.exists()
    return (settings.home / KEY_FILE).exists()


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpacks a zip whose every entry is named, sized and hashed in its manifest, and nothing else."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _checked_entries(archive)
            manifest = _read_manifest(archive, entries)
            listed: dict[str, Any] = manifest["files"]
            if set(entries) != {*listed, MANIFEST}:
                raise BackupError(f"{source} holds other files than its list says; it was changed after it was made.")
            _need_space(folder, sum(int(entry["bytes"]) for entry in listed.values()))
            for name, entry in listed.items():
                _unpack_one(archive, entries[name], folder / name, int(entry["bytes"]), str(entry["sha256"]))
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {source}.") from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"{source} is no backup of Closer Look, or it is damaged.") from error
    except OSError as error:
        raise BackupError(f"{source} could not be unpacked ({error.strerror or error}).") from error
    return manifest


def _checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    if len(archive.infolist()) > MAX_ENTRIES:
        raise BackupError(f"The zip holds more than {MAX_ENTRIES} files; a backup never does.")
    for entry in archive.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG} or not _allowed(entry.orig_filename) or entry.filename in entries:
            raise BackupError(f"The zip holds {entry.orig_filename!r}, which no backup of Closer Look does.")
        entries[entry.filename] = entry
    return entries


def _allowed(name: str) -> bool:
    if name in {MANIFEST, SQLITE_ENTRY, DUMP_ENTRY, KEY_FILE}:
        return True
    parts = PurePosixPath(name).parts
    inside_media = len(parts) in {2, 3} and parts[0] == "media" and "/".join(parts) == name
    return inside_media and all(_SAFE_PART.fullmatch(part) and not part.endswith(".") for part in parts)


def _read_manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    entry = entries[MANIFEST]
    if entry.file_size > MAX_MANIFEST_BYTES:
        raise BackupError("The list inside the zip is too long for a backup of Closer Look.")
    with archive.open(entry) as stream:
        manifest: dict[str, Any] = json.loads(stream.read(MAX_MANIFEST_BYTES + 1))
    if manifest["format"] != FORMAT:
        raise BackupError("This backup was made by another version of Closer Look; use that version to restore it.")
    if any(int(listed["bytes"]) < 0 for listed in manifest["files"].values()):
        raise BackupError("The list inside the zip gives sizes that cannot be.")
    return manifest


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, size: int, sha256: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, written = hashlib.sha256(), 0
    with archive.open(entry) as stream, target.open("xb") as file:
        # Counted while unpacking: the sizes that a zip gives of itself can lie.
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if written > size:
                raise BackupError(f"{entry.filename} in the zip is larger than its list says.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if written != size or digest.hexdigest() != sha256:
        raise BackupError(f"{entry.filename} in the zip is damaged; use another backup.")
    target.chmod(0o600)


def _need_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size + _SPARE_BYTES > free:
        raise BackupError(f"The backup needs {size // 10**6 + 50} MB and {free // 10**6} MB are free; make room first.")


def _check_contents(settings: Settings, folder: Path) -> None:
    entry = database_entry(settings)
    if not (folder / entry).is_file():
        other = "PostgreSQL" if entry == SQLITE_ENTRY else "SQLite"
        raise BackupError(f"This backup is of a {other} database; set QUIZAPP_DATABASE_URL to one of that kind.")
    try:
        for line in (folder / KEY_FILE).read_text("ascii").split():
            checked_key(line, "the backup")
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        raise BackupError("The backup has no sound secret key; use another one.") from error
    if entry == SQLITE_ENTRY:
        check_sqlite(folder / entry)
        _refuse_newer(folder / entry)
        _forget_clean_texts(folder / entry)


def _refuse_newer(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
    known = {script.revision for script in ScriptDirectory(str(PACKAGE / "migrations")).walk_revisions()}
    if revision not in known:
        raise BackupError("This backup was made by a newer Closer Look; install that version to restore it.")


def _forget_clean_texts(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM clean_text")


def _load_postgresql(database_url: str, folder: Path) -> None:
    arguments = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    run_postgresql_tool("pg_restore", [*arguments, str(folder / DUMP_ENTRY)], database_url)
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM clean_text"))
