"""A browser without JavaScript that inspects every page it fetches."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import TestResponse

from tests.factories import PASSWORD, Pupil, SchoolClass, Teacher

PRODUCT = "Closer Look"
Fields = dict[str, str | list[str]]
_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page."""

    method: str
    action: str | None
    fields: MultiDict[str, str]
    element: Element


_TOKEN = re.compile(r'(name="csrf_token" value=)"([^"]*)"')
_RANDOM = (_TOKEN, re.compile(r'(name="(?:tab|kept|request_key|order)" value=)"([^"]*)"'))
# Pages that were found faultless, but for what is random in them: looking once is enough.
_inspected: set[bytes] = set()
PARTS_OF_PAGES = ("/now",)
"""Addresses that give a piece of a page to its script; the whole page is inspected with the piece in it."""


def without_tokens(text: str) -> str:
    """A page without what is random in it."""
    for pattern in _RANDOM:
        text = pattern.sub(r'\1"…"', text)
    return text


class Page:
    """One answer of the app. HTML has been inspected before anybody sees this."""

    def __init__(self, response: TestResponse, path: str) -> None:
        self.response = response
        self.path = path
        self.status = response.status_code
        self.headers: Headers = response.headers
        self.body = response.get_data()
        part = self.status < 400 and path.partition("?")[0].endswith(PARTS_OF_PAGES)
        self.is_html = response.mimetype == "text/html" and not part
        self.location = response.headers.get("Location")
        response.close()
        if self.is_html and not self.location:
            known = hashlib.sha256(without_tokens(self.text).encode()).digest()
            if known not in _inspected:
                _tree, faults = inspect(self.text)
                assert faults == [], (path, faults)
                _inspected.add(known)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @cached_property
    def tree(self) -> Element:
        assert self.is_html, f"{self.path} answered {self.status} without a page"
        tree: Element = html5lib.parse(self.text, namespaceHTMLElements=False)
        return tree

    @property
    def words(self) -> str:
        """What can be read in the main part."""
        main = next(element for element in self.elements() if element.tag == "main")
        return " ".join("".join(main.itertext()).split())

    def elements(self) -> Iterator[Element]:
        return self.tree.iter()

    def forms(self) -> list[Form]:
        return [
            Form((e.get("method") or "get").lower(), e.get("action"), _fields(e), e)
            for e in self.elements()
            if e.tag == "form"
        ]

    def form(self, action: str = "", *, named: str | None = None) -> Form:
        """The one posted form whose address contains `action` or that holds a field `named`; not signing out."""
        found = [
            form
            for form in self.forms()
            if form.method == "post"
            and form.action != "/sign-out"
            and action in (form.action or self.path)
            and (named is None or named in form.fields)
        ]
        assert len(found) == 1, (self.path, [form.action for form in found])
        return found[0]

    def links(self) -> set[str]:
        return {e.get("href", "") for e in self.elements() if e.tag == "a" and e.get("href")}


class Browser:
    """Fetches pages, fills in forms, keeps its cookies."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def open(self, method: str, path: str, **options: Any) -> Page:
        return Page(self.client.open(path, method=method, **options), path)

    def get(self, path: str, **options: Any) -> Page:
        return self.open("GET", path, **options)

    def follow(self, page: Page) -> Page:
        """Goes where a page sends the browser, until it stays."""
        for _ in range(5):
            if page.location is None:
                return page
            page = self.get(page.location)
        raise AssertionError(f"{page.path} goes round in circles")

    def submit(self, page: Page, action: str = "", *, fields: Fields | None = None, named: str | None = None) -> Page:
        """Sends a form of a page as it stands, with `fields` written into it."""
        form = page.form(action, named=named)
        sent = MultiDict(form.fields)
        for name, value in (fields or {}).items():
            sent.setlist(name, [value] if isinstance(value, str) else list(value))
        return self.open("POST", form.action or page.path, data=sent)

    def post(self, path: str, fields: Fields | None = None, **options: Any) -> Page:
        """Sends a form that no page showed, with a good token."""
        data: dict[str, Any] = {"csrf_token": self.token(), **(fields or {})}
        return self.open("POST", path, data=data, **options)

    def token(self) -> str:
        """A good token of this browser."""
        found = _TOKEN.search(self.client.get("/sign-in").text)
        assert found is not None
        return found[2]

    def cookie(self) -> str | None:
        """The value of the session's cookie."""
        found = self.client.get_cookie("closer-look")
        return None if found is None else found.value

    def sign_in_staff(self, teacher: Teacher) -> Page:
        page = self.submit(self.get("/sign-in"), fields={"login": teacher.login, "password": PASSWORD})
        assert page.status == 302, page.words
        return page

    def sign_in_student(self, school_class: SchoolClass, pupil: Pupil) -> Page:
        """Comes in by code and card; the answer leads to the first open question or to the own work."""
        card = self.follow(self.submit(self.get("/"), fields={"code": school_class.ref.shown_code}))
        page = self.submit(card, fields={"name": pupil.name, "secret": pupil.secret})
        assert page.status == 302, page.words
        return page

    def sign_out(self) -> Page:
        return self.post("/sign-out")


