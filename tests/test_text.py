"""Author text to safe HTML, attacked with strings that have broken other sites."""

from __future__ import annotations

import re
import time
from html import escape

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from quizapp import text
from quizapp.text import digest, plain, render, trusted

URLS = [
    "javascript:alert(1)",
    "javascript:123",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "&#106;avascript:alert(1)",
    "java\u200bscript:alert(1)",
    "java\u2028script:alert(1)",
    "vbscript:1",
    "data:1",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "x:1",
    "file:///etc/passwd",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/&#47;evil.example",
    "/&bsol;evil",
    "http:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "https://trusted.example@evil.example/",
    "https://user:pass@evil.example",
    "blob:https://x",
    "filesystem:http://x",
    "feed:javascript:alert(1)",
    "about:blank",
    "javascript://%0aalert(1)",
    "jar:x!/y",
    "view-source:javascript:1",
    "mailto:a@b.example\njavascript:1",
    "./x",
    "x/y",
    "?x",
    "",
    "https://",
    "http://",
    "%6aavascript:alert(1)",
    "https://x.example/\u202egpj.exe\\x",
    "tel:123",
]

RAW = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<body onload=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<style>@import 'javascript:alert(1)';</style>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<input onfocus=alert(1) autofocus>",
    "<details ontoggle=alert(1) open>",
    "<video><source onerror=alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil>",
    "<template><script>1</script>",
    '<a href="https://a.example" onclick="alert(1)">x</a>',
    "<p style='background:url(javascript:1)'>",
    "<xmp><p>",
    "<plaintext>",
    "<textarea><script>alert(1)</script>",
    "<title><img src=x onerror=alert(1)></title>",
    "<![CDATA[<x>]]>",
    "<?php x ?>",
    "<div/onmouseover='alert(1)'>",
    "<img/src=`x`onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'\"><svg/onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "<a\x00href=javascript:1>",
    "<\x00script>",
    "<button formaction=javascript:alert(1)>x",
    "<select><noembed></select><script x='a@b'a>y='a@b'//%0a\\u0091alert(1)",
]

WRAPPED = [
    "[x]({})",
    "[x](<{}>)",
    "[x]: {}\n\n[x]",
    "<{}>",
    "![x]({})",
    '![x](<{}> "t")',
    '[x]({} "t")',
    "[![y]({})](/ok)",
    '[x]("{}")',
    "**[x]({})**",
    "> [x]({})",
    "- [x]({})",
    "| a |\n|---|\n| [x]({}) |",
    "`{}`",
    "# [x]({})",
]

SAFE_LINK = re.compile(
    r"(?:https?://[A-Za-z0-9.\-]+(?::\d+)?(?:[/?#][^\s\\]*)?|mailto:[^\s\\]+|#[^\s\\]*|/(?![/\\])[^\s\\]*)"
)
BARE = frozenset(
    [
        "p",
        "br",
        "strong",
        "em",
        "ul",
        "li",
        "blockquote",
        "code",
        "pre",
        "h3",
        "h4",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
ALLOWED: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "rel"}),
    "ol": frozenset({"start"}),
    **{tag: frozenset() for tag in BARE},
}


