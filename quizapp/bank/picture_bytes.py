"""Uploaded pictures written anew with nothing but what draws them.

A photograph carries more than it shows: the place where it was taken, the camera, a name, a small
picture of what was cut away. Here a picture is taken apart and put together again from the pieces
that a browser needs to draw it. Its points are not decoded, so it looks as before, no large picture
fills the memory, and no library for pictures reads what strangers send.

Sources: PNG 1.2 (RFC 2083), chunks 3 to 5; JPEG, ITU T.81, Annex B; Exif 2.32, 4.6; WebP container
specification (RFC 9649), 2.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NoReturn

from quizapp.bank.pictures import ENDINGS, MAX_PICTURE_BYTES, SPOKEN, Picture, PictureError, kind_of

MAX_PIXELS = 25_000_000
MAX_SIDE = 16_000
"""Points of the longer side."""

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"IDAT", b"IEND"})
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_WEBP_MOVING = frozenset({b"ANIM", b"ANMF"})
_WEBP_TOLD = 0x04 | 0x08
"""The bits of VP8X that announce XMP and Exif."""
_OTHER_KINDS = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"%PDF": "a PDF",
}


class _BrokenError(Exception):
    """The pieces do not fit together."""


def rewritten(data: bytes, name: str) -> Picture:
    """Return an uploaded picture with only what draws it; its points stay as they are.

    The direction in which a camera was held stays too, and the colour profile: without them the
    picture would lie on its side or change its colours. Moving pictures are refused.

    Args:
        data: the file's bytes.
        name: what the bank calls it; its ending must tell the kind.

    Raises:
        PictureError: it is too large (2 MB, 25 million points), no PNG, JPEG or WebP, or broken.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise PictureError(
            "large-picture", f"The picture “{name}” has {len(data) / 1e6:.1f} MB. Save it with 2 MB at most."
        )
    kind = kind_of(data)
    if kind is None:
        _refuse_kind(data, name)
    if ENDINGS.get(PurePosixPath(name).suffix) != kind:
        raise PictureError(
            "other-picture", f"The picture “{name}” is in truth a {SPOKEN[kind]}. Give it the ending “.{kind}”."
        )
    try:
        width, height, kept = {"png": _png, "jpg": _jpeg, "webp": _webp}[kind](data, name)
    except (_BrokenError, struct.error, IndexError) as broken:
        raise PictureError(
            "broken-picture", f"The picture “{name}” is damaged. Open it, save it again, and upload the new file."
        ) from broken
    if not (width and height) or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PictureError(
            "many-points",
            f"The picture “{name}” has {width:,} by {height:,} points. Make it smaller: 2,000 by 2,000 is plenty.",
        )
    return Picture(kept, kind)


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


