"""Numbers survive being read aloud, typed carelessly and mistyped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import make_number, read_number

SERIALS = [1, 7, 10, 123, 4096, 99999, 100000, 123456, 908070, 999999]
NUMBERS = [make_number("TKT", 2026, serial) for serial in SERIALS]


def test_a_number_looks_like_this() -> None:
    assert re.fullmatch(r"TKT-2026-000123-\d", make_number("TKT", 2026, 123))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_single_wrong_digit_is_noticed(number: str) -> None:
    places = [place for place, char in enumerate(number) if char.isdigit()]
    wrong = [number[:at] + digit + number[at + 1 :] for at in places for digit in "0123456789" if digit != number[at]]

    assert [text for text in wrong if read_number(text, "TKT")] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_swap_of_different_neighbours_is_noticed(number: str) -> None:
    digits = re.sub(r"\D", "", number)
    pairs = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    swapped = [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in pairs]

    assert [text for text in swapped if read_number(text, "TKT")] == []


@pytest.mark.parametrize(
    "shape",
    [
        "TKT-2026-000123-{check}",
        "tkt-2026-000123-{check}",
        "TKT 2026 000123 {check}",
        "  2026-000123-{check} ",
        "2026000123{check}",
        "2026/123/{check}",
        "2026 123 {check}",
        "TKT-2026-00000123-{check}",
        "tiket nomor 2026-123-{check}, terima kasih",
        "TKT–2026–000123–{check}",
    ],
)
def test_prefix_case_spaces_dashes_and_leading_zeros_do_not_matter(shape: str) -> None:
    number = make_number("TKT", 2026, 123)

    assert read_number(shape.format(check=number[-1]), "TKT") == number


@pytest.mark.parametrize("text", ["", "TKT", "2026", "2026-1", "20261", "½", "٢٠٢٦", "9" * 5000, "\0", "2026-000123-"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, "TKT") is None


@given(year=st.integers(2000, 2100), serial=st.integers(1, 10**8))
def test_every_number_that_is_made_is_read_back(year: int, serial: int) -> None:
    number = make_number("TKT", year, serial)

    assert read_number(number, "TKT") == number
    assert read_number(number.lower().replace("-", " "), "TKT") == number
    assert read_number(f"{year} {serial} {number[-1]}", "TKT") == number


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert read_number(text, "TKT") is None or any(char.isdigit() for char in text)
