"""How a person works a page: with a mouse, a finger, or keys alone."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page

# More than any page has stops for Tab, going round once.
MOST_STOPS = 150

# What Tab has reached: whether that is the wanted control or its group, and what keeps it from being seen.
_LOOK = """wanted => {
    const active = document.activeElement;
    if (!active || active === document.body) return [false, null];
    const passage = one => one.closest("[data-wordpick]");
    const together = active.type === "radio" && wanted.type === "radio" && active.name === wanted.name
        || passage(wanted) !== null && passage(wanted) === passage(active);
    const outlined = one => {
        const style = one && getComputedStyle(one);
        return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const name = active.outerHTML.slice(0, 160);
    const seen = [active, active.labels?.[0]].find(outlined);
    if (!seen) return [active === wanted || together, `focus without an outline: ${name}`];
    const box = seen.getClientRects()[0];
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const own = [active, ...active.labels ?? []].some(one => one.contains(top));
    return [active === wanted || together, own ? null : `focus out of sight: ${name}`];
}"""


def whole(target: Locator) -> Locator:
    """Wait, as people do, until the page is whole: what styles and scripts still move is hit beside or lost."""
    target.wait_for(state="attached")
    target.page.wait_for_load_state()
    return target


class Hands(Protocol):
    def press(self, target: Locator) -> None:
        """Follow a link or use a button."""

    def choose(self, target: Locator) -> None:
        """Choose a radio button, tick a checkbox, or mark a word."""

    def pick(self, menu: Locator, place: int) -> None:
        """Take the entry of a menu that stands at `place`, counted from 1 after the empty one."""

    def write(self, target: Locator, text: str) -> None:
        """Write into an empty field."""


class Pointer:
    """A mouse, or a finger where `touch` is set. `page` is not needed: a pointer needs no focus."""

    def __init__(self, page: Page, *, touch: bool = False) -> None:
        self.touch = touch

    def press(self, target: Locator) -> None:
        if self.touch:
            whole(target).tap()
        else:
            whole(target).click()

    def choose(self, target: Locator) -> None:
        if whole(target).is_checked():
            return
        # The box of a word is too small to hit, as for people: they hit the word.
        word = target.locator("xpath=self::*[ancestor::*[@data-wordpick]]/following-sibling::label[1]")
        self.press(word if word.count() else target)

    def pick(self, menu: Locator, place: int) -> None:
        whole(menu).select_option(index=place)

    def write(self, target: Locator, text: str) -> None:
        self.press(target)
        target.fill(text)


class Keys:
    """A keyboard: Tab, arrows, Space and Enter, and whatever has to be typed. Every stop on the way must be visible."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        self.go_to(target)
        self.page.keyboard.press("Enter")

    def choose(self, target: Locator) -> None:
        self.go_to(target)
        key = "ArrowDown" if target.get_attribute("type") == "radio" else "ArrowRight"
        for _ in range(MOST_STOPS):
            if self.at(target):
                break
            self.page.keyboard.press(key)
        if not target.is_checked():
            self.page.keyboard.press("Space")

    def pick(self, menu: Locator, place: int) -> None:
        self.go_to(menu)
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")

    def write(self, target: Locator, text: str) -> None:
        self.go_to(target)
        self.page.keyboard.type(text)

    def at(self, target: Locator) -> bool:
        """Tell whether a control itself has the focus."""
        return bool(target.evaluate("one => one === document.activeElement"))

    def go_to(self, target: Locator) -> None:
        """Press Tab until a control has the focus, or for a group of choices any member of it."""
        wanted = whole(target).element_handle()
        reached, _ = self.page.evaluate(_LOOK, wanted)
        for _ in range(MOST_STOPS):
            if reached:
                return
            self.page.keyboard.press("Tab")
            reached, problem = self.page.evaluate(_LOOK, wanted)
            assert problem is None, problem
        raise AssertionError(f"Tab never reaches {target}")
