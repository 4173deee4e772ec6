"""What pydantic and a kind found wrong with the fields, as problems at their places, with the line put right."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from quizapp.bank.mending import Mender, how_to_write
from quizapp.bank.messages import choices_in, sentence
from quizapp.bank.nodes import Mapping, Node, Scalar
from quizapp.bank.option_lines import has_strays, named_answer, plain_option, says_right, side_of, stray_side
from quizapp.bank.places import follow
from quizapp.bank.problems import Level
from quizapp.bank.reader import Tree
from quizapp.bank.synonyms import meant
from quizapp.bank.syntax import quoted
from quizapp.items.base import Fault, Option, Part, Response

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
        if detail["type"] == "too_short" and detail["loc"][-1:] == ("options",) and has_strays(node):
            return  # some stand outside of the list, which is told
        if detail["type"] == "missing":
            self._missing(detail, place, name, fields if place is node else _names_beside(place))
            return
        if detail["type"] == "extra_forbidden" and isinstance(parent, Mapping) and name in parent.keys:
            known = fields if parent is node else _names_beside(parent)
            self._extra(parent, name, known or _names_of_option(detail))
            return
        if detail["loc"] and detail["loc"][-1] == "[key]" and isinstance(parent, Mapping) and name in parent.keys:
            place = parent.keys[name]
        code, message = sentence(detail, name)
        if name == "options" and isinstance(place, Scalar) and node.fields.get("options") is parent:
            told = plain_option(self.source, node, place)
            if told is not None:
                self.add(place, "option", told[0], fix=told[1])
            return
        if isinstance(place, Mapping) and code == "not-text" and len(place.fields) == 1 and not place.flow:
            self._colon(place)
            return
        self.add(place, code, message, fix=self._value_fix(detail, code, name, place, parent))

    def _missing(self, detail: ErrorDetails, place: Node, name: str, known: tuple[str, ...]) -> None:
        last = detail["loc"][-1]
        if isinstance(last, int):  # one of a pair of numbers
            self.add(place, "too-few", f"“{name}:” needs {last + 1} entries.")
            return
        if place is self.root and last in {key for key, _, _ in self.source.sections}:
            return  # it is there, and what is wrong with it is told
        if last == "options" and isinstance(place, Mapping) and has_strays(place):
            return  # the answers stand outside of their list, which is told
        if isinstance(place, Mapping) and any(key not in known and meant(key, [str(last)]) for key in place.keys):
            return  # that it has another name there is told
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

    def _extra(self, parent: Mapping, name: str, fields: tuple[str, ...]) -> None:
        key, value = parent.keys[name], parent.fields[name]
        if "options" in fields and (told := named_answer(parent, name)) is not None:
            self.add(key, "stray-answer", told, fix=self.mend.removed(key, value) if says_right(parent) else None)
            return
        if "options" in fields and side_of(name):
            message, fix = stray_side(self.source, parent, name)
            self.add(key, "stray-answer", message, fix=fix)
            return
        known = ["explain" if one == "explanation" else one for one in fields]
        said = meant(key.value, known, parent.fields)
        if said is None and known == list(Option.model_fields) and len(parent.fields) == 1 and not parent.flow:
            self._colon(parent)
            return
        hint = f" Did you mean “{said}”?" if said else " Delete it, or check where it belongs."
        fix = self.mend.renamed(key, said) if said else self.mend.removed(key, value)
        self.add(key, "unknown-field", f"There is no field “{key.value}” here.{hint}", fix=fix)

    def _colon(self, place: Mapping) -> None:
        line = self.source.lines[place.line - 1]
        fix = line[: place.column - 1] + quoted(line[place.column - 1 :].strip())
        message = "There is a colon inside this text, so it needs quotes round it."
        self.add(place, "colon", message, fix=fix)


def _names_another(detail: ErrorDetails) -> bool:
    """Whether it is about the form of a name that cannot exist: the loader says so, with the names that there are."""
    return detail["type"] == "string_pattern_mismatch" and detail["loc"][:1] in _REFERENCES


def _names_of_option(detail: ErrorDetails) -> tuple[str, ...]:
    """Fields of an answer to choose, if the error is in one that has not a single one of them."""
    return tuple(Option.model_fields) if "options" in detail["loc"] else ()


def _names_beside(parent: Node) -> tuple[str, ...]:
    """Fields that may stand where `parent` stands: those of options, explanations and the like."""
    if not isinstance(parent, Mapping):
        return ()
    models = [one for one in Part.__subclasses__() if not issubclass(one, Response)]
    return tuple(
        name
        for model in models
        if any(key in model.model_fields for key in parent.fields)
        for name in model.model_fields
    )
