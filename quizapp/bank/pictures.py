"""Pictures beside a bank file: which may be shown, and the name under which each is kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePath

MAX_PICTURE_BYTES = 2_000_000

#: What a bank may call a picture, beside its ending; nothing of a path.
IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: Kind of picture by the ending of a file name; JPEG has two.
ENDINGS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".webp": "webp"}
SPOKEN = {"png": "PNG", "jpg": "JPEG", "webp": "WebP"}
_KEPT_NAME = re.compile(r"[0-9a-f]{64}\.(?:png|jpg|webp)")


class PictureError(ValueError):
    """A picture cannot be used; the message says why and what to do. `code` never changes."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was read. `kind` is png, jpg or webp."""

    data: bytes
    kind: str

    @property
    def kept_name(self) -> str:
        """The name under which it is kept: the SHA-256 of its bytes, and its kind."""
        return f"{hashlib.sha256(self.data).hexdigest()}.{self.kind}"


def read_picture(folder: Path, name: str) -> Picture:
    """Read a picture that lies beside a bank file.

    Args:
        folder: where the bank file lies.
        name: what the bank calls it; nothing of a path.

    Raises:
        PictureError: it is missing, too large (over 2 MB), or not what its name says.
    """
    path = folder / PurePath(name).name
    try:
        size = path.stat().st_size if path.is_file() else None
        if size is None:
            raise PictureError(
                "no-picture", f"There is no picture “{name}” beside this file. Put it into the same folder."
            )
        if size > MAX_PICTURE_BYTES:
            raise PictureError(
                "large-picture", f"The picture “{name}” has {size / 1e6:.1f} MB. Save it with 2 MB at most."
            )
        data = path.read_bytes()
    except OSError as error:
        raise PictureError("no-picture", f"The picture “{name}” cannot be read ({error.strerror}).") from error
    kind, named = kind_of(data), ENDINGS.get(path.suffix)
    if kind is None:
        raise PictureError(
            "no-picture-inside", f"The file “{name}” holds no PNG, JPEG or WebP picture. Save the picture as one."
        )
    if kind != named:
        raise PictureError(
            "other-picture", f"The picture “{name}” is in truth a {SPOKEN[kind]}. Give it the ending “.{kind}”."
        )
    return Picture(data, kind)


def kind_of(data: bytes) -> str | None:
    """The kind of a picture by its first bytes: png, jpg, webp, or None for anything else.

    >>> kind_of(b"RIFF....WEBPVP8 ")
    'webp'
    >>> kind_of(b"<svg></svg>") is None
    True
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return None


def is_kept_name(name: str) -> bool:
    """Whether this is a name under which a picture is kept, and so nothing else on the disk.

    >>> is_kept_name("valley-map.png")
    False
    """
    return _KEPT_NAME.fullmatch(name) is not None
