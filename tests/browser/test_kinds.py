"""Each kind of question in a real browser: answered by keys alone, and without scripts; large enough to hit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from quizapp.items.base import Example
from quizapp.items.registry import kinds
from quizapp.services.gallery import gallery
from quizapp.web.author import seed_of
from tests.browser.hands import Hands, Keys, Pointer
from tests.browser.watching import Watch, sideways
from tests.factories import PASSWORD, make_teacher

KINDS = tuple(kinds())
CONTROL, WORD = 44, 36
"""Least height in pixels of what a finger must hit: a control, and a word in running text."""

_TOO_SMALL = """(section, [control, word]) => {
    const shown = one => one.checkVisibility() && one.getBoundingClientRect().width > 2;
    // A word at the end of a line may be cut in two; each part of it must be tall enough.
    const low = (one, least) => Math.min(...[...one.getClientRects()].map(box => box.height)) < least;
    const words = [...section.querySelectorAll("[data-wordpick] label")];
    const controls = [...section.querySelectorAll("button, select, textarea, summary, .input, .choice")];
    return [...controls.filter(one => shown(one) && low(one, control - 0.5)),
            ...words.filter(one => shown(one) && low(one, word - 0.5))]
        .map(one => `${one.tagName} ${one.textContent.trim().slice(0, 30)} ${one.getBoundingClientRect().height}`);
}"""


@pytest.fixture
def teacher(app: Flask) -> str:
    """The sign-in name of a teacher."""
    with app.app_context():
        return make_teacher().login


def open_gallery(page: Page, login: str) -> None:
    page.goto("/sign-in?next=/author/kinds")
    page.get_by_label("Sign-in name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/author/kinds")


def best_case(kind: str) -> Example:
    return next(case for case in kinds()[kind].EXAMPLES if case.case in {"right", "waiting"})


def answer(app: Flask, section: Locator, kind: str, hands: Hands) -> None:
    """Gives the right answer to the example of a kind, in the order that this page shows."""
    with app.app_context():
        seed = seed_of(section.locator("input[name=order]").input_value())
        assert seed is not None
        exhibit = gallery(seed).exhibit(kind)
    assert exhibit is not None
    response = exhibit.item.from_words(best_case(kind).words)
    for field in exhibit.item.form(exhibit.shown, response=response, place=kind):
        for value in field.data if isinstance(field.data, list) else [field.data]:
            if value in (None, ""):
                continue
            control = section.locator(f'[name="{field.name}"]')
            if control.first.evaluate("one => one.tagName") == "SELECT":
                hands.pick(control, int(value) + 1)
            elif control.first.get_attribute("type") in {"radio", "checkbox"}:
                hands.choose(section.locator(f'[name="{field.name}"][value="{value}"]'))
            else:
                hands.write(control, str(value))


def expect_marked(section: Locator, kind: str) -> None:
    case = best_case(kind)
    score = "Score: none until a teacher has read it" if case.fraction is None else "Score: 1 of 1"
    expect(section.get_by_text(score, exact=True)).to_be_visible()
    heading = "A teacher reads this" if case.fraction is None else "Right"
    expect(section.get_by_role("heading", name=heading, exact=True)).to_be_focused()


@pytest.mark.parametrize("kind", KINDS)
def test_example_is_answered_by_keys_alone(
    app: Flask, watched_browser: tuple[object, Watch], page: Page, teacher: str, kind: str
) -> None:
    open_gallery(page, teacher)
    keys, section = Keys(page), page.locator(f"section#{kind}")
    keys.press(page.get_by_role("navigation", name="Kinds").get_by_role("link", name=kind, exact=True))
    answer(app, section, kind, keys)
    keys.press(section.get_by_role("button", name="Mark this answer"))
    page.wait_for_url(f"**#{kind}-marked")
    expect_marked(section, kind)
    assert faults(page, section, watched_browser[1]) == []


def faults(page: Page, section: Locator, watch: Watch) -> list[str]:
    """What is too small to hit or hard to perceive in a section, on a phone and on a wide screen."""
    found: list[str] = []
    watch.paused = True
    for width, scheme in ((390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        found += [f"{width}: {one}" for one in section.evaluate(_TOO_SMALL, [CONTROL, WORD])]
        results = Axe().run(page, context=f"#{section.get_attribute('id')}")
        if results.violations_count:
            found.append(f"{width}: {results.generate_report()}")
    watch.paused = False
    return found


def test_nothing_sticks_out_without_scripts(nojs_page: Page, teacher: str) -> None:
    open_gallery(nojs_page, teacher)
    assert sideways(nojs_page) == []


@pytest.mark.parametrize("kind", KINDS)
def test_example_is_answered_without_scripts(app: Flask, nojs_page: Page, teacher: str, kind: str) -> None:
    open_gallery(nojs_page, teacher)
    section = nojs_page.locator(f"section#{kind}")
    answer(app, section, kind, Pointer(nojs_page))
    section.get_by_role("button", name="Mark this answer").click()
    nojs_page.wait_for_url(f"**#{kind}-marked")
    expect_marked(section, kind)


def test_whole_gallery_is_accessible(page: Page, teacher: str, check_page: Callable[[Page], None]) -> None:
    open_gallery(page, teacher)
    check_page(page)


def test_small_control_is_noticed(page: Page, teacher: str) -> None:
    open_gallery(page, teacher)
    section = page.locator("section#short")
    assert section.evaluate(_TOO_SMALL, [CONTROL, WORD]) == []
    section.get_by_role("textbox").evaluate("one => { one.style.minHeight = 0; one.style.height = '30px'; }")
    assert len(section.evaluate(_TOO_SMALL, [CONTROL, WORD])) == 1


def test_error_takes_the_focus_and_leads_to_its_field(page: Page, teacher: str) -> None:
    open_gallery(page, teacher)
    section = page.locator("section#numeric")
    section.get_by_role("textbox").fill("many")
    section.get_by_role("button", name="Mark this answer").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(section.get_by_role("textbox")).to_be_focused()
