"""An answer that arrived after the sign-in had ended: kept in the page until it can be saved."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from quizapp.services import attempts, sign_in, taking
from quizapp.services.attempts import RefusedError, Taker
from quizapp.services.rosters import NotFoundError
from quizapp.web import instance
from quizapp.web.forms import ConfidenceForm
from quizapp.web.forms_people import ReturnForm

LIVES_SECONDS = 24 * 60 * 60
NOT_KEPT = {"csrf_token", "go", "tab", "version"}


@dataclass(frozen=True)
class LateAnswer:
    """A posted answer and where it belongs."""

    attempt: str
    position: int
    fields: MultiDict[str, str]


def write(attempt: str, position: int, fields: MultiDict[str, str]) -> str:
    """Return the answer as signed text for a hidden field."""
    pairs = [(name, value) for name, value in fields.items(multi=True) if name not in NOT_KEPT]
    return _signer().dumps([attempt, position, pairs])


def read(signed: str) -> LateAnswer | None:
    """Return the answer from such a text, or None if we did not write it or it is too old."""
    try:
        attempt, position, pairs = _signer().loads(signed, max_age=LIVES_SECONDS)
    except BadSignature:
        return None
    return LateAnswer(attempt, position, MultiDict((name, value) for name, value in pairs))


def sign_in_again(form: ReturnForm) -> str | None:
    """Sign the student in; on refusal put the sentence into the form and return None."""
    network, key, now = instance.network(), instance.key(), instance.now()
    try:
        door = sign_in.open_door(form.code.data or "", network=network, key=key, now=now)
        return sign_in.sign_in_student(door, form.name.data or "", form.given, network=network, key=key, now=now)
    except sign_in.SignInError:
        form.secret.errors = [_("That code, name and words do not match. Type them exactly as on your card.")]
        return None


def save_late(late: LateAnswer, token: str) -> str:
    """Save the answer as a draft of whoever signed in, and return the sentence about it."""
    now = instance.now()
    taker = Taker(student_id=sign_in.identify(token, now=now).student_id)
    nothing = _("You are signed in again. Every answer shown as saved is still there.")
    try:
        page = taking.question_page(taker, late.attempt, late.position, now=now)
        form = page.content.item.form(page.shown, formdata=late.fields)
        response = page.content.item.read(form, page.shown) if form.validate() else None
        if response is None:
            return nothing
        attempts.save(
            taker,
            late.attempt,
            late.position,
            response.to_json(),
            confidence=ConfidenceForm(late.fields).level,
            drawn=None,
            now=now,
        )
    except (NotFoundError, RefusedError):
        return nothing
    return _("You are signed in again, and your last answer is saved.")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(instance.key(), salt="late-answer")
