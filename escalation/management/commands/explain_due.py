"""Answer "why is it due then?"."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Lpse
from core.dates import local, long_date, long_day
from core.fsm import Conflict
from escalation.models import Promise
from escalation.services.calendar import calendar_of
from escalation.working import Calendar, Counted, Day, count_due


class Command(BaseCommand):
    help = "Print until when a promise given at START runs, and how every day until then is counted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("start", help='ISO time, local to the unit or with offset: 2026-11-20, "2026-11-20 23:30"')
        parser.add_argument("--promise", required=True, help="code of the promise, such as R33")
        parser.add_argument("--lpse", help="code of the LPSE; without it LKPP, WIB")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        promise, lpse = _promise(options["promise"]), _lpse(options["lpse"])
        try:
            calendar = calendar_of(lpse)
            start = _moment(options["start"], calendar.zone)
            counted = count_due(start, promise.limit, promise.unit, calendar)
        except Conflict as refusal:
            raise CommandError(f"The working calendar is not usable: {refusal}") from None
        except OverflowError:
            raise CommandError(f"START is too far away to count from: {options['start']}.") from None
        self._warn_of_empty_years(counted, calendar)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(promise, lpse, start, counted, calendar), indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"{promise}: {promise.words}")
        self.stdout.write(f"{lpse or 'LKPP'}, {calendar.zone}")
        for label, at in (("Mulai", start), ("Batas", counted.due_at)):
            self.stdout.write(f"{label}  {long_date(at, calendar.zone)}  {local(at, calendar.zone).isoformat()}")
        for day in counted.days:
            self.stdout.write(f"{long_day(day.day):28}{_words(day)}")

    def _warn_of_empty_years(self, counted: Counted, calendar: Calendar) -> None:
        known = {day.year for day in calendar.holidays}
        for year in sorted({day.day.year for day in counted.days} - known):
            self.stderr.write(f"No day off of {year} is known: run manage.py import_holidays --years {year}")


def _promise(code: str) -> Promise:
    found = Promise.objects.filter(code=code).first()
    if not found:
        codes = ", ".join(Promise.objects.values_list("code", flat=True))
        raise CommandError(f"No promise {code}: --promise takes one of {codes}.")
    return found


def _lpse(code: str | None) -> Lpse | None:
    if code is None:
        return None
    found = Lpse.objects.filter(code=code).first()
    if not found:
        codes = ", ".join(Lpse.objects.order_by("code").values_list("code", flat=True)) or "none yet"
        raise CommandError(f"No LPSE {code}: --lpse takes the code of an LPSE ({codes}); leave it out for LKPP.")
    return found


def _moment(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"START is not a time: {text}. Give 2026-11-20, 2026-11-20T23:30 or 2026-11-20T23:30+08:00."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _words(day: Day) -> str:
    if day.number is None:
        return f"{day.why}, tidak dihitung"
    return f"hari ke-{day.number}" + (f" ({day.why})" if day.why else "")


def _facts(
    promise: Promise, lpse: Lpse | None, start: datetime, counted: Counted, calendar: Calendar
) -> dict[str, Any]:
    return {
        "promise": promise.code,
        "lpse": lpse.code if lpse else None,
        "zone": calendar.zone,
        "started_at": local(start, calendar.zone).isoformat(),
        "due_at": local(counted.due_at, calendar.zone).isoformat(),
        "limit": promise.limit,
        "unit": promise.unit,
        "days": [{**day.as_json(), "counted": bool(day.number)} for day in counted.days],
    }
