"""A teacher's rooms: open one, run its rounds from the projector or from a page of one's own, close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response as AnyResponse

from quizapp.models import RoomPhase
from quizapp.services import room_asked, room_door, room_questions, rooms
from quizapp.services.room_asked import WORDS_MAX, Asked, PassageError
from quizapp.services.room_results import Round, count_round
from quizapp.services.rooms import Pulse, RoomClosedError, RoomRef
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_rooms import USUAL_PROMPT, OpenRoomForm, OriginForm, StepForm
from quizapp.web.qr import qr_svg
from quizapp.web.vote_origins import carry_origin, origin_url, remember_origin

bp = Blueprint("rooms", __name__, url_prefix="/teach/rooms")
bp.url_defaults(carry_origin)

STEPS = {
    "open": (RoomPhase.OPEN, False, False),
    "open-shown": (RoomPhase.OPEN, True, False),
    "talking": (RoomPhase.TALKING, False, False),
    "talking-shown": (RoomPhase.TALKING, True, False),
    "revealed": (RoomPhase.TALKING, True, True),
}
"""What a button of the teacher can set: whether answers are taken, counts are shown, what is right is told."""


@dataclass(frozen=True)
class RoomView:
    """What the projector or the teacher's own page shows of a room at this moment."""

    pulse: Pulse
    asked: Asked
    result: Round | None
    changes: bool
    """Show what changed since the round before, rather than this round by itself."""

    @property
    def room(self) -> RoomRef:
        return self.pulse.room


