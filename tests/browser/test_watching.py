"""The watch over every page, shown noticing what it must."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page

from tests.browser.watching import problems_of, serving, watched

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
ASK_BROKEN = "const ask = new XMLHttpRequest(); ask.open('GET', '/broken', false); ask.send()"
GOOD = "<!doctype html><html lang=en><title>T</title><main><h1>Title</h1><p>Text</p></main></html>"


def one_page(body: str, script: str = "") -> Flask:
    app = Flask("planted", static_folder=None)

    @app.get("/")
    def page() -> Response:
        return Response(body, headers={"Content-Security-Policy": POLICY})

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    @app.get("/script.js")
    def javascript() -> Response:
        return Response(script, mimetype="text/javascript")

    @app.get("/broken")
    def broken() -> Response:
        return Response("no", status=500)

    return app


def visit(browser: Browser, base_url: str, address: str = "/") -> None:
    with watched(browser, base_url) as (context, _):
        page = context.new_page()
        page.goto(address)
        # A page reports a breach of the policy a moment after it has loaded: wait until its turn has passed.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def with_body(markup: str) -> str:
    return GOOD.replace("<p>Text</p>", markup)


@pytest.mark.parametrize(
    ("markup", "script", "noticed"),
    [
        ("<p style='color:red'>Text</p>", "", "content security policy: style-src"),
        ("<script>1</script>", "", "content security policy: script-src"),
        ("<script src=/script.js></script>", "console.error('oh')", "console error: oh"),
        ("<script src=/script.js></script>", "throw new Error('oh')", "script error: oh"),
        ("<script src=/missing.js></script>", "", "404 for script"),
        ("<script src=/script.js></script>", ASK_BROKEN, "500 for xhr"),
        ("<iframe src='http://127.0.0.2:9/'></iframe>", "", "violates the following Content Security Policy"),
        ("<img alt=x src='http://127.0.0.2:9/a.png'>", "", "http://127.0.0.2:9"),
    ],
)
def test_fault_on_a_page_is_noticed(browser: Browser, markup: str, script: str, noticed: str) -> None:
    app = one_page(with_body(markup), script)
    with serving(app) as url, pytest.raises(AssertionError, match=re.escape(noticed)):
        visit(browser, url)


def test_request_to_another_host_is_noticed(browser: Browser) -> None:
    with (
        serving(one_page(GOOD)) as here,
        serving(one_page(GOOD)) as elsewhere,
        pytest.raises(AssertionError, match="request to another host"),
    ):
        visit(browser, here, elsewhere)


@pytest.mark.parametrize(
    ("markup", "noticed"),
    [
        ("<img src=/favicon.ico>", "image-alt"),
        ("<fieldset><label><input type=radio name=a>One</label></fieldset>", "group of choices without a name"),
        ("<label><input type=radio name=a>One</label>", "radio button outside a group"),
        ("<p>" + "longword" * 60 + "</p>", "sideways overflow"),
    ],
)
def test_poor_page_is_noticed(browser: Browser, markup: str, noticed: str) -> None:
    with serving(one_page(with_body(markup))) as url, watched(browser, url) as (context, watch):
        page = context.new_page()
        page.goto("/")
        assert any(noticed in problem for problem in problems_of(page, watch)), problems_of(page, watch)
        assert page.viewport_size == {"width": 1280, "height": 900}


def test_good_page_passes(browser: Browser) -> None:
    with serving(one_page(GOOD)) as url, watched(browser, url) as (context, watch):
        page = context.new_page()
        page.goto("/")
        assert problems_of(page, watch) == []


def test_start_page_works_with_and_without_scripts(
    page: Page, nojs_page: Page, check_page: Callable[[Page], None]
) -> None:
    page.goto("/")
    check_page(page)
    nojs_page.goto("/")
    assert nojs_page.locator("h1").count() == 1
