"""Make a backup, or look whether one is whole."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lpse_support.backup.making import make_backup
from lpse_support.backup.parts import MANIFEST, BackupError, facts_of, require_whole


class Command(BaseCommand):
    help = "Write database and files, as they are together at one moment, into a new folder; people may go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--verify", action="store_true", help="compare every part of a backup with its checksum")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["directory"].absolute()
        try:
            manifest = require_whole(folder) if options["verify"] else make_backup(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest["tables"].values()), len(manifest["parts"]) - 1
        size = sum(part["bytes"] for part in manifest["parts"].values()) / 1e6
        self.stdout.write(f"{folder} is whole: {rows} rows, {files} files, {size:.1f} MB, of {manifest['at']}.")
        self.stdout.write(f"SHA-256 of its {MANIFEST}: {facts_of(folder / MANIFEST)['sha256']}")
        if manifest["deleted_meanwhile"]:
            self.stdout.write(f"Deleted while it was made, as drafts are: {', '.join(manifest['deleted_meanwhile'])}")
        if manifest["missing"]:
            raise CommandError(f"Files were missing before it was made: {', '.join(manifest['missing'])}")
