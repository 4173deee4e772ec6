"""A teacher's marking: the queue of written answers, and one answer after the other."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from quizapp.services import comments, marking, marking_queue, rosters
from quizapp.services.comments import COMMENT_LENGTH
from quizapp.services.marking import AnswerPage, CorrectedMeanwhileError, DifferMeanwhileError, MarkedMeanwhileError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("marking", __name__, url_prefix="/teach")
SAVED = 302


class PointsForm(FlaskForm):
    """The points for one answer. The choices are those of its rubric."""

    points = RadioField(
        _l("Points"),
        [DataRequired(_l("Choose the points for this answer."))],
        validate_choice=True,
    )
    comment = TextAreaField(
        _l("Comment for the student"),
        [Length(max=COMMENT_LENGTH, message=_l("Keep the comment to %(max)d signs.", max=COMMENT_LENGTH))],
        filters=[lambda value: value.strip() if isinstance(value, str) else value],
    )
    keep = BooleanField(_l("Keep this comment for other answers"))
    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    """What the teacher had before the eyes; `refuse` says it if that cannot be known."""
    both = HiddenField()
    """Filled where the page shows what two markers gave who differ."""

    @classmethod
    def of(cls, page: AnswerPage) -> PointsForm:
        """Return the form for an answer, with the points that count, or else those this teacher gave."""
        before = page.points if page.counting is None else page.counting
        form = cls(
            points=None if before is None else str(before), comment=page.comment, seen=page.seen, both=_both(page)
        )
        levels = page.content.item.rubric_points()
        form.points.choices = [SelectChoice(str(points), text) for points, text in sorted(levels.items())]
        return form

    def refuse(self, sentence: str, page: AnswerPage) -> None:
        """Say why nothing was saved; the next save is about the answer as it stands now."""
        self.points.errors = [sentence]
        self.seen.data, self.seen.raw_data, self.seen.errors = page.seen, None, ()
        self.both.data = _both(page)


def _both(page: AnswerPage) -> str:
    return "1" if page.given else ""


class TwoMarkersForm(FlaskForm):
    """Whether two teachers mark each answer."""

    two_markers = BooleanField(_l("Two teachers mark each answer"))


@bp.route("/c/<section>/a/<assignment>/marking", methods=["GET", "POST"])
@access(Access.STAFF)
def overview(section: str, assignment: str) -> str | Response:
    """Show the questions that wait for a teacher; choose one marker or two."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    form = TwoMarkersForm()
    if form.validate_on_submit():
        marking_queue.set_two_markers(found, assignment, two_markers=form.two_markers.data, now=instance.now())
        flash(_("Saved."), "good")
        return redirect(url_for("marking.overview", section=section, assignment=assignment))
    page = marking_queue.marking_page(found, assignment, account)
    form.two_markers.data = page.two_markers
    return render_template("teach/marking.html", page=page, form=form, comments=comments.kept_comments(account))


@bp.route("/c/<section>/a/<assignment>/marking/<question>", methods=["GET", "POST"])
@access(Access.STAFF)
def answer(section: str, assignment: str, question: str) -> str | Response | tuple[str, int]:
    """Show one answer without a name; take its points and go on to the next."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    page = marking.answer_page(found, assignment, question, account, attempt=request.args.get("answer") or None)
    if page is None:
        flash(_("Every answer to this question has its mark."), "good")
        return redirect(url_for("marking.overview", section=section, assignment=assignment))
    form = PointsForm.of(page)
    status = _take(form, page, account) if form.is_submitted() else 200
    if status == SAVED and page.counting is not None:
        flash(_("The mark is changed. The one before stays in its history."), "good")
        return redirect(url_for("marking.marked", section=section, assignment=assignment, question=question))
    if status == SAVED:
        return redirect(url_for("marking.answer", section=section, assignment=assignment, question=question))
    body = render_template("teach/marking_answer.html", page=page, form=form, errors=form.errors, html=page.html)
    return body, status


@bp.get("/c/<section>/a/<assignment>/marking/<question>/marked")
@access(Access.STAFF)
def marked(section: str, assignment: str, question: str) -> str:
    """List the answers whose marks can be changed, without names."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    return render_template("teach/marking_marked.html", page=marking.marked_page(found, assignment, question, account))


def _take(form: PointsForm, page: AnswerPage, account: int) -> int:
    """Give an answer the points that were sent; return the status, with what is wrong in the form."""
    valid = form.validate()
    if form.seen.errors or not request.args.get("answer"):
        form.refuse(_("Nothing was saved, as parts of this page were missing. Read the answer, then save again."), page)
        return 409
    if not valid:
        return 422
    try:
        marking.give_mark(
            page,
            int(form.points.data),
            form.comment.data or "",
            seen=form.seen.data or 0,
            saw_both=bool(form.both.data),
            account_id=account,
            now=instance.now(),
            keep_comment=form.keep.data,
        )
    except (MarkedMeanwhileError, DifferMeanwhileError, CorrectedMeanwhileError) as error:
        form.refuse(_meanwhile(error), page)
        return 409
    return SAVED


def _meanwhile(error: MarkedMeanwhileError | DifferMeanwhileError | CorrectedMeanwhileError) -> str:
    """Return what happened to an answer while a teacher read it."""
    if isinstance(error, MarkedMeanwhileError):
        return ngettext(
            "%(name)s gave this answer %(num)s point while you were reading. Yours are not saved. "
            "Save again to put yours in its place.",
            "%(name)s gave this answer %(num)s points while you were reading. Yours are not saved. "
            "Save again to put yours in their place.",
            error.points,
            name=error.by or _("Another teacher"),
        )
    if isinstance(error, DifferMeanwhileError):
        return _(
            "The other teacher gave points too while you were reading, and the two of you differ. "
            "Yours are not saved. Read what both gave, then save what is to count."
        )
    if error.left_out:
        return _("This question was left out while you were reading, so it needs no mark. Yours is not saved.")
    return _(
        "This question was corrected while you were reading, and this answer has a mark from that. "
        "Yours is not saved. Save again to put yours in its place."
    )


@bp.post("/comments/forget")
@access(Access.STAFF)
def forget_comment() -> Response:
    """Take one comment out of those that are kept."""
    comments.forget_comment(auth.account_id(), request.form.get("comment", ""))
    flash(_("The comment is no longer kept."), "good")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/teach/") and "//" not in back else url_for("teach.home"))
