"""A teacher's pages about a class as a whole: settings, door, colleagues, archive, next year, the end."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_datetime, format_time
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.models import SecretKind
from quizapp.services import card_secrets, rosters, sections, settings
from quizapp.services.rosters import SectionRef
from quizapp.services.sections import SectionError, SectionSettings
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_people import (
    ConfirmNameForm,
    DoorForm,
    LoginForm,
    NextYearForm,
    SectionSettingsForm,
)
from quizapp.web.teach import bp

Answer = str | Response | tuple[str, int]


@bp.route("/c/<section>/settings", methods=["GET", "POST"])
@access(Access.STAFF)
def section_settings(section: str) -> Answer:
    """Show and change a class's settings."""
    account = auth.account_id()
    if request.method == "GET":
        return _settings(section)
    found = rosters.get_section(section, account)
    form = SectionSettingsForm()
    if form.validate_on_submit():
        wanted = SectionSettings(
            name=form.name.data or "",
            secret_kind=SecretKind(form.secret_kind.data),
            guests_welcome=form.guests_welcome.data,
            pseudonyms=form.pseudonyms.data,
        )
        try:
            sections.change_settings(found, wanted, account_id=account, now=instance.now())
        except SectionError:
            form.pseudonyms.errors = [_("This can be changed only while nobody is in the class. Make a new class.")]
        else:
            flash(_("Saved."), "good")
            return redirect(url_for("teach.section_settings", section=section))
    return _settings(section, form=form)


@bp.post("/c/<section>/door")
@access(Access.STAFF)
def door(section: str) -> Response:
    """Hold the door open for some minutes, or close it."""
    found = rosters.get_section(section, auth.account_id())
    form = DoorForm()
    if "close" in request.form:
        sections.close_door(found)
        flash(_("The door is closed. The joining page shows no names."), "good")
    elif form.validate_on_submit():
        until = sections.hold_door(found, int(form.minutes.data), now=instance.now())
        flash(_("The door is open until %(time)s.", time=format_time(until, "HH:mm")), "good")
    else:
        flash(_("Choose for how long the door stays open."), "warn")
    return redirect(url_for("teach.join_board", section=section))


@bp.post("/c/<section>/teachers")
@access(Access.STAFF)
def add_teacher(section: str) -> Answer:
    """Let a colleague teach the class too, or hand it over to them."""
    account = auth.account_id()
    found = rosters.find_section(section, account)
    form = LoginForm()
    if form.validate_on_submit():
        act = sections.hand_over if "hand_over" in request.form else sections.add_teacher
        try:
            name = act(found, form.login.data or "", account_id=account, now=instance.now())
        except SectionError as error:
            form.login.errors = [_refusal(error)]
        else:
            if act is sections.hand_over:
                flash(_("%(name)s teaches this class now, and you do not.", name=name), "good")
                return redirect(url_for("teach.home"))
            flash(_("%(name)s teaches this class too.", name=name), "good")
            return redirect(url_for("teach.section_settings", section=section))
    return _settings(section, colleague=form)


@bp.post("/c/<section>/leave")
@access(Access.STAFF)
def leave_section(section: str) -> Response:
    """Stop teaching a class."""
    account = auth.account_id()
    found = rosters.find_section(section, account)
    try:
        sections.leave(found, account_id=account, now=instance.now())
    except SectionError as error:
        flash(_refusal(error), "warn")
        return redirect(url_for("teach.section_settings", section=section))
    flash(_("You no longer teach this class."), "good")
    return redirect(url_for("teach.home"))


