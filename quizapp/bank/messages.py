"""A sentence an author can act on for each kind of error that pydantic reports."""

from __future__ import annotations

import re

from pydantic_core import ErrorDetails

from quizapp.items.base import shorten

_SENTENCES = {
    "string_type": ("not-text", "Write one text here."),
    "bool_parsing": ("not-true-false", "Write true or false."),
    "bool_type": ("not-true-false", "Write true or false."),
    "int_parsing": ("not-a-number", "Write a whole number, such as 12."),
    "int_type": ("not-a-number", "Write a whole number, such as 12."),
    "decimal_parsing": ("not-a-number", "Write a number, such as 12 or 0.5."),
    "decimal_type": ("not-a-number", "Write a number, such as 12 or 0.5."),
    "date_from_datetime_parsing": ("not-a-date", "Write a date as year-month-day, such as 2022-09-11."),
    "date_parsing": ("not-a-date", "Write a date as year-month-day, such as 2022-09-11."),
    "date_type": ("not-a-date", "Write a date as year-month-day, such as 2022-09-11."),
    "tuple_type": ("not-a-list", "Write a list: one line and a dash for each entry."),
    "model_type": ("not-fields", "Write fields here, such as “text: …”, each on its own line."),
    "mapping_type": ("not-fields", "Write fields here, each with a name and a colon."),
    "dict_type": ("not-fields", "Write fields here, each with a name and a colon."),
    "greater_than_equal": ("not-a-number", "Write a larger number."),
    "less_than_equal": ("not-a-number", "Write a smaller number."),
    "int_parsing_size": ("not-a-number", "Write a smaller number."),
    "string_too_short": ("empty-text", "This text is empty. Write something, or delete the line."),
}


def sentence(detail: ErrorDetails, name: str) -> tuple[str, str]:
    """A stable code and a plain sentence for one error.

    Args:
        detail: what pydantic says.
        name: the field it is about, "" for the whole entry.
    """
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind == "literal_error":
        listed = " or ".join(filter(None, (", ".join(choices_in(detail)[:-1]), choices_in(detail)[-1])))
        return "not-a-choice", f"“{shorten(str(detail['input']), 60)}” is not possible here. Write {listed}."
    if kind == "string_pattern_mismatch":
        return _pattern(name)
    if kind == "string_too_long":
        return "too-long", f"Shorten this to {context.get('max_length')} characters or fewer."
    if kind == "too_short":
        return "too-few", f"“{name}:” needs at least {context.get('min_length')} entries."
    if kind == "too_long":
        return "too-many", f"“{name}:” can have {context.get('max_length')} entries or fewer."
    if "_" not in kind:  # our own codes have hyphens
        return kind, detail["msg"]
    return "not-valid", "This cannot stand here. See in the author’s guide what belongs here."


def choices_in(detail: ErrorDetails) -> list[str]:
    """The words that are possible in a place, if the error is that another one stands there."""
    return re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))


def _pattern(name: str) -> tuple[str, str]:
    if name == "image":
        return "not-a-file-name", "Write the name of a PNG, JPEG or WebP file, such as flood.jpg."
    if name == "url":
        return "not-an-address", "Write a web address that begins with https:// or http://."
    if name == "language":
        return "not-a-language", "Write a language code, such as en, de or pt-BR."
    return "not-a-slug", "Use small letters, digits and single hyphens here, such as loaded-words."
