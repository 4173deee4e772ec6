"""What the script of the editor page is told: addresses, and sentences in the reader's language."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from quizapp.items.base import JSON


def editor_settings(draft: str, version: int, *, stored: bool) -> JSON:
    """Return what static/js/bank-editor.js needs, as plain data.

    Args:
        draft: its public id.
        version: the one on the page.
        stored: whether the text on the page is the one that is stored.
    """
    return {
        "check": url_for("draft_live.check", draft=draft),
        "preview": url_for("draft_live.preview", draft=draft),
        "help": url_for("draft_live.writing_help"),
        "draft": draft,
        "version": version,
        "stored": stored,
        "words": _words(),
        "phrases": _phrases(),
    }


def _words() -> dict[str, str]:
    return {
        "keys": _("Tab leads out of this field. Control and space lists what fits here. F8 leads to the next finding."),
        "error": _("Mistake"),
        "warning": _("Warning"),
        "info": _("Note"),
        "putIn": _("Put in the corrected line"),
        "deleteLine": _("Delete the line for me"),
        "offline": _("Not checked: no connection. Checking goes on when it is back."),
        "unchecked": _("Not checked just now. Save to check."),
        "previewBroken": _("This question has a mistake now. You see it as it was before."),
        "previewText": _("The text has a mistake now. You see what it said before."),
        "previewOther": _(
            "The question you are writing has a mistake. Until it is mended you see the last one you looked at."
        ),
        "previewLater": _("The preview comes when the mistake is mended."),
        "previewNone": _("There is no question yet. Write one below “questions:”."),
        "previewOffline": _("No connection: the preview is as it was before."),
        "previewMissed": _("The preview could not be made just now."),
    }


def _phrases() -> dict[str, str]:
    # By the words that CodeMirror says in English.
    return {
        "Find": _("Find"),
        "Replace": _("Replace with"),
        "next": _("Next"),
        "previous": _("Previous"),
        "match case": _("Same capital letters"),
        "replace": _("Replace"),
        "replace all": _("Replace all"),
        "close": _("Close"),
        "Completions": _("What fits here"),
        "Control character": _("Hidden sign"),
        "Selection deleted": _("Deleted"),
        "Go to line": _("Go to line"),
        "go": _("Go"),
        "current match": _("Found"),
        "on line": _("on line"),
        "replaced $ matches": _("Replaced: $"),
        "replaced match on line $": _("Replaced on line $"),
    }