def judge(html: str) -> None:
    """Read the HTML as a browser would, and refuse whatever is not on a list of our own."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in tree.iter():
        if element is tree:
            continue
        assert isinstance(element.tag, str), f"a comment in {html!r}"
        assert element.tag in ALLOWED, (element.tag, html)
        assert set(element.attrib) <= ALLOWED[element.tag], (element.attrib, html)
        if element.tag == "a":
            assert element.get("rel") == "noopener nofollow"
            href = element.get("href")
            assert href is None or SAFE_LINK.fullmatch(href), (href, html)
            assert href is None or "@" not in href.split("?")[0] or href.startswith(("mailto:", "#", "/"))


@pytest.mark.parametrize("block", [True, False])
@pytest.mark.parametrize("url", URLS)
def test_no_link_leads_to_code_or_hides_its_target(url: str, block: bool) -> None:
    for frame in WRAPPED:
        judge(render(frame.format(url), block=block))


@pytest.mark.parametrize("block", [True, False])
@pytest.mark.parametrize("raw", RAW)
def test_raw_html_is_shown_as_typed(raw: str, block: bool) -> None:
    for source in (raw, f"a {raw} b", f"**{raw}**", f"`{raw}`", f"[{raw}](/x)", f"\n\n{raw}\n\nx", escape(raw)):
        judge(render(source, block=block))


@given(
    st.lists(st.sampled_from([*URLS, *RAW, *WRAPPED, "\n", "\n\n", "[", "](", ")", "`", "<", ">", "&#"]), max_size=6)
)
def test_splices_of_attacks_stay_harmless(pieces: list[str]) -> None:
    for block in (True, False):
        judge(render("".join(pieces), block=block))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_stays_harmless(source: str) -> None:
    judge(render(source, block=True))
    judge(render(source, block=False))


def test_the_judge_can_refuse() -> None:
    for bad in ("<script>1</script>", '<a href="javascript:123" rel="noopener nofollow">', "<p style=x>", "<!-- x -->"):
        with pytest.raises(AssertionError):
            judge(bad)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/b?c=d&e=f#g", "http://a.example:8080", "mailto:a@b.example", "#here", "/path/x?y", "/"],
)
def test_good_links_stay(url: str) -> None:
    html = render(f"[x]({url})", block=False)
    assert f'href="{escape(url)}"' in html
    assert 'rel="noopener nofollow"' in html


def test_what_authors_write_is_kept() -> None:
    assert render("*a* **b** `c`", block=False) == "<em>a</em> <strong>b</strong> <code>c</code>"
    html = render("# T\n\n#### U\n\n- a\n\n3. b\n\n> c\n\n| d |\n|---|\n| e |\n\n---", block=True)
    for piece in ("<h3>T</h3>", "<h4>U</h4>", "<li>a</li>", '<ol start="3">', "<blockquote>", "<td>e</td>", "<hr>"):
        assert piece in html
    assert render("2 < 3 & 4", block=False) == "2 &lt; 3 &amp; 4"
    assert render("{{7*7}} </script>", block=False) == "{{7*7}} &lt;/script&gt;"


@pytest.mark.parametrize("sign", ["[", "*", "> ", "`", "[a](", "<", "|", "- ", "![", "_a", "&#"])
def test_hostile_texts_take_no_long_time(sign: str) -> None:
    source = sign * (20_000 // len(sign))
    start = time.perf_counter()
    judge(render(source, block=True))
    plain(source)
    assert time.perf_counter() - start < 5


def test_digest_tells_form_and_text_apart() -> None:
    assert digest("x", block=True) == digest("x", block=True)
    assert len({digest("x", block=True), digest("x", block=False), digest("y", block=True)}) == 3
    assert len(digest("\ud800", block=True)) == 64


def test_plain_text_has_no_marks() -> None:
    assert plain("A *b* [c](https://x.example) `d`\n\n- e\n- f\n\n> g") == "A b c d e f g"
    assert plain("one\ntwo") == "one two"
    assert plain("a < b & c") == "a < b & c"
    assert not isinstance(plain("*a*"), Markup)


@given(st.text(alphabet="ab1 .)#+-=:!?é\u00a0\u2028“'(", max_size=12))
def test_plain_text_of_a_line_without_marks_is_the_line(source: str) -> None:
    shortcut = plain.__wrapped__(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_NO_MARKDOWN", re.compile("(?!)"))
        assert plain.__wrapped__(source) == shortcut


def test_trusted_is_the_only_maker_of_markup() -> None:
    assert trusted("<p>") == Markup("<p>")
    assert text.RULES_VERSION >= 1
