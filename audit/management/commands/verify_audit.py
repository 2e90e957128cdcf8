"""Answer "has anybody changed the audit trail?"."""

import re
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.chain import Walk
from audit.histories import HistoryWalk


class Command(BaseCommand):
    help = "Compute the digests of the audit trail and of all histories anew; say what was changed, and exit with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", help="a digest that this command printed earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        head = options["head"].strip().lower()
        if head and not re.fullmatch(r"[0-9a-f]{64}", head):
            raise CommandError("--head takes the 64 letters and digits that this command printed.")
        walk, histories, now, count = Walk(), HistoryWalk(), timezone.now(), 0
        for fault in chain(walk.faults(now=now, earlier=head), histories.faults(now=now)):
            self.stderr.write(fault)
            count += 1
        if count:
            within = f"{walk.links} sealed entries and {histories.rows} rows of histories"
            raise CommandError(f"The audit trail is not intact: {count} of these in {within}.")
        self.stdout.write(f"{walk.links} entries are sealed; none was changed or removed.")
        self.stdout.write(
            f"{histories.rows} rows of the histories of cases are as they were; {histories.redacted} of them redacted."
        )
        self.stdout.write(f"Head: {walk.head or 'none yet'}")
        self.stdout.write(
            "Keep this digest outside the server, on paper or with somebody else: verify_audit --head DIGEST then "
            "proves that nothing sealed so far was cut off or written anew."
        )
