"""The pages on which a teacher gives a class its own copy of an article."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from quizapp.services import assigning
from tests import factories
from tests.pages import Browser, Page
from tests.web.school import School, open_school


@pytest.fixture
def database() -> str:
    """What is stored is tested beside the services, on both databases."""
    return "sqlite"


@pytest.fixture
def school(app: Flask) -> School:
    return open_school(app)


def form_page(school: School) -> Page:
    return school.browsers["owner"].get(f"/teach/c/{school.section}/articles/{school.article}")


def upload(school: School, data: bytes, name: str, pasted: str = "") -> Page:
    owner = school.browsers["owner"]
    fields = {"csrf_token": owner.token(), "text": pasted, "file": (BytesIO(data), name)}
    path = f"/teach/c/{school.section}/articles/{school.article}"
    return owner.open("POST", path, data=fields, content_type="multipart/form-data")


def test_the_teacher_learns_what_to_find_and_what_waits(school: School) -> None:
    page = school.browsers["owner"].get(f"/teach/c/{school.section}/articles")
    assert "“Smoke over the hills”, Evening Post, A. Reporter, 2 March 2026" in page.words
    assert "1 question waits for it." in page.words


def test_pasting_replacing_and_deleting(app: Flask, school: School) -> None:
    owner = school.browsers["owner"]
    saved = owner.follow(owner.submit(form_page(school), fields={"text": "First.\n\nSecond & <i>third</i>."}))
    assert "Saved: 2 paragraphs." in saved.words
    assert "Second & <i>third</i>." in saved.words
    with app.app_context():
        quiz = assigning.get_quiz(school.article)
        attempt = factories.start(factories.assign(school.school_class, school.owner, quiz), school.ada)
    question = school.browsers["student"].get(f"/t/{attempt}/1")
    assert "Second & <i>third</i>." in question.words
    assert 'dir="auto"' in question.text
    assert school.browsers["classmate"].get(f"/t/{attempt}/1").status == 404
    gone = owner.follow(owner.submit(form_page(school), "/delete"))
    assert "The article is gone from this class." in gone.words
    after = school.browsers["student"].get(f"/t/{attempt}/1")
    assert "has taken the article for this question away" in after.words


def test_a_file_is_taken_and_another_kind_is_refused_with_the_text_kept(school: School) -> None:
    assert upload(school, b"One.\n\nTwo.", "mine.md").status == 302
    for data, name, sentence in (
        (b"PK\x03\x04", "mine.docx", "This kind of file cannot be read here."),
        (b"\x89PNG\x00\xff", "mine.txt", "This file is not plain text."),
        (b"", "empty.txt", "There is no text yet."),
        (b"x" * 70_000, "long.txt", "This text has more than 60,000 letters."),
    ):
        page = upload(school, data, name, pasted="What I typed")
        assert page.status == 422
        assert sentence in page.words
        assert page.form(named="text").fields["text"].strip() == "What I typed"


def test_five_megabytes_are_refused_in_a_sentence(school: School) -> None:
    boundary = "a-line-between-parts"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="huge.txt"\r\n\r\n'
    body = part.encode() + b"x" * 5_000_000 + f"\r\n--{boundary}--\r\n".encode()
    page = school.browsers["owner"].open(
        "POST",
        f"/teach/c/{school.section}/articles/{school.article}",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    assert page.status == 413
    assert "A text or file may have at most one megabyte," in page.words


def test_a_copy_is_on_no_other_page(app: Flask, school: School) -> None:
    secret = "Xylophones burned at noon"
    with app.app_context():
        quiz = assigning.get_quiz(school.article)
        factories.give_article(school.school_class, school.owner, quiz, secret)
    visitor = Browser(app)
    trial = visitor.follow(visitor.submit(visitor.get("/try"), f"/try/{school.article}"))
    assert secret not in trial.text
    for actor, path in (
        ("owner", f"/teach/lessons/{school.article}"),
        ("owner", f"/teach/c/{school.section}"),
        ("other", f"/teach/c/{school.section}/articles/{school.article}"),
        ("admin", f"/teach/c/{school.section}/articles/{school.article}"),
    ):
        assert secret not in school.browsers[actor].get(path).text, (actor, path)