@bp.route("/c/<section>/next-year", methods=["GET", "POST"])
@access(Access.STAFF)
def next_year(section: str) -> Answer:
    """Make next year's class from this one."""
    account = auth.account_id()
    found = rosters.find_section(section, account)
    form = NextYearForm()
    if form.validate_on_submit():
        new = sections.copy_section(
            found,
            form.name.data or "",
            with_students=form.with_students.data,
            account_id=account,
            now=instance.now(),
        )
        if form.archive.data and not found.archived:
            sections.archive(found, account_id=account, now=instance.now())
        flash(_("This is the new class, with the settings of the old one."), "good")
        return redirect(url_for("teach.students", section=new))
    page = render_template("teach/next_year.html", section=found, form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.post("/c/<section>/archive")
@access(Access.STAFF)
def archive_section(section: str) -> Response:
    """Put a class away, or take it out again."""
    account = auth.account_id()
    found = rosters.find_section(section, account)
    if found.archived:
        sections.bring_back(found, account_id=account, now=instance.now())
        flash(_("The class is back."), "good")
        return redirect(url_for("teach.section", section=section))
    sections.archive(found, account_id=account, now=instance.now())
    flash(_("The class is archived. Students can no longer sign in to it; their results stay with you."), "good")
    return redirect(url_for("teach.old_sections"))


@bp.get("/archive")
@access(Access.STAFF)
def old_sections() -> str:
    """List archived classes and those that wait for their deletion."""
    return render_template("teach/archive.html", page=sections.old_sections(auth.account_id()))


@bp.route("/c/<section>/delete", methods=["GET", "POST"])
@access(Access.STAFF)
def delete_section(section: str) -> Answer:
    """Delete a class after its name was typed."""
    account = auth.account_id()
    found = rosters.find_section(section, account)
    form = ConfirmNameForm()
    if form.validate_on_submit():
        try:
            gone = sections.delete_section(found, form.typed.data or "", account_id=account, now=instance.now())
        except SectionError as error:
            form.typed.errors = [_refusal(error)]
        else:
            when = format_datetime(gone, "EEE d MMM, HH:mm")
            flash(_("The class is deleted. Until %(when)s you can bring it back here.", when=when), "good")
            return redirect(url_for("teach.old_sections"))
    page = render_template(
        "teach/delete_section.html", section=found, form=form, errors=form.errors, days=sections.UNDO_DAYS
    )
    return (page, 422) if form.errors else page


@bp.post("/c/<section>/undelete")
@access(Access.STAFF)
def undelete_section(section: str) -> Response:
    """Bring a deleted class back."""
    back = sections.undelete_section(section, account_id=auth.account_id(), now=instance.now())
    flash(_("“%(name)s” is back with everything in it.", name=back.name), "good")
    return redirect(url_for("teach.section", section=back.public_id))


def _settings(
    section: str, *, form: SectionSettingsForm | None = None, colleague: LoginForm | None = None
) -> tuple[str, int] | str:
    page = sections.settings_page(section, auth.account_id())
    form = form or SectionSettingsForm(formdata=None, data=_chosen(page.section))
    colleague = colleague or LoginForm(formdata=None)
    errors = {**form.errors, **colleague.errors}
    body = render_template(
        "teach/section_settings.html",
        page=page,
        form=form,
        colleague=colleague,
        errors=errors,
        words=card_secrets.how_many(SecretKind.WORDS),
        pictures=card_secrets.how_many(SecretKind.PICTURES),
        deleted_on=settings.section_deletion_day(page.section.id),
    )
    return (body, 422) if errors else body


def _chosen(section: SectionRef) -> dict[str, object]:
    return {
        "name": section.name,
        "secret_kind": section.secret_kind.value,
        "guests_welcome": section.guests_welcome,
        "pseudonyms": section.pseudonyms,
    }


def _refusal(error: SectionError) -> str:
    sentences = {
        SectionError.UNKNOWN_LOGIN: _("Nobody signs in with this name. Ask your colleague how they sign in."),
        SectionError.LAST_TEACHER: _("You are the only one who teaches this class. Add a colleague first."),
        SectionError.WRONG_NAME: _("This is not the name of the class. Type it as it stands above."),
    }
    return sentences[error.reason]
