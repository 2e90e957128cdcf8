"""Fill the table of days off from the `holidays` package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.dates import local, long_date, long_day
from escalation.services import recount
from escalation.services.changes import import_days_off
from escalation.tiers import LKPP_ZONE

FIRST_YEAR, LAST_YEAR = 2000, 2100
WORDS = {
    "added": "added",
    "changed": "changed to what the package says now",
    "removed": "removed, the package knows them no more",
    "kept": "left as entered by hand",
}


class Command(BaseCommand):
    help = (
        "Import national holidays and cuti bersama, and count open promises anew; rows edited by hand stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", type=int, nargs="+", help="default: this year and the next")
        parser.add_argument("--dry-run", action="store_true", help="only say which due times would move")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        this_year = local(now, LKPP_ZONE).year
        years = sorted(set(options["years"] or [this_year, this_year + 1]))
        if years[0] < FIRST_YEAR or years[-1] > LAST_YEAR:
            raise CommandError(f"--years takes years from {FIRST_YEAR} to {LAST_YEAR}.")
        change, done = import_days_off(years, now=now)
        if options["dry_run"]:
            moves = recount.preview(change, now=now)
        else:
            moves = recount.apply(change, by=None, reason=change.name, now=now)
        self.stdout.write(f"Days off of {', '.join(map(str, years))}:")
        for name, words in WORDS.items():
            days = getattr(done, name)
            self.stdout.write(f"{len(days):4} {words}")
            for day in days if name != "added" else []:
                self.stdout.write(f"     {long_day(day)}")
        self.stdout.write(f"{len(moves):4} due times {'would move' if options['dry_run'] else 'moved'}")
        for move in moves:
            zone = move.clock.zone
            before, after = long_date(move.before, zone), long_date(move.after, zone)
            self.stdout.write(f"     {move.clock.case}: {before} -> {after}")
