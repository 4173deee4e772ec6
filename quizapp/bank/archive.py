"""A bank and its pictures in one zip archive: read with care, and written.

What a stranger sends is judged by its table of contents before anything is unpacked, and counted
while it is unpacked: no entry grows beyond what its kind may have, none lies upon another, nothing
is written to a disk. Source of the format: APPNOTE.TXT 6.3.10, 4.3 and 4.4.
"""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from quizapp.bank.picture_bytes import points, rewritten
from quizapp.bank.pictures import ENDINGS, IMAGE_NAME, MAX_PICTURE_BYTES, Picture, PictureError
from quizapp.bank.source import MAX_BYTES

MAX_ARCHIVE_BYTES = 20_000_000
MAX_ENTRIES = 200
MAX_UNPACKED = 40_000_000
"""Bytes of all entries together."""
MAX_POINTS = 200_000_000
"""Points of all pictures together: sixteen large photographs. Each million takes some 50 ms to paint anew."""
MAX_RATIO = 100
"""How many times its packed size an entry may have, once it is larger than a page of text."""
_SMALL = 64 * 1024
_PIECE = 64 * 1024
_MAX_DIRECTORY = 128 * 1024
_END, _END_SIGN = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_LOCAL, _LOCAL_SIGN = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"
_ENCRYPTED = 0x1 | 0x40 | 0x2000

_BANKS = frozenset({".yaml", ".yml"})
_NOTES = frozenset({".txt", ".md"})
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".jar"})
#: What computers put into archives by themselves.
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_WINDOWS_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(1, 10))})
_FORBIDDEN = frozenset('<>:"|?*\\')
_AGAIN = "Make the zip again and upload the new one."


class ArchiveError(ValueError):
    """An archive cannot be used; the message says why and what to do. `code` never changes."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive held: one bank as it was written, and its pictures by name."""

    name: str
    """The name of the bank file, without folders."""
    text: bytes
    pictures: Mapping[str, Picture]
    passed_over: tuple[str, ...] = ()
    """Notes (.txt, .md) that are no part of a bank."""


def read_archive(file: IO[bytes], *, is_kept: Callable[[str], bool] | None = None) -> Archive:
    """Read a zip archive with one bank file and the pictures it shows.

    At most `MAX_UNPACKED` bytes are held, however much the archive claims or unpacks to.

    Args:
        file: the archive, open for reading and seeking.
        is_kept: as in `rewritten`: tells which pictures were painted here before.

    Raises:
        ArchiveError: it is damaged, hostile, too large, or does not hold exactly one bank.
    """
    _check_end(file)
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            _check_entries(entries)
            _check_places(file, packed, entries)
            wanted = [one for one in entries if not (one.is_dir() or _litter(one.filename))]
            return _read_entries(packed, wanted, is_kept)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise ArchiveError("damaged", f"This zip archive is damaged. {_AGAIN}") from error


