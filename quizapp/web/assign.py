"""A teacher's pages about assignments: assigning, changing, more time, closing; and a student's extra time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from quizapp.models import Route
from quizapp.services import alternatives, articles, assign_options, assigning, changing, rosters, support
from quizapp.services.articles import ArticleRef
from quizapp.services.assign_options import Classmates, QuizChoices
from quizapp.services.assigning import ALL, QuizRef, Recipients, RulesError
from quizapp.services.rosters import SectionRef
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_assign import (
    REASONS,
    AssignForm,
    AssignPartForm,
    ChangeForm,
    RouteForm,
    SupportForm,
    version_of,
)
from quizapp.web.teach import bp

Answer = str | Response | tuple[str, int]


@bp.route("/c/<section>/assign", methods=["GET", "POST"])
@access(Access.STAFF)
def assign(section: str) -> Answer:
    """Assign a quiz; the defaults fit a lesson, so one submit is enough."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    if request.args.get("quiz"):
        choices = assign_options.quiz_choices(found, request.args["quiz"], account)
        return _assign_part(found, choices, request.args.get("skill"))
    quizzes = assigning.list_quizzes(account)
    form = AssignForm()
    form.quiz.choices = [SelectChoice(quiz.public_id, quiz.title) for quiz in quizzes]
    if request.method == "GET" and len(quizzes) == 1:
        # Of several none is chosen beforehand: the wrong quiz is assigned sooner than noticed.
        form.quiz.data = quizzes[0].public_id
    answer = _assign(found, form, lambda: assigning.get_quiz(form.quiz.data, account))
    return answer or _assign_page(found, form, quizzes=quizzes)


