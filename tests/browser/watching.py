"""Opens pages in a real browser and notices everything that must not happen on any of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response
from werkzeug.serving import make_server

WIDTHS = (320, 390, 1280)
"""Where nothing may stick out sideways: the narrowest phone, a usual one, a laptop."""
TIMEOUT_MS = 20_000
"""How long anything is waited for before a test fails: long, for a busy machine; it costs nothing when all is well."""


@runtime_checkable
class Closing(Protocol):
    """What must be closed after use."""

    def close(self) -> None: ...


WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Added before any script of the page, so that no violation is missed.
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    window.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""

_NAMELESS_GROUPS = """() => [...document.querySelectorAll("fieldset, [role=radiogroup], [role=group]")]
    .filter(group => group.querySelector("input[type=radio], input[type=checkbox]"))
    .filter(group => !(
        group.querySelector(":scope > legend")?.textContent.trim()
        || group.getAttribute("aria-label")?.trim()
        || document.getElementById(group.getAttribute("aria-labelledby"))?.textContent.trim()))
    .map(group => group.outerHTML.slice(0, 120))"""

_RADIOS_OUTSIDE_GROUPS = """() => [...document.querySelectorAll("input[type=radio]")]
    .filter(radio => !radio.closest("fieldset, [role=radiogroup], [role=group]"))
    .map(radio => radio.outerHTML.slice(0, 120))"""

_STICKING_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const culprits = [...document.body.querySelectorAll("*")]
        .filter(one => one.getBoundingClientRect().right > width + 1 || one.getBoundingClientRect().left < -1)
        .map(one => one.tagName.toLowerCase() + "." + one.className).slice(0, 5);
    return `${document.documentElement.scrollWidth} wide in ${width}: ${culprits.join(", ")}`;
}"""


@dataclass
class Watch:
    """What went wrong in a browser since it was opened."""

    host: str
    problems: list[str] = field(default_factory=list)
    paused: bool = False

    def note(self, problem: str) -> None:
        """Remembers a problem, unless a tool of the tests itself is at work in the page."""
        if not self.paused:
            self.problems.append(problem)

    def on_console(self, message: ConsoleMessage) -> None:
        # What the server refused is judged in on_response, which knows what was asked for.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.note(f"console {message.type}: {message.text}")

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.netloc != self.host:
            self.note(f"request to another host: {request.url}")

    def on_response(self, response: Response) -> None:
        part_of_a_page = response.request.resource_type in {
            "script",
            "stylesheet",
            "image",
            "font",
            "media",
            "manifest",
        }
        if response.status >= 500 or (part_of_a_page and response.status >= 400):
            self.note(f"{response.status} for {response.request.resource_type} {response.url}")


@contextmanager
def watched(browser: Browser, base_url: str, **options: Any) -> Iterator[tuple[BrowserContext, Watch]]:
    """Opens a browser of its own (cookies and all) and fails at the end if anything went wrong in it.

    Args:
        browser: a running browser.
        base_url: where the app is; requests anywhere else are problems.
        options: what `Browser.new_context` takes, such as java_script_enabled=False.
    """
    context = browser.new_context(
        base_url=base_url, locale="en-GB", **{"viewport": {"width": 1280, "height": 900}, **options}
    )
    context.set_default_timeout(TIMEOUT_MS)
    watch = Watch(urlsplit(base_url).netloc)
    if options.get("java_script_enabled", True):
        context.expose_binding("reportViolation", lambda _, text: watch.note(f"content security policy: {text}"))
        context.add_init_script(_REPORT_VIOLATIONS)
    context.on("console", watch.on_console)
    context.on("weberror", lambda error: watch.note(f"script error: {error.error}"))
    context.on("request", watch.on_request)
    context.on("response", watch.on_response)
    try:
        yield context, watch
    finally:
        context.close()
    if watch.problems:
        raise AssertionError("\n".join(watch.problems))


def _whole(app: WsgiApp) -> WsgiApp:
    """The app, with every answer read to its end and closed before it is sent.

    The server of the tests leaves the file of an answer open when a browser hangs up in the middle.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if isinstance(parts, Closing):
                parts.close()

    return answer


@contextmanager
def serving(app: WsgiApp) -> Iterator[str]:
    """Serves an app on a free port of this computer from threads of the test; yields its address."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _told(violations: list[dict[str, Any]]) -> str:
    """What axe complains of, in lines. Its own report fails on parts in a shadow root, whose targets are lists."""
    return "\n".join(
        f"{one['id']}: {one['help']}\n  {node['target']} {node['html'][:200]}\n  {node['failureSummary']}"
        for one in violations
        for node in one["nodes"]
    )


def sideways(page: Page) -> list[str]:
    """A line for each of the `WIDTHS` at which something sticks out sideways; leaves the page at the last of them."""
    page.wait_for_load_state()
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if sticking_out := page.evaluate(_STICKING_OUT):
            found.append(f"sideways overflow: {sticking_out}")
    return found


def problems_of(page: Page, watch: Watch) -> list[str]:
    """Inspects the page as it is now.

    Returns:
        A line for each accessibility fault (light and wide, dark and narrow), each group of choices
        without a name, and each width at which something sticks out sideways.
    """
    page.wait_for_load_state()
    size = page.viewport_size
    watch.paused = True
    found = [f"group of choices without a name: {html}" for html in page.evaluate(_NAMELESS_GROUPS)]
    found += [f"radio button outside a group: {html}" for html in page.evaluate(_RADIOS_OUTSIDE_GROUPS)]
    try:
        found += sideways(page)
        for width in WIDTHS[1:]:
            page.set_viewport_size({"width": width, "height": 900})
            scheme = "light" if width == WIDTHS[-1] else "dark"
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
            results = Axe().run(page)
            if results.violations_count:
                found.append(f"accessibility ({scheme}, {width} px): {_told(results.response['violations'])}")
    finally:
        page.emulate_media(color_scheme=None, reduced_motion=None)
        if size is not None:
            page.set_viewport_size(size)
        watch.paused = False
    return found
