"""Print whom one can be in the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import demo_accounts


class Command(BaseCommand):
    help = "Print the demo accounts and their password (demo mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("There are no demo accounts: DEMO_MODE is off.")
        accounts = [("Username", "Name", "Role"), *demo_accounts()]
        first, second = (max(len(row[column]) for row in accounts) + 2 for column in (0, 1))
        for username, name, role in accounts:
            self.stdout.write(f"  {username:<{first}}{name:<{second}}{role}")
        self.stdout.write(f"\n  Password of all accounts: {settings.DEMO_PASSWORD}")
