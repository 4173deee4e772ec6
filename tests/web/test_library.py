"""The library as pages: finding, looking, copying, files in and out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from flask import Flask

from quizapp.bank.archive import MAX_ARCHIVE_BYTES, read_archive
from quizapp.services import publishing
from quizapp.web.security import BODY_MAX
from tests import factories
from tests.bank.archives import good, packed, png
from tests.pages import Browser, Page
from tests.services.test_library import PICTURES, shipped_maps


def teacher_at(app: Flask, tmp_path: Path, *, with_class: bool = False) -> Browser:
    """A teacher signed in where two banks are shipped."""
    with app.app_context():
        teacher = factories.make_teacher()
        publishing.publish_skills(factories.SKILLS)
        factories.publish()
        shipped_maps(tmp_path)
        if with_class:
            factories.make_class(teacher, "Ada")
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return browser


def send(browser: Browser, path: str, field: str, data: bytes, name: str) -> Page:
    """Uploads a file as a form does. The body is written here: the client of the tests leaves large ones open."""
    line = b"--a-line-between\r\nContent-Disposition: form-data; name="
    body = line + f'"csrf_token"\r\n\r\n{browser.token()}\r\n'.encode()
    body += line + f'"{field}"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n--a-line-between--\r\n"
    kind = "multipart/form-data; boundary=a-line-between"
    return browser.open("POST", path, input_stream=io.BytesIO(body), content_length=len(body), content_type=kind)


def titles(page: Page) -> list[str]:
    return ["".join(element.itertext()) for element in page.elements() if element.tag == "h3"]


def test_banks_are_found_looked_at_and_assigned(app: Flask, tmp_path: Path) -> None:
    browser = teacher_at(app, tmp_path, with_class=True)
    assert "/teach/banks" in browser.get("/teach").links()
    page = browser.get("/teach/banks")
    assert titles(page) == ["Maps of the valley", "Small quiz"]
    assert "Facts were to be checked by 1 Mar 2026" in page.words
    assert titles(browser.get("/teach/banks?q=claimed&skill=verbs&whose=shipped")) == ["Small quiz"]
    nothing = browser.get("/teach/banks?q=zebra&kind=nonsense&difficulty=x&whose=x&page=x&due=y")
    assert "Nothing fits all of this." in nothing.words
    assert 'value="zebra"' in nothing.text
    aged = browser.get("/teach/banks?age=12")
    assert ("Nothing fits all of this." in aged.words, 'selected value="12"' in aged.text) == (True, True)
    assert len(titles(browser.get("/teach/banks?age=3"))) == 2  # no bank can be meant for it, so nobody asks
    found = browser.get("/teach/banks?q=rivers&kind=numeric&language=en")
    assert "Question 1: How many rivers are there?" in found.words
    assert [link.partition("#")[2] for link in found.links() if "#q" in link] == ["q1"]
    assert ("A number" in found.words, "English" in found.words, "numeric" in found.words) == (True, True, False)
    (maps,) = [e for e in page.elements() if e.tag == "a" and e.text == "Maps of the valley"]
    look = browser.get(maps.get("href", ""))
    assert "How many rivers are there?" in look.words
    assert "Right" in look.words
    assign = browser.get(next(link for link in look.links() if "/assign?quiz=" in link))
    assert "Maps of the valley" in assign.words
    assert {"/teach/banks"} <= assign.links()


def test_copy_becomes_a_draft_and_comes_out_as_the_same_files(app: Flask, tmp_path: Path) -> None:
    browser = teacher_at(app, tmp_path)
    page = browser.get("/teach/banks?q=maps")
    (copy,) = [form.action for form in page.forms() if form.action and form.action.endswith("/copy")]
    editor = browser.follow(browser.post(copy))
    assert "This is your own copy." in editor.words
    draft = editor.path.removesuffix("/form")
    text = browser.get(f"{draft}/bank.yaml")
    assert text.headers["Content-Disposition"] == 'attachment; filename="maps-of-the-valley-copy.yaml"'
    assert text.headers["Content-Type"] == "text/yaml; charset=utf-8"
    assert text.text.endswith(PICTURES.partition("title:")[2].partition("\n")[2])
    found = read_archive(io.BytesIO(browser.get(f"{draft}/bank.zip").body))
    assert (found.text, found.pictures["map.png"].data) == (text.body, png())
    bank = copy.removesuffix("/copy")
    assert browser.get(f"{bank}/bank.yaml").text == PICTURES
    assert browser.get(f"{bank}/bank.yaml?version=1").headers["Content-Disposition"].endswith('"maps-1.yaml"')
    for number in ("2", "9" * 30, "-3000000000", "x"):
        assert browser.get(f"{bank}/bank.yaml?version={number}").status == 404


def test_upload_becomes_a_draft_or_is_refused_in_one_sentence(app: Flask, tmp_path: Path) -> None:
    browser = teacher_at(app, tmp_path)
    assert "Choose a file first." in browser.submit(browser.get("/teach/banks/new"), "upload").words
    refused = send(browser, "/teach/banks/new/upload", "file", good(("../x.png", png())), "x.zip")
    assert refused.status == 422
    assert "“../x.png” leads out of the archive." in refused.words
    assert (
        "Give the bank a title"
        in browser.submit(browser.get("/teach/banks/new"), "/teach/banks/new", named="title").words
    )
    # More than pages may send, and still an upload.
    files = (("maps.yaml", PICTURES.encode()), ("map.png", png()), ("notes.txt", bytes(BODY_MAX)))
    large = packed(*files, method=zipfile.ZIP_STORED)
    editor = browser.follow(send(browser, "/teach/banks/new/upload", "file", large, "maps.zip"))
    assert "The bank came with 1 picture." in editor.words
    assert "left out: notes.txt" in editor.words
    upload, other = "/teach/banks/new/upload", "/teach/banks/new"
    too_large = bytes(BODY_MAX + 1), bytes(MAX_ARCHIVE_BYTES + 100_000)
    dead_end = send(browser, other, "title", too_large[0], "a.zip")
    assert (dead_end.status, other in dead_end.links()) == (413, True)
    assert send(browser, upload, "file", too_large[0], "a.zip").status == 422
    dead_end = send(browser, upload, "file", too_large[1], "a.zip")
    assert (dead_end.status, other in dead_end.links()) == (413, True)
    assert len(browser.get("/teach/banks").links() & {editor.path}) == 1
    assert send(Browser(app), upload, "file", too_large[0], "a.zip").status == 413


def test_upload_of_a_bank_one_has_is_compared_first(app: Flask, tmp_path: Path) -> None:
    browser = teacher_at(app, tmp_path)
    draft = browser.follow(send(browser, "/teach/banks/new/upload", "file", factories.OWN_BANK.encode(), "a.yaml")).path
    draft = draft.removesuffix("/form")
    browser.post(f"{draft}/publish", {"version": "1"})
    text = factories.OWN_BANK.replace("the pool is old", "the pool is deep").encode()
    page = browser.follow(send(browser, "/teach/banks/new/upload", "file", text, "a.yaml"))
    assert "Put this text into your draft?" in page.words
    assert "deep" in page.words
    assert "the pool is old" in browser.get(draft).text
    assert browser.post(page.path, {"version": "9" * 30}).status == 409
    editor = browser.follow(browser.submit(page, "instead-of"))
    assert editor.path == f"{draft}/form"
    assert "the pool is deep" in browser.get(draft).text
    again = browser.follow(send(browser, f"{draft}/files", "file", b"bank: [", "a.yaml"))
    assert "cannot be compared question by question" in again.words
    stale = browser.post(again.path, {"version": "1"})
    assert (stale.status, "saved since you opened this page" in stale.words) == (409, True)
    assert "Choose a file first." in browser.submit(browser.get(f"{draft}/files"), "/files").words
    drafted = browser.get("/teach/banks").links()
    text = browser.get(f"{draft}/bank.yaml").body
    same = browser.follow(send(browser, f"{draft}/files", "file", text, "a.yaml"))
    assert (same.path, "says just what this draft says" in same.words) == (editor.path, True)
    assert browser.get("/teach/banks").links() == drafted
    browser.follow(browser.submit(again, "/discard"))
    assert len(drafted - browser.get("/teach/banks").links()) == 1


def test_picture_is_added_shown_and_taken_off(app: Flask, tmp_path: Path) -> None:
    browser = teacher_at(app, tmp_path)
    draft = browser.follow(browser.post("/teach/banks/new", {"title": "Mine"})).path
    assert f"{draft}/files" in browser.get(draft).links()
    large = bytes(6_300_000), bytes(MAX_ARCHIVE_BYTES + 100_000)
    for data, status, sentence in (
        (b"<svg/>", 422, "save it as PNG"),
        (large[0], 422, "has 6.3 MB. Save it with 2 MB at most."),
        (large[1], 413, "use your browser’s Back button"),
    ):
        refused = send(browser, f"{draft}/pictures", "picture", data, "d.png" if data in large else "d.svg")
        assert (refused.status, sentence in refused.words) == (status, True)
    assert f"{draft}/files" in refused.links()
    page = browser.follow(send(browser, f"{draft}/pictures", "picture", png(), "Old Map.PNG"))
    assert "The picture is kept as “old-map.png”." in page.words
    (image,) = [element.get("src", "") for element in page.elements() if element.tag == "img"]
    assert browser.client.get(image, buffered=True).data == png()
    page = browser.follow(browser.submit(page, "old-map.png/remove"))
    assert "None yet." in page.words
