"""Banks that come as files: every upload becomes a draft of its own, so that nothing is ever overwritten by it.

From there a teacher puts it in the place of another draft, after both have been looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import PurePath
from typing import IO

import sqlalchemy as sa

from quizapp.bank.archive import MAX_ENTRIES, ArchiveError, read_archive
from quizapp.bank.changes import Changes, changes
from quizapp.bank.mending import slugged
from quizapp.bank.pasted import not_a_bank
from quizapp.bank.picture_bytes import rewritten
from quizapp.bank.pictures import ENDINGS, IMAGE_NAME, Picture, PictureError
from quizapp.bank.source import MAX_BYTES, TextTooLongError, open_source
from quizapp.models import BankDraft, DraftPicture, db
from quizapp.services.draft_checking import check_draft
from quizapp.services.draft_rows import bank_named, names_of_pictures, own_draft
from quizapp.services.drafts import DraftChanged, DraftView, create_draft, discard_draft, read_draft
from quizapp.services.pictures import is_kept, keep_picture
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing

_ZIP = b"PK"
_TEXTS = frozenset({".yaml", ".yml", ".txt", ""})

MAX_PICTURES = MAX_ENTRIES - 1
"""Pictures of a draft: with its text they fit into an archive that can be read again."""


class UploadError(ValueError):
    """A file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Received:
    """What came of an upload."""

    draft: str
    """Public id of the draft that it became."""
    pictures: int
    passed_over: tuple[str, ...]
    """Files of an archive that are no part of a bank."""
    bank: str | None
    """Public id of the bank that has the id in the text already and that this teacher may change."""


@dataclass(frozen=True)
class ReplacePage:
    """An upload beside the draft in whose place it may be put."""

    upload: DraftView
    draft: DraftView
    same: bool
    """Both say the same, with the same pictures."""
    changes: Changes | None
    """None while one of the two cannot be read."""


def receive_bank(account_id: int, file: IO[bytes], name: str, *, now: datetime) -> Received:
    """Make a draft of a bank file, or of a zip archive with one and its pictures.

    Args:
        file: open for reading and seeking.
        name: what the file was called.

    Raises:
        UploadError: it is neither, or it is broken, hostile or too large.
    """
    data, pictures, passed_over = _opened(file, name)
    text = _decoded(data, name)
    kept = {called: keep_picture(picture) for called, picture in pictures.items()}
    try:
        draft = create_draft(account_id, text, pictures=kept, now=now)
    except TextTooLongError as long:
        raise UploadError(f"The file is larger than {MAX_BYTES:,} bytes. Split it into several banks.") from long
    return Received(draft, len(kept), passed_over, bank_named(account_id, text))


def replace_page(upload: str, draft: str, account_id: int, *, now: datetime) -> ReplacePage:
    """Return two drafts of a teacher with what differs, question by question.

    Raises:
        NotFoundError: one of them is not theirs, or both are the same one.
    """
    if upload == draft:
        raise NotFoundError("draft")
    new, old = read_draft(upload, account_id), read_draft(draft, account_id)
    before, after = (check_draft(one.text, now=now).bank for one in (old, new))
    redrawn = {name for name, kept in new.pictures.items() if name in old.pictures and old.pictures[name] != kept}
    return ReplacePage(
        upload=new,
        draft=old,
        same=new.text == old.text and new.pictures == old.pictures,
        changes=changes(before, after, redrawn=redrawn) if before is not None and after is not None else None,
    )


def drop_if_same(upload: str, draft: str, account_id: int, *, now: datetime) -> bool:
    """Delete an upload that says the same as the draft it is for, and tell whether it did.

    Raises:
        NotFoundError: one of them is not theirs, or both are the same one.
    """
    same = replace_page(upload, draft, account_id, now=now).same
    if same:
        discard_draft(upload, account_id)
    return same


def put_in_place(upload: str, draft: str, account_id: int, *, version: int, now: datetime) -> None:
    """Put the text and pictures of one draft in the place of another's; the first is deleted.

    Pictures of the second stay, except where the first has one of the same name.

    Args:
        version: of the draft that is replaced, as the teacher saw it.

    Raises:
        DraftChanged: it was saved from elsewhere since.
        NotFoundError: one of them is not theirs, or both are the same one.
    """
    if upload == draft:
        raise NotFoundError("draft")
    with writing() as session:
        new, old = own_draft(session, upload, account_id), own_draft(session, draft, account_id)
        changed = rows_changed(
            session,
            sa.update(BankDraft)
            .where(BankDraft.id == old.id, BankDraft.version == version)
            .values(text=new.text, title=new.title, version=BankDraft.version + 1, changed=True, updated_at=now),
        )
        if not changed:
            raise DraftChanged(old.text, old.version, old.updated_at)
        for row in session.scalars(sa.select(DraftPicture).where(DraftPicture.draft_id == new.id)):
            session.merge(DraftPicture(draft_id=old.id, name=row.name, kept_name=row.kept_name))
        session.flush()
        session.execute(sa.delete(BankDraft).where(BankDraft.id == new.id))


