"""Uploaded pictures: their points stay, what tells of their maker goes."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms

from quizapp.bank import picture_bytes
from quizapp.bank.picture_bytes import rewritten
from quizapp.bank.pictures import PictureError
from tests.bank.archives import chunk, exif, jpeg, painted, patched, png, segment

PLACE = b"51 degrees north"
#: Colours that no packing loses: one colour a picture, or packed without loss.
RED = Image.new("RGB", (6, 4), (200, 10, 10))
FINE = Image.radial_gradient("L").resize((9, 7)).convert("RGB")
FILES = {
    "a.png": painted("PNG", FINE),
    "a.jpg": painted("JPEG", FINE, quality=90),
    "a.webp": painted("WEBP", FINE, lossless=True),
}


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


def points_of(picture: Image.Image) -> list[object]:
    return list(picture.convert("RGBA").get_flattened_data())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_keeps_every_point_and_loses_its_notes(mode: str) -> None:
    told = (
        chunk(b"tEXt", b"Author\x00Ada"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00Ada"),
        chunk(b"tIME", bytes(7)),
    )
    source = Image.new("I;16", (9, 7), 40_000) if mode == "I;16" else FINE.convert(mode)
    data = painted("PNG", source)
    noted = data[:33] + b"".join(told) + data[33:] + b"<?php"
    found = rewritten(noted, "a.png").data
    assert b"Ada" in noted
    assert found == data
    assert points_of(opened(found)) == points_of(opened(data))


@pytest.mark.parametrize(
    ("mode", "colour", "seen_through"), [("RGB", (1, 2, 3), (1, 2, 3)), ("L", 7, 7), ("P", 7, b"\x00\x40")]
)
def test_png_that_can_be_seen_through_stays_so(mode: str, colour: object, seen_through: object) -> None:
    source = Image.new(mode, (2, 2), colour)  # type: ignore[arg-type]  # a number or three, as the mode wants
    data = painted("PNG", source, transparency=seen_through)
    assert points_of(opened(rewritten(data, "a.png").data)) == points_of(opened(data))


@pytest.mark.parametrize("order", ["<", ">"])
def test_jpeg_lies_as_it_was_held_and_does_not_tell_where(order: str) -> None:
    told = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00Ada"), segment(0xFE, b"by Ada"), segment(0xED, b"Ada")
    data = jpeg(segment(0xE1, exif(6, order)), *told, size=(6, 4))
    found = rewritten(data + b"a film by Ada", "a.jpg").data
    assert PLACE in data
    assert opened(found).size == (4, 6)
    assert not {PLACE, b"Ada", b"Exif", b"ICC_PROFILE"} & {word for word in (PLACE, b"Ada", b"Exif") if word in found}
    assert points_of(opened(found)) == points_of(opened(jpeg(size=(4, 6))))


@pytest.mark.parametrize("name", FILES)
def test_no_notes_of_any_kind_are_left(name: str) -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x013B] = 6, "Ada"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kind = {"a.png": "PNG", "a.jpg": "JPEG", "a.webp": "WEBP"}[name]
    data = painted(kind, RED, exif=notes, icc_profile=profile, xmp=b"<x>Ada</x>", comment="Ada", lossless=True)
    assert b"Ada" in data
    found = rewritten(data, name).data
    picture = opened(found)
    assert (b"Ada" in found, picture.size, dict(picture.getexif())) == (False, (4, 6), {})
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(picture.info)
    assert points_of(picture)[0] == points_of(opened(data))[0]


@pytest.mark.parametrize("told", [exif(1), exif(9), exif(0), b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff\xff\xff"])
def test_jpeg_held_upright_or_nobody_knows_how_stays_as_it_lies(told: bytes) -> None:
    assert rewritten(jpeg(segment(0xE1, told)), "a.jpeg").data == rewritten(jpeg(), "a.jpeg").data


def test_colours_of_another_profile_become_those_of_screens() -> None:
    """Of a profile in which red and green have changed places, so that it can be seen whether it was used."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    for kind, mode in (("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("JPEG", "RGB")):
        name = f"a.{ {'PNG': 'png', 'WEBP': 'webp', 'JPEG': 'jpg'}[kind] }"
        data = painted(kind, RED.convert(mode), icc_profile=bytes(profile), lossless=True)
        colour = points_of(opened(rewritten(data, name).data))[0]
        assert colour[1] > 150 > colour[0]  # type: ignore[index]  # three or four numbers
    clear = painted("PNG", RED, icc_profile=bytes(profile), transparency=(200, 10, 10))
    assert points_of(opened(rewritten(clear, "a.png").data))[0][3] == 0  # type: ignore[index]  # as above
    broken = painted("PNG", RED, icc_profile=b"no profile")
    assert points_of(opened(rewritten(broken, "a.png").data)) == points_of(RED)


