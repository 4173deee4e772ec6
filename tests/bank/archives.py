"""Zip archives that nobody should be able to send, made from a good one; and small pictures that are whole."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

TEXT = b"format: 1\nbank: maps\ntitle: Maps\nlanguage: en\n"
END = 22
DIRECTORY_SIGN = b"PK\x01\x02"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 1, height: int = 1, *extra: bytes) -> bytes:
    """A white PNG as the program writes it, with further chunks before its points; a large one only claims its size."""
    data = painted("PNG", Image.new("L", (min(width, 9) or 1, min(height, 9)), 255))
    head = chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29])
    return data[:8] + head + b"".join(extra) + data[33:]


def painted(kind: str, picture: Image.Image, **how: object) -> bytes:
    """A picture's file as Pillow writes it."""
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(direction: int, order: str = "<") -> bytes:
    """A camera's notes: how it was held, and where it was."""
    start = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, direction, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 50)
    return b"Exif\x00\x00" + start + struct.pack(f"{order}IH", 8, 2) + entries + b"\x00" * 4 + b"51 degrees north"


def jpeg(*extra: bytes, size: tuple[int, int] = (3, 2)) -> bytes:
    """A red JPEG with further segments after its start; a large one only claims its size."""
    data = painted("JPEG", Image.new("RGB", (min(size[0], 9), min(size[1], 9)), (200, 10, 10)))
    frame = data.index(b"\xff\xc0") + 5
    return b"\xff\xd8" + b"".join(extra) + patched(data, frame, struct.pack(">HH", size[1], size[0]))[2:]


