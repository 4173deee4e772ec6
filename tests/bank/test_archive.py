"""Archives with a bank and its pictures: good ones come through, hostile ones meet one clear sentence."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from quizapp.bank import archive
from quizapp.bank.archive import ArchiveError, packed_bank, read_archive
from tests.bank.archives import HOSTILE, TEXT, Maker, good, packed, png


def read(data: bytes) -> archive.Archive:
    return read_archive(io.BytesIO(data))


def test_good_archive_comes_through_as_it_was() -> None:
    found = read(good())
    assert (found.name, found.text) == ("maps.yaml", TEXT)
    assert {name: picture.data for name, picture in found.pictures.items()} == {"map.png": png()}


@pytest.mark.parametrize(("code", "make"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_archive_is_refused_in_one_sentence(code: str, make: Maker) -> None:
    with pytest.raises(ArchiveError) as refused:
        read(make())
    assert refused.value.code == code
    words = str(refused.value)
    assert words.isprintable()
    assert words[-1] in ".”"
    assert len(words) < 250


def test_folders_and_what_computers_add_are_passed_over() -> None:
    found = read(
        packed(
            ("lesson/", b""),
            ("lesson/Maps.YML", TEXT),
            ("lesson/images/map.png", png()),
            ("lesson/.DS_Store", b"x"),
            ("lesson/Thumbs.db", b"x"),
            ("__MACOSX/lesson/._map.png", b"x"),
            ("lesson/read me.txt", b"Hello"),
            ("LICENSE", b"CC"),
        )
    )
    assert (found.name, found.text, set(found.pictures)) == ("Maps.YML", TEXT, {"map.png"})
    assert found.passed_over == ("read me.txt", "LICENSE")


def test_what_is_packed_here_is_read_here_and_is_the_same_each_time() -> None:
    text = "title: Wörter\r\n# a note\n"
    data = packed_bank("maps.yaml", text, {"b.png": png(2, 2), "a.png": png()})
    assert data == packed_bank("maps.yaml", text, {"a.png": png(), "b.png": png(2, 2)})
    found = read(data)
    assert found.text == text.encode()
    assert {name: picture.data for name, picture in found.pictures.items()} == {"a.png": png(), "b.png": png(2, 2)}


def test_archive_of_the_most_files_is_taken_and_one_more_is_not() -> None:
    notes = [(f"{number}.txt", b"") for number in range(archive.MAX_ENTRIES - 2)]
    assert len(read(good(*notes)).passed_over) == archive.MAX_ENTRIES - 2
    with pytest.raises(ArchiveError, match="more than 200 files"):
        read(good(*notes, ("one.txt", b"")))


def test_pictures_together_have_an_end_of_points(monkeypatch: pytest.MonkeyPatch) -> None:
    two = good(("b.png", png(3, 3)))
    monkeypatch.setattr(archive, "MAX_POINTS", 10)
    assert len(read(two).pictures) == 2
    monkeypatch.setattr(archive, "MAX_POINTS", 9)
    with pytest.raises(ArchiveError, match="million points together"):
        read(two)


def test_bomb_is_never_unpacked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the look at the table of contents, counting alone stops it at the size that it admits to."""
    monkeypatch.setattr(archive, "MAX_RATIO", 10_000)
    monkeypatch.setattr(archive, "_check_size", lambda name, size: None)
    bomb = good(("zeros.png", bytes(30_000_000)))
    lying = bomb.replace((30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="damaged"):
            read(lying)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_directory_that_claims_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would make an object of every entry before anybody could count them."""
    code, make = HOSTILE["1,400 files that claim to be two"]
    data = make()
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ArchiveError) as refused:
        read(data)
    assert refused.value.code == code
