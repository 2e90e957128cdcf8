"""Bring the demo LPSE application up to date and serve it at a port: python -m lpse_support.local.spse PORT."""

import os
import sys


def prepare() -> None:
    """Make its tables, its people, and LPSE Support as the one client it knows."""
    import django
    from django.core.management import call_command
    from django.db import connection

    from lpse_support.local.spse import settings

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {settings.SCHEMA}")  # nosemgrep: no-words-in-sql
    call_command("migrate", interactive=False, verbosity=0)

    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    from lpse_support.local.spse.people import PEOPLE

    for username, person in PEOPLE.items():
        User.objects.update_or_create(username=username, defaults={"first_name": person["name"]})
    client, _ = Client.objects.update_or_create(
        id=settings.CLIENT_ID,
        defaults={
            "name": "LPSE Support",
            "scopes": "openid\nprofile\nemail",
            "redirect_uris": f"{settings.SUPPORT_URL}/masuk/spse/kembali/",
            "skip_consent": True,
        },
    )
    client.set_secret(settings.CLIENT_SECRET)
    client.save()
    connection.close()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "lpse_support.local.spse.settings"
    prepare()
    server = ["gunicorn", "lpse_support.local.spse.wsgi", f"--bind=127.0.0.1:{int(sys.argv[1])}", "--threads=4"]
    command = [sys.executable, "-m", *server, "--log-level=warning", "--no-control-socket"]
    os.execv(sys.executable, command)  # nosec B606 # our own words and a number
