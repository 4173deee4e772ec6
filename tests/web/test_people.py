"""Pages about people: lists, doors, guests, colleagues, what an administrator does."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask import Flask

from quizapp.models import Role
from quizapp.services import rosters
from tests import factories
from tests.clock import Clock
from tests.factories import PASSWORD, SchoolClass, Teacher
from tests.pages import Browser, Fields, Page, choose


@pytest.fixture
def database() -> str:
    """What is stored is tested with the services, on both databases; pages look the same on each."""
    return "sqlite"


class Room:
    """Rivera's class 9B with Ada and Ben, and her browser."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.teacher: Teacher = factories.make_teacher()
            self.school_class: SchoolClass = factories.make_class(self.teacher, "Ada", "Ben")
            factories.assign(self.school_class, self.teacher, factories.publish())
        self.app = app
        self.path = f"/teach/c/{self.school_class.ref.public_id}"
        self.browser = Browser(app)
        self.browser.sign_in_staff(self.teacher)

    def names(self) -> list[str]:
        with self.app.app_context():
            return [line.name for line in rosters.roster_lines(self.school_class.ref.id)]

    def add(self, names: str = "", file: tuple[bytes, str] | None = None) -> Page:
        fields: dict[str, object] = {"csrf_token": self.browser.token(), "names": names}
        if file:
            fields["file"] = (io.BytesIO(file[0]), file[1])
        return self.browser.open("POST", f"{self.path}/students", data=fields, content_type="multipart/form-data")


@pytest.fixture
def room(app: Flask) -> Room:
    return Room(app)


def test_faultless_new_names_are_added_at_once_and_anything_else_is_shown_first(room: Room) -> None:
    assert "Print these cards now" in room.add("Cy\nDee").words
    look = room.add("Eve\nada\nEVE\n" + "x" * 81)
    for words in ("1 student will be added.", "1 student is in the class already.", "2 lines cannot be used."):
        assert words in look.words
    assert "Line 3 EVE" in look.words
    assert room.names() == ["Ada", "Ben", "Cy", "Dee"]
    again = room.browser.submit(look, "students", fields={"names": "Eve\nEve B.", "look": "again"})
    assert "Print these cards now" in again.words, "the mended list has no fault left"
    assert room.names() == ["Ada", "Ben", "Cy", "Dee", "Eve", "Eve B."]


def test_a_file_is_shown_first_and_added_as_it_was_shown(room: Room) -> None:
    data = "givenName;familyName;email;group\nCy;Cole;c@example.org;red\nDee;Dorn;d@example.org;\n".encode("utf-16")
    look = room.add(file=(data, "klasse.csv"))
    assert "2 students will be added" in look.words
    assert "not read and not kept: email" in look.words
    assert "c@example.org" in look.text, "the list stands in the page, so that nothing is lost"
    cards = room.browser.submit(look, "students", fields={"add": "yes"})
    assert "Cy Cole" in cards.words
    assert room.names() == ["Ada", "Ben", "Cy Cole", "Dee Dorn"]


