"""Uploaded pictures painted anew, so that nothing of a stranger's file is kept but what it shows.

A photograph carries more than it shows: the place where it was taken, the camera, a name, a small
picture of what was cut away. And a file can be a picture and something else at once. Here Pillow
decodes a picture whole, and its points alone are written into a new file of the same kind.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, NoReturn

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from quizapp.bank.pictures import ENDINGS, MAX_PICTURE_BYTES, SPOKEN, Picture, PictureError, kind_of

MAX_PIXELS = 25_000_000
MAX_SIDE = 16_000
"""Points of the longer side."""

# Pillow refuses by the head of a file what has more than twice as many, and of what it only warns nobody here
# would read: too many points are refused below, and notes of a camera that are broken are thrown away with the rest.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", module="PIL")

_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_SRGB = ImageCms.createProfile("sRGB")
_one_at_a_time = threading.Lock()
"""A picture of the most points takes up to 550 MB while it is painted; ten teachers must not need 5 GB."""

_OTHER_KINDS = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"%PDF": "a PDF",
}


def rewritten(data: bytes, name: str, *, is_kept: Callable[[str], bool] | None = None) -> Picture:
    """Return an uploaded picture painted anew: upright, in the colours of screens, and with nothing but its points.

    Size and kind are judged by the head of the file, before any point is decoded. Moving pictures are refused;
    of several photographs in one file, as some telephones write them, the first one is taken. What was painted
    here before is given back as it is, so that a bank that goes out and comes in again loses nothing each time.

    Args:
        data: the file's bytes.
        name: what the bank calls it; its ending must tell the kind.
        is_kept: tells whether a picture of this kept name has been taken in already.

    Raises:
        PictureError: it is too large (2 MB, 25 million points), no PNG, JPEG or WebP, broken, or it moves.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise _too_large(len(data), name)
    kind = kind_of(data)
    if kind is None:
        _refuse_kind(data, name)
    if ENDINGS.get(PurePosixPath(name).suffix) != kind:
        raise PictureError(
            "other-picture", f"The picture “{name}” is in truth a {SPOKEN[kind]}. Give it the ending “.{kind}”."
        )
    picture = Picture(data, kind)
    if is_kept is not None and is_kept(picture.kept_name):
        return picture
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as opened:
            _check_head(opened, kind, name)
            return _painted(opened, kind, data, name)
    except PictureError:
        raise
    except Image.DecompressionBombError as bomb:
        raise PictureError(
            "many-points",
            f"The picture “{name}” has more than {MAX_PIXELS // 1_000_000} million points. "
            "Make it smaller: 2,000 by 2,000 is plenty.",
        ) from bomb
    except Exception as broken:  # no list says what a decoder raises on a file that was made to break it
        raise PictureError(
            "broken-picture", f"The picture “{name}” is damaged. Open it, save it again, and upload the new file."
        ) from broken


def _refuse_kind(data: bytes, name: str) -> NoReturn:
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<") and b"<svg" in data[:10_000]:
        raise PictureError(
            "svg-picture",
            f"“{name}” is an SVG drawing, which can hold programs. Open it in a browser or a drawing program "
            "and save it as PNG.",
        )
    spoken = next((words for start, words in _OTHER_KINDS.items() if head.startswith(start)), None)
    if data[4:8] == b"ftyp":
        spoken = "a HEIC or AVIF photograph"
    if spoken:
        raise PictureError("other-kind", f"“{name}” is {spoken}. Save it as PNG, JPEG or WebP.")
    raise PictureError(
        "no-picture-inside", f"The file “{name}” holds no PNG, JPEG or WebP picture. Save the picture as one."
    )


def points(picture: Picture) -> int:
    """How many points a picture that was painted here has."""
    with Image.open(io.BytesIO(picture.data), formats=[_FORMATS[picture.kind]]) as opened:
        return opened.width * opened.height


def _check_head(opened: Image.Image, kind: str, name: str) -> None:
    """Refuse by what the head of the file says."""
    if max(opened.size) > MAX_SIDE or opened.width * opened.height > MAX_PIXELS:
        raise PictureError(
            "many-points",
            f"The picture “{name}” has {opened.width:,} by {opened.height:,} points. "
            "Make it smaller: 2,000 by 2,000 is plenty.",
        )
    # A JPEG with several photographs does not move.
    if kind != "jpg" and getattr(opened, "is_animated", False):
        raise PictureError("moving-picture", f"The picture “{name}” moves. Save it as a still picture.")


def _painted(opened: Image.Image, kind: str, data: bytes, name: str) -> Picture:
    """Decode a picture whole and write its points into a new file.

    Where what the file was packed with does not do to keep it under 2 MB, it is packed harder once.
    """
    opened.load()
    ways = _ways(opened, kind, data)
    plain = _plain(opened, kind)
    size = 0
    for way in ways:
        out = io.BytesIO()
        plain.save(out, _FORMATS[kind], **way)
        size = out.tell()
        if size <= MAX_PICTURE_BYTES:
            return Picture(out.getvalue(), kind)
    raise _too_large(size, name)


def _plain(opened: Image.Image, kind: str) -> Image.Image:
    """The points of a picture: turned as the camera was held, in the colours of screens, without any notes."""
    try:
        image = ImageOps.exif_transpose(opened)
    except Exception:  # noqa: BLE001 - notes that nobody can read are thrown away like all others
        image = opened
    if image.mode in {"L", "RGB"} and "transparency" in image.info:
        image = image.convert("LA" if image.mode == "L" else "RGBA")
    image = _in_screen_colours(image)
    if kind == "png" and image.mode not in _PNG_MODES:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif kind == "jpg" and image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    # Whatever else the file noted would be written into the new one from here.
    image.info = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
    return image


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """The same colours in sRGB, which pages are shown in. A profile that cannot be used is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    target = "RGB" if image.mode == "CMYK" else image.mode
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, _SRGB, outputMode=target) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _ways(opened: Image.Image, kind: str, data: bytes) -> list[dict[str, Any]]:
    """How to write a picture of this kind: as near to how it came as can be, then smaller."""
    if kind == "png":
        return [{}, {"optimize": True}]
    if kind == "webp":
        lossy = {"quality": 90, "method": 2}
        # The chunk of packing without loss; how much a lossy file lost is not told.
        first = {"lossless": True, "quality": 20, "method": 0} if b"VP8L" in data else lossy
        return [first, {"quality": 75, "method": 2}]
    smaller = {"quality": 75, "optimize": True, "progressive": True}
    if not isinstance(opened, JpegImagePlugin.JpegImageFile) or opened.mode not in {"L", "RGB"}:
        return [{**smaller, "quality": 90}, smaller]
    # With the tables that the file came with nearly nothing is lost a second time, and it stays as large as it was.
    same = {"qtables": opened.quantization, "subsampling": JpegImagePlugin.get_sampling(opened)}
    return [{**smaller, **same}, smaller]


def _too_large(size: int, name: str) -> PictureError:
    return PictureError("large-picture", f"The picture “{name}” has {size / 1e6:.1f} MB. Save it with 2 MB at most.")
