"""A JSON Schema of bank files, made from the models, for editors that complete and explain while one types.

An editor sees less than the check does: it knows names, words and shapes, not what a question means.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from quizapp.bank.model import Envelope, Stimulus
from quizapp.items.base import JSON
from quizapp.items.registry import kinds

FILE_NAME = "bank-1.schema.json"
"""What the schema is called beside a bank; the number is that of the format."""

#: An unquoted text may look like a number or a truth to an editor; the reader takes all as text.
_TEXT = ["string", "number", "boolean"]

DESCRIPTIONS: Mapping[str, str] = {
    "format": "Always 1.",
    "bank": "The name of the bank for the program: small letters, digits and dashes. Never change it.",
    "title": "What students and teachers read.",
    "language": "The language of the texts: en, de, pt-BR …",
    "ages": "For which ages it is meant: one, such as 13, or two with a hyphen, such as 11-14.",
    "licence": "Under which others may use it.",
    "source": "The article that the bank is about.",
    "stands_in": "true when its questions may take the place of those on an article. For made-up topics only.",
    "twin": "The name of the other bank, when two are the two forms of one check-in.",
    "note": "What readers should know before they begin; shown wherever the bank is offered.",
    "skills": "Skills of your own: a name and a definition each.",
    "stimuli": "Things to look at beside questions.",
    "questions": "The questions; at least one.",
    "outlet": "Who published it.",
    "author": "Who wrote it.",
    "date": "When it was published, as you would say it.",
    "url": "Its address, beginning with https://.",
    "id": "Its name in this file: small letters, digits and dashes. Never change it: results hang on it.",
    "kind": "How it is drawn.",
    "who": "Who says it.",
    "quote": "Words of the source, exactly as they stand there.",
    "context": "What readers need to know, in your words.",
    "gloss": "Hard words and what they mean.",
    "cards": "Several short texts to compare.",
    "image": "A PNG, JPEG or WebP file in the folder of the bank.",
    "alt": "What the picture shows, for those who cannot see it. Do not give the answer away.",
    "credit": "Who made the picture, and from where you have it.",
    "type": "The kind of question.",
    "prompt": "What is asked. One line or more; *slanted* and **bold** work.",
    "about": "The id of a thing to look at.",
    "skill": "The one skill it trains. Without it the question counts in the quiz and for no skill.",
    "also": "Further skills it touches, for your own overview.",
    "tags": "Words for finding it again.",
    "difficulty": "Your guess.",
    "needs": "excerpt if what is shown is enough, article if the whole article must be read.",
    "control": "true when nothing is wrong with what is shown. Half of a set should be like this.",
    "as_of": "The day to which the facts belong, such as 2026-03-02.",
    "status": "verified, or contested where informed people differ.",
    "review_by": "The day by which to look at it again.",
    "sources": "Where you checked the facts.",
    "hints": "Helps, shown one by one when asked for. They cost nothing.",
    "scoring": "part gives part marks; all gives a mark only for a wholly right answer.",
    "allow": "Rules of the check that are wrong about this question, each with your reason.",
    "explain": "What everybody may read after answering: one text, or up to five parts.",
    "evidence": "What in the text decides it.",
    "principle": "The rule behind it, in a sentence.",
    "transfer": "What to do with the next text.",
    "fair": "The best that can be said for the other side.",
    "more": "Background, folded away.",
    "options": "The answers to choose from.",
    "right": "A right answer.",
    "wrong": "A wrong answer.",
    "why": "Why it is right or wrong; shown to those who chose it.",
    "misconception": "A name for the mistake behind this wrong answer. For teachers only.",
    "lure": "What this wrong answer tempts with. For teachers only.",
    "pin": "last keeps this answer at the end.",
    "ask_reason": "true adds room to say why; kept and never marked.",
    "passage": "The text to look at. In highlight [[key phrases]] and ((sound ones)) are marked.",
    "verdict": "Whether the passage is sound or has the problem that the prompt names.",
    "where": "The words that decide it, shown after the verdict.",
    "heaps": "The heaps to sort into.",
    "statements": "What is sorted; each has its heap.",
    "heap": "The heap it belongs to, word for word.",
    "correct_guessing": "true takes off what guessing would earn; for two or three heaps.",
    "pairs": "What belongs together.",
    "left": "One side of a pair.",
    "extra": "Partners that fit nothing.",
    "first": "What the upper end of the order means.",
    "last": "What the lower end of the order means.",
    "items": "The lines in the right order.",
    "tied": "Lines of one rank.",
    "spans": "Reasons for marked phrases.",
    "words": "The words that are marked in the passage; for open questions how many to write.",
    "unit": "For highlight word or span; for a number its unit.",
    "text": "The text. In gaps [[1]] is a gap.",
    "gaps": "What belongs into each gap.",
    "accept": "Answers that count as right.",
    "near": "Answers that come close, each with a reason.",
    "answer": "The right number.",
    "tolerance": "How far off is still right.",
    "between": "The smallest and the largest number that is right.",
    "rubric": "What earns how many points, beginning with 0.",
}
"""What an editor says about a field, wherever it stands."""


def bank_schema() -> JSON:
    """The schema of a whole bank file, in draft 7 of JSON Schema, which editors know best."""
    definitions: dict[str, JSON] = {}
    purposes = {name: inspect.getdoc(sys.modules[kind.__module__]) or "" for name, kind in kinds().items()}
    question: JSON = {
        "type": "object",
        "properties": {
            "type": {
                "enum": list(kinds()),
                "description": DESCRIPTIONS["type"],
                "enumDescriptions": [text.partition("\n")[0] for text in purposes.values()],
            }
        },
        "required": ["id", "type", "prompt"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": _with_type(_model(kind, name, definitions), name),
            }
            for name, kind in kinds().items()
        ],
    }
    definitions["question"] = question
    definitions["stimulus"] = _model(Stimulus, "stimulus", definitions)
    bank = _model(Envelope, "bank", definitions)
    bank["properties"]["format"] = {"enum": [1, "1"], "description": DESCRIPTIONS["format"]}
    lists = {"questions": "question", "stimuli": "stimulus"}
    for name, entry in lists.items():
        bank["properties"][name] = {
            "type": "array",
            "items": {"$ref": f"#/definitions/{entry}"},
            "description": DESCRIPTIONS[name],
        }
    bank["properties"]["questions"]["minItems"] = 1
    bank["required"].append("questions")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A bank of questions, format 1",
        **bank,
        "definitions": definitions,
    }


def _with_type(schema: JSON, name: str) -> JSON:
    schema["properties"]["type"] = {"const": name, "description": DESCRIPTIONS["type"]}
    return schema


def _model(model: type[BaseModel], name: str, definitions: dict[str, JSON]) -> JSON:
    """The schema of one model; the models inside it are put among the definitions, under its name."""
    schema = model.model_json_schema(by_alias=True, ref_template=f"#/definitions/{name}.{{model}}")
    for inner, part in schema.pop("$defs", {}).items():
        definitions[f"{name}.{inner}"] = _for_editors(part)
    return _for_editors(schema)


def _for_editors(schema: JSON) -> JSON:
    """A schema of pydantic in the words of draft 7, as wide as the reader, without what says nothing to an author."""
    if isinstance(schema, list):
        return [_for_editors(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key not in {"title", "default", "description", "format"}}
    _adapt_inner(found)
    if {"right", "wrong"} <= set(found.get("properties", ())):
        found["oneOf"] = [{"required": ["right"]}, {"required": ["wrong"]}]
    if found.get("type") == "string":
        found["type"] = _TEXT
    if "enum" in found:
        del found["type"]
    return _one_of_several(found)


def _adapt_inner(found: JSON) -> None:
    """The same for the schemas of fields and entries."""
    for key in ("properties", "patternProperties"):
        if key in found:
            found[key] = {name: _field(name, value) for name, value in found[key].items()}
    if "prefixItems" in found:
        found["items"] = found.pop("prefixItems")[0]
    for key in ("items", "additionalProperties"):
        if key in found:
            found[key] = _for_editors(found[key])


def _one_of_several(found: JSON) -> JSON:
    """The schema without the alternative of nothing, which nobody writes into a file."""
    if "anyOf" not in found:
        return found
    found["anyOf"] = _alternatives(found["anyOf"])
    return found | found.pop("anyOf")[0] if len(found["anyOf"]) == 1 else found


def _alternatives(schemas: list[JSON]) -> list[JSON]:
    return [_for_editors(one) for one in schemas if one.get("type") != "null"]


def _field(name: str, schema: JSON) -> JSON:
    found = _for_editors(schema)
    if name == "explain":
        found = {"anyOf": [{"type": _TEXT}, found]}
    if name in DESCRIPTIONS:
        # Beside a reference draft 7 reads nothing else, so the reference is put into a list of one.
        found = {"description": DESCRIPTIONS[name], **({"allOf": [found]} if "$ref" in found else found)}
    return found


def names_in(schema: JSON) -> set[str]:
    """Every name of a field in a schema."""
    if isinstance(schema, list):
        return set().union(*map(names_in, schema))
    if not isinstance(schema, dict):
        return set()
    own: Any = schema.get("properties", {})
    return set(own).union(*map(names_in, schema.values()))
