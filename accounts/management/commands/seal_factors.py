"""The last step of exchanging SECRET_KEY."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from accounts.two_factors import seal_anew


class Command(BaseCommand):
    help = "Seal the secrets of second factors with the present SECRET_KEY, so that earlier ones can go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = seal_anew()
        except InvalidToken as error:
            raise CommandError("A factor was sealed with a key that is unknown here: nothing changed.") from error
        self.stdout.write(f"{count} secrets are sealed with the present key.")
