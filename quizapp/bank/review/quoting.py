"""Rules about what is quoted: exactly, and not much of it."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.bank.article import Article, spoken_words
from quizapp.bank.places import Spot
from quizapp.bank.review.rule import Desk, Finding, Question, Reviewed, bank_rule, banks_rule, question_rule
from quizapp.items.base import shorten

MOST_WORDS = 12
"""Words of an article in one question."""

MOST_OF_ARTICLE = 0.4
"""Share of an article that all banks together may quote."""


@bank_rule(
    "quote-inexact",
    "error",
    "A quotation differs from the article, be it in a capital or a quotation mark.",
    guard="without --source; banks that name no source",
)
def _quote_inexact(of: Reviewed, desk: Desk) -> Iterator[Finding]:
    if desk.article is None or of.bank.source is None:
        return
    for stimulus in of.bank.stimuli:
        part = desk.article.misquoted(stimulus.quote) if stimulus.quote else None
        if part is not None:
            own = desk.article.own_form(part)
            says = f"The article writes “{own}”." if own else f"The article has no words “{shorten(part, 60)}”."
            yield of.finding(f"{says} Copy its words exactly.", Spot("stimuli", stimulus.id, ("quote",)))


@question_rule(
    "quote-long",
    "warning",
    f"A question shows more than {MOST_WORDS} words of the article, in all its texts together.",
    guard="without --source only the quotation it is about is counted",
    shipped="error",
)
def _quote_long(question: Question) -> Iterator[Finding]:
    article = question.desk.article
    quote = question.stimulus.quote if question.stimulus is not None else None
    count = len(spoken_words(quote)) if quote else 0
    if article is not None:
        count = max(count, len(quoted(question, article)))
    if count > MOST_WORDS:
        message = f"This question shows {count} words of the article. Quote {MOST_WORDS} at most and tell the rest."
        yield question.finding(message, "about")


@banks_rule(
    "quote-share",
    "warning",
    f"All banks together quote {MOST_OF_ARTICLE:.0%} of the article or more.",
    guard="without --source",
    shipped="error",
)
def _quote_share(desk: Desk) -> Iterator[Finding]:
    if desk.article is None or not desk.banks:
        return
    share = quoted_share(desk, desk.article)
    if share >= MOST_OF_ARTICLE:
        message = f"The banks quote {share:.0%} of the article. Stay below {MOST_OF_ARTICLE:.0%}: tell it in own words."
        yield desk.banks[0].finding(message)


def quoted_share(desk: Desk, article: Article) -> float:
    """The share of the words of an article that the banks quote, each word counted once."""
    places = {place for question in desk.questions for place in quoted(question, article)}
    return len(places) / len(article.words)


def quoted(question: Question, article: Article) -> frozenset[int]:
    """The places of the words of an article that a question shows, also through what it is about."""
    texts = [text.source for text in question.item.texts()]
    stimulus = question.stimulus
    found: frozenset[int] = frozenset()
    if stimulus is not None:
        texts += [text.source for text in stimulus.texts()]
        texts += [text for text in (stimulus.title, *(card.title for card in stimulus.cards)) if text]
        found = article.quotation(stimulus.quote) if stimulus.quote else found
    return found.union(*(article.quoted_by(text) for text in texts))
