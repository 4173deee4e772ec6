"""A draft's questions as students see them, one a page, to try; needs no script."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _

from quizapp.services.draft_preview import DraftPreview, draft_preview
from quizapp.services.previewing import mark
from quizapp.web import auth
from quizapp.web.auth import Access, access
from quizapp.web.bank_form_pages import form_lines
from quizapp.web.drafts import bp


@bp.route("/drafts/<draft>/preview/<int:number>", methods=["GET", "POST"])
@access(Access.STAFF)
def preview(draft: str, number: int) -> str | tuple[str, int]:
    """Show a question of what is stored; mark an answer to it, which is kept nowhere."""
    page = draft_preview(draft, auth.account_id(), number)
    question = page.question
    if question is None:
        return _page(page)
    item = question.content.item
    same = request.form.get("question") == item.id
    form = item.form(question.shown, request.form if same else None)
    if request.method == "GET":
        return _page(page, form=form)
    if not same:
        sentence = _("The questions have changed since you opened this page. Here is the one that stands here now.")
        return _page(page, form=form, sentence=sentence), 409
    if not form.validate():
        return _page(page, form=form, errors=True), 422
    return _page(page, form=form, marked=mark(question, item.read(form, question.shown)))


def _page(page: DraftPreview, **more: object) -> str:
    image_url = None if page.picture is None else url_for("media.picture", name=page.picture)
    lines = form_lines(page.draft.public_id, page.mistakes)
    return render_template(
        "teach/banks/seen.html", page=page, draft=page.draft, image_url=image_url, mistakes=lines, **more
    )
