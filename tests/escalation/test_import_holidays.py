from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from escalation.models import Clock, Holiday
from escalation.services.importing import Import, import_holidays, missing_joint_leave, published

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
CHRISTMAS, CHRISTMAS_EVE, IDUL_FITRI = date(2027, 12, 25), date(2027, 12, 24), date(2027, 3, 10)


def bring(years: list[int]) -> Import:
    """Import these years and say what that took."""
    done = Import()
    import_holidays(years, done, now=NOW)
    return done


@pytest.mark.parametrize(("year", "national", "joint_leave"), [(2025, 17, 11), (2026, 17, 8), (2027, 18, 8)])
def test_the_days_off_are_those_of_the_decrees(year, national, joint_leave):
    kinds = [facts["kind"] for facts in published([year]).values()]

    assert (kinds.count("national"), kinds.count("joint_leave")) == (national, joint_leave)


def test_an_estimate_is_marked_and_its_name_is_plain():
    days = published([2027, 2034])

    assert days[IDUL_FITRI] == {"kind": "national", "name": "Hari Raya Idul Fitri", "is_tentative": True}
    assert days[CHRISTMAS]["is_tentative"] is False
    assert days[date(2034, 6, 1)]["name"] == "Hari Lahir Pancasila dan Hari Raya Waisak"


def test_an_import_fills_an_empty_table_and_the_next_changes_nothing():
    Holiday.objects.all().delete()

    first, second = (bring([2026, 2027]) for _ in range(2))

    assert len(first.added) == Holiday.objects.count() == 51
    assert second == Import()
    assert Holiday.objects.get(day=CHRISTMAS_EVE).source == "paket holidays 0.109, 05-10-2026"


def test_an_import_corrects_what_it_once_imported():
    Holiday.objects.filter(day=IDUL_FITRI).update(name="Idul Fitri menurut versi lama")
    moved = Holiday.objects.create(
        day=date(2027, 1, 6), name="Isra Mikraj Nabi Muhammad", kind="national", source="paket holidays 0.104"
    )

    done = bring([2027])

    assert done == Import(changed=[IDUL_FITRI], removed=[moved.day])
    assert Holiday.objects.get(day=IDUL_FITRI).name == "Hari Raya Idul Fitri"
    assert not Holiday.objects.filter(day=moved.day).exists()


def test_an_import_leaves_what_was_entered_or_edited_by_hand(lpse):
    Holiday.objects.filter(day=IDUL_FITRI).update(name="Idul Fitri 1448 H", source="SKB 3 Menteri", is_tentative=False)
    election = Holiday.objects.create(day=date(2027, 6, 23), name="Pilkada", kind="national", source="Keppres")
    local = Holiday.objects.create(day=date(2027, 6, 24), name="Hari Jadi", kind="local", lpse=lpse, source="Perbup")

    done = bring([2027])

    assert done == Import(kept=[IDUL_FITRI])
    assert Holiday.objects.get(day=IDUL_FITRI).name == "Idul Fitri 1448 H"
    assert Holiday.objects.filter(pk__in=[election.pk, local.pk]).count() == 2


def test_an_import_touches_no_other_year():
    Holiday.objects.filter(day__year=2028).update(name="Menunggu SKB")

    bring([2027])

    assert set(Holiday.objects.filter(day__year=2028).values_list("name", flat=True)) == {"Menunggu SKB"}


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 11, 1), None),
        (date(2027, 10, 31), None),
        (date(2027, 11, 1), 2028),
        (date(2027, 12, 31), 2028),
        (date(2028, 1, 1), 2028),  # still missing when its year begins
    ],
)
def test_next_years_joint_leave_is_missed_from_1_november(today, year):
    assert missing_joint_leave(today) == year


def test_the_command_says_what_it_did(capsys):
    Holiday.objects.filter(day=CHRISTMAS_EVE).delete()
    Holiday.objects.filter(day=IDUL_FITRI).update(source="SKB 3 Menteri")

    call_command("import_holidays", "--years", "2027")

    said = capsys.readouterr().out
    assert "Days off of 2027:" in said
    assert "   1 added" in said
    assert "   1 left as entered by hand\n     Rabu, 10 Maret 2027" in said


def test_the_command_takes_this_year_and_the_next_by_default(monkeypatch, capsys):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    call_command("import_holidays")

    assert "Days off of 2026, 2027:" in capsys.readouterr().out


@pytest.mark.standard("R33, A03")
def test_an_import_counts_open_promises_anew_and_writes_that_down(make_ticket, monkeypatch, capsys):
    before_christmas = datetime(2027, 12, 22, 3, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: before_christmas)
    Holiday.objects.filter(day=CHRISTMAS_EVE).delete()
    ticket = make_ticket(now=before_christmas)

    call_command("import_holidays", "--years", "2027", "--dry-run")
    foretold = capsys.readouterr().out
    unmoved = Clock.objects.get(pk=ticket.response_clock_id).due_at
    call_command("import_holidays", "--years", "2027")

    moved = Clock.objects.get(pk=ticket.response_clock_id).due_at
    assert f"{ticket.number}: Senin, 27 Desember 2027 pukul 16.00 WIB -> Selasa, 28 Desember 2027" in foretold
    assert "would move" in foretold
    assert Holiday.objects.filter(day=CHRISTMAS_EVE).exists()
    assert (unmoved.day, moved.day) == (27, 28)
    assert AuditEntry.objects.get(kind=AuditEntry.Kind.CALENDAR_CHANGED).data["moved"] == 2


@pytest.mark.parametrize("year", ["1999", "2101"])
def test_years_far_away_are_refused(year):
    with pytest.raises(CommandError, match="from 2000 to 2100"):
        call_command("import_holidays", "--years", year)
