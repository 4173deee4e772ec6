"""The library: who sees which bank, what is found, what a copy keeps, and what an upload never does."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from textwrap import indent

import pytest
import sqlalchemy as sa
from PIL import Image

from quizapp.bank.ages import Ages
from quizapp.bank.archive import read_archive
from quizapp.bank.examples import example_yaml
from quizapp.config import Settings
from quizapp.items.registry import kinds
from quizapp.models import Bank, BankDraft, BankListing, BankShare, BankTrait, DraftPicture, ShareRight, db
from quizapp.services import (
    assigning,
    bank_files,
    bank_look,
    bank_page,
    drafts,
    library,
    listings,
    new_banks,
    publishing,
    reports,
    uploads,
)
from quizapp.services.bank_access import BankRight
from quizapp.services.drafts import DraftChanged
from quizapp.services.library import LibraryPage, Wanted, Whose
from quizapp.services.results import results_page
from quizapp.services.rosters import NotFoundError
from quizapp.services.uploads import UploadError
from quizapp.services.writing import writing
from tests import factories
from tests.bank.archives import good, jpeg, packed, painted, png
from tests.clock import START
from tests.factories import BANK, MADE_UP_BANK, OWN_BANK, Teacher

PICTURES = """\
format: 1
bank: maps
title: Maps of the valley
language: en
licence: CC-BY-4.0
source: {title: A valley, outlet: Evening Post}
stimuli:
  - id: valley
    kind: map
    image: map.png
    alt: A valley with two rivers.
    credit: Drawn for this bank
questions:
  - id: rivers
    type: numeric
    about: valley
    skill: facts
    difficulty: hard
    review_by: 2026-03-01
    prompt: How many rivers are there?   # a note
    answer: 2
    why: Count them.
