"""How a person likes to read: size, spacing, background and font of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from quizapp.models import Student
from quizapp.services.writing import writing

CHOICES: dict[str, tuple[str, ...]] = {
    "size": ("normal", "large", "largest"),
    "spacing": ("normal", "wide", "widest"),
    "background": ("system", "light", "cream", "dark"),
    "font": ("clear", "system"),
}
"""What can be set, and to what; the first of each is how pages look when nothing is set."""


def known(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return what of `wanted` is a choice we have and not the usual one; the rest is left out."""
    return {
        name: str(wanted[name])
        for name, values in CHOICES.items()
        if name in wanted and wanted[name] in values and wanted[name] != values[0]
    }


def keep_reading(student_id: int, wanted: Mapping[str, Any]) -> None:
    """Keep reading settings with the student, for every device and every quiz."""
    with writing() as session:
        session.execute(sa.update(Student).where(Student.id == student_id).values(reading=known(wanted) or None))
