"""From a file to a checked bank, or to every problem that stands in the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from quizapp import BankError
from quizapp.bank.mending import fitting_kind, known_names, named_in, near, slugged
from quizapp.bank.model import Bank, Envelope, Skill, Stimulus
from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence, data_of
from quizapp.bank.option_lines import likely_kind
from quizapp.bank.pasted import each_once, not_a_bank
from quizapp.bank.pictures import PictureError, read_picture
from quizapp.bank.placeholders import placeholders
from quizapp.bank.places import Places
from quizapp.bank.problems import Problem, in_order
from quizapp.bank.reader import Tree, read
from quizapp.bank.reporting import Reporter
from quizapp.bank.syntax import quoted, without_curly
from quizapp.items.base import Part, Slug, Text, shorten
from quizapp.items.registry import AnyItem, kinds

P = TypeVar("P", bound=Part)

#: Lists of sentences, which may not stand in square brackets: a comma would cut a sentence in two.
SENTENCES = frozenset({"hints", "sources", "heaps", "items", "extra"})
_FIRST_QUESTION = """
  - id: my-question
    type: short
    prompt: Write the question here.
    accept: [Write the right answer here.]
    why: Say why here."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bank, or None when it has an error; everything found, in file order; and where all of it stands."""

    bank: Bank | None
    problems: tuple[Problem, ...]
    places: Places | None = None
    readable: Bank | None = None
    """The questions that could be read, also where something else has an error, even the head of the file. For looking
    at one of them; never for publishing."""


_NO_HEAD = Envelope(format="1", bank="no-name", title="No title", language="en")


class _SkillsFile(Part):
    """The shared list of skills."""

    format: Literal["1"]
    strands: dict[Slug, Text] = Field(default_factory=dict)
    skills: tuple[Skill, ...]


def load_file(path: Path, *, skills: Iterable[Skill]) -> Loaded:
    """Read and check one bank file, and the pictures beside it.

    Args:
        path: the file.
        skills: the shared skills that questions may name.

    Raises:
        OSError: when the file cannot be opened.
    """
    return load_text(path.read_bytes(), str(path), skills=skills, folder=path.parent)


def load_text(
    data: bytes,
    name: str,
    *,
    skills: Iterable[Skill],
    folder: Path | None = None,
    pictures: Collection[str] | None = None,
) -> Loaded:
    """Check a bank given as bytes; `name` is what the problems call it.

    Pictures are looked for in `folder`, or among the names in `pictures`; without either they are taken to be there.
    """
    tree = read(data, name)
    elsewhere = not_a_bank(tree.source) if tree.source is not None else None
    if elsewhere is not None:
        return Loaded(None, (elsewhere,))
    if tree.root is None:
        return Loaded(None, in_order(each_once(tree.problems)))
    loading = _Loading(tree, tree.root, tuple(skills))
    readable = loading.bank()
    if folder is not None:
        loading.check_pictures(folder)
    if pictures is not None:
        loading.check_names(pictures)
    broken = any(problem.level == "error" for problem in tree.problems)
    return Loaded(
        None if broken else readable, in_order(each_once(tree.problems)), Places(tree.root, loading.source), readable
    )


def read_skills(path: Path) -> tuple[Skill, ...]:
    """The shared skills, in the order of their file.

    Raises:
        OSError: when the file cannot be opened.
        BankError: when it has errors.
    """
    return read_fields(path.read_bytes(), str(path), _SkillsFile).skills


def read_strands(path: Path) -> dict[str, str]:
    """The names of the strands that the shared skills belong to, by id, in the order of their file.

    Raises as `read_skills` does.
    """
    return read_fields(path.read_bytes(), str(path), _SkillsFile).strands


def read_fields(data: bytes, name: str, shape: type[P]) -> P:
    """A small file that is read with the banks, such as the list of skills.

    Args:
        data: the file's bytes.
        name: what the problems call it.
        shape: the fields it must have.

    Raises:
        BankError: when it has errors.
    """
    tree = read(data, name)
    found: P | None = None
    if tree.root is not None:
        try:
            found = shape.model_validate(data_of(tree.root))
        except ValidationError as error:
            Reporter(tree, tree.root).report(error, tree.root, shape.model_fields)
    problems = in_order(tree.problems)
    if found is None or any(problem.level == "error" for problem in problems):
        raise BankError(problems)
    return found


