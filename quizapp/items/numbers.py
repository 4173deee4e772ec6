"""Numbers as people type them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

#: White space and apostrophes that people put between groups of three digits.
_GROUPING = "[ \u00a0\u2007\u2009\u202f'\u2019_]"
_NUMBER = re.compile(rf"(?P<sign>[+\-\u2212\u2013]?)\s*(?P<digits>[0-9](?:[0-9.,]|{_GROUPING}(?=[0-9]))*|[.,][0-9]+)")
_ABOUT = re.compile(r"^(?:[~\u2248\u2243=]|ca\.?(?=[\s0-9])|approx\.?|about|around|roughly)\s*", re.IGNORECASE)
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:{_GROUPING}[0-9]{{3}})+(?![0-9])")


#: A number as files say it: digits and one point; no thousands, no powers, no names of numbers.
WRITTEN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")


def numbers_in(text: str, unit: str | None = None) -> tuple[Decimal, ...]:
    """The values that a typed number can mean; none when it is no number.

    "2,000" can be two thousand or two, so both come back, the likelier first. Spaces of any
    width and apostrophes may group digits. A sign for "about" and the unit may stand around.

    Args:
        text: what was typed.
        unit: the unit asked for; any other word after the number makes it no number.
    """
    rest = _ABOUT.sub("", _ascii_digits(text).strip())
    match = _NUMBER.match(rest)
    if match is None or not _is_unit(rest[match.end() :], unit):
        return ()
    sign = -1 if match["sign"] in {"-", "\u2212", "\u2013"} else 1
    digits = match["digits"].rstrip(".,")
    if re.search(_GROUPING, digits):
        whole = re.match(rf"[0-9]+(?:{_GROUPING}[0-9]+)*", digits)
        if whole is None or not _SPACED.fullmatch(whole[0]):
            return ()
        digits = re.sub(_GROUPING, "", digits).replace(",", ".")
        return (sign * Decimal(digits),) if digits.count(".") < 2 else ()
    return tuple(sign * value for value in _meanings(digits))


def as_written(text: str) -> str:
    """What was typed as files say a number, where it is one and can mean only one; anything else as it is.

    >>> as_written("3,5"), as_written("2 000"), as_written("2,000"), as_written("about 5"), as_written("0.50")
    ('3.5', '2000', '2,000', 'about 5', '0.50')
    """
    bare = text.strip()
    if WRITTEN.fullmatch(bare) or _ABOUT.match(bare):
        return bare
    values = numbers_in(bare)
    return f"{values[0]:f}" if len(values) == 1 else bare


def _ascii_digits(text: str) -> str:
    """Digits of any script as 0 to 9, the Arabic separators as comma and dot."""
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    return digits.replace("\u066b", ".").replace("\u066c", ",")


def _is_unit(rest: str, unit: str | None) -> bool:
    """Whether what follows a number is its unit, in full or cut to four letters or more."""
    written = _letters(rest)
    wanted = _letters(unit or "")
    if not written or written in {wanted, wanted + "s"}:
        return True
    return wanted.startswith(written) and (len(written) >= 4 or written + "s" == wanted)


def _letters(text: str) -> str:
    """A unit without spaces, dots and case, and with the usual short forms."""
    folded = re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", text)).casefold()
    return folded.replace("square", "sq").replace("percent", "%")


def _meanings(digits: str) -> tuple[Decimal, ...]:
    """What digits with commas and dots can mean."""
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return (Decimal(digits),)
    mark, other = (",", ".") if digits[last] == "," else (".", ",")
    if other in digits:  # 2,000.5 or 2.000,5: the last mark is the decimal one
        grouped = re.fullmatch(rf"[0-9]{{1,3}}(?:\{other}[0-9]{{3}})+\{mark}[0-9]+", digits)
        return (Decimal(digits.replace(other, "").replace(mark, ".")),) if grouped else ()
    grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})+", digits)
    if digits.count(mark) > 1:
        return (Decimal(digits.replace(mark, "")),) if grouped else ()
    decimal = Decimal(("0" if last == 0 else "") + digits.replace(mark, "."))
    if not grouped:
        return (decimal,)
    thousands = Decimal(digits.replace(mark, ""))
    return (thousands, decimal) if mark == "," else (decimal, thousands)
