"""The schema names what the models name, and describes all of it."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from quizapp.bank.model import Card, Envelope, Source, Stimulus
from quizapp.bank.schema import DESCRIPTIONS, bank_schema, names_in
from quizapp.items.base import Explanation, Option
from quizapp.items.registry import kinds

SCHEMA = bank_schema()


def test_every_field_is_there_and_described() -> None:
    names = names_in(SCHEMA)
    models: list[type[BaseModel]] = [Envelope, Source, Stimulus, Card, Explanation, Option, *kinds().values()]
    for model in models:
        assert {field.alias or name for name, field in model.model_fields.items()} <= names
    assert names == set(DESCRIPTIONS)
    assert all(text.endswith((".", "…")) for text in DESCRIPTIONS.values())


def test_every_kind_has_its_fields_and_no_others() -> None:
    branches = {
        one["then"]["properties"]["type"]["const"]: one["then"] for one in SCHEMA["definitions"]["question"]["allOf"]
    }
    assert set(branches) == set(kinds())
    for name, branch in branches.items():
        fields = {field.alias or key for key, field in kinds()[name].model_fields.items()}
        assert set(branch["properties"]) == {"type", *fields}
        assert branch["additionalProperties"] is False


def test_it_is_plain_and_closed() -> None:
    def references(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(references, node))
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*map(references, node.values()))
        return set()

    text = json.dumps(SCHEMA)
    assert {f"#/definitions/{name}" for name in SCHEMA["definitions"]} >= references(SCHEMA)
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert '"null"' not in text
