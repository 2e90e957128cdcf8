"""Numbers made to be read aloud: a kind, a year, a running number and a check digit."""

import re

from stdnum import damm

PARTS = re.compile(r"\d+")


def make_number(prefix: str, year: int, serial: int) -> str:
    """Return e.g. TKT-2026-000123-8; the last digit catches every wrong digit and every swap of neighbours."""
    check = damm.calc_check_digit(f"{year}{serial:06}")
    return f"{prefix}-{year}-{serial:06}-{check}"


def read_number(text: str, prefix: str) -> str | None:
    """Return the number a person meant, or None when the check digit tells that it is wrong.

    Prefix, case, spaces, dashes and leading zeros do not matter; the check digit does.
    """
    digits = "".join(PARTS.findall(text))
    year, serial, check = digits[:4], digits[4:-1], digits[-1:]
    if not (year and serial and len(serial) <= 12):
        return None
    number = make_number(prefix, int(year), int(serial))
    return number if number.endswith(f"-{check}") else None