def add_picture(draft: str, account_id: int, file: IO[bytes], name: str, *, now: datetime, beside: bool = False) -> str:
    """Add a picture to a draft, or put it in the place of the one of this name.

    Args:
        file: the picture; of a size that a request may have.
        name: what the file was called; its name in the bank is made of it.
        beside: leave another picture of this name as it is, and give this one a name of its own.

    Returns:
        The name to write behind `image:`.

    Raises:
        UploadError: it is no picture that can be shown, or there are MAX_PICTURES others.
        NotFoundError: there is no such draft of theirs.
    """
    called = picture_name(name)
    try:
        picture = rewritten(file.read(), called, is_kept=is_kept)
    except PictureError as refused:
        raise UploadError(str(refused)) from refused
    own_draft(db.session(), draft, account_id)
    kept_name = keep_picture(picture)
    with writing() as session:
        row = own_draft(session, draft, account_id)
        here = DraftPicture.draft_id == row.id
        if beside:
            called = _free_name(called, kept_name, names_of_pictures(session, row.id))
        others = sa.select(sa.func.count()).select_from(DraftPicture).where(here, DraftPicture.name != called)
        if (session.scalar(others) or 0) >= MAX_PICTURES:
            raise UploadError(f"A bank has at most {MAX_PICTURES} pictures. Remove one first.")
        session.merge(DraftPicture(draft_id=row.id, name=called, kept_name=kept_name))
        row.changed, row.updated_at = True, now
    return called


def _free_name(called: str, kept_name: str, names: Mapping[str, str]) -> str:
    """The name, or the first numbered one, under which a draft has this very picture or none.

    >>> _free_name("a.png", "new", {"a.png": "old", "a-2.png": "new"})
    'a-2.png'
    """
    stem, _dot, ending = called.rpartition(".")
    numbered = (f"{stem}-{number}.{ending}" for number in count(2))
    return next(one for one in chain([called], numbered) if names.get(one, kept_name) == kept_name)


def remove_picture(draft: str, account_id: int, name: str, *, now: datetime) -> None:
    """Take a picture off a draft. Twice is the same as once.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    with writing() as session:
        row = own_draft(session, draft, account_id)
        gone = sa.delete(DraftPicture).where(DraftPicture.draft_id == row.id, DraftPicture.name == name)
        if rows_changed(session, gone):
            row.changed, row.updated_at = True, now


def picture_name(name: str) -> str:
    """Return what a bank calls a picture whose file has this name.

    >>> picture_name("C:/me/Old Map (2).PNG"), picture_name("map_2.png"), len(picture_name("m" * 300 + ".png"))
    ('old-map-2.png', 'map_2.png', 68)
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    ending = PurePath(base).suffix.lower()
    if IMAGE_NAME.fullmatch(base) and base.endswith(ending) and len(base) <= DraftPicture.name.type.length:
        return base
    return f"{slugged(PurePath(base).stem) or 'picture'}{ending}"


def _opened(file: IO[bytes], name: str) -> tuple[bytes, Mapping[str, Picture], tuple[str, ...]]:
    """The text of a file, its pictures and what was passed over."""
    head = file.read(len(_ZIP))
    file.seek(0)
    ending = PurePath(name).suffix.lower()
    if head == _ZIP or ending == ".zip":
        try:
            found = read_archive(file, is_kept=is_kept)
        except ArchiveError as refused:
            raise UploadError(str(refused)) from refused
        return found.text, found.pictures, found.passed_over
    if ending in ENDINGS or ending == ".svg":
        raise UploadError("This is a picture. Upload a bank first, then add the picture to it; or make a zip of both.")
    if ending not in _TEXTS:
        raise UploadError("Choose a bank file that ends in .yaml, or a zip of one with its pictures.")
    return file.read(MAX_BYTES + 1), {}, ()


def _decoded(data: bytes, name: str) -> str:
    """The text of a bank file; what cannot be read at all is refused in the words of the check."""
    source, problems = open_source(data, name)
    if source is None:
        raise UploadError(problems[0].message)
    if not_a_bank(source) is not None:
        raise UploadError(
            "This file holds no bank: no line begins with “format:”, “bank:” or “questions:”. Choose another file."
        )
    return data.decode("utf-8-sig")
