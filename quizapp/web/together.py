"""A room as students see it: the door, the own answer, and what all answered."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response as AnyResponse

from quizapp.items.controls import AnswerForm
from quizapp.services import room_members
from quizapp.services.credentials import is_class_code, read_join_code, show_join_code
from quizapp.services.room_members import MemberPage, RoomError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_rooms import JoinRoomForm, NicknameForm, RoundForm

bp = Blueprint("together", __name__, url_prefix="/r")

Answer = str | AnyResponse | tuple[str, int]


@bp.route("", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def door() -> Answer:
    """Ask for code and nickname at once."""
    form = JoinRoomForm()
    typed, class_code = form.code.data or "", None
    if form.validate_on_submit():
        try:
            # Not looked for among the classes: the page must not tell whether there is such a class.
            if is_class_code(typed):
                class_code = read_join_code(typed)
                form.code.errors = [_("This looks like the code of a class, not of a room.")]
            else:
                return _come_in(typed, form)
        except RoomError as error:
            if error.reason == RoomError.SOMEBODY:
                return _ask_who(read_join_code(typed), form, 409)
            field = form.code if error.reason in {RoomError.UNKNOWN, RoomError.CLOSED} else form.nickname
            field.errors = [refusal(error)]
    page = render_template("rooms/join.html", form=form, code=None, class_code=class_code, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.route("/<code>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def room(code: str) -> Answer:
    """Show the room to who is in it, and ask everybody else for a nickname."""
    if request.method == "GET":
        # Whoever is in is let on before codes are counted: strangers who guess must not shut them out.
        try:
            return _draw(room_members.member_page(code, auth.known_visitor(), now=instance.now()))
        except RoomError as error:
            if error.reason != RoomError.STRANGER:
                return _no_room(error, code)
    try:
        found = room_members.open_room(code, network=instance.network(), key=instance.key(), now=instance.now())
    except RoomError as error:
        return _no_room(error, code)
    form = NicknameForm()
    if request.method == "POST" and form.validate():
        try:
            return _come_in(found.code, form)
        except RoomError as error:
            if error.reason == RoomError.SOMEBODY:
                return _ask_who(found.code, form, 409)
            form.nickname.errors = [refusal(error)]
    page = render_template("rooms/join.html", form=form, code=found.code, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.route("/<code>/in", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def come_in(code: str) -> Answer:
    """Say as whom this device is in the room, for another student to take it; whoever is not in goes to the door."""
    form = NicknameForm()
    if request.method == "GET":
        return _ask_who(code, form, 200)
    if form.validate():
        try:
            return _come_in(code, form, instead=True)
        except RoomError as error:
            form.nickname.errors = [refusal(error)]
    return _ask_who(code, form, 422)


@bp.get("/<code>/answer")
@access(Access.EVERYBODY)
def after_answer(code: str) -> AnyResponse:
    """Lead to the room: the page of an answer that was refused has this address, and is opened again with it."""
    return redirect(url_for("together.room", code=code))


@bp.post("/<code>/answer")
@access(Access.EVERYBODY)
def answer(code: str) -> Answer:
    """Save an answer: with the button, or for the script that sends every change."""
    by_script = request.accept_mimetypes.best == "application/json"
    visitor = auth.known_visitor()
    try:
        page = room_members.member_page(code, visitor, now=instance.now())
    except RoomError as error:
        return _gone(error) if by_script else _no_room(error, code)
    form, round_form = page.asked.form(request.form), RoundForm()
    if not (form.validate() and round_form.validate()):
        return make_response(jsonify(error="unreadable"), 400) if by_script else (_draw(page, request.form), 422)
    number = round_form.round.data or 0
    try:
        saved = room_members.save(code, visitor, number, page.asked.read(form), now=instance.now())
    except RoomError as error:
        return _gone(error) if by_script else _too_late(code, number)
    if by_script:
        return make_response(jsonify(version=str(saved.sequence), saved_at=format_time(saved.at, "HH:mm")))
    if page.asked.keyed:
        flash(_("Your vote is saved. You can change it until your teacher ends the vote."), "good")
    else:
        flash(_("Your answer is saved. You can change it until your teacher ends the round."), "good")
    return redirect(url_for("together.room", code=code))


@bp.get("/<code>/now")
@access(Access.EVERYBODY)
def now(code: str) -> Response:
    """Tell a phone whether its page is still true: 304 while it is, else a word that says what the room is at."""
    state = room_members.member_state(code, auth.known_visitor(), now=instance.now())
    told = make_response(jsonify(state=state))
    told.headers["ETag"] = quote_etag(state)
    told.make_conditional(request)
    return told


def refusal(error: RoomError) -> str:
    """Return what is said to somebody who was not let in."""
    sentences = {
        RoomError.UNKNOWN: _("No room has this code. Compare it sign by sign with the one your teacher shows."),
        RoomError.CLOSED: _("This room is closed. Ask your teacher whether there is another."),
        RoomError.OUT: _(
            "Your teacher has taken out whoever was in this room with this browser. If you would like to come in,"
            " ask your teacher."
        ),
        RoomError.FULL: _("This room is full. Ask your teacher."),
        RoomError.LOCKED: _("Nobody else may come into this room now. If you belong in it, ask your teacher."),
        RoomError.TAKEN: _(
            "Somebody in this room has this nickname already. If it is you, go on with the device you came in with;"
            " if not, choose another."
        ),
        RoomError.BARRED: _("This nickname cannot be used in this room any more. Choose another."),
        RoomError.NICKNAME: _("Choose another nickname, with at least one letter and not too long."),
        RoomError.STRANGER: _("You are not in this room any more. Come in again with the code."),
    }
    return sentences[error.reason]


def _come_in(code: str, form: NicknameForm, *, instead: bool = False) -> AnyResponse:
    network, key, moment = instance.network(), instance.key(), instance.now()
    found = room_members.open_room(code, network=network, key=key, now=moment)
    nickname = form.nickname.data or ""
    visitor = auth.visitor_hash()
    if not room_members.join(
        found, nickname, visitor_hash=visitor, network=network, key=key, now=moment, instead=instead
    ):
        here = room_members.nickname_in(found.code, visitor, now=moment)
        flash(_("You are already here as %(name)s. If that is not you, press “Not you?”.", name=here))
    return redirect(url_for("together.room", code=found.code))


def _ask_who(code: str, form: NicknameForm, status: int) -> Answer:
    """The page of a device that is in already; whoever is not in, or not any more, is sent to the room to hear so."""
    try:
        nickname = room_members.nickname_in(code, auth.known_visitor(), now=instance.now())
    except RoomError:
        return redirect(url_for("together.room", code=code))
    return render_template("rooms/who.html", code=read_join_code(code), nickname=nickname, form=form), status


def _no_room(error: RoomError, code: str) -> Answer:
    if error.reason == RoomError.UNKNOWN:
        flash(refusal(error), "warn")
        return redirect(url_for("together.door"))
    # Whom the teacher took out may be let back in, and then needs a way that keeps the nickname.
    again = error.reason == RoomError.OUT
    return render_template("rooms/over.html", sentence=refusal(error), code=code, again=again), 410


def _gone(error: RoomError) -> Response:
    return make_response(jsonify(error=error.reason), 409 if error.reason == RoomError.OVER else 410)


def _too_late(code: str, number: int) -> Answer:
    """Show what was posted for a round that is over, in the room as it is now."""
    try:
        page = room_members.member_page(code, auth.known_visitor(), now=instance.now())
    except RoomError as error:
        return _no_room(error, code)
    return _draw(page, request.form, late=number), 409


def _draw(page: MemberPage, posted: MultiDict[str, str] | None = None, *, late: int | None = None) -> str:
    """The page of a member. `posted` is what came back unsaved: it stays marked; `late` the round it missed."""
    begun = page.earlier if page.own is None and page.room.taking else page.own
    form: AnswerForm = page.asked.form(posted, begun)
    return render_template(
        "rooms/mark.html",
        page=page,
        form=form,
        answered=page.own is not None,
        posted=posted is not None,
        errors=form.errors,
        late=late,
        late_answer=page.asked.read(form) if late else None,
        shown_code=show_join_code(page.room.code),
    )
