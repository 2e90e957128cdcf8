"""Fill the database with very many invented tickets."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tickets.demo.scale import load

WIDTH = 40


class Command(BaseCommand):
    help = "Add invented tickets with legs, events and people, to see how pages behave at scale (demo mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, help="how many to add")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Invented tickets are for demo mode only: set DEMO_MODE=yes.")
        wanted = options["tickets"]
        if wanted < 1:
            raise CommandError("--tickets takes a whole number from 1.")
        for done in load(wanted, now=timezone.now()):
            filled = "#" * (WIDTH * done // wanted)
            self.stderr.write(f"\r[{filled:<{WIDTH}}] {done:,} of {wanted:,} tickets", ending="")
            self.stderr.flush()
        self.stderr.write(f"\nThe database holds {wanted:,} tickets more.")
