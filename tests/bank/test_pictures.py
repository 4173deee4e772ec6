"""Pictures beside a bank: read, judged by their bytes, named by their hash."""

from __future__ import annotations

import doctest
import hashlib
from pathlib import Path

import pytest

from quizapp.bank import pictures
from quizapp.bank.loader import load_file
from quizapp.bank.pictures import PictureError, is_kept_name, read_picture

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40
WEBP = b"RIFF\x20\x00\x00\x00WEBPVP8 " + b"0" * 20

BANK = """\
format: 1
bank: pictures
title: Pictures
language: en
stimuli:
  - id: valley
    kind: map
    image: {name}
    alt: A valley with two rivers.
questions:
  - id: rivers
    type: numeric
    about: valley
    prompt: How many rivers are there?
    answer: 2
    why: Count them.
"""


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [("a.png", PNG, "png"), ("a.jpg", JPEG, "jpg"), ("a.jpeg", JPEG, "jpg"), ("a.webp", WEBP, "webp")],
)
def test_picture_is_kept_under_its_hash(tmp_path: Path, name: str, data: bytes, kept: str) -> None:
    (tmp_path / name).write_bytes(data)
    picture = read_picture(tmp_path, name)
    assert picture.kept_name == f"{hashlib.sha256(data).hexdigest()}.{kept}"
    assert is_kept_name(picture.kept_name)


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (None, "no-picture", "There is no picture “map.png” beside this file. Put it into the same folder."),
        (PNG.ljust(2_000_001, b"0"), "large-picture", "The picture “map.png” has 2.0 MB. Save it with 2 MB at most."),
        (JPEG, "other-picture", "The picture “map.png” is in truth a JPEG. Give it the ending “.jpg”."),
        (b"<svg onload=alert(1)>", "no-picture-inside", "The file “map.png” holds no PNG, JPEG or WebP picture."),
        (b"", "no-picture-inside", "The file “map.png” holds no PNG, JPEG or WebP picture."),
    ],
)
def test_picture_that_cannot_be_shown_is_a_problem_at_its_line(
    tmp_path: Path, data: bytes | None, code: str, sentence: str
) -> None:
    file = tmp_path / "bank.yaml"
    file.write_text(BANK.format(name="map.png"), encoding="utf-8")
    if data is not None:
        (tmp_path / "map.png").write_bytes(data)
    loaded = load_file(file, skills=())
    assert loaded.bank is None
    (problem,) = loaded.problems
    assert (problem.line, problem.column, problem.level, problem.code) == (8, 12, "error", code)
    assert problem.message.startswith(sentence)


def test_picture_of_two_megabytes_is_still_taken(tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(PNG.ljust(2_000_000, b"0"))
    file = tmp_path / "bank.yaml"
    file.write_text(BANK.format(name="map.png"), encoding="utf-8")
    assert load_file(file, skills=()).problems == ()


@pytest.mark.parametrize("name", ["../map.png", "/etc/map.png", "sub/map.png", "map.svg", "map.png.html", ".map.png"])
def test_name_that_could_reach_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "map.png").write_bytes(PNG)
    folder = tmp_path / "banks"
    folder.mkdir()
    file = folder / "bank.yaml"
    file.write_text(BANK.format(name=name), encoding="utf-8")
    assert load_file(file, skills=()).bank is None
    with pytest.raises(PictureError):
        read_picture(folder, name)


@pytest.mark.parametrize(
    "name", ["a.png", f"{'a' * 64}.svg", f"{'A' * 64}.png", f"../{'a' * 64}.png", f"{'a' * 64}.png\n"]
)
def test_only_hashes_are_kept_names(name: str) -> None:
    assert not is_kept_name(name)


def test_examples_in_the_docstrings_run() -> None:
    result = doctest.testmod(pictures)
    assert (result.failed, result.attempted) == (0, 3)
