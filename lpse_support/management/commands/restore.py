"""Restore a backup into an empty system."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lpse_support.backup.parts import BackupError
from lpse_support.backup.restoring import restore_backup


class Command(BaseCommand):
    help = "Restore a backup into an empty database and an empty folder of files; no mail leaves until told to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_backup(options["directory"].absolute(), now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {manifest['at']}: rows, files and the chain of the audit trail are as they were."
        )
        self.stdout.write(
            "Mail is paused: once you have looked around, end that on the page Pekerjaan terjadwal, or by"
        )
        self.stdout.write("relay --resume drop (what waited in the backup may have left since) or relay --resume send.")
