"""What pydantic and a kind found wrong with the fields, as problems at their places, with the line put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from quizapp.bank.mending import Mender, how_to_write, near
from quizapp.bank.messages import choices_in, sentence
from quizapp.bank.nodes import Mapping, Node, Scalar
from quizapp.bank.places import follow
from quizapp.bank.problems import Level
from quizapp.bank.reader import Tree
from quizapp.bank.syntax import quoted
from quizapp.items.base import Fault, Part, Response

_REFERENCES = {("about",), ("skill",), ("also",)}
"""Fields of a question that name a stimulus or skills of the bank."""


class Reporter:
    """Adds the problems of one file to its tree, at most one of most kinds a line."""

    def __init__(self, tree: Tree, root: Mapping) -> None:
        assert tree.source is not None  # noqa: S101 - a tree with a root has its source
        self.tree = tree
        self.source = tree.source
        self.root = root
        self.mend = Mender(tree.source)
        #: Lines in which something is wrong already; what follows from that is not said as well.
        self.told = {problem.line for problem in tree.problems if problem.level == "error"}

    def add(self, node: Node, code: str, message: str, fix: str | None = None, level: Level = "error") -> None:
        """Add a problem where `node` stands.

        Args:
            node: what is wrong.
            code: the stable name of the problem.
            message: one sentence that says what to do.
            fix: the line as it could be, where that is known.
            level: how bad it is.
        """
        if node.line in self.told and code not in {"missing", "no-why"}:
            return
        self.tree.problems.append(self.source.problem(node.line, node.column, code, message, level, fix))

    def report(self, error: ValidationError, node: Mapping, fields: Iterable[str]) -> None:
        """Turn what pydantic found into problems at their places below `node`; at least into one."""
        before = len(self.tree.problems)
        details = [detail for detail in error.errors(include_url=False) if not _names_another(detail)]
        if not details:
            return
        for detail in details:
            faults = detail.get("ctx", {}).get("faults") if detail["type"] == "faults" else None
            for fault in faults or ():
                self._fault(fault, node)
            if faults is None:
                self._detail(detail, node, tuple(fields))
        if len(self.tree.problems) == before and not any(one.level == "error" for one in self.tree.problems):
            self.add(node, "not-valid", "This cannot be read. Compare it with the author’s guide.")

    def _fault(self, fault: Fault, node: Mapping) -> None:
        place, _, parent = follow(node, fault.at)
        self.add(place, fault.code, fault.message, fix=self._fault_fix(fault, place, parent))

    def _fault_fix(self, fault: Fault, place: Node, parent: Node | None) -> str | None:
        if fault.code == "no-why":
            return self.mend.added(place, "explain")
        if fault.code in {"same-option", "same-text"} and isinstance(place, Mapping | Scalar):
            return self.mend.said_otherwise(place)
        if fault.code == "negative" and isinstance(place, Scalar):
            return self.mend.replaced(place, place.value.strip().lstrip("-"))
        if fault.code in {"tolerance", "few-heaps-only"} and isinstance(parent, Mapping):
            name = str(fault.at[-1])
            return self.mend.removed(parent.keys[name], parent.fields[name]) if name in parent.keys else None
        return None

    def _detail(self, detail: ErrorDetails, node: Mapping, fields: tuple[str, ...]) -> None:
        place, name, parent = follow(node, detail["loc"])
        if detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]:
            return  # entries that are wrong themselves were not counted
        if detail["type"] == "missing":
            self._missing(detail, place, name)
            return
        if detail["type"] == "extra_forbidden" and isinstance(parent, Mapping) and name in parent.keys:
            known = fields if parent is node else tuple(_names_beside(parent))
            self._extra(parent.keys[name], parent.fields[name], known)
            return
        if detail["loc"] and detail["loc"][-1] == "[key]" and isinstance(parent, Mapping) and name in parent.keys:
            place = parent.keys[name]
        code, message = sentence(detail, name)
        if isinstance(place, Mapping) and code == "not-text" and len(place.fields) == 1 and not place.flow:
            self._colon(place)
            return
        self.add(place, code, message, fix=self._value_fix(detail, code, name, place, parent))

    def _missing(self, detail: ErrorDetails, place: Node, name: str) -> None:
        last = detail["loc"][-1]
        if isinstance(last, int):  # one of a pair of numbers
            self.add(place, "too-few", f"“{name}:” needs {last + 1} entries.")
            return
        if place is self.root and last in {key for key, _, _ in self.source.sections}:
            return  # it is there, and what is wrong with it is told
        if isinstance(place, Mapping) and any(near(key, [last]) for key in place.keys):
            return  # a misspelt name of it is told
        value = f"question-{place.line}" if last == "id" else None
        self.add(
            place,
            "missing",
            f"“{last}:” is missing here.{how_to_write(str(last))}",
            fix=self.mend.added(place, last, value),
        )

    def _value_fix(self, detail: ErrorDetails, code: str, name: str, place: Node, parent: Node | None) -> str | None:
        if code == "not-text":
            return self.mend.to_text(place)
        if code == "not-a-list":
            return self.mend.to_list(place, name)
        if code == "no-alt":
            return self.mend.added(place, "alt")
        if code == "empty-stimulus":
            return self.mend.added(place, "text")
        if code == "option":
            return self.mend.added(place, "wrong")
        if code == "too-long" and name != "id":
            return None
        return self.mend.value(code, name, place, choices_in(detail))

    def _extra(self, key: Scalar, value: Node, fields: tuple[str, ...]) -> None:
        known = [("explain" if one == "explanation" else one) for one in fields]
        meant = near(key.value, known)
        hint = f" Did you mean “{meant}”?" if meant else " Delete it, or check where it belongs."
        fix = self.mend.renamed(key, meant) if meant else self.mend.removed(key, value)
        self.add(key, "unknown-field", f"There is no field “{key.value}” here.{hint}", fix=fix)

    def _colon(self, place: Mapping) -> None:
        line = self.source.lines[place.line - 1]
        fix = line[: place.column - 1] + quoted(line[place.column - 1 :].strip())
        message = "There is a colon inside this text, so it needs quotes round it."
        self.add(place, "colon", message, fix=fix)


def _names_another(detail: ErrorDetails) -> bool:
    """Whether it is about the form of a name that cannot exist: the loader says so, with the names that there are."""
    return detail["type"] == "string_pattern_mismatch" and detail["loc"][:1] in _REFERENCES


def _names_beside(parent: Mapping) -> Iterator[str]:
    """Fields that may stand where `parent` stands: those of options, explanations and the like."""
    for model in Part.__subclasses__():
        if not issubclass(model, Response) and any(key in model.model_fields for key in parent.fields):
            yield from model.model_fields
