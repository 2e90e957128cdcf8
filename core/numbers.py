"""Numbers made to be read aloud: a kind, a year, a running number and a check digit."""

import re
from collections.abc import Iterator

from stdnum import damm

PARTS = re.compile(r"\d+")
KIND = re.compile(r"\s*(tkt|bt|cc|pgd|pdp)(?![a-z])", re.IGNORECASE)  # every kind of case that has numbers
LONGEST = 17  # digits: a year, a running number, and the check digit
SHORTEST_WITH_YEAR = 6
WORDS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
SAID = {word: str(digit) for digit, word in enumerate(WORDS)} | {"kosong": "0"}
BESIDE = {"nomor", "nomer", "no", "tiket", "tkt", "te", "ka", "tahun", "strip", "setrip", "garis", "minus"}
TOKENS = re.compile(r"[0-9]+|[^\W\d_]+")
LIKE_DIGITS = str.maketrans("oil", "011")  # letters that are typed for a digit


def make_number(prefix: str, year: int, serial: int) -> str:
    """Return e.g. TKT-2026-000123-8; the last digit catches every wrong digit and every swap of neighbours."""
    check = damm.calc_check_digit(f"{year}{serial:06}")
    return f"{prefix}-{year}-{serial:06}-{check}"


def read_number(text: str, prefix: str) -> str | None:
    """Return the number a person meant, or None when the check digit tells that it is wrong.

    A missing prefix, case, spaces, dashes and leading zeros do not matter; the check digit does, and so does the prefix
    of another kind.
    """
    if kind_of(text) not in ("", prefix):
        return None
    digits = "".join(PARTS.findall(text))
    year, serial, check = digits[:4], digits[4:-1], digits[-1:]
    if not (year and serial and len(serial) <= 12):
        return None
    number = make_number(prefix, int(year), int(serial))
    return number if number.endswith(f"-{check}") else None


def kind_of(text: str) -> str:
    """Return the kind a text begins with, as it stands in numbers; "" for none."""
    named = KIND.match(text)
    return named[1].upper() if named else ""


def spoken_digits(text: str) -> str:
    """Return the digits that were typed or said in Indonesian words; "" where any other word stands among them."""
    has_figures = any("0" <= char <= "9" for char in text)
    digits = []
    for token in TOKENS.findall(text.lower()):
        meant = SAID.get(token, token.translate(LIKE_DIGITS) if has_figures else token)
        if meant.isdecimal():
            digits.append(meant)
        elif token not in BESIDE:
            return ""
    return "".join(digits)


def meant_numbers(text: str, prefix: str, *, year: int) -> list[str]:
    """Return the numbers that a spoken or typed text fits with its check digit.

    Prefix and leading zeros may be left out, and so may the year where it is this or the last one.
    """
    return _readings(spoken_digits(text), prefix, year)


def near_numbers(text: str, prefix: str, *, year: int) -> list[str]:
    """Return the valid numbers that are one wrong digit, one swap of neighbours or the check digit away."""
    digits = spoken_digits(text)
    near = {number for slip in _slips(digits) for number in _readings(slip, prefix, year)}
    return sorted(near.difference(_readings(digits, prefix, year)))


def _readings(digits: str, prefix: str, year: int) -> list[str]:
    if not 2 <= len(digits) <= LONGEST:
        return []
    spelled = [f"{year}{digits}", f"{year - 1}{digits}"]
    if len(digits) >= SHORTEST_WITH_YEAR and digits.startswith("20"):
        spelled.insert(0, digits)
    return [number for full in spelled if (number := read_number(full, prefix))]


def _slips(digits: str) -> Iterator[str]:
    """Yield what may have been meant by somebody who was misheard once."""
    for at, digit in enumerate(digits):
        yield from (digits[:at] + other + digits[at + 1 :] for other in "0123456789" if other != digit)
    for at in range(len(digits) - 1):
        yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    yield from (digits + check for check in "0123456789")
