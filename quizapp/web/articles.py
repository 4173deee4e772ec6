"""A class's own copy of an article: giving it, replacing it, taking it away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from quizapp.services import articles, rosters
from quizapp.services.articles import PARAGRAPHS_MAX, TEXT_MAX, ArticleError, ArticleRef
from quizapp.services.rosters import SectionRef
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("articles", __name__, url_prefix="/teach/c/<section>/articles")


class ArticleForm(FlaskForm):
    text = TextAreaField(
        _l("Paste the text here"),
        description=_l("Leave an empty line between paragraphs. Without any, each line counts as a paragraph."),
    )
    file = FileField(
        _l("Or choose a text file"),
        description=_l("A file that ends in .txt or .md. From a word processor, use “Save as plain text”."),
    )

    def written(self) -> str:
        """Return the text of the file, or what was pasted.

        Raises:
            ArticleError: the file is no text file.
        """
        uploaded = self.file.data
        if not uploaded or not uploaded.filename:
            return self.text.data or ""
        return articles.read_upload(uploaded.read(), uploaded.filename)


@bp.get("")
@access(Access.STAFF)
def overview(section: str) -> str:
    """List the articles of the quizzes, and which of them the class has."""
    found = rosters.get_section(section, auth.account_id())
    lines = articles.class_articles(found, auth.account_id())
    return render_template("teach/articles.html", section=found, lines=lines)


@bp.route("/<article>", methods=["GET", "POST"])
@access(Access.STAFF)
def article(section: str, article: str) -> str | Response | tuple[str, int]:
    """Show the class's copy, and keep a new one. An article is named by the first quiz that is built from it."""
    found = rosters.get_section(section, auth.account_id())
    line = articles.class_article(found, article, auth.account_id())
    form = ArticleForm()
    if not form.is_submitted():
        form.text.data = articles.written_text(found, line)
    elif form.validate():
        try:
            count = articles.save_article(
                found, article, form.written(), account_id=auth.account_id(), now=instance.now()
            )
        except ArticleError as refused:
            field = form.file if form.file.data and form.file.data.filename else form.text
            field.errors = [_refusal(refused)]
        else:
            flash(
                ngettext(
                    "Saved: %(num)s paragraph. Look below whether it is cut as you want it.",
                    "Saved: %(num)s paragraphs. Look below whether they are cut as you want them.",
                    count,
                ),
                "good",
            )
            return redirect(url_for("articles.article", section=section, article=article))
    body = _page(found, line, form)
    return (body, 422) if form.errors else body


@bp.post("/<article>/delete")
@access(Access.STAFF)
def delete(section: str, article: str) -> Response:
    """Throw the class's copy away."""
    found = rosters.get_section(section, auth.account_id())
    articles.delete_article(found, article, account_id=auth.account_id())
    flash(_("The article is gone from this class. Questions that need it are left out from now on."), "good")
    return redirect(url_for("articles.overview", section=section))


def _page(section: SectionRef, line: ArticleRef, form: ArticleForm) -> str:
    return render_template(
        "teach/article.html",
        section=section,
        line=line,
        form=form,
        errors=form.errors,
        copy=articles.class_copy(section.id, line.source),
    )


def _refusal(refused: ArticleError) -> str:
    sentences = {
        ArticleError.EMPTY: _("There is no text yet. Paste the article, or choose a text file."),
        ArticleError.TOO_LONG: _(
            "This text has more than %(n)s letters. Keep the parts that the questions are about.", n=f"{TEXT_MAX:,}"
        ),
        ArticleError.TOO_MANY_PARAGRAPHS: _(
            "This text has more than %(n)s paragraphs. Leave empty lines only between paragraphs.", n=PARAGRAPHS_MAX
        ),
        ArticleError.WRONG_KIND: _(
            "This kind of file cannot be read here. Choose a file that ends in .txt or .md, or paste the text."
        ),
        ArticleError.NOT_TEXT: _("This file is not plain text. Save it as text (UTF-8) first, or paste the text."),
    }
    return sentences[refused.reason]
