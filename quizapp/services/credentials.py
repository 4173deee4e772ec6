"""Passwords, codes and random ids: how each is made, stored and compared."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: none is mistaken for another once O, I and L are read as 0 and 1."""

CODE_LENGTH = 8
ROOM_CODE_LENGTH = 6
"""A room lasts a lesson, so its code may be shorter: of 2^30 codes a network may try 20 a minute, which in a
school day hits one of ten open rooms with a chance under 1 in 10,000. The length tells the two apart."""
PASSWORD_MIN, PASSWORD_MAX = 8, 128

# 19 MiB, two passes, one lane: what OWASP's password storage sheet gives as a minimum, and about
# 20 ms here. The library's default takes seven times as long, which a whole class would feel.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Hashing uses one whole core; more at once would only starve the students who are saving answers.
_hashing = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    with _hashing:
        return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one.

    Without a stored hash the same work is done for nothing, so the time taken does not tell
    which accounts exist.
    """
    with _hashing:
        try:
            return _hasher.verify(stored or _nobodys_hash(), password) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))


def password_problem(password: str, *, login: str = "") -> str | None:
    """Return what is wrong with a new password in one sentence, or None.

    Length and a list of the commonest passwords, no rules on which signs it must hold (OWASP ASVS
    5, 6.2).
    """
    if len(password) < PASSWORD_MIN:
        return f"Use at least {PASSWORD_MIN} characters. Three or four words in a row are good."
    if len(password) > PASSWORD_MAX:
        return f"Use at most {PASSWORD_MAX} characters."
    folded = password.casefold()
    if folded in _common_passwords() or len(set(folded)) < 4:
        return "This is one of the first passwords anyone would try. Choose another."
    if login and folded == login.casefold():
        return "The password must differ from the name you sign in with."
    return None


@cache
def _common_passwords() -> frozenset[str]:
    lines = files("quizapp.services").joinpath("common_passwords.txt").read_text("utf-8").split()
    return frozenset(lines)


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def new_join_code() -> str:
    """Return 40 random bits in eight signs."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def new_room_code() -> str:
    """Return 30 random bits in six signs."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(ROOM_CODE_LENGTH))


def is_room_code(typed: str) -> bool:
    """Tell whether a code as typed has the length of a room's code."""
    return len(read_join_code(typed)) == ROOM_CODE_LENGTH


def is_class_code(typed: str) -> bool:
    """Tell whether a code as typed has the length of a class's code."""
    return len(read_join_code(typed)) == CODE_LENGTH


def read_join_code(typed: str) -> str:
    """Read a code as people type it: any case, spaces and dashes, O for 0, I or L for 1."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")[: 4 * CODE_LENGTH]


def show_join_code(code: str) -> str:
    """Return a code in two equal groups, as it is shown and printed."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def fold_name(name: str) -> str:
    """Return a name without case, accents and double spaces, for comparing."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def new_token() -> str:
    """Return 256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a random token. It is long and random, so a plain hash will do."""
    return hashlib.sha256(token.encode()).hexdigest()


def request_hash(request_key: str | None, *owners: int) -> str | None:
    """Return what is stored of a form's random word: 32 signs that nobody else's form can hit."""
    return None if not request_key else token_hash(f"{owners}:{request_key}")[:32]