def packed_bank(name: str, text: str, pictures: Mapping[str, bytes]) -> bytes:
    """Return an archive that `read_archive` takes: the bank as it was written, and its pictures.

    The same bank makes the same bytes, whenever it is packed.

    Args:
        name: what the bank file is called, such as `maps.yaml`.
        text: the author's text.
        pictures: bytes by the name in the bank.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, data in ((name, text.encode("utf-8")), *sorted(pictures.items())):
            info = zipfile.ZipInfo(entry)
            info.create_system = 3  # otherwise it is named after the computer that packs
            packed.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ---------------------------------------------------------------- the table of contents


def _check_end(file: IO[bytes]) -> None:
    """Look at the last record by ourselves: it decides how much of a table of contents is read at all."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_ARCHIVE_BYTES:
        raise ArchiveError(
            "large-archive",
            f"This archive has {size / 1e6:.1f} MB, and {MAX_ARCHIVE_BYTES // 1_000_000} MB is the most. "
            "Make the pictures smaller.",
        )
    file.seek(0)
    head = file.read(4)
    start = max(0, size - _END.size - 0xFFFF)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_SIGN)
    if at < 0 or len(tail) - at < _END.size:
        if head == _LOCAL_SIGN:
            raise ArchiveError("damaged", f"This zip archive is not complete. {_AGAIN}")
        raise ArchiveError(
            "no-archive", "This file is no zip archive. Choose a bank file (.yaml), or a zip of one with its pictures."
        )
    _, disk, start_disk, here, total, directory, offset, comment = _END.unpack_from(tail, at)
    if disk or start_disk or here != total:
        raise ArchiveError("in-parts", "This archive is one of several parts. Make one zip of all files.")
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07") or 0xFFFFFFFF in {directory, offset} or total == 0xFFFF:
        raise ArchiveError("zip64", f"This archive is made for very large files. {_AGAIN}")
    if total > MAX_ENTRIES or directory > _MAX_DIRECTORY:
        raise ArchiveError("many-entries", f"This archive holds more than {MAX_ENTRIES} files. Pack one bank only.")
    if at + _END.size + comment != len(tail) or start + at != offset + directory:
        raise ArchiveError("damaged", f"This file is a zip archive with something else around it. {_AGAIN}")
    if not total:
        raise ArchiveError("empty", "This archive is empty. Put the bank file (.yaml) into it.")


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ArchiveError("many-entries", f"This archive holds more than {MAX_ENTRIES} files. Pack one bank only.")
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.orig_filename
        _check_name(name)
        folded = unicodedata.normalize("NFKC", name.rstrip("/")).casefold()
        if folded in seen:
            raise ArchiveError(
                "same-name",
                f"The archive holds {_shown(name)} twice, or names that differ only in capitals. Rename one.",
            )
        seen[folded] = name
        _check_kind(entry)
        if entry.is_dir() or _litter(name):
            continue
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise ArchiveError(
                "bomb", f"{_shown(name)} unpacks to more than {MAX_RATIO} times its size. No bank or picture does that."
            )
        _check_size(name, entry.file_size)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise ArchiveError(
            "large-contents",
            f"The files in this archive have more than {MAX_UNPACKED // 1_000_000} MB. Make the pictures smaller.",
        )


def _check_name(name: str) -> None:
    """Refuse a name that could mean a place elsewhere, on any system, though no name here ever becomes a path."""
    parts = name.removesuffix("/").split("/")
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in name):
        raise ArchiveError("bad-name", f"The name {_shown(name)} holds signs that cannot be seen. Rename the file.")
    if name.startswith("/") or ".." in parts or _FORBIDDEN & set(name):
        raise ArchiveError(
            "outside", f"The name {_shown(name)} leads out of the archive. Pack the files without their folders."
        )
    if any(_unsafe(part) for part in parts) or len(name) > 200:
        raise ArchiveError("bad-name", f"A file cannot be called {_shown(name)} on every computer. Rename the file.")


def _unsafe(part: str) -> bool:
    return part in {"", "."} or part[-1] in ". " or part.partition(".")[0].strip().casefold() in _WINDOWS_NAMES


def _check_kind(entry: zipfile.ZipInfo) -> None:
    name = _shown(entry.orig_filename)
    if entry.flag_bits & _ENCRYPTED:
        raise ArchiveError("encrypted", f"{name} is locked with a password. Make the zip without one.")
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == 3 else 0
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR} or (kind == stat.S_IFDIR and not entry.is_dir()):
        raise ArchiveError("link", f"{name} is a link to another place. Put the file itself into the archive.")
    if entry.is_dir() and entry.file_size:
        raise ArchiveError("damaged", f"This zip archive is damaged. {_AGAIN}")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(
            "other-packing", f"{name} is packed in a way that cannot be read here. Make an ordinary zip."
        )


def _check_size(name: str, size: int) -> None:
    if _ending(name) in _BANKS and size > MAX_BYTES:
        raise ArchiveError("large-bank", f"{_shown(name)} has more than 1 MB. Split the bank into two.")
    if size > MAX_PICTURE_BYTES:
        raise ArchiveError("large-entry", f"{_shown(name)} has {size / 1e6:.1f} MB. Save it with 2 MB at most.")


