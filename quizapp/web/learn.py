"""Taking a quiz: question, feedback, check your answers, result, my work."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from quizapp.items.base import Response as ItemResponse
from quizapp.services import attempts, reviewing, starting, taking
from quizapp.services import my_work as my_work_service
from quizapp.services.attempts import TAB_LENGTH, Drawn, RefusedError
from quizapp.services.rosters import NotFoundError
from quizapp.services.starting import CannotStartError
from quizapp.services.taking import AttemptRef, PassedByError, QuestionPage
from quizapp.web import auth, instance, kept
from quizapp.web.auth import Access, access
from quizapp.web.forms import ConfidenceForm
from quizapp.web.forms_people import ReturnForm
from quizapp.web.media import image_url
from quizapp.web.security import csrf, token_is_good

bp = Blueprint("learn", __name__)


@bp.route("/t/<attempt>/<int:position>", methods=["GET"])
@access(Access.TAKERS)
def question(attempt: str, position: int) -> str | Response:
    """Show one question, or its feedback once it is checked."""
    page = taking.question_page(auth.taker(), attempt, position, now=instance.now())
    if page.attempt.handed_in_at is not None:
        return redirect(url_for("learn.result", attempt=attempt))
    if page.attempt.ended:
        return _ended(page.attempt)
    if page.checked:
        return redirect(url_for("learn.feedback", attempt=attempt, position=position))
    return draw_question(
        page,
        page.content.item.form(page.shown, response=page.response),
        ConfidenceForm.showing(page.confidence),
    )


@bp.post("/t/<attempt>/<int:position>")
@access(Access.TAKERS)
@csrf.exempt  # checked inside, so that a stale form keeps the answer that was typed into it
def answer(attempt: str, position: int) -> str | Response | tuple[str, int]:
    """Save an answer, check it, or go on without one."""
    try:
        page = taking.question_page(auth.taker(), attempt, position, now=instance.now())
    except NotFoundError:
        if auth.identity().is_student:
            raise
        return _signed_out(attempt, position)
    form = page.content.item.form(page.shown, formdata=request.form)
    sure = ConfidenceForm(request.form)
    if not token_is_good():
        sentence = _("This page had been open for a long time. Your answer is still here: press the button again.")
        return draw_question(page, form, sure, sentence=sentence), 400
    if not form.validate():
        return draw_question(page, form, sure), 422
    skipping = request.form.get("go") == "skip"
    response = page.content.item.read(form, page.shown)
    if response is None and not skipping:
        skip = _("Leave it blank") if page.attempt.one_way else _("Skip for now")
        if form.is_typed:
            sentence = _("Write an answer, or press “%(skip)s”.", skip=skip)
        else:
            sentence = _("Choose an answer, or press “%(skip)s”.", skip=skip)
        return draw_question(page, form, sure, sentence=sentence), 422
    try:
        checked = _store(page, response, sure, checking=request.form.get("go") == "check")
    except RefusedError as refused:
        return _after_refusal(page, refused)
    if checked:
        return redirect(url_for("learn.feedback", attempt=attempt, position=position))
    return redirect(_next_url(page, position, skipped=skipping))


def _store(page: QuestionPage, response: ItemResponse | None, sure: ConfidenceForm, *, checking: bool) -> bool:
    """Save what was given, or check it where this quiz does so at once. Returns whether it was checked."""
    taker, attempt, moment, drawn = auth.taker(), page.attempt.public_id, instance.now(), drawn_from(request.form)
    one_way = page.attempt.one_way
    if checking and page.attempt.immediate and response is not None:
        saved = attempts.check(
            taker,
            attempt,
            page.position,
            response.to_json(),
            confidence=sure.level,
            drawn=drawn,
            now=moment,
            leaving=one_way,
        )
    elif response is None and page.response is None:
        if one_way:
            attempts.pass_by(taker, attempt, page.position, now=moment)
        return False
    else:
        saved = attempts.save(
            taker,
            attempt,
            page.position,
            None if response is None else response.to_json(),
            confidence=sure.level,
            drawn=drawn,
            now=moment,
            leaving=one_way,
        )
        checking = False
    if saved.other_tab:
        flash(_("This question was also answered in another tab. The newest answer counts: this one."), "warn")
    return checking


@bp.post("/t/<attempt>/<int:position>/draft")
@access(Access.TAKERS)
@csrf.exempt  # checked inside, so that the page's script gets an answer it understands
def draft(attempt: str, position: int) -> tuple[Response, int]:
    """Keep what is on the page, for the script that sends every change."""
    moment = instance.now()
    try:
        page = taking.question_page(auth.taker(), attempt, position, now=moment)
    except NotFoundError:
        return jsonify(error="not-found"), 404 if auth.identity().is_student else 401
    if not token_is_good():
        return jsonify(error="stale"), 400
    form = page.content.item.form(page.shown, formdata=request.form)
    if not form.validate():
        # Half-typed answers are normal here; the button will say what is missing.
        return jsonify(version=str(page.sequence or ""), saved_at=None), 200
    response = page.content.item.read(form, page.shown)
    try:
        saved = attempts.save(
            auth.taker(),
            attempt,
            position,
            None if response is None else response.to_json(),
            confidence=ConfidenceForm(request.form).level,
            drawn=drawn_from(request.form),
            now=moment,
        )
    except RefusedError as refused:
        return jsonify(error=refused.reason), 409
    saved_at = format_time(moment, "HH:mm")
    ends_at, left = page.attempt.ends_at, page.attempt.seconds_left
    time = {} if ends_at is None or left is None else {"time": {"left": left, "ends": format_time(ends_at, "HH:mm")}}
    return jsonify(version=str(saved.sequence), saved_at=saved_at, other_tab=saved.other_tab, **time), 200


@bp.get("/t/<attempt>/<int:position>/feedback")
@access(Access.TAKERS)
def feedback(attempt: str, position: int) -> str | Response:
    """Show what was right and why."""
    try:
        page = reviewing.feedback_page(auth.taker(), attempt, position, now=instance.now())
    except NotFoundError:
        # Not checked yet: the question itself is the answer to "where is my feedback?"
        taking.question_page(auth.taker(), attempt, position, now=instance.now())
        return redirect(url_for("learn.question", attempt=attempt, position=position))
    next_url = (
        url_for("learn.result", attempt=attempt)
        if page.attempt.handed_in_at is not None
        else _next_after_feedback(attempt, position, page.attempt.total)
    )
    return render_template(
        "learn/feedback.html",
        page=page,
        html=page.html,
        image_url=image_url(page.content.stimulus),
        next_url=next_url,
    )


@bp.get("/t/<attempt>/check")
@access(Access.TAKERS)
def check_answers(attempt: str) -> str | Response:
    """List the answers before they are handed in."""
    page = reviewing.check_page(auth.taker(), attempt, now=instance.now())
    if page.attempt.handed_in_at is not None:
        return redirect(url_for("learn.result", attempt=attempt))
    if page.attempt.ended:
        return _ended(page.attempt)
    return render_template("learn/check.html", page=page)


@bp.post("/t/<attempt>/hand-in")
@access(Access.TAKERS)
def hand_in(attempt: str) -> Response:
    """Hand in; a second click is the same as one."""
    attempts.hand_in(auth.taker(), attempt, now=instance.now())
    return redirect(url_for("learn.result", attempt=attempt))


@bp.get("/t/<attempt>/result")
@access(Access.TAKERS)
def result(attempt: str) -> str | Response:
    """Show the result, or when it will be shown."""
    page = reviewing.result_page(auth.taker(), attempt, now=instance.now())
    if isinstance(page, taking.AttemptRef):
        if page.ended:
            return _ended(page)
        if page.handed_in_at is None:
            return redirect(url_for("learn.check_answers", attempt=attempt))
        return render_template("learn/held_back.html", attempt=page)
    return render_template("learn/result.html", page=page)


@bp.get("/me")
@access(Access.STUDENTS)
def my_work() -> str:
    """Show open work, finished quizzes and skills."""
    student_id, section_id = auth.student_ids()
    page = my_work_service.my_work(student_id, section_id, now=instance.now())
    return render_template("learn/my_work.html", page=page)


@bp.get("/a/<assignment>")
@access(Access.STUDENTS)
def before(assignment: str) -> str | Response:
    """Say what there is to know before the start, or why there is none now."""
    student_id, _section = auth.student_ids()
    page = starting.start_page(assignment, student_id, now=instance.now())
    if page.under_way is not None:
        position = attempts.first_open_position(auth.taker(), page.under_way)
        return redirect(url_for("learn.question", attempt=page.under_way, position=position))
    return render_template("learn/start.html", page=page)


@bp.post("/a/<assignment>/start")
@access(Access.STUDENTS)
def start(assignment: str) -> Response:
    """Start an assignment, or go on with it."""
    student_id, _section = auth.student_ids()
    try:
        attempt = starting.start_assignment(assignment, student_id, now=instance.now(), rng=secrets.SystemRandom())
    except CannotStartError:
        # That page says why, and what to do next.
        return redirect(url_for("learn.before", assignment=assignment))
    position = attempts.first_open_position(auth.taker(), attempt)
    return redirect(url_for("learn.question", attempt=attempt, position=position))


@bp.post("/t/return")
@access(Access.EVERYBODY)
def come_back() -> str | Response | tuple[str, int]:
    """Sign in again in mid-quiz and save the answer that had arrived without a sign-in."""
    form = ReturnForm()
    late = kept.read(form.kept.data or "")
    if late is None:
        flash(_("Sign in with your class code. Every answer shown as saved is still there."), "warn")
        return redirect(url_for("join.index"))
    if form.validate_on_submit():
        token = kept.sign_in_again(form)
        if token is not None:
            auth.remember(token)
            flash(kept.save_late(late, token), "good")
            return redirect(url_for("learn.question", attempt=late.attempt, position=late.position))
    return render_template("learn/signed_out.html", form=form, errors=form.errors or True), 422


def draw_question(page: QuestionPage, form: Form, sure: ConfidenceForm, *, sentence: str | None = None) -> str:
    """Return the page of a question, with a sentence above it when something must be said."""
    return render_template(
        "learn/question.html",
        page=page,
        form=form,
        sure=sure,
        tab=request.form.get("tab", "")[:TAB_LENGTH] or secrets.token_hex(TAB_LENGTH // 2),
        html=page.html,
        image_url=image_url(page.content.stimulus),
        sentence=sentence,
        errors=bool(sentence or form.errors),
    )


@bp.app_errorhandler(PassedByError)
def out_of_turn(error: PassedByError) -> tuple[str | Response, int]:
    """Answer whoever asks for an earlier or a later question of a one-way quiz."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=RefusedError.PASSED_BY), 409
    return render_template("learn/passed_by.html", attempt=error.attempt), 409


