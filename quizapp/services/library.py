"""The library: every bank that a teacher may see, found by words, skill, kind and what is due.

Reads what was noted when a bank was published, and no question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.bank.ages import Ages
from quizapp.models import (
    Account,
    Bank,
    BankDraft,
    BankLesson,
    BankListing,
    BankRevision,
    BankShare,
    BankTrait,
    Quiz,
    Skill,
    Trait,
    db,
)
from quizapp.services.bank_access import BankRight, right_in, visible_to
from quizapp.services.drafts import DraftLine, my_drafts
from quizapp.services.library_matches import Match, matches
from quizapp.services.listings import folded_words, spoken

BANKS_ON_PAGE = 20
WORDS_MAX = 8
"""Of a search; more narrow nothing down that the first ones leave."""

_DIFFICULTIES = ("easy", "medium", "hard")


class Whose(StrEnum):
    """Whose banks are shown."""

    ALL = ""
    OWN = "own"
    SHARED = "shared"
    SHIPPED = "shipped"


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty fields leave everything in."""

    words: str = ""
    skill: str = ""
    kind: str = ""
    difficulty: str = ""
    language: str = ""
    age: int | None = None
    """In years; leaves only banks that say that they are meant for it."""
    whose: Whose = Whose.ALL
    due: bool = False
    """Only banks with facts that were to be checked again by today."""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out at all."""
        return bool(
            self.words
            or self.skill
            or self.kind
            or self.difficulty
            or self.language
            or self.age is not None
            or self.whose
            or self.due
        )


@dataclass(frozen=True)
class Count:
    """A skill, kind or difficulty, and how many questions have it."""

    value: str
    name: str
    questions: int


@dataclass(frozen=True)
class BankLine:
    """A bank as the library shows it."""

    bank: str
    """Public id."""
    quiz: str
    """Public id of the quiz that asks all its questions."""
    title: str
    language: str
    ages: Ages | None
    licence: str | None
    article: str | None
    """Title of the article it is built from."""
    number: int
    """Of its newest revision."""
    published_at: datetime
    questions: int
    review_by: date | None
    """The first day by which facts are to be checked again."""
    due: bool
    owner: str | None
    """Name of the colleague whose it is; None for one's own and for those that come with the program."""
    shipped: bool
    right: BankRight
    has_lesson: bool
    draft: str | None
    """Public id of one's own unpublished changes."""
    skills: tuple[Count, ...]
    kinds: tuple[Count, ...]
    difficulties: tuple[Count, ...]
    matches: tuple[Match, ...] = ()
    """Questions that hold the words that were looked for."""


@dataclass(frozen=True)
class Choices:
    """What can be chosen to narrow the list down: what the banks that can be seen have."""

    skills: tuple[Count, ...]
    kinds: tuple[Count, ...]
    difficulties: tuple[Count, ...]
    languages: tuple[str, ...]
    """Codes, such as en."""
    ages: tuple[int, ...]
    """Every year that a bank is meant for."""


@dataclass(frozen=True)
class LibraryPage:
    wanted: Wanted
    lines: tuple[BankLine, ...]
    found: int
    """Banks on all pages."""
    pages: int
    in_all: int
    """Banks that can be seen at all."""
    drafts: tuple[DraftLine, ...]
    """What was begun and not published."""
    choices: Choices