def _check_places(file: IO[bytes], packed: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse entries that lie upon each other or upon the table of contents, and anything before the first."""
    free = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < free or (free == 0 and entry.header_offset):
            raise ArchiveError("overlap", f"The files in this archive lie upon each other. {_AGAIN}")
        file.seek(entry.header_offset)
        sign, *_, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
        free = entry.header_offset + _LOCAL.size + name + extra + entry.compress_size
        if sign != _LOCAL_SIGN:
            raise ArchiveError("damaged", f"This zip archive is damaged. {_AGAIN}")
    if free > packed.start_dir:
        raise ArchiveError("overlap", f"The files in this archive lie upon each other. {_AGAIN}")


# ---------------------------------------------------------------- what it holds


def _read_entries(
    packed: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], is_kept: Callable[[str], bool] | None
) -> Archive:
    _check_contents(entries)
    text, pictures, notes = b"", {}, []
    bank, drawn = "", 0
    for entry in entries:
        name = entry.filename.rpartition("/")[2]
        if _ending(name) in _NOTES or not _ending(name):
            notes.append(name)
            continue
        data = _unpacked(packed, entry)
        if data.startswith(_LOCAL_SIGN):
            raise ArchiveError("nested", f"{_shown(name)} is an archive itself. Unpack it first, then make one zip.")
        if _ending(name) in _BANKS:
            bank, text = name, data
        else:
            pictures[name] = _picture(name, data, is_kept)
            drawn += points(pictures[name])
            if drawn > MAX_POINTS:
                raise ArchiveError(
                    "many-points",
                    f"The pictures in this archive have more than {MAX_POINTS // 1_000_000} million points together. "
                    "Make them smaller: 2,000 by 2,000 is plenty for each.",
                )
    return Archive(bank, text, pictures, tuple(notes))


def _check_contents(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename.rpartition("/")[2] for entry in entries]
    for name in names:
        ending = _ending(name)
        if ending in _ARCHIVES:
            raise ArchiveError("nested", f"{_shown(name)} is an archive itself. Unpack it first, then make one zip.")
        if ending and ending not in _BANKS | _NOTES and ending not in ENDINGS and ending != ".svg":
            raise ArchiveError(
                "other-file",
                f"{_shown(name)} is neither a bank (.yaml) nor a picture (.png, .jpg, .webp). Leave it out.",
            )
    banks = [name for name in names if _ending(name) in _BANKS]
    if not banks:
        raise ArchiveError("no-bank", f"There is no bank file (.yaml) in this archive. It holds {_listed(names)}.")
    if len(banks) > 1:
        raise ArchiveError(
            "many-banks", f"This archive holds {len(banks)} bank files: {_listed(banks)}. Upload one bank at a time."
        )
    pictures = [name for name in names if _ending(name) in ENDINGS]
    twice = next((name for name in pictures if pictures.count(name) > 1), None)
    if twice is not None:
        raise ArchiveError("same-name", f"Two pictures are called {_shown(twice)}. Give each a name of its own.")


def _unpacked(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, of which never more are held than its table of contents admits to."""
    pieces, size = [], 0
    with packed.open(entry) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > entry.file_size:
                raise ArchiveError("damaged", f"{_shown(entry.filename)} is larger than the archive says. {_AGAIN}")
            pieces.append(piece)
    if size != entry.file_size:
        raise ArchiveError("damaged", f"{_shown(entry.filename)} is cut off. {_AGAIN}")
    return b"".join(pieces)


def _picture(name: str, data: bytes, is_kept: Callable[[str], bool] | None) -> Picture:
    if not IMAGE_NAME.fullmatch(name) or _ending(name) != PurePosixPath(name).suffix:
        raise ArchiveError(
            "picture-name",
            f"The picture {_shown(name)} needs a name of letters a to z, digits, “-” and “_”, such as “old-map.png”. "
            "Rename it, and use that name in the bank.",
        )
    try:
        return rewritten(data, name, is_kept=is_kept)
    except PictureError as error:
        raise ArchiveError(error.code, str(error)) from error


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _litter(name: str) -> bool:
    base = name.rstrip("/").rpartition("/")[2].casefold()
    return name.startswith("__MACOSX/") or base in _LITTER or base.startswith("._")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_shown(name) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "") if names else "nothing that can be read"


def _shown(name: str) -> str:
    """A name as a sentence may hold it: short, and without signs that cannot be seen."""
    seen = "".join("?" if unicodedata.category(sign)[0] == "C" else sign for sign in name)
    return f"“{seen if len(seen) <= 60 else seen[:59] + '…'}”"
