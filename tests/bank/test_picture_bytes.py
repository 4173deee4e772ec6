"""Uploaded pictures: what draws them stays, what tells of their maker goes."""

from __future__ import annotations

import struct

import pytest

from quizapp.bank.picture_bytes import rewritten
from quizapp.bank.pictures import PictureError
from tests.bank.archives import chunk, exif, jpeg, patched, png, segment, webp

PLACE = b"51 degrees north"


def test_png_keeps_its_colours_and_loses_its_notes() -> None:
    gamma = chunk(b"gAMA", struct.pack(">I", 45455))
    told = (chunk(b"tEXt", b"Author\x00Ada"), chunk(b"eXIf", exif(6)), chunk(b"tIME", bytes(7)), gamma)
    assert rewritten(png(3, 2, *told) + b"<?php", "a.png").data == png(3, 2, gamma)


def test_moving_png_stands_still() -> None:
    moving = (chunk(b"acTL", bytes(8)), chunk(b"fcTL", bytes(26)))
    assert rewritten(png(1, 1, *moving), "a.png").data == png()


@pytest.mark.parametrize("order", ["<", ">"])
def test_jpeg_keeps_how_it_was_held_and_loses_where(order: str) -> None:
    profile, told = segment(0xE2, b"ICC_PROFILE\x00\x01\x01p"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00Ada")
    more = (segment(0xE1, exif(6, order)), told, profile, segment(0xFE, b"by Ada"), segment(0xED, b"Photoshop"))
    found = rewritten(jpeg(*more) + b"a film that belongs to it", "a.jpg").data
    assert PLACE in jpeg(*more)
    upright = segment(0xE1, b"Exif\x00\x00MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0))
    plain = jpeg(upright, profile)
    # The small picture in the first segment goes as well.
    assert found == plain.replace(segment(0xE0, plain[6:23]), segment(0xE0, plain[6:18] + b"\x00\x00"))


@pytest.mark.parametrize("told", [exif(1), exif(9), exif(0), b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff\xff\xff"])
def test_jpeg_held_upright_or_nobody_knows_how_has_no_notes(told: bytes) -> None:
    assert rewritten(jpeg(segment(0xE1, told)), "a.jpeg").data == rewritten(jpeg(), "a.jpeg").data


def test_webp_loses_its_notes_and_says_so_in_its_head() -> None:
    place = b"EXIF" + struct.pack("<I", len(PLACE)) + PLACE
    assert rewritten(webp(place), "a.webp").data == webp(told=0x20)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (png().replace(b"IDAT", b"IDAX"), "a.png", "broken-picture"),
        (png()[:-1], "a.png", "broken-picture"),
        (patched(png(), 19, b"\x02"), "a.png", "broken-picture"),
        (png()[:33], "a.png", "broken-picture"),
        (png(1, 1, chunk(b"NEWX", b"")), "a.png", "broken-picture"),
        (png(0, 1), "a.png", "many-points"),
        (png(5_001, 5_000), "a.png", "many-points"),
        (png(16_001, 1), "a.png", "many-points"),
        (jpeg(size=(6_000, 5_000)), "a.jpg", "many-points"),
        (jpeg()[:-2], "a.jpg", "broken-picture"),
        (jpeg()[:30], "a.jpg", "broken-picture"),
        (jpeg(segment(0xC9, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")), "a.jpg", "broken-picture"),
        (jpeg(segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")), "a.jpg", "broken-picture"),
        (jpeg(b"\xff\xfe\x00\x01"), "a.jpg", "broken-picture"),
        (webp()[:-3], "a.webp", "broken-picture"),
        (webp(b"ANIM" + struct.pack("<I", 6) + bytes(6)), "a.webp", "moving-picture"),
        (webp().replace(b"\x2f", b"\x2e"), "a.webp", "broken-picture"),
        (b"GIF89a", "a.png", "other-kind"),
        (b"\x00\x00\x00\x18ftypheic", "a.jpg", "other-kind"),
        (b"%PDF-1.7", "a.png", "other-kind"),
        (b"\xef\xbb\xbf <!-- x --><svg>", "a.png", "svg-picture"),
        (b"<html>", "a.png", "no-picture-inside"),
        (png(), "a.jpg", "other-picture"),
        (png(), "a.svg", "other-picture"),
        (png().ljust(2_000_001, b"0"), "a.png", "large-picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_picture_that_is_not_taken(data: bytes, name: str, code: str) -> None:
    with pytest.raises(PictureError) as refused:
        rewritten(data, name)
    assert refused.value.code == code


def test_picture_of_the_most_points_is_taken() -> None:
    for data, name in ((png(5_000, 5_000), "a.png"), (jpeg(size=(5_000, 5_000)), "a.jpg"), (webp(), "a.webp")):
        assert rewritten(data, name).kind in name


def test_every_cut_of_a_picture_is_refused_with_a_sentence() -> None:
    for data, name in ((png(), "a.png"), (jpeg(), "a.jpg"), (webp(), "a.webp")):
        for length in range(12, len(data)):
            with pytest.raises(PictureError):
                rewritten(data[:length], name)
