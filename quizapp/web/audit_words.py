"""What the lines of the audit say, in words."""

from __future__ import annotations

from flask_babel import gettext as _


def audit_words(action: str) -> str:
    """Return what an action was, as a person says it; an unknown one with its dashes as spaces."""
    words = {
        "settings": _("changed settings"),
        "class-settings": _("changed a class's settings"),
        "teacher-added": _("let a colleague teach a class"),
        "teacher-left": _("stopped teaching a class"),
        "handed-over": _("handed a class over"),
        "archived": _("archived a class"),
        "brought-back": _("took a class out of the archive"),
        "class-copied": _("made next year's class"),
        "class-deleted": _("deleted a class"),
        "class-undeleted": _("brought a deleted class back"),
        "class-expired": _("deleted a class at the end of its time"),
        "bank-shared": _("shared a bank"),
        "bank-withdrawn": _("took a shared bank back"),
        "bank-left": _("gave up a shared bank"),
        "bank-handed-over": _("handed a bank over"),
        "token-made": _("made a token of the API"),
        "token-revoked": _("revoked a token of the API"),
        "support": _("changed a student's time"),
        "correction-proposed": _("worked out a correction of a question"),
        "correction-applied": _("corrected the marks of a question"),
        "guest-merged": _("gave a guest's work to a student"),
        "student-exported": _("saved a copy of a student's data"),
        "student-erased": _("deleted a student for good"),
        "roster-opened": _("looked at the names of a class"),
        "invited": _("invited"),
        "invitation-withdrawn": _("withdrew an invitation"),
        "joined": _("came by an invitation"),
        "reset-link": _("made a link for a new password"),
        "role-admin": _("made an administrator"),
        "role-teacher": _("made a teacher"),
        "disabled": _("shut an account"),
        "enabled": _("opened an account"),
    }
    return words.get(action, action.replace("-", " "))
