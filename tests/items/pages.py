"""Draws a question as the app does, and answers it as a browser does."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from quizapp import text
from quizapp.items.base import Feedback, Response, Shown
from quizapp.items.registry import AnyItem

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def html(source: str, *, block: bool = False) -> Markup:
    return text.trusted(text.render(source, block=block))


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    return env


ENVIRONMENT = environment()


def macros(kind: str) -> Any:
    try:
        return ENVIRONMENT.get_template(f"items/{kind}.html").module
    except TemplateNotFound:
        return ENVIRONMENT.get_template("items/_default.html").module


def draw(
    item: AnyItem, shown: Shown, *, response: Response | None = None, post: MultiDict[str, str] | None = None
) -> str:
    form = item.form(shown, post, response)
    if post is not None:
        form.validate()
    return str(macros(item.kind).draw(item, form, html))


def draw_feedback(item: AnyItem, feedback: Feedback) -> str:
    return str(macros(item.kind).feedback(item, feedback, html))


def parse(page: str) -> Element:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree: Element = parser.parseFragment(page)
    errors = [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"]
    assert errors == [], (errors, page)
    return tree


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def filled_in(page: str) -> MultiDict[str, str]:
    """What a browser would send for this page as it stands."""
    post: MultiDict[str, str] = MultiDict()
    for element in parse(page).iter():
        name = element.get("name")
        if name is None:
            continue
        if element.tag == "input" and element.get("type") in {"radio", "checkbox"}:
            if element.get("checked") is not None:
                post.add(name, element.get("value", ""))
        elif element.tag == "select":
            chosen = [o for o in element.iter("option") if o.get("selected") is not None] or [
                next(element.iter("option"))
            ]
            post.add(name, chosen[0].get("value", ""))
        elif element.tag == "textarea":
            post.add(name, ("".join(element.itertext())).removeprefix("\n").replace("\n", "\r\n"))
        else:
            post.add(name, element.get("value", ""))
    return post
