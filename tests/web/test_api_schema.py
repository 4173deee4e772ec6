"""The API against its own document, with requests that nobody thought of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from quizapp.models import ApiScope
from quizapp.services import tokens
from tests.clock import START
from tests.web.school import open_school

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.fixture
def database() -> str:
    return "sqlite"


def test_every_operation_keeps_to_the_document(app: Flask) -> None:
    school = open_school(app)
    with app.app_context():
        made = tokens.make_token(school.owner.id, "Test", list(ApiScope), lives=timedelta(days=1), now=START)
    real = {"section": school.section, "assignment": school.assignment}
    moment = [START]

    def later() -> object:
        # Each request a second after the one before, so that nobody is asked to wait.
        moment[0] += timedelta(seconds=1)
        return moment[0]

    app.extensions["clock"] = later
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    answered: set[int] = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        cases = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            *([operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)] if operation.query else []),
        )

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, at_home=st.booleans())
        def ask(case: schemathesis.Case[Any], at_home: bool) -> None:
            if at_home:
                case.path_parameters.update({name: real[name] for name in case.path_parameters or ()})
            response = case.call(headers={"Authorization": f"Bearer {made.text}"})
            answered.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        ask()
    assert answered >= {200, 400, 404}