class _Loading:
    """One file on its way to a bank; problems gather in the tree."""

    def __init__(self, tree: Tree, root: Mapping, skills: tuple[Skill, ...]) -> None:
        self.found = Reporter(tree, root)
        self.source = self.found.source
        self.mend = self.found.mend
        self.root = root
        self.shared = {skill.id: skill for skill in skills}

    def bank(self) -> Bank:
        """The bank, as far as it can be made; with a head that stands in for one that is broken."""
        envelope = self._envelope()
        own = self._own_skills(envelope)
        self._check_sections()
        stimuli = list(self._stimuli())
        items = list(self._items())
        named = self.root.fields.get("skills")  # also where something else in the head is wrong
        known = {*self.shared, *(named.fields if isinstance(named, Mapping) else ())}
        shown = {stimulus.id for stimulus in stimuli}
        for node in self._entries("questions"):
            self._references(node, known, shown)
        self._check_placeholders()
        self._unique("stimuli")
        self._unique("questions")
        envelope = envelope or _NO_HEAD
        return Bank(
            slug=envelope.bank,
            title=envelope.title,
            language=envelope.language,
            licence=envelope.licence,
            source=envelope.source,
            skills=own,
            stimuli=tuple(stimuli),
            items=tuple(items),
            stands_in=envelope.stands_in,
            twin=envelope.twin,
            note=envelope.note,
            ages=envelope.ages,
        )

    def _check_placeholders(self) -> None:
        for held, certain in placeholders(self.root):
            words = shorten(held.value, 60)
            if certain:
                message = f"“{words}” only holds the place. Write your own words instead."
                self.found.add(held, "placeholder", message)
            else:
                message = f"“{words}” looks like words of a template. Write your own instead, unless you mean it."
                self.found.add(held, "maybe-placeholder", message, level="warning")

    def check_pictures(self, folder: Path) -> None:
        """Report every picture that could not be shown."""
        for image in self._images():
            try:
                read_picture(folder, image.value)
            except PictureError as error:
                self.found.add(image, error.code, str(error))

    def check_names(self, pictures: Collection[str]) -> None:
        """Report every picture that has not been added."""
        for image in self._images():
            if image.value not in pictures:
                message = f"There is no picture “{image.value}” with this bank yet. Add it, or correct its name."
                self.found.add(image, "no-picture", message)

    def _images(self) -> Iterator[Scalar]:
        for node in self._entries("stimuli"):
            image = node.fields.get("image")
            # A path is reported already, as a name that is none.
            if isinstance(image, Scalar) and "/" not in image.value and "\\" not in image.value:
                yield image

    def _envelope(self) -> Envelope | None:
        try:
            data = {key: data_of(node) for key, node in self.root.fields.items() if key not in {"stimuli", "questions"}}
            return Envelope.model_validate(data)
        except ValidationError as error:
            self.found.report(error, self.root, Envelope.model_fields)
            return None

    def _own_skills(self, envelope: Envelope | None) -> tuple[Skill, ...]:
        node = self.root.fields.get("skills")
        if envelope is None or not isinstance(node, Mapping):
            return ()
        for slug, key in node.keys.items():
            if slug in self.shared:
                message = f"The skill “{slug}” is already in the shared list. Delete it here, or rename it."
                self.found.add(key, "known-skill", message, fix=self.mend.renamed(key, f"my-{slug}"))
        return tuple(
            Skill(id=slug, name=slug.replace("-", " ").capitalize(), definition=text)
            for slug, text in envelope.skills.items()
        )

    def _stimuli(self) -> Iterator[Stimulus]:
        for node in self._entries("stimuli"):
            try:
                yield Stimulus.model_validate(data_of(node))
            except ValidationError as error:
                self.found.report(error, node, Stimulus.model_fields)

    def _items(self) -> Iterator[AnyItem]:
        for node in self._entries("questions"):
            kind = self._kind(node)
            self._check_lists(node)
            if kind is None:
                continue
            data = data_of(node)
            del data["type"]
            try:
                yield kind.model_validate(data)
            except ValidationError as error:
                self.found.report(error, node, {**kind.model_fields, "type": None})

    def _check_sections(self) -> None:
        """The two long lists: that they are lists, of fields, and that there are questions."""
        if "questions" not in self.root.fields and "questions" not in {key for key, _, _ in self.source.sections}:
            message = "The bank has no “questions:”. Add at least one question."
            self.found.add(self.root, "missing", message, fix=self.mend.added(self.root, "questions", _FIRST_QUESTION))
        for section in ("stimuli", "questions"):
            node = self.root.fields.get(section)
            if isinstance(node, Sequence):
                for entry in node.entries:
                    if not isinstance(entry, Mapping):
                        self.found.add(entry, "not-an-entry", f"An entry of “{section}:” needs fields, such as “id:”.")
            elif isinstance(node, Mapping) or (isinstance(node, Scalar) and node.value):
                self.found.add(node, "not-a-list", f"“{section}:” needs a list: begin each entry with a dash.")

    def _entries(self, section: str) -> Iterator[Mapping]:
        node = self.root.fields.get(section)
        if isinstance(node, Sequence):
            yield from (entry for entry in node.entries if isinstance(entry, Mapping))

    def _kind(self, node: Mapping) -> type[AnyItem] | None:
        given = node.fields.get("type")
        names = list(kinds())
        if given is None:
            meant = next((key for key in node.keys if near(key, ["type"])), None)
            place: Node = node.keys[meant] if meant else node
            message = f"“type:” is missing. Choose one of: {', '.join(names)}."
            fits = fitting_kind(data_of(node)) or likely_kind(node)
            added = self.mend.added(node, "type", fits) if fits else None
            fix = self.mend.renamed(node.keys[meant], "type") if meant else added
            self.found.add(place, "missing", message, fix=fix)
            return None
        if isinstance(given, Scalar) and given.value in names:
            return kinds()[given.value]
        if not isinstance(given, Scalar):
            self.found.add(given, "unknown-type", f"“type:” needs one of these words: {', '.join(names)}.")
            return None
        meant = near(given.value.casefold(), names) or named_in(given.value, names)
        hint = f" Did you mean “{meant}”?" if meant else ""
        meant = meant or fitting_kind(data_of(node))
        fix = self.mend.replaced(given, meant) if meant else None
        message = f"There is no type “{given.value}”.{hint} The types are: {', '.join(names)}."
        self.found.add(given, "unknown-type", message, fix=fix)
        return None

    def _check_lists(self, node: Mapping) -> None:
        """Refuse sentences in square brackets, where a comma would cut them."""
        for name, value in node.fields.items():
            if not (name in SENTENCES and isinstance(value, Sequence) and value.flow):
                continue
            if any(isinstance(entry, Scalar) and entry.plain for entry in value.entries):
                message = (
                    f"Write “{name}:” with one line and a dash for each text; in brackets every comma starts a new one."
                )
                line = self.source.lines[value.line - 1]
                whole = line.rstrip().endswith("]") and len(line) > value.column
                inner = line.rstrip()[value.column : -1].strip()
                fix = f"{line[: value.column - 1]}[{quoted(inner)}]" if whole and '"' not in inner else None
                self.found.add(value, "brackets", message, fix=fix)

    def _references(self, node: Mapping, skills: set[str], stimuli: set[str]) -> None:
        """Names of stimuli and skills that do not exist, also in questions that are broken otherwise."""
        about = node.fields.get("about")
        if isinstance(about, Scalar) and about.value not in stimuli and not self._broken("stimuli", about.value):
            self._unknown(about, "stimulus", stimuli)
        also = node.fields.get("also")
        for one in (node.fields.get("skill"), *(also.entries if isinstance(also, Sequence) else ())):
            if isinstance(one, Scalar) and one.value not in skills:
                self._unknown(one, "skill", skills)

    def _broken(self, section: str, slug: str) -> bool:
        """Whether the file has an entry with this id that could not be read."""
        return (section, slug) in self._written

    @cached_property
    def _written(self) -> set[tuple[str, str | None]]:
        return {(region.section, region.id) for region in self.source.regions}

    def _unknown(self, node: Scalar, what: str, known: set[str]) -> None:
        word = without_curly(node.value)
        meant = self._meant(word, what, known)
        message = f"There is no {what} “{shorten(word, 60)}”. {known_names(word, known, what, meant)}"
        if word in known:
            message = f"Write {word} without the curly quotes; they would be part of the name."
        self.found.add(node, f"unknown-{what}", message, fix=self._known(node, meant))

    def _meant(self, word: str, what: str, known: set[str]) -> str | None:
        """The name that was written as its title, in other letters, misspelt, or among other words."""
        titled = (one.id for one in self.shared.values() if what == "skill" and one.name.casefold() == word.casefold())
        slug = slugged(word)
        return next(titled, None) or (near(slug, known) if slug else None) or named_in(word, known)

    def _known(self, node: Scalar, meant: str | None) -> str | None:
        """The line with the name that was meant, or without the field when none was."""
        if meant:
            return self.mend.replaced(node, meant)
        line = self.source.lines[node.line - 1]
        return "" if re.fullmatch(r" +(?:about|skill|also): *\[?[^,]*", line) else None

    def _unique(self, section: str) -> None:
        seen: dict[str, int] = {}
        what = "question" if section == "questions" else "stimulus"
        for node in self._entries(section):
            place = node.fields.get("id")
            if not isinstance(place, Scalar):
                continue
            if place.value in seen:
                message = (
                    f"Another {what} has the id “{place.value}” (line {seen[place.value]}). Give this one another."
                )
                self.found.add(place, "same-id", message, fix=self.mend.replaced(place, f"{place.value}-{place.line}"))
            seen.setdefault(place.value, place.line)
