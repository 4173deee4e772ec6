"""Lists of students as teachers have them, good and bad; no database is needed to read them."""

from __future__ import annotations

import pytest

from quizapp.services.rosters_import import LISTED_MAX, UPLOAD_MAX, UnreadableListError, decode_list, read_list


def read(text: str) -> list[tuple[int, str, str | None, str | None]]:
    return [(one.line, one.name, one.group, one.mark_code) for one in read_list(text).students]


def why(text: str) -> list[tuple[int, str]]:
    return [(line.line, line.why) for line in read_list(text).refused]


def test_names_are_read_as_people_paste_them() -> None:
    pasted = "  Ada   Lovelace \r\nBen\tK.\n\n李明\nZoë\nada LOVELACE\n" + "x" * 81 + "\n!\u0301\n\u0301\n"
    assert [line for line, *_ in read(pasted)] == [1, 2, 4, 5, 8]
    assert [name for _, name, *_ in read(pasted)] == ["Ada Lovelace", "Ben K.", "李明", "Zoë", "!\u0301"]
    assert [line for line, _ in why(pasted)] == [6, 7, 9]
    assert not read_list(pasted).has_columns


def test_names_that_differ_by_accents_alone_are_told_apart_by_the_teacher() -> None:
    listed = read_list("Zoë\nMax\nZOE\n")
    assert [one.name for one in listed.students] == ["Zoë", "Max"]
    (refused,) = listed.refused
    assert (refused.line, refused.text) == (3, "ZOE")
    assert "“Zoë” in line 1" in refused.why


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_their_names_in_any_order(delimiter: str) -> None:
    rows = [
        ("E-mail", "Group", "Last name", "ID number", "First name"),
        ("a@example.org", "red", "Lovelace", "1815", "Ada"),
        ("b@example.org", "", "K.", "", "Ben"),
    ]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    assert read(text) == [(2, "Ada Lovelace", "red", "1815"), (3, "Ben K.", None, None)]
    listed = read_list(text)
    assert (listed.has_columns, listed.unread) == (True, ("E-mail",))


def test_a_oneroster_file_gives_its_students_and_says_who_is_none() -> None:
    text = (
        "sourcedId,status,enabledUser,role,username,givenName,familyName,preferredGivenName,identifier,email\n"
        "s1,active,true,student,ada1,Augusta,Lovelace,Ada,77,a@example.org\n"
        "s2,active,true,teacher,riv1,Ana,Rivera,,78,r@example.org\n"
        "s3,tobedeleted,true,student,ben1,Ben,K,,79,\n"
        "s4,active,false,student,cy1,Cy,D,,80,\n"
        's5,active,true,student,,"De, La",Cruz,,81,\n'
        "s6,active,true,student,eve1,,,,82,\n"
    )
    assert read(text) == [(2, "Ada Lovelace", None, "ada1"), (6, "De, La Cruz", None, "81")]
    assert [line for line, _ in why(text)] == [3, 4, 5, 7]
    assert "not student" in why(text)[0][1]
    assert "has left" in why(text)[1][1] == why(text)[2][1]
    assert "no name" in why(text)[3][1]
    assert read_list(text).unread == ("email",)


def test_codes_are_unique_in_a_list_and_long_cells_are_refused_by_name() -> None:
    text = f"name,group,code\nAda,red,7\nBen,red,7\nCy,{'g' * 61},8\nDee,red,{'c' * 61}\n"
    assert read(text) == [(2, "Ada", "red", "7")]
    assert [line for line, _ in why(text)] == [3, 4, 5]
    assert "Line 2 has the same code" in why(text)[0][1]


def test_cells_over_several_lines_keep_the_count_of_lines() -> None:
    assert read('name,group\n"Ada\nLovelace",red\nBen,blue\n') == [
        (3, "Ada Lovelace", "red", None),
        (4, "Ben", "blue", None),
    ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Zoë".encode(), "Zoë"),
        (b"\xef\xbb\xbf" + "Zoë".encode(), "Zoë"),
        ("Zoë".encode("utf-16"), "Zoë"),
        ("Zoë – “A”".encode("cp1252"), "Zoë – “A”"),
        (b"Zo\x81", "Zo\x81"),
        (b"", ""),
    ],
)
def test_files_are_read_in_every_encoding_that_schools_write(data: bytes, text: str) -> None:
    assert decode_list(data) == text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04rest", "spreadsheet file"),
        (b"\xd0\xcf\x11\xe0rest", "spreadsheet file"),
        (b"A\x00d\x00a", "not a list in plain text"),
        (b"\xff\xfe\x00", "not a list in plain text"),
        (b"a" * (UPLOAD_MAX + 1), "larger than 500 kB"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableListError, match=says):
        decode_list(data)


def test_a_list_that_cannot_be_read_whole_says_where() -> None:
    with pytest.raises(UnreadableListError, match="Line 2 "):
        read_list("name,code\nAda," + "7" * 140_000)
    with pytest.raises(UnreadableListError, match="200,000"):
        read_list("x" * (LISTED_MAX + 1))


def test_control_signs_disappear_and_formulas_stay_harmless_text() -> None:
    assert read("A\x00d\x07a\u202e\n=1+1\n") == [(1, "A d a", None, None), (2, "=1+1", None, None)]


def test_hundreds_of_names_are_read_and_the_rest_is_told() -> None:
    listed = read_list("\n".join(f"Student {n}" for n in range(402)))
    assert (len(listed.students), [line.line for line in listed.refused]) == (400, [401, 402])
    assert "At most 400" in listed.refused[0].why
