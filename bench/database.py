"""A database of one's own for one measurement, thrown away after."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Set Django up on an empty, migrated database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse_support.settings")
    django.setup()
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    old = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        call_command("createcachetable", verbosity=0)
        with override_settings(ALLOWED_HOSTS=["localhost"], SECURE_SSL_REDIRECT=False):
            yield
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


def vacuum() -> None:
    """Let the planner know what there is, as autovacuum does in time."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
