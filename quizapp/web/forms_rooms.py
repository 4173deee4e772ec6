"""Forms of rooms in which a class answers together."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from quizapp.services.room_asked import PROMPT_MAX, WORDS_MAX
from quizapp.services.room_members import NICKNAME_MAX
from quizapp.services.rooms import ROUNDS_MAX
from quizapp.web.forms import OnceForm, stripped

USUAL_PROMPT = _l("Mark the words that make you feel something rather than tell you something.")


class OpenRoomForm(OnceForm):
    """A paragraph to mark together."""

    text = TextAreaField(
        _l("The paragraph"),
        [DataRequired(_l("Paste a paragraph first: a few sentences from anywhere."))],
        filters=[stripped],
        description=_l(
            "Paste it as plain text, up to %(max)d words. Up to 100 fit on a projector without scrolling.",
            max=WORDS_MAX,
        ),
    )
    prompt = StringField(
        _l("What should everybody mark?"),
        [
            Optional(),
            Length(max=PROMPT_MAX, message=_l("Shorten this to %(max)d characters or fewer.", max=PROMPT_MAX)),
        ],
        filters=[stripped],
        default=USUAL_PROMPT,
        description=_l("Leave it as it is, or write what your paragraph is for."),
    )


class NicknameForm(FlaskForm):
    """Coming in where the address has the code."""

    nickname = StringField(
        _l("Your nickname"),
        [
            DataRequired(_l("Type a nickname.")),
            Length(
                max=NICKNAME_MAX, message=_l("Shorten your nickname to %(max)d characters or fewer.", max=NICKNAME_MAX)
            ),
        ],
        filters=[stripped],
        description=_l("Not your full name. Only your teacher can read it; it is never shown to the class."),
    )


class JoinRoomForm(NicknameForm):
    """Coming in with code and nickname at once."""

    code = StringField(
        _l("Code"),
        [DataRequired(_l("Type the code your teacher shows you.")), Length(max=80)],
        filters=[stripped],
        description=_l("Six letters and numbers, such as 7KX 4Q9. Capitals and spaces do not matter."),
    )


class RoundForm(FlaskForm):
    """A button or an answer that belongs to a round."""

    round = IntegerField(validators=[InputRequired(), NumberRange(1, ROUNDS_MAX)])


class StepForm(RoundForm):
    """A button of the teacher, with what was on when its page was drawn."""

    seen = StringField(validators=[InputRequired(), Length(max=20)])


class OriginForm(FlaskForm):
    """The page of a question from which a vote is started."""

    section = StringField(validators=[InputRequired(), Length(max=16)])
    assignment = StringField(validators=[InputRequired(), Length(max=16)])
    number = IntegerField(validators=[InputRequired(), NumberRange(1, 9999)])
