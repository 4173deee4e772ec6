"""What every app would compile anew, kept for the apps of all tests: templates, and the builders of addresses.

Each test has an app of its own; compiling for it takes longer than most of what tests ask of it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from unittest import mock

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from quizapp.app import create_app
from quizapp.config import Settings


class _KeptTemplates(BytecodeCache):
    """Compiled templates, each with the checksum of the source it was made from."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.checksum, bucket.code


_templates = _KeptTemplates()
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


class _KeptRule(Rule):
    """A rule of the map of addresses that takes the function which builds an address from a rule alike."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)  # their values are compiled in
        alike = (self.rule, *self._trace, append_unknown)
        if alike not in _builders:
            _builders[alike] = super()._compile_builder(append_unknown)
        return _builders[alike]


def make_app(settings: Settings) -> Flask:
    """Makes an app as `create_app` does, from what was compiled for those before it."""
    with mock.patch.object(Flask, "url_rule_class", _KeptRule):
        app = create_app(settings)
    app.jinja_env.bytecode_cache = _templates
    return app
