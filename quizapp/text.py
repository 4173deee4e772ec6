"""Author Markdown to safe HTML.

The only module that knows bleach, and the only maker of Markup. Authors write Markdown;
raw HTML is shown as they typed it. What Markdown makes is then cleaned against a short
allow-list, so a fault in either of the two does not reach a reader. Run at publishing
time, never while a page is drawn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from html import unescape
from threading import Lock
from typing import Any

from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

#: Raised with every change of what `render` makes of a text, so that stored HTML is made again.
RULES_VERSION = 1

TAGS = frozenset(
    {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "hr"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
REL = "noopener nofollow"

#: A whole link: an address of the web or of mail, a place on this page, a path on this site.
#: Printable ASCII only (Markdown writes the rest as %XX), no backslash, no name before the host.
_LINK = re.compile(
    r"""
    https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?
    | mailto:[A-Za-z0-9.!\#$%&'*+/=?^_`{|}~@,\-]+
    | \#[!-\[\]-~]*
    | /(?:[!-.0-\[\]-~][!-\[\]-~]*)?
    """,
    re.VERBOSE,
)


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay, judged by its name and its whole value."""
    if tag == "a":
        if name == "href":
            return _LINK.fullmatch(unescape(value)) is not None
        return name == "rel" and value == REL
    return tag == "ol" and name == "start" and re.fullmatch(r"[0-9]{1,9}", value) is not None


def _link_open(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """A link that neither recommends its target nor hands it this window."""
    del env
    tokens[index].attrs = {"href": tokens[index].attrs.get("href", ""), "rel": REL}
    rendered: str = renderer.renderToken(tokens, index, options, {})  # type: ignore[attr-defined]  # the HTML renderer has it
    return rendered


def _lower_headings(state: StateCore) -> None:
    """The page owns h1 and h2, so an author's headings begin at h3."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3" if token.tag in {"h1", "h2", "h3"} else "h4"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.add_render_rule("link_open", _link_open)
    return parser


_MARKDOWN = _parser()
_CLEANER = Cleaner(
    tags=TAGS,
    attributes=_allowed,
    protocols={"https", "http", "mailto"},
    strip=True,
    strip_comments=True,
)
_TURN = Lock()  # a Cleaner keeps its parser between calls, so one caller at a time


def render(source: str, *, block: bool) -> str:
    """Clean HTML of an author's text.

    Args:
        source: Markdown.
        block: True for paragraphs, lists and tables; False for words inside a line.

    Returns:
        HTML made of the allowed tags only.
    """
    html = _MARKDOWN.render(source) if block else _MARKDOWN.renderInline(source)
    with _TURN:
        cleaned: str = _CLEANER.clean(html)
    return cleaned.strip()


def digest(source: str, *, block: bool) -> str:
    """The key under which the HTML of a text is stored: SHA-256 of the text and its form."""
    form = "block" if block else "inline"
    return hashlib.sha256(f"{form}\n{source}".encode("utf-8", "surrogatepass")).hexdigest()


def trusted(html: str) -> Markup:
    """HTML that `render` made, marked as safe to put into a page."""
    return Markup(html)  # noqa: S704 - the one place where text becomes Markup


#: One line without a sign that Markdown knows, so that parsing it would change nothing.
_NO_MARKDOWN = re.compile(r"(?![#+\-=]|[0-9]{1,9}[.)])[^\\`*_\[\]<>&|~\n\r\t\x00]*")


@lru_cache(maxsize=4096)
def plain(source: str) -> str:
    """The words of an author's text on one line, for titles, menus and tables."""
    if _NO_MARKDOWN.fullmatch(source.strip()):
        return " ".join(source.split())
    pieces: list[str] = []
    for token in _MARKDOWN.parse(source):
        pieces += (
            "\n" if child.type in {"softbreak", "hardbreak"} else child.content for child in token.children or ()
        )
        if not token.children:
            pieces.append(token.content)
        if token.type.endswith("_close") or token.type in {"fence", "code_block"}:
            pieces.append("\n")
    return " ".join("".join(pieces).split())


@lru_cache(maxsize=4096)
def emphasised(source: str) -> tuple[str, ...]:
    """The words that an author set in *emphasis*, in order, as plain text.

    >>> emphasised("Not *said* but *was **told** off*, she **claims**.")
    ('said', 'was told off')
    """
    found: list[str] = []
    for token in _MARKDOWN.parse(source):
        depth = 0
        for child in token.children or ():
            if child.type == "em_open":
                depth += 1
                if depth == 1:
                    found.append("")
            elif child.type == "em_close":
                depth -= 1
            elif depth:
                found[-1] += " " if child.type in {"softbreak", "hardbreak"} else child.content
    return tuple(found)
