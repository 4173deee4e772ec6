"""What kinds of question and languages are called on pages: one owner for forms, the library and whatever comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from quizapp.bank.ages import Ages

KIND_NAMES: Mapping[str, Any] = {
    "choice": _l("One right answer"),
    "multiple": _l("Several right answers"),
    "judge": _l("Sound, or a problem?"),
    "classify": _l("Sort into groups"),
    "match": _l("Match pairs"),
    "order": _l("Put in order"),
    "highlight": _l("Mark words in a text"),
    "gaps": _l("Fill gaps"),
    "numeric": _l("A number"),
    "short": _l("A word or a few"),
    "open": _l("An answer you mark"),
}


def kind_name(kind: str) -> str:
    """Return what a kind of question is called on pages; its name in the file where there is no other."""
    return str(KIND_NAMES.get(kind, kind))


def ages_name(ages: Ages) -> str:
    """Return for which ages a bank is meant, in words for pages."""
    if ages.youngest == ages.oldest:
        return _("Age %(age)s", age=ages.youngest)
    return _("Ages %(youngest)s–%(oldest)s", youngest=ages.youngest, oldest=ages.oldest)


def language_name(code: str) -> str:
    """Return what a language is called in the language of the page; its code where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(get_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code
