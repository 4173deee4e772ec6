"""The people of a lesson, who know pages only by what is written on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.hands import Hands

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
"""What `Browser.new_context` takes for a phone."""
WORDS_TO_MARK = 3
BOXES_TO_TICK = 2


@dataclass(frozen=True)
class Card:
    """What is printed on a student's card."""

    name: str
    code: str
    secret: str


@dataclass(frozen=True)
class Answered:
    """One answered question, as the page of its feedback told it."""

    prompt: str
    verdict: str
    mark: float


class Actor:
    """Somebody with a page and hands; counts the forms they send."""

    def __init__(self, page: Page, hands: Hands) -> None:
        self.page = page
        self.hands = hands
        self.submits = 0
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        self.submits += request.is_navigation_request() and request.method == "POST"

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("link", name=name)

    def press(self, name: str) -> None:
        """Use the button with this name."""
        self.hands.press(self.button(name))

    def follow(self, name: str) -> None:
        """Follow the link with this name; a name that stands on the page twice leads to one place."""
        self.hands.press(self.link(name).first)

    def write(self, label: str, text: str) -> None:
        """Write into the field with this label."""
        self.hands.write(self.page.get_by_label(label, exact=True), text)

    def reads(self, title: str) -> None:
        """Wait for the page whose first heading is `title`."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)


class Teacher(Actor):
    def set_up(self, address: str) -> None:
        """Make the first account by the address that the program prints."""
        self.page.goto(address)
        self.write("Your name, as students know you", "Ms Okoro")
        self.write("Name to sign in with", "okoro")
        self.write("New password", "seven maps in a drawer")
        self.press("Make my account")

    def make_class(self, name: str) -> None:
        self.reads("New class")
        self.write("Name of the class", name)
        self.press("Make the class")
        self.reads("Students")

    def add_students(self, names: list[str]) -> dict[str, Card]:
        """Paste names; read the cards that come back."""
        self.write("Names", "\n".join(names))
        self.press("Add and make cards")
        self.reads("Print these cards now")
        cards = self.page.locator(".student-card")
        expect(cards).to_have_count(len(names))
        found = [self._card(card) for card in cards.all()]
        return {card.name: card for card in found}

    def assign(self, quiz: str) -> str:
        """Assign a quiz as the page proposes it; return the code on the board."""
        self.follow("Assign a quiz")
        self.reads("Assign a quiz")
        self.hands.choose(self.page.get_by_role("radio", name=quiz))
        self.press("Assign")
        expect(self.page.get_by_text(f"“{quiz}” is assigned.")).to_be_visible()
        return self.page.locator(".join-code").inner_text()

    def open_class(self, name: str) -> None:
        self.follow("To the class page")
        self.reads(name)

    def counts_of(self, student: str) -> list[tuple[float, int]]:
        """Marks and answers, skill by skill, in a student's row of the class page."""
        row = self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=student))
        texts = [cell.inner_text() for cell in row.get_by_role("cell").all()]
        found = [re.search(r"([\d.]+) of (\d+)", text) for text in texts]
        return [(float(pair[1]), int(pair[2])) for pair in found if pair]

    def _card(self, card: Locator) -> Card:
        def line(term: str) -> str:
            return card.locator("dl > div").filter(has_text=term).locator("dd").inner_text()

        return Card(card.get_by_role("heading").inner_text(), line("Class code"), line("Your secret words"))


class Student(Actor):
    def join(self, address: str, card: Card) -> None:
        """Come in with what is on the card, as it is printed there."""
        self.page.goto(address)
        self.write("Class code", card.code)
        self.press("Continue")
        self.reads("Who are you?")
        self.write("Your name, as on your card", card.name)
        self.write("The two words on your card", card.secret)
        self.press("Start")

    def begins(self) -> None:
        """Read what is to know about a quiz, and start it."""
        self.reads("Before you start")
        self.press("Start now")

    def is_at(self, position: int, total: int) -> None:
        """Wait for a question's page."""
        expect(self.page).to_have_title(re.compile(rf"^Question {position} of {total}:"))

    def prompt(self) -> str:
        return " ".join(self.page.get_by_role("heading", level=1).inner_text().split())

    def question(self) -> Locator:
        return self.page.locator("form#question fieldset.question")

    def fill_in(self, known: Mapping[str, tuple[str, ...]] | None = None) -> str:
        """Answer whatever is asked, by the controls on the page.

        Args:
            known: by prompt, the answers to choose; anything goes for a question that is not there.

        Returns:
            The prompt.
        """
        prompt = self.prompt()
        question = self.question()
        if wanted := (known or {}).get(prompt):
            for label in wanted:
                self.hands.choose(question.get_by_label(label, exact=True))
            return prompt
        self._choose_something(question)
        for place, menu in enumerate(question.get_by_role("combobox").all(), start=1):
            entries = menu.get_by_role("option").count() - 1
            self.hands.pick(menu, (place - 1) % entries + 1)
        for line in question.get_by_role("textbox").all():
            long = line.evaluate("one => one.tagName") == "TEXTAREA"
            self.hands.write(line, "The words show it." if long else "12")
        return prompt

    def says_how_sure(self, words: str) -> None:
        sure = self.page.get_by_role("group", name="How sure are you?")
        if sure.count():
            self.hands.choose(sure.get_by_role("radio", name=words))

    def checks(self, prompt: str) -> Answered:
        """Check the answer and read the feedback."""
        self.press("Check my answer")
        verdict = self.page.locator(".verdict")
        expect(verdict).to_be_visible()
        heading = verdict.get_by_role("heading").inner_text()
        part = re.search(r"(\d+)% of this question", verdict.inner_text())
        mark = int(part[1]) / 100 if part else float(heading.startswith("Right"))
        return Answered(prompt, heading, mark)

    def hand_in(self) -> None:
        self.hands.press(self.page.get_by_role("button", name=re.compile("^Hand in")))
        self.reads("Your result")

    def _choose_something(self, question: Locator) -> None:
        names: list[str | None] = []
        for radio in question.get_by_role("radio").all():
            name = radio.get_attribute("name")
            if name not in names:
                names.append(name)
                self.hands.choose(radio)
        words = question.locator("[data-wordpick]").get_by_role("checkbox").all()[:WORDS_TO_MARK]
        boxes = question.locator(".choices").get_by_role("checkbox").all()[:BOXES_TO_TICK]
        for box in [*words, *boxes]:
            self.hands.choose(box)


class Phone(Actor):
    """A student in a room, with a phone or at a computer with a keyboard."""

    def come_in(self, address: str, code: str, nickname: str) -> None:
        """Type what stands on the projector."""
        self.page.goto(f"http://{address}")
        self.write("Code", code)
        self.write("Your nickname", nickname)
        self.press("Come in")

    def mark(self, *words: str) -> None:
        for word in words:
            self.hands.choose(self.page.get_by_role("checkbox", name=word, exact=True))

    def votes(self, answer: str) -> None:
        self.hands.choose(self.page.get_by_role("radio", name=answer))

    def is_saved(self) -> None:
        expect(self.page.get_by_text("Saved at")).to_be_visible()

    def wakes(self) -> None:
        """Look at the phone again, which makes it ask at once what has happened."""
        # By a locator, which tries again where `evaluate` gives up: the page may be drawing itself anew just now.
        self.page.locator("html").dispatch_event("visibilitychange")
