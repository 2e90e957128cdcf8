from datetime import UTC, datetime

import pytest
from django.template import engines

from core.templatetags import desk


def render(source, **context):
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("number", "shown", "masked"),
    [
        ("+6281200000001", "0812-0000-0001", "0812-••••-0001"),
        ("+62812345678901", "0812-3456-78901", "0812-••••-78901"),
        ("+622129935577", "(021) 2993-5577", "(021) ••••-5577"),
        ("+62274123456", "(0274) 12-3456", "(0274) ••••-3456"),
        ("+6591234567", "+6591234567", "•••• 4567"),
    ],
)
def test_phone_numbers_are_written_as_indonesians_write_them(number, shown, masked):
    assert desk.phone(number) == shown
    assert desk.masked_phone(number) == masked


def test_the_number_of_the_call_center_stays_as_it_is():
    assert desk.phone("144") == "144"


@pytest.mark.parametrize(("digits", "masked"), [("0000000000000001", "•••• 0001"), ("1234", "••••"), ("", "")])
def test_identity_numbers_show_four_digits_at_most(digits, masked):
    assert desk.masked_digits(digits) == masked


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 KB"),
        (1, "1 KB"),
        (700_416, "684 KB"),
        (1_258_291, "1,2 MB"),
        (50 * 1024**2, "50 MB"),
        (3 * 1024**3 // 2, "1,5 GB"),
    ],
)
def test_file_sizes_have_an_indonesian_comma(size, shown):
    assert desk.filesize_id(size) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Wulan Rekaan", "WR"), ("intan", "I"), ("Budi Putra Contoh", "BP"), ("", "")]
)
def test_initials_come_from_the_first_two_words(name, letters):
    assert desk.initials(name) == letters


def test_a_number_is_spelled_without_its_kind():
    assert desk.spell("TKT-2026-000123-7") == "2026 000123 7"


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (999, "999"), (1000, "999+")])
def test_counters_stop_at_999(count, shown):
    assert desk.capped(count) == shown


def test_dates_and_icons_need_no_load_tag():
    at = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    html = render('{{ at|long_date:"Asia/Jakarta" }}{% icon "check" %}', at=at)

    assert html.startswith("Rabu, 25 November 2026 pukul 16.00 WIB<svg")
    assert 'aria-hidden="true"' in html


def test_a_date_that_is_missing_is_left_blank():
    assert render('[{{ at|short_date:"Asia/Jakarta" }}]', at=None) == "[]"


def test_the_open_view_of_a_queue_is_marked(rf):
    source = '{% current "/antrean/eproc/" %}|{% current "/antrean/eproc/" "saya" %}'

    html = engines["django"].from_string(source).render({}, rf.get("/antrean/eproc/?tampil=saya"))

    assert html == '|aria-current="page"'


def test_a_ticket_number_in_a_sentence_stays_on_one_line():
    source = "{% filter unbroken %}Tiket {{ number }} “{{ title }}”{% endfilter %}"

    html = render(source, number="TKT-2026-000123-7", title="<b> TKT-1")

    assert html == 'Tiket <span class="num">TKT-2026-000123-7</span> “&lt;b&gt; TKT-1”'