def library_page(account_id: int, wanted: Wanted, *, now: datetime) -> LibraryPage:
    """Return one page of the banks that a teacher may see, by title; those with the words in their title first."""
    today = now.date()
    words = folded_words(wanted.words)[:WORDS_MAX]
    conditions = [visible_to(account_id), *_conditions(account_id, wanted, words, today)]
    found = db.session.scalars(sa.select(sa.func.count()).select_from(Bank).join(BankListing).where(*conditions)).one()
    pages = max(1, -(-found // BANKS_ON_PAGE))
    page = min(max(wanted.page, 1), pages)
    in_title = [BankListing.folded_title.contains(f" {word}", autoescape=True) for word in words]
    rows = db.session.execute(
        _lines(account_id)
        .where(*conditions)
        .order_by(sa.case((sa.and_(*in_title), 0), else_=1) if in_title else sa.literal(0))
        .order_by(BankListing.folded_title, Bank.id)
        .limit(BANKS_ON_PAGE)
        .offset(BANKS_ON_PAGE * (page - 1))
    ).all()
    names = _skill_names()
    ids = [row.id for row in rows]
    traits, hits = _traits(ids, names), matches(ids, words)
    return LibraryPage(
        wanted=replace(wanted, page=page),
        lines=tuple(replace(_line(row, traits, account_id, today), matches=hits.get(row.id, ())) for row in rows),
        found=found,
        pages=pages,
        in_all=db.session.scalars(
            sa.select(sa.func.count()).select_from(Bank).join(BankListing).where(visible_to(account_id))
        ).one(),
        drafts=tuple(draft for draft in my_drafts(account_id) if draft.changed),
        choices=_choices(account_id, names),
    )


def bank_line(bank: str, account_id: int, *, now: datetime) -> BankLine | None:
    """Return what the library says about one bank, or None where this teacher may not see it."""
    row = db.session.execute(_lines(account_id).where(Bank.public_id == bank, visible_to(account_id))).one_or_none()
    if row is None:
        return None
    return _line(row, _traits([row.id], _skill_names()), account_id, now.date())


def _lines(account_id: int) -> sa.Select[Any]:
    return (
        sa.select(
            Bank.id,
            Bank.public_id.label("bank"),
            Bank.owner_id,
            Quiz.public_id.label("quiz"),
            BankRevision.title,
            BankRevision.language,
            BankRevision.licence,
            BankRevision.article,
            BankRevision.number,
            BankRevision.published_at,
            BankListing.questions,
            BankListing.review_by,
            BankListing.youngest,
            BankListing.oldest,
            Account.name.label("owner"),
            BankShare.right,
            BankLesson.bank_id.label("lesson"),
            BankDraft.public_id.label("draft"),
        )
        .select_from(Bank)
        .join(BankListing, BankListing.bank_id == Bank.id)
        .join(Quiz, sa.and_(Quiz.bank_id == Bank.id, Quiz.whole_bank))
        .join(BankRevision, _is_newest())
        .outerjoin(Account, Account.id == Bank.owner_id)
        .outerjoin(BankShare, sa.and_(BankShare.bank_id == Bank.id, BankShare.account_id == account_id))
        .outerjoin(BankLesson, BankLesson.bank_id == Bank.id)
        .outerjoin(
            BankDraft,
            sa.and_(BankDraft.bank_id == Bank.id, BankDraft.account_id == account_id, BankDraft.changed),
        )
    )


def _is_newest() -> sa.ColumnElement[bool]:
    """Whether a revision is the newest one of the bank beside it."""
    other = aliased(BankRevision)
    newest = sa.select(sa.func.max(other.number)).where(other.bank_id == Bank.id).correlate(Bank).scalar_subquery()
    return sa.and_(BankRevision.bank_id == Bank.id, BankRevision.number == newest)


def _conditions(account_id: int, wanted: Wanted, words: list[str], today: date) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [BankListing.words.contains(f" {word}", autoescape=True) for word in words]
    for trait, value in ((Trait.SKILL, wanted.skill), (Trait.KIND, wanted.kind), (Trait.DIFFICULTY, wanted.difficulty)):
        if value:
            has = sa.select(BankTrait.bank_id).where(
                BankTrait.bank_id == Bank.id, BankTrait.trait == trait, BankTrait.value == value
            )
            found.append(has.correlate(Bank).exists())
    if wanted.words.strip() and not words:
        found.append(sa.false())  # signs alone stand for nothing, and not for everything
    if wanted.language:
        speaks = sa.select(BankRevision.id).where(_is_newest(), BankRevision.language == wanted.language)
        found.append(speaks.correlate(Bank).exists())
    if wanted.age is not None:
        found.append(sa.and_(BankListing.youngest <= wanted.age, BankListing.oldest >= wanted.age))
    if wanted.whose is Whose.OWN:
        found.append(Bank.owner_id == account_id)
    elif wanted.whose is Whose.SHARED:
        found.append(sa.and_(Bank.owner_id.is_not(None), Bank.owner_id != account_id))
    elif wanted.whose is Whose.SHIPPED:
        found.append(visible_to(None))
    if wanted.due:
        found.append(BankListing.review_by <= today)
    return found


def _choices(account_id: int, names: dict[str, str]) -> Choices:
    rows = db.session.execute(
        sa.select(BankTrait.trait, BankTrait.value, sa.func.sum(BankTrait.questions))
        .join(Bank, Bank.id == BankTrait.bank_id)
        .where(visible_to(account_id))
        .group_by(BankTrait.trait, BankTrait.value)
        .order_by(BankTrait.value)
    ).all()
    known = {slug: place for place, slug in enumerate(names)}
    counts: dict[Trait, list[Count]] = {trait: [] for trait in Trait}
    for trait, value, number in rows:
        counts[trait].append(_count(trait, value, number, names))
    return Choices(
        skills=tuple(sorted(counts[Trait.SKILL], key=lambda one: (known.get(one.value, len(known)), one.name))),
        kinds=tuple(counts[Trait.KIND]),
        difficulties=_by_difficulty(counts[Trait.DIFFICULTY]),
        languages=tuple(
            db.session.scalars(
                sa.select(BankRevision.language)
                .join(Bank, _is_newest())
                .where(visible_to(account_id))
                .distinct()
                .order_by(BankRevision.language)
            )
        ),
        ages=_ages(account_id),
    )


def _ages(account_id: int) -> tuple[int, ...]:
    ranges = db.session.execute(
        sa.select(BankListing.youngest, BankListing.oldest).join(Bank).where(visible_to(account_id)).distinct()
    )
    said = filter(None, (Ages.between(youngest, oldest) for youngest, oldest in ranges))
    return tuple(sorted({age for ages in said for age in ages.years}))


def _traits(bank_ids: list[int], names: dict[str, str]) -> dict[int, dict[Trait, list[Count]]]:
    """What the questions of these banks are like, the commonest first."""
    rows = db.session.execute(
        sa.select(BankTrait.bank_id, BankTrait.trait, BankTrait.value, BankTrait.questions)
        .where(BankTrait.bank_id.in_(bank_ids))
        .order_by(BankTrait.questions.desc(), BankTrait.value)
    )
    found: dict[int, dict[Trait, list[Count]]] = {}
    for bank_id, trait, value, number in rows:
        found.setdefault(bank_id, {}).setdefault(trait, []).append(_count(trait, value, number, names))
    return found


def _count(trait: Trait, value: str, questions: int, names: dict[str, str]) -> Count:
    return Count(value, names.get(value, spoken(value)) if trait is Trait.SKILL else value, questions)


def _line(row: Any, traits: dict[int, dict[Trait, list[Count]]], account_id: int, today: date) -> BankLine:
    counts = traits.get(row.id, {})
    return BankLine(
        bank=row.bank,
        quiz=row.quiz,
        title=row.title,
        language=row.language,
        ages=Ages.between(row.youngest, row.oldest),
        licence=row.licence,
        article=None if row.article is None else row.article.get("title"),
        number=row.number,
        published_at=row.published_at,
        questions=row.questions,
        review_by=row.review_by,
        due=row.review_by is not None and row.review_by <= today,
        owner=None if row.owner_id == account_id else row.owner,
        shipped=row.owner_id is None,
        right=right_in(row.owner_id, row.right, account_id),
        has_lesson=row.lesson is not None,
        draft=row.draft,
        skills=tuple(counts.get(Trait.SKILL, ())),
        kinds=tuple(counts.get(Trait.KIND, ())),
        difficulties=_by_difficulty(counts.get(Trait.DIFFICULTY, ())),
    )


def _by_difficulty(counts: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda one: _DIFFICULTIES.index(one.value)))


def _skill_names() -> dict[str, str]:
    return dict(db.session.execute(sa.select(Skill.slug, Skill.name).order_by(Skill.position)).all())
