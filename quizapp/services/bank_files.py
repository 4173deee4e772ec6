"""Banks as files: the author's text exactly as it is kept, alone or in an archive with its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.bank.archive import packed_bank
from quizapp.bank.mending import slugged
from quizapp.models import BankRevision, db
from quizapp.services.bank_access import BankRight, bank_with_right
from quizapp.services.draft_rows import pictures_of
from quizapp.services.drafts import read_draft
from quizapp.services.pictures import picture_path
from quizapp.services.rosters import NotFoundError


@dataclass(frozen=True)
class BankFile:
    """A text with what belongs to it."""

    name: str
    """Of the file, without its ending: small letters, digits, dashes."""
    text: str
    pictures: Mapping[str, str]
    """The name under which each is kept, by its name in the text."""

    def packed(self) -> bytes:
        """Return a zip archive with the text and its pictures, which can be uploaded again.

        Raises:
            NotFoundError: a picture is not in the data folder any more.
        """
        return packed_bank(f"{self.name}.yaml", self.text, {name: _read(kept) for name, kept in self.pictures.items()})


def revision_file(bank: str, account_id: int, number: int | None = None) -> BankFile:
    """Return a published bank as a file; whoever may copy a bank may have its text.

    Args:
        number: of the revision; None: the newest one.

    Raises:
        NotFoundError: there is no such bank or revision, or this teacher may not copy it.
    """
    session = db.session()
    row = bank_with_right(session, bank, account_id, BankRight.COPY)
    query = sa.select(BankRevision).where(BankRevision.bank_id == row.id).order_by(BankRevision.number.desc()).limit(1)
    revision = session.scalar(query if number is None else query.where(BankRevision.number == number))
    if revision is None:
        raise NotFoundError("revision")
    name = row.slug if number is None else f"{row.slug}-{number}"
    return BankFile(name, revision.source, pictures_of(session, revision.id))


def draft_file(draft: str, account_id: int) -> BankFile:
    """Return a draft as a file, broken or not.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    found = read_draft(draft, account_id)
    return BankFile(slugged(found.title) or "bank", found.text, found.pictures)


def _read(kept_name: str) -> bytes:
    path = picture_path(kept_name)
    if path is None:
        raise NotFoundError("picture")
    return path.read_bytes()
