"""What is on a card besides the name: two words to type, or six pictures to tick.

Two different words of 529 make 529 x 528 = 279,312 secrets; six different pictures of 28, in any
order, make 376,740. Neither holds out against somebody who may try without end, so wrong tries are
counted for each student and each network: see `throttling`.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from functools import cache
from importlib.resources import files

from quizapp.models import SecretKind
from quizapp.services.credentials import fold_name

PICTURES = (
    "anchor", "apple", "bell", "boat", "book", "bridge", "cake", "chair", "cloud", "crown", "cup", "drum", "egg",
    "fish", "flag", "flower", "hat", "house", "key", "kite", "ladder", "leaf", "moon", "mushroom", "star", "sun",
    "tent", "tree",
)  # fmt: skip
"""Every picture has a name of one everyday word; its drawing is in `templates/components/pictures.html`."""

PICTURES_ON_A_CARD = 6


@cache
def card_words() -> tuple[str, ...]:
    """Return the everyday words from which cards are made."""
    return tuple(files("quizapp.services").joinpath("card_words.txt").read_text("utf-8").split())


def how_many(kind: SecretKind) -> int:
    """Return how many different secrets of a kind there are, each as likely as any other."""
    if kind is SecretKind.PICTURES:
        return math.comb(len(PICTURES), PICTURES_ON_A_CARD)
    return len(card_words()) * (len(card_words()) - 1)


def new_card_secret(kind: SecretKind = SecretKind.WORDS) -> str:
    """Return two different words such as "copper lantern", or the names of six pictures from a to z."""
    draw = secrets.SystemRandom()
    if kind is SecretKind.PICTURES:
        return " ".join(sorted(draw.sample(PICTURES, PICTURES_ON_A_CARD)))
    return " ".join(draw.sample(card_words(), 2))


def card_secret_hmac(secret: str, *, student_id: int, key: str) -> str:
    """Return what is stored of a card's secret: an HMAC under the instance key.

    Case, spaces and punctuation do not matter, nor does the order of pictures. A copy of the
    database alone does not allow guessing: that needs the key file too.
    """
    return hmac.new(key.encode(), f"card:{student_id}:{_read(secret)}".encode(), hashlib.sha256).hexdigest()


def _read(secret: str) -> str:
    words = "".join(sign if sign.isalnum() else " " for sign in fold_name(secret)).split()
    if len(words) == PICTURES_ON_A_CARD and all(word in PICTURES for word in words):
        words.sort()
    return "".join(words)