def _ended(attempt: AttemptRef) -> str:
    """Say that the time is over. Handing in is a change, so it is a button, or happens by itself."""
    return render_template("learn/ended.html", attempt=attempt)


def drawn_from(posted: MultiDict[str, str]) -> Drawn | None:
    """Return which page a post comes from, and the newest save that page knows of."""
    tab, version = posted.get("tab", ""), posted.get("version", "")
    if not tab or (version and not (version.isascii() and version.isdigit() and len(version) < 9)):
        return None
    return Drawn(tab[:TAB_LENGTH], int(version or 0))


def _signed_out(attempt: str, position: int) -> tuple[str, int]:
    fields: MultiDict[str, str] = request.form
    form = ReturnForm(formdata=None, kept=kept.write(attempt, position, fields))
    return render_template("learn/signed_out.html", form=form, errors=False), 401


def _after_refusal(page: QuestionPage, refused: RefusedError) -> Response:
    attempt, position = page.attempt.public_id, page.position
    if refused.reason == RefusedError.CHECKED:
        flash(_("You had already checked this answer, so the first one counts."), "warn")
        return redirect(url_for("learn.feedback", attempt=attempt, position=position))
    if refused.reason == RefusedError.HANDED_IN:
        flash(_("This quiz was already handed in, so nothing was changed."), "warn")
        return redirect(url_for("learn.result", attempt=attempt))
    if refused.reason == RefusedError.PASSED_BY:
        raise PassedByError(taking.attempt_ref(auth.taker(), attempt, now=instance.now()))
    if refused.reason == RefusedError.NOT_IN_CLASS:
        flash(_("You are no longer in this class, so nothing was changed. Every answer saved before is kept."), "warn")
        return redirect(url_for("learn.my_work"))
    attempts.hand_in(auth.taker(), attempt, now=instance.now())
    if refused.reason == RefusedError.OUT_OF_TIME:
        flash(_("Time was up before this answer arrived. All answers saved before it are handed in."), "warn")
    else:
        flash(_("This quiz closed before this answer arrived. All answers saved before it are handed in."), "warn")
    return redirect(url_for("learn.result", attempt=attempt))


def _next_url(page: QuestionPage, position: int, *, skipped: bool) -> str:
    attempt = page.attempt.public_id
    if request.args.get("back") == "check" and not skipped:
        return url_for("learn.check_answers", attempt=attempt)
    if position < page.attempt.total:
        return url_for("learn.question", attempt=attempt, position=position + 1)
    return url_for("learn.check_answers", attempt=attempt)


def _next_after_feedback(attempt: str, position: int, total: int) -> str:
    if position < total:
        return url_for("learn.question", attempt=attempt, position=position + 1)
    return url_for("learn.check_answers", attempt=attempt)
