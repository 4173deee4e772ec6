"""Rules of the house that no tool knows: who commits, who makes HTML, what a template may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.importing import PACKAGE, ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.relative_to(PACKAGE).parts]

TEMPLATE_RULES = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script written in the page": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=.application/json)", re.IGNORECASE
    ),
    "an event attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[\w:.-]*)\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript\s*:", re.IGNORECASE),
    "markup declared safe": re.compile(r"\|\s*safe\b|\bMarkup\s*\(", re.IGNORECASE),
    "escaping switched off": re.compile(r"autoescape\s+false|autoescape=False", re.IGNORECASE),
    "a trigger filter, which needs eval": re.compile(r"hx-trigger=\"[^\"]*\["),
    "another host": re.compile(r"<(?:script|link|img|iframe|source|use)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//"),
}


def breaches(markup: str) -> list[str]:
    """What a template holds that it may not."""
    return [name for name, pattern in TEMPLATE_RULES.items() if pattern.search(markup)]


def calls(source: str) -> Iterator[tuple[str, int]]:
    """Every called name in a source with its line, without what stands before the last dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr, node.lineno
            elif isinstance(function, ast.Name):
                yield function.id, node.lineno


def callers(name: str) -> set[str]:
    """The modules in which something of this name is called."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if any(called == name for called, _ in calls(path.read_text("utf-8")))
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_template_needs_no_exception_from_the_policy(path: Path) -> None:
    assert breaches(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<p class=a style='x'>",
        "<STYLE>",
        "<script>run()</script>",
        "<a onclick=run()>",
        '<p hx-on:click="run()">',
        '<a href="javascript:run()">',
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{% autoescape false %}",
        '<p hx-trigger="click[ctrlKey]">',
        "<script src='https://cdn.example/x.js'>",
        '<img src="//example/x.png">',
    ],
)
def test_planted_breach_in_a_template_is_caught(markup: str) -> None:
    assert breaches(markup) != []


@pytest.mark.parametrize(
    "markup",
    [
        "<script type=\"module\" src=\"{{ url_for('static', filename='js/a.js') }}\"></script>",
        '<script type="application/json">{{ data|tojson }}</script>',
        '<a href="https://example.org/">a link is no request</a>',
        '<button name="option" data-once="on">',
    ],
)
def test_ordinary_markup_passes(markup: str) -> None:
    assert breaches(markup) == []


def test_only_the_writing_service_commits() -> None:
    assert callers("commit") == {"services/writing.py"}


def test_only_the_text_module_declares_markup_safe() -> None:
    assert callers("Markup") == {"text.py"}


def test_author_text_is_rendered_when_published_and_never_while_a_page_is_drawn() -> None:
    """The exceptions are the gallery of kinds, whose texts come with the program, and the preview for authors."""
    assert callers("render") == {"text.py", "services/clean_texts.py"}
    assert callers("clean_rows") == {
        "services/freezing.py",
        "services/publishing.py",
        "services/lessons.py",
        "services/misconceptions.py",
        "services/gallery.py",
        "services/previewing.py",  # for its author, who wants to see what was just written
    }
    # A class's copy of an article is cleaned when a teacher saves it.
    assert callers("safe_blocks") == {"services/articles.py"}


def test_templates_are_never_made_from_input() -> None:
    assert callers("render_template_string") | callers("from_string") == set()


def test_yaml_is_read_only_by_the_guarded_reader() -> None:
    loading = {"load", "safe_load", "load_all", "safe_load_all", "full_load", "unsafe_load"}
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if re.search(rf"\byaml\.({'|'.join(loading)})\b", path.read_text("utf-8"))
    }
    assert users == set()


def test_scripts_write_no_markup_and_run_no_text() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    found = [
        f"{path.name}: {match[0]}"
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
        for match in forbidden.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_a_planted_commit_is_caught() -> None:
    assert ("commit", 1) in list(calls("db.session.commit()"))
    assert ("Markup", 1) in list(calls("Markup(name)"))
