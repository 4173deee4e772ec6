"""What the API answers, and what may be asked: the one definition of its JSON and of its document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quizapp.models import ApiScope

PublicId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Share = Annotated[float, Field(ge=0, le=1)]

DEFAULT_LIMIT, MOST_LIMIT = 50, 200


Level = Literal["no evidence", "not yet", "getting there", "secure", "strong"]
"""What a student has shown in a skill; docs/measures.md says when each word is used."""


class Answered(BaseModel):
    """Whatever the API answers: frozen, and nothing but what is written here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T", bound=Answered)


class Page(Answered, Generic[T]):
    """Some of a list. `next` is the cursor of what follows, null at the end."""

    data: tuple[T, ...]
    next: str | None


class Problem(Answered):
    """Problem details, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class Token(Answered):
    """The token that asks."""

    label: str
    teacher: str
    scopes: tuple[ApiScope, ...]
    expires_at: datetime


class Class(Answered):
    """A class of this teacher."""

    id: PublicId
    name: str
    students: int
    open_assignments: int
    working: int = Field(description="Attempts under way in open assignments.")


class Skill(Answered):
    """A skill that questions practise."""

    id: str
    name: str
    definition: str
    strand: str


class Assignment(Answered):
    """A quiz given to a class, and how far the class is with it."""

    id: PublicId
    title: str
    assigned_at: datetime
    opens_at: datetime
    closes_at: datetime | None
    open: bool
    handed_in: int
    working: int
    not_started: int


class Student(Answered):
    """A student of a class. `name` is null without the scope `names`."""

    id: PublicId = Field(description="A code that tells no name; the same in every answer and file.")
    name: str | None


class SkillResult(Answered):
    """What a student has shown in one skill."""

    skill: str
    level: Level
    earned: float = Field(description="Marks; part marks count as parts.")
    answers: int
    needed: int = Field(description="Answers still missing before a level can be named.")


class StudentSkills(Answered):
    """A student across all skills."""

    student: PublicId
    name: str | None
    last_active: datetime | None
    skills: tuple[SkillResult, ...]


class Attempt(Answered):
    """One sitting of one student."""

    id: PublicId
    student: PublicId
    name: str | None
    number: int = Field(description="From 1, within student and assignment.")
    state: Literal["handed-in", "working"]
    handed_in_at: datetime | None
    earned: float
    marked: int = Field(description="Questions with a mark.")
    waiting: int = Field(description="Answers that wait for the teacher; not among the marked.")


class Response(Answered):
    """What a student gave for one question in one attempt."""

    attempt: PublicId
    attempt_number: int
    position: int
    student: PublicId
    name: str | None
    assignment: PublicId | None = Field(description="Null for practice.")
    bank: str
    item: str = Field(description="The question's name within its bank.")
    revision: int
    lineage: int = Field(description="Rises when the key or the answers change.")
    kind: str
    skill: str | None
    answered: bool
    answer: Any = Field(
        description="In the author's words, as in question banks. Null when blank, and in assignments in which "
        "students may quietly change to other questions."
    )
    reason: str
    marked: bool
    fraction: Share | None = Field(description="The mark that counts; null while there is none, or when it is void.")
    void: bool = Field(description="The question was left out for everybody.")
    confidence: float | None
    started_at: datetime
    saved_at: datetime | None
    handed_in_at: datetime | None


class Option(Answered):
    """One answer that could be chosen."""

    option: str | None = Field(description="Null: left blank.")
    right: bool
    count: int
    upper: int | None
    lower: int | None


class Item(Answered):
    """How a question behaved in an assignment; see docs/measures.md."""

    number: int = Field(description="In the results, from 1.")
    item: str
    revision: int
    lineage: int
    kind: str
    skill: str | None
    prompt: str
    shown: int
    blank: int
    right: float = Field(description="Sum of the shares of marks.")
    facility: Share | None
    facility_interval: tuple[float, float] | None
    item_rest_r: float | None = Field(description="Null under 30 students.")
    item_rest_r_interval: tuple[float, float] | None
    flags: tuple[Literal["check-key", "does-not-separate"], ...]
    options: tuple[Option, ...] | None = Field(description="Null where there is not one list of answers.")


# ---------------------------------------------------------------- what may be asked


class NoQuery(BaseModel):
    """Nothing but the address."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paging(NoQuery):
    """Which part of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST_LIMIT, description="At most so many.")
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{1,80}$")] | None = Field(
        None, description="`next` of the answer before."
    )


class ResponsesQuery(Paging):
    """Which answers."""

    assignment: PublicId | None = Field(None, description="Only this assignment.")
    student: PublicId | None = Field(None, description="Only this student.")


class AttemptsQuery(Paging):
    """Which attempts."""

    which: Literal["all", "first", "last", "best"] = Field("all", description="Of each student.")


class ItemsQuery(Paging):
    """Which attempts are counted."""

    which: Literal["all", "first", "last", "best"] | None = Field(
        None, description="Of each student; left out, the one that counts in this assignment."
    )
