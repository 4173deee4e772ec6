"""What an administrator sets for the whole school; colleagues, data and who did what."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from quizapp.models import Role
from quizapp.services import auditing, erasing, one_time_links, school_data, sharing, staff
from quizapp.services.settings import (
    RetentionSettings,
    SchoolSettings,
    change_retention,
    change_school_settings,
    retention_settings,
    school_settings,
)
from quizapp.services.sharing import SharingError
from quizapp.services.sign_in import SignInError
from quizapp.services.staff import LastAdminError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import SchoolForm
from quizapp.web.forms_people import LoginForm, RetentionForm
from quizapp.web.forms_versions import HandOverAllForm
from quizapp.web.sharing import refusal
from quizapp.web.student_data import student_zip

bp = Blueprint("admin", __name__, url_prefix="/admin")

Answer = str | Response | tuple[str, int]


@bp.route("", methods=["GET", "POST"])
@access(Access.ADMINS)
def school() -> Answer:
    """Show and change the school's settings."""
    form = SchoolForm(obj=school_settings())
    if form.validate_on_submit():
        change_school_settings(
            SchoolSettings(form.school_name.data or "", form.trial_open.data),
            account_id=auth.account_id(),
            now=instance.now(),
        )
        flash(_("Saved."), "good")
        return redirect(url_for("admin.school"))
    page = render_template("admin/school.html", form=form, errors=form.errors, counts=staff.school_counts())
    return (page, 422) if form.errors else page


@bp.get("/people")
@access(Access.ADMINS)
def people() -> str:
    """List the colleagues and open invitations."""
    page = staff.staff_page(auth.account_id(), now=instance.now())
    return render_template("admin/people.html", page=page)


@bp.post("/people/invite")
@access(Access.ADMINS)
def invite() -> str:
    """Make an invitation and show its link, this once."""
    token = one_time_links.new_invitation(account_id=auth.account_id(), now=instance.now())
    link = f"{instance.base_address()}{url_for('account.invitation', token=token)}"
    return render_template(
        "admin/link.html", link=link, days=one_time_links.INVITE_LIVES.days, invitation=True, login=""
    )


@bp.post("/people/invite/<invitation>/withdraw")
@access(Access.ADMINS)
def withdraw(invitation: str) -> Response:
    """Make an invitation's link worthless."""
    staff.withdraw_invitation(invitation, account_id=auth.account_id(), now=instance.now())
    flash(_("The link no longer works."), "good")
    return redirect(url_for("admin.people"))


@bp.post("/people/<account>/role")
@access(Access.ADMINS)
def change_role(account: str) -> Response:
    """Make a colleague an administrator, or a teacher again."""
    role = Role.ADMIN if request.form.get("role") == Role.ADMIN.value else Role.TEACHER
    try:
        staff.set_role(account, role, account_id=auth.account_id(), now=instance.now())
    except LastAdminError:
        flash(_("Nobody else administers. Make a colleague an administrator first."), "warn")
    else:
        flash(_("Changed."), "good")
    # Whoever has just given up the role may not see the list any more.
    return redirect(url_for("teach.home"))


@bp.post("/people/<account>/access")
@access(Access.ADMINS)
def change_access(account: str) -> Response:
    """Shut a colleague's account, or open it again."""
    if "enable" in request.form:
        staff.enable(account, account_id=auth.account_id(), now=instance.now())
        flash(_("The account can sign in again."), "good")
        return redirect(url_for("admin.people"))
    try:
        staff.disable(account, account_id=auth.account_id(), now=instance.now())
    except LastAdminError:
        flash(_("Nobody else administers. Make a colleague an administrator first."), "warn")
    else:
        flash(_("The account is shut and signed out everywhere. Its classes stay."), "good")
    return redirect(url_for("admin.people"))


@bp.get("/people/<account>/banks")
@access(Access.ADMINS)
def banks(account: str) -> Answer:
    """Show the banks of a colleague, to give them to another."""
    return _banks(account, HandOverAllForm(formdata=None))


