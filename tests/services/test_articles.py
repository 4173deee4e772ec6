"""A class's own copy of an article: what is taken, who sees it, and what it lets be asked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from quizapp import text
from quizapp.models import ArticleParagraph, Assignment, ClassArticle, Section, db
from quizapp.services import articles, assigning, my_work, publishing, reviewing, starting, taking
from quizapp.services.articles import PARAGRAPHS_MAX, TEXT_MAX, ArticleError, paragraphs_of, read_upload
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START

SECOND_BANK = factories.ARTICLE_BANK.replace("bank: fires", "bank: fires-two").replace(
    "title: Fires", "title: More fires"
)


class Lesson:
    """9B with Ada and 9C with Cy; a quiz on an article, and another on the same."""

    def __init__(self) -> None:
        self.quiz = factories.publish(factories.ARTICLE_BANK)
        self.second = factories.publish(SECOND_BANK)
        self.teacher = factories.make_teacher()
        self.ours = factories.make_class(self.teacher, "Ada")
        self.theirs = factories.make_class(self.teacher, "Cy", title="9C")

    def give(self, written: str = "One.\n\nTwo.") -> int:
        return factories.give_article(self.ours, self.teacher, self.quiz, written)

    def attempt(self, *, here: bool = True) -> str:
        school_class = self.ours if here else self.theirs
        return factories.start(factories.assign(school_class, self.teacher, self.second), school_class.pupils[0])

    def prompts(self, attempt: str) -> list[str]:
        return [line.prompt for line in reviewing.answer_lines(attempt)]


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def test_a_question_waits_for_the_copy_of_its_own_class(lesson: Lesson) -> None:
    (before,) = articles.class_articles(lesson.ours.ref, lesson.teacher.id)
    assert (before.quizzes, before.waiting, before.paragraphs) == (("Fires", "More fires"), 2, 0)
    assert (before.source.title, before.source.outlet) == ("Smoke over the hills", "Evening Post")
    early = lesson.attempt()
    assert lesson.give() == 2
    # One copy serves every quiz on this article, in this class, from now on.
    late, elsewhere = lesson.attempt(), lesson.attempt(here=False)
    whole = "Who is heard in the whole article?"
    assert [whole in lesson.prompts(attempt) for attempt in (early, late, elsewhere)] == [False, True, False]
    (work, _) = my_work.my_work(lesson.ours.pupils[0].id, lesson.ours.ref.id, now=START).open_work
    assert work.questions == 3
    page = taking.question_page(lesson.ours.pupils[0].taker, late, 1, now=START)
    assert page.article is not None
    assert [str(one) for one in page.article.paragraphs] == ["<p>One.</p>", "<p>Two.</p>"]
    assert taking.question_page(lesson.ours.pupils[0].taker, late, 2, now=START).article is None


def test_draws_and_choices_may_have_what_needs_the_article(lesson: Lesson) -> None:
    lesson.give()
    drawn = assigning.assign(
        lesson.ours.ref,
        lesson.quiz,
        assigning.AssignmentRules(),
        account_id=lesson.teacher.id,
        now=START,
        questions=assigning.Questions(number=9),
    )
    ids = [row.id for row in db.session.scalars(sa.select(Assignment))]
    assert list(starting.question_counts(ids).values()) == [3]
    assert len(lesson.prompts(factories.start(drawn, lesson.ours.pupils[0]))) == 3


def test_the_copy_can_be_taken_away_in_mid_quiz(lesson: Lesson) -> None:
    lesson.give()
    attempt = lesson.attempt()
    for _ in range(2):
        articles.delete_article(lesson.ours.ref, lesson.quiz.public_id, account_id=lesson.teacher.id)
    page = taking.question_page(lesson.ours.pupils[0].taker, attempt, 1, now=START)
    assert (page.needs_article, page.article) == (True, None)
    assert db.session.scalars(sa.select(ArticleParagraph.html)).all() == []


def test_it_is_replaced_and_goes_with_the_class(lesson: Lesson) -> None:
    lesson.give("Old.")
    assert lesson.give("New.\n\nWords.\n\nHere.") == 3
    ref = articles.class_article(lesson.ours.ref, lesson.quiz.public_id, lesson.teacher.id)
    assert articles.written_text(lesson.ours.ref, ref).startswith("New.")
    assert articles.written_text(lesson.theirs.ref, ref) == ""
    with writing() as session:
        session.execute(sa.delete(Section).where(Section.id == lesson.ours.ref.id))
    for table in (ClassArticle, ArticleParagraph):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_only_articles_of_quizzes_one_may_assign(lesson: Lesson) -> None:
    other = factories.make_teacher("okoye")
    own = factories.publish(SECOND_BANK.replace("fires-two", "own").replace("More fires", "Own"), owner_id=other.id)
    plain = factories.publish()
    for quiz in (own.public_id, plain.public_id, "0" * 16):
        with pytest.raises(NotFoundError):
            articles.save_article(lesson.ours.ref, quiz, "x", account_id=lesson.teacher.id, now=START)
        with pytest.raises(NotFoundError):
            articles.class_article(lesson.ours.ref, quiz, lesson.teacher.id)


def test_what_cannot_be_kept_is_refused_and_changes_nothing(lesson: Lesson) -> None:
    lesson.give()
    for written, reason in (
        (" \n\n ", ArticleError.EMPTY),
        ("x" * (TEXT_MAX + 1), ArticleError.TOO_LONG),
        ("x\n\n" * (PARAGRAPHS_MAX + 1), ArticleError.TOO_MANY_PARAGRAPHS),
    ):
        with pytest.raises(ArticleError, match=f"^{reason}$"):
            lesson.give(written)
    assert db.session.scalars(sa.select(ClassArticle.text)).all() == ["One.\n\nTwo."]


def test_markup_is_shown_as_typed_and_addresses_that_act_are_not_links(lesson: Lesson) -> None:
    lesson.give("<script>alert(1)</script> <b>x</b>\n\n[here](javascript:alert(1)) ![p](http://x/p.png)\n\n# Head")
    script, link, head = db.session.scalars(sa.select(ArticleParagraph.html).order_by(ArticleParagraph.number))
    assert "<script" not in script
    assert "&lt;script&gt;" in script
    assert 'href="javascript' not in link
    assert "<img" not in link
    assert head == "<h3>Head</h3>"


def test_copies_follow_new_rules_of_cleaning(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson.give()
    assert publishing.renew_clean_texts() == 0
    monkeypatch.setattr(text, "RULES_VERSION", text.RULES_VERSION + 1)
    assert articles.renew_articles() == 1
    assert articles.renew_articles() == 0
    assert db.session.scalars(sa.select(ArticleParagraph.html).order_by(ArticleParagraph.number)).all() == [
        "<p>One.</p>",
        "<p>Two.</p>",
    ]


@pytest.mark.parametrize(
    ("written", "paragraphs"),
    [
        ("a\r\nb\r\n\r\n\r\nc", ("a\nb", "c")),
        ("a\rb", ("a", "b")),
        ("    indented\n\n\tby a tab", ("indented", "by a tab")),
        ("one\x0b\x07two\n\n---\n\n***\n\nthree", ("onetwo", "three")),
        ("\n\n", ()),
        ("مرحبا\n\nשלום", ("مرحبا", "שלום")),
    ],
)
def test_paragraphs(written: str, paragraphs: tuple[str, ...]) -> None:
    assert paragraphs_of(written) == paragraphs


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"x", "a.docx", ArticleError.WRONG_KIND),
        (b"x", "a.html", ArticleError.WRONG_KIND),
        (b"x", "txt", ArticleError.WRONG_KIND),
        (b"\x89PNG\r\n\x1a\n\x00", "a.txt", ArticleError.NOT_TEXT),
        (b"a\x00b", "a.md", ArticleError.NOT_TEXT),
        ("é".encode("latin-1"), "a.txt", ArticleError.NOT_TEXT),
        ("é".encode("utf-16"), "a.txt", ArticleError.NOT_TEXT),
    ],
)
def test_files_that_are_no_text(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=f"^{reason}$"):
        read_upload(data, name)


def test_a_text_file_is_read() -> None:
    assert read_upload("\ufeffÉté".encode(), "Article.TXT") == "Été"