def _png(data: bytes, name: str) -> tuple[int, int, bytes]:
    """Width, height and bytes of a PNG of its kept chunks; of a moving one the first picture stays."""
    kept = [_PNG_START]
    kinds: list[bytes] = []
    place = len(_PNG_START)
    while not kinds or kinds[-1] != b"IEND":
        (length,) = struct.unpack_from(">I", data, place)
        kind, end = data[place + 4 : place + 8], place + 12 + length
        if end > len(data) or zlib.crc32(data[place + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise _BrokenError
        kinds.append(kind)
        if kind in _PNG_KEPT:
            kept.append(data[place:end])
        elif kind[:1].isupper():  # a piece without which it cannot be drawn, and none that we know
            raise _BrokenError
        place = end
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds or len(kept[1]) != 25:
        raise _BrokenError
    width, height = struct.unpack_from(">II", data, len(_PNG_START) + 8)
    return width, height, b"".join(kept)


def _jpeg(data: bytes, name: str) -> tuple[int, int, bytes]:
    """Width, height and bytes of a JPEG of its kept segments."""
    kept, turned = [b"\xff\xd8"], 1
    sizes: list[tuple[int, int]] = []
    scans = 0
    for marker, segment, scan in _segments(data):
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
            sizes.append((width, height))
        elif marker == 0xE1 and segment[4:10] == b"Exif\x00\x00":
            turned = _direction(segment[10:])
        scans += marker == 0xDA
        kept += [_drawing(marker, segment), scan]
    if len(sizes) != 1 or not scans:
        raise _BrokenError
    if turned != 1:
        kept.insert(3 if kept[1][:2] == b"\xff\xe0" else 1, _direction_segment(turned))
    return (*sizes[0], b"".join([*kept, b"\xff\xd9"]))


def _drawing(marker: int, segment: bytes) -> bytes:
    """What of a segment draws the picture; often nothing."""
    if marker in _JPEG_FRAMES or marker in _JPEG_TABLES or marker == 0xDA:
        return segment
    if marker < 0xE0:  # a way of drawing that browsers do not know
        raise _BrokenError
    if marker == 0xE0 and segment[4:9] == b"JFIF\x00":
        # Version, unit and density stay; the small picture that may follow goes.
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"
    profile = marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\x00"
    return segment if profile or (marker == 0xEE and segment[4:9] == b"Adobe") else b""


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, segment with its head, and behind a start of scan the drawn data; up to the end of the picture."""
    place = 2
    while True:
        if data[place] != 0xFF:
            raise _BrokenError
        while data[place + 1] == 0xFF:
            place += 1
        marker = data[place + 1]
        if marker == 0xD9:
            return
        (length,) = struct.unpack_from(">H", data, place + 2)
        end = place + 2 + length
        if length < 2 or end > len(data) or marker < 0xC0 or 0xD0 <= marker <= 0xD8:
            raise _BrokenError
        segment, scan = data[place:end], b""
        if marker == 0xDA:
            found = _JPEG_SCAN_END.search(data, end)
            if found is None:
                raise _BrokenError
            scan, end = data[end : found.start()], found.start()
        yield marker, segment, scan
        place = end


def _direction(exif: bytes) -> int:
    """How a camera was held, 1 to 8; 1, upright, where the notes of the camera do not say."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, start)
        for number in range(min(entries, 200)):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * number)
            if (tag, kind, count) == (0x0112, 3, 1):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass  # notes that cannot be read are thrown away like all others
    return 1


def _direction_segment(turned: int) -> bytes:
    """The notes of a camera that say how it was held, and nothing else."""
    exif = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turned, 0, 0)
    body = b"Exif\x00\x00" + exif
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _webp(data: bytes, name: str) -> tuple[int, int, bytes]:
    """Width, height and bytes of a still WebP of its kept chunks."""
    (length,) = struct.unpack_from("<I", data, 4)
    if 8 + length > len(data):
        raise _BrokenError
    kept: list[bytes] = []
    size: tuple[int, int] | None = None
    place, drawn = 12, 0
    while place < 8 + length:
        kind, (extent,) = data[place : place + 4], struct.unpack_from("<I", data, place + 4)
        body = data[place + 8 : place + 8 + extent]
        if len(body) != extent:
            raise _BrokenError
        if kind in _WEBP_MOVING:
            raise PictureError("moving-picture", f"The picture “{name}” moves. Save it as a still picture.")
        if kind in _WEBP_KEPT:
            if kind == b"VP8X":
                body = bytes([body[0] & ~_WEBP_TOLD]) + body[1:]
            if kind not in {b"ALPH", b"ICCP"}:
                found = _webp_size(kind, body)
                size, drawn = size or found, drawn + (kind != b"VP8X")
            kept.append(kind + struct.pack("<I", extent) + body + b"\x00" * (extent % 2))
        place += 8 + extent + extent % 2
    if size is None or drawn != 1:
        raise _BrokenError
    joined = b"WEBP" + b"".join(kept)
    return (*size, b"RIFF" + struct.pack("<I", len(joined)) + joined)


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        if body[:1] != b"\x2f":
            raise _BrokenError
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if body[3:6] != b"\x9d\x01\x2a":
        raise _BrokenError
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
