"""A class's own copy of an article. It belongs to that class, is never handed out, and goes with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class ClassArticle(Base):
    """The text that a teacher gave a class of an article which banks name as their source."""

    __tablename__ = "class_article"
    __table_args__ = (sa.UniqueConstraint("section_id", "article_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    article_key: Mapped[str] = mapped_column(sa.String(64))
    """Hash of title, outlet and author as banks state them: banks on one article share one copy."""
    text: Mapped[str] = mapped_column(sa.Text)
    """As the teacher gave it, so that a slip can be mended."""
    rules_version: Mapped[int]
    """The rules by which its paragraphs were made safe."""
    saved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    saved_at: Mapped[datetime]


class ArticleParagraph(Base):
    """One numbered paragraph of it, as safe HTML made when it was saved."""

    __tablename__ = "article_paragraph"

    article_id: Mapped[int] = mapped_column(sa.ForeignKey("class_article.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    html: Mapped[str] = mapped_column(sa.Text)
