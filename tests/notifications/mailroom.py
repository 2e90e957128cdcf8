"""A mail server that answers as a test tells it to."""

from typing import Any, ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class Mailroom(EmailBackend):
    """Takes every letter, unless `refusals` names its recipient or `away` says why nobody answers."""

    refusals: ClassVar[dict[str, Exception]] = {}
    away: ClassVar[list[OSError]] = []
    tries: ClassVar[list[str]] = []

    def open(self) -> bool:
        for error in self.away:
            self.tries.append("")
            raise error
        return True

    def send_messages(self, messages: list[EmailMessage]) -> Any:
        (letter,) = messages
        (address,) = letter.recipients()
        self.tries.append(address)
        if address in self.refusals:
            raise self.refusals[address]
        return super().send_messages(messages)
