"""The JSON API: what a teacher's pages say, for the teacher's other programs. It only reads.

Every answer is made of the page object of the screen that shows the same.
"""

from __future__ import annotations

from flask import Flask, Response, abort, make_response

from quizapp.models import ApiScope
from quizapp.services import progress
from quizapp.services.answers import AnswerRow, Wanted, answers_page
from quizapp.services.class_page import ClassView, class_page
from quizapp.services.home import SectionLine, teacher_home
from quizapp.services.questions import ItemLine, item_lines
from quizapp.services.results import ResultRow, results_page
from quizapp.services.rosters import NotFoundError, roster_page
from quizapp.services.tokens import Bearer
from quizapp.web import api_schema as schema
from quizapp.web import instance
from quizapp.web.api_document import document
from quizapp.web.api_operations import bad_cursor, bp, operation, page_of
from quizapp.web.api_schema import AttemptsQuery, ItemsQuery, NoQuery, Page, Paging, ResponsesQuery
from quizapp.web.auth import Access, access
from quizapp.web.limits import Limiter


def init_app(app: Flask) -> None:
    """Give the app its count of requests."""
    app.extensions["api_limiter"] = Limiter()


@bp.get("/openapi.json", provide_automatic_options=False)
@access(Access.EVERYBODY)
def openapi() -> Response:
    """Describe the API; needs no token, and tells nothing about anybody."""
    answer = make_response(document())
    answer.headers["Content-Type"] = "application/json"
    return answer


@operation("/token", answer=schema.Token)
def token(bearer: Bearer, asked: NoQuery) -> schema.Token:
    """Who asks, and what this token may read."""
    return schema.Token(
        label=bearer.token.label,
        teacher=bearer.teacher,
        scopes=tuple(scope for scope in ApiScope if scope in bearer.token.scopes),
        expires_at=bearer.token.expires_at,
    )


@operation("/skills", answer=Page[schema.Skill], query=Paging)
def skills(bearer: Bearer, asked: Paging) -> Page[schema.Skill]:
    """All skills, in their order."""
    return page_of(
        progress.list_skills(),
        asked,
        key=lambda skill: skill.slug,
        one=lambda skill: schema.Skill(
            id=skill.slug, name=skill.name, definition=skill.definition, strand=skill.strand
        ),
    )


@operation("/classes", answer=Page[schema.Class], scope=ApiScope.CLASSES, query=Paging)
def classes(bearer: Bearer, asked: Paging) -> Page[schema.Class]:
    """The classes of this teacher, by name."""
    return page_of(_lines(bearer), asked, key=lambda line: line.section.public_id, one=_class)


@operation("/classes/{section}", answer=schema.Class, scope=ApiScope.CLASSES)
def one_class(bearer: Bearer, asked: NoQuery, section: str) -> schema.Class:
    """One class."""
    for line in _lines(bearer):
        if line.section.public_id == section:
            return _class(line)
    raise NotFoundError("class")


@operation("/classes/{section}/assignments", answer=Page[schema.Assignment], scope=ApiScope.CLASSES, query=Paging)
def assignments(bearer: Bearer, asked: Paging, section: str) -> Page[schema.Assignment]:
    """The assignments of a class, newest first, and how far the class is."""
    now = instance.now()
    page = class_page(section, bearer.account_id, now=now)
    return page_of(
        page.assignments,
        asked,
        key=lambda line: line.assignment.public_id,
        one=lambda line: schema.Assignment(
            id=line.assignment.public_id,
            title=line.assignment.title,
            assigned_at=line.assignment.assigned_at,
            opens_at=line.assignment.opens_at,
            closes_at=line.assignment.closes_at,
            open=line.assignment.is_open(now),
            handed_in=line.handed_in,
            working=line.working,
            not_started=line.not_started,
        ),
    )


@operation("/classes/{section}/students", answer=Page[schema.Student], scope=ApiScope.RESULTS, query=Paging)
def students(bearer: Bearer, asked: Paging, section: str) -> Page[schema.Student]:
    """Who is in a class."""
    named = ApiScope.NAMES in bearer.token.scopes
    return page_of(
        roster_page(section, bearer.account_id).students,
        asked,
        key=lambda line: line.public_id,
        one=lambda line: schema.Student(id=line.public_id, name=line.name if named else None),
    )


@operation("/classes/{section}/skills", answer=Page[schema.StudentSkills], scope=ApiScope.RESULTS, query=Paging)
def class_skills(bearer: Bearer, asked: Paging, section: str) -> Page[schema.StudentSkills]:
    """What each student of a class has shown in each skill."""
    named = ApiScope.NAMES in bearer.token.scopes
    page = class_page(section, bearer.account_id, now=instance.now(), view=ClassView(by_skill=True))
    return page_of(
        page.rows,
        asked,
        key=lambda row: row.student.public_id,
        one=lambda row: schema.StudentSkills(
            student=row.student.public_id,
            name=row.student.name if named else None,
            last_active=row.last_active,
            skills=tuple(
                schema.SkillResult(
                    skill=cell.skill.slug,
                    level=cell.level.value,
                    earned=cell.earned,
                    answers=cell.answers,
                    needed=cell.needed,
                )
                for cell in row.cells
            ),
        ),
    )


