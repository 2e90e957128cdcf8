"""Reading the environment: nonsense is answered with a sentence that says which variable and why.

Each NAME may come as NAME_FILE instead, the path of a file that holds it, as secrets of containers do.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class Environment(FileAwareMapping):  # type: ignore[misc]
    """The variables, or the files they name; editors end a file with a line break that belongs to nothing."""

    def __getitem__(self, name: str) -> str:
        try:
            return str(super().__getitem__(name)).strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}: {error.filename}.") from error


env = environ.FileAwareEnv()
env.ENVIRON = Environment()


def required(name: str, why: str) -> str:
    """Return a variable that has no safe default; raise a sentence that says which and why."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {why}")
    return value


def number(name: str, default: int, low: int, high: int) -> int:
    """Return a whole number between low and high; raise a sentence otherwise."""
    raw = env.str(name, default=str(default))
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ImproperlyConfigured(f"{name} is {raw!r}: give a whole number from {low} to {high}.")
    return int(raw)


def switch(name: str, default: bool) -> bool:
    """Return a yes/no variable; raise a sentence for anything else."""
    raw = env.str(name, default="yes" if default else "no").lower()
    if raw not in {"yes", "no"}:
        raise ImproperlyConfigured(f"{name} is {raw!r}: say yes or no.")
    return bool(raw == "yes")


def choice(name: str, default: str, known: set[str]) -> str:
    """Return one of the known words; raise a sentence otherwise."""
    value: str = env.str(name, default=default) or default
    if value not in known:
        raise ImproperlyConfigured(f"{name} is {value!r}: say {' or '.join(sorted(known))}.")
    return value


def url(name: str, why: str, schemes: set[str]) -> str:
    """Return an address with one of the schemes; raise a sentence otherwise."""
    value = required(name, why)
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(sorted(schemes))}://.")
    return value


def applications(name: str, *, https: bool) -> list[dict[str, Any]]:
    """Return the LPSE applications of a JSON list; raise a sentence that says what is wrong with it."""
    try:
        entries = json.loads(env.str(name, default="") or "[]")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no JSON: {error}.") from error
    known = {"id", "name", "server", "client_id", "secret"}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or not known <= entry.keys() or not all(entry[key] for key in known):
            raise ImproperlyConfigured(f"{name}: each entry is an object with {', '.join(sorted(known))}.")
        if not re.fullmatch(r"[a-z0-9-]{1,30}", entry["id"]):
            raise ImproperlyConfigured(f"{name}: id {entry['id']!r} may have small letters, digits and dashes only.")
        if urlsplit(entry["server"]).scheme not in ({"https"} if https else {"http", "https"}):
            raise ImproperlyConfigured(f"{name}: server of {entry['id']} must start with https://.")
    return entries if isinstance(entries, list) else [entries]
