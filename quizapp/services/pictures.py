"""Pictures of published banks, kept in the data folder under the hash of their bytes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import current_app

from quizapp.bank.model import Bank
from quizapp.bank.pictures import Picture, is_kept_name, read_picture
from quizapp.config import Settings


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


def keep_picture(picture: Picture) -> str:
    """Keep a picture in the data folder, unless it is there, and return the name under which it is kept."""
    folder = _media_dir()
    target = folder / picture.kept_name
    if target.is_file() and target.stat().st_size == len(picture.data):
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


def _media_dir() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.media_dir
