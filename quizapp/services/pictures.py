"""Pictures of banks and drafts, kept in the data folder under the hash of their bytes."""

from __future__ import annotations

import os
import secrets
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from quizapp.bank.model import Bank
from quizapp.bank.pictures import Picture, is_kept_name, read_picture
from quizapp.config import Settings
from quizapp.models import DraftPicture, ItemRevision, RevisionPicture, db

UNUSED_KEPT = timedelta(days=1)
"""By the clock of the files, so that a picture whose draft is being made is not taken for one nobody uses."""


def keep_pictures(bank: Bank, folder: Path) -> dict[str, str]:
    """Copy the pictures of a bank into the data folder.

    A picture never changes under its name, so one that is there already is left alone.

    Args:
        bank: a bank without problems.
        folder: where its file lies, and its pictures beside it.

    Returns:
        The name under which each is kept, by the name in the bank.

    Raises:
        PictureError: a picture cannot be used any more.
    """
    found = {
        stimulus.image: read_picture(folder, stimulus.image) for stimulus in bank.stimuli if stimulus.image is not None
    }
    for picture in found.values():
        keep_picture(picture)
    return {name: picture.kept_name for name, picture in found.items()}


def picture_path(name: str) -> Path | None:
    """Return where a kept picture lies, or None when there is none of this name."""
    path = _media_dir() / name
    return path if is_kept_name(name) and path.is_file() else None


def is_kept(name: str) -> bool:
    """Whether there is a picture under this kept name."""
    return picture_path(name) is not None


def keep_picture(picture: Picture) -> str:
    """Keep a picture in the data folder, unless it is there, and return the name under which it is kept."""
    folder = _media_dir()
    target = folder / picture.kept_name
    if target.is_file() and target.stat().st_size == len(picture.data):
        target.touch()  # in use again: `forget_unused` leaves it alone while the row that names it is written
        return picture.kept_name
    folder.mkdir(parents=True, exist_ok=True)
    # Written whole under another name first: nobody may read half a picture, nor a crash leave one.
    half = folder / f".{secrets.token_hex(8)}"
    try:
        with half.open("wb") as file:
            file.write(picture.data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return picture.kept_name


def forget_unused() -> int:
    """Delete kept pictures that no draft and no published question shows, a day after they were last kept.

    Returns:
        How many were deleted.
    """
    folder = _media_dir()
    before = time.time() - UNUSED_KEPT.total_seconds()
    old = {path.name: path for path in folder.glob("*.*") if is_kept_name(path.name) and path.stat().st_mtime < before}
    if not old:
        return 0
    used = [
        sa.select(DraftPicture.kept_name),
        sa.select(RevisionPicture.kept_name),
        # Questions published before pictures were noted with their bank name theirs only here.
        sa.select(ItemRevision.content["stimulus"]["image"].as_string()).distinct(),
    ]
    for names in used:
        for name in db.session.scalars(names):
            old.pop(name, None)
    for path in old.values():
        path.unlink(missing_ok=True)
    return len(old)


def _media_dir() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.media_dir
