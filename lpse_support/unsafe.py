"""What no installation with real data may be set to: the start stops with a sentence that says which and why."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = {"localhost", "127.0.0.1", "::1"}
FEWEST_CHARACTERS = 10  # different ones; a random text of 32 has about 25
PLACEHOLDERS = ("change", "contoh", "default", "example", "ganti", "insecure", "placeholder", "rahasia", "secret")
KNOWN_PASSWORDS = {"", "admin", "changeme", "lpse", "password", "postgres", "rahasia", "secret"}


def reasons(settings: dict[str, Any]) -> Iterator[str]:
    """Return one sentence for each value that is unsafe; on an address of this machine only, nearly all are fine."""
    host = urlsplit(settings["BASE_URL"]).hostname or ""
    if host in HERE or host.endswith(".localhost"):
        return
    if not settings["HTTPS"]:
        yield "BASE_URL must start with https://: passwords and sessions would be readable on the way."
    if settings["DEMO_MODE"]:
        yield "DEMO_MODE shows accounts with a known password: it is for http://localhost only."
    if "*" in settings["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS must name the hosts: with * a stranger chooses where the links in our mail lead."
    yield from _secret_key(settings["SECRET_KEY"])
    yield from _database(settings["DATABASES"]["default"])
    if settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
        yield "Set EMAIL_URL: without a mail server nobody hears of anything; letters would lie in a folder."
    yield from _files(settings["MEDIA_ROOT"])


def _secret_key(key: str) -> Iterator[str]:
    if len(set(key)) < FEWEST_CHARACTERS or any(word in key.lower() for word in PLACEHOLDERS):
        yield "SECRET_KEY can be guessed: whoever knows it signs in as anybody. Make a random one, see .env.example."


def _database(database: dict[str, Any]) -> Iterator[str]:
    is_remote = database["HOST"] and database["HOST"] not in HERE and not database["HOST"].startswith("/")
    if is_remote and database["PASSWORD"].lower() in KNOWN_PASSWORDS | {database["USER"].lower()}:
        yield "DATABASE_URL has no password, or one that everybody knows, for a database on another machine."


def _files(folder: Path) -> Iterator[str]:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield f"MEDIA_ROOT {folder} cannot be written: attachments would be refused."