"""


@pytest.fixture(autouse=True)
def skills() -> None:
    publishing.publish_skills(factories.SKILLS)


def share(bank: str, teacher: Teacher, right: ShareRight | None) -> None:
    """Shares a bank, or ends sharing it."""
    with writing() as session:
        bank_id = session.scalars(sa.select(Bank.id).where(Bank.public_id == bank)).one()
        session.execute(sa.delete(BankShare).where(BankShare.bank_id == bank_id, BankShare.account_id == teacher.id))
        if right is not None:
            session.add(BankShare(bank_id=bank_id, account_id=teacher.id, right=right, created_at=START))


def look(teacher: Teacher, **wanted: object) -> LibraryPage:
    return library.library_page(teacher.id, Wanted(**wanted), now=START)  # type: ignore[arg-type]  # fields by name


def titles(teacher: Teacher, **wanted: object) -> list[str]:
    return [line.title for line in look(teacher, **wanted).lines]


def shipped_maps(tmp_path: Path) -> None:
    """Publishes a bank with a picture as one that we ship."""
    (tmp_path / "maps.yaml").write_text(PICTURES, encoding="utf-8")
    (tmp_path / "map.png").write_bytes(png())
    assert not publishing.publish_file(tmp_path / "maps.yaml", skills=factories.SKILLS, now=START).failed


def own(teacher: Teacher, text: str = OWN_BANK) -> str:
    return factories.publish_own(teacher, text)[0].bank


def test_everybody_sees_what_is_theirs_shared_or_shipped_and_nothing_else() -> None:
    factories.publish()
    rivera, chen, okafor = (factories.make_teacher(name) for name in ("rivera", "chen", "okafor"))
    bank = own(rivera)
    share(bank, chen, ShareRight.COPY)
    assert titles(rivera) == titles(chen) == ["My own bank", "Small quiz"]
    assert titles(okafor) == ["Small quiz"]
    mine, shipped = look(rivera).lines
    assert (mine.owner, mine.shipped, mine.right) == (None, False, BankRight.OWN)
    assert (shipped.owner, shipped.shipped, shipped.right) == (None, True, BankRight.COPY)
    (shared,) = look(chen, whose=Whose.SHARED).lines
    assert (shared.owner, shared.right) == ("Rivera", BankRight.COPY)
    assert (titles(rivera, whose=Whose.OWN), titles(chen, whose=Whose.OWN)) == (["My own bank"], [])
    assert titles(chen, whose=Whose.SHIPPED) == ["Small quiz"]
    assert look(okafor).in_all == 1
    with pytest.raises(NotFoundError):
        bank_look.bank_look(bank, okafor.id, now=START)


def test_a_shared_bank_can_be_assigned_and_what_was_assigned_outlives_the_share() -> None:
    rivera, chen = factories.make_teacher("rivera"), factories.make_teacher("chen")
    bank = own(rivera)
    ours = factories.make_class(chen, "Ada")
    assert assigning.list_quizzes(chen.id) == ()
    share(bank, chen, ShareRight.VIEW)
    (quiz,) = assigning.list_quizzes(chen.id)
    assignment = factories.assign(ours, chen, quiz)
    assert results_page(ours.ref.public_id, assignment, chen.id, now=START).quiz == quiz.public_id
    share(bank, chen, None)
    assert assigning.list_quizzes(chen.id) == ()
    with pytest.raises(NotFoundError):
        assigning.get_quiz(quiz.public_id, chen.id)
    attempt = factories.start(assignment, ours.pupils[0])
    assert factories.key_of(attempt, 1)
    assert results_page(ours.ref.public_id, assignment, chen.id, now=START).quiz is None


def test_reports_reach_whoever_may_change_the_bank() -> None:
    rivera, chen, okafor = (factories.make_teacher(name) for name in ("rivera", "chen", "okafor"))
    bank = own(rivera)
    (quiz,) = assigning.list_quizzes(rivera.id)
    ours = factories.make_class(rivera, "Ada")
    attempt = factories.start(factories.assign(ours, rivera, quiz), ours.pupils[0])
    reports.report_question(ours.pupils[0].id, attempt, 1, "Two fit.", now=START, key=factories.instance_key())
    bank_id = db.session.scalars(sa.select(Bank.id).where(Bank.public_id == bank)).one()
    share(bank, chen, ShareRight.EDIT)
    share(bank, okafor, ShareRight.COPY)
    assert [len(reports.reports_of_bank(bank_id, one.id)) for one in (rivera, chen, okafor)] == [1, 1, 0]


FOUND: dict[str, list[str]] = {
    "rivers": ["Maps of the valley"],
    "RIV vall": ["Maps of the valley"],
    "iver": [],
    "Ｍaps": ["Maps of the valley"],
    "evening": [],
    "rivers, 8": [],
    "8 quiz": ["Small quiz"],
    "%": [],
    "_": [],
    "_ap": [],
    "of": ["Maps of the valley", "Made up", "Small quiz"],
}


def test_words_are_found_by_their_beginning_wherever_they_stand(tmp_path: Path) -> None:
    shipped_maps(tmp_path)
    factories.publish()
    factories.publish(MADE_UP_BANK)
    teacher = factories.make_teacher()
    assert {words: titles(teacher, words=words) for words in FOUND} == FOUND


def test_skill_kind_difficulty_and_what_is_due_narrow_down(tmp_path: Path) -> None:
    factories.publish()
    shipped_maps(tmp_path)
    factories.publish(MADE_UP_BANK)
    teacher = factories.make_teacher()
    assert titles(teacher, skill="verbs") == ["Made up", "Small quiz"]
    assert titles(teacher, kind="numeric") == ["Maps of the valley", "Small quiz"]
    assert titles(teacher, kind="numeric", difficulty="hard") == ["Maps of the valley"]
    assert titles(teacher, due=True) == ["Maps of the valley"]
    assert library.library_page(teacher.id, Wanted(due=True), now=START - timedelta(days=2)).lines == ()
    (maps,) = look(teacher, due=True).lines
    assert (maps.due, str(maps.review_by), maps.licence, maps.article) == (True, "2026-03-01", "CC-BY-4.0", "A valley")
    choices = look(teacher, due=True).choices
    assert [(one.value, one.name, one.questions) for one in choices.skills] == [
        ("verbs", "Reporting verbs", 5),
        ("facts", "Facts and figures", 6),
    ]
    assert [one.value for one in choices.difficulties] == ["easy", "medium", "hard"]


def test_questions_with_the_words_are_named(tmp_path: Path) -> None:
    factories.publish()
    shipped_maps(tmp_path)
    teacher = factories.make_teacher()

    def named(words: str) -> list[list[tuple[int, str]]]:
        return [[(one.number, one.prompt) for one in line.matches] for line in look(teacher, words=words).lines]

    assert named("RIV") == [[(1, "How many rivers are there?")]]
    assert named("maps") == [[]]  # only in its title
    assert named("quiz 8") == [[(3, look_prompt(teacher, "Small quiz", 3))]]
    assert named("") == [[], []]


def look_prompt(teacher: Teacher, title: str, number: int) -> str:
    (line,) = (one for one in look(teacher).lines if one.title == title)
    return bank_look.bank_look(line.bank, teacher.id, now=START).questions[number - 1].content.item.prompt


def test_language_narrows_down() -> None:
    teacher = factories.make_teacher()
    factories.publish()
    own(teacher, OWN_BANK.replace("language: en", "language: de"))
    assert titles(teacher, language="de") == ["My own bank"]
    assert titles(teacher, language="fr") == []
    assert look(teacher).choices.languages == ("de", "en")
    factories.publish(BANK.replace("language: en", "language: nl").replace("1,240", "1,250"))  # a newer version
    assert look(teacher).choices.languages == ("de", "nl")
    assert titles(teacher, language="en") == []


def test_an_age_finds_the_banks_that_are_meant_for_it() -> None:
    teacher = factories.make_teacher()
    factories.publish()
    bank = own(teacher, OWN_BANK.replace("language: en", "language: en\nages: 11-14"))
    assert [titles(teacher, age=age) for age in (10, 11, 14, 15)] == [[], ["My own bank"], ["My own bank"], []]
    assert [line.ages for line in look(teacher).lines] == [Ages(11, 14), None]
    assert look(teacher).choices.ages == (11, 12, 13, 14)
    assert bank_page.bank_page(bank, teacher.id, now=START).ages == Ages(11, 14)
    newer = OWN_BANK.replace("language: en", "language: en\nages: 15")
    factories.publish(newer, owner_id=teacher.id)
    assert (titles(teacher, age=14), titles(teacher, age=15)) == ([], ["My own bank"])


def test_many_banks_come_in_pages() -> None:
    teacher = factories.make_teacher()
    for number in range(library.BANKS_ON_PAGE + 1):
        factories.publish(OWN_BANK.replace("own", f"b{number:02}"), owner_id=teacher.id)
    first, last = look(teacher), look(teacher, page=99)
    assert (first.found, first.pages, len(first.lines), first.lines[0].title) == (21, 2, 20, "My b00 bank")
    assert (last.wanted.page, [line.title for line in last.lines]) == (2, ["My b20 bank"])


def test_listing_follows_the_newest_version_and_is_made_for_older_banks() -> None:
    teacher = factories.make_teacher()
    factories.publish()
    factories.publish(BANK.replace("kind: numeric", "").replace("1,240 voted", "1,240 sang"))
    assert (titles(teacher, words="voted"), titles(teacher, words="sang")) == ([], ["Small quiz"])
    before = db.session.execute(sa.select(BankListing.words, BankListing.questions, BankListing.review_by)).all()
    with writing() as session:
        session.execute(sa.delete(BankListing))
        session.execute(sa.delete(BankTrait))
    assert titles(teacher) == []
    assert (listings.renew_listings(), listings.renew_listings()) == (1, 0)
    assert (
        db.session.execute(sa.select(BankListing.words, BankListing.questions, BankListing.review_by)).all() == before
    )
    assert titles(teacher, kind="judge") == ["Small quiz"]


def test_bank_is_laid_open_with_keys_and_reasons() -> None:
    factories.publish()
    teacher = factories.make_teacher()
    (line,) = look(teacher).lines
    page = bank_look.bank_look(line.bank, teacher.id, now=START)
    claimed, _caption, numeric, judge = page.questions
    assert [one.right for one in claimed.answers] == [True, False, False]
    assert claimed.answers[1].why == "A doubted statement can be true."
    assert (numeric.key, numeric.reasons, numeric.answers) == ("15.5 %", ("Divide one by the other.",), ())
    assert (judge.reading, judge.key != "") == ("The pool is closed, a notice on its door says.", True)


def test_every_kind_is_laid_open() -> None:
    """Nothing that the page shows is missing from the store of safe HTML."""
    head = "format: 1\nbank: kinds\ntitle: Kinds\nlanguage: en\nquestions:\n"
    examples = "".join(indent(example_yaml(kind), "  ") for kind in kinds())
    text = head + re.sub(r"skill: \S+", "skill: verbs", examples)
    teacher = factories.make_teacher()
    publishing.publish_bank(factories.read_bank(text), source=text, now=START)
    (line,) = look(teacher).lines
    page = bank_look.bank_look(line.bank, teacher.id, now=START)
    assert [one.kind for one in page.questions] == list(kinds())
    for question in page.questions:
        assert question.answers or question.key or question.rubric, question.kind
        for why in (*(one.why for one in question.answers), *question.reasons, *question.rubric.values()):
            page.html(why)
        for source, block in question.content.texts():
            page.html(source, block=block)


def test_copy_keeps_text_picture_source_and_licence_and_says_whose_it_is(tmp_path: Path, settings: Settings) -> None:
    shipped_maps(tmp_path)
    teacher = factories.make_teacher()
    (line,) = look(teacher).lines
    draft = new_banks.copy_bank(line.bank, teacher.id, now=START)
    assert new_banks.copy_bank(line.bank, teacher.id, now=START) == draft
    view = drafts.read_draft(draft, teacher.id)
    head, _, body = view.text.partition("\n")
    assert head == "# Copied from “Maps of the valley”, version 1, by Closer Look; licence CC-BY-4.0."
    assert body == PICTURES.replace("title: Maps of the valley", "title: Maps of the valley (copy)")
    published = drafts.publish_draft(draft, teacher.id, version=view.version, note="", now=START)
    copied = bank_look.bank_look(published.bank, teacher.id, now=START)
    assert (copied.bank.right, copied.bank.licence, copied.source and copied.source.title) == (
        BankRight.OWN,
        "CC-BY-4.0",
        "A valley",
    )
    stimulus = copied.questions[0].content.stimulus
    assert stimulus is not None
    assert (settings.media_dir / (stimulus.image or "")).read_bytes() == png()
    # Its own id is free once more beside the copy.
    again = new_banks.copy_bank(published.bank, teacher.id, now=START)
    assert "\nbank: maps-copy\n" in drafts.read_draft(again, teacher.id).text


def test_only_who_may_copy_a_bank_gets_its_text() -> None:
    rivera, chen = factories.make_teacher("rivera"), factories.make_teacher("chen")
    bank = own(rivera)
    for right in (None, ShareRight.VIEW):
        share(bank, chen, right)
        with pytest.raises(NotFoundError):
            new_banks.copy_bank(bank, chen.id, now=START)
        with pytest.raises(NotFoundError):
            bank_files.revision_file(bank, chen.id)
    share(bank, chen, ShareRight.COPY)
    assert bank_files.revision_file(bank, chen.id).text == OWN_BANK
    assert (
        "by Rivera; without a licence" in drafts.read_draft(new_banks.copy_bank(bank, chen.id, now=START), chen.id).text
    )


def test_example_begins_a_bank_that_can_be_published() -> None:
    teacher = factories.make_teacher()
    for slug in ("news-3-x", "news-3-x-2"):
        draft = new_banks.begin_bank(teacher.id, "News: #3 “x”", now=START)
        view = drafts.read_draft(draft, teacher.id)
        assert f"\nbank: {slug}\n" in view.text
        assert drafts.publish_draft(draft, teacher.id, version=1, note="", now=START).title == "News: #3 “x”"


def test_zip_goes_out_and_comes_in_again(tmp_path: Path) -> None:
    shipped_maps(tmp_path)
    teacher = factories.make_teacher()
    (line,) = look(teacher).lines
    file = bank_files.revision_file(line.bank, teacher.id)
    found = read_archive(io.BytesIO(file.packed()))
    assert (file.name, found.name, found.text, found.pictures["map.png"].data) == (
        "maps", "maps.yaml", PICTURES.encode(), png(),
    )  # fmt: skip
    received = uploads.receive_bank(teacher.id, io.BytesIO(file.packed()), "maps.zip", now=START)
    assert (received.pictures, received.bank) == (1, None)
    view = drafts.read_draft(received.draft, teacher.id)
    assert (view.text, view.pictures) == (PICTURES, file.pictures)
    assert bank_files.draft_file(received.draft, teacher.id).packed()
    with pytest.raises(NotFoundError):
        bank_files.revision_file(line.bank, teacher.id, 2)


REFUSED = {
    ("title: Café".encode("latin-1"), "bank.yaml"): "encoding UTF-8",
    ("title: x".encode("utf-16"), "bank.yaml"): "not saved as UTF-8",
    (b"x" * 1_000_001, "bank.yaml"): "larger than 1,000,000 bytes",
    (png(), "map.png"): "This is a picture",
    (b"a,b", "table.csv"): "ends in .yaml",
    (b"no zip", "bank.zip"): "no zip archive",
    (good(("x.exe", b"")), "bank.yaml"): "Leave it out",
    (packed(), "bank.zip"): "empty",
    (b"", "bank.yaml"): "holds no bank",
    (b"Dear all,\nmy title: see below\n", "letter.txt"): "holds no bank",
    (b"{Dear all}\nmy bank: see below\n", "letter.txt"): "holds no bank",
    (b"{\\rtf1\\ansi The bank: a story\\par}", "letter.txt"): "holds no bank",
    (b"%PDF-1.4\n<< /Title (format: a bank) >>\n", "bank.yaml"): "holds no bank",
    (b"bank: a\n#" + b"x" * 70 + (b"\n" + b"\0" * 300) * 3000, "bank.yaml"): "larger than 1,000,000 bytes",
}


def test_file_that_is_no_bank_is_refused_and_nothing_is_kept() -> None:
    teacher = factories.make_teacher()
    for (data, name), sentence in REFUSED.items():
        with pytest.raises(UploadError, match=sentence):
            uploads.receive_bank(teacher.id, io.BytesIO(data), name, now=START)
    assert drafts.my_drafts(teacher.id) == ()


def test_text_of_windows_with_a_mark_is_the_same_text() -> None:
    teacher = factories.make_teacher()
    data = b"\xef\xbb\xbf" + OWN_BANK.replace("\n", "\r\n").encode()
    received = uploads.receive_bank(teacher.id, io.BytesIO(data), "own.yml", now=START)
    assert drafts.read_draft(received.draft, teacher.id).text == OWN_BANK


@pytest.mark.parametrize("indent", [None, 2])
def test_a_bank_in_json_is_taken_as_the_check_takes_it(indent: int | None) -> None:
    teacher = factories.make_teacher()
    asked = {"id": "one", "type": "short", "prompt": "Which?", "accept": ["a"], "why": "So."}
    bank = {"title": "T", "language": "en", "format": "1", "bank": "own", "questions": [asked]}
    text = json.dumps(bank, indent=indent)
    assert drafts.check_draft(text, now=START).bank is not None
    received = uploads.receive_bank(teacher.id, io.BytesIO(text.encode()), "own.yaml", now=START)
    assert drafts.read_draft(received.draft, teacher.id).text == text


def test_upload_is_put_in_place_only_when_told_and_over_nothing_newer() -> None:
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("chen")
    published, draft = factories.publish_own(teacher)
    text = OWN_BANK.replace("the pool is old", "the pool is deep")
    archive = packed(("own.yaml", text.encode()), ("map.png", png()))
    received = uploads.receive_bank(teacher.id, io.BytesIO(archive), "own.zip", now=START)
    assert received.bank == published.bank
    page = uploads.replace_page(received.draft, draft, teacher.id, now=START)
    assert (page.same, page.draft.text) == (False, OWN_BANK)
    assert page.changes is not None
    assert [change.id for change in page.changes.questions] == ["headline"]
    for one, two, who in ((received.draft, draft, other), (draft, draft, teacher), ("none", draft, teacher)):
        with pytest.raises(NotFoundError):
            uploads.put_in_place(one, two, who.id, version=1, now=START)
    with pytest.raises(DraftChanged):
        uploads.put_in_place(received.draft, draft, teacher.id, version=7, now=START)
    assert drafts.read_draft(draft, teacher.id).text == OWN_BANK
    uploads.put_in_place(received.draft, draft, teacher.id, version=1, now=START)
    view = drafts.read_draft(draft, teacher.id)
    assert (view.text, view.version, view.changed, list(view.pictures)) == (text, 2, True, ["map.png"])
    assert db.session.scalars(sa.select(sa.func.count(BankDraft.id))).one() == 1
    broken = uploads.receive_bank(teacher.id, io.BytesIO(b"bank: 'own"), "own.yaml", now=START)
    assert uploads.replace_page(broken.draft, draft, teacher.id, now=START).changes is None


def test_new_picture_is_a_change_though_the_text_says_the_same_again() -> None:
    teacher = factories.make_teacher()
    _, draft = factories.publish_own(teacher)
    uploads.add_picture(draft, teacher.id, io.BytesIO(png()), "map.png", now=START)
    version = drafts.save_draft(draft, teacher.id, OWN_BANK + "#", version=1, now=START)
    version = drafts.save_draft(draft, teacher.id, OWN_BANK, version=version, now=START)
    assert drafts.read_draft(draft, teacher.id).changed
    uploads.remove_picture(draft, teacher.id, "map.png", now=START)
    version = drafts.save_draft(draft, teacher.id, OWN_BANK + "#", version=version, now=START)
    drafts.save_draft(draft, teacher.id, OWN_BANK, version=version, now=START)
    assert not drafts.read_draft(draft, teacher.id).changed


def test_pictures_of_a_draft_have_an_end(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    teacher = factories.make_teacher()
    draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    monkeypatch.setattr(uploads, "MAX_PICTURES", 1)
    for _ in range(2):
        uploads.add_picture(draft, teacher.id, io.BytesIO(png()), "one.png", now=START)
    with pytest.raises(UploadError, match="at most 1 pictures"):
        uploads.add_picture(draft, teacher.id, io.BytesIO(png()), "two.png", now=START)


def test_picture_is_added_cleaned_replaced_and_taken_off(settings: Settings) -> None:
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("chen")
    draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    told = painted("JPEG", Image.radial_gradient("L").resize((9, 7)).convert("RGB"), comment=b"Taken by Ada")
    assert uploads.add_picture(draft, teacher.id, io.BytesIO(told), "My Photo (1).JPG", now=START) == "my-photo-1.jpg"
    (kept,) = drafts.read_draft(draft, teacher.id).pictures.values()
    assert b"Ada" in told
    assert b"Ada" not in (settings.media_dir / kept).read_bytes()
    for _ in range(2):
        uploads.add_picture(draft, teacher.id, io.BytesIO(png(2, 2)), "map.png", now=START)
    uploads.add_picture(draft, teacher.id, io.BytesIO(png(3, 3)), "map.png", now=START)
    assert db.session.scalars(sa.select(sa.func.count()).select_from(DraftPicture)).one() == 2
    for name, data in (("map.svg", b"<svg/>"), ("map.png", jpeg()), ("map.png", b"")):
        with pytest.raises(UploadError):
            uploads.add_picture(draft, teacher.id, io.BytesIO(data), name, now=START)
    with pytest.raises(NotFoundError):
        uploads.add_picture(draft, other.id, io.BytesIO(png()), "map.png", now=START)
    with pytest.raises(NotFoundError):
        uploads.remove_picture(draft, other.id, "map.png", now=START)
    uploads.remove_picture(draft, teacher.id, "map.png", now=START)
    assert list(drafts.read_draft(draft, teacher.id).pictures) == ["my-photo-1.jpg"]
    out = bank_files.draft_file(draft, teacher.id).packed()
    again = uploads.receive_bank(teacher.id, io.BytesIO(out), "own.zip", now=START)
    assert list(drafts.read_draft(again.draft, teacher.id).pictures.values()) == [kept]  # not written a second time
