"""The OpenAPI 3.1 document, made of the operations and the models that the API itself uses."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from quizapp import __version__
from quizapp.web.api_operations import OPERATIONS, Operation
from quizapp.web.api_schema import NoQuery, Problem
from quizapp.web.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
_PATH_IDS = {"section": "class", "assignment": "assignment"}
_REFUSALS = {
    "400": "What stands behind the question mark cannot be used.",
    "401": "No token, or one that does not work.",
    "403": "The token lacks the scope.",
    "404": "Not there, or not this teacher's: the two look the same.",
    "429": "Too many requests; `Retry-After` says for how many seconds to wait.",
}


@cache
def document() -> str:
    """Return the document as JSON text."""
    return json.dumps(_document(), ensure_ascii=False, indent=1)


def _document() -> dict[str, Any]:
    models: list[type[BaseModel]] = [*dict.fromkeys(one.answer for one in OPERATIONS), Problem]
    refs, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REF)
    names = {model: refs[model, "serialization"]["$ref"] for model in models}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Closer Look",
            "version": __version__,
            "description": "Reads what a teacher's pages say. Times are in UTC. Lists come in parts: ask again with "
            "`cursor` set to `next`, or follow the `Link` header. Answers carry an `ETag`; send it back as "
            "`If-None-Match`, and what has not changed is answered 304.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": {one.path: {"get": _operation(one, names)} for one in OPERATIONS},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    scope = "any token" if one.scope is None else f"a token with the scope `{one.scope.value}`"
    ids = re.findall(r"{(\w+)}", one.path)
    described = {
        "200": {
            "description": "What was asked for.",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": names[one.answer]}}},
        },
        "304": {"description": "Nothing has changed."},
    }
    refusals = {
        code: text for code, text in _REFUSALS.items() if (code != "404" or ids) and (code != "403" or one.scope)
    }
    for code, text in refusals.items():
        described[code] = {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": {"$ref": names[Problem]}}},
        }
    return {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Needs {scope}.",
        "parameters": [*(_path_id(name) for name in ids), *_query(one.query)],
        "responses": described,
    }


def _path_id(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The id of the {_PATH_IDS[name]}.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    }


def _query(model: type[NoQuery]) -> list[dict[str, Any]]:
    fields = model.model_json_schema()["properties"] if model.model_fields else {}
    found = []
    for name, field in fields.items():
        # A parameter that is left out is not null.
        schema = next((one for one in field.get("anyOf", ()) if one.get("type") != "null"), field)
        kept = {key: value for key, value in schema.items() if key not in {"title", "description", "default"}}
        if field.get("default") is not None:
            kept["default"] = field["default"]
        found.append({"name": name, "in": "query", "description": field.get("description", ""), "schema": kept})
    return found
