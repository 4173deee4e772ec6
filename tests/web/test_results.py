"""The pages about an assignment: what polls, what is projected, what is downloaded, and odd classes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from quizapp.services import attempts
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher
from tests.pages import Browser, Page

NAMES = ("Ada", "Ben", "Cy", "Dee", "Eli", "Fay")


@dataclass(frozen=True)
class Scene:
    """A class with an assignment, seen by its teacher."""

    app: Flask
    browser: Browser
    school_class: SchoolClass
    teacher: Teacher
    assignment: str
    quiz: str

    @property
    def base(self) -> str:
        return f"/teach/c/{self.school_class.ref.public_id}/a/{self.assignment}"

    def answer(self, who: int, rights: tuple[bool, ...], *, hand_in: bool = True) -> None:
        with self.app.app_context():
            pupil = self.school_class.pupils[who]
            attempt = factories.start(self.assignment, pupil)
            for position, right in enumerate(rights, 1):
                response = factories.response_to(attempt, position, right=right)
                attempts.save(pupil.taker, attempt, position, response, confidence=0.95, drawn=None, now=START)
            if hand_in:
                attempts.hand_in(pupil.taker, attempt, now=START)

    def get(self, path: str) -> Page:
        page = self.browser.get(self.base + path)
        assert page.status == 200, path
        return page


def open_scene(app: Flask, names: tuple[str, ...] = NAMES, *, login: str = "rivera") -> Scene:
    with app.app_context():
        quiz, teacher = factories.publish(), factories.make_teacher(login)
        school_class = factories.make_class(teacher, *names)
        assignment = factories.assign(school_class, teacher, quiz)
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return Scene(app, browser, school_class, teacher, assignment, quiz.public_id)


def test_the_live_page_answers_304_until_something_changes(app: Flask) -> None:
    scene = open_scene(app)
    scene.answer(0, (True, False), hand_in=False)
    whole = scene.get("/live")
    assert "0 of 6 handed in" in whole.words
    assert "1 working" in whole.words
    client = scene.browser.client
    first = client.get(f"{scene.base}/live/now")
    tag = first.headers["ETag"]
    assert tag in whole.text.replace("\\u0022", '"').replace('\\"', '"').replace("&#34;", '"')
    again = client.get(f"{scene.base}/live/now", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{scene.base}/live/now?marks=1", headers={"If-None-Match": tag}).status_code == 200
    scene.answer(1, (True,))
    changed = client.get(f"{scene.base}/live/now", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "1 of 6 handed in" in changed.text


def test_what_hangs_on_the_wall_names_nobody_and_marks_nothing_unasked(app: Flask) -> None:
    scene = open_scene(app)
    for who in range(4):
        scene.answer(who, (who > 1, True))
    assert "Marks so far" not in scene.get("/live").words
    assert "Marks so far" in scene.get("/live?marks=1").words
    projected = scene.get("/live?view=projector&marks=1").words
    assert not any(name in projected for name in NAMES)
    assert "Ada" in scene.get("/live?view=projector&names=1").words
    early = scene.get("/q/1/show").words
    assert "Fewer than five answers" in early
    assert "It keeps a distance 2 of 4" not in early
    scene.answer(4, (True, False))
    shown, revealed = scene.get("/q/1/show").words, scene.get("/q/1/show?best=1").words
    assert "3 of 5" in shown
    assert "best answer" not in shown.replace("Show the best answer", "")
    assert "best answer" in revealed.replace("Hide the best answer", "")
    assert not any(name in shown + revealed for name in NAMES)
    own = scene.get("/q/1").words
    assert "3 of 5" in own
    assert all(name in own for name in NAMES[:5])


FILES = ("/results.csv", "/questions.csv", "/q/1/answers.csv", "/live/live.csv")


def test_files_hold_no_formula_and_no_name_in_their_own_name(app: Flask) -> None:
    scene = open_scene(app, ("=1+1", "Ben"))
    scene.answer(0, (True, False))
    section, student = scene.school_class.ref.public_id, scene.school_class.pupils[0].public_id
    others = ("skills.csv", "assignments.csv", "trust.csv", f"students/{student}/skills.csv")
    for path in [*(scene.base + file for file in FILES), *(f"/teach/c/{section}/{file}" for file in others)]:
        page = scene.browser.get(path)
        assert page.status == 200, path
        assert page.headers["Content-Type"].startswith("text/csv; charset=utf-8")
        name = page.headers["Content-Disposition"]
        assert name.startswith('attachment; filename="')
        assert "Ben" not in name
        assert not any(line.startswith("=") for line in page.body.decode().splitlines())
        with_mark = scene.browser.get(path + "?bom=1").body
        assert with_mark == b"\xef\xbb\xbf" + page.body
    assert "'=1+1" in scene.browser.get(scene.base + "/results.csv").body.decode()


ODD: dict[str, tuple[tuple[str, ...], list[tuple[bool, ...]]]] = {
    "nobody in the class": ((), []),
    "no answers": (("Ada", "Ben"), []),
    "one student": (("Ada",), [(True, False, True, True)]),
    "everyone identical": (NAMES, [(True, False, True, True)] * 6),
    "all right": (NAMES, [(True,) * 4] * 6),
    "all blank": (NAMES, [()] * 6),
    "one under way": (("Ada", "Ben"), [(True,)]),
}


def test_odd_classes_get_a_sentence_and_never_a_number_that_is_none(app: Flask) -> None:
    paths = ["", "?attempts=all", "?group=Blue", "/live?marks=1", "/results.csv", "/questions.csv"]
    paths += [f"/q/{n}{more}" for n in (1, 3) for more in ("", "/show?best=1", "/answers.csv")]
    for number, (case, (names, rows)) in enumerate(ODD.items()):
        scene = open_scene(app, names, login=f"teacher-{number}")
        for who, rights in enumerate(rows):
            scene.answer(who, rights, hand_in=case != "one under way")
        pages = [scene.get(path) for path in paths]
        pages += [scene.browser.get(path) for path in (f"/teach/banks/{scene.quiz}", "/teach")]
        for page in pages:
            said = page.words if page.is_html else page.body.decode()
            assert page.status == 200, (case, page.path)
            assert not any(word in said for word in ("NaN", "nan ", "None", "inf ", "Undefined")), (case, page.path)
