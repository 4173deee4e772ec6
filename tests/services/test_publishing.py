"""Banks become frozen revisions, and what students answered stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp import text
from quizapp.bank.loader import read_skills
from quizapp.models import BankRevision, CleanText, Item, ItemRevision, QuizItem, QuizRevision, Skill, db
from quizapp.paths import resource_dir
from quizapp.services import assigning, publishing
from quizapp.services.freezing import PublishingError
from quizapp.services.misconceptions import misconceptions_named
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import BANK, SKILLS


def changed(old: str, new: str) -> str:
    assert BANK.count(old) == 1
    return BANK.replace(old, new)


def history(slug: str) -> list[tuple[int, int]]:
    """(number, lineage) of each revision of an item."""
    rows = db.session.execute(
        sa.select(ItemRevision.number, ItemRevision.lineage)
        .join(Item, Item.id == ItemRevision.item_id)
        .where(Item.slug == slug)
        .order_by(ItemRevision.number)
    )
    return [(row.number, row.lineage) for row in rows]


def counts() -> tuple[int, ...]:
    tables = (BankRevision, ItemRevision, QuizRevision, QuizItem, CleanText)
    return tuple(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables)


def republish(source: str) -> tuple[int, int]:
    return publishing.publish_bank(factories.read_bank(source), source=source, now=START)


def test_publishing_the_same_again_changes_nothing() -> None:
    quiz = factories.publish()
    before = counts()
    assert before[:4] == (1, 4, 1, 4)
    assert republish(BANK) == (1, 0)
    assert counts() == before
    assert assigning.get_quiz(quiz.public_id) == quiz


def test_a_comment_makes_a_bank_revision_and_no_new_questions() -> None:
    quiz = factories.publish()
    assert republish(BANK + "# a note for authors\n") == (2, 0)
    assert counts()[:4] == (2, 4, 1, 4)
    assert assigning.get_quiz(quiz.public_id).revision_id == quiz.revision_id


def test_a_spelling_fix_is_a_new_revision_of_the_same_lineage() -> None:
    before = factories.publish()
    assert republish(changed("What does *claimed* do?", "What does the word *claimed* do?")) == (2, 1)
    assert history("claimed") == [(1, 1), (2, 1)]
    assert history("caption") == [(1, 1)]
    after = assigning.get_quiz(before.public_id)
    assert after.revision_id != before.revision_id
    items = db.session.scalars(
        sa.select(QuizItem.item_revision_id)
        .where(QuizItem.quiz_revision_id == before.revision_id)
        .order_by(QuizItem.position)
    ).all()
    first = db.session.get_one(ItemRevision, items[0])
    assert first.number == 1
    assert first.content["item"]["prompt"] == "What does *claimed* do?"


@pytest.mark.parametrize(
    ("old", "new", "slug"),
    [
        ("wrong: It proves the statement true", "wrong: It makes the statement true", "claimed"),
        ("answer: 15.5", "answer: 15.6", "share"),
        ("verdict: sound", "verdict: problem", "notice"),
    ],
)
def test_another_key_or_option_begins_a_lineage(old: str, new: str, slug: str) -> None:
    factories.publish()
    assert republish(changed(old, new)) == (2, 1)
    assert history(slug) == [(1, 1), (2, 2)]


def test_a_why_keeps_the_lineage() -> None:
    factories.publish()
    republish(changed("why: The word says who spoke.", "why: The word tells who spoke."))
    assert history("claimed") == [(1, 1), (2, 1)]


def test_another_kind_under_the_same_id_is_refused_and_nothing_is_kept() -> None:
    factories.publish()
    before = counts()
    start = BANK.index("  - id: share")
    judged = BANK[BANK.index("  - id: notice") :].replace("notice\n", "share\n", 1)
    with pytest.raises(PublishingError, match="an id of its own"):
        republish(BANK[:start] + judged)
    assert counts() == before


def test_a_file_with_an_error_publishes_nothing_and_keeps_the_last_good(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(BANK, encoding="utf-8")
    good = publishing.publish_file(file, skills=SKILLS, now=START)
    assert (good.failed, good.revision, good.items, good.changed) == (False, 1, 4, 4)
    quiz = assigning.list_quizzes()
    before = counts()
    file.write_text(BANK.replace("    type: multiple", "    type: several"), encoding="utf-8")
    bad = publishing.publish_file(file, skills=SKILLS, now=START)
    assert bad.failed
    assert bad.problems[0].level == "error"
    assert counts() == before
    assert assigning.list_quizzes() == quiz


def test_a_folder_publishes_skills_and_every_bank_that_comes_along() -> None:
    folder = resource_dir("questions")
    results = publishing.publish_folder(folder, now=START)
    assert [one.name for one in results if one.failed] == []
    assert len(assigning.list_quizzes()) == len(results) > 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Skill)) == len(read_skills(folder / "skills.yaml"))
    assert set(db.session.scalars(sa.select(Skill.strand_name))) == {"Words", "Sources", "Evidence", "Choices"}
    assert set(misconceptions_named(["map-is-proof", "not-on-the-list"])) == {"map-is-proof"}
    before = counts()
    publishing.publish_folder(folder, now=START)
    assert counts() == before


def test_clean_html_can_be_thrown_away_and_made_again() -> None:
    factories.publish()

    def stored() -> dict[str, str]:
        rows = db.session.execute(sa.select(CleanText.digest, CleanText.html))
        return {row.digest: row.html for row in rows}

    before = stored()
    assert before[text.digest("What does *claimed* do?", block=False)] == "What does <em>claimed</em> do?"
    with writing() as session:
        session.execute(sa.delete(CleanText))
    assert publishing.renew_clean_texts() == len(before)
    assert stored() == before
    assert publishing.renew_clean_texts() == 0


def test_a_teachers_bank_is_hers_alone_and_may_share_a_name_with_ours() -> None:
    ours = factories.publish()
    teacher, other = factories.make_teacher("rivera"), factories.make_teacher("okoye")
    title = changed("title: Small quiz", "title: My quiz")
    hers = factories.publish(title, owner_id=teacher.id)
    assert [quiz.public_id for quiz in assigning.list_quizzes(other.id)] == [ours.public_id]
    assert {quiz.public_id for quiz in assigning.list_quizzes(teacher.id)} == {ours.public_id, hers.public_id}
    assert republish(BANK) == (1, 0)


def test_skills_are_renamed_in_place() -> None:
    factories.publish()
    publishing.publish_skills(skill.model_copy(update={"name": skill.name.upper()}) for skill in reversed(SKILLS))
    rows = db.session.scalars(sa.select(Skill).order_by(Skill.position)).all()
    assert [row.name for row in rows] == ["FACTS AND FIGURES", "REPORTING VERBS"]
