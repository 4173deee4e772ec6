"""What is wrong with a bank file, said so that its author can mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Level: TypeAlias = Literal["error", "warning", "info"]

#: Source lines longer than this are cut round the place in question.
_WINDOW = 100
_ADDED = re.compile("[\\s\"'“”„‘’‚«»:\\-–—―•·▪◦‣*]")
_SIGNED = re.compile(r"[-–−]\d")
_NAMED = re.compile("“([a-z_]+):”")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. Lines and columns count from 1, columns in code points.

    `code` never changes, so a document or a test can name it. `fix` replaces the line, where
    the program knows how: one line, several where something is missing, or an empty one where
    the line is to go. `source` is the line as it stands.
    """

    file: str
    line: int
    column: int
    level: Level
    code: str
    message: str
    question: str | None = None
    fix: str | None = None
    source: str = ""

    @property
    def missing(self) -> str | None:
        """The name of the field that is not there, where that is the finding."""
        found = _NAMED.search(self.message) if self.code in {"missing", "no-alt", "no-why"} else None
        return found[1] if found else None

    @property
    def certain(self) -> bool:
        """Whether it is a mistake whose correction changes dashes, quotes, colons and spaces, and no word or number."""
        if self.level != "error" or not self.fix or _SIGNED.findall(self.source) != _SIGNED.findall(self.fix):
            return False
        return _ADDED.sub("", self.source) == _ADDED.sub("", self.fix)

    def to_json(self) -> dict[str, Any]:
        """The finding as `check --format json` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "level": self.level,
            "code": self.code,
            "question": self.question,
            "message": self.message,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        """Place, sentence, the line with a caret, and the corrected line."""
        where = f" (question {self.question})" if self.question else ""
        lines = [f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}{where} [{self.code}]"]
        if self.source.strip():
            start = max(0, self.column - 1 - _WINDOW // 2) if len(self.source) > _WINDOW else 0
            shown = self.source[start : start + _WINDOW].replace("\t", " ")
            number = str(self.line)
            lines.append(f"  {number} | {shown}")
            lines.append(f"  {' ' * len(number)} | {' ' * (self.column - 1 - start)}^")
        if self.fix is not None:
            lines += self._shown_fix()
        return "\n".join(lines)

    def _shown_fix(self) -> list[str]:
        first, *more = (self.fix or "").split("\n")
        if not more:
            return [f"  Write: {first.strip()}"] if first.strip() else ["  Delete this line."]
        indent = len(first) - len(first.lstrip())
        return [f"  Write: {first.strip()}", *(f"         {line[indent:]}" for line in more)]


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """The findings by place, errors before warnings, each once."""
    levels = ("error", "warning", "info")
    ranked = sorted(problems, key=lambda one: (one.line, one.column, levels.index(one.level), one.code))
    return tuple(dict.fromkeys(ranked))