@operation(
    "/classes/{section}/assignments/{assignment}/attempts",
    answer=Page[schema.Attempt],
    scope=ApiScope.RESULTS,
    query=AttemptsQuery,
)
def attempts(bearer: Bearer, asked: AttemptsQuery, section: str, assignment: str) -> Page[schema.Attempt]:
    """The attempts at an assignment with their totals, by student."""
    named = ApiScope.NAMES in bearer.token.scopes
    page = results_page(section, assignment, bearer.account_id, now=instance.now(), which=asked.which)
    rows = [row for row in page.rows if row.attempt is not None]
    return page_of(rows, asked, key=lambda row: str(row.attempt), one=lambda row: _attempt(row, named=named))


@operation(
    "/classes/{section}/assignments/{assignment}/items",
    answer=Page[schema.Item],
    scope=ApiScope.CLASSES,
    query=ItemsQuery,
)
def items(bearer: Bearer, asked: ItemsQuery, section: str, assignment: str) -> Page[schema.Item]:
    """How each question of an assignment behaved."""
    lines = item_lines(section, assignment, bearer.account_id, which=asked.which)
    return page_of(lines, asked, key=lambda line: str(line.question.number), one=_item)


@operation("/classes/{section}/responses", answer=Page[schema.Response], scope=ApiScope.RESULTS, query=ResponsesQuery)
def responses(bearer: Bearer, asked: ResponsesQuery, section: str) -> Page[schema.Response]:
    """Every answer of a class, oldest attempts first: a row for a student, question and attempt."""
    named = ApiScope.NAMES in bearer.token.scopes
    after = None
    if asked.cursor is not None:
        attempt, dash, position = asked.cursor.partition("-")
        if not dash or not position.isdecimal() or len(position) > 6:
            abort(bad_cursor())
        after = (attempt, int(position))
    try:
        page = answers_page(
            section,
            bearer.account_id,
            wanted=Wanted(asked.assignment, asked.student),
            after=after,
            limit=asked.limit,
        )
    except NotFoundError as error:
        if error.args == ("attempt",):
            abort(bad_cursor())
        raise
    last = page.rows[-1] if page.rows and page.more else None
    return Page(
        data=tuple(_response(row, named=named) for row in page.rows),
        next=None if last is None else f"{last.attempt}-{last.position}",
    )


def _lines(bearer: Bearer) -> tuple[SectionLine, ...]:
    now = instance.now()
    return teacher_home(bearer.account_id, now=now, day_ends=instance.day_ends(now))


def _class(line: SectionLine) -> schema.Class:
    return schema.Class(
        id=line.section.public_id,
        name=line.section.name,
        students=line.students,
        open_assignments=line.open_assignments,
        working=line.working,
    )


def _attempt(row: ResultRow, *, named: bool) -> schema.Attempt:
    return schema.Attempt(
        id=str(row.attempt),
        student=row.person.public_id,
        name=row.person.name if named else None,
        number=row.number or 1,
        state="working" if row.handed_in_at is None else "handed-in",
        handed_in_at=row.handed_in_at,
        earned=row.total.earned,
        marked=row.total.marked,
        waiting=row.total.waiting,
    )


def _item(line: ItemLine) -> schema.Item:
    question, found = line.question, line.statistics
    interval, shown = found.facility_interval, found.r_shown
    return schema.Item(
        number=question.number,
        item=question.item.id,
        revision=question.revision,
        lineage=question.lineage,
        kind=question.item.kind,
        skill=question.skill,
        prompt=question.prompt,
        shown=found.shown,
        blank=found.blank,
        right=found.right,
        facility=found.facility,
        facility_interval=None if interval is None else (interval.low, interval.high),
        item_rest_r=found.r if shown else None,
        item_rest_r_interval=None
        if not shown or found.r_interval is None
        else (found.r_interval.low, found.r_interval.high),
        flags=tuple(flag.value for flag in found.flags),
        options=None
        if found.options is None
        else tuple(
            schema.Option(option=row.option, right=row.key, count=row.count, upper=row.upper, lower=row.lower)
            for row in found.options
        ),
    )


def _response(row: AnswerRow, *, named: bool) -> schema.Response:
    return schema.Response(
        attempt=row.attempt,
        attempt_number=row.attempt_number,
        position=row.position,
        student=row.student,
        name=row.name if named else None,
        assignment=row.assignment,
        bank=row.bank,
        item=row.item,
        revision=row.revision,
        lineage=row.lineage,
        kind=row.kind,
        skill=row.skill,
        answered=row.answered,
        answer=row.answer,
        reason=row.reason,
        marked=row.marked,
        fraction=row.fraction,
        void=row.void,
        confidence=row.confidence,
        started_at=row.started_at,
        saved_at=row.saved_at,
        handed_in_at=row.handed_in_at,
    )