def test_printers_colours_and_unusual_ones_become_those_of_screens() -> None:
    ink = painted("JPEG", Image.new("CMYK", (2, 2), (0, 255, 255, 0)))
    found = opened(rewritten(ink, "a.jpg").data)
    assert (found.mode, points_of(found)[0][0] > 200) == ("RGB", True)  # type: ignore[index]  # as above


def test_several_photographs_in_one_file_of_a_telephone_are_the_first_one() -> None:
    several = painted("MPO", RED, save_all=True, append_images=[FINE])
    found = opened(rewritten(several, "a.jpg").data)
    assert (found.format, found.size, getattr(found, "n_frames", 1)) == ("JPEG", RED.size, 1)


@pytest.mark.parametrize("name", FILES)
def test_picture_stays_of_its_kind_and_as_it_looked(name: str) -> None:
    found = rewritten(FILES[name], name)
    assert found.kind in name
    before, after = points_of(opened(FILES[name])), points_of(opened(found.data))
    worst = max(abs(a - b) for one, two in zip(before, after, strict=True) for a, b in zip(one, two, strict=True))  # type: ignore[call-overload]  # four numbers each
    assert worst <= (6 if name == "a.jpg" else 0)
    assert rewritten(found.data, name, is_kept=lambda kept: kept == found.kept_name) == found


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (png().replace(b"IDAT", b"IDAX"), "a.png", "broken-picture"),
        (patched(png(), 19, b"\x02"), "a.png", "broken-picture"),
        (png()[:33], "a.png", "broken-picture"),
        (png(0, 1), "a.png", "broken-picture"),
        (png(5_001, 5_000), "a.png", "many-points"),
        (png(16_001, 1), "a.png", "many-points"),
        (png(60_000, 60_000), "a.png", "many-points"),
        (jpeg(size=(6_000, 5_000)), "a.jpg", "many-points"),
        (jpeg()[:-2], "a.jpg", "broken-picture"),
        (jpeg()[:30], "a.jpg", "broken-picture"),
        (jpeg(segment(0xC9, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")), "a.jpg", "broken-picture"),
        (FILES["a.webp"][:-3], "a.webp", "broken-picture"),
        (FILES["a.webp"].replace(b"\x2f", b"\x2e", 1), "a.webp", "broken-picture"),
        (painted("WEBP", RED, save_all=True, append_images=[FINE.resize(RED.size)]), "a.webp", "moving-picture"),
        (painted("PNG", RED, save_all=True, append_images=[FINE.resize(RED.size)]), "a.png", "moving-picture"),
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


def test_large_webp_is_refused_by_its_head() -> None:
    head = b"\x10\x00\x00\x00" + (9_999).to_bytes(3, "little") * 2
    parts = b"WEBPVP8X" + struct.pack("<I", 10) + head + FILES["a.webp"][12:]
    with pytest.raises(PictureError, match="25 million points"):
        rewritten(b"RIFF" + struct.pack("<I", len(parts)) + parts, "a.webp")


def test_size_is_judged_before_any_point_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_bytes, "_painted", None)
    for data, name in ((png(5_001, 5_000), "a.png"), (jpeg(size=(6_000, 5_000)), "a.jpg")):
        with pytest.raises(PictureError) as refused:
            rewritten(data, name)
        assert refused.value.code == "many-points"


def test_what_grows_is_packed_harder_and_else_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.frombytes("RGB", (40, 40), bytes((7 * n * n + n // 3) % 251 for n in range(4_800)))
    data = painted("JPEG", noise, quality=60)
    monkeypatch.setattr(picture_bytes, "MAX_PICTURE_BYTES", len(data))
    monkeypatch.setattr(picture_bytes, "_ways", lambda *known: [{"quality": 95}, {"quality": 20}])
    assert len(rewritten(data, "a.jpg").data) < len(data)
    monkeypatch.setattr(picture_bytes, "_ways", lambda *known: [{"quality": 95}])
    with pytest.raises(PictureError, match="Save it with 2 MB at most"):
        rewritten(data, "a.jpg")


def test_every_cut_of_a_picture_is_refused_or_whole() -> None:
    for name, data in FILES.items():
        whole = rewritten(data, name)
        for length in range(12, len(data)):
            try:
                assert rewritten(data[:length], name) == whole
            except PictureError as refused:
                assert refused.code == "broken-picture"  # noqa: PT017 - the other ending is as good