@bp.get("/c/<section>/a/<assignment>/practise/<skill>")
@access(Access.STAFF)
def assign_practice(section: str, assignment: str, skill: str) -> Response:
    """Lead to assigning other questions of a skill."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    quiz = assign_options.practice_quiz(found, skill, assignment, account)
    if quiz is None:
        flash(_("No quiz has a question of this skill yet."), "message")
    return redirect(url_for("teach.assign", section=section, quiz=quiz, skill=skill if quiz else None))


def _assign_part(section: SectionRef, choices: QuizChoices, practise: str | None) -> Answer:
    """Assign some of a quiz, or a draw from it."""
    form = AssignPartForm()
    form.offer_questions(choices, practise)
    answer = _assign(section, form, lambda: choices.quiz)
    return answer or _assign_page(section, form, choices=choices)


def _assign(section: SectionRef, form: RouteForm, quiz: Callable[[], QuizRef]) -> Response | None:
    """Assign what a form says, or return None: the form is new, or has something to say."""
    mates = assign_options.classmates(section)
    form.offer(mates.groups, mates.students)
    rules = form.rules(instance.settings().timezone) if form.validate_on_submit() else None
    if rules is None:
        return None
    chosen = quiz()
    route = _route(form, chosen)
    try:
        assigning.assign(
            section,
            chosen,
            rules,
            account_id=auth.account_id(),
            now=instance.now(),
            request_key=form.request_key.data or None,
            to=form.recipients(),
            questions=form.questions() if isinstance(form, AssignPartForm) else ALL,
            route=route,
        )
    except RulesError as error:
        form.refuse(error)
        return None
    flash(_("“%(title)s” is assigned. Students join with this code.", title=chosen.title), "good")
    return redirect(url_for("teach.join_board", section=section.public_id))


def _route(form: RouteForm, quiz: QuizRef) -> Route | None:
    """Return which topics students get; None where there is nothing to choose between."""
    made_up = alternatives.made_up_questions(auth.account_id())
    route = Route(form.route.data or Route.EITHER)
    if quiz.article is None or not made_up:
        return None
    if route is Route.EITHER and made_up < quiz.questions:
        flash(_("Students cannot change to made-up topics here: the quiz has more questions than there are."), "warn")
        return None
    return route


def _assign_page(
    section: SectionRef, form: RouteForm, *, quizzes: tuple[QuizRef, ...] = (), choices: QuizChoices | None = None
) -> Answer:
    account = auth.account_id()
    about_article = any(quiz.article is not None for quiz in ((choices.quiz,) if choices else quizzes))
    lines: tuple[ArticleRef, ...] = ()
    if about_article and choices:
        lines = (articles.class_article(section, choices.quiz.public_id, account),)
    elif about_article:
        lines = articles.class_articles(section, account)
    faulty = form.errors or form.form_errors
    page = render_template(
        "teach/assign.html",
        section=section,
        form=form,
        errors=faulty,
        zone=instance.settings().timezone,
        made_up=alternatives.made_up_questions(account),
        about_article=about_article,
        articles=lines,
        quizzes=quizzes,
        choices=choices,
    )
    return (page, 422) if faulty else page


@bp.route("/c/<section>/a/<assignment>/change", methods=["GET", "POST"])
@access(Access.STAFF)
def change_assignment(section: str, assignment: str) -> Answer:
    """Show and change the rules of an assignment that is out."""
    found = rosters.get_section(section, auth.account_id())
    page = changing.assignment_page(found, assignment, now=instance.now())
    zone = instance.settings().timezone
    form = ChangeForm()
    form.leave_out_what_is_fixed(started=bool(page.started))
    form.offer(*_with_those_named(assign_options.classmates(found), page.to))
    if request.method == "GET":
        form.show(page.rules, page.to, page.version, zone)
    elif form.validate() and (rules := form.rules(zone, page.rules)) is not None:
        try:
            changing.change_assignment(
                found, assignment, rules, form.recipients(), version=form.seen, now=instance.now()
            )
        except RulesError as error:
            form.refuse(error)
        else:
            flash(_("“%(title)s” is changed, for attempts under way too.", title=page.title), "good")
            return redirect(url_for("teach.change_assignment", section=section, assignment=assignment))
    faulty = form.errors or form.form_errors
    body = render_template("teach/assign_change.html", section=found, page=page, form=form, errors=faulty, zone=zone)
    return (body, 422) if faulty else body


def _with_those_named(mates: Classmates, to: Recipients) -> tuple[list[str], list[tuple[str, str]]]:
    """Add who is named and no longer there: else nobody would be ticked, which means the whole class."""
    there = {public_id for public_id, _name in mates.students}
    gone = [(public_id, _("somebody who has left")) for public_id in to.students if public_id not in there]
    return [*mates.groups, *(group for group in to.groups if group not in mates.groups)], [*mates.students, *gone]


@bp.post("/c/<section>/a/<assignment>/more-time")
@access(Access.STAFF)
def more_time(section: str, assignment: str) -> Response:
    """Give everybody five more minutes."""
    return _press(section, assignment, changing.give_more_time, _("Everybody has 5 more minutes."))


@bp.post("/c/<section>/a/<assignment>/close")
@access(Access.STAFF)
def close_assignment(section: str, assignment: str) -> Response:
    """Take no more answers."""
    sentence = _("The quiz is closed. Everything saved is handed in within a minute.")
    return _press(section, assignment, changing.close_now, sentence)


@bp.post("/c/<section>/a/<assignment>/reopen")
@access(Access.STAFF)
def reopen_assignment(section: str, assignment: str) -> Response:
    """Take answers again."""
    sentence = _(
        "The quiz is open again. What was handed in stays handed in; on a student’s page you can give another attempt."
    )
    return _press(section, assignment, changing.reopen, sentence)


@bp.post("/c/<section>/students/<student>/time")
@access(Access.STAFF)
def give_support(section: str, student: str) -> Response:
    """Store how much more time a student has."""
    found = rosters.get_section(section, auth.account_id())
    form = SupportForm()
    if form.validate_on_submit():
        support.give_support(found, student, form.support, account_id=auth.account_id(), now=instance.now())
        flash(_("The time is changed: for every quiz from now on, for work under way, and for closing times."), "good")
    else:
        flash(_("Nothing was changed: choose one of the times."), "warn")
    return redirect(url_for("teach.student", section=section, student=student))


@bp.post("/c/<section>/students/<student>/extra-attempt")
@access(Access.STAFF)
def extra_attempt(section: str, student: str) -> Response:
    """Let one student take an assignment once more."""
    found = rosters.get_section(section, auth.account_id())
    changing.give_extra_attempt(found, request.form.get("assignment", ""), student)
    flash(_("There is one more attempt. The student finds it under My work."), "good")
    return redirect(url_for("teach.student", section=section, student=student))


def _press(section: str, assignment: str, change: Callable[..., None], done: str) -> Response:
    """Do what a button says once, however often it is pressed, and go back to where it was pressed."""
    found = rosters.get_section(section, auth.account_id())
    moment: datetime = instance.now()
    try:
        change(found, assignment, version=version_of(request.form.get("version")), now=moment)
    except RulesError as error:
        flash(str(REASONS[error.reason]), "warn")
    else:
        flash(done, "good")
    back = "live.live" if request.form.get("from") == "live" else "teach.change_assignment"
    return redirect(url_for(back, section=section, assignment=assignment))
