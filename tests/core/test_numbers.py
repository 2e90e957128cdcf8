"""Numbers survive being read aloud, typed carelessly and mistyped."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import WORDS, make_number, meant_numbers, near_numbers, read_number, spoken_digits

SERIALS = [1, 7, 10, 123, 4096, 99999, 100000, 123456, 908070, 999999]
NUMBERS = [make_number("TKT", 2026, serial) for serial in SERIALS]
RANDOM = random.Random(26)
THOUSAND = [make_number("TKT", RANDOM.choice([2025, 2026]), RANDOM.randint(1, 999_999)) for _n in range(1000)]


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


def wrong_digits(digits: str) -> Iterator[str]:
    for at, right in enumerate(digits):
        yield from (digits[:at] + digit + digits[at + 1 :] for digit in "0123456789" if digit != right)


def swaps(digits: str) -> Iterator[str]:
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1]:
            yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def test_every_slip_in_1000_numbers_is_caught_and_the_right_number_is_offered() -> None:
    """What is said in full is never taken for another number of this form, whichever digit was misheard."""
    for number in THOUSAND:
        digits = re.sub(r"\D", "", number)
        slips = [*wrong_digits(digits), *swaps(digits)]
        assert [text for text in slips if read_number(text, "TKT")] == []

    for number in THOUSAND[:5]:
        digits = re.sub(r"\D", "", number)
        lost = [text for text in (*wrong_digits(digits), *swaps(digits)) if text.startswith("20")]
        assert [text for text in lost if number not in near_numbers(text, "TKT", year=2026)] == []


def spoken_forms(number: str) -> list[str]:
    """Return the ways in which people say or type one number."""
    _prefix, year, serial, check = number.split("-")
    short = str(int(serial))
    said = dict(zip("0123456789", WORDS, strict=True))
    aloud = " ".join(said[digit] for digit in year + serial + check)
    return [
        number,
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        f"{year} {serial} {check}",
        f"{year}/{short}/{check}",
        f"{serial} {check}",
        f"{short}{check}",
        f"{short} {check}",
        f"nomor tiket {year} {serial} strip {check}",
        aloud,
        aloud.upper(),
        aloud.replace("nol", "kosong"),
        f"tiket {' '.join(said[digit] for digit in short)} {said[check]}",
        f"{year} {' '.join(said[digit] for digit in serial)} {check}",
        number.replace("0", "O"),
        f"{year}.{serial}.{check}",
    ]


def test_every_spoken_form_of_the_same_number_finds_it() -> None:
    for number in THOUSAND:
        lost = [form for form in spoken_forms(number) if number not in meant_numbers(form, "TKT", year=2026)]
        assert lost == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("dua nol dua enam", "2026"),
        ("2O26", "2026"),
        ("tiket nomor satu 2 tiga", "123"),
        ("CV Tiga Dua", ""),
        ("Lili", ""),
        ("0812-0000-0001", "081200000001"),
        ("", ""),
        ("٣", ""),
        ("\0", ""),
    ],
)
def test_digits_are_heard_in_words_and_figures_but_not_in_names(text: str, digits: str) -> None:
    assert spoken_digits(text) == digits


def test_without_its_check_digit_a_number_is_only_near() -> None:
    number = make_number("TKT", 2026, 123)

    assert number not in meant_numbers("2026 000123", "TKT", year=2026)
    assert number in near_numbers("2026 000123", "TKT", year=2026)


def test_near_numbers_are_valid_and_none_of_them_is_what_was_said() -> None:
    said = make_number("TKT", 2026, 123)

    near = near_numbers(said, "TKT", year=2026)

    assert said not in near
    assert [number for number in near if read_number(number, "TKT") != number] == []


@given(st.text())
def test_hearing_never_fails(text: str) -> None:
    assert set(spoken_digits(text)) <= set("0123456789")
    assert meant_numbers(text, "TKT", year=2026) is not None
    assert near_numbers(text[:40], "TKT", year=2026) is not None