def packed(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in entries:
            file.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def good(*more: tuple[str, bytes]) -> bytes:
    return packed(("maps.yaml", TEXT), ("map.png", png()), *more)


def patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def entry_at(data: bytes, number: int = 0) -> int:
    """Where an entry of the table of contents begins."""
    at = -1
    for _ in range(number + 1):
        at = data.index(DIRECTORY_SIGN, at + 1)
    return at


def in_directory(data: bytes, offset: int, value: bytes, number: int = 0) -> bytes:
    """A changed field of an entry of the table of contents; nothing else knows of it."""
    return patched(data, entry_at(data, number) + offset, value)


def in_end(data: bytes, offset: int, value: bytes) -> bytes:
    return patched(data, len(data) - END + offset, value)


def renamed(name: bytes, *, flags: int = 0x800) -> bytes:
    """An archive whose picture has this name, of seven bytes, in both of its tables."""
    assert len(name) == 7
    data = good().replace(b"map.png", name)
    at = data.index(name) - 30
    return in_directory(patched(data, at + 6, struct.pack("<H", flags)), 8, struct.pack("<H", flags), 1)


def link() -> bytes:
    entry = zipfile.ZipInfo("map.png")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("maps.yaml", TEXT)
        file.writestr(entry, "/etc/passwd")
    return out.getvalue()


def overlapping() -> bytes:
    """Two entries that lead to the same bytes: a kernel for many files, as in the bomb of D. Fifield (2019)."""
    data = good()
    return in_directory(data, 42, struct.pack("<L", 0), 1)


def wide_directory() -> bytes:
    """A table of contents of 300 kB whose last record admits to two entries."""
    data = good(*((f"{n:03}{'x' * 180}.txt", b"") for n in range(1_400)))
    return in_end(data, 8, struct.pack("<HH", 2, 2))


def zip64() -> bytes:
    data = good()
    locator = b"PK\x06\x07" + b"\x00" * 16
    return data[:-END] + locator + data[-END:]


def _with_start() -> bytes:
    """An archive with 20 bytes before its first entry, all of whose places are right."""
    out = io.BytesIO(b"#" * 20)
    out.seek(20)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("maps.yaml", TEXT)
    return out.getvalue()


def _heavy() -> bytes:
    """Small entries that claim as much as each may have."""
    data = good(*((f"{n}.png", bytes(range(256)) * 10) for n in range(30)))
    for number in range(2, 32):
        data = in_directory(data, 20, struct.pack("<LL", 20_000, 1_900_000), number)
    return data


Maker = Callable[[], bytes]

HOSTILE: dict[str, tuple[str, Maker]] = {
    "text": ("no-archive", lambda: TEXT),
    "nothing": ("no-archive", lambda: b""),
    "a picture": ("no-archive", png),
    "empty": ("empty", packed),
    "cut in half": ("damaged", lambda: good()[:120]),
    "something before it": ("damaged", lambda: b"#!/bin/sh\n" + good()),
    "something behind it": ("damaged", lambda: good() + b"<script>"),
    "a program before it that its table knows of": (
        "overlap",
        lambda: patched(_with_start(), 0, b"MZ"),
    ),
    "several parts": ("in-parts", lambda: in_end(good(), 4, b"\x01\x00")),
    "zip64": ("zip64", zip64),
    "zip64 by its numbers": ("zip64", lambda: in_end(good(), 16, b"\xff\xff\xff\xff")),
    "201 files": ("many-entries", lambda: good(*((f"{n}.txt", b"") for n in range(199)))),
    "1,400 files that claim to be two": ("many-entries", wide_directory),
    "the folder above": ("outside", lambda: good(("../map2.png", png()))),
    "the folder above, further in": ("outside", lambda: good(("a/../../map2.png", png()))),
    "an absolute path": ("outside", lambda: good(("/etc/map2.png", png()))),
    "a drive": ("outside", lambda: good(("C:map2.png", png()))),
    "back strokes": ("outside", lambda: good(("..\\map2.png", png()))),
    "a name with NUL": ("bad-name", lambda: renamed(b"a\x00b.png")),
    "a name with a line end": ("bad-name", lambda: good(("map\n2.png", png()))),
    "a name that runs backwards": ("bad-name", lambda: good(("map\u202egnp.png", png()))),
    "a name that is no UTF-8": ("damaged", lambda: renamed(b"\xffap.png")),
    "a device of Windows": ("bad-name", lambda: good(("con.png", png()))),
    "a name with a dot at its end": ("bad-name", lambda: good(("map2.png.", png()))),
    "a folder without a name": ("bad-name", lambda: good(("a//map2.png", png()))),
    "capitals only": ("same-name", lambda: good(("MAP.png", png()))),
    "wide letters only": ("same-name", lambda: good(("\uff4dap.png", png()))),
    "the same name in two folders": ("same-name", lambda: good(("a/map.png", png()))),
    "a link": ("link", link),
    "a password": ("encrypted", lambda: in_directory(good(), 8, b"\x01\x00")),
    "LZMA": ("other-packing", lambda: packed(("maps.yaml", TEXT), method=zipfile.ZIP_LZMA)),
    "a bomb": ("bomb", lambda: good(("zeros.png", bytes(1_900_000)))),
    "a bomb that lies about its size": (
        "damaged",
        lambda: in_directory(good(("zeros.png", bytes(1_900_000))), 24, struct.pack("<L", 50), 2),
    ),
    "a size that is not there": ("damaged", lambda: in_directory(good(), 24, struct.pack("<L", 4_000))),
    "a bank of 2 MB": ("large-bank", lambda: in_directory(good(), 20, struct.pack("<LL", 50_000, 2_000_000))),
    "a picture of 3 MB": ("large-entry", lambda: in_directory(good(), 20, struct.pack("<LL", 50_000, 3_000_000), 1)),
    "41 MB in all": ("large-contents", _heavy),
    "a wrong checksum": ("damaged", lambda: in_directory(good(), 16, b"\x00\x00\x00\x00")),
    "other names inside": ("damaged", lambda: patched(good(), good().index(b"maps.yaml"), b"mops")),
    "a broken stream": ("damaged", lambda: patched(good(), 39, b"\xff\xff\xff")),
    "entries upon each other": ("overlap", overlapping),
    "an entry that reaches into the table of contents": (
        "overlap",
        lambda: in_directory(good(), 20, struct.pack("<L", 400), 1),
    ),
    "an archive inside": ("nested", lambda: good(("more.zip", good()))),
    "an archive inside by another name": ("nested", lambda: packed(("maps.yaml", good()))),
    "no bank": ("no-bank", lambda: packed(("map.png", png()))),
    "two banks": ("many-banks", lambda: good(("more.yml", TEXT))),
    "a program": ("other-file", lambda: good(("run.exe", b"MZ"))),
    "a page": ("other-file", lambda: good(("index.html", b"<script>"))),
    "an SVG": ("svg-picture", lambda: good(("d.svg", b"<?xml version='1.0'?><svg onload='x()'/>"))),
    "an SVG called PNG": ("svg-picture", lambda: good(("d.png", b"<svg/>"))),
    "text called PNG": ("no-picture-inside", lambda: good(("d.png", b"hello"))),
    "a JPEG called PNG": ("other-picture", lambda: good(("d.png", jpeg()))),
    "a damaged PNG": ("broken-picture", lambda: good(("d.png", png()[:40]))),
    "a PNG of a thousand million points": ("many-points", lambda: good(("d.png", png(30_000, 30_000)))),
    "a picture with a space": ("picture-name", lambda: good(("old map.png", png()))),
}
"""What is wrong: the code of the refusal, and how to make it. The good archive is taken."""
