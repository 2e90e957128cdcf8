import json
import shlex

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from escalation.models import Holiday, OfficeHours, Promise

pytestmark = pytest.mark.django_db


def explain(capsys, *arguments):
    call_command("explain_due", *arguments)
    return capsys.readouterr().out


def explain_json(capsys, *arguments):
    return json.loads(explain(capsys, *arguments, "--json"))


@pytest.mark.standard("R33")
def test_every_day_has_a_line_that_says_whether_it_counts(capsys):
    said = explain(capsys, "2026-12-22 09:30", "--promise", "R33")

    assert said.splitlines() == [
        "R33 Waktu tanggap tiket: 3 hari kerja",
        "LKPP, Asia/Jakarta",
        "Mulai  Selasa, 22 Desember 2026 pukul 09.30 WIB  2026-12-22T09:30:00+07:00",
        "Batas  Selasa, 29 Desember 2026 pukul 16.00 WIB  2026-12-29T16:00:00+07:00",
        "Selasa, 22 Desember 2026    hari ke-0",
        "Rabu, 23 Desember 2026      hari ke-1",
        "Kamis, 24 Desember 2026     Cuti Bersama Hari Raya Natal, tidak dihitung",
        "Jumat, 25 Desember 2026     Hari Raya Natal, tidak dihitung",
        "Sabtu, 26 Desember 2026     Sabtu, tidak dihitung",
        "Minggu, 27 Desember 2026    Minggu, tidak dihitung",
        "Senin, 28 Desember 2026     hari ke-2",
        "Selasa, 29 Desember 2026    hari ke-3",
    ]


@pytest.mark.standard("R45")
def test_json_holds_the_same_for_machines(capsys):
    facts = explain_json(capsys, "2026-11-20T10:15", "--promise", "R45")

    assert facts == {
        "promise": "R45",
        "lpse": None,
        "zone": "Asia/Jakarta",
        "started_at": "2026-11-20T10:15:00+07:00",
        "due_at": "2026-11-25T10:15:00+07:00",
        "limit": 72,
        "unit": "hours",
        "days": [
            {"day": "2026-11-20", "number": 0, "counted": False, "why": ""},
            {"day": "2026-11-21", "number": None, "counted": False, "why": "Sabtu"},
            {"day": "2026-11-22", "number": None, "counted": False, "why": "Minggu"},
            {"day": "2026-11-23", "number": 1, "counted": True, "why": ""},
            {"day": "2026-11-24", "number": 2, "counted": True, "why": ""},
            {"day": "2026-11-25", "number": 3, "counted": True, "why": ""},
        ],
    }


@pytest.mark.standard("R33")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-22", "2026-11-25T16:00:00+08:00"),
        ("2026-11-22 23:30", "2026-11-25T16:00:00+08:00"),
        ("2026-11-22T23:30+07:00", "2026-11-26T16:00:00+08:00"),  # 00.30 of Monday there
        ("2026-11-22T15:59:59Z", "2026-11-25T16:00:00+08:00"),
        ("2026-11-22T16:00:00Z", "2026-11-26T16:00:00+08:00"),
    ],
)
def test_a_start_is_local_to_the_unit_unless_it_has_an_offset(other_lpse, capsys, start, due):
    facts = explain_json(capsys, start, "--promise", "R33", "--lpse", other_lpse.code)

    assert (facts["lpse"], facts["zone"], facts["due_at"]) == ("bahari", "Asia/Makassar", due)


def test_a_day_zero_that_is_a_day_off_says_why(capsys):
    assert "Minggu, 22 November 2026    hari ke-0 (Minggu)" in explain(capsys, "2026-11-22", "--promise", "R33")


def test_limit_and_unit_are_those_of_the_promise_as_it_stands_now(capsys):
    Promise.objects.filter(code="R33").update(limit=1)

    assert explain_json(capsys, "2026-11-20", "--promise", "R33")["due_at"] == "2026-11-23T16:00:00+07:00"


def test_a_local_holiday_moves_the_due_day_of_its_own_lpse_only(lpse, other_lpse, capsys):
    Holiday.objects.create(day="2026-11-24", name="Hari Jadi", kind=Holiday.Kind.LOCAL, lpse=lpse)

    dues = [
        explain_json(capsys, "2026-11-20", "--promise", "R33", "--lpse", unit.code)["due_at"][:10]
        for unit in (lpse, other_lpse)
    ]

    assert dues == ["2026-11-26", "2026-11-25"]


def test_a_year_without_any_known_day_off_is_pointed_out(capsys):
    call_command("explain_due", "2031-05-01", "--promise", "R33", "--json")

    said = capsys.readouterr()
    assert said.err == "No day off of 2031 is known: run manage.py import_holidays --years 2031\n"
    assert json.loads(said.out)["due_at"] == "2031-05-06T16:00:00+07:00"


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["besok", "--promise", "R33"], "START is not a time: besok. Give 2026-11-20, 2026-11-20T23:30"),
        (["2026-02-29", "--promise", "R33"], "START is not a time"),
        (["9999-12-31", "--promise", "R33"], "too far away"),
        (["2026-11-20", "--promise", "R99"], "No promise R99: --promise takes one of R33, A02, A06, A08"),
        (["2026-11-20", "--promise", "R33", "--lpse", "tiada"], r"No LPSE tiada: .* \(sukamaju\); leave it out"),
        (["2026-11-20", "--promise", "R33", "--lpse", ""], r"No LPSE : "),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_to_give(lpse, arguments, advice):
    with pytest.raises(CommandError, match=advice):
        call_command("explain_due", *arguments)


def test_an_unfilled_calendar_is_refused():
    OfficeHours.objects.all().delete()

    with pytest.raises(CommandError, match=r"The working calendar is not usable: .* jam kerja kantor belum diisi"):
        call_command("explain_due", "2026-11-20", "--promise", "R33")


EXAMPLES = (settings.BASE_DIR / "docs/counting.md").read_text().split("$ python manage.py explain_due ")[1:]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split("\n")[0])
def test_the_examples_in_the_docs_are_what_the_command_says(example, other_lpse, capsys):
    command, answer = example.split("```")[0].split("\n", 1)

    assert explain(capsys, *shlex.split(command)) == answer
