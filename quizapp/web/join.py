"""The door: class code, name and words, and what we keep about people."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.models import SecretKind
from quizapp.services import attempts, guests, one_time_links, room_members, settings, sign_in, starting
from quizapp.services.credentials import is_room_code, show_join_code
from quizapp.services.guests import GuestError
from quizapp.services.room_members import RoomError
from quizapp.services.sign_in import Door
from quizapp.services.starting import CannotStartError
from quizapp.web import instance, together
from quizapp.web.auth import Access, access, remember, visitor_hash
from quizapp.web.forms import JoinForm
from quizapp.web.forms_people import CardForm, GuestForm

bp = Blueprint("join", __name__)


@bp.route("/", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def index() -> str | Response | tuple[str, int]:
    """Ask for the code of a class, or of a room."""
    form = JoinForm()
    if form.validate_on_submit():
        try:
            if is_room_code(form.code.data or ""):
                found = room_members.open_room(
                    form.code.data or "", network=instance.network(), key=instance.key(), now=instance.now()
                )
                return redirect(url_for("together.come_in", code=found.code))
            door = sign_in.open_door(
                form.code.data or "", network=instance.network(), key=instance.key(), now=instance.now()
            )
            return redirect(url_for("join.card", code=door.code))
        except RoomError as error:
            form.code.errors = [together.refusal(error)]
        except sign_in.SignInError:
            form.code.errors = [
                _(
                    "No class has this code. Compare it letter by letter with the one your teacher shows."
                    " If it is right, the class may have been put away: ask your teacher."
                )
            ]
    page = render_template(
        "join/index.html",
        form=form,
        errors=form.errors,
        trial_open=settings.school_settings().trial_open,
        nobody_joins=one_time_links.nobody_joins(),
    )
    return (page, 422) if form.errors else page


@bp.route("/j/<code>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def card(code: str) -> str | Response | tuple[str, int]:
    """Ask for name and words; then straight to the first question."""
    try:
        door = sign_in.open_door(code, network=instance.network(), key=instance.key(), now=instance.now())
    except sign_in.SignInError:
        return _no_such_class()
    form = CardForm()
    if form.validate_on_submit():
        try:
            token = sign_in.sign_in_student(
                door,
                form.name.data or "",
                form.given,
                network=instance.network(),
                key=instance.key(),
                now=instance.now(),
            )
        except sign_in.SignInError:
            (form.pictures if form.pictures.data else form.secret).errors = [_refusal(door)]
        else:
            remember(token)
            return redirect(first_page(token))
    return _card_page(door, form=form)


@bp.post("/j/<code>/guest")
@access(Access.EVERYBODY)
def guest(code: str) -> str | Response | tuple[str, int]:
    """Let somebody without a card in with a nickname, while the teacher holds the door open."""
    try:
        door = sign_in.open_door(code, network=instance.network(), key=instance.key(), now=instance.now())
    except sign_in.SignInError:
        return _no_such_class()
    form = GuestForm()
    if form.validate_on_submit():
        try:
            token = guests.join_as_guest(
                door,
                form.nickname.data or "",
                visitor_hash=visitor_hash(),
                network=instance.network(),
                key=instance.key(),
                now=instance.now(),
            )
        except GuestError as error:
            form.nickname.errors = [_guest_refusal(error)]
        else:
            remember(token)
            return redirect(first_page(token))
    return _card_page(door, guest_form=form)


@bp.get("/privacy")
@access(Access.EVERYBODY)
def privacy() -> str:
    """Say in plain words what is kept."""
    return render_template("join/privacy.html", kept=settings.retention_settings())


@bp.get("/health")
@access(Access.EVERYBODY)
def health() -> tuple[dict[str, str], int]:
    """Answer a watchdog: the app runs and its database answers."""
    one_time_links.needs_setup()
    return {"status": "ok"}, 200


def _no_such_class() -> Response:
    # The same for a code that never was and for a class put away, so that a stranger learns nothing by trying.
    flash(
        _("No class has this code. Ask your teacher for the code of today: the class may have been put away."), "warn"
    )
    return redirect(url_for("join.index"))


def _card_page(
    door: Door, *, form: CardForm | None = None, guest_form: GuestForm | None = None
) -> str | tuple[str, int]:
    now = instance.now()
    form = form or CardForm(formdata=None)
    shown_guest_form = guest_form or (GuestForm(formdata=None) if door.lets_guests_in(now) else None)
    errors = {**form.errors, **(shown_guest_form.errors if shown_guest_form else {})}
    page = render_template(
        "join/card.html",
        form=form,
        guest_form=shown_guest_form,
        errors=errors,
        names=sign_in.names_at_the_door(door, now=now),
        with_pictures=door.secret_kind is SecretKind.PICTURES,
        section_name=door.section_name,
        code=show_join_code(door.code),
        join_code=door.code,
    )
    return (page, 422) if errors else page


def _refusal(door: Door) -> str:
    if door.secret_kind is SecretKind.PICTURES:
        return _(
            "That name and those pictures do not match. Compare each with your card; your teacher can make a new card."
        )
    return _(
        "That name and those words do not match. Type both exactly as on your card; your teacher can make a new card."
    )


def _guest_refusal(error: GuestError) -> str:
    sentences = {
        GuestError.NOT_WELCOME: _("Guests cannot join this class now. Ask the teacher to open the door."),
        GuestError.OUT: _("Your teacher has taken you out of this class. Talk to your teacher."),
        GuestError.FULL: _("There are too many guests already. Ask your teacher."),
        GuestError.TAKEN: _("Somebody in this class has this name. Choose another."),
        GuestError.NICKNAME: _("Choose another nickname, with at least one letter and not too long."),
    }
    return sentences[error.reason]


def first_page(token: str) -> str:
    """Return where a student who has just signed in goes: a question, what to know before one, or their work.

    Nothing is started that they did not choose: with several quizzes open they choose on their own page.
    """
    moment = instance.now()
    who = sign_in.identify(token, now=moment)
    if who.student_id is None or who.section_id is None:
        return url_for("join.index")
    assignment = starting.next_assignment(who.student_id, who.section_id, now=moment)
    if assignment is None:
        return url_for("learn.my_work")
    page = starting.start_page(assignment, who.student_id, now=moment)
    if page.under_way is None and (page.worth_reading or page.refusal):
        return url_for("learn.before", assignment=assignment)
    try:
        attempt = starting.start_assignment(assignment, who.student_id, now=moment, rng=secrets.SystemRandom())
    except CannotStartError:
        return url_for("learn.before", assignment=assignment)
    position = attempts.first_open_position(attempts.Taker(student_id=who.student_id), attempt)
    return url_for("learn.question", attempt=attempt, position=position)