@bp.route("", methods=["GET", "POST"])
@access(Access.STAFF)
def index() -> str | AnyResponse | tuple[str, int]:
    """List the rooms and open a new one."""
    form = OpenRoomForm()
    if form.validate_on_submit():
        try:
            asked = room_asked.passage(form.prompt.data or str(USUAL_PROMPT), form.text.data or "")
        except PassageError as error:
            form.text.errors = [_refusal(error)]
        else:
            room = rooms.open_passage(
                asked,
                account_id=auth.account_id(),
                now=instance.now(),
                request_key=form.request_key.data or None,
            )
            return redirect(url_for("rooms.board", room=room))
    lines = rooms.rooms_page(auth.account_id(), now=instance.now())
    page = render_template("rooms/index.html", page=lines, form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.post("/vote")
@access(Access.STAFF)
def vote() -> AnyResponse:
    """Open a room that votes on a question, and remember the page from which it was."""
    room = room_questions.open_question(request.form.get("question", ""), auth.account_id(), now=instance.now())
    origin = remember_origin(room, OriginForm())
    return redirect(url_for("rooms.board", room=room, question=origin), 303)


@bp.get("/<room>")
@access(Access.STAFF)
def control(room: str) -> str:
    """Show the teacher's own page of an open room, or a kept room with all its rounds."""
    pulse = _pulse(room)
    if pulse.room.closed_at is not None:
        asked = rooms.asked_by(pulse.room)
        rounds = [count_round(pulse.room.id, asked, number) for number in range(1, pulse.room.round + 1)]
        return render_template("rooms/kept.html", pulse=pulse, asked=asked, rounds=rounds, origin=origin_url(room))
    return render_template("rooms/control.html", **_control_parts(pulse), **_door(pulse.room))


@bp.get("/<room>/now")
@access(Access.STAFF)
def control_now(room: str) -> Response:
    """Give the part of the teacher's own page that changes, or 304."""
    return _part(room, "rooms/control_now.html", _control_parts)


@bp.get("/<room>/board")
@access(Access.STAFF)
def board(room: str) -> str | AnyResponse:
    """Show a room on the projector: the passage and counts, nobody's name."""
    pulse = _pulse(room)
    if pulse.room.closed_at is not None:
        return redirect(url_for("rooms.control", room=room))
    return render_template("rooms/board.html", **_board_parts(pulse), **_door(pulse.room))


@bp.get("/<room>/board/now")
@access(Access.STAFF)
def board_now(room: str) -> Response:
    """Give the part of the projector's page that changes, or 304."""
    return _part(room, "rooms/board_now.html", _board_parts)


@bp.post("/<room>/step")
@access(Access.STAFF)
def step(room: str) -> AnyResponse:
    """Take answers or stop, show the counts or hide them."""
    found = _open(room)
    form = StepForm()
    wanted = STEPS.get(request.form.get("to", ""))
    if not form.validate_on_submit() or wanted is None:
        _say_nothing_done()
        return _back(room)
    phase, shown, revealed = wanted
    # Pressed twice it does what it says once, and there is nothing to say about it.
    twice = form.round.data == found.round and wanted == (found.phase, found.shown, found.revealed)
    if not twice and not (
        _is_as_seen(form, found) and rooms.set_phase(found, phase, shown=shown, revealed=revealed, now=instance.now())
    ):
        _say_behind()
    return _back(room)


@bp.post("/<room>/next")
@access(Access.STAFF)
def next_round(room: str) -> AnyResponse:
    """Begin the next round."""
    found = _open(room)
    form = StepForm()
    if not form.validate_on_submit():
        _say_nothing_done()
    elif form.round.data == found.round - 1 and (found.phase, found.shown, found.revealed) == STEPS["open"]:
        pass  # Pressed twice it begins one round, and there is nothing to say about it.
    elif not _is_as_seen(form, found):
        _say_behind()
    elif found.round >= rooms.ROUNDS_MAX:
        flash(_("This room cannot go on any longer. Close it and open another."), "warn")
    elif not rooms.next_round(found, now=instance.now()):
        _say_behind()
    return _back(room)


@bp.post("/<room>/members/<member>/remove")
@access(Access.STAFF)
def remove(room: str, member: str) -> AnyResponse:
    """Take somebody out of a room."""
    name = room_door.remove_member(_open(room), member, now=instance.now())
    if name is None:
        _say_behind()
    else:
        flash(
            _(
                "“%(name)s” is out, and the answers no longer count. This nickname and this browser cannot come back"
                " unless you let them; with another browser or a private window somebody still can.",
                name=name,
            ),
            "good",
        )
    return redirect(url_for("rooms.control", room=room, names=1))


@bp.post("/<room>/members/<member>/let-back")
@access(Access.STAFF)
def let_back(room: str, member: str) -> AnyResponse:
    """Let somebody back in who was taken out."""
    name = room_door.let_back(_open(room), member, now=instance.now())
    if name is None:
        _say_behind()
    else:
        flash(
            _(
                "“%(name)s” is back in, and the answers count again. On the phone or computer, “Try again” leads into"
                " the room.",
                name=name,
            ),
            "good",
        )
    return redirect(url_for("rooms.control", room=room, names=1))


@bp.post("/<room>/lock")
@access(Access.STAFF)
def lock(room: str) -> AnyResponse:
    """Let nobody else in, or let people in again."""
    found, wanted = _open(room), request.form.get("to")
    if wanted not in {"locked", "open"}:
        _say_nothing_done()
        return redirect(url_for("rooms.control", room=room))
    locked = wanted == "locked"
    room_door.set_locked(found, locked=locked, now=instance.now())
    said = (
        _("Nobody else may come in now. Whoever is in stays in.")
        if locked
        else _("Everybody with the code may come in.")
    )
    flash(said, "good")
    return redirect(url_for("rooms.control", room=room))


@bp.post("/<room>/send-out")
@access(Access.STAFF)
def remove_silent(room: str) -> AnyResponse:
    """Take out everybody who has answered nothing yet."""
    gone = room_door.remove_silent(_open(room), now=instance.now())
    said = ngettext(
        "%(num)s person is out who had answered nothing.", "%(num)s people are out who had answered nothing.", gone
    )
    flash(said, "good")
    return redirect(url_for("rooms.control", room=room))


@bp.post("/<room>/close")
@access(Access.STAFF)
def close(room: str) -> AnyResponse:
    """Close a room: keep what was marked, or delete everything."""
    found = _open(room)
    if request.form.get("keep") not in {"yes", "no"}:
        _say_nothing_done()
        return redirect(url_for("rooms.control", room=room))
    keep = request.form.get("keep") == "yes"
    rooms.close_room(found, keep=keep, now=instance.now())
    if keep:
        flash(_("The room is closed. Text and answers are kept, without nicknames."), "good")
        return redirect(url_for("rooms.control", room=room))
    flash(_("The room is closed. Text, answers and nicknames are deleted."), "good")
    return redirect(origin_url(room) or url_for("rooms.index"))


@bp.post("/<room>/delete")
@access(Access.STAFF)
def delete(room: str) -> AnyResponse:
    """Delete a kept room."""
    rooms.delete_room(_room(room))
    flash(_("Deleted."), "good")
    return redirect(url_for("rooms.index"))


@bp.errorhandler(RoomClosedError)
def closed(error: RoomClosedError) -> tuple[str, int]:
    """Tell a page of a room that was closed elsewhere, in another tab perhaps, what became of it."""
    return render_template("rooms/closed.html"), 410


def _room(room: str) -> RoomRef:
    return rooms.find_room(room, auth.account_id(), now=instance.now())


def _open(room: str) -> RoomRef:
    """The room for a button that only an open room has; a kept one is shown instead."""
    found = _room(room)
    if found.closed_at is not None:
        flash(_("This room was closed already, so that button did nothing."), "warn")
        abort(redirect(url_for("rooms.control", room=room)))
    return found


def _is_as_seen(form: StepForm, room: RoomRef) -> bool:
    """Whether what is on is what the page with the button showed."""
    return (form.round.data, form.seen.data) == (room.round, room.look)


def _say_nothing_done() -> None:
    flash(_("That button did nothing. Press one of those on this page."), "warn")


def _say_behind() -> None:
    flash(_("The room had moved on already, so that button did nothing."), "warn")


def _pulse(room: str) -> Pulse:
    return rooms.pulse(room, auth.account_id(), now=instance.now())


def _part(room: str, template: str, parts: Callable[[Pulse], dict[str, object]]) -> Response:
    """A part of a page as asked for every few seconds; while nothing has changed, nothing is counted or drawn.

    A page of a room that was closed elsewhere is led to where this is told.
    """
    answer = make_response()
    try:
        pulse = _pulse(room)
    except RoomClosedError:
        pulse = None
    if pulse is None or pulse.room.closed_at is not None:
        answer.headers["HX-Redirect"] = url_for("rooms.control", room=room)
        return answer
    answer.headers["ETag"] = _etag(pulse)
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(render_template(template, **parts(pulse)))
    return answer


def _board_parts(pulse: Pulse) -> dict[str, object]:
    wanted = request.args.get("view")
    result = _result(pulse) if pulse.room.shown else None
    changes = result is not None and result.swing is not None and wanted != "marks"
    return {"view": RoomView(pulse, rooms.asked_by(pulse.room), result, changes), "etag": _etag(pulse)}


def _control_parts(pulse: Pulse) -> dict[str, object]:
    peeking, named = request.args.get("marks") == "1", request.args.get("names") == "1"
    result = _result(pulse) if peeking else None
    return {
        "view": RoomView(pulse, rooms.asked_by(pulse.room), result, changes=result is not None),
        "members": room_door.members_of(pulse.room) if named else (),
        "out": room_door.taken_out(pulse.room) if named else (),
        "peeking": peeking,
        "named": named,
        "etag": _etag(pulse),
    }


def _result(pulse: Pulse) -> Round:
    return count_round(pulse.room.id, rooms.asked_by(pulse.room), pulse.room.round)


def _etag(pulse: Pulse) -> str:
    return quote_etag(pulse.digest)


def _door(room: RoomRef) -> dict[str, object]:
    address = f"{instance.base_address()}{url_for('together.door')}"
    return {
        "address": address.split("//", 1)[-1],
        "qr": qr_svg(f"{instance.base_address()}{url_for('together.come_in', code=room.code)}"),
        "only_here": instance.reaches_only_this_computer(),
        "origin": origin_url(room.public_id),
    }


def _back(room: str) -> AnyResponse:
    """To the page whose button was pressed, looking as it did."""
    if request.form.get("from") == "control":
        names, marks = request.form.get("names"), request.form.get("marks")
        return redirect(url_for("rooms.control", room=room, names=names or None, marks=marks or None))
    return redirect(url_for("rooms.board", room=room))


def _refusal(error: PassageError) -> str:
    sentences = {
        PassageError.EMPTY: _("Paste a paragraph first: a few sentences from anywhere."),
        PassageError.TOO_MANY_WORDS: _(
            "This text has %(n)s words; a room takes up to %(max)s. Take the paragraph that matters most.",
            n=f"{error.amount:,}",
            max=WORDS_MAX,
        ),
        PassageError.TOO_LONG: _(
            "This text has %(n)s characters; a room takes up to %(max)s. Take the paragraph that matters most.",
            n=f"{error.amount:,}",
            max=f"{room_asked.TEXT_MAX:,}",
        ),
        PassageError.UNBROKEN: _(
            "In this script words are not divided by spaces, so the program cannot tell what can be marked. Put a"
            " bar (|) between the pieces that students may mark, as in 今天|下雨."
        ),
    }
    return sentences[error.reason]