@bp.post("/people/<account>/banks")
@access(Access.ADMINS)
def hand_over_banks(account: str) -> Answer:
    """Give all banks of a colleague to another."""
    form = HandOverAllForm()
    if not form.validate():
        return _banks(account, form)
    try:
        done = sharing.hand_over_all(account, form.login.data or "", account_id=auth.account_id(), now=instance.now())
    except SharingError as error:
        form.login.errors = [refusal(error)]
        return _banks(account, form)
    if done.moved:
        flash(
            ngettext(
                "%(num)s bank belongs to %(name)s now.",
                "%(num)s banks belong to %(name)s now.",
                done.moved,
                name=done.name,
            ),
            "good",
        )
    for title in done.left:
        flash(
            _(
                "“%(title)s” stays: %(name)s has a bank with the same id. Choose somebody else for it.",
                title=title,
                name=done.name,
            ),
            "warn",
        )
    return redirect(url_for("admin.banks", account=account), 303)


def _banks(account: str, form: HandOverAllForm) -> Answer:
    page = render_template("admin/banks.html", owner=sharing.account_banks(account), form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.post("/people/<account>/reset")
@access(Access.ADMINS)
def reset_link(account: str) -> str | tuple[str, int]:
    """Make a link with which a colleague chooses a new password, and show it this once."""
    try:
        token = one_time_links.new_reset_link(account, account_id=auth.account_id(), now=instance.now())
    except SignInError:
        return render_template("errors/404.html"), 404
    link = f"{instance.base_address()}{url_for('account.reset', token=token)}"
    return render_template(
        "admin/link.html", link=link, days=one_time_links.RESET_BY_ADMIN_LIVES.days, invitation=False
    )


@bp.route("/data", methods=["GET", "POST"])
@access(Access.ADMINS)
def data() -> Answer:
    """Show how long what is kept and which classes there are; change the first."""
    form = RetentionForm(obj=retention_settings())
    if form.validate_on_submit():
        wanted = RetentionSettings(
            guest_days=form.guest_days.data or 0,
            year_ends=form.year_ends.data or "",
            days_after_year=form.days_after_year.data or 0,
            audit_days=form.audit_days.data or 0,
        )
        change_retention(wanted, account_id=auth.account_id(), now=instance.now())
        flash(_("Saved."), "good")
        return redirect(url_for("admin.data"))
    page = render_template("admin/data.html", form=form, errors=form.errors, page=school_data.data_page())
    return (page, 422) if form.errors else page


@bp.post("/data/<section>/open")
@access(Access.ADMINS)
def open_roster(section: str) -> str:
    """Show who is in a class; that somebody looked is written down."""
    page = school_data.open_roster(section, account_id=auth.account_id(), now=instance.now())
    return render_template("admin/roster.html", page=page, form=LoginForm(formdata=None))


@bp.post("/data/<section>/teacher")
@access(Access.ADMINS)
def give_section(section: str) -> Response:
    """Let a colleague teach a class whose teacher has gone."""
    form = LoginForm()
    if not form.validate_on_submit():
        flash(_("Type the name your colleague signs in with."), "warn")
    else:
        try:
            name = school_data.give_section(
                section, form.login.data or "", account_id=auth.account_id(), now=instance.now()
            )
            flash(_("%(name)s teaches this class now.", name=name), "good")
        except school_data.SectionError:
            flash(_("Nobody signs in with this name. Ask your colleague how they sign in."), "warn")
    return redirect(url_for("admin.data"))


@bp.post("/students/<student>/export")
@access(Access.ADMINS)
def export_student(student: str) -> Response:
    """Send all that is kept about a student, of all classes."""
    return student_zip(student, None)


@bp.post("/students/<student>/erase")
@access(Access.ADMINS)
def erase_student(student: str) -> Response:
    """Delete a student with everything kept about them, in all classes."""
    erasing.erase_everywhere(student, account_id=auth.account_id(), now=instance.now())
    flash(_("Deleted for good: the name, all answers and marks. Backups keep them until you delete those."), "good")
    return redirect(url_for("admin.data"))


@bp.get("/audit")
@access(Access.ADMINS)
def audit() -> str:
    """Show who did what, newest first."""
    before = request.args.get("before", "")
    page = auditing.audit_page(int(before) if before.isdecimal() and len(before) < 12 else None)
    return render_template("admin/audit.html", page=page, later=bool(before))