@pytest.mark.parametrize(
    ("names", "file", "says"),
    [
        ("", None, "Paste or type at least one name, or choose a file."),
        ("x" * 200_001, None, "200000"),
        ("", (b"PK\x03\x04", "list.xlsx"), "choose “Save as” and CSV"),
        ("", (b"a\x00b", "list.csv"), "not a list in plain text"),
        ("", (b'name,code\n"Ada,1\n' + b"x" * 140_000, "list.csv"), "quotation marks"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_to_do(
    room: Room, names: str, file: tuple[bytes, str] | None, says: str
) -> None:
    page = room.add(names, file)
    assert page.status == 422
    assert says in page.words
    assert room.names() == ["Ada", "Ben"]


def test_too_large_a_body_is_refused_with_a_page(room: Room) -> None:
    kind = "multipart/form-data; boundary=x"
    assert room.browser.open("POST", f"{room.path}/students", data=b"x" * 1_100_000, content_type=kind).status == 413


def test_groups_and_codes_are_changed_for_all_and_nothing_typed_is_lost(room: Room) -> None:
    page = room.browser.get(f"{room.path}/students/edit")
    fields: Fields = {
        "lines-0-group": "red",
        "lines-0-mark_code": "7",
        "lines-1-mark_code": "7",
        "lines-1-name": "Benno",
    }
    back = room.browser.submit(page, "edit", fields=fields)
    assert back.status == 422
    assert "“Ada” has this code already." in back.words
    assert 'value="Benno"' in back.text
    done = room.browser.submit(back, "edit", fields={"lines-1-mark_code": "8"})
    assert "2 students changed." in room.browser.follow(done).words
    assert room.names() == ["Ada", "Benno"]
    student = room.browser.get(f"{room.path}/students/{room.school_class.pupils[0].public_id}")
    one = room.browser.submit(student, "/name", fields={"mark_code": "8"})
    assert one.status == 422
    assert "“Benno” has this code already." in one.words


def test_a_picture_card_signs_in_by_ticking(room: Room) -> None:
    settings = room.browser.get(f"{room.path}/settings")
    assert "279,312 pairs of words and 376,740 sets of pictures" in settings.words
    room.browser.submit(settings, "settings", fields={"secret_kind": "pictures"})
    ada = room.school_class.pupils[0]
    cards = room.browser.post(f"{room.path}/cards", {"student": ada.public_id})
    pictures = re.findall(r"<small>(\w+)</small>", cards.text)
    assert len(pictures) == 6
    student = Browser(room.app)
    door = student.get(f"/j/{room.school_class.ref.join_code}")
    five = student.submit(door, fields={"name": "Ada", "pictures": pictures[:5]})
    assert "You ticked 5 pictures; your card shows 6." in five.words
    other = next(name for name in ("anchor", "apple", "bell", "boat", "book", "bridge", "cake") if name not in pictures)
    wrong = student.submit(five, fields={"pictures": [*pictures[:5], other]})
    assert "That name and those pictures do not match." in wrong.words
    assert student.submit(wrong, fields={"pictures": pictures}).location


def test_names_are_listed_at_the_door_only_while_it_is_open(room: Room, clock: Clock) -> None:
    code, student = room.school_class.ref.join_code, Browser(room.app)
    assert "Ada" not in student.get(f"/j/{code}").text
    board = room.browser.get(f"{room.path}/join")
    assert "Open until 09:10" in room.browser.follow(room.browser.submit(board, "door")).words
    door = student.get(f"/j/{code}")
    assert re.findall(r"<option>(\w+)</option>", door.text) == ["Ada", "Ben"]
    ada = room.school_class.pupils[0]
    assert student.submit(door, fields={"name": "Ada", "secret": ada.secret}).location
    clock.advance(minutes=10)
    assert "Ada" not in Browser(room.app).get(f"/j/{code}").text


def test_a_guest_joins_works_is_taken_out_and_stays_out(room: Room) -> None:
    code, guest = room.school_class.ref.join_code, Browser(room.app)
    settings = room.browser.get(f"{room.path}/settings")
    room.browser.submit(settings, "settings", fields={"guests_welcome": "y"})
    assert "guest" not in guest.get(f"/j/{code}").text
    room.browser.submit(room.browser.get(f"{room.path}/join"), "door")
    door = guest.get(f"/j/{code}")
    taken = guest.submit(door, "guest", fields={"nickname": "ada"})
    assert "Somebody in this class has this name." in taken.words
    assert guest.follow(guest.submit(taken, "guest", fields={"nickname": "Rude One"})).status == 200
    roster = room.browser.get(f"{room.path}/students")
    assert "1 guest" in roster.words
    out = room.browser.follow(room.browser.submit(roster, "/remove"))
    assert "cannot come back" in out.words
    assert guest.get("/me").status == 302
    refused = guest.submit(guest.get(f"/j/{code}"), "guest", fields={"nickname": "Nice One"})
    assert "Your teacher has taken you out" in refused.words
    assert room.names() == ["Ada", "Ben"]


def test_a_guests_work_is_given_to_a_student(room: Room) -> None:
    with room.app.app_context():
        guest = factories.add_guest(room.school_class, room.teacher, "Zed")
    page = room.browser.get(f"{room.path}/guests/{guest.public_id}")
    assert "Who is “Zed”?" in page.words
    assert room.browser.submit(page).status == 422
    done = room.browser.submit(page, fields=choose(page, "Ada"))
    assert "0 attempts moved." in room.browser.follow(done).words
    assert room.names() == ["Ada", "Ben"]


def test_a_class_with_made_up_names_never_takes_one(room: Room) -> None:
    page = room.browser.follow(room.browser.submit(room.browser.get("/teach/new"), fields={"name": "9P"}))
    path = page.path.removesuffix("/students")
    room.browser.submit(room.browser.get(f"{path}/settings"), "settings", fields={"pseudonyms": "y"})
    roster = room.browser.get(f"{path}/students")
    assert "names" not in roster.form("students").fields
    assert room.browser.submit(roster, "students", fields={"count": "0"}).status == 422
    cards = room.browser.submit(roster, "students", fields={"count": "3"})
    assert cards.text.count('class="student-card"') == 3
    sneaky = room.browser.post(f"{path}/students", {"names": "Ada Lovelace"})
    assert sneaky.status == 422
    assert "Ada Lovelace" not in room.browser.get(f"{path}/students").text
    assert "Who it is" in room.browser.get(f"{path}/students/paper").words


def test_the_year_ends_with_a_file_an_archive_and_a_new_class(room: Room) -> None:
    for gradebook in ("moodle", "canvas"):
        file = room.browser.get(f"{room.path}/marks/{gradebook}.csv")
        assert file.headers["Content-Disposition"] == f'attachment; filename="marks-{gradebook}-2026-03-02.csv"'
        assert "Small quiz" in file.text
    assert room.browser.get(f"{room.path}/marks/other.csv").status == 404
    form = room.browser.get(f"{room.path}/next-year")
    new = room.browser.follow(room.browser.submit(form, fields={"name": "10B", "with_students": "y"}))
    assert "2 students" in new.words
    assert "9B" not in room.browser.get("/teach").words
    assert "9B" in room.browser.get("/teach/archive").words
    for page in ("", "/students", "/settings", "/marks", f"/students/{room.school_class.pupils[0].public_id}"):
        assert room.browser.get(f"{room.path}{page}").status == 200, page
    for page in ("/join", "/assign", "/students/edit"):
        assert room.browser.get(f"{room.path}{page}").status == 404, page
    for page in ("/students", "/door", "/cards", "/code", "/settings"):
        assert room.browser.post(f"{room.path}{page}", {"names": "Cy", "name": "x"}).status == 404, page
    away = room.browser.get(room.path)
    assert "students can no longer sign in to it" in away.words
    assert room.school_class.ref.shown_code not in away.words
    # Whoever tries the code reads what any wrong code tells.
    student, codes = Browser(room.app), (room.school_class.ref.join_code, "0000 0000")
    tried = [student.submit(student.get("/"), fields={"code": code}).words for code in codes]
    assert tried[0] == tried[1]
    assert "the class may have been put away: ask your teacher" in tried[0]
    doors = [student.follow(student.get(f"/j/{code}")).words for code in codes]
    assert doors[0] == doors[1]
    back = room.browser.submit(room.browser.get("/teach/archive"), "/archive")
    assert "The class is back." in room.browser.follow(back).words


def test_a_class_is_deleted_by_its_name_and_brought_back(room: Room) -> None:
    form = room.browser.get(f"{room.path}/delete")
    assert "This is not the name of the class." in room.browser.submit(form, fields={"typed": "9C"}).words
    gone = room.browser.follow(room.browser.submit(form, fields={"typed": "9b"}))
    assert "gone for good after Mon 9 Mar, 09:00" in gone.words
    assert room.browser.get(room.path).status == 404
    assert "is back with everything in it" in room.browser.follow(room.browser.submit(gone, "/undelete")).words


def test_a_student_is_copied_and_deleted_in_three_clicks(room: Room) -> None:
    ada = room.school_class.pupils[0]
    student = room.browser.get(f"{room.path}/students/{ada.public_id}")
    (link,) = [link for link in student.links() if link.endswith("/data")]
    data = room.browser.get(link)
    file = room.browser.submit(data, "/export")
    assert "Ada" not in file.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        page = archive.read("page.html").decode()
    assert "<bdi>9B</bdi>: <bdi>Ada</bdi>" in page
    assert "Deleted for good" in room.browser.follow(room.browser.submit(data, "/erase")).words
    assert room.names() == ["Ben"]


def test_a_colleague_is_invited_and_teaches_along(room: Room, app: Flask) -> None:
    with app.app_context():
        head = factories.make_teacher("head", role=Role.ADMIN)
    admin, colleague = Browser(app), Browser(app)
    admin.sign_in_staff(head)
    made = admin.submit(admin.get("/admin/people"), "/invite")
    link = re.search(r"<code>http://[^/]+(/invitation/[^<]+)</code>", made.text)
    assert link is not None
    assert link[1] not in admin.get("/admin/people").text
    form = colleague.get(link[1])
    taken = colleague.submit(form, fields={"name": "Ms O", "login": "Rivera", "password": "three quiet words"})
    assert "Somebody signs in with this name already." in taken.words
    came = colleague.submit(taken, fields={"login": "okoye", "password": "three quiet words"})
    assert came.location == "/teach/new"
    assert colleague.get(link[1]).status == 410
    settings = room.browser.get(f"{room.path}/settings")
    nobody = room.browser.submit(settings, "/teachers", fields={"login": "nobody"})
    assert "Nobody signs in with this name." in nobody.words
    assert (
        "Ms O teaches this class too."
        in room.browser.follow(room.browser.submit(nobody, "/teachers", fields={"login": "okoye"})).words
    )
    assert colleague.get(room.path).status == 200
    left = room.browser.submit(room.browser.get(f"{room.path}/settings"), "/leave")
    assert left.location == "/teach"
    assert room.browser.get(room.path).status == 404
    last = colleague.follow(colleague.post(f"{room.path}/leave"))
    assert "You are the only one who teaches this class." in last.words


def test_an_administrator_opens_a_roster_and_deletes_in_three_clicks(room: Room, app: Flask) -> None:
    with app.app_context():
        head = factories.make_teacher("head", role=Role.ADMIN)
    admin = Browser(app)
    admin.sign_in_staff(head)
    data = admin.get("/admin/data")
    assert "Ada" not in data.text
    names = admin.submit(data, "/open")
    assert "Ada" in names.words
    ada = room.school_class.pupils[0].public_id
    assert admin.submit(names, f"{ada}/export").body.startswith(b"PK")
    assert "Deleted for good" in admin.follow(admin.submit(names, f"{ada}/erase")).words
    assert room.names() == ["Ben"]
    audit = admin.get("/admin/audit").words
    for words in ("looked at the names of a class", "saved a copy", "deleted a student for good"):
        assert words in audit
    assert "Ada" not in audit
    assert admin.get("/admin/audit?before=x").status == admin.get("/admin/audit?before=1").status == 200
    bad = admin.submit(data, "/admin/data", fields={"year_ends": "July", "guest_days": "0"}, named="year_ends")
    assert bad.status == 422
    assert "such as 07-31" in bad.words
    assert "from 1 to 365" in bad.words
    people = admin.get("/admin/people").words
    assert "the only administrator" in people
    assert "Make a teacher" not in people
    assert people.count("Shut the account") == 1
    last = admin.follow(admin.post(f"/admin/people/{_own(admin)}/access", {"disable": "yes"}))
    assert "Nobody else administers." in last.words


def _own(admin: Browser) -> str:
    page = admin.get("/admin/people").text
    row = next(part for part in page.split("<tr>") if "(you)" in part)
    found = re.search(r"/people/(\w+)/reset", row)
    assert found is not None
    return found[1]


def test_staff_change_their_own_name_and_password(room: Room) -> None:
    page = room.browser.get("/account")
    room.browser.submit(page, "/name", fields={"name": "Ms Rivera"})
    page = room.browser.get("/account")
    assert "Ms Rivera" in page.text
    wrong = room.browser.submit(page, "/password", fields={"old": "x", "password": "four other quiet words"})
    assert "This is not your password." in wrong.words
    weak = room.browser.submit(page, "/password", fields={"old": PASSWORD, "password": "short"})
    assert weak.status == 422
    done = room.browser.submit(page, "/password", fields={"old": PASSWORD, "password": "four other quiet words"})
    assert "The password is changed." in room.browser.follow(done).words
