"""Anonymise what the archive schedule of the office says is over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from privacy.services import retention


class Command(BaseCommand):
    help = "Say what is kept longer than the RETENTION_…_YEARS settings; with --apply, anonymise it. Counts stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for rule in retention.rules():
            if not rule.years:
                self.stdout.write(f"{rule.name}: kept for ever.")
                continue
            is_done = options["apply"]
            count = retention.apply(rule, now=now) if is_done else rule.old_rows(now).count()
            said = "anonymised" if is_done else "would be anonymised"
            self.stdout.write(f"{rule.name}: {count} older than {rule.years} years {said}.")
        if not options["apply"]:
            self.stdout.write("Nothing was changed: this was a dry run. Add --apply to do it.")