def inspect(page: str) -> tuple[Element, list[str]]:
    """Parses a page and says what is wrong with it, whatever page it is."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(page)
    elements = list(tree.iter())
    faults = [f"not HTML: {error[1]} at {error[0]}" for error in parser.errors]
    faults += _frame_faults(elements)
    faults += _form_faults(elements)
    faults += _inline_faults(elements)
    return tree, faults


def _frame_faults(elements: list[Element]) -> Iterator[str]:
    headings = [element for element in elements if element.tag == "h1"]
    if len(headings) != 1:
        yield f"{len(headings)} first headings"
    titles = ["".join(element.itertext()).strip() for element in elements if element.tag == "title"]
    # A drawing may have a title of its own; the page's comes first.
    if not titles or not titles[0].endswith(f"– {PRODUCT}") or titles[0].startswith("–"):
        yield f"title {titles[:1]}"
    if not elements[0].get("lang"):
        yield "no language"
    counts = Counter(element.get("id") for element in elements if element.get("id"))
    yield from (f"id {name!r} {count} times" for name, count in counts.items() if count > 1)
    yield from (
        f"{attribute}={name!r} leads nowhere"
        for element in elements
        for attribute in ("for", "aria-labelledby", "aria-describedby")
        for name in (element.get(attribute) or "").split()
        if name not in counts
    )
    yield from (
        f"#{target} leads nowhere"
        for element in elements
        if element.tag == "a" and (target := (element.get("href") or " ")[1:]) and element.get("href", "")[0] == "#"
        if target not in counts
    )


def _form_faults(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag != "form":
            continue
        names = [child.get("name") for child in element.iter("input")]
        if (element.get("method") or "get").lower() == "post" and names.count("csrf_token") != 1:
            yield f"form to {element.get('action')!r} with {names.count('csrf_token')} tokens"
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    wrapped = {child for element in elements if element.tag == "label" for child in element.iter()}
    for element in elements:
        if element.tag not in {"input", "select", "textarea"} or element.get("type") in _UNLABELLED:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        if element.get("id") not in labelled and element not in wrapped and not named:
            yield f"no label for {element.get('name')!r}"
    yield from (
        "a button without words"
        for element in elements
        if element.tag == "button" and not "".join(element.itertext()).strip() and not element.get("aria-label")
    )


def _inline_faults(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == "style" or (element.tag == "script" and not element.get("src") and _runs(element)):
            yield f"inline <{element.tag}>"
        for name, value in element.items():
            if name.startswith("on") or name == "style" or value.strip().lower().startswith("javascript:"):
                yield f"inline {name} on <{element.tag}>"


def _runs(script: Element) -> bool:
    return script.get("type") != "application/json"


def _fields(form: Element) -> MultiDict[str, str]:
    """What a browser would send for a form as it stands, without its buttons."""
    fields: MultiDict[str, str] = MultiDict()
    for element in form.iter():
        name = element.get("name")
        if name is None or element.tag == "button":
            continue
        if element.tag == "input" and element.get("type") in {"radio", "checkbox"}:
            if element.get("checked") is not None:
                fields.add(name, element.get("value", "on"))
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            for option in chosen:
                fields.add(name, option.get("value", ""))
        elif element.tag == "textarea":
            fields.add(name, "".join(element.itertext()).removeprefix("\n"))
        else:
            fields.add(name, element.get("value", ""))
    return fields


def choose(page: Page, label: str) -> Fields:
    """The field that picks the choice with this label."""
    labels: Iterable[Element] = (element for element in page.elements() if element.tag == "label")
    (target,) = [e.get("for") for e in labels if " ".join("".join(e.itertext()).split()) == label]
    (control,) = [element for element in page.elements() if element.get("id") == target]
    return {control.get("name", ""): control.get("value", "on")}
