"""Worksheets and keys on pages of paper: every shipped bank, broken into pages by the browser that prints it.

A browser breaks text into columns by the rules by which it breaks pages, and tells where. So the
sheet is put into columns as wide and high as the printed part of a page.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from quizapp.bank.loader import load_file, read_skills
from quizapp.commands.authoring import bank_files
from quizapp.items.registry import kinds
from quizapp.paths import resource_dir
from quizapp.services.publishing import publish_folder
from quizapp.text import plain
from tests.browser.paper_pictures import paper_addresses
from tests.clock import START
from tests.factories import PASSWORD, make_teacher

A4, LETTER = ("A4", 180, 267), ("Letter", 185.9, 249.4)
"""Name, and the printed part in millimetres: the paper less the margins of static/css/paper.css."""

_PAGES = """([width, height]) => {
    const sheet = document.querySelector(".sheet");
    Object.assign(sheet.style, {columnWidth: `${width}mm`, inlineSize: `${width}mm`, blockSize: `${height}mm`,
                                columnFill: "auto", columnGap: "20mm", margin: "0"});
    const page = sheet.getBoundingClientRect().height;
    const high = one => [...one.getClientRects()].reduce((sum, box) => sum + box.height, 0);
    const cut = one => one.getClientRects().length > 1;
    const name = one => `${one.className} ${one.textContent.trim().slice(0, 40)}`;
    const lefts = [...sheet.querySelectorAll("*")].flatMap(one => [...one.getClientRects()].map(box => box.left));
    return {
        cut: [...sheet.querySelectorAll(".ask, .solution, .together")]
            .filter(one => cut(one) && high(one) <= page).map(name),
        inside: [...sheet.querySelectorAll("p, li, tr, figure, .prompt, .ruled div, .evidence-tab")]
            .filter(one => getComputedStyle(one).display !== "inline" && cut(one)).map(name),
        long: [...sheet.querySelectorAll(".ask, .solution, .together")].filter(cut).length,
        wide: [...sheet.querySelectorAll("*")].filter(one =>
            [...one.getClientRects()].some(box => box.width > sheet.clientWidth + 1)).map(name),
        pages: 1 + Math.floor((Math.max(...lefts) - sheet.getBoundingClientRect().left) / (sheet.clientWidth + 75)),
    };
}"""


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def broken(page: Page, address: str, paper: tuple[str, float, float]) -> dict[str, Any]:
    """Fail if anything is cut on paper; tell how many pages and long blocks there are."""
    page.goto(address)
    printed = page.pdf(format=paper[0])
    assert printed.startswith(b"%PDF")
    found: dict[str, Any] = page.evaluate(_PAGES, paper[1:])
    assert (found["cut"], found["inside"], found["wide"]) == ([], [], []), address
    # Rounding lets a little more on a page than into a column; an empty page would be one too many.
    assert found["pages"] - 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= found["pages"], address
    return found


def test_no_question_of_any_bank_is_cut_and_no_worksheet_tells(app: Flask, page: Page) -> None:
    folder = resource_dir("questions")
    with app.app_context():
        publish_folder(folder, now=START)
        login = make_teacher().login
    papers = paper_addresses(app)
    skills = read_skills(folder / "skills.yaml")
    banks = {bank.title: bank for file in bank_files([folder]) if (bank := load_file(file, skills=skills).bank)}
    assert set(papers) == set(banks)
    assert {item.kind for bank in banks.values() for item in bank.items} == set(kinds())
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/teach**")
    page.emulate_media(media="print")
    for title, (sheet, key) in papers.items():
        broken(page, sheet, A4)
        said = words(page.locator(".sheet").inner_text())
        for item in banks[title].items:
            assert [
                why for why in item.whys() if len(words(plain(why)).split()) > 3 and words(plain(why)) in said
            ] == []
        broken(page, key, A4)
    sheet, key = papers["Somewhere else"]
    broken(page, sheet, LETTER)
    assert broken(page, f"{sheet}?version=B&large=1&sure=1&article=1", LETTER)["pages"] > 15
    broken(page, f"{key}?version=C&large=1", A4)
