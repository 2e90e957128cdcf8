from datetime import datetime

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms

from core.forms import DeskForm, LocalDateTimeField, PlainLine, PlainText


class Sample(DeskForm):
    title = PlainLine(label="Judul", help_text="Ringkas.", max_length=20)
    body = PlainText(label="Isi", required=False)
    category = forms.ChoiceField(label="Kategori", choices=[("a", "Akun")])
    agreed = forms.BooleanField(label="Setuju")
    due = LocalDateTimeField(label="Batas", required=False)


GOOD = {"title": "Gagal kirim", "body": "", "category": "a", "agreed": "on", "due_day": "", "due_hour": ""}


def errors_of(**data):
    return Sample(GOOD | data).errors


def cleaned(**data):
    form = Sample(GOOD | data)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_an_empty_field_says_how_to_mend_it():
    errors = Sample({}).errors

    assert [errors[name][0] for name in ("title", "category", "agreed")] == [
        "Isi Judul.",
        "Pilih Kategori.",
        "Centang “Setuju”.",
    ]


@pytest.mark.parametrize("text", ["\u200b\u200d", "\u202e\u2066", "\u0007", "\u0301", "\u3164", "\u200b \u200b"])
@pytest.mark.parametrize("field", ["title", "body"])
def test_a_text_nobody_can_see_is_refused(field, text):
    assert errors_of(**{field: text})[field] == ["Tulisan ini tidak memuat huruf yang terlihat."]


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_nul_is_refused_at_its_field(field):
    assert field in errors_of(**{field: "a\0b"})


@pytest.mark.parametrize("text", ["satu\ndua", "satu\r\nBcc: dua", "satu\u2028dua", "satu\x0bdua"])
def test_a_line_break_in_one_line_is_refused(text):
    assert errors_of(title=text)["title"] == ["Tulis dalam satu baris."]


def test_one_line_loses_what_hides_or_turns_letters():
    assert cleaned(title="lapor\u202efdp.exe\u200b\tbaru")["title"] == "laporfdp.exe baru"


def test_a_line_is_measured_after_it_is_composed():
    # U+0958 becomes two characters when composed: the column must not be the one to find out.
    assert "title" in errors_of(title="\u0958" * 20)


def test_many_lines_keep_their_breaks():
    assert cleaned(body="satu\ndua")["body"] == "satu\ndua"


@pytest.mark.parametrize("hour", ["15.00", "15:00"])
def test_a_moment_is_typed_as_indonesians_type_it(hour):
    assert cleaned(due_day="23-11-2026", due_hour=hour)["due"] == datetime(2026, 11, 23, 15, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "hour", "says"),
    [
        ("23-11-2026", "", "Isi tanggal dan pukul."),
        ("", "15.00", "Isi tanggal dan pukul."),
        ("31-02-2026", "15.00", "Tulis tanggal sebagai tanggal-bulan-tahun, misalnya 25-11-2026."),
        ("23-11-2026", "25.00", "Tulis pukul sebagai jam.menit, misalnya 16.00."),
        ("01-01-0001", "00.00", "Tahun harus antara 2000 dan 2100."),
    ],
)
def test_a_wrong_moment_says_how_to_mend_it(day, hour, says):
    assert errors_of(due_day=day, due_hour=hour)["due"] == [says]


def test_a_moment_is_drawn_as_it_is_typed():
    form = Sample(initial={"due": datetime(2026, 11, 23, 15, 5)})  # noqa: DTZ001

    html = str(form["due"])

    assert 'value="23-11-2026"' in html
    assert 'value="15.05"' in html


def test_a_field_reads_label_hint_error_control():
    html = render_crispy_form(Sample({}))

    places = [
        html.index(part) for part in ('for="id_title"', 'id="id_title_helptext"', 'id="id_title_error"', "<input")
    ]
    assert places == sorted(places)
    assert 'aria-describedby="id_title_helptext id_title_error"' in html


def test_only_optional_fields_are_marked():
    html = render_crispy_form(Sample())

    assert html.count("(tidak wajib)") == 2


def test_the_error_summary_links_to_the_fields():
    html = render_crispy_form(Sample({"due_day": "x"}))

    assert "Ada 4 isian yang perlu diperbaiki" in html
    assert 'href="#id_title"' in html
    assert 'href="#id_due_0"' in html
