"""The relay without worker, beat and Redis."""

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from notifications.models import MailPause
from notifications.services.pause import end_pause, pause
from notifications.services.relay import relay

ROUND, PAUSE = 5, 1  # seconds; the longest that a signal to stop is left unheard is their sum and one letter
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Mail what is due; with --forever go on until told to stop. Needs PostgreSQL and the mail server only."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--forever", action="store_true", help="go on until SIGINT or SIGTERM comes")
        what.add_argument("--pause", action="store_true", help="mail nothing: the database was restored by other means")
        what.add_argument(
            "--resume",
            choices=("send", "drop"),
            help="end the pause after a restore; send or drop what waited in the backup and may have left since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pause"]:
            now = timezone.now()
            MailPause.objects.create(since=now, backed_up_at=now)
        elif options["resume"]:
            self._resume(send=options["resume"] == "send")
        elif options["forever"]:
            self._go_on()
        elif standing := pause():
            self.stdout.write(f"Nothing is mailed since the restore of {standing}: see relay --resume.")
        else:
            counts = relay(now=timezone.now())
            self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))

    def _resume(self, *, send: bool) -> None:
        count = end_pause(send=send)
        if count is None:
            raise CommandError("Nothing is paused.")
        self.stdout.write(f"Letters leave again; {count} from the backup {'among them' if send else 'stay unsent'}.")

    def _go_on(self) -> None:
        """Mail in rounds; a signal ends the work between two of them, never in the middle of a letter."""
        told_to_stop = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signum, _frame: told_to_stop.append(signum))
        while not told_to_stop:
            try:
                close_old_connections()  # one that was lost is made anew
                relay(now=timezone.now(), seconds=ROUND)
            except (InterfaceError, OperationalError) as error:
                log.warning("The database does not answer: %s", error)
            time.sleep(PAUSE)
