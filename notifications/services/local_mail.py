"""Mail that was written to files instead of being sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

BETWEEN = b"\n" + b"-" * 79 + b"\n"  # what Django writes after each letter of a file


@dataclass(frozen=True)
class LocalLetter:
    """One letter as its recipient would see it."""

    to: str
    subject: str
    at: datetime
    text: str


def newest(count: int) -> list[LocalLetter]:
    """Return the letters written last, the latest first; none where mail is really sent."""
    if not settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend"):
        return []
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return list(islice((letter for file in files for letter in _letters_in(file)), count))


def _letters_in(file: Path) -> Iterator[LocalLetter]:
    for raw in reversed(file.read_bytes().split(BETWEEN)[:-1]):
        letter = message_from_bytes(raw, policy=policy.default)
        body = letter.get_body(("plain",))
        at = parsedate_to_datetime(letter["Date"])
        yield LocalLetter(
            to=str(letter["To"]),
            subject=str(letter["Subject"]),
            at=at if at.tzinfo else at.replace(tzinfo=UTC),  # Django writes UTC as -0000, which names no zone
            text=body.get_content() if body else "",
        )
